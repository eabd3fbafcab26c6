"""Kẻ bảng trên ảnh quét: rules of tables found as lines of ink, faint ones too; streaks of the scanner told apart."""

from __future__ import annotations

import math

import cv2
import numpy as np

from extractors.imaging.cleaning import turn
from extractors.imaging.planes import Gray
from extractors.pdf.tables import Grid, find_grids

_FAINT = 24  # grey levels by which a rule is darker than the paper
_BESIDE = 12  # pixels beside a line that show the paper around it
_GOES_ON = 0.5  # of its darkness that a line keeps beyond the table when it is a streak
_UNBROKEN = 0.93  # of a short line across that is printed; letters in a row have gaps
_PALE = 0.35  # of the darkness of the table's other lines, below which a line is none of them

_Lines = list[tuple[int, int, int, int]]


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
    """(across, down, streaks): lines down the page that go on beyond all those across are no rules of a table.

    The page is straight, a streak may be slanted and then found in pieces: what counts is what the paper shows beyond.
    """
    across, down = _lines(page, dpi)
    if not across:
        return across, down, []
    reach = dpi // 3
    top, bottom = min(y0 for _, y0, _, _ in across), max(y1 for _, _, _, y1 in across)
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
    return across, rules, streaks


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
