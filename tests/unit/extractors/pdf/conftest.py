"""Small PDFs made by hand: drawn with fpdf2 and bent with pikepdf."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from fpdf import FPDF

from extractors.pdf.typeset import font_files

Draw = Callable[[FPDF], None]
logging.getLogger("fontTools").setLevel(logging.ERROR)

HEADER = [
    (60, 60, "ỦY BAN NHÂN DÂN"),
    (75, 75, "TỈNH MẪU SƠN"),
    (70, 105, "Số: 12/QĐ-UBND"),
    (270, 60, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
    (300, 75, "Độc lập - Tự do - Hạnh phúc"),
    (290, 105, "Mẫu Sơn, ngày 05 tháng 9 năm 2025"),
]
BODY = [
    "Căn cứ Luật Tổ chức chính quyền địa phương ngày 19 tháng 6 năm 2015 và các quy định có liên quan;",
    "Căn cứ Nghị định số 61/2018/NĐ-CP ngày 23 tháng 4 năm 2018 của Chính phủ về thực hiện cơ chế",
    "một cửa, một cửa liên thông trong giải quyết thủ tục hành chính; theo đề nghị của Giám đốc Sở Nội vụ,",
]


@pytest.fixture
def make_pdf(tmp_path: Path) -> Callable[..., Path]:
    """make_pdf(draw, ...): one A4 page for each function, which gets the FPDF with a Vietnamese font set."""

    def make(*pages: Draw, name: str = "a.pdf") -> Path:
        pdf = FPDF(unit="pt", format=(595, 842))
        pdf.set_auto_page_break(False)
        pdf.set_margin(0)
        for style, path in zip(("", "B", "I", "BI"), font_files(), strict=True):
            pdf.add_font("T", style, str(path))
        for draw in pages:
            pdf.add_page()
            pdf.set_font("T", "", 12)
            draw(pdf)
        path = tmp_path / name
        pdf.output(str(path))
        return path

    return make


@pytest.fixture
def letter() -> Draw:
    """A page with a letterhead in two columns and three lines of body."""

    def draw(pdf: FPDF) -> None:
        for x, y, text in HEADER:
            pdf.text(x, y, text)
        for i, line in enumerate(BODY):
            pdf.text(50, 160 + 16 * i, line)

    return draw


@pytest.fixture
def raw_pdf(tmp_path: Path) -> Callable[..., Path]:
    """raw_pdf(content, resources): one page with that content stream, Helvetica as /F1."""

    def make(content: bytes, *, name: str = "raw.pdf", **page_keys: object) -> Path:
        pdf = pikepdf.new()
        pdf.add_blank_page(page_size=(595, 842))
        page = pdf.pages[0]
        page.obj.Contents = pdf.make_stream(content)
        page.obj.Resources = pikepdf.Dictionary(
            Font=pikepdf.Dictionary(
                F1=pikepdf.Dictionary(
                    Type=pikepdf.Name.Font,
                    Subtype=pikepdf.Name.Type1,
                    BaseFont=pikepdf.Name.Helvetica,
                    Encoding=pikepdf.Name.WinAnsiEncoding,
                )
            )
        )
        for key, value in page_keys.items():
            page.obj[f"/{key}"] = value
        path = tmp_path / name
        pdf.save(path)
        return path

    return make
