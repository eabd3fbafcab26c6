"""Loại văn bản (doc_type) and trích yếu (summary)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractors.fields.letterhead import Letterhead
from extractors.fields.view import Spot, value_of
from extractors.fields.wording import join_lines, line_certainty, mended, tidy, with_known_names
from schemas.extraction import FieldValue
from schemas.text import bare

SHORTEST = 4  # words; a shorter trích yếu is usually one whose next line was lost
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
        sure = agrees or (exact and not conflict and key != "cong_van")
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


def read_summary(head: Letterhead, *, names: Sequence[str] = ()) -> FieldValue:
    """Trích yếu over all its lines; sure only when every line is.

    ``names`` are places and agencies read elsewhere on the paper: the same letters with other accents become them.
    """
    if head.title is not None and head.title_rest:
        return _beside_type(head, head.title)
    if not head.summary:
        return FieldValue(reasons=("not_found",))
    certainty = [line_certainty(s) for s in head.summary]
    text = join_lines(head.summary)
    text = re.sub(r"^(V\s*/\s*[vV]|V\s?[⁄\\|]?\s?v(?![a-zà-ỹ])|V\s?[/⁄](?=\s))\s*[:.]?\s*", "V/v ", text)
    text = re.sub(r"(?<=[a-zà-ỹđ]{2})\.(?= [a-zà-ỹđ]{2})", "", text)  # no sentence begins small: a speck
    why = sorted({w for ok, _, w in certainty if not ok}) or sorted({w for _, _, w in certainty})
    text = with_known_names(text, names)
    text, spelled, marks = mended(text, head.summary)
    why = [*why, *marks]
    sure = (
        (all(ok for ok, _, _ in certainty) or _only_mended(certainty, marks)) and spelled and 8 <= len(text) <= LONGEST
    )
    if len(text.split()) < SHORTEST:
        sure, why = False, [*why, "too_short"]
    if head.summary_open:
        sure, why = False, [*why, "line_below"]
    if text[:1].islower() and not bare(text).startswith(("v/v", "ve ")):
        sure, why = False, [*why, "starts_small"]  # its first word was lost
    return value_of(text[:LONGEST], head.summary, score=min(s for _, s, _ in certainty), sure=sure, reasons=why)


def _beside_type(head: Letterhead, title: Spot) -> FieldValue:
    """Certificates say what they certify on the title line itself: "GIẤY CHỨNG NHẬN ĐĂNG KÝ HỘ KINH DOANH"."""
    words = len(head.title_rest.split())
    printed = " ".join(title.text.strip(" .,;:-–_'\"*|").split()[-words:])
    text = tidy(" ".join([printed, *(s.text for s in head.summary)]))
    spots = (title, *head.summary)
    certainty = [line_certainty(s) for s in spots]
    why = ("beside_type", *sorted({w for _, _, w in certainty}))
    # Whether these words are the trích yếu or part of the type's name is a matter of convention: never sure.
    return value_of(text, spots, score=0.7 * min(s for _, s, _ in certainty), sure=False, reasons=why)


def _only_mended(certainty: list[tuple[bool, float, str]], marks: tuple[str, ...]) -> bool:
    """Lines doubtful for their accents alone, which the neighbours of each word have settled."""
    return bool(marks) and all(ok or why == "accents_differ" for ok, _, why in certainty)
