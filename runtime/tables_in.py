"""Nhập bảng: inventory, targets and flow from CSV or Excel, checked row by row, all or nothing."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from pydantic import ValidationError

from schemas.errors import BadTable, UnreadableFile
from schemas.progress import Figure, FigureKind, FlowRow, InventoryRow, TargetRow
from schemas.text import bare, nfc

_MAX_ROWS = 200_000
_MAX_ERRORS = 20
_LEVEL_WORDS = {
    "trung uong": "trung_uong", "bo": "trung_uong", "tinh": "tinh", "cap tinh": "tinh", "thanh pho": "tinh",
    "huyen": "huyen", "cap huyen": "huyen", "xa": "xa", "cap xa": "xa", "phuong": "xa", "trung_uong": "trung_uong",
}  # fmt: skip
_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a template: header, key of the model, an example, and whether it must be filled."""

    header: str
    key: str
    example: str
    needed: bool = False


TEMPLATES: dict[FigureKind, tuple[Column, ...]] = {
    "inventory": (
        Column("Cơ quan", "agency", "Sở Tư pháp", True),
        Column("Lĩnh vực", "field", "Hộ tịch"),
        Column("Cấp", "level", "tỉnh", True),
        Column("Năm", "year", "2026", True),
        Column("Số kết quả còn hiệu lực", "valid_count", "1250"),
        Column("Số trang", "page_count", "3800"),
        Column("Ghi chú", "note", ""),
    ),
    "targets": (
        Column("Cơ quan", "agency", ""),
        Column("Lĩnh vực", "field", ""),
        Column("Cấp", "level", "xã", True),
        Column("Năm", "year", "2026", True),
        Column("Tỷ lệ phải đạt (%)", "ratio", "100", True),
        Column("Căn cứ", "source", "Kế hoạch số 12/KH-UBND ngày 05/01/2026"),
    ),
    "flow": (
        Column("Cơ quan", "agency", "Sở Tư pháp", True),
        Column("Cấp", "level", "tỉnh", True),
        Column("Từ ngày", "period_from", "01/01/2026", True),
        Column("Đến ngày", "period_to", "31/03/2026", True),
        Column("Hồ sơ tiếp nhận", "received", "420"),
        Column("Hồ sơ có kết quả là giấy tờ", "paper_results", "400"),
        Column("Có kết quả điện tử", "electronic_results", "380"),
        Column("Hồ sơ thực hiện số hóa", "digitized", "350"),
        Column("Hồ sơ tái sử dụng dữ liệu", "reused", "120"),
        Column("Hồ sơ có kết nối, chia sẻ", "shared", "90"),
    ),
}
_MODELS: dict[FigureKind, type[InventoryRow] | type[TargetRow] | type[FlowRow]] = {
    "inventory": InventoryRow, "targets": TargetRow, "flow": FlowRow,
}  # fmt: skip


def read_table(path: Path, kind: FigureKind) -> tuple[Figure, ...]:
    """The rows of a CSV or XLSX file in the template's columns (any order, accents and case do not count).

    Raises BadTable (E331) naming rows and columns that do not fit; then no row counts. UnreadableFile (E109).
    """
    try:
        data = path.read_bytes()
    except OSError as exc:
        raise UnreadableFile(path.name) from exc
    lines = list(_xlsx_rows(data) if data[:2] == b"PK" else _csv_rows(data))
    columns = TEMPLATES[kind]
    start, places = _find_header(lines, columns)
    problems: list[str] = []
    rows: list[Figure] = []
    seen: dict[tuple[Any, ...], int] = {}
    for number, cells in lines[start + 1 :]:
        values = {c.key: cells[i].strip() for c in columns if (i := places.get(c.key)) is not None and i < len(cells)}
        if not any(values.values()):
            continue
        row, wrong = _row(kind, columns, values)
        if wrong or row is None:
            problems += [f"dòng {number}, cột “{header}”: {why}" for header, why in wrong]
            continue
        key = _scope(row)
        if key in seen:
            problems.append(f"dòng {number}: trùng phạm vi với dòng {seen[key]}")
            continue
        seen[key] = number
        rows.append(row)
    if problems:
        more = f" (và {len(problems) - _MAX_ERRORS} chỗ nữa)" if len(problems) > _MAX_ERRORS else ""
        raise BadTable("; ".join(problems[:_MAX_ERRORS]) + more)
    if not rows:
        raise BadTable("không có dòng số liệu nào")
    return tuple(rows)


def _scope(row: Figure) -> tuple[Any, ...]:
    if isinstance(row, FlowRow):
        return row.agency, row.level, row.period_from, row.period_to
    return row.agency, row.field, row.level, row.year


def _find_header(lines: Sequence[tuple[int, list[str]]], columns: Sequence[Column]) -> tuple[int, dict[str, int]]:
    """(index of the header row, column of each key): the first row that names every needed column."""
    best: list[str] = [c.header for c in columns if c.needed]
    for index, (_, cells) in enumerate(lines[:20]):
        names = {_plain(cell): i for i, cell in enumerate(cells) if cell.strip()}
        places = {c.key: names[_plain(c.header)] for c in columns if _plain(c.header) in names}
        places |= {c.key: names[c.key] for c in columns if c.key in names and c.key not in places}
        missing = [c.header for c in columns if c.needed and c.key not in places]
        if not missing:
            return index, places
        if len(missing) < len(best):
            best = missing
    raise BadTable("thiếu cột " + ", ".join(f"“{name}”" for name in best))


