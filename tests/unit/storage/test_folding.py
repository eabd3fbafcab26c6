"""Texts folded, identity numbers hidden."""

from __future__ import annotations

import pytest

from storage.folding import fold_key, fold_text, hide_identity


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hoá đơn", "hóa đơn"),  # tone placement
        ("Ủy ban", "Uy\u0309 ban"),  # Unicode form: composed, decomposed
        ("THUỶ LỢI", "thủy lợi"),
        ("Đất", "Ðất"),  # the Icelandic letter that old fonts print
    ],
)
def test_two_ways_to_write_a_word_are_one(one: str, other: str) -> None:
    assert fold_text(one).exact == fold_text(other).exact


def test_without_accents_there_is_no_difference_left() -> None:
    assert fold_text("ĐƯỜNG Nguyễn Huệ").folded == "duong nguyen hue"
    assert fold_key("  Uỷ ban nhân dân,  tỉnh Quảng Trị ") == "uy ban nhan dan tinh quang tri"


@pytest.mark.parametrize(
    "number",
    ["079123456789", "079 123 456 789", "0791 2345 6789", "079.123.456.789", "191234567", "191 234 567", "191.234.567"],
)
def test_identity_numbers_are_hidden(number: str) -> None:
    text = f"CCCD số {number}, cấp ngày 02/8/2021"
    hidden = hide_identity(text)
    assert len(hidden) == len(text)
    assert not any(c.isdigit() for c in hidden[: hidden.index("cấp")])
    assert hidden.endswith("cấp ngày 02/8/2021")


@pytest.mark.parametrize(
    "text",
    [
        "kinh phí 123.456.789 đồng",
        "kinh phí 100.000.000.000 đồng",
        "các năm 2021 2022 2023",
        "Số: 2110/QĐ-UBND ngày 02/8/2021",
        "mã số 1234567890",  # ten digits: a tax number
        "điện thoại 0233 3852 171",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert hide_identity(text) == text


def test_a_number_known_from_the_record_is_hidden_however_it_is_broken() -> None:
    assert hide_identity("hộ chiếu b12345\n67 cấp", also="B1234567") == "hộ chiếu ******\n** cấp"
