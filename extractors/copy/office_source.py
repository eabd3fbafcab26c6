"""The copy of a DOCX or TXT: plain pages with an embedded Vietnamese font."""

from __future__ import annotations

import logging
from io import BytesIO
from pathlib import Path

import pikepdf
from fpdf import FPDF

from extractors.intake.limits import Limits
from extractors.intake.sniff import MediaType
from extractors.pdf.office import set_office
from extractors.pdf.typeset import PAGE_HEIGHT, PAGE_WIDTH, font_files

_STYLES = ("", "B", "I", "BI")
logging.getLogger("fontTools").setLevel(logging.ERROR)  # it tells every table it drops
logging.getLogger("fpdf").setLevel(logging.ERROR)  # letters that the font lacks show as boxes; the text keeps them


def copy_office(source: Path, kind: MediaType, limits: Limits) -> pikepdf.Pdf:
    """The file set as ``extractors.pdf.office.read_office`` says, as an open PDF. Raises as that does."""
    pages, _encoding = set_office(source, kind, limits)
    pdf = FPDF(unit="pt", format=(PAGE_WIDTH, PAGE_HEIGHT))
    pdf.set_auto_page_break(False)
    pdf.set_margin(0)
    for style, path in zip(_STYLES, font_files(), strict=True):
        pdf.add_font("Sohoa", style, str(path))
    pdf.set_line_width(0.5)
    for page in pages:
        pdf.add_page()
        for words, _table in page.lines:
            for i, w in enumerate(words):
                pdf.set_font("Sohoa", _STYLES[w.bold + 2 * w.italic], w.size)
                glued = i + 1 < len(words) and abs(words[i + 1].x0 - w.x1) < 0.05
                pdf.text(w.x0, w.base, w.text if glued else w.text + " ")
        for x0, y0, x1, y1 in page.rules:
            pdf.line(x0, y0, x1, y1)
    done = pikepdf.open(BytesIO(bytes(pdf.output())))
    for key in set(done.Root.keys()) - {"/Type", "/Pages"}:
        del done.Root[key]
    return done
