"""Values both readers agree on and which something else on the paper speaks against: read better, or not sure."""

from datetime import date

import pytest

from extractors.reference.names import likelier_accents
from extractors.understand import understand
from schemas.extraction import FieldValue
from schemas.geometry import Box
from schemas.reading import PageReading, Reading
from tests.builders import RECIPIENTS, Said, Text, both, differ, layer, line, paper

TODAY = date(2026, 11, 1)


def field(reading: Reading, name: str) -> FieldValue:
    return understand(reading, today=TODAY).fields.get(name)


def sure(value: FieldValue) -> bool:
    return not value.needs_review


def with_lines(reading: Reading, *more: tuple[Text, Box, str]) -> Reading:
    page = reading.pages[0]
    lines = (*page.lines, *(line(said, box, region) for said, box, region in more))  # type: ignore[arg-type]
    ordered = tuple(sorted(lines, key=lambda q: q.box.cy))
    return Reading((PageReading(page.number, page.width_pt, page.height_pt, ordered, page.origin),), reading.engine)


def moved(reading: Reading, text: str, region: str) -> Reading:
    """The line ``text`` in another block than it was read in."""
    page = reading.pages[0]
    lines = tuple(
        line(q.text, q.box, region) if q.text == text else q  # type: ignore[arg-type]
        for q in page.lines
    )
    return Reading((PageReading(page.number, page.width_pt, page.height_pt, lines, page.origin),), reading.engine)


# --- letterhead -------------------------------------------------------------------------------------------------


def test_lines_of_a_second_band_at_the_head_are_the_letterheads():
    agency = ("UBND TỈNH QUẢNG TRỊ", "ỦY BAN NHÂN DÂN", "XÃ HẢI LĂNG")
    reading = paper(agency=agency)
    for text in agency[1:]:
        reading = moved(reading, text, "sign_left")
    assert field(reading, "issuing_agency_name").value == "ỦY BAN NHÂN DÂN XÃ HẢI LĂNG"
    assert field(reading, "parent_agency_name").value == "UBND TỈNH QUẢNG TRỊ"


def test_the_end_of_a_trich_yeu_in_a_second_band_belongs_to_it():
    summary = ("Về việc cho phép chuyển mục đích sử dụng đất của ông Nguyễn", "Văn Mẫu")
    reading = moved(paper(summary=summary), "Văn Mẫu", "sign_left")
    assert field(reading, "summary").value == " ".join(summary)


def test_an_agency_read_in_one_row_with_the_second_line_of_the_motto_is_whole():
    row = (both("ỦY BAN NHÂN DÂN XÃ HẢI LĂNG Độc lập - Tự do - Hạnh phúc"), Box(0.1, 0.068, 0.9, 0.082), "body")
    value = field(with_lines(paper(agency=("UBND TỈNH QUẢNG TRỊ",)), row), "issuing_agency_name")
    assert value.value == "ỦY BAN NHÂN DÂN XÃ HẢI LĂNG"


def test_dust_beside_the_motto_is_no_agency():
    row = (both("- JW) Độc lập - Tự do - Hạnh phúc"), Box(0.1, 0.03, 0.9, 0.044), "body")
    assert field(with_lines(paper(), row), "issuing_agency_name").value == "ỦY BAN NHÂN DÂN TỈNH QUẢNG TRỊ"


@pytest.mark.parametrize(("under", "certain"), [("; YÀ MỖI TRƯỜNG", False), ("Điện thoại: 0233", True)])
def test_a_row_of_capitals_under_the_agency_that_a_stamp_runs_into_leaves_it_unsure(under: str, certain: bool):
    reading = paper(agency=("UBND TỈNH QUẢNG TRỊ", "SỞ XÂY DỰNG"), number=None)
    row = (both(under), Box(0.0, 0.086, 0.33, 0.1), "header_left")
    number = (both("Số: 21/QĐ-SXD"), Box(0.2, 0.12, 0.34, 0.134), "header_left")
    arrival = (both("ĐẾN"), Box(0.02, 0.11, 0.1, 0.124), "header_left")
    assert sure(field(with_lines(reading, row, number, arrival), "issuing_agency_name")) is certain


