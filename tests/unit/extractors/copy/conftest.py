"""Papers to copy, and how to look at copies."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pypdfium2
import pytest
from fpdf import FPDF
from PIL import Image, ImageDraw, ImageFont

from extractors.pdf.typeset import font_files
from schemas.geometry import Box
from schemas.reading import Line, PageReading, Reading, Word

WORDS = ("Quyết", "định", "số", "12/QĐ-UBND", "của", "Ủy", "ban", "nhân", "dân", "tỉnh", "ĐẮK", "LẮK")
logging.getLogger("fontTools").setLevel(logging.ERROR)


def _boxes(width: int, height: int) -> list[Box]:
    """Places of WORDS on a page of that many pixels: four words a row, rows 8 % apart."""
    return [
        Box(0.1 + 0.2 * (i % 4), 0.15 + 0.08 * (i // 4), 0.1 + 0.2 * (i % 4) + 0.15, 0.175 + 0.08 * (i // 4))
        for i in range(len(WORDS))
    ]


@pytest.fixture
def scan() -> Callable[..., Image.Image]:
    """scan(width, height, mode): a picture of WORDS at the places that ``reading_of`` says."""

    def make(width: int = 827, height: int = 1169, mode: str = "RGB") -> Image.Image:
        image = Image.new("RGB", (width, height), (250, 248, 240))
        pen = ImageDraw.Draw(image)
        for word, box in zip(WORDS, _boxes(width, height), strict=True):
            font = ImageFont.truetype(str(font_files()[0]), int(height * 0.018))
            pen.text((box.x0 * width, box.y0 * height), word, fill=(20, 20, 60), font=font)
        pen.ellipse((width * 0.6, height * 0.7, width * 0.8, height * 0.82), outline=(200, 20, 20), width=6)
        return image if mode == "RGB" else image.convert(mode)

    return make


@pytest.fixture
def reading_of() -> Callable[..., Reading]:
    """reading_of(pages, width_pt, height_pt, **page_fields): what OCR would have read on each upright page."""

    def make(pages: int = 1, width: float = 595.0, height: float = 842.0, **fields: object) -> Reading:
        words = tuple(Word(w, b, 0.9, "ocr") for w, b in zip(WORDS, _boxes(0, 0), strict=True))
        lines = tuple(Line(words[i : i + 4]) for i in range(0, len(words), 4))
        return Reading(
            tuple(PageReading(n + 1, width, height, lines, "ocr", **fields) for n in range(pages)),  # type: ignore[arg-type]
            "test",
        )

    return make


@pytest.fixture
def picture() -> Callable[..., npt.NDArray[np.int16]]:
    """picture(path, page): the page as drawn, 36 dpi, RGB."""

    def draw(path: Path, index: int = 0) -> npt.NDArray[np.int16]:
        with pypdfium2.PdfDocument(str(path)) as pdf:
            page = pdf[index]
            bitmap = page.render(scale=0.5, rev_byteorder=True)
            array = np.array(bitmap.to_numpy(), dtype=np.int16)[:, :, :3]
            bitmap.close()
            page.close()
        return array

    return draw


@pytest.fixture
def typed_pdf(tmp_path: Path) -> Callable[..., Path]:
    """typed_pdf(draw): a one-page A4 PDF drawn by that function, Vietnamese font set."""

    def make(draw: Callable[[FPDF], None], name: str = "typed.pdf") -> Path:
        pdf = FPDF(unit="pt", format=(595, 842))
        pdf.set_auto_page_break(False)
        pdf.set_margin(0)
        pdf.add_font("T", "", str(font_files()[0]))
        pdf.add_page()
        pdf.set_font("T", "", 12)
        draw(pdf)
        path = tmp_path / name
        pdf.output(str(path))
        return path

    return make
