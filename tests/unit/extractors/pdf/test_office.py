"""DOCX and TXT: what the printed paper would say, and its copy."""

from __future__ import annotations

from pathlib import Path

import docx
import pdfplumber
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls
from pikepdf import pdfa

from extractors.copy.pdfa import write_copy
from extractors.intake.limits import Limits
from extractors.intake.sniff import MediaType
from extractors.pdf.legacy import to_tcvn3, to_vni
from extractors.pdf.office import read_office
from schemas.errors import BrokenFile, TooLarge

TEXT = "Căn cứ nghị định của chính phủ về công tác văn thư, ủy ban nhân dân tỉnh quyết định như sau"


def _docx(path: Path) -> Path:
    document = docx.Document()
    head = document.add_table(1, 2)
    head.cell(0, 0).text = "ỦY BAN NHÂN DÂN\nTỈNH MẪU SƠN\nSố: 12/QĐ-UBND"
    head.cell(0, 1).text = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc"
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.add_run("QUYẾT").bold = True
    title.add_run(" ĐỊNH")
    document.add_paragraph("Điều khoản chung", style="List Number")
    document.add_paragraph("Điều khoản thi hành", style="List Number")
    table = document.add_table(2, 2, style="Table Grid")
    for cell, text in zip(table._cells, ("STT", "Họ và tên", "1", "Nguyễn Văn Mẫu"), strict=True):
        cell.text = text
    changed = document.add_paragraph("Nội dung ")
    for kind, tag, text in (("w:del", "w:delText", "cũ"), ("w:ins", "w:t", "mới")):
        change = OxmlElement(kind)
        run, words = OxmlElement("w:r"), OxmlElement(tag)
        words.text = text
        run.append(words)
        change.append(run)
        changed._p.append(change)
    boxed = document.add_paragraph("Trong khung: ")
    boxed.add_run()._r.append(
        parse_xml(
            f"<w:pict {nsdecls('w')} xmlns:v='urn:schemas-microsoft-com:vml'><v:shape><v:textbox><w:txbxContent>"
            "<w:p><w:r><w:t>HỎA TỐC</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape></w:pict>"
        )
    )
    document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    document.add_paragraph("Trang sau").paragraph_format.page_break_before = True
    document.sections[0].header.paragraphs[0].text = "Mật danh mẫu"
    document.save(str(path))
    return path


def test_docx_reads_as_it_would_print(tmp_path: Path) -> None:
    reading = read_office(_docx(tmp_path / "a.docx"), MediaType.DOCX)
    lines = [line.text for line in reading.pages[0].lines]
    assert lines == [
        "Mật danh mẫu",
        "ỦY BAN NHÂN DÂN",
        "TỈNH MẪU SƠN",
        "Số: 12/QĐ-UBND",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "QUYẾT ĐỊNH",
        "1. Điều khoản chung",
        "2. Điều khoản thi hành",
        "STT",
        "Họ và tên",
        "1",
        "Nguyễn Văn Mẫu",
        "Nội dung mới",
        "Trong khung:",
        "HỎA TỐC",
    ]
    assert reading.pages[0].tables[0].rows == (("STT", "Họ và tên"), ("1", "Nguyễn Văn Mẫu"))
    assert [line.region for line in reading.pages[0].lines].count("table") == 4
    assert reading.pages[-1].text == "Trang sau"
    assert reading.text_origin == "pdf_text"


@pytest.mark.parametrize("kind", [MediaType.DOCX, MediaType.TXT])
def test_the_copy_has_every_word_where_the_reading_says(tmp_path: Path, kind: MediaType) -> None:
    if kind is MediaType.DOCX:
        source = _docx(tmp_path / "a.docx")
    else:
        source = tmp_path / "a.txt"
        source.write_text("\n".join([TEXT, "", "\t" + TEXT] * 40) + "\fTrang hai", "utf-8")
    reading, out = read_office(source, kind), tmp_path / "o.pdf"
    report = write_copy(source, kind, reading, out)
    assert pdfa.validate_written(out, "2b").passed
    assert report.pages == len(reading.pages)
    with pdfplumber.open(out) as pdf:
        for page, read in zip(pdf.pages, reading.pages, strict=True):
            found = sorted((round(w["x0"]), round(w["bottom"]), w["text"]) for w in page.extract_words())
            words = [w for line in read.lines for w in line.words]
            expected = sorted((w.box.x0 * 595.28, w.box.y1 * 841.89, w.text) for w in words)
            assert sorted(f[2] for f in found) == sorted(e[2] for e in expected)
            for f, e in zip(sorted(found, key=lambda v: v[2]), sorted(expected, key=lambda v: v[2]), strict=True):
                assert f[2] == e[2]
            assert [f[0] for f in found] == pytest.approx([e[0] for e in expected], abs=1.5)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "tcvn3", "vni"])
def test_txt_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.txt"
    if encoding == "tcvn3":
        data = to_tcvn3(TEXT).encode("latin-1")
    elif encoding == "vni":
        data = to_vni(TEXT).encode("latin-1")
    else:
        data = TEXT.encode(encoding)
    path.write_bytes(data)
    reading = read_office(path, MediaType.TXT)
    assert " ".join(reading.text.split()) == TEXT
    assert reading.pages[0].notes == ((encoding,) if encoding in ("tcvn3", "vni") else ())


def test_lines_stay_on_the_paper(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("đ" * 3000 + "\n" + "từ " * 900, "utf-8")
    for page in read_office(path, MediaType.TXT).pages:
        for line in page.lines:
            assert 0 <= line.box.x0 < line.box.x1 <= 1
            assert 0 <= line.box.y0 < line.box.y1 <= 1


def test_broken_and_boundless_office_files(tmp_path: Path) -> None:
    path = _docx(tmp_path / "a.docx")
    with pytest.raises(TooLarge):
        read_office(path, MediaType.DOCX, limits=Limits(max_text_chars=50))
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(BrokenFile):
        read_office(path, MediaType.DOCX)
