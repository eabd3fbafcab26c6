"""Building pages of the copy: a picture, and the invisible words over it."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

from extractors.copy.overlay import FONT_KEY, overlay_stream
from extractors.copy.textfont import add_text_font
from schemas.reading import PageReading

_CHECKPOINT_BYTES = 64 * 1024**2
_Matrix = tuple[float, float, float, float, float, float]


class Book:
    """A PDF that is being built or changed; what is added goes to disk before it grows large in memory."""

    def __init__(self, pdf: pikepdf.Pdf, folder: Path) -> None:
        self.pdf = pdf
        self._folder = folder
        self._pending = 0
        self._font: pikepdf.Object | None = None

    def add_text(self, index: int, reading: PageReading, *, only_ocr: bool = False, rotate: int | None = None) -> None:
        """Write the words of ``reading`` over page ``index`` (from 0) and turn the page upright."""
        page = self.pdf.pages[index]
        if rotate is None:
            rotate = (_rotation(page) + reading.rotation) % 360
        page.obj.Rotate = rotate
        x0, y0, x1, y1 = (float(v) for v in page.cropbox)
        crop = (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
        data = overlay_stream(reading, crop=crop, rotate=rotate, only_ocr=only_ocr)
        if not data:
            return
        if self._font is None:
            self._font = add_text_font(self.pdf)
        resources = own_resources(page)
        fonts = resources.get("/Font")
        fonts = Dictionary(dict(fonts.items()) if isinstance(fonts, pikepdf.Dictionary) else {})
        fonts[FONT_KEY] = self._font
        resources["/Font"] = fonts
        page.obj.Resources = resources
        page.contents_add(Stream(self.pdf, b"q\n"), prepend=True)
        page.contents_add(Stream(self.pdf, b"\nQ\n" + data))

    def add_picture_page(self, image: pikepdf.Object, size: tuple[float, float], matrix: _Matrix | None = None) -> None:
        """Append a page of ``size`` (points) filled with ``image``; ``matrix`` places it when it lies turned."""
        self.pdf.pages.append(pikepdf.Page(self._picture_page(image, size, matrix)))
        self._weigh(image)

    def replace_by_picture(self, index: int, image: pikepdf.Object, size: tuple[float, float]) -> None:
        """Page ``index`` as a drawn picture: nothing of the old page stays."""
        self.pdf.pages[index] = pikepdf.Page(self._picture_page(image, size, None))
        self._weigh(image)

    def _picture_page(self, image: pikepdf.Object, size: tuple[float, float], matrix: _Matrix | None) -> pikepdf.Object:
        width, height = size
        place = " ".join(f"{v:.4f}" for v in matrix or (width, 0, 0, height, 0, 0))
        page = Dictionary(
            Type=Name.Page,
            MediaBox=Array([0, 0, round(width, 3), round(height, 3)]),
            Resources=Dictionary(XObject=Dictionary(Page=image)),
            Contents=self.pdf.make_indirect(Stream(self.pdf, f"q {place} cm /Page Do Q\n".encode("ascii"))),
        )
        return self.pdf.make_indirect(page)

    def _weigh(self, image: pikepdf.Object) -> None:
        self._pending += int(image.get("/Length", 0))
        if self._pending > _CHECKPOINT_BYTES:
            self._checkpoint()

    def _checkpoint(self) -> None:
        with tempfile.NamedTemporaryFile(dir=self._folder, suffix=".pdf", delete=False) as spool:
            path = Path(spool.name)
        self.pdf.save(path)
        self.pdf.close()
        self.pdf = pikepdf.open(path)
        self._pending = 0
        self._font = None  # a second copy of a 2 kB font at most


def _rotation(page: pikepdf.Page) -> int:
    value = page.obj.get("/Rotate", 0)
    return int(value) % 360 // 90 * 90


def own_resources(page: pikepdf.Page) -> pikepdf.Object:
    """The page's resources as a dictionary of its own, so that a change stays on this page."""
    old = page.obj.get("/Resources")
    fresh = Dictionary(dict(old.items()) if isinstance(old, pikepdf.Dictionary) else {})
    page.obj.Resources = fresh
    return fresh
