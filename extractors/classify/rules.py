"""Rules of classes.toml and the catalogue put together; a class is sure only when independent signs agree."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from extractors.classify.catalogue import Catalogue, Hit, catalogue
from extractors.reference.agencies import agency_fits_notation, level_of, notation_agency, snap_agency
from extractors.reference.base import Level
from extractors.reference.data import toml_table
from extractors.reference.notations import parse_number
from extractors.reference.phrase_index import field_phrases
from extractors.reference.spelling import bare
from schemas.extraction import Candidate, Classification, ClassValue, Fields, FieldValue, RecordKind
from schemas.reading import Reading

_LEVEL_LETTERS: dict[str, str] = {"trung_uong": "B", "tinh": "T", "huyen": "TX", "xa": "X"}
_LEVEL_NAMES: dict[Level, str] = {
    "trung_uong": "Trung ương", "tinh": "Cấp tỉnh", "huyen": "Cấp huyện", "xa": "Cấp xã",
}  # fmt: skip
_PRINTED_CODE = re.compile(r"(?<![\d.])([1-3]\.\d{6})(?:\.\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2})?(?![\d])")
_FIELD_LABEL = re.compile(r"lĩnh\s+vực:?\s+$", re.IGNORECASE)
# What follows makes it a list or a wider field: "báo chí, xuất bản", "nông nghiệp và môi trường".
_FIELD_GOES_ON = re.compile(r"\s*(?:,|;|và\b|-|–)", re.IGNORECASE)
_BODY_CHARS = 900


@dataclass(frozen=True, slots=True)
class _Paper:
    """What classification looks at."""

    doc_type: str | None
    doc_type_sure: bool
    title: str
    summary: str
    body: str
    text: str
    agency: str
    parent: str
    notation: str
    number_year: int | None
    on: date | None


def classify(reading: Reading, fields: Fields) -> tuple[RecordKind, Classification]:
    """Kind of record and its four classes; a class is sure only when rules and margin agree.

    ``fields`` should hold doc_type, doc_number, summary, issued_date and the agency lines; any may be missing.
    """
    paper = _look(reading, fields)
    level = _level(paper, fields)
    hits = catalogue().search(((paper.title, 1.0), (paper.summary, 1.0), (paper.body, 0.3)))
    result_kind = _result_kind(paper)
    procedure = _procedure(paper, hits, level.value)
    field_name = _field(paper, hits, procedure)
    kind = _record_kind(paper, result_kind)
    if kind == "plan":
        result_kind = ClassValue(reasons=("plan",), needs_review=False, score=result_kind.score)
    return kind, Classification(result_kind=result_kind, procedure_code=procedure, field_name=field_name, level=level)


def _text(value: FieldValue) -> str:
    return value.value if isinstance(value.value, str) else ""


def _look(reading: Reading, fields: Fields) -> _Paper:
    first = reading.pages[0] if reading.pages else None
    lines = first.lines if first else ()
    body = " ".join(line.text for line in lines if line.region == "body")
    number = parse_number(_text(fields.doc_number)) if _text(fields.doc_number) else None
    printed = _text(fields.issued_date)
    try:
        on = date.fromisoformat(printed) if printed else None
    except ValueError:
        on = None
    return _Paper(
        doc_type=_text(fields.doc_type) or None,
        doc_type_sure=bool(_text(fields.doc_type)) and not fields.doc_type.needs_review,
        title=" ".join(line.text for line in lines if line.region == "title"),
        summary=_text(fields.summary),
        body=body[:_BODY_CHARS],
        text=reading.text[:20_000],
        agency=_text(fields.issuing_agency_name),
        parent=_text(fields.parent_agency_name),
        notation=number.notation if number else "",
        number_year=number.year if number else None,
        on=on,
    )


def _level(paper: _Paper, fields: Fields) -> ClassValue:
    """Cấp from the agency (its unit, or that of its parent), checked against the ký hiệu."""
    level = level_of(paper.agency, paper.on, parent=paper.parent or None) if paper.agency else None
    if level is None:
        found = {b.level for b in notation_agency(paper.notation, on=paper.on)} if paper.notation else set()
        guess = found.pop() if len(found) == 1 else None
        if guess is None:
            return ClassValue(reasons=("agency_unknown",))
        return ClassValue(value=guess, score=0.6, reasons=("from_notation",))
    match = snap_agency(paper.agency, on=paper.on)
    fit = agency_fits_notation(f"{paper.parent} {paper.agency}".strip(), paper.notation, on=paper.on)
    known = match is not None and match.known
    sure = known and fit == "fits" and not fields.issuing_agency_name.needs_review
    reasons = ("agency_known" if known else "agency_open", f"notation_{fit}")
    return ClassValue(
        value=level,
        score=0.97 if sure else 0.85 if known and fit != "conflict" else 0.6,
        needs_review=not sure,
        reasons=reasons,
        candidates=(Candidate(code=level, name=_LEVEL_NAMES[level], score=0.97 if sure else 0.7),),
    )


def _result_kind(paper: _Paper) -> ClassValue:
    """Nhóm kết quả (DOMAIN 2.4) by type, printed title and cues of the trích yếu."""
    rows: list[dict[str, Any]] = toml_table("classes.toml")["result_kind"]
    title, votes = bare(paper.title), defaultdict[str, float](float)
    reasons: list[str] = []
    for row in rows:
        if paper.doc_type in row["doc_types"]:
            votes[row["key"]] += 0.7 if paper.doc_type_sure else 0.5
            reasons.append("doc_type")
        if any(title.startswith(bare(t)) for t in row["titles"]):
            votes[row["key"]] += 0.25
            reasons.append("title")
    cues = {h.name for h in field_phrases().find(paper.summary) if h.label == "result_kind"}
    if paper.doc_type in ("cong_van", "thong_bao", None) and "van_ban_chap_thuan" in cues:
        votes["van_ban_chap_thuan"] += 0.75 if paper.doc_type == "cong_van" else 0.3
        reasons.append("cue")
    if not votes:
        return ClassValue(reasons=("no_rule",))
    ranked = sorted(votes.items(), key=lambda v: (-v[1], v[0]))
    best, score = ranked[0]
    rival = ranked[1][1] if len(ranked) > 1 else 0.0
    clear = paper.doc_type_sure and score >= 0.7 and score - rival >= 0.3
    if paper.doc_type == "cong_van":  # a letter may approve, refuse or only inform
        clear = False
    return ClassValue(
        value=best,
        score=round(min(0.97 if clear else 0.8, score), 3),
        needs_review=not clear,
        reasons=tuple(dict.fromkeys(reasons)),
        candidates=tuple(Candidate(code=k, name=k, score=round(min(1.0, v), 3)) for k, v in ranked[:3]),
    )


def _procedure(paper: _Paper, hits: tuple[Hit, ...], level: str | None) -> ClassValue:
    """Mã TTHC: sure only when its code is printed; the catalogue is partial, so a good match may still be wrong."""
    known: Catalogue = catalogue()
    printed = [c for c in dict.fromkeys(_PRINTED_CODE.findall(paper.text)) if c in known.by_code]
    if len(printed) == 1:
        found = known.procedures[known.by_code[printed[0]]]
        return ClassValue(
            value=found.code,
            score=0.97,
            needs_review=False,
            reasons=("code_printed",),
            candidates=(Candidate(code=found.code, name=found.name, score=0.97),),
        )
    letters = _LEVEL_LETTERS.get(level or "", "")
    scored: list[tuple[float, Hit]] = []
    for hit in hits:
        fits = not letters or not hit.procedure.levels or any(c in hit.procedure.levels for c in letters)
        scored.append((hit.score if fits else hit.score * 0.6, hit))
    scored.sort(key=lambda s: (-s[0], s[1].procedure.code))
    candidates = tuple(
        Candidate(code=h.procedure.code, name=h.procedure.name, score=round(min(1.0, s), 3))
        for s, h in scored[:5]
        if s >= 0.15
    )
    if not candidates:
        return ClassValue(reasons=("no_match",))
    margin = candidates[0].score - (candidates[1].score if len(candidates) > 1 else 0.0)
    value = candidates[0].code if candidates[0].score >= 0.5 and margin >= 0.05 else None
    best = next(h for _, h in scored if h.procedure.code == candidates[0].code)
    reasons = ["catalogue_partial", "by_result" if best.by_result > best.by_name else "by_name"]
    return ClassValue(value=value, score=min(0.9, candidates[0].score), reasons=tuple(reasons), candidates=candidates)


def _field(paper: _Paper, hits: tuple[Hit, ...], procedure: ClassValue) -> ClassValue:
    """Lĩnh vực by cue phrases (spaCy PhraseMatcher) and by the fields of the best procedures; both must agree."""
    known = catalogue()
    if procedure.reasons == ("code_printed",) and procedure.value:
        name = known.procedures[known.by_code[procedure.value]].field
        return ClassValue(value=name, score=0.96, needs_review=False, reasons=("code_printed",))
    head = f"{paper.title} . {paper.summary}"
    cues: dict[str, float] = defaultdict(float)
    printed: set[str] = set()
    listed = False
    for hit in field_phrases().find(head):
        if hit.label in ("field", "field_name"):  # a bare name may be an ordinary word: "chính sách"
            cues[hit.name] += 1.0 if hit.label == "field" else 0.5
        if hit.label == "field_name" and _FIELD_LABEL.search(head[: hit.start]):
            printed.add(hit.name)
            listed = listed or bool(_FIELD_GOES_ON.match(head[hit.end :]))
    for hit in field_phrases().find(paper.body):
        if hit.label == "field":
            cues[hit.name] += 0.3
    nearby: dict[str, float] = defaultdict(float)
    for place, found in enumerate(hits[:5]):
        nearby[found.procedure.field] += found.score / (1 + place)
    total_cues, total_near = sum(cues.values()) or 1.0, sum(nearby.values()) or 1.0
    votes = {
        name: 0.65 * cues.get(name, 0.0) / total_cues + 0.35 * nearby.get(name, 0.0) / total_near
        for name in {*cues, *nearby}
    }
    if not votes:
        return ClassValue(reasons=("no_cue",))
    ranked = sorted(votes.items(), key=lambda v: (-v[1], v[0]))
    best, score = ranked[0]
    rival = ranked[1][1] if len(ranked) > 1 else 0.0
    if len(printed) == 1:  # "... lĩnh vực Đất đai thuộc thẩm quyền ..."
        best = printed.pop()
        other = max((v for n, v in votes.items() if n != best), default=0.0)
        return ClassValue(
            value=best,
            score=0.6 if listed else 0.95,
            needs_review=listed or other > 0.5,
            reasons=("field_printed", "field_list") if listed else ("field_printed",),
            candidates=tuple(Candidate(code=n, name=n, score=round(min(1.0, s), 3)) for n, s in ranked[:4]),
        )
    both = cues.get(best, 0.0) >= 1.0 and nearby.get(best, 0.0) > 0.2
    sure = both and score - rival >= 0.4 and score >= 0.7
    reasons = tuple(r for r, on in (("cue", best in cues), ("catalogue", best in nearby)) if on)
    candidates = tuple(Candidate(code=n, name=n, score=round(min(1.0, s), 3)) for n, s in ranked[:4])
    if best not in cues and (not hits or hits[0].score < 0.5):
        return ClassValue(score=round(score, 3), reasons=reasons, candidates=candidates)
    return ClassValue(
        value=best,
        score=round(min(0.96 if sure else 0.8, score), 3),
        needs_review=not sure,
        reasons=reasons,
        candidates=candidates,
    )


def _record_kind(paper: _Paper, result_kind: ClassValue) -> RecordKind:
    table = toml_table("classes.toml")["record_kind"]
    if paper.doc_type in table["plan"]:
        return "plan"
    if paper.doc_type in table["other"]:
        return "other"
    if paper.doc_type == "quyet_dinh" and paper.number_year is not None:
        return "other"  # số/năm/QĐ-UBND: văn bản quy phạm pháp luật
    if paper.doc_type == "cong_van" and result_kind.value != "van_ban_chap_thuan":
        return "other"
    return "procedure_result"
