"""Kẻ bảng trên ảnh quét: rules of tables found as lines of ink, faint ones too; streaks of the scanner told apart."""

from __future__ import annotations

import math
from itertools import pairwise

import cv2
import numpy as np

from extractors.imaging.cleaning import turn
from extractors.imaging.pieces import pieces
from extractors.imaging.planes import Gray
from extractors.pdf.tables import Grid, find_grids
from extractors.scan.table_streaks import FAINT, Line, Lines, contrast_at, path_of, rules_beside, without_streaks

_GOES_ON = 0.5  # of its darkness that a line keeps beyond the table when it is a streak
_UNBROKEN = 0.93  # of a short line across that is printed; letters in a row have gaps
_PALE = 0.35  # of the darkness of the table's other lines, below which a line is none of them
_SLANT = 25  # rows in which a streak moves by one column, at least
_APART = 3  # columns between a streak and a line that is another one


def straighten(page: Gray, dpi: int, *others: Gray) -> tuple[Gray, ...]:
    """The page, and other pictures of it, turned until the long rules of its tables lie level: their slant is finer
    than that of its text."""
    across, _, _ = _lines(page, dpi, slanted=True)
    slopes = sorted((end - begin) / (x1 - x0) for x0, begin, x1, end in across if x1 - x0 > 0.25 * page.shape[1])
    degrees = math.degrees(math.atan(slopes[len(slopes) // 2])) if slopes else 0.0
    return tuple(turn(one, degrees) if 0.03 < abs(degrees) < 2 else one for one in (page, *others))


def find_scan_grids(page: Gray, dpi: int, *, rules_on: Gray | None = None) -> tuple[list[Grid], Gray]:
    """(ruled tables of a page in points, the page without streaks), from lines of ink, faint ones too.

    A line that runs far beyond the table it crosses is a streak of the scanner: it is no rule, and is painted over.
    ``rules_on``: the same page with its specks, where rules are whole: crumbs of faint ones are painted over as specks.
    """
    rows, columns = page.shape
    points = 72 / dpi
    seen = page if rules_on is None else rules_on
    across, down, streaks = _sorted_lines(seen, dpi)
    top, bottom = _reach(across, columns, dpi)
    if len(across) < 2 or len(down) < 2:
        return [], page
    across = across + _short_rules(seen, across, down, dpi)
    rules = [(x0 * points, (rows - y1) * points, x1 * points, (rows - y0) * points) for x0, y0, x1, y1 in across + down]
    grids = find_grids(rules, width=columns * points, height=rows * points)
    kept = [
        g
        for g in grids
        if g.box[2] - g.box[0] > 0.3 * columns * points
        and sum(c is not None for row in g.rows for c in row) >= 6
        and not _frames(g, columns * rows * points**2)
    ]
    return kept, without_streaks(page, streaks, top, bottom, dpi) if kept else page


def _frames(grid: Grid, page_area: float) -> bool:
    """A frame of two lines round the whole paper, as certificates have it: one of its cells is most of the page."""
    cells = (c for row in grid.rows for c in row if c is not None)
    return any((c[2] - c[0]) * (c[3] - c[1]) > 0.5 * page_area for c in cells)


def _short_rules(page: Gray, across: Lines, down: Lines, dpi: int) -> Lines:
    """Pieces of rules in columns too narrow for a line of their own: ink from one rule down to the next, at a height
    where another column has a rule."""
    found: Lines = []
    near = max(3, dpi // 40)
    heights = sorted({(y0 + y1) // 2 for _, y0, _, y1 in across})
    for k, y in enumerate(heights):
        if k and y - heights[k - 1] < near:
            continue
        there = [(x0, x1) for x0, y0, x1, y1 in across if abs((y0 + y1) // 2 - y) <= 2 * near]
        crossed = sorted((x0 + x1) // 2 for x0, y0, x1, y1 in down if y0 - near <= y <= y1 + near)
        for left, right in pairwise(crossed):
            if not 3 * near < right - left < dpi or any(x0 < right - near and x1 > left + near for x0, x1 in there):
                continue
            top, bottom = max(0, y - near), min(page.shape[0], y + near + 1)
            if _is_inked(page[top:bottom, left + near : right - near + 1]):
                found.append((left - 1, y - 1, right + 1, y + 1))
    return found


def _is_inked(part: Gray) -> bool:
    """Whether a line runs through a strip from its left to its right end, thin and at one height."""
    if part.size == 0:
        return False
    paper = float(np.percentile(part, 75))
    darkness = np.clip(paper - part.astype(np.float32), 0, None)
    levels = darkness.mean(axis=1)
    y = int(levels.argmax())
    line = darkness[max(0, y - 1) : y + 2].max(axis=0)
    beside = np.delete(levels, slice(max(0, y - 2), y + 3))
    return bool(np.percentile(line, 10) > FAINT / 2 and beside.size and levels[y] > 3 * np.percentile(beside, 75))


def _sorted_lines(page: Gray, dpi: int) -> tuple[Lines, Lines, Lines]:
    """(across, down, streaks): lines down the page that go on beyond all those across are no rules of a table.

    The page is straight, a streak may be slanted and then found in pieces: what counts is what the paper shows beyond.
    """
    rows, columns = page.shape
    edge = dpi // 6
    across, down, broad = _lines(page, dpi)
    # At the very edge of the picture stands the edge of the sheet, or its shadow.
    across = [line for line in across if edge < line[1] and line[3] < rows - edge]
    down = [line for line in down if edge < line[0] and line[2] < columns - edge]
    if not across:
        return across, down, []
    reach = dpi // 3
    top, bottom = _reach(across, columns, dpi)
    contrasts = [contrast_at(page, (x0 + x1) // 2, y0, y1) for x0, y0, x1, y1 in down]
    usual = sorted(contrasts)[len(contrasts) * 2 // 3] if contrasts else 0.0
    far = [line for line in [*down, *broad] if line[1] <= top - reach or line[3] >= bottom + reach]
    paths = [path for line in far if (path := path_of(page, line, top, bottom, dpi)) is not None]
    rules: Lines = []
    streaks: Lines = []
    for line in broad:
        if line in far:  # a slanted streak and the rule that it crosses, as one
            streaks.append(line)
            rules += rules_beside(page, line, top, bottom, dpi, usual)
    for line, contrast in zip(down, contrasts, strict=True):
        x, middle = (line[0] + line[2]) // 2, (line[1] + line[3]) / 2
        beyond = line in far or contrast < _PALE * usual
        gaps = [abs(slope * middle + base - x) for slope, base in paths]
        beside = min(gaps, default=dpi) < dpi // 10  # what goes on beyond the table may be the streak beside it
        if not beyond and beside:
            beyond = min(gaps) <= _APART
        elif not beyond:
            ends = [(top - reach - dpi // 8, top - dpi // 8), (bottom + dpi // 8, bottom + dpi // 8 + reach)]
            limit = max(10.0, _GOES_ON * contrast)
            beyond = any(contrast_at(page, x, y0, y1, drift=5, everywhere=True) > limit for y0, y1 in ends)
        (streaks if beyond else rules).append(line)
        if beyond:
            rules += rules_beside(page, line, top, bottom, dpi, usual)
    return across, rules, streaks


def _reach(across: Lines, columns: int, dpi: int) -> tuple[int, int]:
    """First and last row of the tables of a page, by its long lines across."""
    long = [line for line in across if _length(line, across, near=dpi // 20) > 0.3 * columns] or across
    return min((y0 for _, y0, _, _ in long), default=0), max((y1 for _, _, _, y1 in long), default=0)


def _length(line: Line, others: Lines, *, near: int) -> int:
    """How long a line across is with the others at its height: a faint rule is found in pieces."""
    return sum(x1 - x0 for x0, y0, x1, _ in others if abs(y0 - line[1]) <= near)


def _filled(part: Gray) -> float:
    """Share of the columns of a line's box in which something dark is."""
    dark = 255.0 - part.min(axis=0).astype(np.float32)
    return float((dark > 0.4 * np.median(dark)).mean())


def _lines(page: Gray, dpi: int, *, slanted: bool = False) -> tuple[Lines, Lines, Lines]:
    """(across, down, too broad for one line down): long thin runs of anything darker than its surroundings, small
    breaks closed, as thin boxes.

    ``slanted``: of those across the height at the left and at the right end, instead of a box.
    """
    dark: Gray = cv2.bitwise_not(page)
    bridge, long_x, long_y, thick = max(3, dpi // 25), dpi // 3, dpi // 4, max(4, dpi // 25)
    found: tuple[Lines, Lines, Lines] = ([], [], [])
    for flat in (True, False):
        close = np.ones((1, bridge) if flat else (bridge, 1), np.uint8)
        keep = np.ones((1, long_x) if flat else (long_y, 1), np.uint8)
        wide = np.ones((2 * thick, 1) if flat else (1, 2 * thick), np.uint8)
        runs = cv2.morphologyEx(cv2.morphologyEx(dark, cv2.MORPH_CLOSE, close), cv2.MORPH_OPEN, keep)
        thin = cv2.subtract(runs, cv2.morphologyEx(runs, cv2.MORPH_OPEN, wide))  # broad dark areas are no lines
        mask = cv2.dilate((thin > FAINT).astype(np.uint8), np.ones((3, 3), np.uint8))
        _, labels, stats, _ = pieces(mask)
        for k, (x, y, w, h, _area) in enumerate(stats[1:], 1):
            if flat and slanted and w >= long_x:
                part = labels[y : y + h, x : x + w] == k
                left, right = np.nonzero(part[:, :8])[0], np.nonzero(part[:, -8:])[0]
                found[0].append((int(x), int(y + left.mean()), int(x + w), int(y + right.mean())))
            elif flat and w >= long_x and h <= thick + w // 100:
                middle = int(y + h / 2)
                if w < 2 * dpi and _filled(page[max(0, middle - 2) : middle + 3, x : x + w]) < _UNBROKEN:
                    continue  # bars of letters between two rules
                found[0].append((int(x), middle - 1, int(x + w), middle + 1))
            elif not flat and h >= long_y and w <= thick + h // _SLANT:
                middle, broad = int(x + w / 2), w > thick + h // 100
                found[2 if broad else 1].append((middle - 1, int(y), middle + 1, int(y + h)))
    return found
