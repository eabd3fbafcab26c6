"""Setting office texts on A4: where every word of a DOCX or TXT stands, for the reading and for its PDF copy."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

from PIL import ImageFont

from schemas.errors import FontMissing

PAGE_WIDTH, PAGE_HEIGHT = 595.28, 841.89
_LEFT, _RIGHT, _TOP, _BOTTOM = 70.9, 42.5, 56.7, 56.7
_LEADING = 1.3
_CELL_PAD = 4.0
_FAMILIES = (
    (Path("/usr/share/fonts/truetype/croscore"), "Tinos-{}.ttf", ("Regular", "Bold", "Italic", "BoldItalic")),
    (Path("/usr/share/fonts/truetype/dejavu"), "DejaVuSerif{}.ttf", ("", "-Bold", "-Italic", "-BoldItalic")),
    (Path("/usr/share/fonts/truetype/dejavu"), "DejaVuSans{}.ttf", ("", "-Bold", "-Oblique", "-BoldOblique")),
    (Path("/usr/share/fonts/truetype/dejavu"), "DejaVuSans{}.ttf", ("", "-Bold", "", "-Bold")),
)
Align = Literal["left", "center", "right"]
# In the running text, in a ruled table, or in the left or right column of a table without rules (a letterhead, a
# signature block); the number tells such tables apart.
Side = Literal["body", "table", "left", "right"]


@dataclass(frozen=True, slots=True)
class Place:
    side: Side
    block: int = 0


_BODY = Place("body")


@dataclass(frozen=True, slots=True)
class Run:
    """Text in one face. ``\\n`` breaks the line, ``\\t`` makes a gap."""

    text: str
    bold: bool = False
    italic: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    runs: tuple[Run, ...]
    align: Align = "left"
    size: float = 13.0
    indent: float = 0.0
    page_break: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """Paragraphs of one cell; ``span`` columns wide; ``shared`` = its text stands in a cell above (merged)."""

    paragraphs: tuple[Paragraph, ...]
    span: int = 1
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: rows of cells, relative column widths, and whether its rules are drawn."""

    rows: tuple[tuple[Cell, ...], ...]
    widths: tuple[float, ...]
    ruled: bool


@dataclass(frozen=True, slots=True)
class SetWord:
    """A word in place: left, base line and right in points from the top left of the page."""

    text: str
    x0: float
    base: float
    x1: float
    size: float
    bold: bool
    italic: bool


@dataclass(slots=True)
class SetPage:
    """One page: lines in reading order with where they stand, rules as (x0, y0, x1, y1), and table boxes."""

    lines: list[tuple[list[SetWord], Place]] = field(default_factory=list)
    rules: list[tuple[float, float, float, float]] = field(default_factory=list)
    tables: list[tuple[tuple[float, float, float, float], tuple[tuple[str | None, ...], ...]]] = field(
        default_factory=list
    )


@cache
def font_files() -> tuple[Path, Path, Path, Path]:
    """Regular, bold, italic, bold italic of the first family that is installed. Raises FontMissing (E208)."""
    for folder, pattern, styles in _FAMILIES:
        paths = [folder / pattern.format(style) for style in styles]
        if all(path.is_file() for path in paths):
            return paths[0], paths[1], paths[2], paths[3]
    raise FontMissing


@cache
def _font(bold: bool, italic: bool) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(font_files()[bold + 2 * italic]), 1000, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=50_000)
def text_width(text: str, bold: bool, italic: bool) -> float:
    """Width of ``text`` at size 1."""
    return float(_font(bold, italic).getlength(text)) / 1000


