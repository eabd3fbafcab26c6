"""The plain way: Tesseract's flat text of each page and an hour's regexes. What the product has to beat."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from pathlib import Path

from PIL import Image, ImageSequence

_TYPES = {
    "QUYẾT ĐỊNH": "quyet_dinh", "KẾ HOẠCH": "ke_hoach", "THÔNG BÁO": "thong_bao", "TỜ TRÌNH": "to_trinh",
    "GIẤY PHÉP": "giay_phep", "GIẤY CHỨNG NHẬN": "giay_chung_nhan", "CHỨNG CHỈ": "chung_chi",
    "GIẤY XÁC NHẬN": "giay_xac_nhan", "TRÍCH LỤC": "trich_luc", "BIÊN BẢN": "bien_ban", "GIẤY MỜI": "giay_moi",
    "BÁO CÁO": "bao_cao", "CHỈ THỊ": "chi_thi", "NGHỊ QUYẾT": "nghi_quyet", "HƯỚNG DẪN": "huong_dan",
    "CÔNG VĂN": "cong_van",
}  # fmt: skip


def read_flat(path: Path, *, dpi: int = 300) -> str:
    """Text of all pages as Tesseract gives it, pages separated by form feeds; text layers are used when there."""
    env = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    if path.suffix.lower() == ".pdf":
        layer = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=False)
        if layer.returncode == 0 and len(layer.stdout.strip()) > 100:
            return layer.stdout
    if path.suffix.lower() in (".docx", ".txt"):
        return path.read_text(encoding="utf-8", errors="replace") if path.suffix.lower() == ".txt" else ""
    pages = []
    with tempfile.TemporaryDirectory() as folder:
        if path.suffix.lower() == ".pdf":
            subprocess.run(["pdftoppm", "-r", str(dpi), "-png", str(path), f"{folder}/p"], check=False)
        else:
            with Image.open(path) as image:
                for number, frame in enumerate(ImageSequence.Iterator(image)):
                    frame.convert("RGB").save(f"{folder}/p-{number:05d}.png", dpi=(dpi, dpi))
        for picture in sorted(Path(folder).glob("p*.png")):
            done = subprocess.run(
                ["tesseract", str(picture), "-", "-l", "vie"], capture_output=True, text=True, env=env, check=False
            )
            pages.append(done.stdout)
    return "\f".join(pages)


def guess_fields(text: str) -> dict[str, object]:
    """Header fields by regular expressions over the flat text; all of them claimed sure, as plain tools do."""
    fields: dict[str, object] = {}
    if m := re.search(r"Số\s*:?\s*(\d+\s*/\s*[\wĐ.-]+(?:\s*[-/]\s*[\wĐ.-]+)*)", text):
        fields["doc_number"] = re.sub(r"\s", "", m[1])
    if m := re.search(r"([^\n,]{2,40}),\s*ngày\s*(\d{1,2})\s*tháng\s*(\d{1,2})\s*năm\s*(\d{4})", text):
        fields["place"] = re.split(r"\s{3,}", m[1].strip())[-1]
        fields["issued_date"] = f"{int(m[4]):04d}-{int(m[3]):02d}-{int(m[2]):02d}"
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for number, line in enumerate(lines):
        kind = next((code for printed, code in _TYPES.items() if line.upper().startswith(printed)), None)
        if kind and line == line.upper():
            fields.setdefault("doc_type", kind)
            if "summary" not in fields and number + 1 < len(lines):
                fields["summary"] = lines[number + 1]
    if "doc_type" not in fields and (m := re.search(r"V/v\s+(.+)", text)):
        fields["doc_type"], fields["summary"] = "cong_van", m[1].strip()
    heads = []
    for line in lines[:6]:
        left = re.split(r"\s{3,}|CỘNG H[ÒO]A|Độc lập", line)[0].strip()
        if left and left == left.upper() and re.search(r"BAN|SỞ|BỘ|PHÒNG|CỤC|CHI CỤC|VĂN PHÒNG|HỘI ĐỒNG|TỈNH", left):
            heads.append(left)
    if heads:
        fields["issuing_agency"] = " ".join(heads)
    if m := re.search(r"\b(TM|KT|TL|TUQ|Q)\.\s*([^\n]+)", text):
        fields["signing_capacity"] = f"{m[1]}. {re.split(r' {3,}', m[2].strip())[0]}"
    if m := re.search(r"Nơi nhận\s*:?(.*?)(?:\f|\Z)", text, re.DOTALL):
        items = re.findall(r"^\s*[-–]\s*([^\n]+?)(?:\s{3,}|$)", m[1], re.MULTILINE)
        fields["recipients"] = items
        names = re.findall(r"^\s*((?:[A-ZĐÀ-Ỹ][a-zà-ỹđ]+ ){1,4}[A-ZĐÀ-Ỹ][a-zà-ỹđ]+)\s*$", m[1], re.MULTILINE)
        if names:
            fields["signer_name"] = names[-1]
    return fields
