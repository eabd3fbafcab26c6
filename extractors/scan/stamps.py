"""Framed stamps on the upper part of a page: MẬT, TỐI MẬT, TUYỆT MẬT, KHẨN, HỎA TỐC, ĐẾN.

Offices press them askew, in red or (on copies) black, often over other text, so that page readers pass them by.
The frame gives them away: a hollow rectangle a few centimetres wide. Its inside is set straight and read by itself.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.imaging.cleaning import ink_mask
from extractors.imaging.pieces import pieces
from extractors.imaging.planes import Gray
from extractors.ocr.engine import LineReader
from extractors.scan.prepare import ScanPage
from schemas.geometry import Box
from schemas.reading import Line, LineReading, Word

UPPER_PART = 0.55
MOST = 8  # frames read on one page
READABLE = 0.55
_STEP = 2  # the search runs on a picture half as fine


def read_stamps(page: ScanPage, reader: LineReader) -> list[Line]:
    """Lines of region "stamp", one for each framed stamp whose inside could be read."""
    planes: list[Gray] = [plane for name, plane in page.others if name == "red"]
    planes.append(page.main)
    found: list[Line] = []
    taken: list[tuple[int, int, int, int]] = []
    for plane in planes:
        for box, inside in _frames(plane)[:MOST]:
            if any(_overlap(box, t) > 0.5 for t in taken):
                continue
            (seen,) = reader.read_lines([inside])
            if seen.score < READABLE or sum(c.isalpha() for c in seen.text) < 3:
                continue
            taken.append(box)
            place = page.fraction(box)
            words = _words(seen.text, seen.score, place)
            readings = (LineReading(f"{reader.name}@stamp", seen.text, round(seen.score, 4)),)
            found.append(Line(words, "stamp", readings))
    return found


def _frames(plane: Gray) -> list[tuple[tuple[int, int, int, int], Gray]]:
    """(box in page pixels, straightened inside) of hollow rectangles the size of a stamp, widest first."""
    rows, columns = plane.shape
    upper = plane[: int(rows * UPPER_PART)]
    small = cv2.resize(upper, (upper.shape[1] // _STEP, upper.shape[0] // _STEP), interpolation=cv2.INTER_AREA)
    mask = cv2.dilate(ink_mask(small), np.ones((2, 2), np.uint8))
    count, labels, stats, _ = pieces(mask)
    h, w = rows / _STEP, columns / _STEP
    out = []
    for k in range(1, count):
        x, y, bw, bh, area = (int(v) for v in stats[k])
        if not (0.06 * w <= bw <= 0.36 * w and 0.012 * h <= bh <= 0.075 * h and bw > 1.3 * bh):
            continue
        if area > 0.5 * bw * bh:
            continue
        part = (labels[y : y + bh, x : x + bw] == k).astype(np.uint8)
        corners = _rectangle(part)
        if corners is None:
            continue
        corners = (corners + np.array([x, y], np.float32)) * _STEP
        out.append(((x * _STEP, y * _STEP, (x + bw) * _STEP, (y + bh) * _STEP), _inside(plane, corners)))
    return sorted(out, key=lambda f: f[0][0] - f[0][2])


def _rectangle(part: NDArray[np.uint8]) -> NDArray[np.float32] | None:
    """Corners (top left, top right, bottom right, bottom left) when the ink runs along a rectangle's four sides."""
    points = cv2.findNonZero(part)
    if points is None:
        return None
    corners = np.asarray(cv2.boxPoints(cv2.minAreaRect(points)), np.float32)
    corners = corners[np.argsort(corners.sum(axis=1))]
    first, last = corners[0], corners[3]
    a, b = corners[1], corners[2]
    right, left = (a, b) if a[0] > b[0] else (b, a)
    ordered = np.array([first, right, last, left], np.float32)
    thick = max(3.0, 0.1 * float(np.linalg.norm(left - first)))
    for start, end in zip(ordered, np.roll(ordered, -1, axis=0), strict=True):
        steps = max(8, int(np.linalg.norm(end - start) / 3))
        inked = 0
        for t in np.linspace(0.06, 0.94, steps):
            cx, cy = start + t * (end - start)
            x0, y0 = int(max(0, cx - thick)), int(max(0, cy - thick))
            inked += bool(part[y0 : int(cy + thick) + 1, x0 : int(cx + thick) + 1].any())
        if inked < 0.7 * steps:
            return None
    return ordered


def _inside(plane: Gray, corners: NDArray[np.float32]) -> Gray:
    """What the frame holds, straightened, without the frame itself."""
    first, right, _, left = corners
    width = max(8, int(np.linalg.norm(right - first)))
    height = max(8, int(np.linalg.norm(left - first)))
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    turn = cv2.getPerspectiveTransform(corners, target)
    straight: Gray = cv2.warpPerspective(plane, turn, (width, height), borderValue=255)
    dx, dy = max(3, int(0.05 * width)), max(3, int(0.17 * height))
    return np.ascontiguousarray(straight[dy : height - dy, dx : width - dx])


def _overlap(a: tuple[int, int, int, int], b: tuple[int, int, int, int]) -> float:
    w, h = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    return w * h / max(1, (a[2] - a[0]) * (a[3] - a[1])) if w > 0 and h > 0 else 0.0


def _words(text: str, score: float, box: Box) -> tuple[Word, ...]:
    tokens = text.split()
    each = box.width / len(tokens)
    return tuple(
        Word(t, Box(box.x0 + each * i, box.y0, box.x0 + each * (i + 1), box.y1), round(score, 3), "ocr")
        for i, t in enumerate(tokens)
    )
