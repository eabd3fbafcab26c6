"""Blocks of a page in reading order: letterhead left and right, body, recipients, signature."""

from __future__ import annotations

from dataclasses import dataclass

from extractors.layout.bands import Band, find_bands
from extractors.layout.segments import PageSegments, Segment
from schemas.reading import Region

_RIGHT = 0.42  # of the page's width: what begins right of it can belong to a signature block alone
_FOOT = 0.955  # of its height: below stand page numbers


@dataclass(frozen=True, slots=True)
class Block:
    """A rectangle to be read by itself, in pixels of the page picture (x0, y0, x1, y1)."""

    region: Region
    x0: int
    y0: int
    x1: int
    y1: int


def find_blocks(page: PageSegments) -> tuple[Block, ...]:
    """Cut a page into blocks, in reading order. Never empty: a page without bands is one body block."""
    # A lump of a seal or a pen stroke is no evidence of columns; one as wide as a text line holds a line.
    tall, taller, wide = 0.042 * page.height, 0.05 * page.height, 0.36 * page.width
    free = [
        s
        for s in page.segments
        if (s.height <= tall or (s.x1 - s.x0 > wide and s.height <= taller)) and not _inside_table(s, page.tables)
    ]
    bands = find_bands(free, width=page.width, height=page.height)
    blocks: list[Block] = []
    at = 0
    for k, band in enumerate(bands):
        y0, y1 = _margins(band, page)
        y0 = max(y0, at)
        if y1 - y0 <= 12:
            continue  # inside a band that reaches past it: its lines are there already
        if y0 - at > 12:
            blocks.append(_block("body", 0, at, page.width, y0, page))
        header = k == 0 and band.y0 < 0.25 * page.height
        split = round(band.x)
        blocks.append(_block("header_left" if header else "sign_left", 0, y0, split, y1, page))
        blocks.append(_block("header_right" if header else "sign_right", split, y0, page.width, y1, page))
        at = y1
    signed = _loose_signature(free, page, below=at)
    if signed is not None:
        blocks.append(_block("body", 0, at, page.width, signed, page))
        blocks.append(_block("sign_right", 0, signed, page.width, page.height, page))
    elif page.height - at > 12:
        blocks.append(_block("body", 0, at, page.width, page.height, page))
    return tuple(blocks)


def _loose_signature(free: list[Segment], page: PageSegments, *, below: int) -> int | None:
    """Where a signature without recipients beside it begins: from there on everything stands in the right half.

    Certificates, licences and extracts end so. None when the page's foot looks otherwise.
    """
    foot = [s for s in free if s.y0 >= below and s.y1 < _FOOT * page.height]
    wide = [s for s in foot if s.x1 - s.x0 >= 0.04 * page.width]  # a speck or a page number says nothing
    last = max((s.y1 for s in wide if s.x0 < _RIGHT * page.width), default=below)
    run = [s for s in wide if s.y0 >= last - 4]
    lines = [s for s in run if s.x1 - s.x0 >= 0.1 * page.width]
    if len(lines) < 2 or min(s.y0 for s in run) < 0.3 * page.height:
        return None
    top = min(s.y0 for s in run)
    if max(s.y1 for s in run) - top < 0.04 * page.height:
        return None
    return round((max(last, top - 0.01 * page.height) + top) / 2) if last < top else top


def _margins(band: Band, page: PageSegments) -> tuple[int, int]:
    """Band edges widened into the white space around it, but not into the neighbouring lines."""
    pad = 0.008 * page.height
    above = max((s.y1 for s in page.segments if s.y1 <= band.y0 + 2), default=0)
    below = min((s.y0 for s in page.segments if s.y0 >= band.y1 - 2), default=page.height)
    return round(max(band.y0 - pad, above + 1)), round(min(band.y1 + pad, below - 1))


def _block(region: Region, x0: int, y0: int, x1: int, y1: int, page: PageSegments) -> Block:
    k = 1 / page.scale
    return Block(region, int(x0 * k), int(y0 * k), int(x1 * k), int(y1 * k))


def _inside_table(s: Segment, tables: tuple[tuple[int, int, int, int], ...]) -> bool:
    return any(x0 <= s.cx <= x1 and y0 <= s.cy <= y1 for x0, y0, x1, y1 in tables)