class Setter:
    """Fills pages from the top; a block that does not fit goes on to the next page."""

    def __init__(self) -> None:
        self.pages: list[SetPage] = [SetPage()]
        self._y = _TOP
        self._grids = 0

    def set(self, blocks: Iterable[Paragraph | Grid]) -> list[SetPage]:
        above: Paragraph | Grid | None = None
        for block in blocks:
            if _is_heading(above) and isinstance(block, Paragraph) and block.align != "center" and _says(block):
                self._y += 1.6 * block.size  # what follows a heading in the middle stands off from it
            above = block
            if isinstance(block, Grid):
                self._set_grid(block)
            else:
                self._set_paragraph(block)
        return self.pages

    def _new_page(self) -> None:
        self.pages.append(SetPage())
        self._y = _TOP

    def _set_paragraph(self, p: Paragraph) -> None:
        if p.page_break and (self.pages[-1].lines or self._y > _TOP):
            self._new_page()
        for line in break_lines(p, PAGE_WIDTH - _LEFT - _RIGHT):
            step = p.size * _LEADING
            if self._y + step > PAGE_HEIGHT - _BOTTOM:
                self._new_page()
            if line:
                self.pages[-1].lines.append((_place(line, p, _LEFT, PAGE_WIDTH - _RIGHT, self._y + p.size), _BODY))
            self._y += step

    def _set_grid(self, grid: Grid) -> None:
        self._grids += 1
        total = sum(grid.widths) or 1.0
        room = PAGE_WIDTH - _LEFT - _RIGHT
        edges = [_LEFT]
        for width in grid.widths:
            edges.append(edges[-1] + room * width / total)
        start, done = self._y, 0
        for index, row in enumerate(grid.rows):
            cells = _place_columns(row, edges)
            waiting = [
                [
                    (line, p)
                    for paragraph in (() if cell.shared else cell.paragraphs)
                    for p in [paragraph if grid.ruled else _shrunk(paragraph, x1 - x0 - 2 * _CELL_PAD)]
                    for line in break_lines(p, x1 - x0 - 2 * _CELL_PAD)
                ]
                for cell, x0, x1 in cells
            ]
            height = max((_height(lines) for lines in waiting), default=0.0)
            if self._y + height > PAGE_HEIGHT - _BOTTOM and self._y > _TOP:
                self._close_table(grid, done, index, start, edges)
                self._new_page()
                start, done = self._y, index
            top = self._y
            bottom = self._fill_row(cells, waiting, grid.ruled)
            if grid.ruled:
                self._rule_row(cells, top if bottom >= top else _TOP, bottom)
            if bottom < top:  # the row ran over a page
                start = _TOP
            self._y = bottom
        self._close_table(grid, done, len(grid.rows), start, edges)

    def _fill_row(
        self,
        cells: Sequence[tuple[Cell, float, float]],
        waiting: list[list[tuple[list[SetWord], Paragraph]]],
        ruled: bool,
    ) -> float:
        """Set one row's cells side by side; returns its lower edge on the page where it ends."""
        while True:
            top = self._y
            bottom = top + 4.0
            for (_cell, x0, x1), lines in zip(cells, waiting, strict=True):
                place = self._place_of(ruled, len(cells), x0)
                y = top + _CELL_PAD / 2
                while lines:
                    line, p = lines[0]
                    if y + p.size * _LEADING > PAGE_HEIGHT - _BOTTOM:
                        break
                    lines.pop(0)
                    if line:
                        words = _place(line, p, x0 + _CELL_PAD, x1 - _CELL_PAD, y + p.size)
                        self.pages[-1].lines.append((words, place))
                    y += p.size * _LEADING
                bottom = max(bottom, y + _CELL_PAD / 2)
            if not any(waiting):
                return bottom
            self._new_page()

    def _place_of(self, ruled: bool, columns: int, x0: float) -> Place:
        if ruled:
            return Place("table", self._grids)
        if columns != 2:
            return _BODY
        return Place("left" if x0 == _LEFT else "right", self._grids)

    def _rule_row(self, cells: Sequence[tuple[Cell, float, float]], top: float, bottom: float) -> None:
        rules = self.pages[-1].rules
        for cell, x0, x1 in cells:
            if not cell.shared:
                rules.append((x0, top, x1, top))
            rules += [(x0, top, x0, bottom), (x1, top, x1, bottom), (x0, bottom, x1, bottom)]

    def _close_table(self, grid: Grid, first: int, last: int, top: float, edges: Sequence[float]) -> None:
        if not grid.ruled or last <= first:
            return
        rows = []
        for row in grid.rows[first:last]:
            texts: list[str | None] = []
            for cell in row:
                text = "\n".join("".join(r.text for r in p.runs) for p in cell.paragraphs).strip()
                texts.append(None if cell.shared else text)
                texts += [None] * (cell.span - 1)
            rows.append(tuple(texts))
        self.pages[-1].tables.append(((edges[0], top, edges[-1], self._y), tuple(rows)))


