"""The copy of a PDF: pages kept as they are where PDF/A allows it, drawn as pictures where it does not."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pikepdf
from pikepdf import pdfa

from extractors.copy.fonts import embed_missing_fonts
from extractors.copy.pages import Book
from extractors.copy.pictures import pixels_stream
from extractors.copy.strip import strip_hidden_text
from extractors.intake.limits import Limits
from extractors.intake.sniff import MediaType
from extractors.pdf.document import open_pages
from schemas.reading import PageReading, Reading

_DRAW_DPI = 200
_MAX_DRAW_DPI = 300
_LEGACY = frozenset({"tcvn3", "vni"})
_ROOT_DROPPED = (
    "/AF",
    "/AcroForm",
    "/OpenAction",
    "/AA",
    "/Perms",
    "/DSS",
    "/Collection",
    "/Names",
    "/URI",
    "/Threads",
    "/ViewerPreferences",
)
_STREAM_KEYS = frozenset({"/Length", "/Filter", "/DecodeParms"})


def copy_pdf(
    source: Path, reading: Reading, folder: Path, limits: Limits, save: Callable[[pikepdf.Pdf], bool], notes: list[str]
) -> int:
    """Write the copy through ``save`` (False = not valid); returns its number of pages.

    Three tries, each giving up more of the original: pages kept; the pages that PDF/A refuses drawn; all drawn.
    Raises what ``save`` raises on the last try, pikepdf.PdfError never.
    """
    by_number = {page.number: page for page in reading.pages}
    drawn: set[int] = set()
    try:
        book, drawn = _kept(source, by_number, folder, limits, notes)
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, RuntimeError):
        return _all_drawn(source, by_number, folder, limits, save, notes)
    count = len(book.pdf.pages)
    with book.pdf:
        if save(book.pdf):
            return count
        bad = _refused_pages(book.pdf, drawn)
        if bad and len(bad) < count:
            book = _draw_pages(source, book, bad, by_number, limits, notes)
            if save(book.pdf):
                return count
    return _all_drawn(source, by_number, folder, limits, save, notes)


def _kept(
    source: Path, by_number: dict[int, PageReading], folder: Path, limits: Limits, notes: list[str]
) -> tuple[Book, set[int]]:
    pdf = pikepdf.open(source)
    _clean_document(pdf, notes)
    book = Book(pdf, folder)
    to_draw: list[int] = []
    for index in range(len(pdf.pages)):
        page = pdf.pages[index]
        number = index + 1
        page_reading = by_number.get(number)
        for key in ("/AA", "/AF"):
            if key in page.obj:
                del page.obj[key]
        if page_reading is None or page_reading.origin == "pdf_text":
            if page_reading is not None and _LEGACY & set(page_reading.notes):
                to_draw.append(number)  # its letters would be copied out in the old encoding
            elif page_reading is not None and page_reading.rotation:
                book.add_text(index, page_reading, only_ocr=True)
            continue
        if page_reading.origin == "mixed":
            book.add_text(index, page_reading, only_ocr=True)
            continue
        stripped = strip_hidden_text(pdf, page)
        if stripped.removed:
            notes.append(f"scanner_text_removed:{number}")
        if stripped.visible > 20 and not _is_scan(pdf, page):
            to_draw.append(number)  # letters that are not what the eye sees
        else:
            book.add_text(index, page_reading)
    if to_draw:
        book = _draw_pages(source, book, to_draw, by_number, limits, notes)
    _finish_document(book.pdf, notes)
    return book, set(to_draw)


def _clean_document(pdf: pikepdf.Pdf, notes: list[str]) -> None:
    """What a paper copy has no use for: forms (flattened), signatures, scripts, attachments."""
    root = pdf.Root
    form = root.get("/AcroForm")
    if isinstance(form, pikepdf.Dictionary):
        if int(form.get("/SigFlags", 0)) & 1 or "/Perms" in root:
            notes.append("signature_dropped")
        elif len(form.get("/Fields", [])):
            notes.append("form_flattened")
    names = root.get("/Names")
    if isinstance(names, pikepdf.Dictionary) and "/EmbeddedFiles" in names:
        notes.append("attachments_dropped")
    if any("/Annots" in page.obj for page in pdf.pages):
        pdf.flatten_annotations("screen")
        for page in pdf.pages:
            if "/Annots" in page.obj:
                del page.obj["/Annots"]
    for key in _ROOT_DROPPED:
        if key in root:
            del root[key]


def _finish_document(pdf: pikepdf.Pdf, notes: list[str]) -> None:
    """What can only be done when the text that goes is gone."""
    pdf.remove_unreferenced_resources()
    for page in pdf.pages:
        _tidy_page(page)
    if embed_missing_fonts(pdf):
        notes.append("fonts_embedded")


def _tidy_page(page: pikepdf.Page) -> None:
    """Drop what the validator stumbles over though nothing on the page uses it."""
    contents = page.obj.get("/Contents")
    for stream in contents if isinstance(contents, pikepdf.Array) else [contents]:
        if isinstance(stream, pikepdf.Stream):
            for key in set(stream.stream_dict.keys()) - _STREAM_KEYS:
                del stream[key]
    resources = page.obj.get("/Resources")
    if not isinstance(resources, pikepdf.Dictionary) or not ("/Pattern" in resources or "/Shading" in resources):
        return
    painting = pikepdf.parse_content_stream(page, operators="sh scn SCN")
    if not any(str(i.operator) == "sh" or isinstance(i.operands[-1], pikepdf.Name) for i in painting if i.operands):
        page.obj.Resources = pikepdf.Dictionary(
            {key: value for key, value in resources.items() if key not in ("/Pattern", "/Shading")}
        )


def _is_scan(pdf: pikepdf.Pdf, page: pikepdf.Page) -> bool:
    """Whether a picture large enough for a whole page is among the page's images."""
    width, height = (float(page.cropbox[i + 2]) - float(page.cropbox[i]) for i in (0, 1))
    for image in page.get_images().values():
        if int(image.get("/Width", 0)) >= abs(width) and int(image.get("/Height", 0)) >= 0.7 * abs(height):
            return True
    return False


