"""What a seal, a stamp, a stroke or the reader takes away: nothing that is left over is called sure."""

from datetime import date

import pytest

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


def with_line(reading: Reading, said: Text, box: Box, region: str = "body") -> Reading:
    page = reading.pages[0]
    lines = (*page.lines, line(said, box, region))  # type: ignore[arg-type]
    ordered = tuple(sorted(lines, key=lambda q: q.box.cy))
    return Reading((PageReading(page.number, page.width_pt, page.height_pt, ordered, page.origin),), reading.engine)


# --- the signature block ----------------------------------------------------------------------------------------


def test_a_kt_behind_specks_is_read():
    signature = ("TM. ỦY BAN NHÂN DÂN", differ("mKT. CHỦ TỊCH", tesseract="z=KT. CHỦ TỊCH", aster="mKT. CHỦ TỊCH"))
    reading = paper(signature=(*signature, "PHÓ CHỦ TỊCH", "", "Nguyễn Văn Mẫu"))
    assert field(reading, "signing_capacity").value == "TM. ỦY BAN NHÂN DÂN KT. CHỦ TỊCH"


def test_the_head_over_the_deputy_is_a_kt_line_that_lost_its_mark():
    lost = differ("F. CHỦ TỊCH", tesseract="F. CHỦ TỊCH", aster="[. CHỦ TỊCH")
    reading = paper(signature=("TM. ỦY BAN NHÂN DÂN", lost, "PHÓ CHỦ TỊCH", "", "Nguyễn Văn Mẫu"))
    capacity = field(reading, "signing_capacity")
    assert capacity.value == "TM. ỦY BAN NHÂN DÂN KT. CHỦ TỊCH"
    assert not sure(capacity)
    assert field(reading, "signer_title").value == "PHÓ CHỦ TỊCH"


def test_a_title_on_two_rows_is_not_sure_and_no_capacity_is_not_either():
    hidden = differ("Z0) CÀ GIÁM ĐỐC", tesseract="Z0) CÀ GIÁM ĐỐC", aster="XO GIÁM ĐỐC")
    reading = paper(
        agency=("UBND TỈNH QUẢNG TRỊ", "SỞ Y TẾ"), number="Số: 10/QĐ-SYT",
        signature=("GIÁM ĐỐC", hidden, "", "Nguyễn Văn Mẫu"),
    )  # fmt: skip
    assert not sure(field(reading, "signing_capacity"))
    assert not sure(field(reading, "signer_title"))


def test_letters_before_a_title_may_be_a_deputys():
    hidden = differ("HHÓ CHỦ TỊCH", tesseract="TNRBÓ CHỦ TỊCH", aster="HHÓ CHỦ TỊCH")
    reading = paper(signature=("TM. ỦY BAN NHÂN DÂN", hidden, "", "Nguyễn Văn Mẫu"))
    assert not sure(field(reading, "signer_title"))
    assert not sure(field(reading, "signing_capacity"))  # the row under TM. may also be a KT. line


def test_only_the_committees_line_of_a_block_is_not_sure():
    reading = paper(signature=("TM. ỦY BAN NHÂN DÂN", "", "", "Nguyễn Văn Mẫu"))
    assert not sure(field(reading, "signing_capacity"))


def test_two_words_on_a_scan_are_no_sure_name():
    reading = paper(signature=("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH", "", "Kim Ánh"))
    assert not sure(field(reading, "signer_name"))


def test_a_text_layer_keeps_every_word_of_title_and_name():
    reading = paper(signature=("NGƯỜI CHỦ TRÌ", "", "Cao Hoàng Linh"), all_layer=True)
    assert field(reading, "signer_title").value == "NGƯỜI CHỦ TRÌ"
    assert field(reading, "signer_name").value == "Cao Hoàng Linh"


# --- number and date --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tesseract", "aster", "certain"),
    [
        ("Số: 2ll0/QĐ-UBND", "Số: 2110/QĐ-UBND", True),  # letters of the same shape, sign for sign
        ("Số: !2?110/QĐ-UBND", "Số: 2110/QĐ-UBND", False),  # signs were dropped
        ("Số: 237/QĐ-UBND", "Số: '237/QĐ-UBND", False),  # the stroke may be a digit
    ],
)
def test_look_alikes_count_sign_for_sign(tesseract: str, aster: str, certain: bool):
    value = field(paper(number=differ(aster, tesseract=tesseract, aster=aster)), "code_number")
    assert sure(value) is certain


