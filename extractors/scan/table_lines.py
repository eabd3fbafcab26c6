"""Kẻ bảng trên ảnh quét: rules of tables found as lines of ink, faint ones too; streaks of the scanner told apart."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.imaging.cleaning import turn
from extractors.imaging.planes import Gray
from extractors.pdf.tables import Grid, find_grids

_FAINT = 24  # grey levels by which a rule is darker than the paper
_BESIDE = 12  # pixels beside a line that show the paper around it
_GOES_ON = 0.5  # of its darkness that a line keeps beyond the table when it is a streak
_UNBROKEN = 0.93  # of a short line across that is printed; letters in a row have gaps
_PIECE = 16  # rows that are taken together to find a streak
_PALE = 0.35  # of the darkness of the table's other lines, below which a line is none of them

_Line = tuple[int, int, int, int]
_Lines = list[_Line]


def straighten(page: Gray, dpi: int, *others: Gray) -> tuple[Gray, ...]:
    """The page, and other pictures of it, turned until the long rules of its tables lie level: their slant is finer
    than that of its text."""
    across, _ = _lines(page, dpi, slanted=True)
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
    return kept, _without(page, streaks, dpi) if kept else page


def _frames(grid: Grid, page_area: float) -> bool:
    """A frame of two lines round the whole paper, as certificates have it: one of its cells is most of the page."""
    cells = (c for row in grid.rows for c in row if c is not None)
    return any((c[2] - c[0]) * (c[3] - c[1]) > 0.5 * page_area for c in cells)


def _without(page: Gray, streaks: _Lines, dpi: int) -> Gray:
    """The page without the streaks of the scanner: what they darken is made as light as the paper beside them."""
    mended = page
    for x0, y0, x1, y1 in streaks:
        mended = _lightened(mended, (x0 + x1) // 2, y0, y1, dpi)
    return mended


def _lightened(page: Gray, x: int, y0: int, y1: int, dpi: int) -> Gray:
    """One streak near column ``x`` taken out, slanted or not. Print that it crosses keeps its own darkness."""
    reach, half = max(4, dpi // 40) + (y1 - y0) // 160, 3
    left, right = max(0, x - reach - 2 * half), min(page.shape[1], x + reach + 2 * half + 1)
    part = page[y0:y1, left:right].astype(np.float32)
    count = (y1 - y0) // _PIECE
    if count < 2 or right - left < 4 * half:
        return page
    pieces = np.percentile(part[: count * _PIECE].reshape(count, _PIECE, -1), 75, axis=1)
    inside = pieces[:, 2 * half : -2 * half]
    middles = (np.arange(count) + 0.5) * _PIECE
    found = inside.argmin(axis=1) + 2 * half
    slope, base = _straight(middles, found.astype(np.float64))
    at = base + slope * (np.arange(y1 - y0) + 0.5)
    mended = page.copy()
    mended[y0:y1, left:right] = lightened(mended[y0:y1, left:right], at, half=2 * half, near=dpi // 6)
    return mended


def lightened(part: Gray, at: NDArray[np.floating[Any]], *, half: int, near: int) -> Gray:
    """A line down the picture taken out, ``at`` its column in each row: what ``half`` columns on each side have lost to
    it in most of the rows ``near`` by is given back, so that print under it keeps its own darkness."""
    rows, columns = part.shape
    at = np.clip(at, half + 1, columns - half - 2).astype(np.float32)
    steps = np.arange(-half, half + 1, dtype=np.float32)
    whole = np.repeat(np.arange(rows, dtype=np.float32)[:, None], len(steps), axis=1)
    band = cv2.remap(part.astype(np.float32), at[:, None] + steps[None], whole, cv2.INTER_LINEAR)
    share = np.clip(band / np.maximum(np.percentile(band, 80, axis=1, keepdims=True), 1), 0.05, 1)
    near = max(0, min(near, (rows - 1) // 2))
    padded = np.pad(share, ((near, near), (0, 0)), mode="reflect") if near else share
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * near + 1, axis=0)[..., :: max(1, near // 12)]
    lost = np.percentile(windows, 60, axis=-1)  # print takes up the smaller part of them
    lost = np.where(lost > 0.9, 1.0, lost)
    first = np.floor(at)
    part_of = (at - first)[:, None]
    lost = lost * (1 - part_of) + np.pad(lost, ((0, 0), (1, 0)), mode="edge")[:, :-1] * part_of
    places = first.astype(np.int64)[:, None] + steps.astype(np.int64)[None]
    light = np.clip(np.take_along_axis(part, places, axis=1) / lost, 0, 255)
    mended: Gray = part.copy()
    np.put_along_axis(mended, places, np.rint(light).astype(np.uint8), axis=1)
    return mended


def _straight(x: NDArray[np.floating[Any]], y: NDArray[np.floating[Any]]) -> tuple[float, float]:
    """Slope and height of the straight line through most of the points."""
    gap = max(1, len(x) // 3)
    slope = float(np.median((y[gap:] - y[:-gap]) / (x[gap:] - x[:-gap]))) if len(x) > gap else 0.0
    return slope, float(np.median(y - slope * x))


def _short_rules(page: Gray, across: _Lines, down: _Lines, dpi: int) -> _Lines:
    """Pieces of rules in columns too narrow for a line of their own: ink from one rule down to the next, at a height
    where another column has a rule."""
    found: _Lines = []
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
    return bool(np.percentile(line, 10) > _FAINT / 2 and beside.size and levels[y] > 3 * np.percentile(beside, 75))


def _sorted_lines(page: Gray, dpi: int) -> tuple[_Lines, _Lines, _Lines]:
    """(across, down, streaks): lines down the page that go on beyond all those across are no rules of a table.

    The page is straight, a streak may be slanted and then found in pieces: what counts is what the paper shows beyond.
    """
    rows, columns = page.shape
    edge = dpi // 6
    across, down = _lines(page, dpi)
    # At the very edge of the picture stands the edge of the sheet, or its shadow.
    across = [line for line in across if edge < line[1] and line[3] < rows - edge]
    down = [line for line in down if edge < line[0] and line[2] < columns - edge]
    if not across:
        return across, down, []
    reach = dpi // 3
    long = [line for line in across if _length(line, across, near=dpi // 20) > 0.3 * columns] or across
    top, bottom = min(y0 for _, y0, _, _ in long), max(y1 for _, _, _, y1 in long)
    contrasts = [_contrast(page, (x0 + x1) // 2, y0, y1) for x0, y0, x1, y1 in down]
    usual = sorted(contrasts)[len(contrasts) * 2 // 3] if contrasts else 0.0
    rules: _Lines = []
    streaks: _Lines = []
    for line, contrast in zip(down, contrasts, strict=True):
        x = (line[0] + line[2]) // 2
        beyond = line[1] <= top - reach or line[3] >= bottom + reach
        if not beyond and contrast < _PALE * usual:
            beyond = True
        if not beyond:
            ends = [(top - reach - dpi // 8, top - dpi // 8), (bottom + dpi // 8, bottom + dpi // 8 + reach)]
            beyond = any(
                _contrast(page, x, y0, y1, drift=5, everywhere=True) > max(10.0, _GOES_ON * contrast) for y0, y1 in ends
            )
        (streaks if beyond else rules).append(line)
        if beyond and (rule := _rule_beside(page, x, top, bottom, dpi, usual)) is not None:
            rules.append(rule)
    return across, rules, streaks


def _length(line: _Line, others: _Lines, *, near: int) -> int:
    """How long a line across is with the others at its height: a faint rule is found in pieces."""
    return sum(x1 - x0 for x0, y0, x1, _ in others if abs(y0 - line[1]) <= near)


def _rule_beside(page: Gray, x: int, top: int, bottom: int, dpi: int, usual: float) -> _Line | None:
    """The rule of the table that a streak runs along: inside it is darker there than the streak is outside."""
    reach = max(4, dpi // 25)
    left, right = max(0, x - reach), min(page.shape[1], x + reach + 1)
    if bottom - top < dpi // 4 or right - left < 2 * reach:
        return None
    inside = page[top:bottom, left:right].astype(np.float32)
    paper = np.percentile(inside, 80)
    dark = paper - np.percentile(inside, 70, axis=0)  # in most rows: print is not
    ends = [(top - dpi // 2, top - dpi // 10), (bottom + dpi // 10, bottom + dpi // 2)]
    streak = max(_contrast(page, x, y0, y1, drift=reach, everywhere=True) for y0, y1 in ends)
    at = int(dark.argmax())
    if dark[at] < max(0.6 * usual, 1.4 * streak, _FAINT):
        return None
    return left + at - 1, top, left + at + 1, bottom


def _contrast(page: Gray, x: int, y0: int, y1: int, *, drift: int = 2, everywhere: bool = False) -> float:
    """Grey levels by which the darkest pixels near ``x`` are darker than the paper beside them (median of rows).

    ``everywhere``: in nearly all rows, so that lines of text are no line down the page.
    """
    rows, columns = page.shape
    y0, y1 = max(0, y0), min(rows, y1)
    left, right = max(0, x - _BESIDE), min(columns, x + _BESIDE + 1)
    if y1 - y0 < 8 or right - left < 2 * drift:
        return 0.0
    part = page[y0:y1, left:right].astype(np.float32)
    # Means over short pieces: noise goes, a line stays.
    pieces = part[: (y1 - y0) // 8 * 8].reshape(-1, 8, right - left).mean(axis=1)
    paper = np.percentile(pieces, 70, axis=1)
    near = pieces[:, max(0, x - left - drift) : x - left + drift + 1].min(axis=1)
    return float(np.percentile(paper - near, 15 if everywhere else 50))


def _filled(part: Gray) -> float:
    """Share of the columns of a line's box in which something dark is."""
    dark = 255.0 - part.min(axis=0).astype(np.float32)
    return float((dark > 0.4 * np.median(dark)).mean())


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
                if w < 2 * dpi and _filled(page[max(0, middle - 2) : middle + 3, x : x + w]) < _UNBROKEN:
                    continue  # bars of letters between two rules
                found[0].append((int(x), middle - 1, int(x + w), middle + 1))
            elif not flat and h >= long_y and w <= thick + h // 100:
                middle = int(x + w / 2)
                found[1].append((middle - 1, int(y), middle + 1, int(y + h)))
    return found
