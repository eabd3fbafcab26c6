"""A page picture made ready: upright, flat light, blocks found, set as one stack for the reader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.imaging.cleaning import (
    despeckle,
    find_skew,
    flatten_light,
    ink_mask,
    is_sideways,
    turn,
    turn_back,
)
from extractors.imaging.leaders import erase, find_leaders
from extractors.imaging.planes import Gray, shrunk, split_planes
from extractors.layout.blocks import Block, find_blocks
from extractors.layout.segments import PageSegments, find_segments
from extractors.scan.sheet_box import box_on_picture
from extractors.scan.stack import Stack, stack
from schemas.geometry import Box
from schemas.sheet import Sheet

RENDER_DPI = 300  # what a coarse scan, or a text page with pictures on it, is drawn at
READ_DPI = 225  # what is read: finer scans are brought down to it, coarse ones up
COARSE_DPI, FINE_DPI = 190, 250  # between them a scan is read as it is
QUARTER = Literal[0, 90, 180, 270]
TURNS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}


@dataclass(frozen=True, slots=True, eq=False)
class ScanPage:
    """One page ready to be read. All pictures share the shape (rows, columns) of ``clean`` and are deskewed.

    clean     what the page reader sees; ``main`` the same before specks were painted over. Dot leaders are gone
    faded_blocks  blocks set a second time at the end of the stack, from the plane without coloured ink
    others    further ink planes by name ("black", "red"), for second readings
    rotation  degrees clockwise the source was turned to stand upright
    sheet     of a photograph: where the sheet lies in the upright picture; all pictures here show it laid flat
    """

    number: int
    dpi: int
    rotation: int
    skew_deg: float
    clean: Gray
    main: Gray
    others: tuple[tuple[str, Gray], ...]
    page: PageSegments
    blocks: tuple[Block, ...]
    stacked: Stack
    faded_blocks: tuple[int, ...]
    seals: int
    ink: float
    sheet: Sheet | None = None

    @property
    def blank(self) -> bool:
        """Nothing printed: hardly any ink, or none that could be letters."""
        return self.ink < 0.0004 or not self.page.segments

    def fraction(self, box: tuple[int, int, int, int]) -> Box:
        """A box of the deskewed picture as fractions of the upright page as it was scanned (slanted)."""
        x0, y0, x1, y1 = box
        corners = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], dtype=np.float64)
        rows, columns = self.clean.shape
        back = turn_back(corners, self.skew_deg, (rows, columns))
        if self.sheet is not None:
            return box_on_picture(self.sheet, back / (columns, rows))
        xs = np.clip(back[:, 0] / columns, 0, 1)
        ys = np.clip(back[:, 1] / rows, 0, 1)
        if self.skew_deg:  # the corners of a slanted box stand out; its sides' middles do not
            half = abs(np.tan(np.radians(self.skew_deg))) * (x1 - x0) / 2 / rows
            return Box(float(xs.min()), float(min(1, ys.min() + half)), float(xs.max()), float(max(0, ys.max() - half)))
        return Box(float(xs.min()), float(ys.min()), float(xs.max()), float(ys.max()))


def to_reading_size(image: NDArray[np.uint8], *, width_pt: float) -> tuple[NDArray[np.uint8], int]:
    """(picture, dpi) at about 225 dpi of its page: fine scans shrunk, coarse ones enlarged, the others left alone."""
    columns = image.shape[1]
    dpi = columns / max(1.0, width_pt) * 72
    if COARSE_DPI <= dpi <= FINE_DPI:
        return image, round(dpi)
    scale = READ_DPI / dpi
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    resized: NDArray[np.uint8] = cv2.resize(image, None, fx=scale, fy=scale, interpolation=how).astype(np.uint8)
    return resized, READ_DPI


def _without_colour(blocks: tuple[Block, ...], main: Gray, black: Gray | None) -> tuple[Gray | None, tuple[int, ...]]:
    """Signature blocks worth reading again without coloured ink: those where seal or pen cover something."""
    if black is None:
        return None, ()
    again = []
    for k, b in enumerate(blocks):
        if b.region != "sign_right":
            continue
        here, there = main[b.y0 : b.y1, b.x0 : b.x1], black[b.y0 : b.y1, b.x0 : b.x1]
        if here.size and float((cv2.absdiff(here, there) > 60).mean()) > 0.004:
            again.append(k)
    return (flatten_light(black), tuple(again)) if again else (None, ())


def _lines_run_down(gray: Gray, *, dpi: int) -> bool:
    """Does the page turned by a quarter show more text-line shapes (long and low) than as it lies?"""
    return _line_ink(cv2.rotate(gray, cv2.ROTATE_90_CLOCKWISE), dpi=dpi) > 1.3 * _line_ink(gray, dpi=dpi)


def _line_ink(gray: Gray, *, dpi: int) -> int:
    return sum(
        s.x1 - s.x0 for s in find_segments(gray, dpi=dpi).segments if s.x1 - s.x0 > 5 * s.height and s.height < 50
    )


def prepare(image: NDArray[np.uint8], *, number: int, dpi: int, rotation: QUARTER | None = None) -> ScanPage:
    """Prepare the picture (rows x columns, or x RGB) of page ``number``.

    ``rotation`` None lets the page itself say whether it lies on its side (which side is settled by reading).
    """
    planes = split_planes(image, dpi=dpi)
    if rotation is None:
        rotation = 90 if is_sideways(planes.main, dpi=dpi) and _lines_run_down(planes.main, dpi=dpi) else 0
    named = [("main", planes.main), ("black", planes.black), ("red", planes.red)]
    if planes.main is not planes.gray:
        named.append(("gray", planes.gray))
    pictures = {name: p for name, p in named if p is not None}
    if rotation:
        pictures = {name: cv2.rotate(p, TURNS[rotation]) for name, p in pictures.items()}
    flat = flatten_light(pictures["main"])
    skew = find_skew(flat, dpi=dpi)
    main = turn(flat, skew)
    others = tuple((name, turn(p, skew)) for name, p in pictures.items() if name != "main")
    mask = ink_mask(main)
    leaders = find_leaders(mask, dpi=dpi)
    if leaders:
        main = erase(main, leaders)
        others = tuple((name, erase(p, leaders)) for name, p in others)
        mask = ink_mask(main)
    clean = despeckle(main, mask, dpi=dpi)
    page = find_segments(clean, dpi=dpi)
    blocks = find_blocks(page)
    faded, again = _without_colour(blocks, main, dict(others).get("black"))
    parts = [(clean, (b.x0, b.y0, b.x1, b.y1)) for b in blocks]
    if faded is not None:
        parts += [(faded, (blocks[k].x0, blocks[k].y0, blocks[k].x1, blocks[k].y1)) for k in again]
    stacked = stack(parts)
    ink = float(ink_mask(shrunk(clean, 4)).mean())
    return ScanPage(
        number, dpi, rotation, skew, clean, main, others, page, blocks, stacked, again, len(planes.seals), ink
    )
