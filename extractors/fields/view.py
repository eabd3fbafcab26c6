"""A reading laid out for field readers: lines with their places, and what several readers saw on each."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from schemas.extraction import FieldValue
from schemas.geometry import Box, union
from schemas.reading import Line, Origin, PageReading, Reading, Region
from schemas.sheet import Sheet
from schemas.text import bare, nfc

T = TypeVar("T")
LAYER = "pdf_text"
_SPACE = 0.012  # of the page's width: two or three blanks of print


@dataclass(frozen=True, slots=True)
class Spot:
    """One line with its page (from 1) and its number on that page (from 1).

    ``box`` is where the line would stand on a straight page (rules about gaps and margins use it);
    ``line.box`` is where it stands on the paper (evidence uses that).
    """

    page: int
    number: int
    line: Line
    box: Box

    @property
    def text(self) -> str:
        return nfc(self.line.text)

    @property
    def key(self) -> str:
        """Lower case without accents, same length as ``text``."""
        return bare(self.line.text)

    @property
    def region(self) -> Region:
        return self.line.region

    @property
    def origin(self) -> Origin:
        return "ocr" if any(w.origin == "ocr" for w in self.line.words) or self.line.readings else "pdf_text"

    def texts(self) -> tuple[tuple[str, str, float], ...]:
        """(reader, text, score) of everybody who read this line."""
        if self.line.readings:
            return tuple((r.reader, nfc(r.text), r.score) for r in self.line.readings)
        reader = LAYER if self.origin == "pdf_text" else "tesseract"
        return ((reader, self.text, self.line.score),)


def family(reader: str) -> str:
    """Readings of one reader from several ink planes are one witness."""
    return reader.partition("@")[0]


def straight_box(line: Line, page: PageReading) -> Box:
    """The line's box with the page's slant taken out, so that a long slanted line is not taken for a tall one."""
    if not page.skew_deg and page.sheet is None:
        return line.box
    angle = math.radians(page.skew_deg)
    ratio = page.height_pt / max(1.0, page.width_pt) if page.sheet is None else page.sheet.ratio
    boxes = [w.box if page.sheet is None else flat_box(w.box, page.sheet) for w in line.words]
    heights = sorted(b.height for b in boxes)
    half = heights[len(heights) // 2] / 2
    places = []
    for box in boxes:
        # ``skew_deg`` counter-clockwise makes the page straight; y points down.
        dx, dy = box.cx - 0.5, (box.cy - 0.5) * ratio
        x = dx * math.cos(angle) + dy * math.sin(angle) + 0.5
        y = (dy * math.cos(angle) - dx * math.sin(angle)) / ratio + 0.5
        places.append(Box(x - box.width / 2, y - half, x + box.width / 2, y + half))
    middle = sorted(b.cy for b in places)[len(places) // 2]
    return Box(min(b.x0 for b in places), middle - half, max(b.x1 for b in places), middle + half)


def flat_box(box: Box, sheet: Sheet) -> Box:
    """A word's box on a photograph as it stands on the flat sheet."""
    (x0, _), (x1, _) = sheet.on_sheet(box.x0, box.cy), sheet.on_sheet(box.x1, box.cy)
    (_, y0), (_, y1) = sheet.on_sheet(box.cx, box.y0), sheet.on_sheet(box.cx, box.y1)
    return Box(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))


@dataclass(frozen=True, slots=True)
class Document:
    """All lines in reading order, and the first page with a letterhead."""

    reading: Reading
    spots: tuple[Spot, ...]

    @classmethod
    def of(cls, reading: Reading) -> Document:
        spots = [Spot(p.number, k, q, straight_box(q, p)) for p in reading.pages for k, q in enumerate(p.lines, 1)]
        return cls(reading, tuple(spots))

    def page(self, number: int) -> PageReading:
        return next(p for p in self.reading.pages if p.number == number)

    def on_page(self, number: int, *regions: Region) -> tuple[Spot, ...]:
        return tuple(s for s in self.spots if s.page == number and (not regions or s.region in regions))

    def pen(self, kind: str, spot: Spot | None) -> bool | None:
        """Was the "number" or "day" on the spot's page written by hand? None: nobody could tell."""
        notes = self.page(spot.page).notes if spot is not None else ()
        return True if f"hand_{kind}" in notes else False if f"print_{kind}" in notes else None

    @property
    def first(self) -> int:
        """Number of the first page that holds text."""
        return next((p.number for p in self.reading.pages if p.lines), 1)


