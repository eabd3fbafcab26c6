"""The visible box of a digital signature ("Ký bởi: ...", "Thời gian ký: ..."): set aside as a stamp.

Its lines name an office and bear a date, so that field readers would take them for the letterhead's.
"""

from __future__ import annotations

from dataclasses import replace

from extractors.fields.cues import cue
from schemas.reading import Line, PageReading, Reading
from schemas.text import bare

_REACH = 1.3  # a next line of the box is nearer than this many line heights


def set_aside_signature_boxes(reading: Reading) -> Reading:
    """The reading with the lines of every such box in region "stamp"."""
    pages = tuple(_page(page) for page in reading.pages)
    return reading if all(a is b for a, b in zip(pages, reading.pages, strict=True)) else replace(reading, pages=pages)


def _page(page: PageReading) -> PageReading:
    lines = mark_signature_boxes(page.lines)
    return page if lines is page.lines else replace(page, lines=lines)


def mark_signature_boxes(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """The lines, those of signature boxes in region "stamp"; the same tuple when there are none."""
    heads = [i for i, q in enumerate(lines) if q.region != "table" and cue("signature_box").search(bare(q.text))]
    if not heads:
        return lines
    inside = set(heads)
    for head in heads:
        inside |= _around(lines, head)
    if all(lines[i].region == "stamp" for i in inside):
        return lines
    return tuple(replace(q, region="stamp") if i in inside else q for i, q in enumerate(lines))


def _around(lines: tuple[Line, ...], head: int) -> set[int]:
    """Lines above and below ``head`` that begin where it begins, are no larger, and stand close."""
    first = lines[head].box
    tall = _height(lines[head])
    found: set[int] = set()
    for down in (True, False):
        edge = first.y1 if down else first.y0
        order = sorted(range(len(lines)), key=lambda i: lines[i].box.cy, reverse=not down)
        for i in order:
            box = lines[i].box
            gap = box.y0 - edge if down else edge - box.y1
            if i == head or gap < -0.5 * tall or gap > _REACH * tall:
                continue
            aligned = abs(box.x0 - first.x0) < 0.012
            told = bool(cue("signature_more").search(bare(lines[i].text)))
            if not aligned or _height(lines[i]) > 1.15 * tall or not (told or down):
                continue
            if not told and not _goes_on(lines[i], lines[head]):
                continue
            found.add(i)
            edge = box.y1 if down else box.y0
    return found


def _height(line: Line) -> float:
    heights = sorted(w.box.height for w in line.words)
    return heights[len(heights) // 2]


def _goes_on(line: Line, head: Line) -> bool:
    """A wrapped line of the box: about as wide as the box, no part of a letterhead."""
    key = bare(line.text)
    if cue("subject").search(key) or cue("addressee").search(key) or cue("body_start").search(key):
        return False
    if key.startswith(("so:", "so :", "noi nhan", "cong hoa", "doc lap", "dieu ")):
        return False
    return line.box.width <= 1.3 * head.box.width
