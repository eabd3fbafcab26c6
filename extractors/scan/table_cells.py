"""Bảng trên ảnh quét: the rules of a table found as lines, its cells read one by one, column after column.

Only plans pay for it: their appendices are tables of tasks. Other papers keep the lines that the page reader saw.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace

import cv2
import numpy as np

from extractors.imaging.cleaning import ink_mask, turn
from extractors.imaging.planes import Gray
from extractors.ocr.engine import OcrEngine, OcrWord
from extractors.pdf.tables import Grid, find_grids
from extractors.reference.names import valid_syllable
from extractors.scan.language import mend_accents, mend_phrases
from extractors.scan.prepare import ScanPage
from schemas.geometry import Box
from schemas.reading import PageReading, Table
from schemas.text import bare

READ_DPI = 225  # as the page reader: measured no worse than 300 for cells
PSM = 6
_PLAN = re.compile(r"^\W{0,3}ke\s+hoach\W{0,3}$|^\W{0,3}phu luc\b.*ke hoach|danh muc nhiem vu")
_JUNK = re.compile(r"^[|_\-—–=~.,;:'\"`´‘’“”\[\](){}<>\\/¡!]+$")
_GAP = 48  # white pixels between two cells of a column
_FAINT = 24  # grey levels by which a rule is darker than the paper
_TALL = 5000  # pixels of one picture of stacked cells
_SURE_GAIN = 8.0  # log by which other accents must be likelier between their neighbours
_UNREAD = "?"  # a cell with ink that nobody could read

_Box = tuple[float, float, float, float]


class TableCells:
    """Adds the tables of scanned pages of one document, once a page of it has said that it is a plan."""

    def __init__(self, engine: OcrEngine) -> None:
        self._engine = engine
        self._wanted = False

    def look(self, read: PageReading) -> None:
        """Remember whether the paper is a plan; only its first pages can say so."""
        if not self._wanted and read.number <= 2:
            self._wanted = any(_PLAN.search(bare(line.text)) for line in read.lines)

    def add(self, scan: ScanPage, read: PageReading) -> PageReading:
        """The page with its ruled tables as cells; the same page where there are none."""
        self.look(read)
        if not self._wanted or read.state != "text":
            return read
        tables = read_tables(scan, self._engine)
        return replace(read, tables=tables) if tables else read


def read_tables(scan: ScanPage, engine: OcrEngine) -> tuple[Table, ...]:
    """Every ruled table of the page, top to bottom. Raises ToolMissing."""
    page = without_streaks(straighten(scan.clean, scan.dpi), scan.dpi)
    grids = find_scan_grids(page, scan.dpi)
    if not grids:
        return ()
    pictures: list[Gray] = []
    places: list[list[tuple[tuple[int, int, int], int, int]]] = []  # per picture: (grid, row, column), y0, y1
    texts: dict[tuple[int, int, int], str] = {}
    scale = min(1.0, READ_DPI / scan.dpi)
    for g, grid in enumerate(grids):
        width = max(len(row) for row in grid.rows)
        for column in range(width):
            stack = _Stack()
            for r, row in enumerate(grid.rows):
                cell = row[column] if column < len(row) else None
                if cell is None:
                    continue
                crop = _crop(page, cell, scan.dpi)
                if crop is None:
                    texts[g, r, column] = ""
                    continue
                texts[g, r, column] = _UNREAD
                if stack.height + crop.shape[0] > _TALL:
                    pictures.append(stack.picture(scale))
                    places.append(stack.places)
                    stack = _Stack()
                stack.add((g, r, column), crop)
            if stack.places:
                pictures.append(stack.picture(scale))
                places.append(stack.places)
    for found, where in zip(engine.read(pictures, dpi=round(scan.dpi * scale), psm=PSM), places, strict=True):
        for key, y0, y1 in where:
            inside = [w for w in found if y0 * scale - 4 <= (w.y0 + w.y1) / 2 <= y1 * scale + 4]
            if words := _text(inside):
                texts[key] = words
    return tuple(_table(scan, g, grid, texts) for g, grid in enumerate(grids))


class _Stack:
    """Cells of one column under one another."""

    def __init__(self) -> None:
        self.parts: list[Gray] = []
        self.places: list[tuple[tuple[int, int, int], int, int]] = []
        self.height = _GAP

    def add(self, key: tuple[int, int, int], crop: Gray) -> None:
        self.places.append((key, self.height, self.height + crop.shape[0]))
        self.parts.append(crop)
        self.height += crop.shape[0] + _GAP

    def picture(self, scale: float) -> Gray:
        width = max(p.shape[1] for p in self.parts) + 2 * _GAP
        sheet = np.full((self.height, width), 255, np.uint8)
        for (_, y0, y1), part in zip(self.places, self.parts, strict=True):
            sheet[y0:y1, _GAP : _GAP + part.shape[1]] = part
        if scale == 1.0:
            return sheet
        small: Gray = cv2.resize(sheet, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA).astype(np.uint8)
        return small


def straighten(page: Gray, dpi: int) -> Gray:
    """The page turned until the long rules of its tables lie level: their slant is finer than that of its text."""
    across, _ = _lines(page, dpi, slanted=True)
    slopes = sorted((end - begin) / (x1 - x0) for x0, begin, x1, end in across if x1 - x0 > 0.25 * page.shape[1])
    if not slopes:
        return page
    degrees = math.degrees(math.atan(slopes[len(slopes) // 2]))
    return turn(page, degrees) if 0.03 < abs(degrees) < 2 else page


def find_scan_grids(page: Gray, dpi: int) -> list[Grid]:
    """Ruled tables of a page in points, from lines of ink, faint ones too.

    A line that runs far beyond the table it crosses is a streak of the scanner.
    """
    rows, columns = page.shape
    points = 72 / dpi
    across, down, _ = _sorted_lines(page, dpi)
    if len(across) < 2 or len(down) < 2:
        return []
    rules = [(x0 * points, (rows - y1) * points, x1 * points, (rows - y0) * points) for x0, y0, x1, y1 in across + down]
    grids = find_grids(rules, width=columns * points, height=rows * points)
    return [
        g
        for g in grids
        if g.box[2] - g.box[0] > 0.3 * columns * points and sum(c is not None for row in g.rows for c in row) >= 6
    ]


_Lines = list[tuple[int, int, int, int]]


def without_streaks(page: Gray, dpi: int) -> Gray:
    """The page with the streaks of the scanner painted over where they cross a table."""
    _, _, streaks = _sorted_lines(page, dpi)
    if not streaks:
        return page
    mask = np.zeros(page.shape, np.uint8)
    for x0, y0, x1, y1 in streaks:
        mask[y0:y1, max(0, x0 - 1) : x1 + 1] = 1
    mended: Gray = cv2.inpaint(page, mask, 3, cv2.INPAINT_TELEA).astype(np.uint8)
    return mended


def _sorted_lines(page: Gray, dpi: int) -> tuple[_Lines, _Lines, _Lines]:
    """(across, down, streaks): lines down the page that run far beyond all those across are no rules of a table."""
    across, down = _lines(page, dpi)
    if not across:
        return across, down, []
    reach = dpi // 3
    top, bottom = min(y0 for _, y0, _, _ in across), max(y1 for _, _, _, y1 in across)
    rules = [d for d in down if d[1] > top - reach and d[3] < bottom + reach]
    return across, rules, [d for d in down if d not in rules]


def _lines(page: Gray, dpi: int, *, slanted: bool = False) -> tuple[_Lines, _Lines]:
    """(across, down): long thin runs of anything darker than its surroundings, small breaks closed, as thin boxes.

    ``slanted``: of those across the height at the left and at the right end, instead of a box.
    """
    dark: Gray = cv2.bitwise_not(page)
    bridge, long_x, long_y, thick = max(3, dpi // 25), dpi // 3, dpi // 4, max(4, dpi // 25)
    found: tuple[_Lines, _Lines] = ([], [])
    for flat in (True, False):
        close = np.ones((1, bridge) if flat else (bridge, 1), np.uint8)
        keep = np.ones((1, long_x) if flat else (long_y, 1), np.uint8)
        wide = np.ones((2 * thick, 1) if flat else (1, 2 * thick), np.uint8)
        runs = cv2.morphologyEx(cv2.morphologyEx(dark, cv2.MORPH_CLOSE, close), cv2.MORPH_OPEN, keep)
        thin = cv2.subtract(runs, cv2.morphologyEx(runs, cv2.MORPH_OPEN, wide))  # broad dark areas are no lines
        mask = cv2.dilate((thin > _FAINT).astype(np.uint8), np.ones((3, 3), np.uint8))
        _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
        for k, (x, y, w, h, _area) in enumerate(stats[1:], 1):
            if flat and slanted and w >= long_x:
                part = labels[y : y + h, x : x + w] == k
                left, right = np.nonzero(part[:, :8])[0], np.nonzero(part[:, -8:])[0]
                found[0].append((int(x), int(y + left.mean()), int(x + w), int(y + right.mean())))
            elif flat and w >= long_x and h <= thick + w // 100:
                middle = int(y + h / 2)
                found[0].append((int(x), middle - 1, int(x + w), middle + 1))
            elif not flat and h >= long_y and w <= thick + h // 100:
                middle = int(x + w / 2)
                found[1].append((middle - 1, int(y), middle + 1, int(y + h)))
    return found


def _crop(page: Gray, cell: _Box, dpi: int) -> Gray | None:
    """The inside of a cell without its rules; None when nothing is printed there."""
    k = dpi / 72
    inset = max(3, round(dpi / 75))
    x0, y0, x1, y1 = (round(v * k) for v in cell)
    crop = page[y0 + inset : y1 - inset, x0 + inset : x1 - inset]
    if crop.size == 0:
        return None
    crop = crop.copy()
    ink = ink_mask(crop)
    # What still touches an edge over its whole length is a rule.
    for edge in range(min(6, min(ink.shape) // 4)):
        for at in (edge, -1 - edge):
            if ink[at].mean() > 0.5:
                crop[at] = 255
            if ink[:, at].mean() > 0.5:
                crop[:, at] = 255
    ink = ink_mask(crop)
    if int(ink.sum()) < (dpi / 300) ** 2 * 60:
        return None
    found: Gray = crop
    return found


def _text(words: list[OcrWord]) -> str:
    """Words of one cell, line by line; specks and remains of rules left out."""
    lines: dict[int, list[OcrWord]] = {}
    for w in words:
        if _JUNK.match(w.text) and (w.score < 0.7 or w.text in ("|", "_", "—", "=")):
            continue
        lines.setdefault(w.line, []).append(w)
    ordered = sorted(lines.values(), key=lambda ws: min(w.y0 for w in ws))
    text = " ".join(w.text for line in ordered for w in sorted(line, key=lambda w: w.x0))
    text = re.sub(r"[ñÑ](?=[^\W\d_])", "", text)  # no Vietnamese letter: the n beside it, read twice
    text = " ".join(_parted(word) for word in text.strip(" -–—_|'`“”\"‘’:•»«").split())
    return mend_phrases(mend_accents(text, least=_SURE_GAIN))


def _parted(word: str) -> str:
    """Two syllables read without the space between them ("Thanhtra"); a word that is one syllable stays."""
    if len(word) < 5 or not word.isalpha() or word.isupper() or valid_syllable(word):
        return word
    cuts = [k for k in range(2, len(word) - 1) if valid_syllable(word[:k]) and valid_syllable(word[k:])]
    return f"{word[: cuts[0]]} {word[cuts[0] :]}" if len(cuts) == 1 else word


def _table(scan: ScanPage, g: int, grid: Grid, texts: dict[tuple[int, int, int], str]) -> Table:
    k = scan.dpi / 72
    x0, y0, x1, y1 = (int(v * k) for v in grid.box)
    box: Box = scan.fraction((x0, y0, x1, y1))
    rows = tuple(
        tuple(None if cell is None else texts.get((g, r, c), "") for c, cell in enumerate(row))
        for r, row in enumerate(grid.rows)
    )
    return Table(box, rows)
