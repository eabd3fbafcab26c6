"""Đầu bảng: which of the first rows of an appendix table are its header, and what that says of the columns."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractors.plan.words import column_label
from schemas.text import bare

Cell = str | None

_NUMBERS = re.compile(r"^\(?\d{1,2}\)?$|^\([a-zđ]\)$|^[A-ZĐ]$|^\(?\d=[\d+x]+\)?$")
_YEAR = re.compile(r"(?:19|20)\d\d")


def head_size(rows: Sequence[Sequence[Cell]]) -> int:
    """How many of the first rows are the header: up to three, those that name columns; 0 when none does."""
    for size in (1, 2, 3):
        if len(rows) < size:
            break
        labels = [column_label(h) for h in header_of(rows[:size])]
        known = {label for label in labels if label}
        if len(known) >= 2 and ("text" in known or "ordinal" in known or target_columns(header_of(rows[:size]))):
            below = rows[size] if len(rows) > size else None
            if (
                below is not None
                and size < 3
                and any(c is None for c in rows[size - 1])
                and _is_subhead(rows[size - 1], below)
            ):
                continue
            return size
    if rows and target_columns(header_of(rows[:1])):
        return 1
    return 0


def _is_subhead(head: Sequence[Cell], below: Sequence[Cell]) -> bool:
    """The row under a header with merged cells is a part of it when its own cells fill what was merged sideways."""
    if not below or below[0] is not None:  # the first column's head reaches down over the second row
        return False
    gaps = [i for i, c in enumerate(head) if c is None]
    filled = [i for i, c in enumerate(below) if c]
    return bool(gaps) and all(i in gaps or i + 1 in gaps for i in filled) and len(filled) < len(head)


def header_of(rows: Sequence[Sequence[Cell]]) -> list[str]:
    width = max(len(r) for r in rows)
    out = []
    for i in range(width):
        parts = [r[i] for r in rows if i < len(r) and r[i]]
        out.append(" ".join(p for p in parts if p))
    return out


def same_head(rows: Sequence[Sequence[Cell]], header: Sequence[str]) -> bool:
    again = header_of(rows)
    return sum(bare(a) == bare(b) for a, b in zip(again, header, strict=False)) >= 0.6 * len(header)


def is_column_numbers(cells: Sequence[Cell]) -> bool:
    shown = [c for c in cells if c]
    good = sum(bool(_NUMBERS.match(c)) for c in shown)
    bracketed = sum(bool(re.fullmatch(r"\(\d{1,2}\)", c)) for c in shown)
    if bracketed >= max(3, 0.6 * len(shown)):
        return True  # one of them may be misread
    if bracketed >= 3 and all(c == "?" or (len(c) <= 4 and c.endswith(")")) for c in shown):
        return True  # or more, that are brackets still, or nothing
    return len(shown) >= 3 and all(len(c) <= 5 for c in shown) and good >= 0.6 * len(shown)


def target_columns(header: Sequence[str]) -> list[tuple[int, str]]:
    """(column, year) of columns headed by a year ("2021", "Năm 2021"); at least two make a target table."""
    found = [(i, m[0]) for i, h in enumerate(header) if (m := _YEAR.search(h)) and len(h) < 40]
    return found if len(found) >= 2 else []
