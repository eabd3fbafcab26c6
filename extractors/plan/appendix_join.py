"""Bảng qua nhiều trang: a table put together over page ends, merged cells and repeated headers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from extractors.plan.appendix_heads import Cell, head_size, header_of, is_column_numbers, same_head
from extractors.plan.words import column_label
from schemas.reading import Reading, Table
from schemas.text import nfc

_NUMBERED = re.compile(r"^\d{1,3}\.?$")
_GROUP_MARK = re.compile(r"^(?:[IVXLC]{1,6}|[A-HĐ])\.?$")


@dataclass(slots=True)
class Row:
    """``merged``: columns whose text comes from the row above; ``doubts``: those that were not surely read."""

    cells: list[Cell]
    page: int
    number: int
    merged: frozenset[int] = frozenset()
    doubts: frozenset[int] = frozenset()


@dataclass(slots=True)
class Joined:
    """One table over all its pages. ``header``: a text for each column."""

    header: list[str]
    rows: list[Row] = field(default_factory=list)
    head_rows: tuple[tuple[str, ...], ...] = ()
    pages: list[int] = field(default_factory=list)


def _tidy(cell: Cell) -> Cell:
    return None if cell is None else " ".join(nfc(cell).replace("⁄", "/").split())


def join_tables(reading: Reading) -> list[Joined]:
    """Tables that go on over pages as one: the same columns, the header repeated or not."""
    out: list[Joined] = []
    for page in reading.pages:
        for k, table in enumerate(page.tables):
            rows = [[_tidy(c) for c in row] for row in table.rows]
            if len(rows) < 1 or max(map(len, rows)) < 2:
                continue
            head = head_size(rows)
            last = out[-1] if out else None
            goes_on = (
                last is not None and k == 0 and last.pages[-1] in (page.number, page.number - 1)
                and len(last.header) == max(map(len, rows)) and table.box.width > 0.3
            )  # fmt: skip
            if head and goes_on and _NUMBERED.match(rows[0][0] or ""):
                head = 0  # a task that has words of a header in it
            if head and not (goes_on and last is not None and same_head(rows[:head], last.header)):
                joined = Joined(header_of(rows[:head]), pages=[page.number])
                out.append(joined)
                body = rows[head:]
            elif goes_on and last is not None:
                joined, body = last, rows[head:]
                joined.pages.append(page.number)
            else:
                continue
            if body and is_column_numbers(body[0]):
                body = body[1:]
            first = len(rows) - len(body)
            continued = joined.rows and joined.rows[-1].page != page.number
            for i, cells in enumerate(body):
                if is_column_numbers(cells) and any("(" in (c or "") or ")" in (c or "") for c in cells):
                    continue  # under a header that was not known as one
                if continued and i == 0:
                    if _is_rest(cells, joined):
                        _append(joined.rows[-1], cells)
                        joined.rows[-1].doubts |= _doubts_of(table, first)
                        continue
                    cells = _go_on(cells, body[1] if len(body) > 1 else None, joined)
                made = _inherit(cells, joined)
                merged = frozenset(k for k, c in enumerate(cells) if c is None and k < len(made) and made[k])
                above = joined.rows[-1].doubts & merged if joined.rows else frozenset()
                doubts = _doubts_of(table, first + i) | above
                joined.rows.append(Row(made, page.number, len(joined.rows) + 1, merged, doubts))
    return out


def _doubts_of(table: Table, row: int) -> frozenset[int]:
    return frozenset(c for r, c in table.doubts if r == row)


def _is_rest(cells: Sequence[Cell], joined: Joined) -> bool:
    """The first row of a page that goes on with the last one of the page before: it has no number of its own."""
    labels = [column_label(h) for h in joined.header]
    shown = [i for i, c in enumerate(cells) if c]
    if not shown:
        return True
    if "ordinal" in labels:
        at = labels.index("ordinal")
        numbered = any(r.cells[at] for r in joined.rows[-3:] if at < len(r.cells))
        group = is_group(cells, labels) and (len(shown) > 1 or None in cells)
        if numbered and not cells[at] and not group:
            text = cells[labels.index("text")] if "text" in labels else None
            before = joined.rows[-1].cells[labels.index("text")] if "text" in labels else None
            unfinished = bool(before) and not re.search(r"[.;]$", before or "")
            return text is None or text == "" or text[:1].islower() or unfinished
    return False


def _append(row: Row, cells: Sequence[Cell]) -> None:
    for i, c in enumerate(cells):
        if c and i < len(row.cells):
            row.cells[i] = f"{row.cells[i]} {c}" if row.cells[i] else c


def _go_on(cells: Sequence[Cell], below: Sequence[Cell] | None, joined: Joined) -> list[Cell]:
    """The first row of a page: an empty cell that is the rest of one merged over the page end is marked as merged.

    It is one when the row above or the row below is merged there, or when no other row leaves that column empty.
    """
    labels = [column_label(h) for h in joined.header]
    if _is_group_row(cells):
        return list(cells)
    out = list(cells)
    last = joined.rows[-1]
    for i, c in enumerate(cells):
        if c != "" or i >= len(labels) or labels[i] not in ("group", "lead", "coordinating", "deadline", "product"):
            continue
        others = [r.cells[i] for r in joined.rows if i < len(r.cells) and not _is_group_row(r.cells)]
        spans = i in last.merged or (below is not None and i < len(below) and below[i] is None)
        if spans or (len(others) > 2 and all(others)):
            out[i] = None
    return out


def _inherit(cells: Sequence[Cell], joined: Joined) -> list[Cell]:
    """Cells merged with the one above have its text; merged sideways they stay empty."""
    out = list(cells)
    if _is_group_row(cells) and any(c is None for c in cells):
        return out  # a group row over all columns
    above = joined.rows[-1].cells if joined.rows else []
    shown = [i for i, c in enumerate(cells) if c is not None]
    for i, c in enumerate(cells):
        if c is not None or i >= len(above):
            continue
        sideways = i > 0 and i - 1 in shown and cells[i - 1] and _spans(cells, i, above)
        if not sideways and above[i] and not _is_group_row(above):
            out[i] = above[i]
    return out


def _spans(cells: Sequence[Cell], i: int, above: Sequence[Cell]) -> bool:
    return sum(c is None for c in cells) > len(cells) // 2


def _is_group_row(cells: Sequence[Cell]) -> bool:
    shown = [c for c in cells if c]
    if len(shown) == 2 and cells[0]:
        most = len(cells) - (3 if len(cells) > 5 else 2)  # a rule may have been seen across it
        merged = sum(c is None for c in cells) >= most and len(cells) > 3
        return bool(_GROUP_MARK.match(cells[0])) or (merged and len(cells[0]) <= 5)
    return len(shown) <= 1


def is_group(cells: Sequence[Cell], labels: Sequence[str | None]) -> bool:
    """A row that names what follows: one text over all columns, or a Roman number and a text."""
    shown = [i for i, c in enumerate(cells) if c]
    if len(shown) == 1:
        only = cells[shown[0]] or ""
        return len(only) > 3 and not only.isdigit()
    return len(shown) == 2 and _is_group_row(cells)
