"""One way to open paper: PDF, JPEG, PNG and multi-page TIFF as a row of pages that are drawn and read one by one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from extractors.intake.limits import DEFAULT_LIMITS, Limits
from extractors.intake.sniff import IMAGE_TYPES, MediaType
from extractors.pdf.text_layer import TextLayer
from schemas.errors import UnsupportedFormat

Pixels = npt.NDArray[np.uint8]


class SourcePage(Protocol):
    """One page as a person sees it, after /Rotate and the camera's orientation.

    number          from 1
    width_pt        displayed width in points (1/72 inch); height_pt likewise
    native_dpi      resolution of the page's dominant image, 0 when it has none
    image_coverage  share of the page covered by images (0..1)
    """

    @property
    def number(self) -> int: ...
    @property
    def width_pt(self) -> float: ...
    @property
    def height_pt(self) -> float: ...
    @property
    def native_dpi(self) -> int: ...
    @property
    def image_coverage(self) -> float: ...

    def render(self, dpi: int, gray: bool = False) -> Pixels:
        """The page as pixels: height x width x 3 (RGB), or height x width when ``gray``.

        A PDF page is drawn at ``dpi``. An image file comes as it is, made smaller when it is finer than
        ``dpi``, never larger. Above ``Limits.max_render_pixels`` the resolution drops: judge it by the shape.
        Raises BrokenFile (E104), TooLarge (E106).
        """
        ...

    def text_layer(self) -> TextLayer:
        """The text that the file itself carries for this page, judged. Raises BrokenFile (E104)."""
        ...


class PageSource(Protocol):
    """The pages of one open file. ``page`` numbers from 1; a page is valid until the next one is asked for."""

    @property
    def page_count(self) -> int: ...

    def page(self, number: int) -> SourcePage: ...

    def close(self) -> None: ...


@contextmanager
def open_pages(path: Path, media_type: MediaType | str, *, limits: Limits = DEFAULT_LIMITS) -> Iterator[PageSource]:
    """Open ``path`` for as long as the ``with`` block lasts. Memory does not depend on the number of pages.

    Raises EncryptedFile (E102), BrokenFile (E104), TooManyPages (E105), TooLarge (E106), UnsupportedFormat (E108).
    """
    kind = MediaType(media_type)
    source: Any
    if kind is MediaType.PDF:
        from extractors.pdf.pdf_pages import PdfSource  # heavy: only when a PDF is opened

        source = PdfSource(path, limits)
    elif kind in IMAGE_TYPES:
        from extractors.pdf.image_pages import ImageSource

        source = ImageSource(path, kind, limits)
    else:
        raise UnsupportedFormat(kind.value)
    try:
        yield source
    finally:
        source.close()
