"""Báo cáo định kỳ: a DOCX from a template that the office may change.

The template is an ordinary DOCX. ``{{tên}}`` is replaced wherever it stands in a paragraph or cell, keeping the face
of its first letter; a table row that holds ``{{dòng.tên}}`` is repeated for every row of the progress table.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import IO, Any

import docx
from docx.opc.exceptions import PackageNotFoundError

from runtime.plan_exports import LEVEL_WORDS, STATE_WORDS, UNKNOWN
from schemas.errors import BrokenFile
from schemas.progress import Progress, ScopeProgress, TaskProgress

TEMPLATE = Path(__file__).parent / "data" / "bao_cao_tien_do.docx"
_SLOT = re.compile(r"\{\{\s*([\w.]+)\s*\}\}")
_ROW = "dòng."
_TASK = "việc."


def _number(value: float | int | None, unit: str = "") -> str:
    if value is None:
        return UNKNOWN
    text = f"{value:,.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else f"{value:,}"
    return text.replace(",", "·").replace(".", ",").replace("·", ".") + unit


def report_values(progress: Progress, *, office: str) -> dict[str, str]:
    """What ``{{...}}`` may name in a template."""
    total = progress.total
    day = date.fromisoformat(progress.as_of)
    return {
        "cơ_quan": office,
        "năm": str(progress.year),
        "ngày": f"{day.day:02d}/{day.month:02d}/{day.year}",
        "kiểm_kê": _number(total.inventory),
        "đã_số_hóa": _number(total.digitized),
        "đã_công_bố": _number(total.published),
        "tỷ_lệ": _number(total.ratio, " %") if total.ratio is not None else UNKNOWN,
        "chỉ_tiêu": _number(total.target, " %") if total.target is not None else UNKNOWN,
        "còn_phải_làm": _number(total.remaining),
        "nhịp": _number(total.pace),
        "cần_mỗi_ngày": _number(total.per_day_needed),
        "chờ_rà_soát": _number(progress.review_records),
        "số_trang": _number(progress.pages),
        "không_rõ_hiệu_lực": _number(total.unclear),
        "kết_luận": _conclusion(progress),
    }


def _conclusion(progress: Progress) -> str:
    total = progress.total
    if total.inventory is None or total.ratio is None:
        return "Chưa tính được tỷ lệ vì số kết quả còn hiệu lực chưa được kiểm kê đầy đủ."
    if total.missed is None:
        return "Chưa có chỉ tiêu để đối chiếu."
    if not total.missed:
        return "Với nhịp hiện nay, chỉ tiêu của năm đạt được."
    if total.per_day_needed is None:
        return f"Năm đã hết, còn thiếu {_number(total.remaining)} kết quả so với chỉ tiêu."
    needed, pace = _number(total.per_day_needed), _number(total.pace)
    return f"Với nhịp hiện nay sẽ không kịp: cần {needed} kết quả mỗi ngày làm việc (hiện {pace})."


def _row_values(row: ScopeProgress, number: int) -> dict[str, str]:
    return {
        "dòng.stt": str(number),
        "dòng.cấp": LEVEL_WORDS.get(row.level or "", ""),
        "dòng.cơ_quan": row.agency or UNKNOWN,
        "dòng.lĩnh_vực": row.field or "Tất cả",
        "dòng.kiểm_kê": _number(row.inventory),
        "dòng.đã_số_hóa": _number(row.digitized),
        "dòng.tỷ_lệ": _number(row.ratio),
        "dòng.chỉ_tiêu": _number(row.target),
        "dòng.còn_thiếu": _number(row.gap),
        "dòng.cần_mỗi_ngày": _number(row.per_day_needed),
        "dòng.chờ_rà_soát": _number(row.waiting),
    }


def _task_values(task: TaskProgress, number: int) -> dict[str, str]:
    return {
        "việc.stt": str(number),
        "việc.nội_dung": task.text,
        "việc.chủ_trì": "; ".join(task.lead_agencies),
        "việc.thời_hạn": task.deadline or "",
        "việc.trạng_thái": STATE_WORDS[task.state],
        "việc.ghi_chú": task.note,
    }


def write_report(
    progress: Progress, tasks: Sequence[TaskProgress], out: IO[bytes], *, office: str, template: Path | None = None
) -> None:
    """The report of these numbers. Raises BrokenFile (E104) when the template is no DOCX."""
    try:
        document = docx.Document(str(template or TEMPLATE))
    except (PackageNotFoundError, KeyError, ValueError, OSError) as exc:
        raise BrokenFile("mẫu báo cáo") from exc
    values = report_values(progress, office=office)
    for table in document.tables:
        _repeat(table, _ROW, [_row_values(r, k) for k, r in enumerate(progress.rows, 1)])
        _repeat(table, _TASK, [_task_values(t, k) for k, t in enumerate(tasks, 1)])
    for paragraph in _paragraphs(document):
        _fill(paragraph, values)
    document.save(out)


def _repeat(table: Any, mark: str, rows: Sequence[dict[str, str]]) -> None:
    """The table's row with slots of this mark, once for each of ``rows``; without any the row goes."""
    model = next((row for row in table.rows if any(mark in cell.text for cell in row.cells)), None)
    if model is None:
        return
    after = model._tr
    for values in rows:
        made = copy.deepcopy(model._tr)
        after.addnext(made)
        after = made
        for cell in next(r for r in table.rows if r._tr is made).cells:
            for paragraph in cell.paragraphs:
                _fill(paragraph, values)
    model._tr.getparent().remove(model._tr)


def _paragraphs(document: Any) -> Iterator[Any]:
    yield from document.paragraphs
    for table in document.tables:
        for row in table.rows:
            for cell in row.cells:
                yield from cell.paragraphs
    for section in document.sections:
        yield from section.header.paragraphs
        yield from section.footer.paragraphs


def _fill(paragraph: Any, values: dict[str, str]) -> None:
    """Slots replaced over runs: Word cuts a slot into pieces as it likes. Unknown names stay as they are."""
    while found := next((m for m in _SLOT.finditer("".join(r.text for r in paragraph.runs)) if m[1] in values), None):
        start, end, at = found.start(), found.end(), 0
        first = True
        for run in paragraph.runs:
            a, b = at, at + len(run.text)
            at = b
            if b <= start or a >= end:
                continue
            head = run.text[: max(0, start - a)]
            tail = run.text[max(0, end - a) :] if end < b else ""
            run.text = head + (values[found[1]] if first else "") + tail
            first = False
