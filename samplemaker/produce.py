"""From a set paper to the bytes of a file, by quality."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from random import Random

import numpy as np
from numpy.typing import NDArray

from samplemaker.legacy import Recoder
from samplemaker.model import Paper
from samplemaker.names import TEXT_LAYERS
from samplemaker.office import docx_file, text_file
from samplemaker.page import Page, Text
from samplemaker.pdf import digital_pdf
from samplemaker.raster import draw_page
from samplemaker.scan import Place, photograph, pick_look, pick_photo, scan_page
from samplemaker.scan.containers import Pixels, Shot, jpeg_bytes, pdf_bytes, png_bytes, tiff_bytes
from samplemaker.typeset import Style

Matrices = list[NDArray[np.float64] | Place | None]


@dataclass(frozen=True, slots=True)
class Product:
    """The bytes and how the pages came to lie in them."""

    data: bytes
    suffix: str
    matrices: Matrices
    rotation: list[int]
    texts: list[str]
    dpi: int | None


def produce(paper: Paper, pages: list[Page], style: Style, quality: str, rng: Random) -> Product:
    """The file of a paper."""
    texts, still = [page.text() for page in pages], [0] * len(pages)
    nothing: Matrices = [None] * len(pages)
    if quality == "txt":
        return Product(text_file(pages, rng), ".txt", nothing, [0], ["\n".join(texts)], None)
    if quality == "docx":
        data, text = docx_file(paper, style)
        return Product(data, ".docx", nothing, [0], [text], None)
    if quality in TEXT_LAYERS:
        recoder = None if quality in ("digital", "hybrid") else Recoder(quality, shift=rng.choice([1, 2, 3, 7, 29]))
        return Product(
            digital_pdf(pages, title=f"{paper.title or 'CV'} {paper.doc_number}", recoder=recoder),
            ".pdf",
            nothing,
            still,
            texts,
            None,
        )
    if quality == "photo":
        return _photographed(pages, style, rng, texts)
    return _scanned(pages, style, quality, rng, texts)


def _photographed(pages: list[Page], style: Style, rng: Random, texts: list[str]) -> Product:
    """A JPEG as a telephone writes it; several pages in one PDF, as its applications pack them."""
    look = pick_photo(rng)
    typed_seed = rng.randrange(1 << 30) if style.layout == "typewriter" else None
    shots: list[Shot] = []
    places: Matrices = []
    dpi = round(look.long_side / 11.69)  # the whole picture on A4
    for page in pages:
        sheet = draw_page(page, 300 if look.long_side > 2400 else 220, typed_seed=typed_seed)
        pixels, place = photograph(sheet, look, rng.randrange(1 << 30))
        shots.append(Shot(pixels, dpi, False, look.quality))
        places.append(place)
    if len(shots) > 1:
        data, suffix = pdf_bytes(shots, "samplemaker"), ".pdf"
    else:
        data, suffix = jpeg_bytes(shots[0].pixels, look.quality, 72), ".jpg"
    return Product(data, suffix, places, [0] * len(pages), texts, dpi)


def _scanned(pages: list[Page], style: Style, quality: str, rng: Random, texts: list[str]) -> Product:
    look = pick_look(rng, quality)
    typed_seed = rng.randrange(1 << 30) if style.layout == "typewriter" else None
    sheets = [draw_page(page, look.dpi, typed_seed=typed_seed) for page in pages]
    turned = _turns(rng, len(pages), quality)
    mend = len(pages) > 0 and any(turned) and rng.random() < 0.4  # the PDF says /Rotate, so the reader sees it upright
    shots: list[Shot] = []
    matrices: Matrices = []
    for number, (sheet, turn) in enumerate(zip(sheets, turned, strict=True)):
        other = sheets[number + 1] if number % 2 == 0 and number + 1 < len(sheets) else sheets[number - 1]
        pixels, matrix = scan_page(sheet, look, rng.randrange(1 << 30), other if other.shape == sheet.shape else sheet)
        matrices.append(matrix)
        if turn:
            pixels = np.ascontiguousarray(np.rot90(pixels, -turn // 90))
        layer = _bad_words(pages[number], matrix, look.dpi, rng) if quality == "badocr" else ()
        shots.append(
            Shot(
                pixels,
                look.dpi,
                look.mode == "bilevel",
                look.quality,
                (360 - turn) % 360 if mend and turn else 0,
                layer,
            )
        )
    data, suffix = _pack(shots, quality, rng, mend=mend)
    return Product(data, suffix, matrices, [0] * len(pages) if mend else turned, texts, look.dpi)


def _turns(rng: Random, count: int, quality: str) -> list[int]:
    """Degrees clockwise by which each page was laid wrongly."""
    if quality in ("clean", "badocr") or rng.random() > 0.09:
        return [0] * count
    whole, turn = rng.random() < 0.6, rng.choice([90, 180, 180, 270])
    return [turn if whole or rng.random() < 0.4 else 0 for _ in range(count)]


def _pack(shots: list[Shot], quality: str, rng: Random, *, mend: bool) -> tuple[bytes, str]:
    roll = rng.random()
    if quality == "badocr" or mend or roll < 0.8:
        return pdf_bytes(
            shots, rng.choice(["ScanSoft PDF", "Canon iR-ADV", "samplemaker", "FUJI XEROX DocuCentre"])
        ), ".pdf"
    if shots[0].bilevel:
        return tiff_bytes(shots), ".tif"
    if len(shots) > 1:
        return tiff_bytes(shots), ".tif"
    if roll < 0.95:
        return jpeg_bytes(shots[0].pixels, shots[0].quality, shots[0].dpi), ".jpg"
    return png_bytes(shots[0]), ".png"


def _bad_words(
    page: Page, matrix: NDArray[np.float64], dpi: int, rng: Random
) -> tuple[tuple[float, float, float, str], ...]:
    """What a scanner without Vietnamese makes of the words, at their places."""
    out = []
    for item in page.items:
        if not isinstance(item, Text) or not item.text.strip() or rng.random() < 0.04:
            continue
        spot = matrix @ np.array([item.x * dpi / 72, item.y * dpi / 72, 1.0])
        out.append(
            (float(spot[0]) * 72 / dpi, page.height - float(spot[1]) * 72 / dpi, item.size, garble(item.text, rng))
        )
    return tuple(out)


def garble(text: str, rng: Random) -> str:
    """``CỘNG HÒA`` -> ``CQNG HOA``: no accents, look-alikes, lost letters."""
    bare = (
        "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
        .replace("đ", "d")
        .replace("Đ", "D")
    )
    swaps = {
        "O": "QD0",
        "o": "6ce",
        "l": "1I",
        "i": "1l!",
        "e": "c6",
        "a": "4d",
        "u": "ii",
        "n": "ri",
        "d": "cl",
        "A": "4",
        "U": "l)",
        "I": "!1",
        "0": "O",
        "1": "l",
    }
    out = []
    for char in bare:
        roll = rng.random()
        if roll < 0.14 and char in swaps:
            out.append(rng.choice(swaps[char]))
        elif roll > 0.985:
            continue
        else:
            out.append(char)
    return "".join(out)


__all__ = ["Pixels", "Product", "garble", "produce"]
