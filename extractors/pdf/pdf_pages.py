"""PDF files as pages: drawn by PDFium, their text read by pdfplumber."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from extractors.intake.limits import Limits
from extractors.pdf.guard import PageGuard
from extractors.pdf.interpreter import Drawing
from extractors.pdf.plumber import BROKEN, PlumberFile, pdfium_drawing
from extractors.pdf.text_layer import Frame, TextLayer, read_layer
from extractors.pdf.words import Token
from schemas.errors import BrokenFile, EncryptedFile, TooLarge, TooManyPages, UnreadableFile

# PDFium is not safe to call from two threads at once, even on two documents.
PDFIUM_LOCK = threading.RLock()
_MAX_PAGE_PT = 200 * 72.0  # 200 inches, the format's own limit; nothing on paper is larger
_FORM_DEPTH = 6
_MAX_OBJECTS = 60_000
_Box = tuple[float, float, float, float]


class PdfSource:
    """The pages of one PDF; one page is open at a time."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self._path = path
        self._limits = limits
        self._page: PdfSourcePage | None = None
        self._plumber: PlumberFile | None = None
        self._guard: PageGuard | None = None
        self._plumber_failed = False
        with PDFIUM_LOCK:
            try:
                self._document = pdfium.PdfDocument(str(path))
            except FileNotFoundError as exc:
                raise UnreadableFile("ENOENT") from exc
            except (pdfium.PdfiumError, OSError, ValueError) as exc:
                if getattr(exc, "err_code", None) == pdfium_c.FPDF_ERR_PASSWORD:
                    raise EncryptedFile("PDF") from exc
                raise BrokenFile("PDF") from exc
            self.page_count = len(self._document)
        if self.page_count < 1:
            self.close()
            raise BrokenFile("PDF không có trang")
        if self.page_count > limits.max_pages:
            count = self.page_count
            self.close()
            raise TooManyPages(f"{count} trang, giới hạn {limits.max_pages}")

    def page(self, number: int) -> PdfSourcePage:
        if not 1 <= number <= self.page_count:
            raise IndexError(number)
        if self._page is not None:
            self._page.close()
            self._page = None
        if self._guard is None:
            self._guard = PageGuard(self._path)
        self._guard.check(number)
        self._page = PdfSourcePage(self, number)
        return self._page

    def plumber(self) -> PlumberFile:
        """pdfplumber's view, opened when first asked for. Raises one of ``BROKEN``, always the same way."""
        if self._plumber is None:
            if self._plumber_failed:
                raise ValueError("pdfplumber cannot open this file")
            self._plumber_failed = True
            self._plumber = PlumberFile(self._path)
        return self._plumber

    def close(self) -> None:
        if self._page is not None:
            self._page.close()
            self._page = None
        if self._plumber is not None:
            self._plumber.close()
            self._plumber = None
        if self._guard is not None:
            self._guard.close()
            self._guard = None
        with PDFIUM_LOCK:
            self._document.close()


