"""Thời hạn có hiệu lực: printed days, terms counted from the issue date, and papers in force from their signing."""

from __future__ import annotations

from datetime import date

import pytest

from extractors.fields.validity import ValidityFields, read_validity
from extractors.fields.view import Document
from schemas.geometry import Box
from schemas.reading import Line, PageReading, Reading, Word

ISSUED = date(2024, 3, 15)


def validity(*texts: str, issued: date | None = ISSUED, sure: bool = True) -> ValidityFields:
    lines = tuple(
        Line((Word(text, Box(0.1, 0.3 + 0.02 * k, 0.9, 0.315 + 0.02 * k), 0.99, "pdf_text"),))
        for k, text in enumerate(texts)
    )
    doc = Document.of(Reading((PageReading(1, 595, 842, lines, "pdf_text"),), "test"))
    return read_validity(doc, issued=issued, doc_type="quyet_dinh", issued_sure=sure)


@pytest.mark.parametrize(
    "texts",
    [
        ("Điều 3. Quyết định này có hiệu lực kể từ ngày ký.",),
        ("Điều 3. Quyết định này có hiệu lực thi hành kể từ ngày ký ban hành.",),
        ("Quyết định này có hiệu lực thi", "hành từ ngày ban hành và thay thế Quyết định số 12/QĐ-UBND."),
    ],
)
def test_in_force_from_the_day_of_signing_is_the_issue_date(texts: tuple[str, ...]) -> None:
    found = validity(*texts).valid_from
    assert (found.value, found.reasons, found.needs_review) == ("2024-03-15", ("from_signing_day",), False)
    assert found.raw_text is not None
    assert "hiệu lực" in found.raw_text


def test_it_is_no_surer_than_the_issue_date_it_rests_on() -> None:
    assert validity("Quyết định này có hiệu lực kể từ ngày ký.", sure=False).valid_from.needs_review
    assert validity("Quyết định này có hiệu lực kể từ ngày ký.", issued=None).valid_from.value is None


@pytest.mark.parametrize(
    "text",
    ["Hợp đồng có hiệu lực kể từ ngày ký hợp đồng.", "Thời hạn khiếu nại 90 ngày kể từ ngày ký.", "Kể từ ngày ký."],
)
def test_other_things_that_begin_with_a_signing_are_not_meant(text: str) -> None:
    assert validity(text).valid_from.value is None


def test_a_printed_day_goes_before_the_day_of_signing() -> None:
    found = validity("Quyết định này có hiệu lực kể từ ngày 01 tháng 4 năm 2024.", "Phụ lục có hiệu lực kể từ ngày ký.")
    assert found.valid_from.value == "2024-04-01"
