"""Where a sheet of paper lies in the picture taken of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

Point = tuple[float, float]
Matrix = tuple[tuple[float, float, float], tuple[float, float, float], tuple[float, float, float]]


@dataclass(frozen=True)
class Sheet:
    """A photographed sheet: four corners, and how its upper and lower edge bow.

    Points of the sheet are fractions of its own width and height once it lies flat, points of the picture fractions
    of the upright picture; both from the top left.

    corners  top left, top right, bottom right, bottom left, in the picture
    ratio    height of the flat sheet / its width
    upper    (a, b): at u across the sheet its upper edge lies u (1 - u) (a + b u) below the line of its corners, in
             heights of the sheet; ``lower`` the same of the lower edge. Lines between follow in proportion.
    """

    corners: tuple[Point, Point, Point, Point]
    ratio: float
    upper: Point = (0.0, 0.0)
    lower: Point = (0.0, 0.0)

    @cached_property
    def matrix(self) -> Matrix:
        """The homography from the unit square to the corners (Heckbert 1989)."""
        (x0, y0), (x1, y1), (x2, y2), (x3, y3) = self.corners
        dx1, dx2, sx = x1 - x2, x3 - x2, x0 - x1 + x2 - x3
        dy1, dy2, sy = y1 - y2, y3 - y2, y0 - y1 + y2 - y3
        det = dx1 * dy2 - dx2 * dy1
        g, h = (sx * dy2 - dx2 * sy) / det, (dx1 * sy - sx * dy1) / det
        return (
            (x1 - x0 + g * x1, x3 - x0 + h * x3, x0),
            (y1 - y0 + g * y1, y3 - y0 + h * y3, y0),
            (g, h, 1.0),
        )

    @cached_property
    def inverse(self) -> Matrix:
        """From the corners to the unit square."""
        (a, b, c), (d, e, f), (g, h, i) = self.matrix
        return (
            (e * i - f * h, c * h - b * i, b * f - c * e),
            (f * g - d * i, a * i - c * g, c * d - a * f),
            (d * h - e * g, b * g - a * h, a * e - b * d),
        )

    def on_picture(self, u: float, v: float) -> Point:
        """A point of the flat sheet as a point of the picture."""
        return _apply(self.matrix, u, v + (1 - v) * _bow(self.upper, u) + v * _bow(self.lower, u))

    def on_sheet(self, x: float, y: float) -> Point:
        """A point of the picture as a point of the flat sheet."""
        u, w = _apply(self.inverse, x, y)
        up, low = _bow(self.upper, u), _bow(self.lower, u)
        return u, (w - up) / (1 - up + low)


def _bow(bow: Point, u: float) -> float:
    return u * (1 - u) * (bow[0] + bow[1] * u)


def _apply(m: Matrix, x: float, y: float) -> Point:
    w = m[2][0] * x + m[2][1] * y + m[2][2]
    return (m[0][0] * x + m[0][1] * y + m[0][2]) / w, (m[1][0] * x + m[1][1] * y + m[1][2]) / w
