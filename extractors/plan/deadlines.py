"""Thời hạn: deadlines as printed, and the last day they leave."""
# ruff: noqa: E501 -- patterns are kept whole

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

from extractors.plan.words import folded

_DAY = r"(?:ngày\s+)?\d{1,2}(?:\s*[/.-]\s*\d{1,2}(?:\s*[/.-]\s*\d{4})?|\s+tháng\s+\d{1,2}(?:\s+(?:năm\s+\d{4}|hằng năm|hàng năm))?)(?:\s+(?:hằng|hàng) năm)?"
_MONTH = r"tháng\s+\d{1,2}(?:\s*(?:/|năm\s+)\s*\d{4})?"
_QUARTER = r"quý\s+(?:i{1,3}|iv|[1-4])(?:\s*(?:[/,-]|năm\s+)\s*\d{4})?"
_YEAR = r"năm\s+\d{4}"
_PHRASE = re.compile(
    rf"(?<!\w)(?:(?:hoàn thành|xong|gửi\s[^.;]{{0,40}}?|báo cáo\s[^.;]{{0,40}}?|hoàn thành việc này|thực hiện)\s+)?"
    rf"(?P<due>(?:chậm nhất(?:\s+là)?(?:\s+(?:trước|vào|đến))?|trước|xong trước|hoàn thành trong|hoàn thành vào|trong)\s+(?:{_DAY}|{_MONTH}|{_QUARTER}))"
    rf"|hoàn thành\s+(?P<due2>trong\s+{_YEAR}|trước\s+{_YEAR})"
)
_WORDS = {"i": 1, "ii": 2, "iii": 3, "iv": 4}


def find_deadline(text: str) -> str | None:
    """The deadline that a sentence names, as printed; None when it names none."""
    found = _PHRASE.search(folded(text))
    if found is None:
        return None
    group = "due" if found["due"] else "due2"
    return text[found.start(group) : found.end(group)]


def last_day(text: str, *, year: int | None) -> str | None:
    """ISO date of the last day a deadline leaves; ``year`` where it names none. None for "thường xuyên"."""
    low = folded(text)
    days = re.findall(r"(\d{1,2})\s*(?:[/.-]|\s+tháng\s+)\s*(\d{1,2})(?:\s*(?:[/.-]|\s+năm\s+)\s*(\d{4}))?(?!\d)", low)
    months = re.findall(r"tháng\s+(\d{1,2})(?:\s*(?:/|năm\s+|\s)\s*(\d{4}))?", low)
    quarters = re.findall(r"quý\s+(iv|i{1,3}|[1-4])(?!\w)(?:\s*(?:[/,-]|năm\s+)?\s*(\d{4}))?", low)
    years = re.findall(r"(?<!\d)((?:19|20)\d\d)(?!\d)", low)
    if re.search(r"hằng năm|hàng năm|thường xuyên|hằng tháng|hàng tháng|hằng quý|hàng quý", low) and not years:
        return None
    given = int(years[-1]) if years else year
    for day, month, own in reversed(days):
        if when := _safe(int(own) if own else given, int(month), int(day)):
            return when
    if quarters:
        number, own = quarters[-1]
        month = 3 * (_WORDS.get(number) or int(number))
        return _month_end(int(own) if own else given, month)
    if months:
        month_text, own = months[-1]
        return _month_end(int(own) if own else given, int(month_text))
    if years and re.search(r"năm\s+\d{4}|^\s*\d{4}(?:\s*[-–]\s*\d{4})?\s*$", low):
        return _safe(int(years[-1]), 12, 31)
    if "6 tháng đầu năm" in low:
        return _safe(given, 6, 30)
    return None


def is_day(text: str) -> bool:
    """Whether a day "d/m/yyyy" is one of the calendar."""
    day, month, year = map(int, text.split("/"))
    return _safe(year, month, day) is not None


def _month_end(year: int | None, month: int) -> str | None:
    if year is None or not 1 <= month <= 12:
        return None
    return date(year, month, monthrange(year, month)[1]).isoformat()


def _safe(year: int | None, month: int, day: int) -> str | None:
    if year is None:
        return None
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None
