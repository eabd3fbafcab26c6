"""Places on a page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in fractions of the upright page (as a person reads it), origin top left.

    ``x0 <= x1`` and ``y0 <= y1``; all four lie in 0..1 for anything printed on the page.
    """

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def cx(self) -> float:
        return (self.x0 + self.x1) / 2

    @property
    def cy(self) -> float:
        return (self.y0 + self.y1) / 2

    def overlap(self, other: Box) -> float:
        """Share of this box's area that lies inside ``other`` (0..1)."""
        w = min(self.x1, other.x1) - max(self.x0, other.x0)
        h = min(self.y1, other.y1) - max(self.y0, other.y0)
        area = self.width * self.height
        return (w * h) / area if w > 0 and h > 0 and area > 0 else 0.0

    def as_tuple(self) -> tuple[float, float, float, float]:
        return (round(self.x0, 5), round(self.y0, 5), round(self.x1, 5), round(self.y1, 5))


def union(boxes: Iterable[Box]) -> Box | None:
    """Smallest box that holds all of ``boxes``; None when there are none."""
    items = list(boxes)
    if not items:
        return None
    return Box(
        min(b.x0 for b in items),
        min(b.y0 for b in items),
        max(b.x1 for b in items),
        max(b.y1 for b in items),
    )
