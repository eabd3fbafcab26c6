"""Fields of papers written line by line: the right line becomes the right field; sure means corroborated."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from extractors.pdf.office import read_office
from extractors.understand import understand
from schemas.extraction import FIELD_NAMES, Extraction, FieldValue
from schemas.geometry import Box
from schemas.reading import LineReading, PageReading, Reading
from tests.builders import BODY, RECIPIENTS, SIGNATURE, Text, both, differ, layer, line, one, paper

TODAY = date(2026, 11, 1)
LETTER = {
    "title": (),
    "summary": (),
    "authority": (),
    "number": "Số: 123/UBND-NC",
    "body": ("Kính gửi: Sở Nội vụ tỉnh Quảng Trị.", "Ủy ban nhân dân tỉnh nhận được đơn của công dân về việc"),
}


def read(reading: Reading) -> Extraction:
    return understand(reading, today=TODAY)


def field(reading: Reading, name: str) -> FieldValue:
    return read(reading).fields.get(name)


def sure(value: FieldValue) -> bool:
    return not value.needs_review


def with_line(reading: Reading, said: Text, box: Box, region: str = "body", at: int | None = None) -> Reading:
    """The reading with one more line (at the end, or before line ``at``)."""
    page = reading.pages[0]
    lines = list(page.lines)
    lines.insert(len(lines) if at is None else at, line(said, box, region))  # type: ignore[arg-type]
    changed = PageReading(page.number, page.width_pt, page.height_pt, tuple(lines), page.origin)
    return Reading((changed,), reading.engine)


# --- an ordinary paper ------------------------------------------------------------------------------------------

ORDINARY = {
    "doc_type": "quyet_dinh",
    "doc_number": "2110/QĐ-UBND",
    "code_number": "2110",
    "code_notation": "QĐ-UBND",
    "issued_date": "2021-08-12",
    "place": "Quảng Trị",
    "issuing_agency_name": "ỦY BAN NHÂN DÂN TỈNH QUẢNG TRỊ",
    "summary": "Về việc cho phép chuyển mục đích sử dụng đất",
    "signing_capacity": "TM. ỦY BAN NHÂN DÂN KT. CHỦ TỊCH",
    "signer_title": "PHÓ CHỦ TỊCH",
    "signer_name": "Nguyễn Văn Mẫu",
    "recipients": ("Như Điều 3;", "Sở Tài nguyên và Môi trường;", "Lưu: VT, NN."),
}


@pytest.mark.parametrize("all_layer", [False, True], ids=["two_readers", "text_layer"])
def test_every_field_of_an_ordinary_decision(all_layer: bool):
    fields = read(paper(all_layer=all_layer)).fields
    assert {name: fields.get(name).value for name in ORDINARY} == ORDINARY
    assert all(sure(fields.get(name)) for name in ORDINARY)
    assert {name for name in FIELD_NAMES if fields.get(name).value is not None} == set(ORDINARY)


def test_every_value_shows_where_it_was_read():
    reading = paper()
    fields, text = read(reading).fields, reading.text.splitlines()
    for name in ORDINARY:
        value = fields.get(name)
        assert value.page == 1
        assert value.origin == "ocr"
        assert value.bbox is not None
        assert value.bbox[0] < value.bbox[2]
        assert value.bbox[1] < value.bbox[3]
        assert value.raw_text is not None
        assert all(part in text for part in value.raw_text.split("\n")), name


def test_the_box_is_that_of_the_line():
    reading = paper()
    number = next(q for q in reading.pages[0].lines if q.text.startswith("Số:"))
    assert field(reading, "doc_number").bbox == number.box.as_tuple()


# --- sure never without corroboration ---------------------------------------------------------------------------

PRINTED = ("doc_number", "code_number", "issued_date", "summary", "signer_name", "recipients")


def test_one_reader_alone_is_never_sure_of_what_no_list_knows():
    reading = paper(
        number=one("Số: 2110/QĐ-UBND"),
        date_line=one("Quảng Trị, ngày 12 tháng 8 năm 2021"),
        summary=(one("Về việc cho phép chuyển mục đích sử dụng đất"),),
        recipients=tuple(one(str(r)) for r in RECIPIENTS),
        signature=tuple(one(str(s)) if s else "" for s in SIGNATURE),
    )
    fields = read(reading).fields
    assert {name: fields.get(name).value for name in PRINTED} == {name: ORDINARY[name] for name in PRINTED}
    assert [name for name in PRINTED if sure(fields.get(name))] == []


@pytest.mark.parametrize(
    ("part", "name", "said"),
    [
        ("number", "doc_number", differ("Số: 2110/QĐ-UBND", tesseract="Số: 2110/QĐ-UBND", aster="Số: 2118/QĐ-UBND")),
        ("number", "code_number", differ("Số: 2110/QĐ-UBND", tesseract="Số: 2118/QĐ-UBND", aster="Số: 2110/QĐ-UBND")),
        ("number", "doc_number", differ("Số: 68/QĐ-UBND", tesseract="Số: /QĐ-UBND", aster="Số: 68/QĐ-UBND")),
        (
            "date_line",
            "issued_date",
            differ(
                "Quảng Trị, ngày 12 tháng 8 năm 2021",
                tesseract="Quảng Trị, ngày 12 tháng 8 năm 2021",
                aster="Quảng Trị, ngày 17 tháng 8 năm 2021",
            ),
        ),
        (
            "date_line",
            "issued_date",
            differ(
                "Quảng Trị, ngày 12 tháng 8 năm 2021",
                tesseract="Quảng Trị, ngày 12 tháng 8 năm 2021",
                aster="Quảng Trị, ngày 12 tháng B năm 2021",
            ),
        ),
        (
            "summary",
            "summary",
            (
                differ(
                    "Về việc cho phép chuyển mục đích sử dụng đất",
                    tesseract="Về việc cho phép chuyển mục đích sử dụng đất",
                    aster="Về việc cho phép chuyến mục đích sử dụng đát",
                ),
            ),
        ),
    ],
)
def test_readers_that_differ_leave_the_value_to_a_person(part: str, name: str, said: Text):
    assert not sure(field(paper(**{part: said}), name))


def test_two_planes_of_one_reader_are_one_witness():
    """The same reader on another ink plane repeats its own mistakes."""
    reading = paper(number=one("Số: 2110/QĐ-UBND"))
    page = reading.pages[0]
    k = next(i for i, q in enumerate(page.lines) if q.text.startswith("Số:"))
    old = page.lines[k]
    again = type(old)(old.words, old.region, (*old.readings, type(old.readings[0])("tesseract@black", old.text, 0.99)))
    lines = (*page.lines[:k], again, *page.lines[k + 1 :])
    changed = Reading((PageReading(1, page.width_pt, page.height_pt, lines, "ocr"),), "builder")
    assert field(changed, "doc_number").value == "2110/QĐ-UBND"
    assert not sure(field(changed, "doc_number"))


def test_a_picture_that_contradicts_the_text_layer_makes_the_number_doubtful():
    """A hybrid page: the layer says one number, the picture of the same line another."""
    reading = paper(all_layer=True)
    page = reading.pages[0]
    k = next(i for i, q in enumerate(page.lines) if q.text.startswith("Số:"))
    seen = (LineReading("pdf_text", "Số: 2110/QĐ-UBND", 1.0), LineReading("asterocr@main", "Số: 2118/QĐ-UBND", 0.99))
    lines = (*page.lines[:k], replace(page.lines[k], readings=seen), *page.lines[k + 1 :])
    value = field(Reading((replace(page, lines=lines),), "builder"), "doc_number")
    assert value.value == "2110/QĐ-UBND"
    assert not sure(value)


def test_a_number_of_letters_that_look_like_digits_is_never_sure():
    value = field(paper(number="Số: 2I1O/QĐ-UBND"), "doc_number")
    assert not sure(value)


def test_a_notation_that_contradicts_the_title_is_not_sure():
    fields = read(paper(number="Số: 2110/TB-UBND")).fields
    assert not sure(fields.doc_number)
    assert not sure(fields.doc_type)


def test_a_date_in_the_future_is_no_date():
    assert field(paper(date_line="Quảng Trị, ngày 12 tháng 8 năm 2031"), "issued_date").value is None


def test_a_day_that_does_not_exist_is_not_repaired_in_silence():
    value = field(paper(date_line="Quảng Trị, ngày 31 tháng 2 năm 2021"), "issued_date")
    assert value.value is None
    assert not sure(value)


@pytest.mark.parametrize("part", ["number", "date_line", "agency", "summary", "signature", "recipients"])
def test_a_missing_part_is_asked_for_not_invented(part: str):
    gone = None if part in ("number", "date_line") else ()
    names = {
        "number": "doc_number",
        "date_line": "issued_date",
        "agency": "issuing_agency_name",
        "summary": "summary",
        "signature": "signer_name",
        "recipients": "recipients",
    }
    value = field(paper(**{part: gone}), names[part])
    assert value.value is None
    assert not sure(value)
    assert value.bbox is None


def test_an_empty_paper_has_no_fields_and_breaks_nothing():
    empty = Reading((PageReading(1, 595, 842, (), "ocr", "blank"),), "builder")
    fields = read(empty).fields
    assert [n for n in FIELD_NAMES if fields.get(n).value not in (None, "khac")] == []
    assert not [
        n
        for n in ("doc_type", "doc_number", "issued_date", "issuing_agency_name", "summary", "signer_name")
        if sure(fields.get(n))
    ]


# --- number and date --------------------------------------------------------------------------------------------


def test_receiver_stamp_date_is_not_issue_date():
    stamp = ("SỞ NỘI VỤ TỈNH QUẢNG TRỊ", "ĐẾN Số: 9917", "Ngày: 23/8/2021", "Chuyển: VP")
    fields = read(paper(stamps=stamp)).fields
    assert fields.issued_date.value == "2021-08-12"
    assert fields.doc_number.value == "2110/QĐ-UBND"


def test_receiver_stamp_number_is_not_the_document_number():
    reading = with_line(paper(), "ĐẾN Số: 9917/ĐẾN", Box(0.14, 0.012, 0.33, 0.026), "header_left", at=0)
    assert field(reading, "doc_number").value == "2110/QĐ-UBND"


def test_a_stamp_alone_gives_neither_number_nor_date():
    fields = read(paper(number=None, date_line=None, stamps=("ĐẾN Số: 9917", "Ngày: 23/8/2021"))).fields
    assert not sure(fields.doc_number)
    assert not sure(fields.issued_date)


def test_numbers_cited_in_the_body_are_not_the_document_number():
    reading = paper(number=None, body=("Căn cứ Nghị định số 61/2018/NĐ-CP ngày 23 tháng 4 năm 2018 của Chính phủ;",))
    assert field(reading, "doc_number").value is None


def test_dates_cited_in_the_body_are_not_the_issue_date():
    value = field(paper(date_line=None), "issued_date")
    assert value.value != "2015-06-19"
    assert not sure(value)


def test_a_normative_number_keeps_its_year():
    fields = read(paper(number="Số: 12/2021/QĐ-UBND")).fields
    assert (fields.doc_number.value, fields.code_number.value) == ("12/2021/QĐ-UBND", "12")


def test_a_year_in_the_number_that_is_not_the_year_of_issue_is_not_sure():
    assert not sure(field(paper(number="Số: 12/2019/QĐ-UBND"), "doc_number"))


# --- title and trích yếu ----------------------------------------------------------------------------------------


def test_the_enacting_line_is_not_the_title():
    body = ("Theo đề nghị của Giám đốc Sở Nội vụ,", "Điều 1. Cho phép chuyển mục đích sử dụng đất.")
    reading = paper(body=(*BODY, *body))
    box = Box(0.44, 0.4, 0.6, 0.414)
    reading = with_line(reading, "QUYẾT ĐỊNH:", box, at=len(reading.pages[0].lines) - len(SIGNATURE) - len(RECIPIENTS))
    fields = read(reading).fields
    assert fields.doc_type.value == "quyet_dinh"
    assert fields.doc_type.bbox is not None
    assert fields.doc_type.bbox[1] < 0.3
    assert fields.summary.value == ORDINARY["summary"]


def test_body_lines_do_not_enter_the_summary():
    fields = read(paper(authority=())).fields
    assert fields.summary.value == ORDINARY["summary"]


def test_the_authority_line_does_not_enter_the_summary():
    value = field(paper(authority=("GIÁM ĐỐC SỞ TÀI NGUYÊN VÀ MÔI TRƯỜNG",)), "summary")
    assert value.value == ORDINARY["summary"]


def test_a_summary_over_three_lines_is_joined_by_single_spaces():
    lines = (
        "Về việc phê duyệt Báo cáo đánh giá tác động môi trường của",
        "Dự án Nhà máy chế biến gỗ tại xã Cam Hiếu,",
        "huyện Cam Lộ, tỉnh Quảng Trị",
    )
    value = field(paper(summary=lines), "summary")
    assert value.value == " ".join(lines)
    assert value.raw_text == "\n".join(lines)
    assert sure(value)


def test_one_doubtful_line_makes_the_whole_summary_doubtful():
    lines = (
        "Về việc phê duyệt Báo cáo đánh giá tác động môi trường của",
        one("Dự án Nhà máy chế biến gỗ tại xã Cam Hiếu"),
    )
    assert not sure(field(paper(summary=lines), "summary"))


def test_the_subject_of_a_letter_stands_under_its_number():
    reading = paper(under_number=("V/v trả lời đơn kiến nghị", "của công dân xã Cam Hiếu"), **LETTER)
    fields = read(reading).fields
    assert fields.doc_type.value == "cong_van"
    assert fields.summary.value == "V/v trả lời đơn kiến nghị của công dân xã Cam Hiếu"
    assert sure(fields.doc_type)
    assert sure(fields.summary)


@pytest.mark.parametrize(
    "printed", ["V/v trả lời đơn của công dân", "V/V trả lời đơn của công dân", "V/v: trả lời đơn của công dân"]
)
def test_the_mark_of_the_subject_is_written_one_way(printed: str):
    assert field(paper(under_number=(printed,), **LETTER), "summary").value == "V/v trả lời đơn của công dân"


def test_the_addressee_does_not_enter_the_subject():
    reading = paper(under_number=("V/v trả lời đơn của công dân",), **LETTER)
    reading = with_line(reading, "Kính gửi: Ủy ban nhân dân huyện Cam Lộ", Box(0.14, 0.155, 0.5, 0.169), at=4)
    assert field(reading, "summary").value == "V/v trả lời đơn của công dân"


def test_a_letter_without_addressee_is_not_sure_to_be_one():
    changed = {**LETTER, "body": ("Ủy ban nhân dân tỉnh nhận được đơn của công dân về việc",)}
    assert not sure(field(paper(under_number=("V/v trả lời đơn",), **changed), "doc_type"))


def test_accents_both_readers_missed_are_put_right_and_the_printed_words_kept():
    misread = "Về việc cho phép chuyến mục đích sử dụng đất"
    value = field(paper(summary=(misread,)), "summary")
    assert value.raw_text == misread
    assert value.value in (ORDINARY["summary"], misread)
    assert value.value != misread or not sure(value)


def test_a_doubtful_accent_that_nobody_read_otherwise_is_not_sure():
    assert not sure(field(paper(summary=("Về việc cho phép chuyến mục đích sử dụng đất",)), "summary"))


# --- agency -----------------------------------------------------------------------------------------------------


def test_an_agency_over_two_lines_is_one_name():
    fields = read(paper(agency=("ỦY BAN NHÂN DÂN", "TỈNH QUẢNG TRỊ"))).fields
    assert fields.issuing_agency_name.value == "ỦY BAN NHÂN DÂN TỈNH QUẢNG TRỊ"
    assert fields.issuing_agency_name.raw_text == "ỦY BAN NHÂN DÂN\nTỈNH QUẢNG TRỊ"
    assert fields.parent_agency_name.value is None
    assert sure(fields.parent_agency_name)


@pytest.mark.parametrize(
    ("lines", "parent", "agency", "number"),
    [
        (("UBND TỈNH QUẢNG TRỊ", "SỞ Y TẾ"), "UBND TỈNH QUẢNG TRỊ", "SỞ Y TẾ", "Số: 5/QĐ-SYT"),
        (
            ("UBND TỈNH QUẢNG TRỊ", "SỞ GIÁO DỤC VÀ", "ĐÀO TẠO"),
            "UBND TỈNH QUẢNG TRỊ",
            "SỞ GIÁO DỤC VÀ ĐÀO TẠO",
            "Số: 5/QĐ-SGDĐT",
        ),
        (
            ("ỦY BAN NHÂN DÂN", "TỈNH QUẢNG TRỊ", "SỞ NỘI VỤ"),
            "ỦY BAN NHÂN DÂN TỈNH QUẢNG TRỊ",
            "SỞ NỘI VỤ",
            "Số: 5/QĐ-SNV",
        ),
        (
            ("SỞ NÔNG NGHIỆP VÀ PTNT", "CHI CỤC THÚ Y"),
            "SỞ NÔNG NGHIỆP VÀ PTNT",
            "CHI CỤC THÚ Y",
            "Số: 5/QĐ-CCTY",
        ),
        (
            ("HUYỆN CAM LỘ", "ỦY BAN NHÂN DÂN", "XÃ CAM HIẾU"),
            "HUYỆN CAM LỘ",
            "ỦY BAN NHÂN DÂN XÃ CAM HIẾU",
            "Số: 5/QĐ-UBND",
        ),
    ],
)  # fmt: skip
def test_the_body_above_is_the_parent(lines: tuple[str, ...], parent: str, agency: str, number: str):
    fields = read(paper(agency=lines, number=number)).fields
    assert (fields.parent_agency_name.value, fields.issuing_agency_name.value) == (parent, agency)


@pytest.mark.parametrize("lines", [("UBND",), ("ỦY BAN NHÂN DÂN",), ("ỦY BAN NHÂN DÂN TỈNH",), ("SỞ GIÁO DỤC VÀ",)])
def test_half_a_name_is_never_sure(lines: tuple[str, ...]):
    assert not sure(field(paper(agency=lines), "issuing_agency_name"))


def test_accents_of_a_known_agency_are_put_right_and_raw_text_kept():
    said = differ("SỚ Y TÊ", tesseract="SỚ Y TÊ", aster="SỞ Y TẾ")
    value = field(paper(agency=("UBND TỈNH QUẢNG TRỊ", said), number="Số: 5/QĐ-SYT"), "issuing_agency_name")
    assert value.value == "SỞ Y TẾ"
    assert value.raw_text == "SỚ Y TÊ"


@pytest.mark.parametrize("dust", ['"', "'", "|", "_", "¬"])
def test_dust_at_the_end_of_a_line_is_no_part_of_the_name(dust: str):
    lines = (f"SỞ NÔNG NGHIỆP VÀ {dust}", "PHÁT TRIỂN NÔNG THÔN", "CHI CỤC THỦY LỢI")
    fields = read(paper(agency=lines, number="Số: 5/QĐ-CCTL")).fields
    assert fields.parent_agency_name.value == "SỞ NÔNG NGHIỆP VÀ PHÁT TRIỂN NÔNG THÔN"
    assert fields.issuing_agency_name.value == "CHI CỤC THỦY LỢI"


@pytest.mark.parametrize(
    "lines", [("ỦY BAN NHÂN DÂN", "TỈNH BÀ RỊA -", "VŨNG TÀU"), ("SỞ VĂN HÓA,", "THỂ THAO VÀ DU LỊCH")]
)
def test_a_dash_or_comma_at_the_end_of_a_line_belongs_to_the_name(lines: tuple[str, ...]):
    assert field(paper(agency=lines), "issuing_agency_name").value == " ".join(lines)


@pytest.mark.parametrize("title", ["THÔNG BÁO", "TỜ TRÌNH"])
@pytest.mark.parametrize(("name", "found"), [("Ủy ban nhân dân", None), ("SỞ TƯ PHÁP", "SỞ TƯ PHÁP")])
def test_a_title_at_the_left_is_no_agency(tmp_path: Path, title: str, name: str, found: str | None):
    path = tmp_path / "a.txt"  # as typed in a text file: nothing is centred, no number parts agency and title
    path.write_text(f"{name}\n{title}\nvề việc nghỉ lễ\n", encoding="utf-8")
    value = understand(read_office(path, "text/plain")).fields.issuing_agency_name
    assert value.value == found


def test_accents_of_an_unknown_agency_that_was_typed_stay(tmp_path: Path):
    path = tmp_path / "a.txt"  # there is a commune Đông Mai
    path.write_text("UBND XÃ ĐỒNG MAI\nTỜ TRÌNH\nVề việc nghỉ lễ\n", encoding="utf-8")
    value = understand(read_office(path, "text/plain")).fields.issuing_agency_name
    assert value.value == "UBND XÃ ĐỒNG MAI"


def test_the_motto_is_no_agency():
    value = field(paper(agency=()), "issuing_agency_name")
    assert value.value is None


# --- place ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["Quảng Ngãi", "Hưng Yên", "Đồng Nai", "Ngân Sơn", "Nghĩa Đàn"])
def test_places_that_sound_like_the_word_for_day(place: str):
    fields = read(paper(date_line=f"{place}, ngày 12 tháng 8 năm 2021")).fields
    assert fields.place.value == place
    assert (fields.issued_date.value, sure(fields.issued_date)) == ("2021-08-12", True)


def test_a_place_is_spelled_as_its_agency_spells_it():
    one_day = ", ngày 12 tháng 8 năm 2021"
    found = field(paper(agency=("ỦY BAN NHÂN DÂN", "THÀNH PHỐ LẠNG SƠN"), date_line=one("Lang Sơn" + one_day)), "place")
    assert found.value == "Lạng Sơn"
    assert "place_accents" in found.reasons
    assert field(paper(date_line="Lang Sơn" + one_day), "place").value == "Lang Sơn"


def test_a_place_that_is_not_the_agencys_is_not_sure():
    assert not sure(field(paper(date_line="Cà Mau, ngày 12 tháng 8 năm 2021"), "place"))


def test_an_unknown_place_is_not_sure():
    value = field(paper(date_line="Xyzt Abc, ngày 12 tháng 8 năm 2021"), "place")
    assert not sure(value)


# --- signature --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "capacity", "title"),
    [
        (("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC", "", "Nguyễn Văn Mẫu"), "KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"),
        (("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH", "", "Nguyễn Văn Mẫu"), "TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"),
        (("TL. CHỦ TỊCH", "CHÁNH VĂN PHÒNG", "", "Nguyễn Văn Mẫu"), "TL. CHỦ TỊCH", "CHÁNH VĂN PHÒNG"),
        (("TUQ. CHỦ TỊCH", "GIÁM ĐỐC SỞ NỘI VỤ", "", "Nguyễn Văn Mẫu"), "TUQ. CHỦ TỊCH", None),
        (("Q. GIÁM ĐỐC", "", "Nguyễn Văn Mẫu"), "Q.", "GIÁM ĐỐC"),
        (("GIÁM ĐỐC", "", "Nguyễn Văn Mẫu"), None, "GIÁM ĐỐC"),
    ],
)
def test_capacities(lines: tuple[str, ...], capacity: str | None, title: str | None):
    fields = read(paper(signature=lines)).fields
    assert fields.signing_capacity.value == capacity
    if title:
        assert fields.signer_title.value == title
    assert fields.signer_name.value == "Nguyễn Văn Mẫu"


def test_a_deputy_without_kt_is_not_sure():
    fields = read(paper(signature=("PHÓ CHỦ TỊCH", "", "Nguyễn Văn Mẫu"))).fields
    assert fields.signing_capacity.value is None
    assert not sure(fields.signing_capacity)


def test_a_head_without_capacity_is_sure_to_have_none():
    fields = read(paper(signature=("CHỦ TỊCH", "", "Nguyễn Văn Mẫu"))).fields
    assert fields.signing_capacity.value is None
    assert sure(fields.signing_capacity)


def test_a_deputy_of_somebody_else_is_a_conflict():
    fields = read(paper(signature=("KT. GIÁM ĐỐC", "PHÓ CHỦ TỊCH", "", "Nguyễn Văn Mẫu"))).fields
    assert not sure(fields.signing_capacity)
    assert not sure(fields.signer_title)


@pytest.mark.parametrize(
    "printed", ["ThS. Nguyễn Văn Mẫu", "TS. Nguyễn Văn Mẫu", "BS.CKII. Nguyễn Văn Mẫu", "Nguyễn Văn Mẫu"]
)
def test_ranks_are_no_part_of_the_name(printed: str):
    assert field(paper(signature=(*SIGNATURE[:4], printed)), "signer_name").value == "Nguyễn Văn Mẫu"


def test_names_in_the_recipients_are_not_the_signer():
    fields = read(paper(recipients=("Nơi nhận:", "- Ông Trần Văn Thử;", "- Lưu: VT."))).fields
    assert fields.signer_name.value == "Nguyễn Văn Mẫu"


def test_readers_that_differ_on_a_name_leave_it_to_a_person():
    said = differ("Nguyễn Văn Mẫu", tesseract="Nguyễn Văn Mậu", aster="Nguyễn Văn Mẫu")
    assert not sure(field(paper(signature=(*SIGNATURE[:4], said)), "signer_name"))


# --- recipients -------------------------------------------------------------------------------------------------


def test_a_line_without_a_dash_goes_on_with_the_recipient_above():
    lines = ("Nơi nhận:", "- Như Điều 3;", "- Bộ Tài nguyên và Môi trường", "(để báo cáo);", "- Lưu: VT, NN.")
    value = field(paper(recipients=lines), "recipients")
    assert value.value == ("Như Điều 3;", "Bộ Tài nguyên và Môi trường (để báo cáo);", "Lưu: VT, NN.")
    assert sure(value)


def test_recipients_on_the_line_of_their_label():
    value = field(paper(recipients=("Nơi nhận: Như Điều 3, Sở Nội vụ;", "- Lưu: VT.")), "recipients")
    assert value.value == ("Như Điều 3, Sở Nội vụ;", "Lưu: VT.")


def test_a_list_that_never_reaches_the_file_copy_is_not_sure():
    assert not sure(field(paper(recipients=("Nơi nhận:", "- Như Điều 3;", "- Sở Nội vụ;")), "recipients"))


def test_what_stands_under_the_file_copy_is_no_recipient():
    value = field(paper(recipients=(*RECIPIENTS, "Trang 1")), "recipients")
    assert value.value == ORDINARY["recipients"]


# --- owner ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "name", "kind"),
    [
        ("Cấp cho ông (bà): Trần Văn Mẫu", "Trần Văn Mẫu", "ca_nhan"),
        ("Họ, chữ đệm, tên: TRẦN VĂN MẪU", "Trần Văn Mẫu", "ca_nhan"),
        ("1. Tên tổ chức được cấp phép: Công ty TNHH Mẫu Sơn", "Công ty TNHH Mẫu Sơn", "doanh_nghiep"),
        ("Cơ sở: Hộ kinh doanh Mẫu Sơn", "Hộ kinh doanh Mẫu Sơn", "ho_kinh_doanh"),
        ("Điều 1. Cho phép hộ ông Trần Văn Mẫu, sinh năm 1956, thường trú tại", "Trần Văn Mẫu", "ca_nhan"),
        ("Ông/bà: Trần Văn Mẫu", "Trần Văn Mẫu", "ca_nhan"),
    ],
)
def test_owners_by_their_label(body: str, name: str, kind: str):
    fields = read(paper(body=(body,))).fields
    assert (fields.owner_name.value, fields.owner_kind.value) == (name, kind)


def test_the_owner_named_in_the_trich_yeu():
    value = field(paper(summary=("Về việc công nhận kết quả của ông Trần Văn Mẫu",)), "owner_name")
    assert value.value == "Trần Văn Mẫu"


def test_a_letter_to_an_office_has_no_owner():
    reading = paper(under_number=("V/v trả lời đơn của công dân",), **LETTER)
    assert field(reading, "owner_name").value is None


@pytest.mark.parametrize(
    ("body", "number", "kind"),
    [
        ("Số định danh cá nhân: 045012345678", "045012345678", "cccd"),
        ("CCCD số 045 012 345 678 do Cục Cảnh sát cấp", "045012345678", "cccd"),
        ("CMND số 197123456 do Công an tỉnh cấp", "197123456", "cmnd"),
        ("Mã số doanh nghiệp: 3200123456", "3200123456", "mst"),
        ("Mã số thuế: 3200123456-001", "3200123456-001", "mst"),
        ("Hộ chiếu số C1234567", "C1234567", "ho_chieu"),
    ],
)
def test_identity_numbers_by_their_label(body: str, number: str, kind: str):
    fields = read(paper(body=(body,))).fields
    assert (fields.owner_id.value, fields.owner_id_type.value) == (number, kind)


def test_an_identity_number_of_the_wrong_length_is_not_sure():
    value = field(paper(body=("Số định danh cá nhân: 0450123456",)), "owner_id")
    assert not sure(value)


def test_an_identity_number_only_one_reader_saw_is_not_sure():
    value = field(paper(body=(one("Số định danh cá nhân: 045012345678"),)), "owner_id")
    assert value.value == "045012345678"
    assert not sure(value)


# --- validity ---------------------------------------------------------------------------------------------------

LICENCE = {"title": ("GIẤY PHÉP",), "number": "Số: 12/GP-UBND", "summary": ("Bán lẻ rượu",), "authority": ()}


def test_a_printed_last_day():
    fields = read(paper(body=("Giấy phép này có giá trị đến hết ngày 12 tháng 8 năm 2026.",), **LICENCE)).fields
    assert fields.valid_to.value == "2026-08-12"
    assert fields.is_perpetual.value is False
    assert sure(fields.valid_to)


def test_a_last_day_over_two_lines():
    body = ("Giấy phép này có giá trị kể từ ngày ký đến hết", "ngày 12 tháng 8 năm 2026.")
    assert field(paper(body=body, **LICENCE), "valid_to").value == "2026-08-12"


@pytest.mark.parametrize("title", ["GIẤY PHÉP", "QUYẾT ĐỊNH"])
def test_a_term_for_handing_in_is_not_the_papers_validity(title: str):
    """The verb stands on the line above: "nộp lại bản chính ... trong thời hạn 10 ngày"."""
    body = (
        "Điều 2. Công ty Cổ phần Mẫu Sơn có trách nhiệm nộp lại bản chính Giấy phép cho",
        "Sở Giao thông vận tải trong thời hạn 10 ngày.",
    )
    changed = {**LICENCE, "title": (title,), "number": "Số: 12/QĐ-UBND" if title == "QUYẾT ĐỊNH" else "Số: 12/GP-UBND"}
    assert field(paper(body=body, **changed), "valid_to").value is None


def test_a_term_of_validity_said_the_long_way():
    body = ("Giấy phép này có giá trị trong thời hạn 05 năm kể từ ngày ký.",)
    assert field(paper(body=body, **LICENCE), "valid_to").value == "2026-08-12"


def test_a_span_is_counted_from_the_issue_date_and_never_sure():
    value = field(paper(body=("Giấy phép có thời hạn 05 (năm) năm kể từ ngày ký.",), **LICENCE), "valid_to")
    assert value.value == "2026-08-12"
    assert not sure(value)


def test_without_end():
    fields = read(paper(body=("Giấy phép này có giá trị không thời hạn.",), **LICENCE)).fields
    assert fields.is_perpetual.value is True
    assert fields.valid_to.value is None


def test_the_first_day():
    body = ("Quyết định này có hiệu lực kể từ ngày 01 tháng 9 năm 2021.",)
    assert field(paper(body=body), "valid_from").value == "2021-09-01"


@pytest.mark.parametrize(
    "body",
    [
        "Báo cáo kết quả thực hiện trong thời hạn 30 ngày kể từ ngày nhận được Quyết định.",
        "Thời hạn sử dụng đất: 50 năm kể từ ngày ký hợp đồng thuê đất.",
        "Có hiệu lực đến ngày 12 tháng 8 năm 2019 theo giấy phép cũ.",
    ],
)
def test_terms_of_something_else_are_not_the_papers_validity(body: str):
    assert field(paper(body=(body,), **LICENCE), "valid_to").value is None


# --- stamps -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stamp", "value"), [("MẬT", "mat"), ("TỐI MẬT", "toi_mat"), ("TUYỆT MẬT", "tuyet_mat"), ("| MẬT |", "mat")]
)
def test_a_secrecy_stamp_is_seen(stamp: str, value: str):
    assert field(paper(stamps=(stamp,)), "secrecy").value == value


def test_a_secrecy_stamp_that_only_one_reader_saw_still_counts():
    said = differ("NẬT", tesseract="NẬT", aster="MẬT")
    assert field(paper(stamps=(said,)), "secrecy").value == "mat"


@pytest.mark.parametrize("text", ["Bí mật", "mật", "Giải mật tài liệu", "BẢO MẬT THÔNG TIN", "QUYẾT ĐỊNH"])
def test_words_about_secrecy_are_no_stamp(text: str):
    assert field(paper(stamps=(text,)), "secrecy").value is None


@pytest.mark.parametrize(
    ("stamp", "value"),
    [("KHẨN", "khan"), ("THƯỢNG KHẨN", "thuong_khan"), ("HỎA TỐC", "hoa_toc"), ("HOẢ TỐC", "hoa_toc")],
)
def test_an_urgency_stamp_is_seen(stamp: str, value: str):
    fields = read(paper(stamps=(stamp,))).fields
    assert fields.urgency.value == value
    assert fields.secrecy.value is None


def test_a_stamp_does_not_change_the_other_fields():
    fields = read(paper(stamps=("KHẨN",))).fields
    assert {name: fields.get(name).value for name in ORDINARY} == ORDINARY


# --- layers -----------------------------------------------------------------------------------------------------


def test_a_pictured_number_on_a_digital_page_needs_two_witnesses():
    number = one("Số: 2110/QĐ-UBND")
    reading = paper(
        agency=tuple(layer(t) for t in ("ỦY BAN NHÂN DÂN", "TỈNH QUẢNG TRỊ")), number=number, signature=SIGNATURE
    )
    value = field(reading, "doc_number")
    assert value.origin == "ocr"
    assert not sure(value)


def test_unclaimed_header_lines_become_issues():
    reading = with_line(paper(), both("GHI CHÚ LẠ"), Box(0.16, 0.115, 0.34, 0.129), "header_left", at=3)
    assert any(issue.startswith("unclaimed_header_line:1:") for issue in read(reading).issues)
    assert read(paper()).issues == ()
