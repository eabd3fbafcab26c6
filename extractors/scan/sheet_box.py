"""Boxes of a flat sheet told on the photograph it was taken from."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from schemas.geometry import Box
from schemas.sheet import Sheet


def box_on_picture(sheet: Sheet, corners: NDArray[np.float64]) -> Box:
    """The box between the middles of the four sides: a slanted word's corners stand out, its sides' middles do not.

    ``corners``: fractions of the flat sheet, clockwise from the top left.
    """
    middles = (corners + np.roll(corners, -1, axis=0)) / 2  # top, right, bottom, left
    (_, top), (right, _), (_, bottom), (left, _) = (sheet.on_picture(float(u), float(v)) for u, v in middles)
    x0, x1 = sorted((_within(left), _within(right)))
    y0, y1 = sorted((_within(top), _within(bottom)))
    return Box(x0, y0, x1, y1)


def _within(value: float) -> float:
    return min(1.0, max(0.0, value))
