"""The display list: what stands where on a page. Units are points (1/72 inch), origin top left, y down."""

from __future__ import annotations

from dataclasses import dataclass, field

from samplemaker.fonts import ASCENT, DESCENT, text_width

Rect = tuple[float, float, float, float]


@dataclass(slots=True)
class Text:
    """A run of characters; ``y`` is the base line."""

    x: float
    y: float
    text: str
    font: str
    size: float
    color: str = "black"
    tag: str | None = None

    def rect(self) -> Rect:
        """Where it stands, with room for accents."""
        width = text_width(self.font, self.text.rstrip(" "), self.size)
        return (self.x, self.y - ASCENT * self.size, self.x + width, self.y + DESCENT * self.size)


@dataclass(slots=True)
class Rule:
    """A straight line."""

    x0: float
    y0: float
    x1: float
    y1: float
    width: float = 0.6
    color: str = "black"


@dataclass(slots=True)
class Mark:
    """Something put on by hand or stamp: drawn by :mod:`samplemaker.marks` from its seed alone."""

    kind: str  # seal, signature, digits, numbering, rubber, arrival, notice, initials, ornament, note
    x: float
    y: float
    width: float
    height: float
    text: str = ""
    seed: int = 0
    color: str = "blue"
    angle: float = 0.0  # degrees, counter-clockwise
    tag: str | None = None
    under: bool = False  # drawn below the text (ornaments)

    def rect(self) -> Rect:
        """Where it stands."""
        return (self.x, self.y, self.x + self.width, self.y + self.height)


Item = Text | Rule | Mark


@dataclass(slots=True)
class Page:
    """One page: its size, what stands on it, its text in reading order."""

    width: float
    height: float
    items: list[Item] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    def boxes(self) -> dict[str, Rect]:
        """Union of the places of every tag, in points."""
        found: dict[str, Rect] = {}
        for item in self.items:
            if isinstance(item, Rule) or item.tag is None or (isinstance(item, Text) and not item.text.strip()):
                continue
            rect = item.rect()
            for tag in item.tag.split():
                if tag in found:
                    old = found[tag]
                    rect2 = (min(old[0], rect[0]), min(old[1], rect[1]), max(old[2], rect[2]), max(old[3], rect[3]))
                    found[tag] = rect2
                else:
                    found[tag] = rect
        return found

    def text(self) -> str:
        """The printed text, line by line."""
        return "\n".join(line for line in self.lines if line)
