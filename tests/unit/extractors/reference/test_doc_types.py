"""Kinds of documents: every entry's examples lead back to it, titles are found with wrong accents."""

import pytest

from extractors.reference import (
    all_doc_types,
    doc_type_by_abbreviation,
    doc_type_by_key,
    doc_types_by_title,
    parse_number,
)
from extractors.reference.data import toml_table

ENTRIES = toml_table("doc_types.toml")["doc_type"]


def test_the_table_has_the_29_kinds_of_the_decree_and_the_result_papers():
    keys = {kind.key for kind in all_doc_types()}
    assert sum(kind.in_nd30 for kind in all_doc_types()) == 29
    assert {"nghi_dinh", "thong_tu", "luat", "giay_phep", "giay_chung_nhan", "giay_xac_nhan"} <= keys
    assert {"chung_chi", "trich_luc", "khac"} <= keys
    assert len(keys) == len(all_doc_types()) == 38


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e["key"])
def test_examples_and_titles_of_an_entry_lead_to_it(entry):
    for number in entry["examples"]:
        parsed = parse_number(number)
        assert parsed is not None, number
        assert str(parsed) == number
        if entry["key"] not in ("luat",) and not number.startswith("21/2024/ATTP"):
            assert parsed.type_key == entry["key"], number
    for title in entry["titles"]:
        assert doc_types_by_title(title)[0].doc_type.key == entry["key"], title


def test_no_abbreviation_belongs_to_two_kinds():
    seen = [a for kind in all_doc_types() for a in kind.abbreviations]
    assert len(seen) == len(set(seen))


@pytest.mark.parametrize(
    ("printed", "key"),
    [
        ("QUYÊT ĐINH", "quyet_dinh"),
        ("THÔNG BAO", "thong_bao"),
        ("KẼ HOẠCH", "ke_hoach"),
        ("QUYẾI ĐỊNH", "quyet_dinh"),
        ("GIẤY CHỨNG NHÂN ĐĂNG KÝ HỘ KINH DOANH", "giay_chung_nhan"),
        ("TRÍCH LUC KHAI TỬ (BẢN SAO)", "trich_luc"),
        ("Tờ trình", "to_trinh"),
    ],
)
def test_titles_are_found_with_wrong_accents(printed, key):
    assert doc_types_by_title(printed)[0].doc_type.key == key


def test_a_council_is_not_a_contract():
    assert doc_types_by_title("HỘI ĐỒNG NHÂN DÂN") == ()


def test_rest_of_a_title_line_is_kept():
    match = doc_types_by_title("BÁO CÁO Kết quả công tác quý I")[0]
    assert (match.how, match.rest) == ("exact", "Kết quả công tác quý I")


def test_unknown_keys_and_abbreviations_are_none():
    assert doc_type_by_key("giay_la") is None
    assert doc_type_by_abbreviation("XYZ") is None
    assert doc_type_by_abbreviation("TTR") is doc_type_by_key("to_trinh")
