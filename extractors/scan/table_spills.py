"""Chữ tràn ô: words too long for their cell, which go on over the rule on their right."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.imaging.cleaning import ink_mask
from extractors.imaging.planes import Gray
from extractors.pdf.tables import Grid

DARK = 150  # grey level below which a pixel is print, where rules meet print
_LIGHT = 0.4  # of the way from paper to ink, from which a pixel is print
_FAINTEST = 200  # however faint the ink is
_FOOT = 190  # the same of a letter of which a foot or a serif only stands there

Bounds = tuple[float, float, float, float]  # of a cell, in points


@dataclass(frozen=True, slots=True)
class Spill:
    """A word too long for its cell: rows and columns of the page that its end takes up in the cell on the right."""

    y0: int
    y1: int
    x1: int
    clear: bool = True  # it ends before the other cell's print begins


def find_spills(page: Gray, grid: Grid, dpi: int) -> dict[tuple[int, int], Spill]:
    """Cells (row, column) whose print goes on over the rule on their right, or ends on it.

    There is print close to the rule on both sides, and on the right it begins before the usual margin of that column;
    beyond the last rule nothing else is printed.
    """
    found: dict[tuple[int, int], Spill] = {}
    page = _as_dark(page, grid, dpi)
    margins = _margins(page, grid, dpi)
    right = round(grid.box[2] * dpi / 72)
    for r, row in enumerate(grid.rows):
        shown = [c for c, box in enumerate(row) if box is not None]
        for c, after in zip_longest(shown, shown[1:]):
            mine = pixels_of(row[c], dpi)
            if after is not None:
                other, (margin, near) = pixels_of(row[after], dpi), margins[after]
            else:
                other, margin, near = (right, mine[1], min(page.shape[1], right + dpi), mine[3]), dpi, dpi // 4
            spill = _spill(page, mine, other, margin=int(margin), near=int(near), dpi=dpi)
            if spill is not None:
                found[r, c] = spill
    return found


def _as_dark(page: Gray, grid: Grid, dpi: int) -> Gray:
    """The page with faint print made darker, so that what is print in it is darker than ``DARK``."""
    x0, x1 = (round(v * dpi / 72) for v in (grid.box[0], grid.box[2]))
    y0, y1 = (round(v * dpi / 72) for v in (grid.box[1], grid.box[3]))
    table = page[y0:y1:3, x0:x1:3]
    if table.size == 0:
        return page
    paper, ink = np.percentile(table, (75, 3))
    level = min(float(paper - _LIGHT * (paper - ink)), _FAINTEST)
    if level <= DARK:
        return page
    shades = 255 - (255 - np.arange(256)) * (255 - DARK) / (255 - level)
    darker: Gray = cv2.LUT(page, np.clip(shades, 0, 255).astype(np.uint8)).astype(np.uint8)
    return darker


def _spill(
    page: Gray, mine: tuple[int, int, int, int], other: tuple[int, int, int, int], *, margin: int, near: int, dpi: int
) -> Spill | None:
    """The word that leaves a cell on its right. ``other``: the cell there; its own print begins at ``margin``, and
    hardly before ``near``."""
    inset, gap = inset_of(dpi), max(4, dpi // 28)
    if abs(mine[2] - other[0]) > 2 * inset or near <= inset:
        return None
    top, bottom, edge = mine[1] + inset, min(mine[3], other[3]) - inset, mine[2]
    left = _print_rows(page[top:bottom, edge - inset - dpi // 20 : edge - inset], dpi, _FOOT)
    right = _print_rows(page[top:bottom, edge + inset : edge + near], dpi)
    across = np.flatnonzero(left & right) if left.size == right.size else np.zeros(0, np.int64)
    inside = page[top:bottom, max(0, edge - dpi // 3) : edge - inset]
    if not across.size:
        at = _touching(page[top:bottom, edge - inset - 2 : edge - inset], dpi)
        if at is None:
            return None
        y0, y1 = _line_at(inside, at)
        return Spill(top + y0, top + y1, min(edge + inset, page.shape[1]))
    y0, y1 = _line_at(inside, int(across[across.size // 2]))
    beside: NDArray[np.bool_] = np.any(page[top + y0 : top + y1, edge + inset : other[2] - inset] < DARK, axis=0)
    if y1 - y0 < dpi // 25 or beside.size < gap:
        return None
    blank = np.flatnonzero(np.convolve(beside, np.ones(gap), "valid") == 0)
    # Behind the usual margin stands the other cell's own print: without a gap before it the two run together.
    clear = bool(blank.size) and int(blank[0]) <= max(margin - inset, dpi // 8)
    whole = clear or (bool(blank.size) and _is_one_word(beside, int(blank[0]), dpi))
    end = int(blank[0]) if whole else max(1, margin - inset - 1)
    return Spill(top + y0, top + y1, min(edge + inset + end, page.shape[1]), clear)


def _is_one_word(beside: NDArray[np.bool_], end: int, dpi: int) -> bool:
    """Whether what stands beside a rule is the end of one word and nothing more: no gap as between words, then nothing.

    Most likely: the other cell's line may be one short word that the end of this one runs into.
    """
    letters = np.flatnonzero(np.convolve(beside, np.ones(max(4, dpi // 45)), "valid") == 0)
    return end <= dpi // 4 and int(letters[0]) == end and not beside[end:].any()


def _line_at(part: Gray, row: int) -> tuple[int, int]:
    """First and last row of the print round a row."""
    ink = ink_mask(part).max(axis=1)
    y0 = y1 = row
    while y0 > 0 and ink[y0 - 1]:
        y0 -= 1
    while y1 < ink.size and ink[y1]:
        y1 += 1
    return y0, y1


def _touching(strip: Gray, dpi: int) -> int | None:
    """The row of a letter that ends on the rule itself; None where nothing reaches it, or much more than a letter."""
    dark = np.flatnonzero((strip < DARK).any(axis=1)) if strip.size else np.zeros(0, np.int64)
    high = int(dark[-1] - dark[0]) + 1 if dark.size else 0
    return int(dark[dark.size // 2]) if max(2, dpi // 90) <= dark.size and high <= dpi // 6 else None


def _print_rows(strip: Gray, dpi: int, dark: int = DARK) -> NDArray[np.bool_]:
    """Rows of a narrow strip that hold print, and those near them: letters of one line stand at different heights."""
    if strip.size == 0:
        return np.zeros(0, np.bool_)
    rows = (strip.min(axis=1) < dark).astype(np.uint8)[:, None]
    near: NDArray[np.bool_] = cv2.dilate(rows, np.ones((2 * (dpi // 25) + 1, 1), np.uint8))[:, 0] > 0
    return near


def _margins(page: Gray, grid: Grid, dpi: int) -> dict[int, tuple[float, float]]:
    """For each column the usual distance in pixels from its left rule to its print, and where that of others ends."""
    inset = inset_of(dpi)
    starts: dict[int, list[int]] = {}
    for row in grid.rows:
        for c, box in enumerate(row):
            if box is None:
                continue
            x0, y0, x1, y1 = pixels_of(box, dpi)
            print_at = np.flatnonzero((page[y0 + inset : y1 - inset, x0 + inset : x1 - inset] < DARK).sum(axis=0) > 1)
            if print_at.size:
                starts.setdefault(c, []).append(inset + int(print_at[0]))
    found = {c: float(np.percentile(some, 75)) for c, some in starts.items()}
    usual = float(np.median(list(found.values()))) if found else 0.0
    margins: dict[int, tuple[float, float]] = {}
    for c in range(max(len(row) for row in grid.rows)):
        boxes = [row[c] for row in grid.rows if c < len(row) and row[c] is not None]
        own = [x for x in starts.get(c, ()) if x > 0.6 * usual]
        if len(own) > 0.4 * len(boxes):
            margins[c] = found[c], 0.6 * found[c]
        else:  # hardly anything but the ends of words from its left: they may be long
            x0, _, x1, _ = pixels_of(boxes[0] if boxes else grid.box, dpi)
            margins[c] = float(x1 - x0), usual + inset
    return margins


def inset_of(dpi: int) -> int:
    return max(3, round(dpi / 75))


def pixels_of(box: Bounds | None, dpi: int) -> tuple[int, int, int, int]:
    assert box is not None
    x0, y0, x1, y1 = (round(v * dpi / 72) for v in box)
    return x0, y0, x1, y1
