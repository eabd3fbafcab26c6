"""Lines of a text layer or an office file with the block they stand in, by the columns they leave free."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from extractors.layout.bands import Band, find_bands
from extractors.layout.signature_boxes import mark_signature_boxes
from schemas.geometry import Box
from schemas.reading import Line, Region
from schemas.text import bare

_APART: tuple[Region, ...] = ("table", "stamp")  # not part of the columns of a page
_RECIPIENTS = re.compile(r"noi nhan")
_MOTTO = re.compile(r"cong hoa xa hoi|doc lap")


@dataclass(frozen=True, slots=True)
class _Placed:
    x0: float
    y0: float
    x1: float
    y1: float


def name_regions(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Lines of a text layer with the block they stand in: letterhead, recipients, signature, body."""
    lines = mark_signature_boxes(tuple(lines))
    boxes = [_Placed(b.x0, b.y0, b.x1, b.y1) for b in (q.box for q in lines if q.region not in _APART)]
    bands = find_bands(boxes, width=1.0, height=1.0)
    named: list[Line] = []
    for line in lines:
        region: Region = line.region
        if region not in _APART:
            for band in bands:
                if band.y0 - 0.003 <= line.box.cy <= band.y1 + 0.003:
                    region = _side(band, band is bands[0] and band.y0 < 0.25, line.box)
        named.append(replace(line, region=region))
    if bands and bands[0].y0 < 0.25:
        named = _with_top(named, bands[0])
    left = bare(" ".join(q.text for q in named if q.region == "header_left"))
    right = bare(" ".join(q.text for q in named if q.region == "header_right"))
    if _RECIPIENTS.search(left) and not _MOTTO.search(right):
        swap: dict[Region, Region] = {"header_left": "sign_left", "header_right": "sign_right"}
        named = [replace(q, region=swap.get(q.region, q.region)) for q in named]
    return tuple(named)


def _with_top(named: list[Line], band: Band) -> list[Line]:
    """A wide first row that nearly touches its neighbour may be left out of the band: it is of the letterhead too."""
    out = list(named)
    top = band.y0
    for i in sorted(range(len(out)), key=lambda i: -out[i].box.cy):
        box = out[i].box
        beside = abs(box.cx - band.x) > 0.1 and (box.x1 <= band.x + 0.08 or box.x0 >= band.x - 0.08)
        if out[i].region == "body" and beside and box.cy <= top and top - box.y1 < 0.02 and box.width > 0.1:
            out[i] = replace(out[i], region=_side(band, True, box))
            top = min(top, box.cy + 0.5 * box.height)
    return out


def _side(band: Band, header: bool, box: Box) -> Region:
    left = box.cx < band.x
    if header:
        return "header_left" if left else "header_right"
    return "sign_left" if left else "sign_right"
