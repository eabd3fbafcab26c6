"""Which way up does a page lie? A few of its lines are read each way round before the whole page is."""

from __future__ import annotations

import re
from collections.abc import Sequence

import cv2
import numpy as np

from extractors.imaging.planes import Gray
from extractors.layout.segments import PageSegments, find_segments
from extractors.ocr.engine import OcrEngine, OcrWord
from extractors.reference.names import valid_syllable
from extractors.scan.prepare import QUARTER, TURNS, ScanPage
from extractors.scan.stack import stack

LINES = 12  # the longest ones; fewer do not tell a poor page's way up for sure
PSM = 6
_PAD = 4


def legibility(words: Sequence[OcrWord]) -> float:
    """Share of letters (0..1) that stand in valid Vietnamese syllables the reader was fairly sure of."""
    good = total = 0
    for w in words:
        syllable = re.sub(r"[^\w]", "", w.text)
        if not syllable or syllable.isdigit():
            continue
        total += len(syllable)
        if len(syllable) > 1 and w.score > 0.5 and valid_syllable(syllable):
            good += len(syllable)
    return good / total if total else 0.0


def turns_by_strips(
    scan: ScanPage, turns: Sequence[QUARTER], engine: OcrEngine, *, dpi: int
) -> list[tuple[QUARTER, float]]:
    """(turn, legibility 0..1) of the page's longest lines read with each of ``turns``, the most legible first.

    ``turns`` are degrees clockwise from how the page was scanned; ``dpi`` is what the engine is shown. One call of the
    engine. Raises ToolMissing.
    """
    more = {turn: (turn - scan.rotation) % 360 for turn in turns}
    strips = {lying: _strip(scan, lying=lying, dpi=dpi) for lying in {m in (90, 270) for m in more.values()}}
    seen: list[tuple[QUARTER, Gray]] = []
    for turn in turns:
        strip = strips[more[turn] in (90, 270)]
        if strip is not None:  # the lines of a page on its head are those of the upright one, each on its head
            on_its_head = more[turn] in (180, 270)
            seen.append((turn, cv2.rotate(strip, cv2.ROTATE_180).astype(np.uint8) if on_its_head else strip))
    read = engine.read([p for _, p in seen], dpi=dpi, psm=PSM)
    found = [(turn, legibility(words)) for (turn, _), words in zip(seen, read, strict=True)]
    return sorted(found, key=lambda one: -one[1])


def _strip(scan: ScanPage, *, lying: bool, dpi: int) -> Gray | None:
    """The longest lines under one another, of the page as it is or turned clockwise; None where it shows no lines."""
    page, segments = scan.clean, scan.page
    if lying:
        page = cv2.rotate(page, TURNS[90]).astype(np.uint8)
        segments = find_segments(page, dpi=scan.dpi)
    boxes = _longest(segments)
    if not boxes:
        return None
    picture = stack([(page, box) for box in boxes]).picture
    scale = min(1.0, dpi / scan.dpi)
    return picture if scale == 1.0 else cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


def _longest(page: PageSegments) -> list[tuple[int, int, int, int]]:
    """Boxes in picture pixels of the longest text lines, top to bottom."""
    k = 1 / page.scale
    lines = [s for s in page.segments if s.height < 50 and s.x1 - s.x0 > 3 * s.height]
    lines = sorted(lines, key=lambda s: s.x0 - s.x1)[:LINES]
    return [
        (int(s.x0 * k) - _PAD, int(s.y0 * k) - _PAD, int(s.x1 * k) + _PAD, int(s.y1 * k) + _PAD)
        for s in sorted(lines, key=lambda s: s.y0)
    ]
