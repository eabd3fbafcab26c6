"""Pieces of text lines on a page picture, found by geometry before any letter is read."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.imaging.cleaning import ink_mask
from extractors.imaging.pieces import pieces
from extractors.imaging.planes import Gray

LAYOUT_DPI = 150
COLUMN = 15  # rules nearer than so many layout pixels (2.5 mm) are one: double lines of a frame, or a rule aslant


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of letters on one base line, in pixels of the layout picture."""

    x0: int
    y0: int
    x1: int
    y1: int

    @property
    def cx(self) -> float:
        return (self.x0 + self.x1) / 2

    @property
    def cy(self) -> float:
        return (self.y0 + self.y1) / 2

    @property
    def height(self) -> int:
        return self.y1 - self.y0


@dataclass(frozen=True, slots=True, eq=False)
class PageSegments:
    """Segments of a page with its long ruling lines; ``tables`` are boxes (x0, y0, x1, y1) of ruled areas."""

    width: int
    height: int
    segments: tuple[Segment, ...]
    tables: tuple[tuple[int, int, int, int], ...]
    scale: float  # layout pixels per picture pixel


def find_segments(gray: Gray, *, dpi: int) -> PageSegments:
    """Find text segments and ruled tables on a deskewed, despeckled page."""
    scale = LAYOUT_DPI / dpi
    if min(gray.shape) * scale < 1:  # a sliver of a picture: no letter has room on it
        return PageSegments(1, 1, (), (), scale)
    small = cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    mask = ink_mask(small)
    h, w = mask.shape
    across = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((1, 45), np.uint8))
    down = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((70, 1), np.uint8))
    tables = _tables(across, down)
    rules = cv2.dilate(across | down, np.ones((3, 3), np.uint8))
    text = mask & ~rules & 1
    text = _drop_odd_components(text, h, w)
    joined = cv2.morphologyEx(text, cv2.MORPH_CLOSE, np.ones((1, 13), np.uint8))
    joined = cv2.morphologyEx(joined, cv2.MORPH_CLOSE, np.ones((5, 3), np.uint8))
    _, _, stats, _ = pieces(joined)
    found = [
        Segment(int(x), int(y), int(x + bw), int(y + bh))
        for x, y, bw, bh, area in stats[1:]
        if bh >= 5 and bw >= 3 and area >= 12
    ]
    return PageSegments(w, h, tuple(_merge_rows(found)), tables, scale)


def _drop_odd_components(text: NDArray[np.uint8], h: int, w: int) -> NDArray[np.uint8]:
    """Take away dust, scan edges, seals and pen strokes: what is far too small or too large to be a letter."""
    count, labels, stats, _ = pieces(text)
    if count < 2:
        return text
    bw, bh, area = stats[:, 2], stats[:, 3], stats[:, 4]
    keep = (area >= 5) & (bh <= 0.035 * h) & (bw <= 0.25 * w)
    x, y = stats[:, 0], stats[:, 1]
    edge = (x <= 2) | (y <= 2) | (x + bw >= w - 2) | (y + bh >= h - 2)
    keep &= ~edge
    keep[0] = False
    kept: NDArray[np.uint8] = keep.view(np.uint8)[labels]
    return kept


def _merge_rows(found: list[Segment]) -> list[Segment]:
    """Join pieces that stand on the same row almost touching, and tone marks with their letters."""
    items = sorted(found, key=lambda s: (s.x0, s.y0))
    changed = True
    while changed:
        changed = False
        out: list[Segment] = []
        for s in items:
            x0, y0, x1, y1 = s.x0, s.y0, s.x1, s.y1
            for k, t in enumerate(out):
                if y1 <= t.y0 or t.y1 <= y0 or x0 - t.x1 > 14 or t.x0 - x1 > 14:
                    continue  # most pairs: other rows, or far apart
                lap = min(y1, t.y1) - max(y0, t.y0)
                if lap > 0.5 * min(s.height, t.height):
                    out[k] = Segment(min(x0, t.x0), min(y0, t.y0), max(x1, t.x1), max(y1, t.y1))
                    changed = True
                    break
            else:
                out.append(s)
        items = sorted(out, key=lambda s: (s.x0, s.y0))
    return sorted((s for s in items if s.height >= 8), key=lambda s: (s.y0, s.x0))


def _tables(across: NDArray[np.uint8], down: NDArray[np.uint8]) -> tuple[tuple[int, int, int, int], ...]:
    """Areas with at least three long vertical rules that cross horizontal ones."""
    if _runs(np.asarray(down.any(axis=0))) < 3 or not across.any():
        return ()
    grid = cv2.dilate(across | down, np.ones((5, 5), np.uint8))
    count, labels, stats, _ = pieces(grid)
    boxes = []
    for k in range(1, count):
        x, y, bw, bh, _ = stats[k]
        if bw < 150 or bh < 40:
            continue
        part = (labels[y : y + bh, x : x + bw] == k) & (down[y : y + bh, x : x + bw] > 0)
        columns = _runs(np.asarray(part.any(axis=0)))
        rows = int(((across[y : y + bh, x : x + bw] > 0).sum(axis=1) > 0.4 * bw).sum())
        if columns >= 3 and rows >= 2:
            boxes.append((int(x), int(y), int(x + bw), int(y + bh)))
    return tuple(boxes)


def _runs(ruled: NDArray[np.bool_]) -> int:
    """How many vertical rules there are, from the columns of pixels that hold a piece of one."""
    near = cv2.dilate(ruled.astype(np.uint8)[np.newaxis], np.ones((1, COLUMN), np.uint8))[0]
    return int(near[0]) + int(np.count_nonzero(np.diff(near.astype(np.int8)) == 1))
