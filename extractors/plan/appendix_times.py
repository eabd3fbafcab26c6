"""Thời hạn trên bản quét: quarters, days and years of scanned tables that cannot be what the paper says."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import product

from extractors.plan.appendix_join import Joined
from extractors.plan.deadlines import is_day

_QUARTER = re.compile(r"(?P<word>[Qq]u[ýy])\s+(?P<n>[TtIVHJl1|iỉ!]{1,5})(?=\s*(?:[/,]|năm|$))")
_DAY = re.compile(r"(?<![\d/])(\d{1,2}/\d{1,2})/(\d{4})(?!\d)")
_MONTH = re.compile(r"(?<![\d/])(\d{1,2})/(\d{4})(?!\d)")
_YEAR = re.compile(r"(?<![\w/])\d{4}(?!\w)|(?<=/)[^\W_]{4,5}(?!\w)|(?<=năm )[^\W_]{4,5}(?!\w)", re.IGNORECASE)
_AGREE = 3  # deadlines that name a year, from which it is known without the plan
_NAMED = re.compile(r"(?<=năm )\d{4}(?!\w)")
_LIKE_ZERO = "689"  # what readers make of the dotted zeros of typewriters


def mend_quarters(table: Joined) -> None:
    """Roman quarters as scans are misread ("Quý IH", "Quý 1" in a column that counts in Roman)."""
    cells = [c for row in table.rows for c in row.cells if c]
    arabic = any(re.search(r"[Qq]u[ýy]\s+[234](?!\d)", c) for c in cells)

    def roman(m: re.Match[str]) -> str:
        n = re.sub(r"^[Tt]+(?=I)", "", m["n"]).replace("H", "II")
        n = re.sub(r"[Jl|iỉ!]", "I", n)
        n = n if arabic else n.replace("1", "I")
        n = "IV" if "V" in n else n  # there is no other quarter with a V
        return f"{m['word']} {n}" if n in ("I", "II", "III", "IV", "1") else m[0]

    for row in table.rows:
        row.cells = [_QUARTER.sub(roman, c) if c else c for c in row.cells]


def usual_year(table: Joined, labels: Sequence[str | None], own: int | None) -> int | None:
    """The year that a table's deadlines are near: the plan's ``own``, with zeros for what looks like them in a
    typewritten one where that is near none of them; or the one that most of them name."""
    cells = [c for row in table.rows for c, label in zip(row.cells, labels, strict=False) if c and label == "deadline"]
    years = Counter(int(y) for c in cells for y in re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", c))
    for way in _with_zeros(str(own)) if own is not None else ():
        if not years or any(is_near(year, int(way)) for year in years):
            return int(way)
    if not years:
        return own
    year, count = years.most_common(1)[0]
    return year if count >= _AGREE and count > sum(years.values()) / 2 else own


def mend_time(text: str | None, around: int | None) -> str | None:
    """A scanned deadline with a year near that of the plan (``around``), and a day and a month that there are.

    Zeros are put back that readers took for 9, 8 or 6 ("8/2900", "24/99/1997"), or the plan's own year for what is
    none but for one figure ("II/4995", "III/Z1996"); only where that leaves one way to read it.
    """
    if text is None:
        return text
    if around is not None:
        text = _YEAR.sub(lambda m: _mended_year(m[0], around), text)
    text = _DAY.sub(lambda m: _one(m[0], [f"{day}/{m[2]}" for day in _with_zeros(m[1])]), text)
    return _MONTH.sub(lambda m: _one(m[0], [f"1/{month}/{m[2]}" for month in _with_zeros(m[1])]), text)


def mend_years(text: str, around: int | None) -> str:
    """A scanned sentence with the years that it names ("năm 2904") read in the same way."""
    return text if around is None else _NAMED.sub(lambda m: _mended_year(m[0], around), text)


def _mended_year(read: str, around: int) -> str:
    if read.isdigit() and len(read) == 4 and is_near(int(read), around):
        return read
    own = str(around)
    likely = [y for y in _with_zeros(read) if y.isdigit() and len(y) == 4 and is_near(int(y), around)]
    if len(likely) == 1:
        return likely[0]
    if read.isdigit() and read[:2] in ("19", "20"):
        return read  # far from the plan, but a year
    extra = len(read) == 5 and any(read[:k] + read[k + 1 :] == own for k in range(5))
    return own if extra or (len(read) == 4 and sum(a != b for a, b in zip(read, own, strict=True)) == 1) else read


def _one(read: str, ways: list[str]) -> str:
    """The day among ``ways`` to read it that changes least; as it was read where that is a day, or several are."""
    if is_day(ways[0]):
        return read
    changes = {way: sum(a != b for a, b in zip(way, ways[0], strict=True)) for way in ways if is_day(way)}
    days = [way for way, count in changes.items() if count == min(changes.values())]
    return days[0][-len(read) :] if len(days) == 1 else read


def _with_zeros(read: str) -> list[str]:
    """A number as it was read, and with zeros for what looks like them."""
    return ["".join(some) for some in product(*([c, "0"] if c in _LIKE_ZERO else [c] for c in read))]


def is_near(year: int, around: int) -> bool:
    return around - 2 <= year <= around + 10