def test_a_comma_inside_a_known_name_is_a_speck():
    agency = ("UBND TỈNH QUẢNG TRỊ", "SỞ XÂY, DỰNG")
    assert field(paper(agency=agency, number="Số: 21/QĐ-SXD"), "issuing_agency_name").value == "SỞ XÂY DỰNG"


def test_a_comma_that_stands_in_the_name_stays():
    agency = ("UBND TỈNH QUẢNG TRỊ", "SỞ VĂN HÓA, THỂ THAO VÀ DU LỊCH")
    assert field(paper(agency=agency, number="Số: 21/QĐ-SVHTTDL"), "issuing_agency_name").value == agency[1]


def test_of_a_comma_and_a_dash_the_one_of_the_known_name_is_taken():
    said = differ(
        "SỞ LAO ĐỘNG, THƯƠNG BINH VÀ XÃ HỘI",
        tesseract="SỞ LAO ĐỘNG - THƯƠNG BINH VÀ XÃ HỘI",
        aster="SỞ LAO ĐỘNG, THƯƠNG BINH VÀ XÃ HỘI",
    )
    value = field(paper(agency=("UBND TỈNH QUẢNG TRỊ", said), number="Số: 21/QĐ-SLĐTBXH"), "issuing_agency_name")
    assert value.value == "SỞ LAO ĐỘNG - THƯƠNG BINH VÀ XÃ HỘI"


def test_a_typed_name_stays_as_it_is_typed():
    agency = ("UBND HUYỆN BẾN LỨC", "UỶ BAN NHÂN DÂN XÃ THẠNH HOÀ")
    reading = paper(
        agency=agency, number="Số: 8/QĐ-UBND", date_line="Thanh Hoà, ngày 12 tháng 8 năm 2021", all_layer=True
    )
    assert field(reading, "issuing_agency_name").value == agency[1]


def test_dashes_in_a_row_are_no_part_of_a_name():
    reading = paper(agency=("UBND TỈNH QUẢNG TRỊ", "SỞ XÂY DỰNG -- YÀ MÔI"), number="Số: 21/QĐ-SXD")
    assert not sure(field(reading, "issuing_agency_name"))


# --- place ------------------------------------------------------------------------------------------------------


def test_a_misread_letterhead_does_not_spell_the_place():
    reading = paper(
        agency=("WBND TINH LẠNG SON", "SỞ XÂY DỰNG"),
        number="Số: 21/QĐ-SXD",
        date_line="Lạng Sơn, ngày 12 tháng 8 năm 2021",
    )
    assert field(reading, "place").value == "Lạng Sơn"


@pytest.mark.parametrize(("right_end", "certain"), [(0.595, False), (0.45, True)])
def test_a_number_row_that_runs_into_the_date_may_hold_the_places_first_word(right_end: float, certain: bool):
    reading = paper(
        agency=("UBND THÀNH PHỐ HỒ CHÍ MINH", "SỞ XÂY DỰNG"),
        number=None,
        date_line=None,
    )
    date_line = ("Hồ Chí Minh, ngày 12 tháng 8 năm 2021", Box(0.6, 0.12, 0.9, 0.134), "header_right")
    number = ("Số: 21/QĐ-SXD TP.", Box(0.2, 0.12, right_end, 0.134), "header_left")
    assert sure(field(with_lines(reading, number, date_line), "place")) is certain


# --- type and trích yếu -----------------------------------------------------------------------------------------


def test_the_words_of_an_arrival_stamp_are_no_title():
    stamp = (both("CÔNG VĂN QUẢNG TRỊ"), Box(0.4, 0.12, 0.6, 0.134), "body")
    reading = with_lines(paper(title=("TỜ TRÌNH",), number="Số: 21/TTr-UBND"), stamp)
    assert field(reading, "doc_type").value == "to_trinh"


