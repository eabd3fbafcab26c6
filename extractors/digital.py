"""Pages with a text layer that can be trusted: blocks named, and pictured places (number, day, signer) read by OCR."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from extractors.layout.regions import name_regions
from extractors.layout.segments import find_segments
from extractors.ocr.engine import LineReader
from extractors.pdf.document import SourcePage
from extractors.pdf.text_layer import TextLayer
from extractors.reference.names import name_score
from extractors.scan.page_lines import cut, segment_boxes, spread_words
from extractors.scan.prepare import RENDER_DPI, ScanPage, prepare, to_reading_size
from extractors.scan.stamps import READABLE
from schemas.geometry import Box
from schemas.reading import Line, LineReading, PageReading, Region
from schemas.text import bare

_MOTTO = re.compile(r"cong hoa xa hoi|doc lap")
_NUMBERED = re.compile(
    r"^\W{0,3}(?:Mã s|S|s)ố\s*:?\s*\d[^\s/]*(?:\s*/|\s*-\s*[A-ZĐ]|\d{3}\s*$)|^\W{0,3}Số\s*:?\s*\d*[A-Z]\d{5,}\s*$"
)
_DATED = re.compile(r"ngay\s*\d{1,2}\s*thang\s*\d{1,2}\s*nam\s*\d{4}")
STAMPED_PART = 0.45  # NĐ 30/2020 Phụ lục I puts both stamps above two fifths of the page; lower pictures are signatures
PICTURED_SCORE = 0.8  # a pictured line must read at least this well to be taken as text


def read_text_page(page: SourcePage, layer: TextLayer, *, reader: LineReader | None) -> PageReading:
    """The page from its text layer; places the layer leaves open are read from the picture when there is a reader."""
    lines = name_regions(layer.lines)
    origin = "pdf_text"
    if layer.verdict == "partial" and reader is not None and _has_header_or_signature(lines) and not is_whole(lines):
        mended = _read_pictured(page, lines, reader)
        if mended != lines:
            origin = "mixed"
        lines = mended
    return PageReading(
        number=page.number,
        width_pt=page.width_pt,
        height_pt=page.height_pt,
        lines=lines,
        origin="mixed" if origin == "mixed" else "pdf_text",
        state="text" if lines else "blank",
        tables=layer.tables,
        dpi=page.native_dpi,
        notes=layer.notes,
    )


def is_whole(lines: Sequence[Line]) -> bool:
    """Whether the words leave nothing open that a picture may fill in: number and day in digits, the signer named.

    A letterhead without a number line or a date line is not whole; a page without a letterhead has none to miss.
    """
    head = [q for q in lines if q.region in ("header_left", "header_right") or q.box.cy < 0.3]
    texts = [q.text for q in head]
    if any(_MOTTO.search(bare(t)) for t in texts):
        numbered = any(_NUMBERED.search(t) for t in texts)
        dated = any(_DATED.search(bare(q.text)) for q in lines)
        if not (numbered and dated):
            return False
    elif any(q.region in ("header_left", "header_right") for q in lines):
        return False
    listed = any("noi nhan" in bare(q.text)[:16] for q in lines)
    signing = any(q.region == "sign_right" for q in lines)
    return names_signer(lines) or not (listed or signing)


def may_be_stamped(layer: TextLayer) -> bool:
    """Whether something drawn or pictured on the page may be a framed stamp (MẬT, HỎA TỐC): not a seal or a frame."""
    return "strokes" in layer.notes or "annotations" in layer.notes or bool(stamp_pictures(layer))


def stamp_pictures(layer: TextLayer) -> tuple[Box, ...]:
    """Boxes of images the size of a stamp with words in it, where stamps of secrecy and urgency belong (10a, 10b)."""
    return tuple(
        p
        for p in layer.pictures
        if p.cy < STAMPED_PART and 0.07 <= p.width <= 0.45 and 0.01 <= p.height <= 0.15 and p.width > 1.8 * p.height
    )


def read_stamp_pictures(scan: ScanPage, boxes: Sequence[Box], reader: LineReader) -> tuple[list[Line], bool]:
    """Lines of region "stamp" in the images at ``boxes``, and whether all that has ink could be read."""
    rows, columns = scan.main.shape
    found: list[Line] = []
    whole = True
    for b in boxes:
        area = (int(b.x0 * columns), int(b.y0 * rows), int(b.x1 * columns), int(b.y1 * rows))
        inside = cut(scan.main, area)
        ink = inside < 128
        if not ink.any():
            continue
        (seen,) = reader.read_lines([inside])
        if seen.score < READABLE or sum(c.isalpha() for c in seen.text) < 3:
            whole = False
            continue
        readings = (LineReading(f"{reader.name}@stamp", seen.text, round(seen.score, 4)),)
        found.append(Line(spread_words(seen.text, seen.score, b), "stamp", readings))
    return found, whole


def names_signer(lines: Sequence[Line]) -> bool:
    """Does the text itself name who signed? Then the pictures beside it are seal and signature."""
    block = [q for q in lines if q.region == "sign_right"]
    if not block:
        block = [q for q in lines if q.region == "body" and q.box.x0 > 0.4 and q.box.cx > 0.52 and q.box.cy > 0.3]
    return any(name_score(q.text.strip(" .")) >= 0.75 for q in block)


def _has_header_or_signature(lines: Sequence[Line]) -> bool:
    return any(q.region not in ("body", "table") for q in lines)


def _read_pictured(page: SourcePage, lines: tuple[Line, ...], reader: LineReader) -> tuple[Line, ...]:
    image, dpi = to_reading_size(page.render(RENDER_DPI), width_pt=page.width_pt)
    scan = prepare(image, number=page.number, dpi=dpi, rotation=0)
    if scan.skew_deg:
        return lines
    rows, columns = scan.main.shape
    ink = segment_boxes(find_segments(scan.clean, dpi=dpi))
    out: list[Line] = []
    taken: list[tuple[int, int, int, int]] = []
    for line in lines:
        b = line.box
        box = (int(b.x0 * columns), int(b.y0 * rows), int(b.x1 * columns), int(b.y1 * rows))
        if line.region in ("header_left", "header_right"):
            box = _with_ink(box, ink)
        taken.append(box)
        if line.region in ("header_left", "header_right") and not _MOTTO.search(bare(line.text)):
            (seen,) = reader.read_lines([cut(scan.main, box)])
            readings = (
                LineReading("pdf_text", line.text, 1.0),
                LineReading(f"{reader.name}@main", seen.text, round(seen.score, 4)),
            )
            line = replace(line, readings=readings)
        out.append(line)
    out.extend(_pictured_rows(scan, ink, taken, lines, reader))
    return tuple(out)


def _with_ink(box: tuple[int, int, int, int], ink: list[tuple[int, int, int, int]]) -> tuple[int, int, int, int]:
    """The line's box grown over ink between and right beside its words (a pictured number)."""
    x0, y0, x1, y1 = box
    for sx0, sy0, sx1, sy1 in ink:
        lap = min(sy1, y1) - max(sy0, y0)
        near = sx0 < x1 + 3 * (y1 - y0) and sx1 > x0 - 3 * (y1 - y0)
        if near and lap > 0.5 * min(sy1 - sy0, y1 - y0) and sy1 - sy0 < 2 * (y1 - y0):
            x0, x1 = min(x0, sx0), max(x1, sx1)
    return x0, y0, x1, y1


