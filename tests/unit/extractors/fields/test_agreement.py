"""Agency and signer against each other: a lost line of the letterhead is noticed by who signs."""

from __future__ import annotations

import pytest

from extractors.fields.agency import read_agency
from extractors.fields.agreement import compare_with_signer
from extractors.fields.view import Document
from schemas.extraction import FieldValue
from schemas.geometry import Box
from schemas.reading import Line, PageReading, Reading, Word

ABSENT = FieldValue(needs_review=False, score=0.98, reasons=("not_printed",))


def sure(value: str | None) -> FieldValue:
    return FieldValue(value=value, raw_text=value, needs_review=False, score=0.98) if value else ABSENT


def compared(agency: str, parent: str | None, capacity: str | None, title: str | None) -> tuple[FieldValue, FieldValue]:
    return compare_with_signer(sure(agency), sure(parent), sure(capacity), sure(title))


@pytest.mark.parametrize(
    ("agency", "parent", "capacity", "title"),
    [
        ("ỦY BAN NHÂN DÂN TỈNH LÀO CAI", None, "TUQ. GIÁM ĐỐC", "TRƯỞNG PHÒNG HÀNH CHÍNH - TỔNG HỢP"),
        ("UBND TỈNH QUẢNG TRỊ", None, "KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"),
        ("ỦY BAN NHÂN DÂN HUYỆN CAM LỘ", None, None, "TRƯỞNG PHÒNG"),
    ],
)
def test_the_head_of_another_body_under_a_committee_alone_puts_both_lines_in_doubt(
    agency: str, parent: str | None, capacity: str | None, title: str | None
) -> None:
    found = compared(agency, parent, capacity, title)
    assert all(field.needs_review and "signer_conflict" in field.reasons for field in found)
    assert found[0].value == agency


@pytest.mark.parametrize(
    ("agency", "parent", "capacity", "title"),
    [
        ("ỦY BAN NHÂN DÂN TỈNH LÀO CAI", None, "TM. ỦY BAN NHÂN DÂN KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"),
        ("ỦY BAN NHÂN DÂN TỈNH LÀO CAI", None, "TL. CHỦ TỊCH", "CHÁNH VĂN PHÒNG"),
        ("ỦY BAN NHÂN DÂN TỈNH LÀO CAI", None, "TUQ. CHỦ TỊCH", "GIÁM ĐỐC SỞ XÂY DỰNG"),
        ("SỞ GIÁO DỤC VÀ ĐÀO TẠO", "ỦY BAN NHÂN DÂN TỈNH LÀO CAI", "KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"),
        ("VĂN PHÒNG", "UBND TỈNH LÀO CAI", None, "CHÁNH VĂN PHÒNG"),
        ("BỘ Y TẾ", None, "KT. BỘ TRƯỞNG", "THỨ TRƯỞNG"),
    ],
)
def test_who_may_sign_for_the_body_leaves_it_alone(
    agency: str, parent: str | None, capacity: str | None, title: str | None
) -> None:
    assert compared(agency, parent, capacity, title) == (sure(agency), sure(parent))


@pytest.mark.parametrize(
    ("printed", "value", "sure"),
    [
        ("UBND THÀNH PHỐ PHÚC YÊN PHƯỜNG ĐỒNG XUÂN", "UBND THÀNH PHỐ PHÚC YÊN PHƯỜNG ĐỒNG XUÂN", False),
        ("UBND PHƯỜNG ĐỒNG XUÂN", "UBND PHƯỜNG ĐỒNG XUÂN", True),
        ("PHƯỜNG ĐỒNG XUÂN", "PHƯỜNG ĐỒNG XUÂN", False),
        ("ỦY BAN NHÂN DÂN THÀNH PHỐ .HỒ CHÍ MINH", "ỦY BAN NHÂN DÂN THÀNH PHỐ HỒ CHÍ MINH", True),
    ],
)
def test_a_committee_keeps_its_words_and_loses_specks(printed: str, value: str, sure: bool) -> None:
    spot = Document.of(
        Reading(
            (
                PageReading(
                    1, 595, 842, (Line((Word(printed, Box(0.1, 0.1, 0.4, 0.11), 0.99, "pdf_text"),)),), "pdf_text"
                ),
            ),
            "test",
        )
    ).spots[0]
    agency, _ = read_agency([spot], place=None, notation=None, on=None)
    assert (agency.value, not agency.needs_review) == (value, sure)