def _plain(text: str) -> str:
    return re.sub(r"[^\w%]+", " ", bare(text)).strip() if "_" not in text else text.strip().lower()


def _row(
    kind: FigureKind, columns: Sequence[Column], values: dict[str, str]
) -> tuple[Figure | None, list[tuple[str, str]]]:
    """(the row, what is wrong with it as (header, why))."""
    headers = {c.key: c.header for c in columns}
    model = _MODELS[kind]
    given: dict[str, Any] = {}
    wrong: list[tuple[str, str]] = []
    for c in columns:
        text = values.get(c.key, "")
        if not text:
            if c.needed:
                wrong.append((c.header, "để trống"))
            continue
        if c.key == "level":
            level = _LEVEL_WORDS.get(bare(text).strip())
            if level is None:
                wrong.append((c.header, f"“{text}” không phải tỉnh, huyện, xã hay trung ương"))
            given[c.key] = level
        elif c.key.startswith("period_"):
            found = _DATE.fullmatch(text)
            given[c.key] = f"{found[3]}-{int(found[2]):02d}-{int(found[1]):02d}" if found else text[:10]
        elif c.key in (
            "year",
            "valid_count",
            "page_count",
            "received",
            "paper_results",
            "electronic_results",
            "digitized",
            "reused",
            "shared",
        ):
            number = _whole(text)
            if number is None:
                wrong.append((c.header, f"“{text}” không phải số nguyên không âm"))
            given[c.key] = number
        elif c.key == "ratio":
            try:
                given[c.key] = float(text.rstrip("% ").replace(",", "."))
            except ValueError:
                wrong.append((c.header, f"“{text}” không phải tỷ lệ"))
        else:
            given[c.key] = nfc(" ".join(text.split()))
    if wrong:
        return None, wrong
    try:
        return model.model_validate(given), []
    except ValidationError as exc:
        return None, [
            (headers.get(str(e["loc"][0]) if e["loc"] else "", "dòng"), "giá trị không hợp lệ") for e in exc.errors()
        ]


def _whole(text: str) -> int | None:
    """ "1.250", "1 250", "1250" or "1250.0" -> 1250."""
    plain = text.strip()
    if re.fullmatch(r"\d{1,3}(?:[. \u00a0]\d{3})+", plain):
        plain = re.sub(r"\D", "", plain)
    plain = re.sub(r"\.0+$", "", plain)
    return int(plain) if re.fullmatch(r"\d{1,12}", plain) else None


def _csv_rows(data: bytes) -> Iterator[tuple[int, list[str]]]:
    for encoding in ("utf-8-sig", "utf-16", "cp1258"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeError:
            continue
    else:
        raise BadTable("không nhận ra bảng mã của tệp")
    text = nfc_lines(text)
    delimiter = max(",;\t", key=lambda d: text.split("\n", 1)[0].count(d))
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text), delimiter=delimiter), 1):
            if number > _MAX_ROWS:
                raise BadTable(f"quá {_MAX_ROWS} dòng")
            yield number, [cell.removeprefix("'") for cell in cells]
    except csv.Error as exc:
        raise BadTable("tệp CSV hỏng") from exc


def nfc_lines(text: str) -> str:
    """NFC with line ends as they are."""
    import unicodedata

    return unicodedata.normalize("NFC", text)


def _xlsx_rows(data: bytes) -> Iterator[tuple[int, list[str]]]:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
            if number > _MAX_ROWS:
                raise BadTable(f"quá {_MAX_ROWS} dòng")
            yield number, [_cell(cell) for cell in cells]
    except (InvalidFileException, KeyError, ValueError, OSError, IndexError) as exc:
        raise BadTable("tệp Excel hỏng hoặc không đúng định dạng") from exc


def _cell(value: object) -> str:
    from datetime import date, datetime

    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.strftime("%d/%m/%Y")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def write_template(kind: FigureKind, out: IO[bytes], *, form: str) -> None:
    """An empty table with one example row; ``form`` csv or xlsx. The level column offers its choices in Excel."""
    columns = TEMPLATES[kind]
    if form == "csv":
        out.write(b"\xef\xbb\xbf")
        text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
        writer = csv.writer(text)
        writer.writerow([c.header for c in columns])
        writer.writerow([c.example for c in columns])
        text.detach()
        return
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = {"inventory": "Kiểm kê", "targets": "Chỉ tiêu", "flow": "Hồ sơ trong kỳ"}[kind]
    for i, c in enumerate(columns, 1):
        head = sheet.cell(1, i, c.header)
        head.font = Font(bold=True, color="B00020" if c.needed else "000000")
        sheet.cell(2, i, int(c.example) if c.example.isdigit() else c.example)
        sheet.column_dimensions[get_column_letter(i)].width = max(14, len(c.header) + 4)
        if c.key == "level":
            choice = DataValidation(type="list", formula1='"trung ương,tỉnh,huyện,xã"', allow_blank=False)
            sheet.add_data_validation(choice)
            choice.add(f"{get_column_letter(i)}2:{get_column_letter(i)}5000")
    sheet.freeze_panes = "A2"
    book.save(out)


def headers_of(kind: FigureKind) -> Iterable[str]:
    return (c.header for c in TEMPLATES[kind])