def _pictured_rows(
    scan: ScanPage,
    ink: list[tuple[int, int, int, int]],
    taken: list[tuple[int, int, int, int]],
    lines: tuple[Line, ...],
    reader: LineReader,
) -> list[Line]:
    """Rows of ink in the letterhead and signature blocks that the text layer knows nothing of."""
    rows, columns = scan.main.shape
    found: list[Line] = []
    for name in ("header_left", "header_right", "sign_right"):
        boxes = [q.box for q in lines if q.region == name]
        if not boxes:
            continue
        x0, x1 = min(b.x0 for b in boxes) - 0.05, max(b.x1 for b in boxes) + 0.05
        y0 = min(b.y0 for b in boxes)
        y1 = max(b.y1 for b in boxes) + (0.16 if name == "sign_right" else 0.01)
        for box in ink:
            cx, cy = (box[0] + box[2]) / 2 / columns, (box[1] + box[3]) / 2 / rows
            if not (x0 <= cx <= x1 and y0 <= cy <= y1) or not 22 <= box[3] - box[1] <= 110:
                continue
            if any(
                min(t[3], box[3]) - max(t[1], box[1]) > 0.3 * (box[3] - box[1]) and t[0] < box[2] and t[2] > box[0]
                for t in taken
            ):
                continue
            (seen,) = reader.read_lines([cut(scan.main, box)])
            if seen.score < PICTURED_SCORE or len(seen.text) < 3:
                continue
            place = scan.fraction(box)
            region: Region = (
                "header_left" if name == "header_left" else "header_right" if name == "header_right" else "sign_right"
            )
            found.append(
                Line(
                    spread_words(seen.text, seen.score, place),
                    region,
                    (LineReading(f"{reader.name}@main", seen.text, round(seen.score, 4)),),
                )
            )
    return found
