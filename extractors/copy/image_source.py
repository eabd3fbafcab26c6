"""The copy of an image file: JPEG bytes untouched, other pictures packed without loss."""

from __future__ import annotations

from pathlib import Path

import pikepdf

from extractors.copy.pages import Book
from extractors.copy.pictures import jpeg_stream, picture_stream
from extractors.intake.limits import Limits
from extractors.intake.sniff import MediaType
from extractors.pdf.image_pages import ImageSource, orientation_of
from schemas.reading import Reading

_Matrix = tuple[float, float, float, float, float, float]
_LOSSY_TIFF = frozenset({"jpeg", "tiff_jpeg"})


def copy_images(source: Path, kind: MediaType, reading: Reading, folder: Path, limits: Limits) -> Book:
    """A book with one page for each frame. Raises BrokenFile (E104), TooLarge (E106)."""
    by_number = {page.number: page for page in reading.pages}
    book = Book(pikepdf.new(), folder)
    frames = ImageSource(source, kind, limits)
    try:
        for number in range(1, frames.page_count + 1):
            page = frames.page(number)
            image = page.image
            if kind is MediaType.JPEG and image.mode in ("L", "RGB"):
                page.check_pixels()  # a cut-off file must not be archived as a whole one
                components = 1 if image.mode == "L" else 3
                stream = jpeg_stream(book.pdf, source.read_bytes(), image.width, image.height, components)
            else:
                page.check_pixels()
                lossy = kind is MediaType.JPEG or str(image.info.get("compression", "")) in _LOSSY_TIFF
                stream = picture_stream(book.pdf, image, lossy=lossy)
            size = (page.width_pt, page.height_pt)
            book.add_picture_page(stream, size, _placed(orientation_of(image), *size))
            if number in by_number:
                book.add_text(number - 1, by_number[number])
    finally:
        frames.close()
    return book


def _placed(orientation: int, w: float, h: float) -> _Matrix:
    """Where the unit square of the stored picture lies on the displayed page, by EXIF orientation."""
    return {
        1: (w, 0, 0, h, 0, 0),
        2: (-w, 0, 0, h, w, 0),
        3: (-w, 0, 0, -h, w, h),
        4: (w, 0, 0, -h, 0, h),
        5: (0, -h, -w, 0, w, h),
        6: (0, -h, w, 0, 0, h),
        7: (0, h, w, 0, 0, 0),
        8: (0, h, -w, 0, w, 0),
    }[orientation]
