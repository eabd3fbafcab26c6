"""Khám máy: what is installed, in which version, what is missing and the command that gets it."""

from __future__ import annotations

import importlib.metadata
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

from runtime.open import open_catalogue, open_store
from runtime.settings import Settings
from schemas.base import Frozen
from schemas.errors import SohoaError

CheckState = Literal["ok", "missing", "warning"]
_MIN_FREE = 2 * 1024**3
_LIBRARIES = (
    "prefect", "minio", "pdfplumber", "pytesseract", "tesserocr", "spacy", "pikepdf", "pypdfium2", "img2pdf",
    "opencv-python-headless", "sqlalchemy", "tantivy", "fastapi", "onnxruntime", "openpyxl", "python-docx",
)  # fmt: skip


class Check(Frozen):
    """One thing looked at. ``remedy`` is the command or sentence that mends it, empty when nothing is wrong."""

    name: str
    state: CheckState
    detail: str
    remedy: str = ""


def examine(settings: Settings) -> tuple[Check, ...]:
    """Look at everything a run needs; never raises for what is missing, says it."""
    checks: list[Check] = [_python()]
    checks += _tesseract()
    checks += _libraries()
    checks += [_program("pdftotext", "poppler-utils", "đọc thử bản sao"), _fonts(), _disk(settings)]
    checks += _store(settings)
    checks.append(_catalogue(settings))
    checks.append(_prefect(settings))
    return tuple(checks)


def _python() -> Check:
    version = platform.python_version()
    good = (3, 11) <= sys.version_info[:2] < (3, 13)
    return Check(
        name="Python", state="ok" if good else "missing", detail=version,
        remedy="" if good else "apt-get install python3.11 python3.11-venv",
    )  # fmt: skip


def _run(command: list[str]) -> str | None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout + done.stderr if done.returncode == 0 else None


def _tesseract() -> Iterator[Check]:
    version = _run(["tesseract", "--version"])
    if version is None:
        yield Check(
            name="Tesseract", state="missing", detail="không chạy được lệnh tesseract",
            remedy="apt-get install tesseract-ocr tesseract-ocr-vie tesseract-ocr-osd",
        )  # fmt: skip
        return
    yield Check(name="Tesseract", state="ok", detail=version.splitlines()[0].removeprefix("tesseract "))
    languages = (_run(["tesseract", "--list-langs"]) or "").split()
    for language, package, why in (
        ("vie", "tesseract-ocr-vie", "tiếng Việt"),
        ("osd", "tesseract-ocr-osd", "chiều đứng của trang"),
    ):
        there = language in languages
        yield Check(
            name=f"Dữ liệu Tesseract: {language}", state="ok" if there else "missing", detail=why,
            remedy="" if there else f"apt-get install {package} (hoặc kiểm tra TESSDATA_PREFIX)",
        )  # fmt: skip


def _libraries() -> Iterator[Check]:
    for name in _LIBRARIES:
        try:
            yield Check(name=name, state="ok", detail=importlib.metadata.version(name))
        except importlib.metadata.PackageNotFoundError:
            yield Check(
                name=name, state="missing", detail="chưa cài",
                remedy=".venv/bin/pip install --require-hashes -r requirements.lock",
            )  # fmt: skip


def _program(name: str, package: str, why: str) -> Check:
    there = shutil.which(name)
    return Check(
        name=name, state="ok" if there else "warning", detail=why,
        remedy="" if there else f"apt-get install {package}",
    )  # fmt: skip


def _fonts() -> Check:
    """Only the made samples are set in these faces: a warning, not a lack."""
    for family, package in (("croscore", "fonts-croscore"),):
        if not any(Path("/usr/share/fonts").rglob(f"{family}/*.ttf")):
            detail = "mặt chữ cho giấy tờ mẫu"
            return Check(name="Phông chữ", state="warning", detail=detail, remedy=f"apt-get install {package}")
    return Check(name="Phông chữ", state="ok", detail="Tinos, Arimo, Cousine")


def _disk(settings: Settings) -> Check:
    folder = settings.home
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    good = free >= _MIN_FREE
    return Check(
        name="Đĩa trống", state="ok" if good else "warning", detail=f"{free / 1024**3:.1f} GiB tại {folder}",
        remedy="" if good else "Giải phóng đĩa hoặc đặt SOHOA_HOME sang đĩa khác",
    )  # fmt: skip


def _store(settings: Settings) -> Iterator[Check]:
    def look() -> str:
        store = open_store(settings)
        return "có khóa đối tượng (WORM)" if store.enforces_locks() else "không khóa đối tượng"

    check = _attempt("Kho đối tượng", look, "Kiểm tra SOHOA_STORE_URL và máy chủ kho")
    yield check
    if check.state == "ok" and check.detail.startswith("không"):
        yield Check(
            name="Khóa chống xóa", state="warning", detail="kho này không tự ngăn việc xóa hay ghi đè",
            remedy="Bản gốc vẫn được đối chiếu băm; muốn kho cưỡng chế: dùng S3 có object lock (docs/deployment.md)",
        )  # fmt: skip


def _catalogue(settings: Settings) -> Check:
    def look() -> str:
        catalogue = open_catalogue(settings)
        try:
            return f"{settings.database_address.split(':', 1)[0]}, {catalogue.records.count()} hồ sơ"
        finally:
            catalogue.close()

    return _attempt("Danh mục", look, "Kiểm tra SOHOA_DATABASE_URL")


def _prefect(settings: Settings) -> Check:
    where = "trong tiến trình, khi cần" if not settings.prefect_api_url else "theo máy chủ đã cấu hình"
    return Check(name="Chế độ Prefect", state="ok", detail=f"{settings.prefect}; {where}")


def _attempt(name: str, look: Callable[[], str], remedy: str) -> Check:
    try:
        return Check(name=name, state="ok", detail=look())
    except SohoaError as exc:
        return Check(name=name, state="missing", detail=f"{exc.code}: {exc.message}", remedy=remedy)
