"""Blocks of a page in reading order: letterhead left and right, body, recipients, signature."""

from __future__ import annotations

from dataclasses import dataclass

from extractors.layout.bands import Band, find_bands
from extractors.layout.segments import PageSegments, Segment
from schemas.reading import Region


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
    if page.height - at > 12:
        blocks.append(_block("body", 0, at, page.width, page.height, page))
    return tuple(blocks)


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
