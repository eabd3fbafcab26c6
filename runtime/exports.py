"""Xuất hồ sơ: records as JSON lines, CSV or an Excel sheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from typing import IO

from schemas.record import Record

# Column header -> how its cell is made. Headers are what an archivist calls the thing (DOMAIN section 3.1).
FIELD_COLUMNS = {
    "Loại văn bản": "doc_type",
    "Số, ký hiệu": "doc_number",
    "Số": "code_number",
    "Ký hiệu": "code_notation",
    "Ngày ban hành": "issued_date",
    "Địa danh": "place",
    "Cơ quan chủ quản": "parent_agency_name",
    "Cơ quan ban hành": "issuing_agency_name",
    "Trích yếu": "summary",
    "Quyền hạn ký": "signing_capacity",
    "Chức vụ người ký": "signer_title",
    "Người ký": "signer_name",
    "Nơi nhận": "recipients",
    "Tên chủ": "owner_name",
    "Mã định danh chủ": "owner_id",
    "Loại định danh chủ": "owner_id_type",
    "Loại đối tượng": "owner_kind",
    "Hiệu lực từ": "valid_from",
    "Thời hạn hiệu lực": "valid_to",
    "Vô thời hạn": "is_perpetual",
    "Độ mật": "secrecy",
    "Độ khẩn": "urgency",
}
FIELD_LABELS = {name: header for header, name in FIELD_COLUMNS.items()}
_STATUS = {
    "accepted": "Đạt",
    "needs_review": "Cần rà soát",
    "confirmed": "Đã xác nhận",
    "published": "Đã công bố",
    "quarantined": "Cách ly",
    "duplicate": "Trùng",
}


def status_label(status: str) -> str:
    """The Vietnamese word for a record's status."""
    return _STATUS.get(status, status)


def _sheet_columns() -> dict[str, Callable[[Record], object]]:
    def cell(name: str) -> Callable[[Record], object]:
        return lambda record: record.fields.get(name).value

    columns: dict[str, Callable[[Record], object]] = {
        "Mã hồ sơ": lambda r: r.record_id,
        "Trạng thái": lambda r: status_label(r.status),
        "Tên tệp": lambda r: r.source.name,
        "Số trang": lambda r: r.source.page_count,
    }
    columns |= {header: cell(name) for header, name in FIELD_COLUMNS.items()}
    columns |= {
        "Nhóm kết quả": lambda r: r.classification.result_kind.value,
        "Mã thủ tục": lambda r: r.classification.procedure_code.value,
        "Lĩnh vực": lambda r: r.classification.field_name.value,
        "Cấp": lambda r: r.classification.level.value,
        "Mã kết quả số hóa": lambda r: r.codes.digitized_code,
        "Trường cần rà soát": lambda r: [n for n in FIELD_COLUMNS.values() if r.fields.get(n).needs_review],
        "Lý do": lambda r: r.review_reasons,
        "Cách ly": lambda r: f"{r.quarantine.code}: {r.quarantine.message}" if r.quarantine else None,
        "SHA-256": lambda r: r.source.sha256,
    }
    return columns


SHEET_COLUMNS = _sheet_columns()


def _as_cell(value: object) -> str | int:
    """A value as one cell: Vietnamese yes and no, lists joined, control characters as spaces."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, int):
        return value
    text = "; ".join(str(one).rstrip(" ;") for one in value) if isinstance(value, list | tuple) else str(value)
    # Control characters cannot stand in a sheet (XML 1.0) and help nobody in a CSV.
    return "".join(char if char >= " " or char == "\n" else " " for char in text)


def _defused(cell: str | int) -> str | int:
    """A CSV cell that no spreadsheet takes for a formula: it gets a leading apostrophe (OWASP, CSV injection)."""
    return "'" + cell if isinstance(cell, str) and cell.lstrip().startswith(("=", "+", "-", "@")) else cell


def _rows(records: Iterable[Record]) -> Iterator[list[str | int]]:
    for record in records:
        yield [_as_cell(read(record)) for read in SHEET_COLUMNS.values()]


def write_jsonl(records: Iterable[Record], out: IO[bytes]) -> int:
    """One JSON object a line, as PRODUCT section 5. Returns how many."""
    count = 0
    for count, record in enumerate(records, 1):  # noqa: B007 - the last count is the answer
        out.write(record.model_dump_json().encode() + b"\n")
    return count


def write_csv(records: Iterable[Record], out: IO[bytes]) -> int:
    """CSV with Vietnamese headers, UTF-8 with a byte order mark so that Excel reads the accents."""
    out.write(b"\xef\xbb\xbf")
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow(SHEET_COLUMNS)
    count = 0
    for count, row in enumerate(_rows(records), 1):  # noqa: B007
        writer.writerow([_defused(cell) for cell in row])
    text.detach()
    return count


def write_xlsx(records: Iterable[Record], out: IO[bytes]) -> int:
    """An Excel workbook, written row by row; cells are text or numbers, never formulas."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Hồ sơ")
    sheet.freeze_panes = "A2"
    for index, header in enumerate(SHEET_COLUMNS, 1):
        sheet.column_dimensions[_letter(index)].width = min(60, max(12, len(header) + 4))
    head = []
    for header in SHEET_COLUMNS:
        cell = WriteOnlyCell(sheet, value=header)
        cell.font = Font(bold=True)
        head.append(cell)
    sheet.append(head)
    count = 0
    for count, row in enumerate(_rows(records), 1):  # noqa: B007
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet, value=value[:32767] if isinstance(value, str) else value)
            if isinstance(value, str):
                cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    book.save(out)
    return count


def _letter(index: int) -> str:
    from openpyxl.utils import get_column_letter

    letter: str = get_column_letter(index)
    return letter


WRITERS: dict[str, Callable[[Iterable[Record], IO[bytes]], int]] = {
    "jsonl": write_jsonl,
    "csv": write_csv,
    "xlsx": write_xlsx,
}