def test_a_date_with_look_alikes_is_corroborated_by_the_other_reader():
    said = differ(
        "Quảng Trị, ngày 16 tháng 8 năm 2021",
        tesseract="Quảng Trị, ngàyl6 tháng 8 năm 2021",
        aster="Quảng Trị, ngày 16 tháng 8 năm 2021",
    )
    value = field(paper(date_line=said), "issued_date")
    assert (value.value, sure(value)) == ("2021-08-16", True)
    assert "twins_agree" in value.reasons


def test_capitals_of_a_notation_come_back():
    said = Said("Số: 8/SVHTTDL-Qlvh", "Số: 8/SVHTTDL-Qlvh", "Số: 8/SVHTTDL-qlvh")
    assert field(paper(number=said), "code_notation").value == "SVHTTDL-QLVH"


# --- letterhead -------------------------------------------------------------------------------------------------


def test_a_stamp_beside_the_agency_is_no_part_of_it():
    reading = with_line(paper(), "PHÒNG VĂN THƯ", Box(0.02, 0.082, 0.12, 0.094), "header_left")
    assert field(reading, "issuing_agency_name").value == "ỦY BAN NHÂN DÂN TỈNH QUẢNG TRỊ"


def test_a_parent_read_in_one_row_with_the_motto_is_found():
    row = layer("TỔNG LIÊN ĐOÀN LAO ĐỘNG VIỆT NAM CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
    reading = with_line(
        paper(agency=("LIÊN ĐOÀN LAO ĐỘNG TỈNH HÀ NAM",), number="Số: 198/QĐ-LĐLĐ", all_layer=True),
        row, Box(0.1, 0.03, 0.9, 0.044),
    )  # fmt: skip
    assert field(reading, "parent_agency_name").value == "TỔNG LIÊN ĐOÀN LAO ĐỘNG VIỆT NAM"


def test_a_bare_inspectorate_is_no_whole_name():
    reading = paper(agency=("THANH TRA TỈNH",), number="Số: 5/QĐ-TTr")
    assert not sure(field(reading, "issuing_agency_name"))


def test_a_speck_behind_and_in_an_agencys_name_is_no_mark():
    agency = ("UBND TỈNH CÀ MAU", "SỞ NÔNG NGHIỆP VÀ, PHÁT TRIỂN NÔNG THÔN")
    assert field(paper(agency=agency), "issuing_agency_name").value == "SỞ NÔNG NGHIỆP VÀ PHÁT TRIỂN NÔNG THÔN"


# --- trích yếu --------------------------------------------------------------------------------------------------


def test_a_subject_line_that_wants_more_words_is_not_sure():
    assert not sure(field(paper(summary=("Về việc triển khai thực hiện Công văn số",)), "summary"))


def test_a_subject_may_begin_like_a_sentence_of_the_body():
    summary = ("Thực hiện công tác dân vận và dân chủ ở cơ sở năm 2025",)
    value = field(paper(title=("KẾ HOẠCH",), number="Số: 2110/KH-UBND", summary=summary, authority=()), "summary")
    assert value.value == summary[0]


def test_the_decision_after_the_grounds_is_no_title():
    reading = paper(title=(), summary=(), authority=(), number=None, date_line=None, body=(
        both("Xét đơn đề nghị cấp giấy phép của Công ty TNHH Mẫu ngày 15 tháng 3 năm 2026,"),
    ))  # fmt: skip
    reading = with_line(reading, "QUYẾT ĐỊNH:", Box(0.44, 0.3, 0.58, 0.314))
    assert not sure(field(reading, "doc_type"))


def test_a_space_lost_behind_a_number_comes_back():
    summary = ("Về việc trả lời Công văn ngày 12/07/2020của Bộ Nội vụ",)
    assert field(paper(summary=summary), "summary").value == "Về việc trả lời Công văn ngày 12/07/2020 của Bộ Nội vụ"


def test_strokes_behind_the_closing_mark_of_a_recipient_are_no_text():
    reading = paper(recipients=(*RECIPIENTS[:-1], "- Lưu: VT, NN. ("))
    recipients = field(reading, "recipients").value
    assert isinstance(recipients, tuple)
    assert recipients[-1] == "Lưu: VT, NN."


def test_the_end_of_a_seals_text_is_no_name():
    reading = paper(signature=("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH", "", "An Nhân Dân"))
    assert field(reading, "signer_name").value is None
