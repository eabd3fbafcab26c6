"""Typed papers without a layout get the parts of a printed one back, and nothing else changes."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from extractors.intake.sniff import MediaType
from extractors.pdf.office import read_office
from extractors.pdf.plain_parts import arrange
from extractors.pdf.typeset import Grid, Paragraph, Run
from extractors.understand import understand
from schemas.extraction import Extraction
from schemas.reading import Reading

LEFT = ["UBND TỈNH QUẢNG TRỊ", "SỞ NỘI VỤ", "Số: 45/QĐ-SNV"]
RIGHT = ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "Quảng Trị, ngày 07 tháng 3 năm 2025"]
MIDDLE = [
    "QUYẾT ĐỊNH",
    "Về việc công nhận kết quả kiểm tra cải cách hành chính",
    "năm 2025",
    "GIÁM ĐỐC SỞ NỘI VỤ",
    "Căn cứ Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025;",
    "QUYẾT ĐỊNH:",
    "Điều 1. Công nhận kết quả kiểm tra công tác cải cách hành chính của các đơn vị.",
]
LIST = ["Nơi nhận:", "- Như Điều 1;", "- UBND tỉnh (b/c);", "- Lưu: VT."]
SIGN = ["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC", "Trần Văn Mẫu"]
WANT = {
    "doc_type": "quyet_dinh",
    "doc_number": "45/QĐ-SNV",
    "issued_date": "2025-03-07",
    "place": "Quảng Trị",
    "issuing_agency_name": "SỞ NỘI VỤ",
    "parent_agency_name": "UBND TỈNH QUẢNG TRỊ",
    "summary": "Về việc công nhận kết quả kiểm tra cải cách hành chính năm 2025",
    "signing_capacity": "KT. GIÁM ĐỐC",
    "signer_title": "PHÓ GIÁM ĐỐC",
    "signer_name": "Trần Văn Mẫu",
    "recipients": ("Như Điều 1;", "UBND tỉnh (b/c);", "Lưu: VT."),
}


def beside(left: list[str], right: list[str], width: int = 44) -> list[str]:
    """Two columns made with spaces."""
    rows = max(len(left), len(right))
    left, right = [*left, *[""] * (rows - len(left))], [*right, *[""] * (rows - len(right))]
    return [f"{a:<{width}}{b}".rstrip() for a, b in zip(left, right, strict=True)]


def read(path: Path) -> tuple[Reading, Extraction]:
    reading = read_office(path, MediaType.DOCX if path.suffix == ".docx" else MediaType.TXT)
    return reading, understand(reading)


def read_text(folder: Path, lines: list[str]) -> tuple[Reading, Extraction]:
    path = folder / "a.txt"
    path.write_text("\n".join(lines), encoding="utf-8")
    return read(path)


def fields(extraction: Extraction) -> dict[str, object]:
    return {name: extraction.fields.get(name).value for name in WANT}


SHAPES = {
    "one after the other": [*LEFT, *RIGHT, *MIDDLE, *LIST, *SIGN],
    "motto first": [*RIGHT[:2], *LEFT, RIGHT[2], *MIDDLE, *LIST, *SIGN],
    "empty lines between": [
        *LEFT, "", *RIGHT, "", *MIDDLE[:3], "", *MIDDLE[3:], "", *LIST, "", *SIGN[:2], "", "", SIGN[2],
    ],
    "columns of spaces": [*beside(LEFT, RIGHT), "", *MIDDLE, "", *beside(LIST, [*SIGN[:2], "", SIGN[2]])],
    "signature first": [*LEFT, *RIGHT, *MIDDLE, *SIGN, *LIST],
    "columns of tabs": [
        *(f"{a}\t\t{b}" for a, b in zip(LEFT, RIGHT, strict=True)), *MIDDLE,
        *(f"{a}\t\t{b}".rstrip() for a, b in zip(LIST, [*SIGN, ""], strict=True)),
    ],
    "rules under the names": [
        *LEFT[:2], "-------", LEFT[2], *RIGHT[:2], "---------------", RIGHT[2], *MIDDLE, *LIST, *SIGN,
    ],
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_a_typed_decision_is_read_whole(tmp_path: Path, shape: str):
    _, extraction = read_text(tmp_path, SHAPES[shape])
    assert fields(extraction) == WANT
    assert {n for n in WANT if extraction.fields.get(n).needs_review} == set()


@pytest.mark.parametrize("shape", SHAPES)
def test_no_word_is_lost_or_added(tmp_path: Path, shape: str):
    reading, _ = read_text(tmp_path, SHAPES[shape])
    assert sorted(reading.text.split()) == sorted(" ".join(SHAPES[shape]).split())


def test_a_letter_keeps_its_subject_apart_from_the_motto(tmp_path: Path):
    lines = [*LEFT[:2], "Số: 46/SNV-VP", "V/v báo cáo kết quả kiểm tra cải cách hành",
             "chính năm 2025", *RIGHT,
             "Kính gửi: Ủy ban nhân dân tỉnh", "Thực hiện chỉ đạo, Sở Nội vụ báo cáo.", *LIST, *SIGN]  # fmt: skip
    _, extraction = read_text(tmp_path, lines)
    assert extraction.fields.summary.value == "V/v báo cáo kết quả kiểm tra cải cách hành chính năm 2025"
    assert extraction.fields.doc_type.value == "cong_van"


def test_a_sentence_under_the_subject_is_not_part_of_it(tmp_path: Path):
    body = "Thu hồi đất của ông Trần Văn Mẫu, thường trú tại xã Mẫu Sơn, tỉnh Quảng Trị, thuộc thửa đất số 12."
    lines = [
        *LEFT[:2],
        "Số: 47/TB-SNV",
        *RIGHT,
        "THÔNG BÁO",
        "Về việc thu hồi đất để thực hiện dự án",
        body,
        *LIST,
        *SIGN,
    ]
    _, extraction = read_text(tmp_path, lines)
    assert extraction.fields.summary.value == "Về việc thu hồi đất để thực hiện dự án"


def test_minutes_have_two_signers(tmp_path: Path):
    lines = [LEFT[0], *RIGHT, "BIÊN BẢN", "Họp xét công nhận sáng kiến cấp cơ sở",
             "Hôm nay, ngày 07 tháng 3 năm 2025, gồm:",
             "I. THÀNH PHẦN", "1. Ông Trần Văn Mẫu, chủ trì;", "Biên bản lập thành 02 bản./.",
             "THƯ KÝ", "Lê Thị Hoa", "NGƯỜI CHỦ TRÌ", "Trần Văn Mẫu"]  # fmt: skip
    _, extraction = read_text(tmp_path, lines)
    assert extraction.fields.signer_name.value == "Trần Văn Mẫu"
    assert extraction.fields.signer_title.value == "NGƯỜI CHỦ TRÌ"
    assert extraction.fields.issuing_agency_name.value == "UBND TỈNH QUẢNG TRỊ"


def test_a_text_that_is_no_paper_stays_as_typed():
    blocks = [Paragraph((Run(t),)) for t in ("Danh sách mua hàng", "- gạo    5 kg", "- muối   1 kg", "Nguyễn Văn A")]
    assert arrange(blocks) == blocks


def test_an_annex_after_the_signature_stays_after_it(tmp_path: Path):
    reading, extraction = read_text(tmp_path, [*SHAPES["one after the other"], "PHỤ LỤC", "1. Trạm Y tế xã Mẫu Sơn"])
    assert reading.text.endswith("PHỤ LỤC\n1. Trạm Y tế xã Mẫu Sơn")
    assert fields(extraction) == WANT


def test_a_docx_laid_out_with_tabs(tmp_path: Path):
    document = docx.Document()
    for line in SHAPES["columns of tabs"]:
        document.add_paragraph(line)
    document.save(str(tmp_path / "a.docx"))
    _, extraction = read(tmp_path / "a.docx")
    got = fields(extraction)
    assert got == WANT


def test_a_docx_with_its_letterhead_in_text_boxes_and_controls(tmp_path: Path):
    """Number in a content control, the urgency in a text box that stands twice (drawing and its fallback)."""
    document = docx.Document()
    head = document.add_table(1, 2)
    left, right = head.rows[0].cells
    left.text, right.text = "\n".join(LEFT[:2]), "\n".join(RIGHT)
    control = parse_xml(
        f"<w:sdt {nsdecls('w')}><w:sdtContent><w:p><w:r><w:t>{LEFT[2]}</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    )
    left._tc.append(control)
    box = document.add_paragraph()
    text = f"<w:txbxContent {nsdecls('w')}><w:p><w:r><w:t>HỎA TỐC</w:t></w:r></w:p></w:txbxContent>"
    run = box.add_run()._r
    run.append(
        parse_xml(
            "<mc:AlternateContent xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006' "
            f"{nsdecls('w')} xmlns:v='urn:schemas-microsoft-com:vml' "
            "xmlns:wps='http://schemas.microsoft.com/office/word/2010/wordprocessingShape'>"
            f"<mc:Choice Requires='wps'><wps:txbx>{text}</wps:txbx></mc:Choice>"
            f"<mc:Fallback><w:pict><v:shape><v:textbox>{text}</v:textbox></v:shape></w:pict></mc:Fallback>"
            "</mc:AlternateContent>"
        )
    )
    for line in MIDDLE[:3]:
        paragraph = document.add_paragraph(line)
        paragraph.alignment = 1
    for line in MIDDLE[3:]:
        document.add_paragraph(line)
    foot = document.add_table(1, 2)
    foot.rows[0].cells[0].text, foot.rows[0].cells[1].text = "\n".join(LIST), "\n".join(SIGN)
    document.save(str(tmp_path / "a.docx"))
    reading, extraction = read(tmp_path / "a.docx")
    assert reading.text.count("HỎA TỐC") == 1
    assert extraction.fields.urgency.value == "hoa_toc"
    assert fields(extraction) == WANT


def test_lines_stand_under_one_another_in_each_column(tmp_path: Path):
    reading, _ = read_text(tmp_path, SHAPES["columns of spaces"])
    for region in ("header_left", "header_right", "sign_left", "sign_right"):
        inside = [q for q in reading.pages[0].lines if q.region == region]
        assert inside, region
        assert all(a.box.y0 < b.box.y0 for a, b in pairwise(inside)), region


def test_ruled_tables_are_left_alone():
    cell = Grid((), (1.0,), ruled=True)
    assert arrange([cell]) == [cell]