class PdfSourcePage:
    """One page of a PDF as displayed (crop box, /Rotate applied)."""

    def __init__(self, source: PdfSource, number: int) -> None:
        self.number = number
        self._source = source
        self._limits = source._limits
        with PDFIUM_LOCK:
            try:
                self._page: Any = source._document[number - 1]
                self.width_pt, self.height_pt = (float(v) for v in self._page.get_size())
            except (pdfium.PdfiumError, ValueError, IndexError) as exc:
                raise BrokenFile(f"trang {number}") from exc
        if not (self.width_pt > 0 and self.height_pt > 0):
            raise BrokenFile(f"trang {number}: khổ giấy bằng 0")
        if max(self.width_pt, self.height_pt) > _MAX_PAGE_PT:
            raise TooLarge(f"trang {number}: {self.width_pt:.0f}x{self.height_pt:.0f} pt")
        self._images: tuple[int, float] | None = None

    @property
    def native_dpi(self) -> int:
        return self._measure_images()[0]

    @property
    def image_coverage(self) -> float:
        return self._measure_images()[1]

    def render(self, dpi: int, gray: bool = False) -> npt.NDArray[np.uint8]:
        self._measure_images()  # raises TooLarge before anything is decoded
        scale = dpi / 72
        pixels = self.width_pt * scale * self.height_pt * scale
        if pixels > self._limits.max_render_pixels:
            scale *= (self._limits.max_render_pixels / pixels) ** 0.5
        with PDFIUM_LOCK:
            try:
                bitmap = self._page.render(scale=scale, grayscale=gray, rev_byteorder=True)
                array = np.array(bitmap.to_numpy(), dtype=np.uint8)
                bitmap.close()
            except (pdfium.PdfiumError, ValueError, MemoryError) as exc:
                raise BrokenFile(f"trang {self.number}") from exc
        if gray:
            return array.reshape(array.shape[:2]) if array.ndim == 3 else array
        return np.ascontiguousarray(array[:, :, :3])

    def text_layer(self) -> TextLayer:
        with PDFIUM_LOCK:
            try:
                textpage = self._page.get_textpage()
                count = textpage.count_chars()
                textpage.close()
            except pdfium.PdfiumError:
                count = 0
        source = self._source
        coverage = self.image_coverage
        notes: list[str] = []
        drawing: Drawing | None = None
        frame = Frame(0.0, 0.0, self.width_pt, self.height_pt)
        extra: list[Token] = []
        try:
            plumber = source.plumber()
            drawn_frame = plumber.frame(self.number)
            extra, others = plumber.form_values(self.number, drawn_frame)
            if extra:
                notes.append("form_values")
            notes += sorted(others)
            drawing = plumber.draw(self.number) if count or coverage < 0.9 else Drawing()
            if drawing.glyphs or not count:
                frame = drawn_frame
        except BROKEN:
            notes.append("unreadable_layer")
        if (drawing is None or not drawing.glyphs) and count:
            with PDFIUM_LOCK:
                try:
                    second = pdfium_drawing(self._page)
                except (pdfium.PdfiumError, ValueError) as exc:
                    raise BrokenFile(f"trang {self.number}") from exc
            if drawing is not None:
                second.images, second.curves = drawing.images, drawing.curves
                second.pictures = drawing.pictures
            drawing = second
            notes.append("second_source")
        return read_layer(drawing or Drawing(), frame, image_coverage=coverage, extra=extra, notes=notes)

    def close(self) -> None:
        with PDFIUM_LOCK:
            self._page.close()

    def _measure_images(self) -> tuple[int, float]:
        """Resolution of the largest image and the share of the page under images, on a coarse grid."""
        if self._images is None:
            with PDFIUM_LOCK:
                self._images = self._look_at_images()
        return self._images

    def _look_at_images(self) -> tuple[int, float]:
        left, bottom, right, top = self._page.get_cropbox()
        width, height = max(1.0, right - left), max(1.0, top - bottom)
        grid = np.zeros((50, 50), dtype=bool)
        best_area, best_dpi = 0.0, 0
        try:
            for box, size in _images(self._page):
                if size[0] * size[1] > self._limits.max_pixels:
                    raise TooLarge(f"trang {self.number}: ảnh {size[0]}x{size[1]} px")
                x0, y0, x1, y1 = box
                area = max(0.0, min(x1, right) - max(x0, left)) * max(0.0, min(y1, top) - max(y0, bottom))
                if area <= 0:
                    continue
                gx0, gx1 = (round((v - left) / width * 50) for v in (max(x0, left), min(x1, right)))
                gy0, gy1 = (round((v - bottom) / height * 50) for v in (max(y0, bottom), min(y1, top)))
                grid[gy0:gy1, gx0:gx1] = True
                if area > best_area and x1 > x0 and y1 > y0:
                    best_area = area
                    across = sorted(size)[1] / (max(x1 - x0, y1 - y0) / 72)
                    best_dpi = round(min(across, 2400))
        except pdfium.PdfiumError as exc:
            raise BrokenFile(f"trang {self.number}") from exc
        return best_dpi, float(grid.mean())


def _images(page: Any) -> Iterator[tuple[_Box, tuple[int, int]]]:
    """Box in page points and (width, height) in pixels of every image, those inside forms too."""
    count = 0
    for obj in page.get_objects(max_depth=_FORM_DEPTH):
        count += 1
        if count > _MAX_OBJECTS:
            return
        if obj.type != pdfium_c.FPDF_PAGEOBJ_IMAGE:
            continue
        yield obj.get_bounds(), obj.get_px_size()
