"""Thời hạn có hiệu lực (valid_from, valid_to, is_perpetual)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from extractors.fields.owner import OWNERLESS
from extractors.fields.view import Document, Spot, value_of
from extractors.fields.wording import line_certainty
from schemas.extraction import FieldValue

_DAY = r"(?P<d>\d{1,2})\s*(?:[/.-]|tháng)\s*(?P<m>\d{1,2})\s*(?:[/.-]|năm)\s*(?P<y>(?:19|20)\d\d)"
_UNTIL = re.compile(
    r"(?:có giá trị|có hiệu lực|có thời hạn|thời hạn|hiệu lực|giá trị)[^.;]{0,60}?(?:đến|tới)\s*(?:hết\s*)?(?:ngày\s*)?"
    + _DAY,
    re.IGNORECASE,
)
_FROM = re.compile(r"(?:có hiệu lực|có giá trị|hiệu lực)[^.;]{0,30}?(?:kể từ|từ)\s*ngày\s*" + _DAY, re.IGNORECASE)
# "Quyết định này có hiệu lực kể từ ngày ký": the day is printed, at the head of the paper.
_FROM_SIGNING = re.compile(
    r"có hiệu lực(?: thi hành)? (?:kể )?từ ngày (?:ký|ban hành)\b(?! (?:hợp đồng|kết))", re.IGNORECASE
)
_SPAN = re.compile(
    r"(?:(?<!trong )thời hạn|có giá trị|giá trị|hiệu lực)[^.;]{0,50}?(?P<n>\d{1,3})\s*(?:\([^)]*\)\s*)?"
    r"(?P<unit>năm|tháng|ngày)\b(?!\s*\d)",  # "12 tháng 8" is a day, not a term
    re.IGNORECASE,
)
_FOREVER = re.compile(
    r"(không thời hạn|vô thời hạn|không xác định thời hạn|thời hạn[^.;]{0,30}lâu dài|giá trị vô thời hạn)",
    re.IGNORECASE,
)
_YEAR, _QUARTER = 366, 92  # days; a term of years, of months or days may run from another day than the paper's own
# Sentences that are about something else than the paper's own validity.
_OTHER = re.compile(
    r"(báo cáo|nộp|thanh toán|khiếu nại|giải quyết|phạt|hợp đồng|thi công|hoàn thành|sử dụng đất|thuê đất|khởi công)",
    re.IGNORECASE,
)
# Words (without accents) that a paper with a term cannot do without; "có hiệu lực kể từ ngày ký" is no term.
_MENTION = re.compile(
    r"thoi han|gia tri|hieu luc (?!(thi hanh )?(ke )?tu ngay (ky|ban hanh))|het ngay|den ngay|den het|lau dai"
)


@dataclass(frozen=True, slots=True)
class ValidityFields:
    valid_from: FieldValue
    valid_to: FieldValue
    is_perpetual: FieldValue


def read_validity(
    doc: Document, *, issued: date | None, doc_type: str | None, issued_sure: bool = False
) -> ValidityFields:
    """Printed end of validity, else a printed span from the issue date, else "không thời hạn".

    ``issued_sure``: nobody needs to look at the issue date; what rests on it can be sure only then.
    """
    # The last sentence over a signature may be taken for a line of its block; recipients and names say no term.
    lines = [s for s in doc.spots if s.region in ("body", "title", "table", "sign_left", "sign_right")]
    joined = [
        (f"{a.text} {b.text}" if b is not None else a.text, a, b)
        for a, b in zip(lines, [*lines[1:], None][: len(lines)], strict=True)
    ]
    missing = FieldValue(reasons=("not_found",))
    start = missing
    for text, a, b in joined:
        if (m := _FROM.search(text)) and m.start() <= len(a.text) and (found := _date(m)):
            start = value_of(
                found.isoformat(), _spots(a, b, m, text), score=0.8, sure=_certain(a, b, m), reasons=("printed",)
            )
            break
    if start.value is None and issued is not None:
        start = _from_signing(joined, issued, sure=issued_sure) or start
    for text, a, b in joined:
        m = _UNTIL.search(text)
        if m and m.start() <= len(a.text) and (found := _date(m)):
            if issued and found < issued:
                continue
            end = value_of(
                found.isoformat(), _spots(a, b, m, text), score=0.9, sure=_certain(a, b, m), reasons=("printed",)
            )
            if _against_term(text[: m.end()], found, _text_date(start) or issued):
                end = end.model_copy(update={"needs_review": True, "reasons": ("printed", "term_conflict")})
            return ValidityFields(
                start, end, value_of(False, (a,), score=0.9, sure=not end.needs_review, reasons=("has_end",))
            )
    for text, a, b in joined:
        if (m := _FOREVER.search(text)) and m.start() <= len(a.text):
            return ValidityFields(
                start, missing, value_of(True, (a,), score=0.9, sure=_certain(a, b, m), reasons=("printed",))
            )
    if doc_type in ("giay_phep", "giay_chung_nhan", "chung_chi", "giay_xac_nhan", "quyet_dinh"):
        for text, a, _ in joined:
            m = _SPAN.search(text)
            if (
                m
                and m.start() <= len(a.text)
                and issued
                and not _OTHER.search(text[max(0, m.start() - 40) : m.end() + 20])
            ):
                last = _after(issued, int(m["n"]), m["unit"].lower())
                if last:
                    end = value_of(last.isoformat(), (a,), score=0.6, sure=False, reasons=("computed_from_term",))
                    return ValidityFields(
                        start, end, value_of(False, (a,), score=0.7, sure=False, reasons=("has_end",))
                    )
    if doc_type in OWNERLESS:
        missing = FieldValue(needs_review=False, score=0.95, reasons=("not_applicable",))
    elif not _MENTION.search(" ".join(s.key for s in doc.spots)):
        missing = FieldValue(reasons=("not_found", "no_mention"))
    return ValidityFields(start, missing, missing)


def _from_signing(joined: list[tuple[str, Spot, Spot | None]], issued: date, *, sure: bool) -> FieldValue | None:
    """In force from the day of signing, where the paper says so."""
    for text, a, b in joined:
        if (m := _FROM_SIGNING.search(text)) and m.start() <= len(a.text):
            return value_of(
                issued.isoformat(), _spots(a, b, m, text), score=0.85, sure=sure and _certain(a, b, m),
                reasons=("from_signing_day",),
            )  # fmt: skip
    return None


def _date(m: re.Match[str]) -> date | None:
    try:
        return date(int(m["y"]), int(m["m"]), int(m["d"]))
    except ValueError:
        return None


def _spots(a: Spot, b: Spot | None, m: re.Match[str], text: str) -> tuple[Spot, ...]:
    return (a, b) if b is not None and m.end() > len(a.text) else (a,)


def _certain(a: Spot, b: Spot | None, m: re.Match[str]) -> bool:
    spots = _spots(a, b, m, "")
    return all(line_certainty(s)[0] for s in spots)


def _text_date(field: FieldValue) -> date | None:
    return date.fromisoformat(field.value) if isinstance(field.value, str) else None


def _against_term(sentence: str, end: date, start: date | None) -> bool:
    """The same sentence says how long ("10 năm, kể từ ngày ký đến ..."), and from ``start`` that leads elsewhere."""
    m = _SPAN.search(sentence)
    if m is None or start is None:
        return False
    last = _after(start, int(m["n"]), m["unit"].lower())
    return last is not None and abs((last - end).days) > (_YEAR if m["unit"].lower() == "năm" else _QUARTER)


def _after(start: date, n: int, unit: str) -> date | None:
    try:
        if unit == "năm":
            return start.replace(year=start.year + n)
        if unit == "tháng":
            months = start.month - 1 + n
            return date(start.year + months // 12, months % 12 + 1, min(start.day, 28))
        return date.fromordinal(start.toordinal() + n)
    except (ValueError, OverflowError):
        return None
