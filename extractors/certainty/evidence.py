"""What speaks for and against a field's value, as named numbers: the only thing calibration looks at."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from extractors.fields.view import family
from extractors.fields.wording import letters
from schemas.extraction import FieldValue
from schemas.reading import Reading

# Papers of one family read alike: forms with labels, letters, and decisions with their kin.
_FAMILIES = {
    "giay_phep": "form", "giay_chung_nhan": "form", "chung_chi": "form", "giay_xac_nhan": "form", "trich_luc": "form",
    "cong_van": "letter", "giay_moi": "letter", "thong_bao": "letter", "quyet_dinh": "decision",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PaperEvidence:
    """How well the paper reads as a whole.

    layer      share of its lines that come from a text layer
    agreement  share of the lines read twice on which the two readers have the same letters (1 when none was)
    clarity    mean certainty of the page reader over the words of the first page (1 for a text layer)
    photographed  a page of it is a photograph
    """

    layer: float
    agreement: float
    clarity: float
    photographed: bool = False


def paper_evidence(reading: Reading) -> PaperEvidence:
    """Evidence about the whole paper; of a long one the first and the last page say enough."""
    pages = [p for p in reading.pages if p.lines]
    looked = [q for p in {p.number: p for p in (*pages[:1], *pages[-1:])}.values() for q in p.lines]
    twice = same = 0
    for line in looked:
        by_reader: dict[str, set[str]] = {}
        for r in line.readings:
            by_reader.setdefault(family(r.reader), set()).add(letters(r.text))
        if len(by_reader) >= 2:
            twice += 1
            first, second, *_ = by_reader.values()
            same += bool(first & second)
    words = [w for p in pages[:1] for q in p.lines for w in q.words]
    return PaperEvidence(
        layer=sum(all(w.origin == "pdf_text" for w in q.words) for q in looked) / max(1, len(looked)),
        agreement=same / twice if twice else 1.0,
        clarity=sum(w.score for w in words) / max(1, len(words)),
        photographed=any(p.sheet is not None for p in pages),
    )


def features(field: FieldValue, paper: PaperEvidence, *, doc_type: str | None) -> dict[str, float]:
    """Named numbers of one field; a name that a model does not know counts nothing.

    Reason codes are 0 or 1 ("r:readers_agree"); shares and scores are put on a scale where a step means the same
    near 0.9 as near 0.99.
    """
    out = {f"r:{code}": 1.0 for code in field.reasons}
    out["one"] = 1.0
    out["rule"] = float(not field.needs_review)
    out["absent"] = float(field.value is None)
    out["rule_and_absent"] = out["rule"] * out["absent"]
    out["score"] = _logit(field.score)
    out["layer"] = float(field.origin == "pdf_text" or (field.origin is None and paper.layer > 0.9))
    out["agreement"] = _logit(paper.agreement)
    out["clarity"] = _logit(paper.clarity)
    out[f"kind:{_FAMILIES.get(doc_type or '', 'other')}"] = 1.0
    if isinstance(field.value, tuple):
        out["items"] = math.log1p(len(field.value))
    elif isinstance(field.value, str):
        out["length"] = math.log1p(len(field.value)) / 3
    return out


def _logit(share: float) -> float:
    """-1.5 .. 1.5 for 0.05 .. 0.95 and beyond: certainty counts by its odds, within bounds."""
    p = min(0.995, max(0.05, share))
    return math.log(p / (1 - p)) / 3


def dot(weights: Mapping[str, float], values: Mapping[str, float]) -> float:
    """Sum of weight times value over the names that both have."""
    return sum(weights[name] * value for name, value in values.items() if name in weights)