def _refused_pages(pdf: pikepdf.Pdf, known_good: Iterable[int]) -> list[int]:
    """Numbers of the pages that PDF/A refuses, each judged alone."""
    bad = []
    good = set(known_good)
    for index, page in enumerate(pdf.pages):
        if index + 1 in good:
            continue
        with pikepdf.new() as single:
            single.pages.append(page)
            pdfa.prepare(single, "2b")
            if not pdfa.check(single, "2b").passed:
                bad.append(index + 1)
    return bad


def _draw_pages(
    source: Path, book: Book, numbers: list[int], by_number: dict[int, PageReading], limits: Limits, notes: list[str]
) -> Book:
    with open_pages(source, MediaType.PDF, limits=limits) as pages:
        for number in numbers:
            page = pages.page(number)
            dpi = min(_MAX_DRAW_DPI, max(_DRAW_DPI, page.native_dpi))
            image = pixels_stream(book.pdf, page.render(dpi))
            book.replace_by_picture(number - 1, image, (page.width_pt, page.height_pt))
            notes.append(f"rasterised:{number}")
            if number in by_number:
                book.add_text(number - 1, by_number[number])
    return book


def _all_drawn(
    source: Path,
    by_number: dict[int, PageReading],
    folder: Path,
    limits: Limits,
    save: Callable[[pikepdf.Pdf], bool],
    notes: list[str],
) -> int:
    notes[:] = [n for n in notes if not n.startswith("rasterised:")]
    notes.append("rasterised:all")
    book = Book(pikepdf.new(), folder)
    with open_pages(source, MediaType.PDF, limits=limits) as pages:
        for number in range(1, pages.page_count + 1):
            page = pages.page(number)
            dpi = min(_MAX_DRAW_DPI, max(_DRAW_DPI, page.native_dpi))
            image = pixels_stream(book.pdf, page.render(dpi))
            book.add_picture_page(image, (page.width_pt, page.height_pt))
            if number in by_number:
                book.add_text(number - 1, by_number[number])
        count = pages.page_count
    with book.pdf:
        save(book.pdf)
    return count