def test_a_stamp_alone_makes_no_sure_letter():
    stamp = (both("CÔNG VĂN"), Box(0.46, 0.15, 0.58, 0.164), "body")
    reading = with_lines(paper(title=(), summary=(), authority=(), number=None), stamp)
    assert not sure(field(reading, "doc_type"))


@pytest.mark.parametrize("paragraphs", [("sau: các nội dung của kế hoạch này.",), ()])
def test_the_indented_line_under_a_short_trich_yeu_is_the_bodys(paragraphs: tuple[str, ...]):
    reading = paper(
        title=("KẾ HOẠCH",), number="Số: 21/KH-UBND", summary=("Cải cách hành chính năm 2021",), authority=(), body=()
    )
    body = "Ủy ban nhân dân tỉnh Quảng Trị ban hành Kế hoạch với các nội dung như"
    rows: list[tuple[Text, Box, str]] = [(both(body), Box(0.2, 0.222, 0.9, 0.236), "body")]
    rows += [(both(p), Box(0.14, 0.242, 0.9, 0.256), "body") for p in paragraphs]
    rows += [
        (both(p), Box(0.2, 0.28 + k * 0.02, 0.6, 0.294 + k * 0.02), "body")
        for k, p in enumerate(("Mục một", "Mục hai"))
    ]
    value = field(with_lines(reading, *rows), "summary")
    assert value.value == "Cải cách hành chính năm 2021"


def test_two_long_centred_lines_are_both_of_the_trich_yeu():
    summary = ("Về việc điều chỉnh, bổ sung Quyết định về việc cấp Giấy chứng nhận", "quyền sử dụng đất")
    assert field(paper(summary=summary), "summary").value == " ".join(summary)


def test_a_trich_yeu_of_a_paper_in_one_column_ends_before_the_motto():
    under = ("V/v hướng dẫn thủ tục cấp phiếu lý lịch tư pháp", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
    reading = paper(number="Số: 25/STNMT-KS", under_number=under, title=(), summary=(), authority=(), all_layer=True)
    assert field(reading, "summary").value == under[0]


@pytest.mark.parametrize(
    ("text", "certain"),
    [
        ("Về việc cấp Giấyphép cho hộ kinh doanh trên địa bàn", False),
        ("Về việc cấp giấy phép cho buôn Krông thuộc xã", True),
        ("Về việc công bố danh sách trên Website của Sở Nội vụ", True),
    ],
)
def test_a_space_both_readers_lost_is_a_doubt(text: str, certain: bool):
    assert sure(field(paper(summary=(text,)), "summary")) is certain


# --- signature --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "likelier"),
    [("Quách Tải Minh", True), ("Giàng Tổ Minh", True), ("Trần Thị Minh", False), ("Trần Tài Minh", False)],
)
def test_names_that_are_rarely_names_with_these_accents(name: str, likelier: bool):
    assert likelier_accents(name) is likelier


@pytest.mark.parametrize(
    ("name", "score", "certain"),
    [("Quách Tải Minh", 0.985, False), ("Quách Tải Minh", 0.999, True), ("Quách Tài Minh", 0.985, True)],
)
def test_a_rarer_name_with_other_accents_is_sure_only_where_it_is_read_clearly(name: str, score: float, certain: bool):
    reading = paper(signature=("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH", "", both(name, score=score)))
    assert sure(field(reading, "signer_name")) is certain


def test_the_end_of_the_same_title_under_it_is_a_deputys_row():
    reading = paper(signature=("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH", "Ủ TỊCH", "", "Nguyễn Văn Mẫu"))
    assert not sure(field(reading, "signer_title"))
    assert not sure(field(reading, "signing_capacity"))


def test_a_kt_without_its_space_is_one():
    reading = paper(signature=("TM. ỦY BAN NHÂN DÂN", "KT.CHỦ TỊCH", "PHÓ CHỦ TỊCH", "", "Nguyễn Văn Mẫu"))
    capacity = field(reading, "signing_capacity")
    assert (capacity.value, sure(capacity)) == ("TM. ỦY BAN NHÂN DÂN KT. CHỦ TỊCH", True)


