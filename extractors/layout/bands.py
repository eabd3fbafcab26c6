"""Two-column bands of a page: the letterhead and the signature block, which must not be read across."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


class Placed(Protocol):
    """Anything with a box; units do not matter as long as all share them."""

    @property
    def x0(self) -> float: ...
    @property
    def y0(self) -> float: ...
    @property
    def x1(self) -> float: ...
    @property
    def y1(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of the page split at ``x`` that no text crosses between ``y0`` and ``y1``."""

    y0: float
    y1: float
    x: float
    rows: int  # text rows that stand on both sides


def find_bands(items: Sequence[Placed], *, width: float, height: float, most: int = 3) -> tuple[Band, ...]:
    """Find up to ``most`` two-column bands, top to bottom. ``items`` are text segments or words joined to segments."""
    rest = sorted(items, key=lambda s: s.y0)
    bands: list[Band] = []
    while len(bands) < most:
        best = _best_band(rest, width, height)
        if best is None:
            break
        bands.append(best)
        rest = [s for s in rest if s.y1 <= best.y0 or s.y0 >= best.y1]
    return tuple(sorted(bands, key=lambda b: b.y0))


def _best_band(items: Sequence[Placed], width: float, height: float) -> Band | None:
    best: tuple[float, Band] | None = None
    for step in range(30, 66):
        x = width * step / 100
        for run in _runs(items, x, width):
            scored = _score(run, x, width, height)
            if scored and (best is None or scored[0] > best[0]):
                best = scored
    return best[1] if best else None


def _runs(items: Sequence[Placed], x: float, width: float) -> list[list[Placed]]:
    """Maximal stretches of items (sorted by ``y0``), top to bottom, that no crossing item stands in or beside."""
    slack = 0.004 * width
    crossing = [s for s in items if s.x0 < x - slack and s.x1 > x + slack]
    rows = sorted((c.y0, c.y1) for c in crossing)
    above = [float("-inf"), *(y1 for _, y1 in rows)]
    below = [*(y0 for y0, _ in rows), float("inf")]
    runs: list[list[Placed]] = []
    starts = [s.y0 for s in items]
    tallest = max((s.y1 - s.y0 for s in items), default=0.0)
    for top, bottom in zip(above, below, strict=True):
        near = items[bisect_left(starts, top - 0.3 * tallest) : bisect_left(starts, bottom)]
        run = [s for s in near if s.y0 > top - 0.3 * (s.y1 - s.y0) and s.y1 < bottom + 0.3 * (s.y1 - s.y0)]
        if len(run) >= 4:
            runs.append(run)
    return runs


def _score(run: list[Placed], x: float, width: float, height: float) -> tuple[float, Band] | None:
    run = _without_title(run, x, width) if run[0].y0 < 0.2 * height else run
    left = [s for s in run if (s.x0 + s.x1) / 2 < x]
    right = [s for s in run if (s.x0 + s.x1) / 2 >= x]
    if len(left) < 2 or len(right) < 2:
        return None
    y0 = max(min(s.y0 for s in left), min(s.y0 for s in right))
    y1 = min(max(s.y1 for s in left), max(s.y1 for s in right))
    shared = y1 - y0 + 0.024 * height
    if shared < 0.03 * height:
        return None
    if not any(s.x1 - s.x0 > 0.08 * width for s in left) or not any(s.x1 - s.x0 > 0.08 * width for s in right):
        return None
    gutter = _gutter(left, right) / width
    start, end = min(s.y0 for s in run), max(s.y1 for s in run)
    # The letterhead may nearly touch in the middle; elsewhere a narrow gap is a gap between words.
    if gutter < (0.005 if start < 0.16 * height else 0.035):
        return None
    rows = min(len(left), len(right))
    beside = [s for s in left if s.y1 > y0 and s.y0 < y1], [s for s in right if s.y1 > y0 and s.y0 < y1]
    x = (max(s.x1 for s in beside[0] or left) + min(s.x0 for s in beside[1] or right)) / 2
    # A wide gutter wins between neighbouring x.
    usual = 1.0 if 0.36 * width <= x <= 0.56 * width else 0.85
    return usual * shared / height * (0.7 + 10 * min(gutter, 0.03)), Band(start, end, x, rows)


def _gutter(left: list[Placed], right: list[Placed]) -> float:
    """Narrowest gap between a left and a right item on the same row; 1e9 when no row has both."""
    gaps = [
        r.x0 - q.x1
        for q in left
        for r in right
        if min(q.y1, r.y1) - max(q.y0, r.y0) > 0.4 * min(q.y1 - q.y0, r.y1 - r.y0)
    ]
    return min(gaps, default=1e9)


def _without_title(run: list[Placed], x: float, width: float) -> list[Placed]:
    """Cut the run before a centred line below the letterhead (the type's name happens to stand beside ``x``)."""
    for k, s in enumerate(run):
        cx = (s.x0 + s.x1) / 2
        if k < 4 or abs(cx - 0.52 * width) > 0.075 * width:
            continue
        side = sorted((t.x0 + t.x1) / 2 for t in run[:k] if ((t.x0 + t.x1) / 2 < x) == (cx < x))
        beside = any(t is not s and min(t.y1, s.y1) - max(t.y0, s.y0) > 0.4 * (s.y1 - s.y0) for t in run)
        if side and not beside and abs(side[len(side) // 2] - cx) > 0.1 * width:
            return run[:k]
    return run
