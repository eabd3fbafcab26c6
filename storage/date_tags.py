"""Ngày ban hành thành nhãn: days as terms of channel t, so that both engines ask for them as they ask for words."""

from __future__ import annotations

from calendar import monthrange

_FIRST_YEAR, _LAST_YEAR = 1900, 2100
_MOST_DATE_TAGS = 80


def date_tags(issued: int) -> tuple[str, ...]:
    """The terms of channel t for a full date (20250131): its year, month and day; () for none."""
    return (f"y:{issued // 10_000}", f"m:{issued // 100}", f"d:{issued}") if issued else ()


def tags_between(first: int, last: int) -> tuple[str, ...] | None:
    """The fewest terms of ``date_tags`` for the days from ``first`` to ``last``; None when they are too many.

    Lists of papers are walked several times as fast as a column of days is searched.
    """
    if not (first // 10_000 >= _FIRST_YEAR and last // 10_000 <= _LAST_YEAR):
        return None
    tags: list[str] = []
    for year in range(first // 10_000, last // 10_000 + 1):
        begin, end = max(first, year * 10_000 + 101), min(last, year * 10_000 + 1231)
        if begin == year * 10_000 + 101 and end == year * 10_000 + 1231:
            tags.append(f"y:{year}")
            continue
        for month in range(begin // 100, end // 100 + 1):
            start, stop = max(begin, month * 100 + 1), min(end, month * 100 + monthrange(year, month % 100)[1])
            whole = start == month * 100 + 1 and stop == month * 100 + monthrange(year, month % 100)[1]
            tags += [f"m:{month}"] if whole else [f"d:{day}" for day in range(start, stop + 1)]
    return tuple(tags) if len(tags) <= _MOST_DATE_TAGS else None
