"""Small invented papers for the tests of whole runs: many, quick to read, all different."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

ROOT = Path(__file__).resolve().parents[3]
_FONT = "/usr/share/fonts/truetype/croscore/Tinos-Regular.ttf"


def decision(number: int) -> str:
    """The words of an invented decision."""
    return (
        "ỦY BAN NHÂN DÂN\nTỈNH QUẢNG TRỊ\n"
        f"Số: {number}/QĐ-UBND\n"
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n"
        f"Quảng Trị, ngày {number % 27 + 1} tháng 9 năm 2025\n"
        f"QUYẾT ĐỊNH\nVề việc cho phép thử nghiệm lần thứ {number}\n"
        "Điều 1. Cho phép thử nghiệm.\nĐiều 2. Quyết định có hiệu lực từ ngày ký.\n"
        "TM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH\nNguyễn Văn Thử\n"
    )


def write_txt(path: Path, number: int) -> Path:
    path.write_text(decision(number), encoding="utf-8")
    return path


def write_docx(path: Path, number: int) -> Path:
    import docx

    document = docx.Document()
    for line in decision(number).splitlines():
        document.add_paragraph(line)
    document.save(str(path))
    return path


def write_pdf(path: Path, number: int) -> Path:
    """A born-digital page."""
    import fpdf

    pdf = fpdf.FPDF()
    pdf.add_font("T", "", _FONT)
    pdf.set_font("T", size=13)
    pdf.add_page()
    for line in decision(number).splitlines():
        pdf.multi_cell(0, 7, line, new_x="LMARGIN", new_y="NEXT")
    pdf.output(str(path))
    return path


def write_scan(path: Path, number: int) -> Path:
    """An A4 page at 150 dpi that needs the reader."""
    picture = Image.new("L", (1240, 1754), 255)
    draw = ImageDraw.Draw(picture)
    font = ImageFont.truetype(_FONT, 28)
    for row, line in enumerate(decision(number).splitlines()):
        draw.text((150, 120 + 48 * row), line, font=font, fill=0)
    picture.save(path, dpi=(150, 150))
    return path


def write_mixture(folder: Path, count: int, *, seed: int = 1) -> list[Path]:
    """``count`` small papers: mostly text, some DOCX and born-digital PDF, a few pictures, in shuffled order."""
    folder.mkdir(parents=True, exist_ok=True)
    kinds = [write_scan] * 3 + [write_docx] * (count // 8) + [write_pdf] * (count // 6)
    suffix = {write_scan: ".png", write_docx: ".docx", write_pdf: ".pdf"}
    order = [*kinds, *[write_txt] * (count - len(kinds))]
    random.Random(seed).shuffle(order)
    return [write(folder / f"{n:03d}{suffix.get(write, '.txt')}", n) for n, write in enumerate(order, 1)]


def environment(**settings: str) -> dict[str, str]:
    """The environment for a child ``sohoa``: none of a developer's own settings, no Prefect unless asked."""
    env = {key: value for key, value in os.environ.items() if not key.startswith(("SOHOA_", "PREFECT_"))}
    return {**env, "SOHOA_PREFECT": "never", "PYTHONPATH": str(ROOT), **settings}


def command(home: Path, *arguments: str | Path) -> list[str]:
    """The command line of a child ``sohoa``."""
    return [sys.executable, "-m", "flows.cli", "--home", str(home), *map(str, arguments)]


def sohoa(
    home: Path, *arguments: str | Path, timeout: float = 300, **settings: str
) -> subprocess.CompletedProcess[str]:
    """Run one ``sohoa`` command to its end and return what it printed."""
    return subprocess.run(
        command(home, *arguments),
        capture_output=True,
        text=True,
        timeout=timeout,
        env=environment(**settings),
        check=False,
    )
