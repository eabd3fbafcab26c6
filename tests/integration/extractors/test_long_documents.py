"""Memory does not grow with the number of pages (run by path)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

MAKE = """
import sys, logging
logging.disable(logging.CRITICAL)
from fpdf import FPDF
from extractors.pdf.typeset import font_files
pdf = FPDF()
pdf.add_font("T", "", str(font_files()[0]))
pdf.set_font("T", size=13)
for i in range(500):
    pdf.add_page()
    pdf.multi_cell(0, 6, f"Trang {i} " + "Căn cứ Luật Tổ chức chính quyền địa phương ngày 19 tháng 6 năm 2015; " * 20)
pdf.output(sys.argv[1])
"""
READ = """
import re, sys
from pathlib import Path
from extractors.copy.pdfa import write_copy
from extractors.pdf.document import open_pages
from schemas.reading import PageReading, Reading
source, pages = Path(sys.argv[1]), []
with open_pages(source, "application/pdf") as opened:
    for number in range(1, opened.page_count + 1):
        page = opened.page(number)
        layer = page.text_layer()
        assert layer.verdict == "good", (number, layer.verdict, layer.notes)
        assert layer.text.startswith(f"Trang {number - 1} ")
        page.render(72, gray=True)
        pages.append(PageReading(number, page.width_pt, page.height_pt, (), "pdf_text"))
report = write_copy(source, "application/pdf", Reading(tuple(pages), "t"), Path(sys.argv[2]))
# Not ru_maxrss: that keeps what the parent had before this program was started.
peak = int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
print(report.pages, peak // 1024)
"""


@pytest.mark.parametrize("limit_mb", [400])
def test_five_hundred_pages_stay_below_400_mb(tmp_path: Path, limit_mb: int) -> None:
    source, out = tmp_path / "a.pdf", tmp_path / "o.pdf"
    root = Path(__file__).parents[3]
    subprocess.run([sys.executable, "-c", MAKE, str(source)], cwd=root, check=True)
    done = subprocess.run(
        [sys.executable, "-c", READ, str(source), str(out)], cwd=root, check=True, capture_output=True, text=True
    )
    pages, peak = (int(v) for v in done.stdout.split())
    assert pages == 500
    assert peak < limit_mb
