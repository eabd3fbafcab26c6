"""Files as scanners write them: image-only PDF (JPEG or CCITT G4 inside), JPEG, PNG, multi-page TIFF.

No dates, no random ids: same pixels, same bytes.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Shot:
    """One scanned page ready to be packed."""

    pixels: Pixels
    dpi: int
    bilevel: bool
    quality: int
    turn: int = 0  # /Rotate of the PDF page, degrees clockwise
    layer: tuple[
        tuple[float, float, float, str], ...
    ] = ()  # invisible text: x, y from below (points), size, words in Latin-1


def jpeg_bytes(pixels: Pixels, quality: int, dpi: int) -> bytes:
    """A JPEG file."""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=quality, dpi=(dpi, dpi))
    return out.getvalue()


def g4_bytes(pixels: Pixels) -> bytes:
    """CCITT group 4 data of a 0/255 page, one strip."""
    image = Image.fromarray(pixels).convert("1")
    out = io.BytesIO()
    image.save(out, "TIFF", compression="group4", tiffinfo={278: image.height})
    out.seek(0)
    with Image.open(out) as tiff:
        offsets, counts = tiff.tag_v2[273], tiff.tag_v2[279]  # type: ignore[attr-defined]
        inverted = tiff.tag_v2[262] == 0  # type: ignore[attr-defined]
    if len(offsets) != 1 or inverted:
        raise RuntimeError("expected one strip, black is zero")
    data = out.getvalue()
    return data[offsets[0] : offsets[0] + counts[0]]


def _stream(head: str, data: bytes) -> bytes:
    return f"<< {head} /Length {len(data)} >>\nstream\n".encode() + data + b"\nendstream"


def pdf_bytes(shots: list[Shot], producer: str) -> bytes:
    """An image-only PDF, perhaps with an invisible layer of words."""
    objects: list[bytes] = [
        b"",
        b"",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    kids = []
    for shot in shots:
        h, w = shot.pixels.shape[:2]
        width, height = w * 72 / shot.dpi, h * 72 / shot.dpi
        image = f"/Type /XObject /Subtype /Image /Width {w} /Height {h}"
        if shot.bilevel:
            data = g4_bytes(shot.pixels)
            head = f"{image} /ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /CCITTFaxDecode"
            head += f" /DecodeParms << /K -1 /Columns {w} /Rows {h} /BlackIs1 true >>"
        else:
            data = jpeg_bytes(shot.pixels, shot.quality, shot.dpi)
            space = "DeviceRGB" if shot.pixels.ndim == 3 else "DeviceGray"
            head = f"{image} /ColorSpace /{space} /BitsPerComponent 8 /Filter /DCTDecode"
        objects.append(_stream(head, data))
        image_id = len(objects)
        content = f"q {width:.3f} 0 0 {height:.3f} 0 0 cm /Im0 Do Q\n".encode()
        if shot.layer:
            content += b"BT 3 Tr\n"
            for x, y, size, words in shot.layer:
                safe = (
                    words.encode("cp1252", "replace")
                    .replace(b"\\", b"\\\\")
                    .replace(b"(", b"\\(")
                    .replace(b")", b"\\)")
                )
                content += f"/F0 {size:.1f} Tf 1 0 0 1 {x:.1f} {y:.1f} Tm (".encode() + safe + b") Tj\n"
            content += b"ET\n"
        objects.append(_stream("", content))
        turn = f" /Rotate {shot.turn}" if shot.turn else ""
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width:.3f} {height:.3f}]{turn} /Contents {len(objects)} 0 R "
            f"/Resources << /XObject << /Im0 {image_id} 0 R >> /Font << /F0 3 0 R >> >> >>".encode()
        )
        kids.append(f"{len(objects)} 0 R")
    objects[0] = b"<< /Type /Catalog /Pages 2 0 R >>"
    objects[1] = f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(kids)}] >>".encode()
    objects.append(f"<< /Producer ({producer}) >>".encode())
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode() + b"".join(
        f"{o:010d} 00000 n \n".encode() for o in offsets
    )
    mark = hashlib.md5(bytes(out[:start]), usedforsecurity=False).hexdigest()
    count = len(objects)
    out += f"trailer\n<< /Size {count + 1} /Root 1 0 R /Info {count} 0 R /ID [<{mark}> <{mark}>] >>\n".encode()
    out += f"startxref\n{start}\n%%EOF\n".encode()
    return bytes(out)


def tiff_bytes(shots: list[Shot]) -> bytes:
    """A multi-page TIFF: G4 for bilevel pages, JPEG for others."""
    frames = [Image.fromarray(s.pixels).convert("1") if s.bilevel else Image.fromarray(s.pixels) for s in shots]
    out = io.BytesIO()
    how = "group4" if shots[0].bilevel else "jpeg"
    frames[0].save(
        out,
        "TIFF",
        save_all=True,
        append_images=frames[1:],
        compression=how,
        dpi=(shots[0].dpi, shots[0].dpi),
        **({} if how == "group4" else {"quality": shots[0].quality}),
    )
    return out.getvalue()


def png_bytes(shot: Shot) -> bytes:
    """A PNG of one page."""
    image = Image.fromarray(shot.pixels)
    out = io.BytesIO()
    (image.convert("1") if shot.bilevel else image).save(out, "PNG", dpi=(shot.dpi, shot.dpi), compress_level=4)
    return out.getvalue()
