"""Xuất kế hoạch và tiến độ: task lists, progress tables, indicators (DOMAIN 6.4), the periodic report."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Sequence
from typing import IO, Any

from schemas.progress import Progress, ScopeProgress, TaskProgress

STATE_WORDS = {
    "chua_lam": "Chưa làm", "dang_lam": "Đang làm", "xong": "Đã xong", "cham": "Chậm", "bo": "Không làm",
}  # fmt: skip
LEVEL_WORDS = {"trung_uong": "Trung ương", "tinh": "Tỉnh", "huyen": "Huyện", "xa": "Xã"}
UNKNOWN = "không rõ"

TASK_COLUMNS: dict[str, Callable[[TaskProgress], object]] = {
    "Mã nhiệm vụ": lambda t: t.task_id,
    "Kế hoạch": lambda t: t.plan_title or "",
    "Mã kế hoạch": lambda t: t.plan_id,
    "Mục": lambda t: t.section or "",
    "Nội dung nhiệm vụ": lambda t: t.text,
    "Cơ quan chủ trì": lambda t: "; ".join(t.lead_agencies),
    "Cơ quan phối hợp": lambda t: "; ".join(t.coordinating_agencies),
    "Thời hạn": lambda t: t.deadline or "",
    "Hạn cuối": lambda t: t.due or "",
    "Sản phẩm": lambda t: t.product or "",
    "Trạng thái": lambda t: STATE_WORDS[t.state],
    "Minh chứng": lambda t: "; ".join(t.evidence),
    "Ghi chú": lambda t: t.note,
}

PROGRESS_COLUMNS: dict[str, Callable[[ScopeProgress], object]] = {
    "Cấp": lambda r: LEVEL_WORDS.get(r.level or "", "Tất cả" if not r.level else r.level),
    "Cơ quan": lambda r: "Tất cả" if r.agency is None else r.agency or UNKNOWN,
    "Lĩnh vực": lambda r: r.field or "Tất cả",
    "Kết quả còn hiệu lực": lambda r: _known(r.inventory),
    "Năm kiểm kê": lambda r: r.inventory_year or "",
    "Đã số hóa": lambda r: r.digitized,
    "Trong đó đã công bố": lambda r: r.published,
    "Chờ rà soát": lambda r: r.waiting,
    "Không rõ hiệu lực": lambda r: r.unclear,
    "Hết hiệu lực": lambda r: r.expired,
    "Trong đó bị thu hồi, thay thế": lambda r: r.ended,
    "Tỷ lệ (%)": lambda r: _known(r.ratio),
    "Chỉ tiêu (%)": lambda r: _known(r.target),
    "Căn cứ chỉ tiêu": lambda r: r.target_source or "",
    "Còn thiếu (điểm %)": lambda r: _known(r.gap),
    "Còn phải số hóa": lambda r: _known(r.remaining),
    "Nhịp hiện nay (kết quả/ngày làm việc)": lambda r: r.pace,
    "Cần mỗi ngày làm việc": lambda r: _known(r.per_day_needed),
    "Kịp hạn": lambda r: UNKNOWN if r.missed is None else "không" if r.missed else "có",
}


def _known(value: float | int | None) -> object:
    return UNKNOWN if value is None else value


def progress_rows(progress: Progress) -> list[ScopeProgress]:
    """The rows of the table: the whole first, then each scope."""
    return [progress.total, *progress.rows]


def write_table(
    columns: dict[str, Callable[[Any], object]], rows: Iterable[Any], out: IO[bytes], *, form: str, title: str
) -> int:
    """Rows as csv or xlsx; cells are text or numbers, never formulas. Returns how many."""
    listed = [[_safe(read(row)) for read in columns.values()] for row in rows]
    if form == "csv":
        out.write(b"\xef\xbb\xbf")
        text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
        writer = csv.writer(text)
        writer.writerow(columns)
        for cells in listed:
            writer.writerow(
                ["'" + c if isinstance(c, str) and c.lstrip().startswith(("=", "+", "-", "@")) else c for c in cells]
            )
        text.detach()
        return len(listed)
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"
    for i, header in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(i)].width = (
            60 if header.startswith("Nội dung") else max(12, min(40, len(header) + 4))
        )
    head = []
    for header in columns:
        cell = WriteOnlyCell(sheet, value=header)
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        head.append(cell)
    sheet.append(head)
    for cells in listed:
        line = []
        for value in cells:
            cell = WriteOnlyCell(sheet, value=value)
            if isinstance(value, str):
                cell.data_type = "s"
                cell.alignment = Alignment(wrap_text=True, vertical="top")
            line.append(cell)
        sheet.append(line)
    book.save(out)
    return len(listed)


def _safe(value: object) -> str | int | float:
    if isinstance(value, int | float):
        return value
    return "".join(c if c >= " " or c == "\n" else " " for c in str(value or ""))[:32767]


def write_tasks(tasks: Sequence[TaskProgress], out: IO[bytes], *, form: str) -> int:
    """The task list for task-tracking software: xlsx, csv or json."""
    if form == "json":
        out.write(json.dumps([t.model_dump() for t in tasks], ensure_ascii=False, indent=1).encode() + b"\n")
        return len(tasks)
    return write_table(TASK_COLUMNS, tasks, out, form=form, title="Nhiệm vụ")


# Indicator codes are the office's own: these are placeholders to be mapped in its report system.
INDICATORS: tuple[tuple[str, str, Callable[[Progress], float | int | None]], ...] = (
    ("SOHOA_KIEMKE", "kết quả", lambda p: p.total.inventory),
    ("SOHOA_DALAM", "kết quả", lambda p: p.total.digitized),
    ("SOHOA_TYLE", "%", lambda p: p.total.ratio),
    ("SOHOA_CHORASOAT", "hồ sơ", lambda p: p.review_records),
    ("SOHOA_SOTRANG", "trang", lambda p: p.pages),
)


def indicators(progress: Progress, *, office: str, period_id: int, data_type: int = 3) -> list[dict[str, object]]:
    """The JSON of DOMAIN 6.4. An unknown value is left out, never sent as 0. Targets go with data type 1 (kế hoạch)."""

    def item(code: str, unit: str, value: float | int, kind: int) -> dict[str, object]:
        return {
            "officeCode": office, "indicatorCode": code, "unit": unit, "value": value, "dataTypeId": kind,
            "periodId": period_id, "dataYear": progress.year,
        }  # fmt: skip

    out = [
        item(code, unit, value, data_type) for code, unit, read in INDICATORS if (value := read(progress)) is not None
    ]
    for row in progress.by_level:
        if row.ratio is not None:
            out.append(item(f"SOHOA_TYLE_{(row.level or '').upper()}", "%", row.ratio, data_type))
        if row.target is not None:
            out.append(item(f"SOHOA_TYLE_{(row.level or '').upper()}", "%", row.target, 1))
    if progress.total.target is not None:
        out.append(item("SOHOA_TYLE", "%", progress.total.target, 1))
    return out
