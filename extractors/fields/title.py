"""Loại văn bản (doc_type) and trích yếu (summary)."""

from __future__ import annotations

import re

from extractors.fields.letterhead import Letterhead
from extractors.fields.view import value_of
from extractors.fields.wording import join_lines, line_certainty, mended
from schemas.extraction import FieldValue

LONGEST = 500  # characters, TT 05/2025 field subject


def read_doc_type(head: Letterhead, implied: str | None) -> FieldValue:
    """The printed type name and the type the ký hiệu implies; sure when both say the same."""
    if head.title is not None and head.doc_type is not None:
        key = head.doc_type.key
        agrees = implied == key
        conflict = implied is not None and not agrees and implied != "cong_van"
        exact = head.title_score >= 0.9
        reasons = [
            "title_printed",
            "notation_agrees" if agrees else "notation_conflict" if conflict else "notation_open",
        ]
        sure = agrees or (exact and not conflict)
        return value_of(
            key, (head.title,), score=0.7 + 0.2 * exact + 0.09 * agrees - 0.3 * conflict, sure=sure, reasons=reasons
        )
    spots = head.summary or ((head.number,) if head.number else ())
    if head.subject or head.addressee:
        agrees = implied in ("cong_van", None)
        sure = head.subject and head.addressee and agrees
        reasons = ["subject_line"] * head.subject + ["addressee"] * head.addressee + ["no_title"]
        return value_of("cong_van", spots, score=0.9 if sure else 0.6, sure=sure, reasons=reasons)
    if implied:
        return value_of(implied, spots, score=0.6, sure=False, reasons=("notation_only",))
    return FieldValue(value="khac", score=0.2, reasons=("no_title", "no_notation"))


def read_summary(head: Letterhead) -> FieldValue:
    """Trích yếu over all its lines; sure only when every line is."""
    if not head.summary:
        return FieldValue(reasons=("not_found",))
    certainty = [line_certainty(s) for s in head.summary]
    text = join_lines(head.summary)
    text = re.sub(r"^(V\s*/\s*[vV])\s*[:.]?\s*", "V/v ", text)
    why = sorted({w for ok, _, w in certainty if not ok}) or sorted({w for _, _, w in certainty})
    text, spelled, marks = mended(text, head.summary)
    why = [*why, *marks]
    sure = (
        (all(ok for ok, _, _ in certainty) or _only_mended(certainty, marks)) and spelled and 8 <= len(text) <= LONGEST
    )
    return value_of(text[:LONGEST], head.summary, score=min(s for _, s, _ in certainty), sure=sure, reasons=why)


def _only_mended(certainty: list[tuple[bool, float, str]], marks: tuple[str, ...]) -> bool:
    """Lines doubtful for their accents alone, which the neighbours of each word have settled."""
    return bool(marks) and all(ok or why == "accents_differ" for ok, _, why in certainty)
