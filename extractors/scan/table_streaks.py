"""Vệt sọc của máy quét trên bảng: streaks told from the rules of a table that they run along, and taken out."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.imaging.planes import Gray

FAINT = 24  # grey levels by which a rule is darker than the paper
_BESIDE = 12  # pixels beside a line that show the paper around it
_PIECE = 16  # rows that are taken together to find a streak
_SEEN = 10  # grey levels by which such rows are darker where a streak is
_WIDE = 3  # columns on each side of a streak that it darkens
_PIECES = 5  # of such rows, from which its path is known
_RULE = 0.6  # of the darkness of the other rules, that a rule beside a streak has
_SHOWN = 0.3  # of a table's height, in which a rule must be seen beside the streak that crosses it

Line = tuple[int, int, int, int]
Lines = list[Line]


Path = tuple[float, float]  # columns for each row further down, and the column at the top of the page


def path_of(page: Gray, line: Line, top: int, bottom: int, dpi: int) -> Path | None:
    """Where a streak runs, by what is seen of it above and below a table (rows ``top`` to ``bottom``), where no rule
    stands beside it; None where that is too little."""
    x, reach = (line[0] + line[2]) // 2, max(4, dpi // 25) + (line[3] - line[1]) // 160
    left, right = max(0, x - reach), min(page.shape[1], x + reach + 1)
    rows: list[float] = []
    columns: list[float] = []
    for begin, end in ((0, top - dpi // 8), (bottom + dpi // 8, page.shape[0])):
        count = (end - begin) // _PIECE
        if count < 1 or right - left < 2 * reach:
            continue
        part = page[begin : begin + count * _PIECE, left:right].reshape(count, _PIECE, -1)
        pieces = np.percentile(part, 75, axis=1)  # a column of print is not dark in three rows of four
        seen = np.percentile(pieces, 80, axis=1) - pieces.min(axis=1) > _SEEN
        rows += (begin + (np.flatnonzero(seen) + 0.5) * _PIECE).tolist()
        columns += (left + pieces[seen].argmin(axis=1)).tolist()
    if len(rows) < _PIECES:
        return None
    return straight_line(np.asarray(rows), np.asarray(columns))


def rules_beside(page: Gray, line: Line, top: int, bottom: int, dpi: int, usual: float) -> Lines:
    """The pieces of a rule of a table (rows ``top`` to ``bottom``) that a streak runs along or crosses.

    ``usual``: by how many grey levels rules of the table are darker than the paper.
    """
    path = path_of(page, line, top, bottom, dpi)
    x = round(path[0] * (top + bottom) / 2 + path[1]) if path else (line[0] + line[2]) // 2
    reach = max(4, dpi // 25) + (round(abs(path[0]) * (bottom - top) / 2) if path else 0)
    left, right = max(0, x - reach), min(page.shape[1], x + reach + 1)
    if bottom - top < dpi // 4 or right - left < 2 * reach:
        return []
    inside = page[top:bottom, left:right].astype(np.float32)
    paper = np.percentile(inside, 80)
    if path is not None:
        at = path[0] * np.arange(top, bottom) + path[1] - left
        streak = np.abs(np.arange(right - left)[None] - at[:, None]) <= _WIDE
        beside = _darkness_beside(paper - inside, streak)
        found = int(beside.argmax())
        if beside[found] >= max(_RULE * usual, FAINT):
            return _pieces(paper - inside, streak, found, left, top, dpi)
    dark = paper - np.percentile(inside, 70, axis=0)  # in most rows: print is not
    ends = [(top - dpi // 2, top - dpi // 10), (bottom + dpi // 10, bottom + dpi // 2)]
    beyond = max(contrast_at(page, x, y0, y1, drift=reach, everywhere=True) for y0, y1 in ends)
    found = int(dark.argmax())
    if dark[found] < max(_RULE * usual, 1.4 * beyond, FAINT):
        return []
    return [(left + found - 1, top, left + found + 1, bottom)]


def _darkness_beside(dark: NDArray[np.float32], streak: NDArray[np.bool_]) -> NDArray[np.float32]:
    """For each column how dark it is in most of the rows in which the streak is not there; 0 where it nearly always
    is."""
    found = np.zeros(dark.shape[1], np.float32)
    for column in range(dark.shape[1]):
        clear = dark[~streak[:, column], column]
        if clear.size > _SHOWN * dark.shape[0]:
            found[column] = np.percentile(clear, 70)
    return found


def _pieces(dark: NDArray[np.float32], streak: NDArray[np.bool_], column: int, left: int, top: int, dpi: int) -> Lines:
    """The rows in which a rule is there, as lines: a cell merged over its column has none."""
    near = slice(max(0, column - 1), column + 2)
    there = (dark[:, near].max(axis=1) > 0.5 * np.percentile(dark[:, column], 70)) | streak[:, column]
    runs = there.astype(np.uint8)[:, None]
    runs = cv2.morphologyEx(runs, cv2.MORPH_CLOSE, np.ones((max(3, dpi // 25), 1), np.uint8))
    runs = cv2.morphologyEx(runs, cv2.MORPH_OPEN, np.ones((dpi // 6, 1), np.uint8))
    edges = np.flatnonzero(np.diff(np.pad(runs[:, 0].astype(np.int8), 1)))
    at = left + column
    return [(at - 1, top + int(y0), at + 1, top + int(y1)) for y0, y1 in edges.reshape(-1, 2)]


def without_streaks(page: Gray, streaks: Lines, top: int, bottom: int, dpi: int) -> Gray:
    """The page without the streaks of the scanner: what they darken is made as light as the paper beside them."""
    mended = page
    for line in streaks:
        mended = _lightened(mended, line, path_of(page, line, top, bottom, dpi), dpi)
    return mended


def _lightened(page: Gray, line: Line, path: Path | None, dpi: int) -> Gray:
    """One streak taken out, slanted or not. Print that it crosses keeps its own darkness."""
    x, (_, y0, _, y1), half = (line[0] + line[2]) // 2, line, 3
    reach = max(4, dpi // 40) + (y1 - y0) // 160
    left, right = max(0, x - reach - 2 * half), min(page.shape[1], x + reach + 2 * half + 1)
    count = (y1 - y0) // _PIECE
    if count < 2 or right - left < 4 * half:
        return page
    if path is None:
        part = page[y0 : y0 + count * _PIECE, left:right]
        pieces = np.percentile(part.reshape(count, _PIECE, -1), 75, axis=1)
        found = pieces[:, 2 * half : -2 * half].argmin(axis=1) + 2 * half
        slope, base = straight_line((np.arange(count) + 0.5) * _PIECE, found.astype(np.float64))
        at = base + slope * (np.arange(y1 - y0) + 0.5)
    else:
        at = path[0] * (np.arange(y0, y1) + 0.5) + path[1] - left
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


def straight_line(x: NDArray[np.floating[Any]], y: NDArray[np.floating[Any]]) -> tuple[float, float]:
    """Slope and height of the straight line through most of the points, whose ``x`` grow."""
    first, second = np.nonzero(x[None, :] - x[:, None] >= max(1.0, (x[-1] - x[0]) / 2))
    slope = float(np.median((y[second] - y[first]) / (x[second] - x[first]))) if first.size else 0.0
    return slope, float(np.median(y - slope * x))


def contrast_at(page: Gray, x: int, y0: int, y1: int, *, drift: int = 2, everywhere: bool = False) -> float:
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
