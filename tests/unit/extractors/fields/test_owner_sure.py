"""When a scanned paper's owner is sure: two readers on the name and its end, and no mark inside the name."""

from __future__ import annotations

import pytest

from extractors.understand import understand
from schemas.extraction import FieldValue
from tests.builders import Said, differ, one, paper

NAME = "Trần Văn Mẫu"


def owner(*body: Said) -> FieldValue:
    return understand(paper(body=body)).fields.owner_name


def test_readers_may_differ_in_the_rest_of_the_owner_s_line() -> None:
    text = f"Điều 1. Bổ nhiệm ông {NAME}, sinh năm 1956, thường trú tại"
    found = owner(differ(text, tesseract=text, aster=text.replace("Bổ", "Bồ")))
    assert (found.value, found.needs_review) == (NAME, False)


@pytest.mark.parametrize(
    "seen",
    [
        f"Ông/bà: {NAME} Sơn",  # where the name ends is not agreed on
        "Ông/bà: Trần Văn Mâu",
        "Ông/bà: Trần Mẫu",
        "",
    ],
)
def test_readers_that_differ_in_the_name_or_where_it_ends_leave_it_to_a_person(seen: str) -> None:
    found = owner(differ(f"Ông/bà: {NAME}", tesseract=f"Ông/bà: {NAME}", aster=seen))
    assert found.value == NAME
    assert found.needs_review


def test_one_reader_is_not_enough() -> None:
    assert owner(one(f"Ông/bà: {NAME}")).needs_review


@pytest.mark.parametrize("printed", ["TRẦN VĂN.MẪU", "TRẦN, VĂN MẪU", "TRẦN.VĂN,MẪU", "Trần, Văn Mẫu"])
def test_a_mark_inside_a_name_is_taken_out_and_leaves_a_doubt(printed: str) -> None:
    text = f"Họ và tên: {printed}"
    found = owner(differ(text, tesseract=text, aster=text))
    assert found.value == NAME
    assert found.needs_review


def test_a_mark_behind_a_whole_name_ends_it() -> None:
    text = f"Ông/bà: {NAME}, Giám đốc Trung tâm"
    found = owner(differ(text, tesseract=text, aster=text))
    assert (found.value, found.needs_review) == (NAME, False)


def test_the_bar_of_a_letter_that_two_readers_saw_is_not_taken_away() -> None:
    text = "Số: 970047/ĐT-CCHN"
    number = understand(paper(number=differ(text, tesseract=text, aster=text))).fields.doc_number
    assert number.value == "970047/ĐT-CCHN"
