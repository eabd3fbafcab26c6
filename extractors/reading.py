"""Read a whole document: text layers where they can be trusted, pictures by OCR, page after page."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import cv2

from extractors.digital import (
    is_whole,
    may_be_stamped,
    names_signer,
    read_stamp_pictures,
    read_text_page,
    stamp_pictures,
)
from extractors.intake.limits import DEFAULT_LIMITS, Limits
from extractors.intake.sniff import MediaType
from extractors.ocr.engine import LineReader, OcrEngine, OcrWord
from extractors.pdf.document import PageSource, SourcePage, open_pages
from extractors.pdf.office import read_office
from extractors.pdf.signatures import read_signatures
from extractors.pdf.text_layer import TextLayer
from extractors.scan.assemble import assemble
from extractors.scan.photo import prepare_page
from extractors.scan.prepare import (
    COARSE_DPI,
    FINE_DPI,
    QUARTER,
    READ_DPI,
    RENDER_DPI,
    ScanPage,
    prepare,
    to_reading_size,
)
from extractors.scan.stamps import read_stamps
from extractors.scan.table_cells import TableCells
from extractors.scan.turning import legibility, turns_by_strips
from schemas.reading import PageReading, Reading
from schemas.text import bare

PAGE_DPI = 225  # what the page reader sees of a finer scan
BATCH = 3  # pages read by one program start; bounds the memory
BATCH_EACH = 2  # the same for each of several calls at once
LONG = 24  # pages from which a document is read by several calls at once
MOST_AT_ONCE = 4
PSM = 6  # one block of text: a sixth less CPU than a column, as good on stacked blocks
PSM_TABLE = 4  # a column of text of several sizes: a page with a ruled table loses up to a fifth as one block
LEGIBLE = 0.45
_SIDEWAYS: tuple[QUARTER, ...] = (90, 270)


def read_document(
    path: Path,
    media_type: MediaType | str,
    *,
    engine: OcrEngine,
    reader: LineReader | None = None,
    limits: Limits = DEFAULT_LIMITS,
    threads: int = 1,
) -> Reading:
    """Everything on the pages of ``path``.

    ``engine`` reads pages, ``reader`` (optional) reads critical lines a second time. A long document's pages are
    read by up to ``threads`` (at most four, for the memory) calls of the engine at once.
    Raises DocumentError for papers that cannot be opened and ToolMissing when the engine is not there.
    """
    kind = MediaType(media_type)
    if kind in (MediaType.DOCX, MediaType.TXT):
        return read_office(path, kind, limits=limits)
    pages: list[PageReading] = []
    cells = TableCells(engine, reader)
    with open_pages(path, kind, limits=limits) as source:
        parallel = min(threads, MOST_AT_ONCE) if engine.concurrent and source.page_count >= LONG else 1
        batch = BATCH if parallel == 1 else BATCH_EACH * parallel
        waiting: list[ScanPage] = []
        sizes: dict[int, tuple[float, float]] = {}
        for number in range(1, source.page_count + 1):
            page = source.page(number)
            sizes[number] = (page.width_pt, page.height_pt)
            layer = page.text_layer()
            if layer.verdict in ("good", "partial"):
                read = read_text_page(page, layer, reader=reader)
                unsigned = "noi nhan" in bare(layer.text) and not names_signer(read.lines)
                stamped = number == 1 and reader is not None and may_be_stamped(layer)
                if layer.notes_any("images", "signature") and (unsigned or (number == 1 and not is_whole(read.lines))):
                    read = _with_pictures(read, page, engine, reader)
                elif stamped and reader is not None:
                    read = _with_stamps(read, page, layer, engine, reader)
                cells.look(read)
                pages.append(read)
                continue
            scan = _scan(page)
            notes = tuple(layer.notes) + (("garbage_layer",) if layer.verdict == "garbage" else ())
            if scan.blank:
                pages.append(
                    PageReading(number, page.width_pt, page.height_pt, (), "ocr", "blank", dpi=scan.dpi, notes=notes)
                )
                continue
            waiting.append(scan)
            if len(waiting) == batch:
                pages.extend(_read_scans(waiting, source, sizes, engine, reader, parallel, cells))
                waiting = []
        pages.extend(_read_scans(waiting, source, sizes, engine, reader, parallel, cells))
    pages.sort(key=lambda p: p.number)
    versions = [(engine.name, engine.version())]
    if reader is not None:
        versions.append((reader.name, reader.version()))
    signatures = read_signatures(path) if kind is MediaType.PDF else ()
    return Reading(tuple(pages), engine.name, tuple(versions), signatures)


def _scan(page: SourcePage, rotation: QUARTER | None = None) -> ScanPage:
    # A fine scan is drawn at the size it is read in: drawing it whole and shrinking it costs twice as much.
    fine, coarse = page.native_dpi > FINE_DPI, page.native_dpi < COARSE_DPI
    dpi = READ_DPI if fine else RENDER_DPI if coarse else max(page.native_dpi, 200)
    return prepare_page(page.render(dpi), number=page.number, width_pt=page.width_pt, rotation=rotation)


def _upright(scan: ScanPage, source: PageSource, engine: OcrEngine) -> ScanPage:
    """A page that lies on its side, turned the way its lines read better; any other page as it is."""
    if not scan.rotation:
        return scan
    found = turns_by_strips(scan, _SIDEWAYS, engine, dpi=PAGE_DPI)
    if not found or found[0][0] == scan.rotation:
        return scan
    return _scan(source.page(scan.number), found[0][0])


def _read_scans(
    waiting: list[ScanPage],
    source: PageSource,
    sizes: dict[int, tuple[float, float]],
    engine: OcrEngine,
    reader: LineReader | None,
    parallel: int,
    cells: TableCells,
) -> Iterator[PageReading]:
    if not waiting:
        return
    waiting = [_upright(scan, source, engine) for scan in waiting]
    for scan, words in zip(waiting, _read_pictures(waiting, engine, parallel), strict=True):
        best, best_words = scan, words
        score = legibility(words)
        if score < LEGIBLE and (len(words) >= 5 or scan.rotation):
            for quarter, told in turns_by_strips(scan, _other_turns(scan), engine, dpi=PAGE_DPI):
                if told <= score + 0.1:
                    break
                other = _scan(source.page(scan.number), quarter)
                (again,) = read_stacked([other], engine, mode=_mode(other))
                if legibility(again) > score + 0.1:
                    best, best_words, score = other, again, legibility(again)
                if score >= 0.7:
                    break
        width, height = sizes[scan.number]
        if best.rotation in (90, 270):
            width, height = height, width
        read = assemble(best, best_words, reader=reader, width_pt=width, height_pt=height)
        if read.state == "text" and score < 0.25 and len(best_words) >= 5:
            read = replace(read, state="unreadable", notes=(*read.notes, "hardly_legible"))
        yield cells.add(best, read)


def _mode(scan: ScanPage) -> int:
    return PSM_TABLE if scan.page.tables else PSM


def _read_pictures(scans: list[ScanPage], engine: OcrEngine, parallel: int) -> list[tuple[OcrWord, ...]]:
    """One call of the engine for all pages of a kind: plain ones as one block, those with tables as a column."""
    calls: list[tuple[int, list[ScanPage]]] = []
    for mode in (PSM, PSM_TABLE):
        group = [s for s in scans if _mode(s) == mode]
        calls += [(mode, group[k::parallel]) for k in range(parallel) if group[k::parallel]]

    def read(call: tuple[int, list[ScanPage]]) -> tuple[tuple[OcrWord, ...], ...]:
        return read_stacked(call[1], engine, mode=call[0])

    if parallel > 1:
        with ThreadPoolExecutor(parallel) as pool:
            results = list(pool.map(read, calls))
    else:
        results = [read(call) for call in calls]
    found = {
        scan.number: words
        for (_, group), pages in zip(calls, results, strict=True)
        for scan, words in zip(group, pages, strict=True)
    }
    return [found[s.number] for s in scans]


def read_stacked(scans: list[ScanPage], engine: OcrEngine, *, mode: int) -> tuple[tuple[OcrWord, ...], ...]:
    """Words of the pages' stacks, in pixels of the stacks.

    The engine sees fine scans at PAGE_DPI: measured as good as 300 dpi (CER 0.24 / 2.25 / 5.1 % against
    0.25 / 2.30 / 4.9 % clean, office, poor) for a seventh less CPU.
    """
    scales = [min(1.0, PAGE_DPI / s.dpi) for s in scans]
    pictures = [
        s.stacked.picture if k == 1.0 else cv2.resize(s.stacked.picture, None, fx=k, fy=k, interpolation=cv2.INTER_AREA)
        for s, k in zip(scans, scales, strict=True)
    ]
    results = engine.read(pictures, dpi=PAGE_DPI, psm=mode)
    return tuple(
        words if k == 1.0 else tuple(_scaled(w, 1 / k) for w in words) for words, k in zip(results, scales, strict=True)
    )


def _scaled(w: OcrWord, k: float) -> OcrWord:
    return replace(w, x0=int(w.x0 * k), y0=int(w.y0 * k), x1=int(w.x1 * k), y1=int(w.y1 * k))


def _with_stamps(
    read: PageReading, page: SourcePage, layer: TextLayer, engine: OcrEngine, reader: LineReader
) -> PageReading:
    """A first text page with drawn shapes or small pictures: stamps among them are looked for, the rest is left alone.

    A picture the size of a stamp that cannot be read as one line sends the whole page to the page reader.
    """
    image, dpi = to_reading_size(page.render(RENDER_DPI), width_pt=page.width_pt)
    scan = prepare(image, number=page.number, dpi=dpi, rotation=0)
    stamps = read_stamps(scan, reader)
    framed = [q.box for q in stamps]
    rest = [b for b in stamp_pictures(layer) if not any(b.overlap(f) > 0.3 or f.overlap(b) > 0.3 for f in framed)]
    pictured, whole = read_stamp_pictures(scan, rest, reader)
    if not whole:
        return _with_pictures(read, page, engine, reader)
    found = (*stamps, *pictured)
    return replace(read, lines=(*read.lines, *found), origin="mixed") if found else read


def _with_pictures(read: PageReading, page: SourcePage, engine: OcrEngine, reader: LineReader | None) -> PageReading:
    """A text page whose header or signature may stand in pictures: what OCR sees where the layer has nothing."""
    image, dpi = to_reading_size(page.render(RENDER_DPI), width_pt=page.width_pt)
    scan = prepare(image, number=page.number, dpi=dpi, rotation=0)
    (words,) = read_stacked([scan], engine, mode=_mode(scan))
    seen = assemble(scan, words, reader=reader, width_pt=page.width_pt, height_pt=page.height_pt)
    boxes = [q.box for q in read.lines]
    extra = [
        replace(q, region="sign_right" if q.box.cx > 0.5 and q.box.cy > 0.3 and q.region == "body" else q.region)
        for q in seen.lines
        if q.score > 0.6 and sum(c.isalpha() for c in q.text) >= 3 and not any(q.box.overlap(b) > 0.25 for b in boxes)
    ]
    return replace(read, lines=(*read.lines, *extra), origin="mixed") if extra else read


def _other_turns(scan: ScanPage) -> tuple[QUARTER, ...]:
    """Which ways up to try when a page reads like nonsense: upside down first."""
    turns: dict[int, tuple[QUARTER, ...]] = {0: (180, 90, 270), 180: (0, 90, 270), 90: (270, 0, 180), 270: (90, 0, 180)}
    return turns[scan.rotation]
