"""Ngày tháng người ta gõ: "8/7/2020", "tháng 7 năm 2020", "ngày hai mươi mốt tháng ba năm 2007", "2015..2018" as days
from and to."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from typing import Literal

from storage.folding import fold_text

_D = r"(?P<d>\d{1,2})"
_M = r"(?P<m>\d{1,2})"
_Y = r"(?P<y>(?:19|20)\d{2})"
_SEP = r"\s?[/.-]\s?"
# Numbers in words, accents off. "nam" is five (năm), "tu" four.
_UNITS = {
    "mot": 1, "hai": 2, "ba": 3, "bon": 4, "tu": 4, "nam": 5, "lam": 5, "nham": 5, "sau": 6, "bay": 7, "tam": 8,
    "chin": 9,
}  # fmt: skip
_MONTH_NAMES = {"gieng": 1, "chap": 12}
_UNIT = "|".join(_UNITS)
_TENS = rf"(?:(?:(?:{_UNIT})\s+)?muoi|ham)(?:\s+(?:{_UNIT}))?|{_UNIT}"
_SAID_D = rf"(?P<d>\d{{1,2}}|{_TENS})"
_SAID_M = rf"(?P<m>\d{{1,2}}|{_TENS}|{'|'.join(_MONTH_NAMES)})"
_SAID_Y = rf"(?P<y>(?:19|20)\d{{2}}|(?:mot|hai)\s+(?:nghin|ngan)(?:\s+(?:khong|tram|linh|le|muoi|{_UNIT}))*)"
_OF_YEAR = r"(?:\s+nam\s+|\s?/\s?|\s+)"
_PATTERNS = tuple(
    re.compile(rf"{pattern}(?![\w/])")
    for pattern in (
        rf"(?:ngay\s+)?{_D}{_SEP}{_M}{_SEP}{_Y}",
        rf"(?:ngay\s+)?{_D}\s+thang\s+{_SAID_M}{_OF_YEAR}{_SAID_Y}",
        rf"(?:ngay\s+(?:m[uo]ng\s+)?|m[uo]ng\s+){_SAID_D}\s+thang\s+{_SAID_M}{_OF_YEAR}{_SAID_Y}",
        rf"(?:ngay\s+)?{_Y}-(?P<m>\d{{2}})-(?P<d>\d{{2}})",
        rf"thang\s+{_SAID_M}{_OF_YEAR}{_SAID_Y}",
        rf"{_M}/{_Y}",
        rf"nam\s+{_SAID_Y}",
        _Y,
    )
)
_FIRST_YEAR, _LAST_YEAR = 1900, 2099
_RANGE = re.compile(r"\s*(?:\.\.+|…)\s*")
_FROM_TO = re.compile(r"tu\s+(?:nam\s+|ngay\s+)?(.+?)\s+den\s+(?:nam\s+|ngay\s+)?")


@dataclass(frozen=True, slots=True)
class Days:
    """From and to as numbers that sort (20200708), both included; ``kind``: what was written."""

    first: int
    last: int
    kind: Literal["day", "month", "year", "range"]
    length: int  # characters of the text it was read from

    @property
    def words(self) -> str:
        """For people: "08/07/2020", "tháng 7/2020", "năm 2020", "từ ... đến ..."."""
        day, month, year = self.first % 100, self.first // 100 % 100, self.first // 10_000
        if self.kind == "day":
            return f"{day:02d}/{month:02d}/{year}"
        if self.kind == "month":
            return f"tháng {month}/{year}"
        if self.kind == "year":
            return f"năm {year}"
        begin = f"từ {day:02d}/{month:02d}/{year}" if self.first > 1 else ""
        last = self.last
        end = f"đến {last % 100:02d}/{last // 100 % 100:02d}/{last // 10_000}" if last < 99_999_999 else ""
        return " ".join(part for part in (begin, end) if part)


def read_days(text: str, *, alone: bool = False) -> Days | None:
    """The date, month, year or range that ``text`` begins with (with ``alone``: that is all of it); None for none.

    A lone year is taken only with ``alone`` or as an end of a range: elsewhere it is a word like others.
    """
    folded = fold_text(text).folded
    ranged = _range(folded)
    if ranged is not None:
        return ranged if not alone or ranged.length == len(folded.strip()) else None
    one = _single(folded)
    if one is None or (one.kind == "year" and not alone and not folded.startswith("nam")):
        return None
    return one if not alone or one.length == len(folded.strip()) else None


def _range(folded: str) -> Days | None:
    spoken = _FROM_TO.match(folded)
    if spoken:
        first, last = _single(spoken[1]), _single(folded[spoken.end() :])
        if first and last and first.length == len(spoken[1]):
            return Days(first.first, last.last, "range", spoken.end() + last.length)
        return None
    first = _single(folded)
    at = first.length if first else 0
    dots = _RANGE.match(folded, at)
    if not dots or not dots[0].strip():
        return None
    last = _single(folded[dots.end() :])
    if first is None and last is None:
        return None
    end = dots.end() + last.length if last else at + len(dots[0].rstrip())
    return Days(first.first if first else 1, last.last if last else 99_999_999, "range", end)


def _number(text: str) -> int:
    """A number in digits or in words: "hai mươi mốt", "hai nghìn không trăm linh bảy"."""
    if text.isdigit():
        return int(text)
    total, number = 0, 0
    for word in text.split():
        if word in ("nghin", "ngan", "tram"):
            total, number = total + number * (100 if word == "tram" else 1000), 0
        elif word == "muoi":
            number = (number or 1) * 10
        elif word == "ham":
            number = 20
        else:
            number += _UNITS.get(word, _MONTH_NAMES.get(word, 0))
    return total + number


def _single(folded: str) -> Days | None:
    for pattern in _PATTERNS:
        found = pattern.match(folded)
        if not found:
            continue
        parts = found.groupdict()
        year, month, day = (_number(parts.get(name) or "0") for name in "ymd")
        if not _FIRST_YEAR <= year <= _LAST_YEAR or month > 12 or (parts.get("m") and not month):
            continue
        if parts.get("d"):
            if not 1 <= day <= monthrange(year, month)[1]:
                continue
            number = year * 10_000 + month * 100 + day
            return Days(number, number, "day", found.end())
        if month:
            start = year * 10_000 + month * 100
            return Days(start + 1, start + monthrange(year, month)[1], "month", found.end())
        return Days(year * 10_000 + 101, year * 10_000 + 1231, "year", found.end())
    return None
