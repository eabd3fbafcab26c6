"""The number line and the date line taken apart: what is printed comes back, what is not there is not invented."""

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from extractors.fields.doc_number import parse_slot
from extractors.fields.issued_date import parse_date

NOTATIONS = [
    "QĐ-UBND", "QĐ-BGDĐT", "UBND-NC", "SGDĐT-QLCL", "TB-SYT", "KH-UBND", "TTr-SXD", "GP-SVHTTDL", "GCN-UBND",
    "BC-UBND", "QĐ-TTg", "GM-UBND", "GXN-UBND", "BB-HĐ", "TLKT-BS", "CV-CĐGD",
]  # fmt: skip
LABELS = ["Số: ", "Số:", "Số ", "SỐ: ", "Số : ", "So: ", "Sô: ", "Số. "]
GAPS = [("", ""), ("", " "), (" ", ""), (" ", " ")]


@st.composite
def number_lines(draw: st.DrawFn) -> tuple[str, str, str, str]:
    """(line as printed, number, year, notation)."""
    number = draw(st.one_of(st.integers(1, 99999).map(str), st.integers(1, 9).map(lambda n: f"0{n}")))
    year = draw(st.one_of(st.just(""), st.integers(1998, 2029).map(str)))
    notation = draw(st.sampled_from(NOTATIONS))
    label, (before, after) = draw(st.sampled_from(LABELS)), draw(st.sampled_from(GAPS))
    middle = f"{number}{before}/{after}{year}/{notation}" if year else f"{number}{before}/{after}{notation}"
    return label + middle, number, year, notation


@given(number_lines())
@example(("Số: 2110/QĐ-UBND", "2110", "", "QĐ-UBND"))
@example(("Số: 12/2019/QĐ-UBND", "12", "2019", "QĐ-UBND"))
def test_a_printed_number_line_comes_back(made: tuple[str, str, str, str]):
    text, number, year, notation = made
    slot = parse_slot(text)
    assert slot is not None
    assert (slot.number, slot.year, slot.notation, slot.clean) == (number, year, notation, True)


@pytest.mark.parametrize(
    ("text", "number", "notation"),
    [
        ("Số: 68 /QĐ-UBND", "68", "QĐ-UBND"),
        ("Số: 68/QĐ–UBND", "68", "QĐ-UBND"),
        ("Số: 68/QĐ - UBND", "68", "QĐ-UBND"),
        ("Số: 1 2 3/TB-SYT", "123", "TB-SYT"),
        ("Số: 05/UBND-NC.", "05", "UBND-NC"),
        ("|Số: 147/SYT-NVY_", "147", "SYT-NVY"),
        ("Số: 286/QĐ-VKSTC |", "286", "QĐ-VKSTC"),
        ("Số 01-NQ/TU", "01", "NQ/TU"),
        ("Số: 95-CV/BTCTU", "95", "CV/BTCTU"),
    ],
)
def test_shapes_seen_on_papers(text: str, number: str, notation: str):
    slot = parse_slot(text)
    assert slot is not None
    assert (slot.number, slot.notation, slot.clean) == (number, notation, True)


@pytest.mark.parametrize("text", ["Số:       /QĐ-UBND", "Số: ..../QĐ-UBND", "Số: /QĐ-UBND"])
def test_an_open_number_stays_open(text: str):
    slot = parse_slot(text)
    assert slot is not None
    assert slot.number == ""
    assert not slot.clean
    assert slot.notation == "QĐ-UBND"


@pytest.mark.parametrize("text", ["Số: 2I1O/QĐ-UBND", "Số: 2l1/QĐ-UBND", "Số: 2 | 1/QĐ-UBND"])
def test_letters_that_look_like_digits_are_a_guess(text: str):
    slot = parse_slot(text)
    assert slot is not None
    assert not slot.clean


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Số:",
        "ỦY BAN NHÂN DÂN",
        "V/v trả lời đơn",
        "Độc lập - Tự do - Hạnh phúc",
        "Quảng Trị, ngày 12 tháng 8 năm 2021",
    ],
)
def test_other_lines_have_no_number(text: str):
    slot = parse_slot(text)
    assert slot is None or not slot.clean or not slot.number


def test_a_register_number_alone_is_a_number():
    slot = parse_slot("Số: 21F8497969")
    assert slot is not None
    assert (slot.number, slot.notation) == ("21F8497969", "")


PLACES = [
    "Quảng Trị",
    "Quảng Ngãi",
    "Bắc Giang",
    "Ngân Sơn",
    "Nghĩa Đàn",
    "Hà Nội",
    "TP. Hồ Chí Minh",
    "Cam Lộ",
    "Đắk Lắk",
    "Thừa Thiên Huế",
]


@st.composite
def date_lines(draw: st.DrawFn) -> tuple[str, date]:
    day = draw(st.dates(date(1976, 1, 1), date(2029, 12, 31)))
    padded = draw(st.booleans())
    d, m = (f"{day.day:02}", f"{day.month:02}") if padded else (str(day.day), str(day.month))
    gap = draw(st.sampled_from([" ", "  "]))
    comma = draw(st.sampled_from([", ", ","]))
    return f"{draw(st.sampled_from(PLACES))}{comma}ngày{gap}{d}{gap}tháng{gap}{m}{gap}năm{gap}{day.year}", day


@given(date_lines())
def test_a_printed_date_comes_back(made: tuple[str, date]):
    text, day = made
    slot = parse_date(text)
    assert slot is not None
    assert slot.clean
    assert slot.as_date() == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Quảng Trị, ngày 08 tháng 7 năm 2019.", date(2019, 7, 8)),
        ("Hà Nội, ngày12 tháng11 năm2020", date(2020, 11, 12)),
        ("Hà Nội, ngay 12 thang 11 nam 2020", date(2020, 11, 12)),
        ("QUẢNG TRỊ, NGÀY 12 THÁNG 11 NĂM 2020", date(2020, 11, 12)),
        ("Hà Nội, ngày: 12 tháng: 11 năm: 2020", date(2020, 11, 12)),
    ],
)
def test_dates_as_papers_print_them(text: str, day: date):
    slot = parse_date(text)
    assert slot is not None
    assert slot.clean
    assert slot.as_date() == day


@pytest.mark.parametrize("text", ["Hà Nội, ngày    tháng    năm 2020", "Hà Nội, ngày ... tháng 5 năm 2020"])
def test_an_open_day_is_not_made_up(text: str):
    slot = parse_date(text)
    assert slot is None or (slot.as_date() is None and not slot.clean)


@pytest.mark.parametrize(
    "text", ["", "Độc lập - Tự do - Hạnh phúc", "ngày 12 tháng 11", "Số: 12/QĐ-UBND", "ngày 31 tháng 2 năm 20"]
)
def test_lines_without_a_year_have_no_date(text: str):
    assert parse_date(text) is None


def test_a_day_that_does_not_exist_is_no_date():
    slot = parse_date("Hà Nội, ngày 31 tháng 2 năm 2020")
    assert slot is not None
    assert slot.as_date() is None


@given(st.text(max_size=60))
def test_no_text_breaks_the_parsers(text: str):
    slot = parse_date(text)
    if slot is not None and slot.as_date() is not None:
        assert 1 <= slot.month <= 12
    number = parse_slot(text)
    if number is not None and number.clean and number.notation:
        assert number.number.replace(" ", "").isdecimal()
