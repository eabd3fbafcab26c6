"""Pictures as PDF image streams: JPEG bytes as they are, everything else packed without loss where it can be."""

from __future__ import annotations

import struct
from io import BytesIO
from typing import Any

import numpy as np
import numpy.typing as npt
import pikepdf
from pikepdf import Dictionary, Name, Stream
from PIL import Image

from extractors.pdf.image_pages import flatten

_JPEG_QUALITY = 85


def jpeg_stream(pdf: pikepdf.Pdf, data: bytes, width: int, height: int, components: int) -> pikepdf.Object:
    """The JPEG file itself as an image; only for 1 (grey) or 3 (RGB) components."""
    space = Name.DeviceGray if components == 1 else Name.DeviceRGB
    return _image(pdf, data, width, height, space, 8, Name.DCTDecode)


def picture_stream(pdf: pikepdf.Pdf, image: Image.Image, *, lossy: bool) -> pikepdf.Object:
    """Any Pillow image as the smallest fitting stream.

    Two levels: CCITT G4. Else, ``lossy`` (the source was JPEG, or a drawn page) takes the smaller of JPEG and
    Flate; otherwise Flate. Transparency goes onto white paper; CMYK becomes RGB.
    """
    if image.mode == "1":
        return _bilevel(pdf, image)
    if image.mode not in ("L", "RGB"):
        image = flatten(image, gray=image.mode in ("I;16", "I;16B", "I;16L", "I;16N", "I", "F", "LA", "La"))
    if image.mode == "RGB" and _is_gray(image):
        image = image.convert("L")
    if image.mode == "L" and _is_bilevel(image):
        return _bilevel(pdf, image.point(lambda v: 255 if v >= 128 else 0).convert("1", dither=Image.Dither.NONE))
    space = Name.DeviceGray if image.mode == "L" else Name.DeviceRGB
    colors = 1 if image.mode == "L" else 3
    packed = _png_data(image)
    if lossy:
        buffer = BytesIO()
        image.save(buffer, "JPEG", quality=_JPEG_QUALITY)
        if buffer.tell() < len(packed):
            return _image(pdf, buffer.getvalue(), image.width, image.height, space, 8, Name.DCTDecode)
    parms = Dictionary(Predictor=15, Colors=colors, BitsPerComponent=8, Columns=image.width)
    return _image(pdf, packed, image.width, image.height, space, 8, Name.FlateDecode, parms)


def pixels_stream(pdf: pikepdf.Pdf, pixels: npt.NDArray[np.uint8]) -> pikepdf.Object:
    """A drawn page as an image stream."""
    return picture_stream(pdf, Image.fromarray(pixels), lossy=True)


def _bilevel(pdf: pikepdf.Pdf, image: Image.Image) -> pikepdf.Object:
    buffer = BytesIO()
    image.save(buffer, "TIFF", compression="group4", strip_size=image.height * image.width)
    data = buffer.getvalue()
    with Image.open(BytesIO(data)) as packed:
        tags: Any = packed.tag_v2  # type: ignore[attr-defined]
        offsets, counts = tags[273], tags[279]
        inverted = tags[262] == 0
    if len(offsets) != 1:
        raise ValueError("G4 in more than one strip")
    strip = data[offsets[0] : offsets[0] + counts[0]]
    parms = Dictionary(K=-1, Columns=image.width, Rows=image.height, BlackIs1=not inverted)
    return _image(pdf, strip, image.width, image.height, Name.DeviceGray, 1, Name.CCITTFaxDecode, parms)


def _image(
    pdf: pikepdf.Pdf,
    data: bytes,
    width: int,
    height: int,
    space: Name,
    bits: int,
    packing: Name,
    parms: Dictionary | None = None,
) -> pikepdf.Object:
    stream = Stream(pdf, b"")
    stream.write(data, filter=packing, decode_parms=parms)
    stream.Type, stream.Subtype = Name.XObject, Name.Image
    stream.Width, stream.Height = width, height
    stream.ColorSpace, stream.BitsPerComponent = space, bits
    return pdf.make_indirect(stream)


def _png_data(image: Image.Image) -> bytes:
    """The packed pixels of a PNG: Flate with PNG predictors, which PDF understands as they are."""
    buffer = BytesIO()
    image.save(buffer, "PNG", compress_level=6)
    data = buffer.getvalue()
    at, parts = 8, []
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        if kind == b"IDAT":
            parts.append(data[at + 8 : at + 8 + size])
        at += 12 + size
    return b"".join(parts)


def _is_gray(image: Image.Image) -> bool:
    pixels = np.asarray(image)
    small = pixels[::7, ::7].astype(np.int16)
    if int(np.abs(small[..., 0] - small[..., 1]).max(initial=0)) > 2:
        return False
    spread = pixels.max(axis=2) - pixels.min(axis=2)
    return int(spread.max(initial=0)) <= 2


def _is_bilevel(image: Image.Image) -> bool:
    counts = image.histogram()
    return sum(counts[1:255]) == 0