def test_letters_one_reader_saw_before_a_title_are_not_outvoted_by_its_exact_words():
    hidden = Said("CHỦ TỊCH", "CHỦ TỊCH", "5K.PHÓ CHỦ TỊCH")
    reading = paper(signature=("TM. ỦY BAN NHÂN DÂN", hidden, "", "Nguyễn Văn Mẫu"))
    assert not sure(field(reading, "signer_title"))


# --- recipients -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("items", "certain"),
    [
        (RECIPIENTS, True),
        (("Nơi nhận:", "- Chủ đầu", "- Sở Tài nguyên và Môi trường;", "- Lưu: VT, NN."), False),
        (("Nơi nhận:", "- Như Điều 3;", "- Lưu: VT,"), False),
        (("Nơi nhận:", "- Như Điều 3", "- Sở Nội vụ", "- Lưu: VT, NN"), True),  # a list that closes no item
        (("Nơi nhận:", "- Thanhtra Sở;", "- Lưu: VT, NN."), False),
    ],
)
def test_recipients_that_something_was_cut_off(items: tuple[str, ...], certain: bool):
    assert sure(field(paper(recipients=items), "recipients")) is certain


def test_a_list_that_runs_into_the_signature_is_not_sure():
    reading = paper(recipients=("Nơi nhận:", "- Công ty Mẫu;", "- Lưu: VT, NN."))
    row = (both("TM. ỦY BAN"), Box(0.27, 0.72, 0.6, 0.734), "sign_right")
    assert not sure(field(with_lines(reading, row), "recipients"))


def test_the_signature_read_on_the_heads_row_is_no_recipient():
    head = differ("Nơi nhận:_ TM. ỦY", tesseract="Nơi nhận: TM. ỦY", aster="Nơi nhận:_TM. ỦY")
    assert field(paper(recipients=(head, "- Lưu: VT, NN.")), "recipients").value == ("Lưu: VT, NN.",)


def test_a_website_has_its_space_back():
    value = field(paper(recipients=("Nơi nhận:", "- Websitecơ quan;", "- Lưu: VT, NN.")), "recipients")
    assert value.value == ("Website cơ quan;", "Lưu: VT, NN.")


# --- owner ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "below", "name"),
    [
        ("Quách Tường", "Minh, Chuyên viên, đã có thành tích xuất sắc", "Quách Tường Minh"),
        ("Quách Minh", "đã có thành tích xuất sắc trong công tác", "Quách Minh"),
    ],
)
def test_a_short_name_at_the_end_of_a_full_line_goes_on_below(first: str, below: str, name: str):
    rows: list[tuple[Text, Box, str]] = [
        (layer(f"Điều 1. Tặng Bằng khen kèm theo tiền thưởng cho ông {first}"), Box(0.2, 0.4, 0.9, 0.414), "body"),
        (layer(below), Box(0.14, 0.42, 0.9, 0.434), "body"),
    ]
    reading = with_lines(paper(summary=("Về việc tặng Bằng khen thành tích",), body=(), all_layer=True), *rows)
    assert field(reading, "owner_name").value == name


# --- validity ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("year", "conflict"),
    [("2031", False), ("2051", True), ("2032", False)],  # a year's play: a term may run from another day
)
def test_an_end_that_is_not_where_its_term_leads_is_not_sure(year: str, conflict: bool):
    body = (f"Điều 3. Giấy phép có giá trị 10 năm, kể từ ngày ký đến hết ngày 12 tháng 8 năm {year}.",)
    value = field(paper(title=("GIẤY PHÉP",), number="Số: 21/GP-UBND", body=body), "valid_to")
    assert value.value == f"{year}-08-12"
    assert ("term_conflict" in value.reasons) is conflict
    assert sure(value) is not conflict
