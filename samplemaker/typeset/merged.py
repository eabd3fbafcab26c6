"""Tables with merged cells, heads of two rows, and heads that are not repeated on the next page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from samplemaker.model import Table
from samplemaker.page import Rule
from samplemaker.typeset.markup import split_words

if TYPE_CHECKING:
    from samplemaker.typeset.composer import Composer

ABOVE, BESIDE = "^", "<"
_PAD = 3.5


def set_merged(c: Composer, block: Table) -> None:
    """Rows are kept whole; a cell merged over rows goes on as an empty one behind a page end."""
    size = c.style.size - 1
    total = c.right - c.left
    widths = [w * total / sum(block.widths) for w in block.widths]
    c.y += 4
    head = [*block.heads]
    rows = [*head, *block.rows]
    heights = [_height(c, rows, r, widths, size, bold=r < len(head)) for r in range(len(rows))]
    if c.y + sum(heights[: len(head)]) + heights[len(head)] > c.bottom:
        c.new_page()
    for r in range(len(rows)):
        is_head = r < len(head)
        fresh = False
        if not is_head and c.y + heights[r] > c.bottom:
            c.new_page()
            fresh = True
            if block.repeat_head:
                for k in range(len(head)):
                    last = k == len(head) - 1
                    _row(c, head, k, widths, heights[k], size, bold=True, centered=(), first=k == 0, last=last)
        ends = r + 1 == len(rows) or (r + 1 >= len(head) and c.y + heights[r] + heights[r + 1] > c.bottom)
        _row(
            c, rows, r, widths, heights[r], size, bold=is_head, centered=block.centered, first=r == 0 or fresh,
            last=ends or r + 1 == len(head),
        )  # fmt: skip
    c.y += 8


def _lines(c: Composer, rows: list[tuple[str, ...]], r: int, i: int, widths: list[float], size: float, bold: bool):  # type: ignore[no-untyped-def]
    words = split_words(rows[r][i], bold=bold and c.style.layout != "typewriter")
    return c.break_lines(words, size, _width(rows[r], i, widths) - 2 * _PAD)


def _width(row: tuple[str, ...], i: int, widths: list[float]) -> float:
    end = i + 1
    while end < len(row) and row[end] == BESIDE:
        end += 1
    return sum(widths[i:end])


def _height(c: Composer, rows: list[tuple[str, ...]], r: int, widths: list[float], size: float, *, bold: bool) -> float:
    step = size * 1.2
    counts = [
        len(_lines(c, rows, r, i, widths, size, bold)) for i, cell in enumerate(rows[r]) if cell not in (ABOVE, BESIDE)
    ]
    return max([1, *counts]) * step + 2 * _PAD


def _row(
    c: Composer, rows: list[tuple[str, ...]], r: int, widths: list[float], height: float, size: float, *,
    bold: bool, centered: tuple[int, ...], first: bool, last: bool,
) -> None:  # fmt: skip
    step, top = size * 1.2, c.y
    row = rows[r]
    below = rows[r + 1] if r + 1 < len(rows) and not last else ()
    space = _space(c, size)
    x = c.left
    for i, cell in enumerate(row):
        if cell == BESIDE:
            x += widths[i]
            continue
        width = _width(row, i, widths)
        if cell != ABOVE:
            lines = _lines(c, rows, r, i, widths, size, bold)
            y = top + _PAD - 2
            for line in lines:
                y += step
                natural = sum(c.word_width(w, size) for w in line) + space * (len(line) - 1)
                middle = bold or i in centered
                c.set_line(line, x + (width - natural) / 2 if middle else x + _PAD, y, size, gap=space)
                c.page.lines.append(" ".join("".join(p.text for p in w) for w in line))
        c.page.items.append(Rule(x, top, x, top + height, 0.5))
        if cell != ABOVE or first:
            c.page.items.append(Rule(x, top, x + width, top, 0.5))
        if not (below and below[i] == ABOVE):
            c.page.items.append(Rule(x, top + height, x + width, top + height, 0.5))
        x += widths[i]
    c.page.items.append(Rule(c.right, top, c.right, top + height, 0.5))
    c.y = top + height


def _space(c: Composer, size: float) -> float:
    from samplemaker.fonts import text_width

    return text_width(c.style.font, " ", size)
