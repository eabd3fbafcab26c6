"""Agency lines: accents put right in the printed style, levels, and agreement with the ký hiệu."""

from datetime import date

import pytest

from extractors.reference import agency_fits_notation, level_of, notation_agency, snap_agency
from extractors.reference.data import toml_table
from extractors.reference.spelling import key
from extractors.reference.vocabulary import _entries
from schemas.text import fold


@pytest.mark.parametrize(
    ("read", "value"),
    [
        ("ỦY BAN NHẦN DÂN TỈNH HÀI DƯƠNG", "ỦY BAN NHÂN DÂN TỈNH HẢI DƯƠNG"),
        ("UỶ BAN NHÂN DÂN TÍNH QUÁNG TRỊ", "UỶ BAN NHÂN DÂN TỈNH QUẢNG TRỊ"),
        ("UỸ BAN NHÂN DÂN TỈNH CÀ MAU", "UỶ BAN NHÂN DÂN TỈNH CÀ MAU"),
        ("UBND TỈNH PHÚ THỌ", "UBND TỈNH PHÚ THỌ"),
        ("BỘ GIAO DỤC VÀ ĐÀO TAO", "BỘ GIÁO DỤC VÀ ĐÀO TẠO"),
        ("VIỆN KIỂM SÁT NHÂN DẦN TÔI CAO", "VIỆN KIỂM SÁT NHÂN DÂN TỐI CAO"),
        ("SỞ LAO ĐỘNG-THƯƠNG BINH VÀ XÃ HÔI", "SỞ LAO ĐỘNG-THƯƠNG BINH VÀ XÃ HỘI"),
        ("SỞ LAO ĐỘNG – THƯƠNG BINH VÀ XÃ HỘI", "SỞ LAO ĐỘNG – THƯƠNG BINH VÀ XÃ HỘI"),
        ("ỦY BANNHÂN DÂN TỈNH LAI CHÂU", "ỦY BAN NHÂN DÂN TỈNH LAI CHÂU"),
        ("UBNDTỈNH LAI CHÂU", "UBND TỈNH LAI CHÂU"),
        ("TRUNG TÂM PHỤC VU HÀNH CHINH CÔNG", "TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG"),
        ("BỘ VĂN HOÁ, THỂ THAO VÀ DU LICH", "BỘ VĂN HOÁ, THỂ THAO VÀ DU LỊCH"),
        ("LIÊN ĐOÀN LAO ĐÔNG THÀNH PHỐ HỒ CHÍ MINH", "LIÊN ĐOÀN LAO ĐỘNG THÀNH PHỐ HỒ CHÍ MINH"),
        ("Sở Tài nguyên và Môi trưòng", "Sở Tài nguyên và Môi trường"),
    ],
)
def test_accents_are_put_right_and_the_printed_style_kept(read, value):
    match = snap_agency(read)
    assert match is not None
    assert match.value == value
    assert match.known
    assert (match.changes == ()) == (read == value)


@pytest.mark.parametrize("tag", ["central", "department", "body", "office"])
def test_every_name_of_the_table_is_known_as_printed(tag):
    for row in toml_table("agencies.toml")[tag]:
        printed = row["name"].upper()
        match = snap_agency(printed)
        assert match is not None, printed
        assert (match.value, match.how, match.known) == (printed, "exact", True)


def test_no_two_phrases_differ_in_accents_only():
    """Otherwise a wrong accent could lead to the wrong one of them."""
    by_key: dict[tuple[str, ...], set[str]] = {}
    for name, tag, _ in _entries():
        if len(name.split()) > 1 and tag != "joint":
            by_key.setdefault(tuple(k for w in name.split() if (k := key(w))), set()).add(fold(name.replace("-", " ")))
    assert {k: v for k, v in by_key.items() if len({x.replace(",", "") for x in v}) > 1} == {}


def test_unknown_names_stay_as_printed_and_are_not_called_known():
    match = snap_agency("TRƯỜNG THPT NGUYỂN TRÃI")
    assert match is not None
    assert match.value == "TRƯỜNG THPT NGUYỂN TRÃI"
    assert not match.known
    assert match.score < 0.8


@pytest.mark.parametrize("line", ["Kính gửi: Sở Y tế", "Độc lập - Tự do - Hạnh phúc", "", "123", "Nguyễn Văn An"])
def test_other_lines_are_no_agencies(line):
    assert snap_agency(line) is None


