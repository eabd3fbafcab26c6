"""Bảng trên ảnh quét: the cells of ruled tables cut out and read column after column, each by several readings.

Only plans pay for it: their appendices are tables of tasks. Other papers keep the lines that the page reader saw.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import cv2
import numpy as np

from extractors.imaging.cleaning import ink_mask
from extractors.imaging.pieces import pieces
from extractors.imaging.planes import Gray
from extractors.ocr.engine import LineReader, OcrEngine, OcrWord
from extractors.pdf.tables import Grid
from extractors.scan.cell_sizes import begins_small, trusted_height
from extractors.scan.cell_text import UNREAD, settle
from extractors.scan.prepare import ScanPage
from extractors.scan.table_lines import find_scan_grids, straighten
from extractors.scan.table_spills import DARK, Bounds, Spill, find_spills, inset_of, pixels_of
from extractors.scan.table_streaks import lightened
from schemas.geometry import Box
from schemas.reading import PageReading, Table
from schemas.text import bare

READ_DPI = 225  # as the page reader
# Every cell is read at both sizes: what one of them gets wrong the other mostly does not.
SIZES = (1.0, 1.3)
PSM = 6
_PLAN = re.compile(
    r"^\W{0,3}ke\s+hoach\W{0,3}$|^\W{0,3}phu luc\b.*ke hoach|danh muc nhiem vu|^\W{0,3}so\W.{0,16}/\s?kh\b"
)
_APPENDED = re.compile(r"danh muc nhiem vu|kem theo ke hoach so")  # over an appendix, on whatever page it begins
_GAP = 48  # white pixels between two cells of a column
_TALL = 5000  # pixels of one picture of stacked cells
_CROSSED = 4  # pixels of print under a streak
_MOSTLY = 0.8  # of a column's cells begin with a capital where all of them should
_LEAST = 60  # pixels of ink at 300 dpi, fewer are no print

_Key = tuple[int, int, int]  # grid, row, column


class TableCells:
    """Adds the tables of scanned pages of one document, once a page of it has said that it is a plan."""

    def __init__(self, engine: OcrEngine, reader: LineReader | None = None) -> None:
        self._engine = engine
        self._reader = reader
        self._wanted = False

    def look(self, read: PageReading) -> None:
        """Remember whether the paper is a plan; its first pages say so, or the head of an appendix."""
        if not self._wanted:
            says = _PLAN if read.number <= 2 else _APPENDED
            self._wanted = any(says.search(bare(line.text)) for line in read.lines)

    def add(self, scan: ScanPage, read: PageReading) -> PageReading:
        """The page with its ruled tables as cells; the same page where there are none."""
        self.look(read)
        if not self._wanted or read.state != "text":
            return read
        tables = read_tables(scan, self._engine, self._reader)
        return replace(read, tables=tables) if tables else read


@dataclass(slots=True)
class Cell:
    """One cell with ink in it: its inside without rules, and the words of each reading, in pixels of that picture.

    ``mixed``: print of the cell beside it may stand in it, or some of its own there; or a streak ran through its print.
    """

    key: _Key
    crop: Gray
    mixed: bool = False
    readings: list[tuple[OcrWord, ...]] = field(default_factory=list)


def read_tables(scan: ScanPage, engine: OcrEngine, reader: LineReader | None = None) -> tuple[Table, ...]:
    """Every ruled table of the page, top to bottom. Raises ToolMissing."""
    with_specks, straight = straighten(scan.main, scan.dpi, scan.clean)
    grids, page = find_scan_grids(straight, scan.dpi, rules_on=with_specks)
    if not grids:
        return ()
    cells = list(cut_cells(page, grids, scan.dpi))
    if page is not straight:
        for cell in cells:
            g, r, c = cell.key
            x0, y0, x1, y1 = pixels_of(grids[g].rows[r][c], scan.dpi)
            cell.mixed |= _is_crossed(straight[y0:y1, x0:x1], page[y0:y1, x0:x1])
    fit = min(1.0, READ_DPI / scan.dpi)
    for size in SIZES:
        _read_cells(cells, engine, scale=fit * size, dpi=round(scan.dpi * fit * size))
    heights = {
        g: trusted_height([(c.crop, c.readings) for c in cells if c.key[0] == g], scan.dpi) for g in range(len(grids))
    }
    texts: dict[_Key, tuple[str, bool]] = {}
    for cell in cells:
        text, sure = settle(cell.crop, cell.readings, reader, height=heights[cell.key[0]])
        texts[cell.key] = text, sure and not cell.mixed
    for g in range(len(grids)):
        begin_alike(texts, g)
    return tuple(_table(scan, g, grid, texts) for g, grid in enumerate(grids))


def begin_alike(texts: dict[_Key, tuple[str, bool]], g: int) -> None:
    """Give cells of a column whose others begin with capitals one, where their first letter was read small but looks
    like it, and take from them the full stop that no other has; somebody has to look at them."""
    for column in {c for at, _, c in texts if at == g}:
        cells = {
            key: text for key, (text, _) in texts.items() if key[0] == g and key[2] == column and text[0].isalpha()
        }
        small = [key for key, text in cells.items() if begins_small(text)]
        if small and sum(text[0].isupper() for text in cells.values()) >= max(4, _MOSTLY * (len(cells) - len(small))):
            for key in small:
                texts[key] = cells[key][0].upper() + cells[key][1:], False
        stopped = [key for key, text in cells.items() if text.endswith(".")]
        if stopped and len(cells) - len(stopped) >= max(4, _MOSTLY * len(cells)):
            for key in stopped:
                texts[key] = texts[key][0].rstrip("."), False


def _is_crossed(before: Gray, after: Gray) -> bool:
    """Whether a streak that was taken out ran through print: what stands there now was partly guessed."""
    streak = before != after
    return int(((after < DARK) & streak).sum()) > _CROSSED


def cut_cells(page: Gray, grids: Sequence[Grid], dpi: int) -> Iterator[Cell]:
    """The cells that something is printed in, column after column of each table."""
    for g, grid in enumerate(grids):
        spills = find_spills(page, grid, dpi)
        for column in range(max(len(row) for row in grid.rows)):
            for r, row in enumerate(grid.rows):
                box = row[column] if column < len(row) else None
                if box is None:
                    continue
                left = max((c for c in range(column) if row[c] is not None), default=-1)
                own, foreign = spills.get((r, column)), spills.get((r, left))
                crop = _crop(page, box, dpi, own, foreign)
                if crop is not None:
                    mixed = any(spill is not None and not spill.clear for spill in (own, foreign))
                    yield Cell((g, r, column), crop, mixed=mixed)


def _read_cells(cells: Sequence[Cell], engine: OcrEngine, *, scale: float, dpi: int) -> None:
    """Give every cell the words of one more reading; cells of a column are set under one another and read together."""
    stacks = list(_stacks(cells, scale))
    pictures = [_sheet(stack, scale) for stack in stacks]
    for found, stack in zip(engine.read(pictures, dpi=dpi, psm=PSM), stacks, strict=True):
        for cell, at in stack:
            y0, y1 = (at - _GAP / 3) * scale, (at + cell.crop.shape[0] + _GAP / 3) * scale
            inside = [w for w in found if y0 <= (w.y0 + w.y1) / 2 <= y1]
            cell.readings.append(tuple(_placed(w, scale, _GAP, at) for w in inside))


_Stack = list[tuple[Cell, int]]  # cells and the row of the picture where each begins


def _stacks(cells: Sequence[Cell], scale: float) -> Iterator[_Stack]:
    stack: _Stack = []
    height = _GAP
    column: tuple[int, int] | None = None
    for cell in cells:
        mine = (cell.key[0], cell.key[2])
        if stack and (mine != column or (height + cell.crop.shape[0]) * scale > _TALL):
            yield stack
            stack, height = [], _GAP
        column = mine
        stack.append((cell, height))
        height += cell.crop.shape[0] + _GAP
    if stack:
        yield stack


def _sheet(stack: _Stack, scale: float) -> Gray:
    last, at = stack[-1]
    width = max(cell.crop.shape[1] for cell, _ in stack) + 2 * _GAP
    sheet = np.full((at + last.crop.shape[0] + _GAP, width), 255, np.uint8)
    for cell, y in stack:
        h, w = cell.crop.shape
        sheet[y : y + h, _GAP : _GAP + w] = cell.crop
    if scale == 1.0:
        return sheet
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    sized: Gray = cv2.resize(sheet, None, fx=scale, fy=scale, interpolation=how).astype(np.uint8)
    return sized


def _placed(w: OcrWord, scale: float, x: int, y: int) -> OcrWord:
    """A word of the stack in pixels of its cell."""
    return replace(
        w,
        x0=round(w.x0 / scale) - x,
        x1=round(w.x1 / scale) - x,
        y0=round(w.y0 / scale) - y,
        y1=round(w.y1 / scale) - y,
    )


def _crop(page: Gray, cell: Bounds, dpi: int, own: Spill | None = None, foreign: Spill | None = None) -> Gray | None:
    """The inside of a cell without its rules and lone specks; None when nothing is printed there.

    ``own``: where its print goes on over the right rule, on which it keeps its own darkness; ``foreign``: where that of
    the cell on the left does.
    """
    inset = inset_of(dpi)
    x0, y0, x1, y1 = pixels_of(cell, dpi)
    crop = page[y0 + inset : y1 - inset, x0 + inset : x1 - inset]
    if crop.size == 0 or min(crop.shape) < 8:
        return None
    found: Gray = crop.copy()
    if foreign is not None:
        found[max(0, foreign.y0 - y0 - inset) : foreign.y1 - y0 - inset, : max(0, foreign.x1 - x0 - inset)] = 255
    _erase_remains(found, dpi)
    open_zeros(found, dpi)
    if own is not None:
        wide = np.full((found.shape[0], own.x1 - x0 - inset), 255, np.uint8)
        wide[:, : found.shape[1]] = found
        rows = slice(own.y0 - y0 - inset, own.y1 - y0 - inset)
        end = page[own.y0 : own.y1, x0 + inset : own.x1].copy()
        left = x1 - 4 * inset - x0
        strip = page[y0 + inset : y1 - inset, x1 - 3 * inset : x1 + 3 * inset + 1]
        rule = float(np.percentile(strip, 70, axis=0)[inset:-inset].argmin() + inset)
        light = lightened(strip, np.full(strip.shape[0], rule), half=inset, near=strip.shape[0])[rows]
        room = min(light.shape[1], end.shape[1] - left)
        end[:, left : left + room] = light[:, :room]
        wide[rows] = end
        found = wide
    if int(ink_mask(found).sum()) < (dpi / 300) ** 2 * _LEAST:
        return None
    return found


def _erase_remains(crop: Gray, dpi: int) -> None:
    """Paint over what is left of rules at the edges, and specks that stand alone."""
    ink = ink_mask(crop)
    # What touches an edge over its whole length is a rule.
    for edge in range(min(6, min(ink.shape) // 4)):
        for at in (edge, -1 - edge):
            if ink[at].mean() > 0.5:
                crop[at] = 255
            if ink[:, at].mean() > 0.5:
                crop[:, at] = 255
    ink = ink_mask(crop)
    rows, columns = ink.shape
    _, labels, stats, _ = pieces(ink)
    thin, long = max(4, dpi // 45), max(8, dpi // 20)
    speck, away = max(3, dpi // 50), max(6, dpi // 22)
    solid = [tuple(int(v) for v in s[:4]) for s in stats[1:] if max(s[2], s[3]) > 1.5 * speck]
    for n, (x, y, w, h, _area) in enumerate(stats[1:].tolist(), 1):
        at_side, at_end = x <= 1 or x + w >= columns - 1, y <= 1 or y + h >= rows - 1
        remains = (at_side and w <= thin and h >= long) or (at_end and h <= thin and w >= long)
        lone = max(w, h) <= speck and not any(
            x - away < sx + sw and sx < x + w + away and y - 2 * away < sy + sh and sy < y + h + 2 * away
            for sx, sy, sw, sh in solid
        )
        if remains or lone:
            box = labels[max(0, y - 1) : y + h + 1, max(0, x - 1) : x + w + 1]
            grown = cv2.dilate((box == n).astype(np.uint8), np.ones((3, 3), np.uint8)).view(bool)
            crop[max(0, y - 1) : y + h + 1, max(0, x - 1) : x + w + 1][grown] = 255


def open_zeros(crop: Gray, dpi: int) -> None:
    """Paint over the dot inside a zero, as typewriter faces have it: readers take such a zero for 9, 6 or 8."""
    _, labels, stats, _ = pieces(ink_mask(crop))
    most = max(4, dpi // 22)
    rings = [
        (n, *(int(v) for v in s[:4]))
        for n, s in enumerate(stats[1:], 1)
        if dpi // 25 < s[3] < dpi // 5 and 0.4 * s[3] < s[2] < 0.9 * s[3]
    ]
    for n, (x, y, w, h, _area) in enumerate(stats[1:].tolist(), 1):
        if max(w, h) > most:
            continue
        middle, level = x + w / 2, y + h / 2
        for ring, rx, ry, rw, rh in rings:
            if ring == n or abs(middle - rx - rw / 2) > 0.15 * rw or abs(level - ry - rh / 2) > 0.15 * rh:
                continue
            inside = crop[ry + rh // 4 : ry + rh - rh // 4, rx : rx + rw]
            dot = cv2.dilate((labels[ry : ry + rh, rx : rx + rw] == n).astype(np.uint8), np.ones((3, 3), np.uint8))
            crop[ry : ry + rh, rx : rx + rw][dot.view(bool)] = int(np.percentile(inside, 90))


def _table(scan: ScanPage, g: int, grid: Grid, texts: dict[_Key, tuple[str, bool]]) -> Table:
    k = scan.dpi / 72
    x0, y0, x1, y1 = (int(v * k) for v in grid.box)
    box: Box = scan.fraction((x0, y0, x1, y1))
    rows = tuple(
        tuple(None if cell is None else texts.get((g, r, c), ("", True))[0] for c, cell in enumerate(row))
        for r, row in enumerate(grid.rows)
    )
    doubts = tuple(sorted((r, c) for (at, r, c), (_, sure) in texts.items() if at == g and not sure))
    return Table(box, rows, doubts)


__all__ = ["UNREAD", "Cell", "TableCells", "begin_alike", "cut_cells", "read_tables"]
