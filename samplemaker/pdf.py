"""Born-digital PDF: true text with embedded fonts; stamps and signatures as pictures."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

import numpy as np
from fpdf import FPDF
from PIL import Image

from samplemaker.fonts import font_path
from samplemaker.ink import draw_mark
from samplemaker.ink.draw import color_of
from samplemaker.legacy import Recoder
from samplemaker.page import Mark, Page, Rule, Text

MARK_DPI = 200


def digital_pdf(pages: list[Page], *, title: str, recoder: Recoder | None = None) -> bytes:
    """The pages as a PDF; ``recoder`` swaps the text layer for a legacy or broken one that looks the same."""
    pdf = FPDF(unit="pt")
    pdf.set_auto_page_break(False)
    pdf.set_creation_date(datetime(2026, 1, 1, tzinfo=UTC))
    pdf.set_producer("samplemaker")
    pdf.set_title(title)
    pdf.c_margin = 0
    known: set[str] = set()
    for page in pages:
        pdf.add_page(
            format=(min(page.width, page.height), max(page.width, page.height)),
            orientation="L" if page.width > page.height else "P",
        )
        for item in page.items:
            if isinstance(item, Mark) and item.under:
                _place_mark(pdf, item)
        for item in page.items:
            if isinstance(item, Text):
                _place_text(pdf, item, known, recoder)
            elif isinstance(item, Rule):
                pdf.set_draw_color(*_rgb(item.color))
                pdf.set_line_width(item.width)
                pdf.line(item.x0, item.y0, item.x1, item.y1)
            elif not item.under:
                _place_mark(pdf, item)
    return bytes(pdf.output())


def _rgb(color: str) -> tuple[int, int, int]:
    return (0, 0, 0) if color == "black" else color_of(color)


def _place_text(pdf: FPDF, item: Text, known: set[str], recoder: Recoder | None) -> None:
    pdf.set_text_color(*_rgb(item.color))
    x = item.x
    runs = recoder.recode(item.text, item.font) if recoder else [(item.text, item.font, str(font_path(item.font)))]
    for text, name, path in runs:
        if name not in known:
            pdf.add_font(name, fname=path)
            known.add(name)
        pdf.set_font(name, size=item.size)
        pdf.text(x, item.y, text)
        x += pdf.get_string_width(text)


def _place_mark(pdf: FPDF, mark: Mark) -> None:
    for layer in draw_mark(mark, MARK_DPI):
        h, w = layer.mask.shape
        rgba = np.empty((h, w, 4), np.uint8)
        rgba[..., :3] = layer.color
        rgba[..., 3] = layer.mask
        out = BytesIO()
        Image.fromarray(rgba).save(out, "PNG", compress_level=4)
        scale = 72 / MARK_DPI
        pdf.image(out, x=layer.x * scale, y=layer.y * scale, w=w * scale, h=h * scale)
