"""Administrative units: both periods, successors, place names, places against agencies."""

from datetime import date

import pytest

from extractors.reference import find_unit, place_matches_agency, provinces, snap_place, unit_by_ident

BEFORE, AFTER = date(2024, 5, 2), date(2025, 9, 15)


def test_provinces_of_both_periods():
    assert len([u for u in provinces(date(2025, 3, 1)) if u.ident.startswith("o:")]) == 63
    assert len([u for u in provinces(AFTER) if u.ident.startswith("n:")]) == 34


def test_a_merged_province_names_its_successor():
    (old,) = find_unit("tỉnh Hải Dương", on=BEFORE)
    assert old.valid_to == date(2025, 6, 30)
    assert [unit_by_ident(i).name for i in old.successors] == ["Thành phố Hải Phòng"]
    assert find_unit("tỉnh Hải Dương", on=AFTER) == ()


def test_every_old_province_has_a_successor_and_every_successor_exists():
    for unit in provinces():
        if unit.ident.startswith("o:"):
            assert unit.successors, unit.name
        assert all(unit_by_ident(i) is not None for i in unit.successors), unit.name


def test_a_commune_leads_to_the_new_one():
    (old,) = [u for u in find_unit("Phường An Bình", on=BEFORE) if u.district == "Ninh Kiều"]
    assert [unit_by_ident(i).short for i in old.successors] == ["An Bình"]


@pytest.mark.parametrize(
    "name", ["TP. Hồ Chí Minh", "Thành phố Hồ Chí Minh", "TP.HCM", "TP Hồ Chí Minh", "Hồ Chí Minh"]
)
def test_ways_of_writing_the_biggest_city(name):
    assert find_unit(name, on=BEFORE)[0].name == "Thành phố Hồ Chí Minh"


@pytest.mark.parametrize("name", ["Thừa Thiên Huế", "TT Huế", "Thừa Thiên - Huế", "Huế"])
def test_hue_under_its_names(name):
    assert any(u.name == "Tỉnh Thừa Thiên Huế" for u in find_unit(name, on=date(2019, 1, 1)))


@pytest.mark.parametrize(
    ("read", "value", "how"),
    [
        ("Hải Dương", "Hải Dương", "exact"),
        ("Hài Dương", "Hải Dương", "accents"),
        ("Thành phố Cần Tho", "Thành phố Cần Thơ", "accents"),
        ("TP. Hồ Chi Minh", "TP. Hồ Chí Minh", "accents"),
        ("Hà Nộl", "Hà Nội", "edit"),
        ("Thanh Hoá", "Thanh Hoá", "exact"),
        ("TT Huế", "TT Huế", "exact"),
        ("Đông Hà", "Đông Hà", "exact"),
    ],
)
def test_place_names_are_put_right_in_their_printed_style(read, value, how):
    match = snap_place(read)
    assert match is not None
    assert (match.value, match.how) == (value, how)


def test_no_place_is_invented():
    assert snap_place("Hạnh phúc thay") is None
    assert snap_place("") is None
    assert find_unit("tỉnh Không Có") == ()


@pytest.mark.parametrize(
    ("place", "agency", "fit"),
    [
        ("Lai Châu", "ỦY BAN NHÂN DÂN TỈNH LAI CHÂU", "fits"),
        ("Hà Nội", "BỘ GIÁO DỤC VÀ ĐÀO TẠO", "fits"),
        ("Kiên Giang", "UBND TỈNH KIÊN GIANG SỞ Y TẾ", "fits"),
        ("Hải Phòng", "ỦY BAN NHÂN DÂN TỈNH HẢI DƯƠNG", "fits"),
        ("Đông Hà", "ỦY BAN NHÂN DÂN TỈNH QUẢNG TRỊ", "fits"),
        ("Lai Châu", "ỦY BAN NHÂN DÂN TỈNH CÀ MAU", "conflict"),
        ("Kiên Giang", "SỞ Y TẾ", "unknown"),
        ("Nơi nào đó", "ỦY BAN NHÂN DÂN TỈNH CÀ MAU", "unknown"),
    ],
)
def test_place_against_agency(place, agency, fit):
    assert place_matches_agency(place, agency) == fit
