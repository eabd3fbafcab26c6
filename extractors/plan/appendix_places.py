"""Chỗ trên giấy: the line of a page that a cell of a table was read from."""

from __future__ import annotations

from schemas.plan import PlanSource

Lines = dict[int, list[str]]  # the lines of each page


def place_of(pages: Lines, number: int, words: str, row: int | None) -> PlanSource:
    """The line of the page that holds the beginning of ``words``; line 0 when no line does."""
    begin = " ".join(words.split()[:3])
    if begin:
        for length in (3, 2, 1):
            part = " ".join(words.split()[:length])
            if len(part) < 4:
                break
            for k, line in enumerate(pages.get(number, ()), 1):
                at = line.find(part)
                if at >= 0:
                    return PlanSource(page=number, line=k, start=at, end=at + len(part), row=row)
    return PlanSource(page=number, line=0, start=0, end=0, row=row)