def test_a_letter_changes_only_where_a_known_agency_results():
    match = snap_agency("BỘ GIÁO DỤC VÀ ĐÀO TẠO CỤC QUẢN LÝ CHẤT LƯỢNO")
    assert match is not None
    assert match.value.endswith("CHẤT LƯỢNG")
    assert match.how == "edit"
    assert match.score < 0.9


def test_place_decides_between_communes_of_one_spelling():
    near = snap_agency("ỦY BAN NHÂN DÂN XÃ CAM HIẾU", place="Quảng Trị", on=date(2024, 1, 1))
    assert near is not None
    assert near.unit is not None
    assert (near.unit.province, near.level) == ("Quảng Trị", "xa")


def test_a_commune_with_a_twin_in_accents_is_known_only_with_its_province():
    printed = "ỦY BAN NHÂN DÂN XÃ TRIỆU LONG"
    twin = "ỦY BAN NHÂN DÂN XÃ PHÚ THANH"
    alone, placed = snap_agency(twin), snap_agency(twin, place="Thái Nguyên")
    assert alone is not None
    assert not alone.known
    assert placed is not None
    assert placed.level == "xa"
    single = snap_agency(printed)
    assert single is not None
    assert single.known


@pytest.mark.parametrize(
    ("agency", "parent", "level"),
    [
        ("BỘ TÀI CHÍNH", None, "trung_uong"),
        ("VĂN PHÒNG CHÍNH PHỦ", None, "trung_uong"),
        ("CỤC THUẾ", "BỘ TÀI CHÍNH", "trung_uong"),
        ("ỦY BAN NHÂN DÂN TỈNH QUẢNG TRỊ", None, "tinh"),
        ("UBND THÀNH PHỐ HÀ NỘI", None, "tinh"),
        ("SỞ Y TẾ", "UBND TỈNH KIÊN GIANG", "tinh"),
        ("ỦY BAN NHÂN DÂN HUYỆN GIO LINH", None, "huyen"),
        ("PHÒNG TÀI NGUYÊN VÀ MÔI TRƯỜNG", "UBND HUYỆN GIO LINH", "huyen"),
        ("ỦY BAN NHÂN DÂN XÃ TRIỆU THƯỢNG", "TỈNH QUẢNG TRỊ", "xa"),
        ("TỈNH ỦY QUẢNG TRỊ", None, "tinh"),
        ("CÔNG TY TNHH HOA MAI", None, None),
    ],
)
def test_levels(agency, parent, level):
    assert level_of(agency, parent=parent) == level


@pytest.mark.parametrize(
    ("agency", "notation", "fit"),
    [
        ("SỞ Y TẾ", "QĐ-SYT", "fits"),
        ("SỞ Y TẾ", "SYT-NVY", "fits"),
        ("SỞ Y TẾ", "GM-TB", "unknown"),
        ("SỞ Y TẾ", "QĐ-UBND", "conflict"),
        ("SỞ Y TẾ", "QĐ-BYT", "conflict"),
        ("BỘ GIÁO DỤC VÀ ĐÀO TẠO", "BGDĐT-GDTrH", "fits"),
        ("VIỆN KIỂM SÁT NHÂN DÂN TỐI CAO", "QĐ-VKSTC", "fits"),
        ("CÔNG ĐOÀN GIÁO DỤC", "CV-CĐGD", "fits"),
        ("ỦY BAN NHÂN DÂN TỈNH CAO BẰNG", "QĐ-CTUBND", "fits"),
        ("SỞ NÔNG NGHIỆP VÀ PHÁT TRIỂN NÔNG THÔN", "SNN-KHTC", "fits"),
        ("TỈNH ỦY QUẢNG TRỊ", "NQ/TU", "fits"),
        ("SỞ LAO ĐỘNG - THƯƠNG BINH VÀ XÃ HỘI", "QĐ-SLĐ-TBXH", "fits"),
        ("CÔNG TY TNHH HOA MAI", "QĐ-UBND", "unknown"),
        ("SỞ Y TẾ", "", "unknown"),
    ],
)
def test_agency_against_notation(agency, notation, fit):
    assert agency_fits_notation(agency, notation) == fit


def test_notation_names_the_agency_of_its_day():
    assert [a.name for a in notation_agency("STTTT-CNTT")] == ["Sở Thông tin và Truyền thông"]
    assert notation_agency("QĐ-BGDĐT")[0].name == "Bộ Giáo dục và Đào tạo"
    assert notation_agency("QĐ-XYZ") == ()
    assert notation_agency("TT-BNNMT", on=date(2025, 6, 1))[0].name == "Bộ Nông nghiệp và Môi trường"
