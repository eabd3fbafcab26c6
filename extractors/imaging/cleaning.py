"""Make a scanned page easy to read: flat light, no specks, upright lines."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.imaging.pieces import pieces
from extractors.imaging.planes import Gray, shrunk

MAX_SKEW_DEG = 6.0
DUSTY = 150  # lone specks on a page; a clean page has a few dozen full stops and marks far from ink


def flatten_light(gray: Gray) -> Gray:
    """Even out shadows, bleed-through and yellowed paper by dividing by the paper's own brightness."""
    small = shrunk(gray, 8)
    paper = cv2.medianBlur(cv2.dilate(small, np.ones((5, 5), np.uint8)), 21)
    if int(paper.min()) > 235:
        return gray
    paper = cv2.resize(cv2.max(paper, np.full_like(paper, 60)), (gray.shape[1], gray.shape[0]))
    flat: Gray = cv2.divide(gray, paper, scale=250.0)
    return flat


def ink_mask(gray: Gray) -> NDArray[np.uint8]:
    """1 where there is ink, by a global threshold on flattened light."""
    level, _ = cv2.threshold(gray, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    level = min(max(level, 90.0), 200.0)
    return (gray < level).astype(np.uint8)


def despeckle(gray: Gray, mask: NDArray[np.uint8], *, dpi: int) -> Gray:
    """Paint over lone dots smaller than a printed full stop (photocopy dust). ``mask``: ``ink_mask`` of the picture.

    A dot close to other ink (a full stop, the dot of an i, a tone mark) stays.
    """
    limit = (dpi / 300.0) ** 2 * 22.0
    reach = max(3, round(dpi * 0.08)) | 1
    if _lone_ink(mask, reach=reach, limit=limit) < DUSTY:
        return gray
    count, labels, stats, _ = pieces(mask)
    if count < 2:
        return gray
    areas = stats[:, cv2.CC_STAT_AREA]
    kinds = np.full(count, _SOLID, np.uint8)
    kinds[areas < limit] = _TINY
    kinds[areas < limit / 6] = _VERY_TINY  # on a dusty page single pixels go even beside letters
    kinds[0] = 0
    kind = kinds[labels]
    solid = (kind == _SOLID).view(np.uint8)
    near = cv2.dilate(solid, np.ones((reach, reach), np.uint8))
    dust = (kind > _SOLID) & (near == 0)
    if np.unique(labels[dust]).size < DUSTY:
        return gray
    dust |= kind == _VERY_TINY
    grown = cv2.dilate(dust.view(np.uint8), np.ones((3, 3), np.uint8)).view(bool) & (solid == 0)
    out = gray.copy()
    out[grown] = 255
    return out


_SOLID, _TINY, _VERY_TINY = 1, 2, 3


def _lone_ink(mask: NDArray[np.uint8], *, reach: int, limit: float) -> int:
    """Pixels of ink with hardly more ink around them than a speck has: never fewer than lone specks on clean paper.

    A cheap look that spares clean pages the labelling of every letter.
    """
    around = cv2.boxFilter(mask, cv2.CV_16U, (reach, reach), normalize=False)
    return int(np.count_nonzero((around <= limit) & (mask > 0)))


def find_skew(gray: Gray, *, dpi: int) -> float:
    """Slant of the text lines in degrees, positive when lines rise to the right must be turned clockwise back.

    Sharpness of the horizontal projection profile over a fan of angles (Postl 1986).
    """
    step = max(1, round(dpi / 75))
    small = shrunk(gray, step)
    mask = small < 160
    h, w = mask.shape
    border = max(1, round(min(h, w) * 0.03))
    mask[:border], mask[-border:], mask[:, :border], mask[:, -border:] = False, False, False, False
    if np.count_nonzero(mask) < 200:
        return 0.0

    ys, xs = np.nonzero(mask)  # the ink alone is turned: some hundredths of the pixels
    above, right = ys - h / 2, xs - w / 2

    def sharpness(angle: float) -> float:
        slant = np.radians(angle)
        rows = np.rint(above * np.cos(slant) - right * np.sin(slant) + h / 2).astype(np.intp)
        profile = np.bincount(rows[(rows >= 0) & (rows < h)], minlength=h).astype(np.float64)
        return float(np.square(np.diff(profile)).sum())

    coarse = max(np.arange(-MAX_SKEW_DEG, MAX_SKEW_DEG + 0.01, 0.5), key=lambda a: sharpness(float(a)))
    fine = max(np.arange(coarse - 0.4, coarse + 0.41, 0.1), key=lambda a: sharpness(float(a)))
    if abs(fine) < 0.15 or abs(fine) > MAX_SKEW_DEG - 0.3 or sharpness(float(fine)) < 1.03 * sharpness(0.0):
        return 0.0
    return round(float(fine), 2)


def is_sideways(gray: Gray, *, dpi: int) -> bool:
    """True when text lines run down the page (a page scanned at 90 or 270 degrees)."""
    step = max(1, round(dpi / 75))
    small = shrunk(gray, step)
    h, w = small.shape
    mask = (small < 160).astype(np.float32)[h // 25 : h - h // 25, w // 25 : w - w // 25]
    if float(mask.sum()) < 200:
        return False
    # Text lines give deep, regular valleys across the reading direction at the scale of a line.
    rows, cols = mask.sum(axis=1), mask.sum(axis=0)
    across = float(np.abs(np.diff(rows)).sum()) / max(1.0, float(rows.sum()))
    down = float(np.abs(np.diff(cols)).sum()) / max(1.0, float(cols.sum()))
    return down > 1.25 * across


def turn(gray: Gray, degrees: float) -> Gray:
    """The picture turned by a small angle (counter-clockwise positive) about its centre, same shape, white corners."""
    if degrees == 0:
        return gray
    h, w = gray.shape[:2]
    matrix = cv2.getRotationMatrix2D((w / 2, h / 2), degrees, 1.0)
    turned: Gray = cv2.warpAffine(gray, matrix, (w, h), flags=cv2.INTER_LINEAR, borderValue=255)
    return turned


def turn_back(points: NDArray[np.float64], degrees: float, shape: tuple[int, int]) -> NDArray[np.float64]:
    """Pixel points (n x 2, x y) on the turned picture, back on the picture before ``turn``."""
    if degrees == 0:
        return points
    h, w = shape
    matrix = cv2.getRotationMatrix2D((w / 2, h / 2), -degrees, 1.0)
    result: NDArray[np.float64] = points @ matrix[:, :2].T + matrix[:, 2]
    return result
