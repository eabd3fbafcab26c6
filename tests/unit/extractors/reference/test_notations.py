"""Shapes of document numbers and repairs of the ký hiệu."""

import pytest

from extractors.reference import parse_number, snap_notation


@pytest.mark.parametrize(
    ("printed", "number", "notation", "year", "style", "kind"),
    [
        ("2110/QĐ-UBND", "2110", "QĐ-UBND", None, "ca_biet", "quyet_dinh"),
        ("30/2020/NĐ-CP", "30", "NĐ-CP", 2020, "quy_pham", "nghi_dinh"),
        ("3759/BNV-CCHC", "3759", "BNV-CCHC", None, "cong_van", "cong_van"),
        ("5348/CT-CS", "5348", "CT-CS", None, "cong_van", "cong_van"),
        ("23/CT-TTg", "23", "CT-TTg", None, "ca_biet", "chi_thi"),
        ("01-NQ/TU", "01", "NQ/TU", None, "dang", "nghi_quyet"),
        ("84-KH/TU", "84", "KH/TU", None, "dang", "ke_hoach"),
        ("16-BYT/TT", "16", "BYT/TT", None, "cu", "thong_tu"),
        ("33/2024/QH15", "33", "QH15", 2024, "quy_pham", None),
        ("832/NQ-UBTVQH14", "832", "NQ-UBTVQH14", None, "ca_biet", "nghi_quyet"),
        ("147/GM-TB", "147", "GM-TB", None, "ca_biet", "giay_moi"),
        ("12/GPXD", "12", "GPXD", None, "ca_biet", "giay_phep"),
        ("118a/SGD&ĐT-GDTrH", "118a", "SGD&ĐT-GDTrH", None, "cong_van", "cong_van"),
        ("147", "147", "", None, "so", None),
    ],
)
def test_shapes(printed, number, notation, year, style, kind):
    parsed = parse_number(printed)
    assert parsed is not None
    assert (parsed.number, parsed.notation, parsed.year, parsed.style) == (number, notation, year, style)
    assert parsed.type_key == kind
    assert str(parsed) == printed


@pytest.mark.parametrize("printed", ["Số: 68 / QĐ - UBND", "Số:68/QĐ-UBND.", "68/QĐ–UBND", " 68 /QĐ-UBND"])
def test_label_spaces_and_dashes_do_not_count(printed):
    assert str(parse_number(printed)) == "68/QĐ-UBND"


@pytest.mark.parametrize("text", ["", "QĐ-UBND", "/QĐ-UBND", "12/2020", "12/05", "ngày 12", "1/2/3/4"])
def test_other_texts_are_no_numbers(text):
    assert parse_number(text) is None


@pytest.mark.parametrize(
    ("read", "value", "how"),
    [
        ("QĐ-UBND", "QĐ-UBND", "exact"),
        ("QD-UBND", "QĐ-UBND", "accents"),
        ("QĐ-UBNO", "QĐ-UBND", "edit"),
        ("TTR-SNNMT", "TTr-SNNMT", "accents"),
        ("CT-TTG", "CT-TTg", "accents"),
        ("QĐ-BGDDT", "QĐ-BGDĐT", "accents"),
        ("NQ/TU", "NQ/TU", "exact"),
        ("BGDĐT-GDTrH", "BGDĐT-GDTrH", "exact"),
        ("NQ-UBTVQH15", "NQ-UBTVQH15", "exact"),
    ],
)
def test_notations_are_put_right(read, value, how):
    match = snap_notation(read)
    assert match is not None
    assert (match.value, match.how, match.known) == (value, how, True)


def test_unknown_parts_stay_and_are_called_unknown():
    match = snap_notation("QĐ-ZWXVK")
    assert match is not None
    assert (match.value, match.known) == ("QĐ-ZWXVK", False)
    assert match.score <= 0.6


def test_the_agency_on_the_paper_decides():
    match = snap_notation("QĐ-CDGO", agency="CÔNG ĐOÀN GIÁO DỤC")
    assert match is not None
    assert match.value == "QĐ-CĐGD"


def test_a_number_alone_has_no_notation():
    assert snap_notation("147") is None