@dataclass(frozen=True, slots=True)
class Vote:
    """What readers made of one slot. ``readers`` are the witnesses for the value, ``against`` the others'."""

    value: object
    readers: frozenset[str]
    against: frozenset[str]
    score: float

    @property
    def corroborated(self) -> bool:
        """Two different readers agree, or the text layer itself says so."""
        return LAYER in self.readers or len(self.readers) >= 2


def take_vote(spot: Spot, parse: Callable[[str], T | None]) -> list[tuple[T, Vote]]:
    """Parse every reading of a line; values with their witnesses, best supported first.

    A reading that parses to nothing is no witness against anybody.
    """
    seen: dict[T, tuple[set[str], float]] = {}
    for reader, text, score in spot.texts():
        value = parse(text)
        if value is None:
            continue
        witnesses, best = seen.get(value, (set(), 0.0))
        witnesses.add(family(reader))
        seen[value] = (witnesses, max(best, score))
    everybody = {w for witnesses, _ in seen.values() for w in witnesses}
    out = [(value, Vote(value, frozenset(w), frozenset(everybody - w), score)) for value, (w, score) in seen.items()]
    # What a text layer says in full stands above what anybody made of its picture.
    return sorted(
        out,
        key=lambda p: (LAYER in p[1].readers, len(p[1].readers), "asterocr" in p[1].readers, p[1].score),
        reverse=True,
    )


def backed_by_twins(spot: Spot, value: T, vote: Vote, parse: Callable[[str], T | None]) -> bool:
    """Another reader wrote letters for digits ("l6"), and put right they say the same ``value``."""
    return any(family(r) not in vote.readers and parse(text) == value for r, text, _ in spot.texts())


def lines_agree(spot: Spot, *, fold: Callable[[str], str]) -> bool:
    """Do two different readers (or a text layer) give the same line under ``fold``?"""
    texts = spot.texts()
    mine = fold(spot.text)
    witnesses = {family(r) for r, t, _ in texts if fold(t) == mine}
    return LAYER in witnesses or len(witnesses) >= 2


def touch(left: Spot, right: Spot) -> bool:
    """Two lines of neighbouring columns on one row with no more than a space between them: one may hold what is the
    other's."""
    lap = min(left.box.y1, right.box.y1) - max(left.box.y0, right.box.y0)
    return lap > 0.4 * min(left.box.height, right.box.height) and abs(right.box.x0 - left.box.x1) < _SPACE


def value_of(
    value: str | bool | tuple[str, ...] | None,
    spots: Iterable[Spot],
    *,
    score: float,
    sure: bool,
    reasons: Sequence[str] = (),
) -> FieldValue:
    """A field value with its evidence. Spots on other pages than the first one's do not enlarge the box."""
    found = list(spots)
    if value is None or value == "" or not found:
        return FieldValue(
            value=None if value == "" else value, score=score, needs_review=not sure, reasons=tuple(reasons)
        )
    page = found[0].page
    box = union(s.line.box for s in found if s.page == page)
    origins = {s.origin for s in found}
    return FieldValue(
        value=value,
        raw_text="\n".join(s.text for s in found),
        page=page,
        bbox=box.as_tuple() if box else None,
        score=round(max(0.0, min(1.0, score)), 3),
        origin="ocr" if "ocr" in origins else "pdf_text",
        needs_review=not sure,
        reasons=tuple(reasons),
    )


ABSENT_REVIEW = FieldValue(reasons=("not_found",))
ABSENT_SURE = FieldValue(needs_review=False, score=0.9, reasons=("not_printed",))
