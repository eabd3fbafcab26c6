"""Exports keep the contract (JSON), and are safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json

import pytest
from openpyxl import load_workbook

from runtime.exports import SHEET_COLUMNS, WRITERS
from schemas.extraction import Fields, FieldValue
from schemas.record import Process, Quarantine, Record, Source


def make_record(**fields: FieldValue) -> Record:
    return Record(
        record_id="r1",
        status="needs_review",
        source=Source(name="quyết định.pdf", sha256="ab" * 32, size=10, media_type="application/pdf", page_count=2),
        fields=Fields(**fields),
        process=Process(engine="tesseract", rule_version="1", seconds=1.5),
    )


def sheet_rows(data: bytes) -> list[dict[str, object]]:
    sheet = load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    head, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(map(str, head), row, strict=True)) for row in rows]


def csv_rows(data: bytes) -> list[dict[str, str]]:
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def written(form: str, *records: Record) -> bytes:
    out = io.BytesIO()
    assert WRITERS[form](records, out) == len(records)
    return out.getvalue()


def test_jsonl_is_one_whole_record_a_line() -> None:
    record = make_record(summary=FieldValue(value="Về việc\nhai dòng", needs_review=False))
    lines = written("jsonl", record, record).splitlines()
    assert len(lines) == 2
    assert Record.model_validate_json(lines[0]) == record
    assert json.loads(lines[0])["fields"]["doc_number"]["value"] is None


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_sheets_have_vietnamese_headers_and_values(form: str) -> None:
    record = make_record(
        doc_number=FieldValue(value="2110/QĐ-UBND"),
        recipients=FieldValue(value=("Như Điều 3;", "Lưu: VT.")),
        is_perpetual=FieldValue(value=True),
    )
    data = written(form, record)
    (row,) = csv_rows(data) if form == "csv" else sheet_rows(data)
    assert list(row) == list(SHEET_COLUMNS)
    assert row["Số, ký hiệu"] == "2110/QĐ-UBND"
    assert row["Nơi nhận"] == "Như Điều 3; Lưu: VT."
    assert row["Vô thời hạn"] == "có"
    assert row["Trạng thái"] == "Cần rà soát"


@pytest.mark.parametrize("evil", ["=1+1", "+cmd|' /C calc'!A0", "-2", "@SUM(A1)", "\t=1", " =1"])
def test_no_value_becomes_a_formula(evil: str) -> None:
    record = make_record(summary=FieldValue(value=evil))
    (row,) = csv_rows(written("csv", record))
    assert row["Trích yếu"].startswith("'")
    book = load_workbook(io.BytesIO(written("xlsx", record)))
    assert book.active is not None
    types = {cell.data_type for line in book.active.iter_rows() for cell in line}
    assert "f" not in types


def test_control_characters_do_not_break_a_sheet() -> None:
    (row,) = sheet_rows(written("xlsx", make_record(summary=FieldValue(value="a\x00b\x0bc"))))
    assert row["Trích yếu"] == "a b c"


def test_quarantine_is_told_in_words() -> None:
    record = make_record().model_copy(
        update={"status": "quarantined", "quarantine": Quarantine(code="E101", message="Tệp rỗng.", retry="Quét lại.")}
    )
    (row,) = csv_rows(written("csv", record))
    assert row["Cách ly"] == "E101: Tệp rỗng."
    assert row["Trạng thái"] == "Cách ly"
