"""Particulars beside the listed fields: every rule reads its own example, and nothing that is none."""

from __future__ import annotations

import pytest

from extractors.fields.extras import Rule, normalise, read_extras, rules
from extractors.fields.view import Document
from schemas.extraction import Extra
from schemas.geometry import Box
from schemas.reading import Line, PageReading, Reading, Word


def paper(*texts: str, x1: float = 0.6, origin: str = "pdf_text") -> Document:
    """A page with one line of body for each text."""
    lines = tuple(
        Line((Word(text, Box(0.1, 0.3 + 0.02 * k, x1, 0.315 + 0.02 * k), 0.9, origin),))  # type: ignore[arg-type]
        for k, text in enumerate(texts)
    )
    return Document.of(Reading((PageReading(1, 595, 842, lines, "pdf_text"),), "test"))


def extras(*texts: str, **how: object) -> dict[str, Extra]:
    return {e.name: e for e in read_extras(paper(*texts, **how))}  # type: ignore[arg-type]


@pytest.mark.parametrize("rule", rules(), ids=lambda r: r.name)
def test_a_rule_reads_its_example(rule: Rule):
    found = extras(rule.example)[rule.name]
    assert found.value == rule.value
    assert found.label == rule.label
    assert found.raw_text == rule.example
    assert not found.needs_review


def test_names_are_told_once():
    names = [r.name for r in rules()]
    assert len(set(names)) == len(names)


def test_an_address_goes_on_in_the_next_line():
    found = extras(
        "Địa chỉ trụ sở: số 448/38, đường Trường Chinh, phường Mẫu, thành phố",
        "Mẫu Sơn, tỉnh Mẫu",
        "Điện thoại: 0166711669 Fax:",
        x1=0.88,
    )
    assert found["owner_address"].value == ("số 448/38, đường Trường Chinh, phường Mẫu, thành phố Mẫu Sơn, tỉnh Mẫu")
    assert found["phone"].value == "0166711669"


def test_an_address_in_a_sentence_ends_with_it():
    found = extras(
        "Điều 1. Bác đơn của ông Trần Văn Mẫu, thường trú tại tổ 4, xã Mẫu Sơn, tỉnh Mẫu, về việc",
        "đòi lại đất. Giữ nguyên Quyết định số 12/QĐ-UBND.",
        x1=0.88,
    )
    assert found["owner_address"].value == "tổ 4, xã Mẫu Sơn, tỉnh Mẫu"


def test_the_day_a_firm_was_registered_is_no_day_of_an_identity_paper():
    assert "id_issued_date" not in extras("Giấy chứng nhận đăng ký doanh nghiệp số 2479457647 cấp ngày 18/08/2017.")
    assert extras("CCCD số 079123456789, cấp ngày 18/08/2017")["id_issued_date"].value == "2017-08-18"


def test_the_next_label_ends_a_value():
    found = extras("Nơi cấp: Công an tỉnh Mẫu Ngày cấp: 27/11/2006")
    assert found["id_issued_place"].value == "Công an tỉnh Mẫu"
    assert found["id_issued_date"].value == "2006-11-27"


def test_several_parcels_are_not_sure():
    found = extras("Thửa đất số: 12, tờ bản đồ số: 7", "Thửa đất số: 13, tờ bản đồ số: 7")
    assert found["land_parcel"].needs_review
    assert "several_values" in found["land_parcel"].reasons
    assert not found["land_map_sheet"].needs_review


def test_a_scan_read_once_is_not_sure():
    assert extras("Vốn kinh doanh: 410.000.000 đồng", origin="ocr")["business_capital"].needs_review


def test_a_day_that_does_not_exist_is_no_date():
    assert normalise("31/02/2020", "date") == ""
    assert "owner_birth_date" not in extras("Sinh ngày: 31/02/2020")


@pytest.mark.parametrize("text", ["Điều 3. Thời hạn 10 ngày làm việc", "thửa hưởng quyền lợi", "tổng 452,4 m²"])
def test_running_text_is_no_particular(text: str):
    assert extras(text) == {}
