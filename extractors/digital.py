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
from extractors.scan.page_lines import cut, segment_boxes, spread_words
from extractors.scan.prepare import READ_DPI, ScanPage, prepare, to_reading_size
from schemas.reading import Line, LineReading, PageReading, Region
from schemas.text import bare

_MOTTO = re.compile(r"cong hoa xa hoi|doc lap")
PICTURED_SCORE = 0.8  # a pictured line must read at least this well to be taken as text


def read_text_page(page: SourcePage, layer: TextLayer, *, reader: LineReader | None) -> PageReading:
    """The page from its text layer; places the layer leaves open are read from the picture when there is a reader."""
    lines = name_regions(layer.lines)
    origin = "pdf_text"
    if layer.verdict == "partial" and reader is not None and _has_header_or_signature(lines):
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


def _has_header_or_signature(lines: Sequence[Line]) -> bool:
    return any(q.region not in ("body", "table") for q in lines)


def _read_pictured(page: SourcePage, lines: tuple[Line, ...], reader: LineReader) -> tuple[Line, ...]:
    image, dpi = to_reading_size(page.render(READ_DPI), width_pt=page.width_pt)
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
