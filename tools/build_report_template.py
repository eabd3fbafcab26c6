"""Makes the DOCX template of the periodic report (runtime/data/bao_cao_tien_do.docx).

usage: python -m tools.build_report_template
"""
# ruff: noqa: E501 -- sentences are kept whole

from __future__ import annotations

from pathlib import Path
from typing import Any

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt

TARGET = Path(__file__).resolve().parent.parent / "runtime" / "data" / "bao_cao_tien_do.docx"
ROWS = (
    ("TT", "{{dòng.stt}}"), ("Cấp", "{{dòng.cấp}}"), ("Cơ quan", "{{dòng.cơ_quan}}"), ("Lĩnh vực", "{{dòng.lĩnh_vực}}"),
    ("Còn hiệu lực", "{{dòng.kiểm_kê}}"), ("Đã số hóa", "{{dòng.đã_số_hóa}}"), ("Tỷ lệ %", "{{dòng.tỷ_lệ}}"),
    ("Chỉ tiêu %", "{{dòng.chỉ_tiêu}}"), ("Còn thiếu", "{{dòng.còn_thiếu}}"), ("Cần mỗi ngày", "{{dòng.cần_mỗi_ngày}}"),
    ("Chờ rà soát", "{{dòng.chờ_rà_soát}}"),
)  # fmt: skip
TASKS = (
    ("TT", "{{việc.stt}}"), ("Nhiệm vụ", "{{việc.nội_dung}}"), ("Chủ trì", "{{việc.chủ_trì}}"),
    ("Thời hạn", "{{việc.thời_hạn}}"), ("Trạng thái", "{{việc.trạng_thái}}"), ("Ghi chú", "{{việc.ghi_chú}}"),
)  # fmt: skip


def _add(document: Any, text: str, *, bold: bool = False, centre: bool = False, italic: bool = False) -> None:
    paragraph = document.add_paragraph()
    run = paragraph.add_run(text)
    run.bold, run.italic = bold, italic
    if centre:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _table(document: Any, columns: tuple[tuple[str, str], ...]) -> None:
    table = document.add_table(rows=2, cols=len(columns))
    table.style = "Table Grid"
    for i, (header, slot) in enumerate(columns):
        table.rows[0].cells[i].paragraphs[0].add_run(header).bold = True
        table.rows[1].cells[i].paragraphs[0].add_run(slot)


def main() -> None:
    document = docx.Document()
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Times New Roman", Pt(13)
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin, section.right_margin = Mm(25), Mm(15)
    section.top_margin = section.bottom_margin = Mm(20)
    _add(document, "{{cơ_quan}}", bold=True)
    _add(document, "BÁO CÁO", bold=True, centre=True)
    _add(document, "Tiến độ số hóa kết quả giải quyết thủ tục hành chính năm {{năm}}", bold=True, centre=True)
    _add(document, "(Số liệu tính đến ngày {{ngày}})", italic=True, centre=True)
    _add(document, "I. KẾT QUẢ CHUNG", bold=True)
    _add(
        document,
        "Số kết quả còn hiệu lực phải số hóa: {{kiểm_kê}}; đã số hóa: {{đã_số_hóa}} (đã công bố: {{đã_công_bố}}), đạt {{tỷ_lệ}} so với chỉ tiêu {{chỉ_tiêu}}.",
    )
    _add(
        document,
        "Số trang đã quét: {{số_trang}}; hồ sơ đang chờ rà soát: {{chờ_rà_soát}}; hồ sơ chưa rõ hiệu lực: {{không_rõ_hiệu_lực}}.",
    )
    _add(document, "{{kết_luận}}")
    _add(document, "II. CHI TIẾT THEO CƠ QUAN, LĨNH VỰC", bold=True)
    _table(document, ROWS)
    _add(document, "")
    _add(document, "III. NHIỆM VỤ CỦA KẾ HOẠCH", bold=True)
    _table(document, TASKS)
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    document.save(str(TARGET))


if __name__ == "__main__":
    main()
