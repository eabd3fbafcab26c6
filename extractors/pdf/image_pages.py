"""Image files as pages: JPEG, PNG, multi-page TIFF."""

from __future__ import annotations

import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError

from extractors.intake.limits import Limits
from extractors.intake.sniff import MediaType
from extractors.pdf.text_layer import EMPTY_LAYER, TextLayer
from schemas.errors import BrokenFile, TooLarge, TooManyPages

# We check the size ourselves, from the header, with an error of our own.
Image.MAX_IMAGE_PIXELS = None
_A4_LONG_INCHES = 11.69
_ORIENTATION = 0x0112
_BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    EOFError,
    struct.error,
    zlib.error,
    AttributeError,
    UnidentifiedImageError,
    RuntimeError,
    OverflowError,
    ZeroDivisionError,
)


@contextmanager
def _pillow(what: str) -> Iterator[None]:
    """Whatever the decoder stumbles over is a broken file (E104); its warnings are no concern of the caller."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        except (Image.DecompressionBombError, MemoryError) as exc:
            raise TooLarge(what) from exc
        except _BROKEN as exc:
            raise BrokenFile(what) from exc


class ImageSource:
    """The frames of one image file."""

    def __init__(self, path: Path, kind: MediaType, limits: Limits) -> None:
        self._limits = limits
        self._path = path
        with _pillow(kind.value):
            self._image = Image.open(path, formats=[kind.value.split("/")[1].upper()])
        try:
            self._check_size()
            self.page_count = self._count_frames() if kind is MediaType.TIFF else 1
        except BaseException:
            self._image.close()
            raise

    def page(self, number: int) -> ImagePage:
        if not 1 <= number <= self.page_count:
            raise IndexError(number)
        if self.page_count > 1:
            with _pillow(f"trang {number}"):
                self._image.seek(number - 1)
            self._check_size()
        return ImagePage(self._image, number, self._limits, self._path)

    def close(self) -> None:
        self._image.close()

    def _check_size(self) -> None:
        width, height = self._image.size
        if width < 1 or height < 1:
            raise BrokenFile(f"{width}x{height} px")
        if width * height > self._limits.max_pixels:
            raise TooLarge(f"{width}x{height} px")

    def _count_frames(self) -> int:
        count = 1
        while True:
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    self._image.seek(count)
            except EOFError:
                break
            except _BROKEN as exc:
                raise BrokenFile(f"trang {count + 1}") from exc
            self._check_size()
            count += 1
            if count > self._limits.max_pages:
                raise TooManyPages(f"trên {self._limits.max_pages} trang")
        with _pillow("image/tiff"):
            self._image.seek(0)
        return count


class ImagePage:
    """One frame, turned as its EXIF orientation says."""

    image_coverage = 1.0

    def __init__(self, image: Image.Image, number: int, limits: Limits, path: Path) -> None:
        self._image = image
        self._path = path
        self._limits = limits
        self.number = number
        width, height = image.size
        with _pillow(f"trang {number}"):
            turned = orientation_of(image) >= 5
            dpi_x, dpi_y = _resolution(image)
        width_pt, height_pt = width * 72 / dpi_x, height * 72 / dpi_y
        self.width_pt, self.height_pt = (height_pt, width_pt) if turned else (width_pt, height_pt)
        self.native_dpi = round((dpi_x * dpi_y) ** 0.5)

    def render(self, dpi: int, gray: bool = False) -> npt.NDArray[np.uint8]:
        image = self._image
        with _pillow(f"trang {self.number}"):
            width, height = image.size
            shrink = min(1.0, dpi / self.native_dpi if self.native_dpi > dpi * 1.15 else 1.0)
            shrink = min(shrink, (self._limits.max_render_pixels / (width * height)) ** 0.5)
            target = (max(1, round(width * shrink)), max(1, round(height * shrink)))
            if image.format == "JPEG" and target != image.size:
                with Image.open(self._path, formats=["JPEG"]) as small:  # a draft stays small: not the page's own
                    small.draft(None, target)  # decodes at 1/2, 1/4, 1/8
                    flat = flatten(small, gray=gray)
            else:
                flat = flatten(image, gray=gray)
            if flat.size != target:
                flat = flat.resize(target, Image.Resampling.BOX)
            flat = _turn(flat, orientation_of(image))
            return np.array(flat, dtype=np.uint8)

    def text_layer(self) -> TextLayer:
        return EMPTY_LAYER

    @property
    def image(self) -> Image.Image:
        """The frame as Pillow holds it, not yet turned."""
        return self._image

    def check_pixels(self) -> None:
        """Decode the whole frame. Raises BrokenFile (E104) when it is cut off."""
        with _pillow(f"trang {self.number}"):
            self._image.load()


def flatten(image: Image.Image, *, gray: bool) -> Image.Image:
    """Any kind of pixel as 8-bit RGB or gray on white paper (bilevel, palette, alpha, CMYK, 16 and 32 bit)."""
    image.load()
    mode = image.mode
    if mode in ("I;16", "I;16B", "I;16L", "I;16N", "I"):
        values = np.asarray(image).astype(np.int64)
        image = Image.fromarray((np.clip(values, 0, 65535) >> 8).astype(np.uint8))
    elif mode == "F":
        values = np.nan_to_num(np.asarray(image))
        top = float(values.max()) if values.size else 1.0
        image = Image.fromarray(np.clip(values * (255.0 / top if top > 0 else 0), 0, 255).astype(np.uint8))
    elif mode in ("RGBA", "LA", "PA", "La", "RGBa") or (mode == "P" and "transparency" in image.info):
        layer = image.convert("RGBA")
        paper = Image.new("RGBA", layer.size, "white")
        image = Image.alpha_composite(paper, layer)
    elif "transparency" in image.info and mode in ("RGB", "L", "1"):
        layer = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer)
    return image.convert("L" if gray else "RGB")


def orientation_of(image: Image.Image) -> int:
    """EXIF or TIFF orientation 1..8; nonsense counts as 1."""
    try:
        value = image.getexif().get(_ORIENTATION, 1)
    except _BROKEN:
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _turn(image: Image.Image, orientation: int) -> Image.Image:
    method = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }.get(orientation)
    return image.transpose(method) if method is not None else image


def _resolution(image: Image.Image) -> tuple[float, float]:
    """Dots per inch across and down; where the file says nothing likely, the long side is taken for A4's."""
    stated = image.info.get("dpi")
    width, height = image.size
    if isinstance(stated, tuple) and len(stated) == 2:
        # PNG counts dots per metre: 99.9998 means 100
        x, y = (float(round(v)) if abs(v - round(v)) < 0.05 else float(v) for v in stated)
        if 60 <= x <= 1600 and 60 <= y <= 1600 and 0.3 < x / y < 3:
            inches = sorted((width / x, height / y))
            if inches[1] <= 48 and not (min(x, y) <= 100 and inches[1] > 12.5):
                return x, y  # a camera's 72 dpi would make a poster of an A4 sheet
    dpi = max(36.0, max(width, height) / _A4_LONG_INCHES)
    return dpi, dpi
