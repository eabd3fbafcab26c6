"""Scoring exported records against truth: the rules of the shared scorer, for where that one is not at hand.

exact            right after folding what no reader would call a difference (NFC, case, tone placement, spaces,
                 outer punctuation)
coverage         share of fields that the product calls sure (no review asked for)
wrong when sure  share of those that are wrong
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rapidfuzz.distance import Levenshtein

from schemas.text import modern_tones, nfc

FIELDS = (
    "doc_type", "doc_number", "issued_date", "place", "issuing_agency", "summary", "signing_capacity",
    "signer_title", "signer_name", "recipients", "owner_name", "valid_to",
)  # fmt: skip
Truth = Mapping[str, Any]
Predicted = Callable[[Truth, str], tuple[object, bool]]


def fold(value: object) -> str:
    text = modern_tones(nfc(str(value)).lower())
    for odd, plain in (("–", "-"), ("—", "-"), ("“", '"'), ("”", '"'), ("’", "'")):
        text = text.replace(odd, plain)
    text = re.sub(r"\s*([-/.,;:])\s*", r"\1", text)
    return re.sub(r"\s+", " ", text).strip(" .,;:-'\"/\n\t")


def same(name: str, want: Any, value: Any) -> bool:
    """Whether ``value`` is what the paper says, for the field ``name``."""
    empty: tuple[object, ...] = (None, "", [], ())
    if want in empty or value in empty:
        return want in empty and value in empty
    if name == "recipients":
        if not isinstance(value, list | tuple):
            return False

        def words(items: Iterable[object]) -> list[str]:
            return sorted(w for w in (re.sub(r"[^\w]+", " ", fold(item)).strip() for item in items) if w)

        return words(want) == words(value)
    if name == "summary":
        return re.sub(r"^(v/v|về việc)\s*", "", fold(want)) == re.sub(r"^(v/v|về việc)\s*", "", fold(value))
    if name in ("signing_capacity", "signer_title"):
        return re.sub(r"[^\w]", "", fold(want)) == re.sub(r"[^\w]", "", fold(value))
    return fold(want) == fold(value)


def of_record(record: Mapping[str, Any] | None, name: str) -> tuple[object, bool]:
    """(value, sure) of one field of an exported record; the two agency lines count as one field."""
    if record is None:
        return None, False
    fields = record["fields"]
    if name == "issuing_agency":
        lines = [fields["parent_agency_name"], fields["issuing_agency_name"]]
        value = " ".join(line["value"] for line in lines if line["value"]) or None
        return value, not lines[1]["needs_review"]
    return fields[name]["value"], not fields[name]["needs_review"]


@dataclass(slots=True)
class Score:
    """Counts of one group of documents."""

    documents: int = 0
    missing: int = 0
    n: int = 0
    exact: int = 0
    sure: int = 0
    sure_wrong: int = 0
    edits: int = 0
    characters: int = 0
    by_field: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def row(self) -> tuple[str, ...]:
        def share(part: int, whole: int) -> str:
            return f"{part / whole:.2%}" if whole else "-"

        return (
            str(self.documents),
            share(self.exact, self.n),
            share(self.sure, self.n),
            share(self.sure_wrong, self.sure),
            share(self.edits, self.characters),
        )


ROW_HEAD = ("documents", "header fields exact", "coverage", "wrong when sure", "CER")


def score(
    truths: Sequence[Truth],
    predicted: Predicted,
    *,
    group: Callable[[Truth], str],
    text_of: Callable[[Truth], str | None],
) -> dict[str, Score]:
    """Scores by group and for ``all``. ``text_of`` gives the text read (None: no text is scored)."""
    scores: dict[str, Score] = defaultdict(Score)
    for truth in truths:
        got = text_of(truth)
        for name in (group(truth), "all"):
            one = scores[name]
            one.documents += 1
            if truth.get("text") and got is not None:
                want_text, got_text = _flat("\n".join(truth["text"])), _flat(got)
                one.edits += Levenshtein.distance(want_text, got_text)
                one.characters += len(want_text)
        for field_name in FIELDS:
            if field_name not in truth["fields"]:
                continue
            value, sure = predicted(truth, field_name)
            right = same(field_name, truth["fields"][field_name], value)
            for name in (group(truth), "all"):
                one = scores[name]
                one.n += 1
                one.exact += right
                one.sure += sure
                one.sure_wrong += sure and not right
                one.by_field[field_name].update(
                    n=1, exact=int(right), sure=int(sure), sure_wrong=int(sure and not right)
                )
    return dict(scores)


def _flat(text: str) -> str:
    return re.sub(r"\s+", " ", nfc(text)).strip()
