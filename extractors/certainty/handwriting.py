"""Is what stands in a slot (number, day) written by hand? Strokes of the slot against the print on the same line."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.imaging.pieces import pieces
from extractors.reference.data import json_table
from schemas.text import bare

Gray = NDArray[np.uint8]
INK = 150  # grey below which a pixel of a flattened page is ink
FEATURES = (
    "height",
    "tallest",
    "uneven",
    "off_line",
    "stroke",
    "stroke_uneven",
    "paleness",
    "colour",
    "slant",
    "spread",
)
_NUMBER = re.compile(r"^\W{0,3}(?:ma )?s\S{0,2}\s?[:.;]{1,2}(?P<slot>[^a-z]{0,14}|.{0,8}?)(?=/|[a-z]{2}|$)")
_DAY = re.compile(r"ng(?!ai\b)[a-z]{1,2}\W?(?P<slot>.{0,9}?)t[nh]{1,2}[a-z]{1,2}g")


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the line and where it begins and ends (pixels of the line's picture)."""

    text: str
    x0: float
    x1: float


def slot_range(tokens: Sequence[Token]) -> tuple[str, float, float] | None:
    """("number" or "day", left, right) of the slot on a line that has one, by the printed words around it."""
    places: list[float] = []
    text = ""
    for t in tokens:
        if text:
            text += " "
            places.append(places[-1])
        for k in range(len(t.text)):
            places.append(t.x0 + (t.x1 - t.x0) * k / len(t.text))
        text += t.text
    if not places:
        return None
    places.append(tokens[-1].x1)
    key = bare(text)
    for kind, pattern in (("number", _NUMBER), ("day", _DAY)):
        m = pattern.search(key)
        if m is not None:
            # The gap between the printed words belongs to the slot: what a pen wrote there was perhaps not read.
            left = tokens_end(tokens, places[m.start("slot")])
            right = places[min(m.end("slot"), len(places) - 1)]
            return (kind, left, max(right, left)) if right - left > 4 else None
    return None


def tokens_end(tokens: Sequence[Token], x: float) -> float:
    """The right end of the word that ends before ``x``, else ``x``: a slot begins where the printed label ends."""
    return max((t.x1 for t in tokens if t.x1 <= x), default=x)


def measure(line: Gray, left: float, right: float, *, black: Gray | None = None) -> dict[str, float] | None:
    """Named measures of the strokes between ``left`` and ``right``, relative to the print beside them.

    ``black``: the same picture without coloured ink, where the scan has colour. None: nothing there to compare.
    """
    ink = (line < INK).astype(np.uint8)
    count, labels, stats, centres = pieces(ink)
    rows = line.shape[0]
    inside: list[int] = []
    print_: list[int] = []
    for k in range(1, count):
        _x, _y, w, h, area = stats[k]
        if h < 0.18 * rows or area < 12 or w > 6 * h:
            continue
        (inside if left <= centres[k][0] <= right else print_).append(k)
    if not inside or len(print_) < 4:
        return None
    heights = np.array([stats[k][3] for k in print_], dtype=np.float64)
    tall = float(np.percentile(heights, 75))
    base = float(np.median([stats[k][1] + stats[k][3] for k in print_]))
    own = np.array([stats[k][3] for k in inside], dtype=np.float64)
    if own.max() < 0.45 * tall:
        return None
    widths = cv2.distanceTransform(ink, cv2.DIST_L2, 3)
    stroke_print = _stroke(widths, labels, print_)
    stroke_own = _stroke(widths, labels, inside)
    mask_own, mask_print = np.isin(labels, inside), np.isin(labels, print_)
    bottoms = [stats[k][1] + stats[k][3] - base for k in inside if stats[k][3] > 0.5 * tall]
    return {
        "height": abs(math.log(max(0.2, float(np.median(own)) / tall))),
        "tallest": max(0.0, float(own.max()) / tall - 1.0),
        "uneven": float(own.std()) / tall,
        "off_line": max((abs(b) for b in bottoms), default=0.0) / tall,
        "stroke": abs(math.log(max(0.2, float(stroke_own.mean()) / max(0.1, float(stroke_print.mean()))))),
        "stroke_uneven": float(stroke_own.std()) / max(0.1, float(stroke_own.mean())),
        "paleness": (float(line[mask_own].mean()) - float(line[mask_print].mean())) / 64,
        "colour": 0.0 if black is None else float((black[mask_own] > 185).mean() - (black[mask_print] > 185).mean()),
        "slant": abs(_slant(mask_own) - _slant(mask_print)),
        "spread": (right - left) / tall / 4,
    }


def _stroke(widths: NDArray[np.float32], labels: NDArray[np.int32], keys: Sequence[int]) -> NDArray[np.float64]:
    """Half widths along the middle of the strokes."""
    values = widths[np.isin(labels, keys)]
    return np.asarray(values[values >= np.percentile(values, 60)], dtype=np.float64)


def _slant(mask: NDArray[np.bool_]) -> float:
    """Lean of the strokes: mean horizontal step against vertical step of their edges."""
    picture = mask.astype(np.float32)
    gx, gy = cv2.Sobel(picture, cv2.CV_32F, 1, 0), cv2.Sobel(picture, cv2.CV_32F, 0, 1)
    steep = np.abs(gx) > 1.2 * np.abs(gy)
    weight = float((gx[steep] ** 2).sum())
    return float((gx[steep] * gy[steep]).sum()) / weight if weight else 0.0


@cache
def weights() -> dict[str, float]:
    """The committed weights (`tools/hands.py`)."""
    table: dict[str, float] = json_table("handwriting.json")["weights"]
    return table


def hand_chance(measures: dict[str, float]) -> float:
    """The chance (0..1) that a pen wrote it, by the committed weights."""
    w = weights()
    z = w["one"] + sum(w[name] * min(2.0, max(-2.0, measures[name])) for name in FEATURES)
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, z))))
