"""``verify``, ``rebuild``, ``doctor``, exports and search on a small archive."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

import papers
import pytest
from openpyxl import load_workbook


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, home = tmp_path_factory.mktemp("giay"), tmp_path_factory.mktemp("nha")
    for number in range(1, 4):
        papers.write_txt(folder / f"{number}.txt", number)
    papers.write_pdf(folder / "4.pdf", 4)
    (folder / "5.txt").write_text(papers.decision(5) + "CCCD số 079123456789\n", encoding="utf-8")
    (folder / "6.pdf").write_bytes(b"")
    assert papers.sohoa(home, "run", folder).returncode == 1
    return home


def exported(home: Path, *more: str) -> list[dict[str, object]]:
    done = papers.sohoa(home, "export", *more)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_fresh_archive_verifies(archive: Path) -> None:
    done = papers.sohoa(archive, "verify", "--json")
    report = json.loads(done.stdout)
    assert done.returncode == 0
    assert (report["packages"], report["problems"]) == (6, [])
    assert report["objects"] == 5 * 5 + 2  # original, record, text, layout, copy; without text for the empty one


@pytest.mark.parametrize("harm", ["changed", "missing"])
def test_harm_to_an_object_is_found_and_named(archive: Path, tmp_path: Path, harm: str) -> None:
    home = tmp_path / "h"
    shutil.copytree(archive, home)
    copy = next((home / "store").rglob("copy*.pdf"))
    if harm == "missing":
        copy.unlink()
    else:
        copy.chmod(0o644)
        copy.write_bytes(copy.read_bytes()[:-1] + b"x")
    done = papers.sohoa(home, "verify", "--json")
    assert done.returncode == 1
    (problem,) = json.loads(done.stdout)["problems"]
    assert problem["kind"] == harm
    assert problem["key"].endswith(copy.name)


def test_rebuild_from_the_packages_alone(archive: Path, tmp_path: Path) -> None:
    home = tmp_path / "h"
    shutil.copytree(archive, home)
    before = exported(home, "--unmask")
    for path in home.iterdir():
        if path.name != "store":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert exported(home) == []
    done = papers.sohoa(home, "rebuild", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"packages": 6, "records": 6, "indexed": 5, "broken": []}
    assert exported(home, "--unmask") == before
    found = json.loads(papers.sohoa(home, "search", "thu nghiem lan thu 4", "--json").stdout)
    assert found["total"] >= 1


def test_search_without_accents_finds_and_masks(archive: Path) -> None:
    done = papers.sohoa(archive, "search", "cccd", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["total"] == 1
    assert "079123456789" not in done.stdout
    assert papers.sohoa(archive, "search", "quyet dinh").returncode == 0


def test_exports_are_masked_unless_asked_and_asking_is_logged(archive: Path) -> None:
    masked = papers.sohoa(archive, "export").stdout
    assert "079123456789" not in masked
    sheet = papers.sohoa(archive, "export", "--format", "csv").stdout
    assert sheet.startswith("\ufeff")
    assert "079123456789" not in sheet


def test_xlsx_into_a_file(archive: Path, tmp_path: Path) -> None:
    out = tmp_path / "mới" / "hồ sơ.xlsx"
    done = papers.sohoa(archive, "export", "--format", "xlsx", "--out", out)
    assert done.returncode == 0, done.stderr
    sheet = load_workbook(io.BytesIO(out.read_bytes())).active
    assert sheet is not None
    assert sheet.max_row == 7
    assert sorted(path.name for path in out.parent.iterdir()) == ["hồ sơ.xlsx"]


def test_show_and_text_take_a_prefix(archive: Path) -> None:
    record = next(one for one in exported(archive) if one["status"] != "quarantined")
    record_id = str(record["record_id"])
    shown = papers.sohoa(archive, "show", record_id[:8])
    assert shown.returncode == 0
    assert record_id in shown.stdout
    by_hash = json.loads(papers.sohoa(archive, "show", record["source"]["sha256"], "--json").stdout)  # type: ignore[index]
    assert by_hash["record_id"] == record_id
    assert "QUYẾT ĐỊNH" in papers.sohoa(archive, "text", record_id).stdout
    missing = papers.sohoa(archive, "show", "ffffffffffff")
    assert missing.returncode == 2
    assert "E301" in missing.stderr


def test_doctor_names_what_is_missing_and_how_to_get_it(tmp_path: Path) -> None:
    well = papers.sohoa(tmp_path / "h", "doctor", "--json")
    assert well.returncode == 0, well.stdout
    (tmp_path / "khong").mkdir()
    ill = papers.sohoa(tmp_path / "h", "doctor", "--json", PATH=str(tmp_path / "khong"))
    assert ill.returncode == 3
    missing = [check for check in json.loads(ill.stdout) if check["state"] == "missing"]
    assert [check["name"] for check in missing] == ["Tesseract"]
    assert missing[0]["remedy"].startswith("apt-get install tesseract-ocr")


def test_help_is_vietnamese_with_examples_and_sees_no_prefect(tmp_path: Path) -> None:
    for name in ("run", "watch", "show", "text", "search", "export", "verify", "rebuild", "doctor", "serve", "review"):
        done = papers.sohoa(tmp_path, name, "--help")
        assert done.returncode == 0, name
        assert "Ví dụ" in done.stdout, name


def test_showing_and_exporting_import_no_prefect_and_no_readers() -> None:
    import subprocess
    import sys

    code = (
        "import sys; from flows.cli import run_cli; run_cli(['--home', '/nonexistent', 'show', '--help']);"
        "from runtime.open import open_workshop; import flows.commands.records;"
        "heavy = {'prefect', 'cv2', 'pdfplumber', 'spacy', 'pytesseract', 'onnxruntime'} & set(sys.modules);"
        "sys.exit(', '.join(heavy) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=papers.environment(), check=False
    )
    assert done.returncode == 0, done.stderr
