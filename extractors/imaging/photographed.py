"""Is this page a photograph of a paper? A bright four-sided sheet on another ground, seen from a slant.

Scans must never be taken for one. What tells them: a scanner sees its paper from straight above, so opposite edges
stay parallel however the paper lay, and mostly the paper reaches the edge of the picture. A photograph is believed
only when all four edges stand inside the picture with a darker ground behind them and opposite edges are not parallel.
The look costs a few milliseconds: it is taken on a picture of 400 pixels.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from schemas.sheet import Point, Sheet

Pixels = NDArray[np.uint8]
Values = NDArray[np.float32]
Curve = NDArray[np.float64]  # coefficients, highest power first

LOOK = 400  # pixels of the longer side
CONTRAST = 0.16  # least step from the ground to the paper, as a natural logarithm
SLANT_DEG = 0.7  # opposite edges that run together by so much are no scan's
SLANT_LENGTHS = 0.012  # likewise lengths of opposite edges that differ by so much
MARGIN = 0.004  # corners stand so far inside the picture
LEAST_AREA = 0.2
SEEN = 0.8  # share of each edge that must be seen
A_RATIO = math.sqrt(2)


@dataclass(frozen=True, slots=True)
class _Edge:
    """One edge of the sheet as across = curve(along), in pixels of the small picture."""

    curve: Curve
    along: Values
    across: Values


def find_sheet(image: Pixels) -> Sheet | None:
    """The sheet in a photograph (rows x columns, or x RGB); None for everything else, scans above all."""
    rows, columns = image.shape[:2]
    contrasts = _contrasts(image)
    if min(contrasts) < CONTRAST:
        return None
    white = _white(_small(image))
    h, w = white.shape
    level: Values = np.log(cv2.GaussianBlur(white, (3, 3), 0).astype(np.float32) + 8)
    edges = [_edge(view, c) for view, c in zip(_views(level), contrasts, strict=True)]
    left, top, right, bottom = edges
    if left is None or top is None or right is None or bottom is None:
        return None
    # What was looked at mirrored is put back.
    right = _Edge(_mirrored(right.curve, w - 1), right.along, w - 1 - right.across)
    bottom = _Edge(_mirrored(bottom.curve, h - 1), bottom.along, h - 1 - bottom.across)
    corners = [_meet(v, g) for v, g in ((left, top), (right, top), (right, bottom), (left, bottom))]
    if not _plausible(corners, w, h) or not _slanted(corners):
        return None
    for edge, (i, j), vertical in (
        (left, (0, 3), True),
        (top, (0, 1), False),
        (right, (1, 2), True),
        (bottom, (3, 2), False),
    ):
        if not _seen(edge, corners[i], corners[j], vertical=vertical):
            return None
    placed = tuple(((x + 0.5) / w, (y + 0.5) / h) for x, y in corners)
    flat = Sheet((placed[0], placed[1], placed[2], placed[3]), _ratio(placed, columns, rows))
    upper, lower = (
        _bow(top, corners[0], corners[1], flat, 0.0, w, h),
        _bow(bottom, corners[3], corners[2], flat, 1.0, w, h),
    )
    return Sheet(flat.corners, flat.ratio, upper, lower)


def _small(image: Pixels) -> Pixels:
    """The picture at 400 pixels: every so many pixels first, then averaged."""
    k = max(1, round(max(image.shape[:2]) / (1.5 * LOOK)))
    coarse = image[::k, ::k]
    scale = LOOK / max(coarse.shape[:2])
    if scale >= 1:
        return np.ascontiguousarray(coarse)
    size = (max(1, round(coarse.shape[1] * scale)), max(1, round(coarse.shape[0] * scale)))
    return np.asarray(cv2.resize(np.ascontiguousarray(coarse), size, interpolation=cv2.INTER_AREA), np.uint8)


def _white(image: Pixels) -> Pixels:
    """How white each point is: its weakest colour, so that coloured grounds are dark like grey ones."""
    if image.ndim == 2:
        return image
    return np.asarray(cv2.min(cv2.min(image[..., 0], image[..., 1]), image[..., 2]), np.uint8)


def _contrasts(image: Pixels) -> tuple[float, float, float, float]:
    """How much darker than the paper in the middle the picture's rim is: left, top, right, bottom (logarithms).

    A few thousand points say it; on scans it is the end of the matter.
    """
    rows, columns = image.shape[:2]
    if min(rows, columns) < LOOK:
        return (0.0, 0.0, 0.0, 0.0)
    k, rim = max(1, max(rows, columns) // 150), max(2, max(rows, columns) // 130)
    paper = np.percentile(_sample(image[rows // 4 : -(rows // 4) : k, columns // 4 : -(columns // 4) : k]), 70)
    bands = (image[::k, :rim:2], image[:rim:2, ::k], image[::k, -rim::2], image[-rim::2, ::k])
    first, second, third, fourth = (
        math.log(float(paper) + 8) - math.log(float(np.percentile(_sample(band), 60)) + 8) for band in bands
    )
    return first, second, third, fourth


def _sample(part: Pixels) -> Pixels:
    return _white(np.ascontiguousarray(part))


def _views(level: Values) -> tuple[Values, Values, Values, Values]:
    """The picture turned so that each edge in turn is looked for from the left: left, top, right, bottom."""
    return level, level.T, level[:, ::-1], level.T[:, ::-1]


def _edge(level: Values, contrast: float) -> _Edge | None:
    """The first edge from dark to bright met from the left, as a curve through what most rows agree on."""
    rows, columns = level.shape
    reach = columns // 2
    step = level[:, 4 : reach + 4] - level[:, :reach]  # centred on x + 2
    strong = step > min(0.6, max(CONTRAST, 0.5 * contrast))
    hit = strong.any(axis=1)
    along = np.flatnonzero(hit).astype(np.float32)
    if along.size < 0.4 * rows:
        return None
    first = strong[hit].argmax(axis=1)
    spots = np.minimum(first[:, None] + np.arange(6), reach - 1)
    weights = np.maximum(np.take_along_axis(step[hit], spots, axis=1), 0) ** 2
    across = ((weights * (spots + 2)).sum(axis=1) / np.maximum(weights.sum(axis=1), 1e-6)).astype(np.float32)
    line = _agreed_line(along, across, 0.012 * rows)
    if line is None:
        return None
    curve: Curve = line
    for degree, tolerance in ((1, 0.02 * rows), (3, 0.01 * rows), (3, 2.0), (3, 1.2)):
        near = np.abs(np.polyval(curve, along) - across) < tolerance
        if near.sum() < 0.35 * rows:
            return None
        curve = np.polyfit(along[near], across[near], degree)
    near = np.abs(np.polyval(curve, along) - across) < 1.5
    return _Edge(curve, along[near], across[near])


def _agreed_line(along: Values, across: Values, tolerance: float) -> Curve | None:
    """The line through two of the points that most of them lie near."""
    picks = np.unique(np.linspace(0, along.size - 1, 14).astype(int))
    best, line = 0, None
    for i in picks:
        for j in picks[picks > i]:
            if along[j] - along[i] < 0.15 * along.size:
                continue
            slope = float(across[j] - across[i]) / float(along[j] - along[i])
            if abs(slope) > 0.6:
                continue
            count = int((np.abs(across[i] + slope * (along - along[i]) - across) < tolerance).sum())
            if count > best:
                best, line = count, np.array([slope, float(across[i]) - slope * float(along[i])])
    return line


def _mirrored(curve: Curve, last: int) -> Curve:
    out = -curve
    out[-1] += last
    return out


def _meet(upright: _Edge, lying: _Edge) -> Point:
    """Where x = upright(y) and y = lying(x) cross."""
    x, y = 0.0, float(np.median(lying.across))
    for _ in range(25):
        x = float(np.polyval(upright.curve, y))
        y = float(np.polyval(lying.curve, x))
    return x, y


def _plausible(corners: list[Point], w: int, h: int) -> bool:
    """Four corners inside the picture, convex, no sharp angle, large enough."""
    m = MARGIN * max(w, h)
    if not all(m <= x <= w - 1 - m and m <= y <= h - 1 - m for x, y in corners):
        return False
    points = np.array(corners)
    sides = np.roll(points, -1, axis=0) - points
    before = -np.roll(sides, 1, axis=0)
    cosines = (sides * before).sum(axis=1) / (np.linalg.norm(sides, axis=1) * np.linalg.norm(before, axis=1) + 1e-9)
    if float(np.abs(cosines).max()) > 0.5:
        return False
    return cv2.contourArea(points.astype(np.float32)) >= LEAST_AREA * w * h


def _slanted(corners: list[Point]) -> bool:
    """Opposite edges run together or differ in length: no scanner sees a paper so."""
    a, b, c, d = (complex(*p) for p in corners)
    across, down = (b - a, c - d), (d - a, c - b)
    for one, other in (across, down):
        turn = abs(math.degrees(math.atan2((other / one).imag, (other / one).real)))
        if turn >= SLANT_DEG or abs(math.log(abs(other) / abs(one))) >= SLANT_LENGTHS:
            return True
    return False


def _seen(edge: _Edge, start: Point, end: Point, *, vertical: bool) -> bool:
    """Is most of the edge between its corners really there?"""
    k = 1 if vertical else 0
    low, high = start[k], end[k]
    inside = (edge.along >= low) & (edge.along <= high)
    return int(inside.sum()) >= SEEN * (high - low)


def _bow(edge: _Edge, start: Point, end: Point, flat: Sheet, v: float, w: int, h: int) -> Point:
    """How the edge departs from the line of its corners, on the flat sheet."""
    xs = np.linspace(start[0], end[0], 41)[1:-1]
    us, offs = [], []
    for x in xs:
        u, on = flat.on_sheet((float(x) + 0.5) / w, (float(np.polyval(edge.curve, x)) + 0.5) / h)
        us.append(u)
        offs.append(on - v)
    u_ = np.array(us)
    base = u_ * (1 - u_)
    (a, b), *_ = np.linalg.lstsq(np.stack([base, base * u_], axis=1), np.array(offs), rcond=None)
    return float(a), float(b)


def _ratio(corners: tuple[Point, ...], columns: int, rows: int) -> float:
    """Height / width of the sheet itself: A4's wherever it can be, else what the perspective says (Zhang & He 2004)."""
    points = np.array([(x * columns, y * rows) for x, y in corners])
    a, b, c, d = points
    seen = float((np.linalg.norm(d - a) + np.linalg.norm(c - b)) / (np.linalg.norm(b - a) + np.linalg.norm(c - d)))
    guesses = [g for g in (_true_ratio(points, columns, rows), seen) if g is not None]
    for guess in guesses:
        for known in (A_RATIO, 1 / A_RATIO):
            if abs(math.log(guess / known)) < 0.14:
                return known
    return min(4.0, max(0.25, guesses[0]))


def _true_ratio(points: NDArray[np.float64], columns: int, rows: int) -> float | None:
    """From the four corners and the picture's middle as the optical axis; None when seen from too straight above."""
    m1, m2, m4, m3 = (np.array([x - columns / 2, y - rows / 2, 1.0]) for x, y in points)
    k2 = np.cross(m1, m4) @ m3 / (np.cross(m2, m4) @ m3)
    k3 = np.cross(m1, m4) @ m2 / (np.cross(m3, m4) @ m2)
    n2, n3 = k2 * m2 - m1, k3 * m3 - m1
    if abs(n2[2]) < 0.02 or abs(n3[2]) < 0.02:
        return None
    f2 = -(n2[0] * n3[0] + n2[1] * n3[1]) / (n2[2] * n3[2])
    if not 0.25 < f2 / max(columns, rows) ** 2 < 9:
        return None
    wide = (n2[0] ** 2 + n2[1] ** 2) / f2 + n2[2] ** 2
    high = (n3[0] ** 2 + n3[1] ** 2) / f2 + n3[2] ** 2
    return math.sqrt(high / wide)
