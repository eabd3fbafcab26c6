"""Bảng gõ bằng chữ: tables of a text file, their columns parted by "|" or tabs, as tables with cells.

Only a text file has them: what other papers show as a table comes with its rules or its file's own cells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from schemas.geometry import Box
from schemas.reading import Reading, Table

_PIPES = re.compile(r"\|")
_TABS = re.compile(r"\t+")
_RULE = re.compile(r"^[\s|:+=_-]+$")  # the line under the head of a table
_LEAST = 3  # columns


def cells_of(line: str) -> tuple[str, ...] | None:
    """The cells of a line that is a row of a table; None for running text."""
    inner = line.strip()
    for parting in (_PIPES, _TABS):
        if not parting.search(inner):
            continue
        cells = tuple(" ".join(c.split()) for c in parting.split(inner))
        if inner.startswith("|"):
            cells = cells[1:]
        if inner.endswith("|") and inner.startswith("|"):
            cells = cells[:-1]
        if len(cells) >= _LEAST and sum(bool(c) for c in cells) >= 2:
            return cells
    return None


def is_row(line: str) -> bool:
    """Whether a line of a text file belongs to a table."""
    return cells_of(line) is not None or (bool(_RULE.match(line)) and "|" in line)


def with_text_tables(reading: Reading) -> Reading:
    """The reading of a text file with the tables that are typed in it; any other as it is."""
    if not reading.sheets or not reading.pages or any(page.tables for page in reading.pages):
        return reading
    tables = tuple(_tables(line for lines in reading.sheets for line in lines))
    if not tables:
        return reading
    return replace(reading, pages=(replace(reading.pages[0], tables=tables), *reading.pages[1:]))


def _tables(lines: Iterator[str]) -> Iterator[Table]:
    rows: list[tuple[str, ...]] = []
    for line in lines:
        cells = cells_of(line)
        if cells is not None and (not rows or len(cells) == len(rows[0])):
            rows.append(cells)
        elif cells is None and rows and is_row(line):
            continue
        else:
            yield from _made(rows)
            rows = [cells] if cells is not None else []
    yield from _made(rows)


def _made(rows: Sequence[tuple[str, ...]]) -> Iterator[Table]:
    if len(rows) > 1:
        yield Table(Box(0.0, 0.0, 1.0, 1.0), tuple(rows))