def _says(p: Paragraph) -> bool:
    return any(run.text.strip() for run in p.runs)


def _is_heading(block: Paragraph | Grid | None) -> bool:
    return isinstance(block, Paragraph) and block.align == "center" and _says(block)


def _place_columns(row: Sequence[Cell], edges: Sequence[float]) -> list[tuple[Cell, float, float]]:
    out, at = [], 0
    for cell in row:
        end = min(len(edges) - 1, at + max(1, cell.span))
        if at >= end:
            break
        out.append((cell, edges[at], edges[end]))
        at = end
    return out


def _height(lines: Sequence[tuple[list[SetWord], Paragraph]]) -> float:
    return sum(p.size * _LEADING for _, p in lines) + _CELL_PAD


def _shrunk(p: Paragraph, room: float) -> Paragraph:
    """A letterhead line that is a little too long is set a little smaller rather than broken."""
    widths, pieces = [0.0], [(run, part) for run in p.runs for part in re.split("(\n)", run.text)]
    for run, part in pieces:
        if part == "\n":
            widths.append(0.0)
        else:
            widths[-1] += text_width(part, run.bold, run.italic) * p.size
    width = max(widths)
    if room < width <= 1.3 * room:
        return replace(p, size=p.size * room / width * 0.995)
    return p


def break_lines(p: Paragraph, room: float) -> list[list[SetWord]]:
    """The paragraph cut into lines no wider than ``room``; words still start at 0 on base line 0."""
    lines: list[list[SetWord]] = [[]]
    x = p.indent
    for run in p.runs:
        space = text_width(" ", run.bold, run.italic) * p.size
        for piece in _pieces(run.text):
            if piece == "\n":
                lines.append([])
                x = p.indent
                continue
            if piece == "\t":
                x = (x // 36 + 1) * 36
                continue
            if piece == " ":
                x += space
                continue
            for part in _fit(piece, run, p.size, room):
                width = text_width(part, run.bold, run.italic) * p.size
                glued = bool(lines[-1]) and abs(lines[-1][-1].x1 - x) < 0.01
                if x + width > room and lines[-1] and not glued:
                    lines.append([])
                    x = 0.0
                lines[-1].append(SetWord(part, x, 0.0, x + width, p.size, run.bold, run.italic))
                x += width
    return lines


def _pieces(text: str) -> Iterable[str]:
    word = ""
    for char in text:
        if char in " \n\t":
            if word:
                yield word
                word = ""
            yield char
        else:
            word += char
    if word:
        yield word


def _fit(word: str, run: Run, size: float, room: float) -> list[str]:
    """A word wider than the line is cut."""
    if text_width(word, run.bold, run.italic) * size <= room:
        return [word]
    parts = [""]
    for char in word:
        if parts[-1] and text_width(parts[-1] + char, run.bold, run.italic) * size > room:
            parts.append("")
        parts[-1] += char
    return parts


def _place(line: Sequence[SetWord], p: Paragraph, x0: float, x1: float, base: float) -> list[SetWord]:
    """The line between x0 and x1 by its alignment; words that touch (a change of face) become one."""
    used = line[-1].x1
    shift = x0
    if p.align == "center":
        shift = x0 + max(0.0, (x1 - x0 - used - line[0].x0) / 2)
    elif p.align == "right":
        shift = x0 + max(0.0, x1 - x0 - used)
    return [SetWord(w.text, w.x0 + shift, base, w.x1 + shift, w.size, w.bold, w.italic) for w in line]
