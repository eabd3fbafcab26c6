"""Bad input, end to end: a code, a Vietnamese sentence, the right exit code, and nothing lost."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import struct
import subprocess
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import papers
import pikepdf
import pytest

from schemas.text import nfc


@pytest.fixture(scope="module")
def bad_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One of each kind of hostile or broken file, beside good ones."""
    folder = tmp_path_factory.mktemp("xau")
    papers.write_txt(folder / "tot.txt", 1)
    papers.write_pdf(folder / "tot.pdf", 2)
    (folder / "rong.pdf").write_bytes(b"")
    (folder / "thuc-ra-la-anh.pdf").write_bytes(papers.write_scan(folder / "khac.png", 9).read_bytes())
    papers.write_scan(folder / "khac.png", 3)
    whole = papers.write_pdf(folder / "nguyen.pdf", 4).read_bytes()
    (folder / "cut.pdf").write_bytes(whole[: len(whole) // 3])
    write_looping_pdf(folder / "vong.pdf")
    with pikepdf.open(folder / "nguyen.pdf") as pdf:
        pdf.save(folder / "mat-khau.pdf", encryption=pikepdf.Encryption(user="bi-mat", owner="bi-mat"))
    write_many_pages(folder / "muoi-nghin-trang.pdf", 10_000)
    write_huge_png(folder / "anh-khong-lo.png", 40_000, 40_000)
    write_zip_bomb(folder / "bom.zip")
    with zipfile.ZipFile(folder / "duong-dan-la.zip", "w") as archive:
        archive.writestr("../../thoat.txt", "ra ngoài")
    (folder / "mat.txt").write_text("MẬT\n" + papers.decision(5), encoding="utf-8")
    (folder / "la.xyz").write_bytes(b"\0\1\2\3" * 100)
    (folder / "trung.txt").write_bytes((folder / "tot.txt").read_bytes())
    with zipfile.ZipFile(folder / "tot.zip", "w") as archive:
        archive.writestr("trong/ruột.txt", papers.decision(6))
    with zipfile.ZipFile(folder / "chi-co-rac.zip", "w") as archive:
        archive.writestr("__MACOSX/._a.pdf", b"x")
        archive.writestr("thu-muc/", b"")
    return folder


def write_looping_pdf(path: Path) -> None:
    """A page tree that is its own child."""
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.Root.Pages.Kids.append(pdf.Root.Pages)
    pdf.Root.Pages.Count = 1_000_000
    pdf.save(path, fix_metadata_version=False)


def write_many_pages(path: Path, count: int) -> None:
    pdf = pikepdf.new()
    page = pdf.add_blank_page()
    for _ in range(count - 1):
        pdf.pages.append(page)
    pdf.save(path)


def write_huge_png(path: Path, width: int, height: int) -> None:
    """A few kilobytes that would unpack to width x height pixels."""

    def part(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    line = zlib.compressobj(9)
    data = b"".join(line.compress(b"\0" * (width // 8 + 1)) for _ in range(height)) + line.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + part(b"IHDR", header) + part(b"IDAT", data) + part(b"IEND", b""))


def write_zip_bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("to.txt", b"0" * 100_000_000)


@pytest.fixture(scope="module")
def bad_run(bad_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    home = tmp_path_factory.mktemp("nha")
    before = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in bad_folder.iterdir()}
    done = papers.sohoa(home, "run", bad_folder, "--batch", "xau", "--json")
    after = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in bad_folder.iterdir()}
    assert after == before, "a source file was touched"
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return home, result


EXPECTED = {
    "rong.pdf": "E101",
    "chi-co-rac.zip": "E101",
    "mat-khau.pdf": "E102",
    "thuc-ra-la-anh.pdf": "E103",
    "cut.pdf": "E104",
    "vong.pdf": "E112",
    "muoi-nghin-trang.pdf": "E105",
    "anh-khong-lo.png": "E106",
    "bom.zip": "E107",
    "duong-dan-la.zip": "E107",
    "la.xyz": "E108",
    "mat.txt": "E111",
}


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_each_bad_file_is_set_aside_with_its_reason(bad_run: tuple[Path, dict[str, Any]], name: str) -> None:
    home, result = bad_run
    found = {one["name"]: one for one in result["quarantined"]}
    assert found[name]["code"] == EXPECTED[name]
    assert found[name]["message"].endswith((".", ")"))
    assert nfc(found[name]["message"]) != found[name]["message"].encode("ascii", "ignore").decode()  # Vietnamese
    shown = papers.sohoa(home, "show", found[name]["record_id"], "--json")
    record = json.loads(shown.stdout)
    assert record["status"] == "quarantined"
    assert record["quarantine"]["retry"]


def test_the_good_ones_beside_them_are_done(bad_run: tuple[Path, dict[str, Any]]) -> None:
    _, result = bad_run
    outcomes = result["outcomes"]
    assert {one["name"] for one in result["quarantined"]} == set(EXPECTED)
    assert outcomes["quarantined"] == len(EXPECTED)
    assert outcomes["duplicate"] == 1
    assert outcomes.get("accepted", 0) + outcomes.get("needs_review", 0) == 5  # two texts, two PDFs, one picture


def test_every_original_is_kept_even_of_bad_files(bad_run: tuple[Path, dict[str, Any]], bad_folder: Path) -> None:
    home, _ = bad_run
    stored = {hashlib.sha256(p.read_bytes()).hexdigest() for p in (home / "store").rglob("*") if p.is_file()}
    for path in bad_folder.iterdir():
        if path.name != "tot.zip" and path.stat().st_size:  # an archive's members are kept, not its wrapping
            assert hashlib.sha256(path.read_bytes()).hexdigest() in stored, path.name


def test_nothing_of_a_secret_paper_is_kept_but_its_original(bad_run: tuple[Path, dict[str, Any]]) -> None:
    home, result = bad_run
    record_id = next(one["record_id"] for one in result["quarantined"] if one["name"] == "mat.txt")
    record = json.loads(papers.sohoa(home, "show", record_id, "--json").stdout)
    assert record["objects"]["text"] is None
    assert record["objects"]["pdfa"] is None
    assert record["fields"]["summary"]["value"] is None
    assert "quarantine" in record["objects"]["original"]
    words = "lần thứ 5".encode()
    holding = [p for p in home.rglob("*") if p.is_file() and words in p.read_bytes()]
    assert len(holding) == 1, holding
    assert "quarantine" in str(holding[0])
    assert papers.sohoa(home, "text", record_id).stdout.strip() == ""


def test_run_again_adds_nothing_and_says_so(bad_run: tuple[Path, dict[str, Any]], bad_folder: Path) -> None:
    home, result = bad_run
    before = papers.sohoa(home, "export").stdout
    done = papers.sohoa(home, "run", bad_folder, "--batch", "xau", "--json")
    again = json.loads(done.stdout)
    assert done.returncode == 1
    assert again["outcomes"] == result["outcomes"]
    assert again["known"] == sum(again["outcomes"].values())
    assert [line["record_id"] for line in map(json.loads, papers.sohoa(home, "export").stdout.splitlines())] == [
        line["record_id"] for line in map(json.loads, before.splitlines())
    ]


def test_names_with_every_trick_are_kept_readable(tmp_path: Path) -> None:
    folder = tmp_path / "tên"
    folder.mkdir()
    decomposed = unicodedata.normalize("NFD", "quyết định.txt")
    names = ["quyết định.txt", decomposed, "\u202etxt.exe.txt", "a\nb.txt", "-rf.txt", "🙂.txt", "x" * 240 + ".txt"]
    raw = os.fsencode(folder) + b"/kh\xf4ng-utf8.txt"
    for number, name in enumerate(names):
        papers.write_txt(folder / name, 100 + number)
    with open(raw, "w", encoding="utf-8") as stream:
        stream.write(papers.decision(200))
    count = len(list(folder.iterdir()))
    home = tmp_path / "nhà"
    done = papers.sohoa(home, "run", folder, "--json")
    assert done.returncode == 0, done.stderr
    assert sum(json.loads(done.stdout)["outcomes"].values()) == count
    shown = [json.loads(line)["source"]["name"] for line in papers.sohoa(home, "export").stdout.splitlines()]
    assert len(shown) == count
    assert not any("\u202e" in name or "\n" in name for name in shown)
    assert any("\\xf4" in name for name in shown)


def test_an_archive_among_the_papers_is_no_paper(tmp_path: Path) -> None:
    papers.write_txt(tmp_path / "a.txt", 1)
    home = tmp_path / "sohoa-home"
    for turn in range(2):
        done = papers.sohoa(home, "run", tmp_path, "--batch", "m", "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        assert json.loads(done.stdout)["known"] == turn
        assert sum(json.loads(done.stdout)["outcomes"].values()) == 1
    other = papers.sohoa(tmp_path.parent / f"{tmp_path.name}-khac", "run", tmp_path, "--batch", "m", "--json")
    assert sum(json.loads(other.stdout)["outcomes"].values()) == 1, "of another archive"
    asked = papers.sohoa(home, "run", home / "store" / "originals")
    assert asked.returncode == 2
    assert "kho của Sohoa" in asked.stderr


def test_papers_beside_the_parts_of_the_home_are_papers(tmp_path: Path) -> None:
    papers.write_txt(tmp_path / "a.txt", 1)
    for known in (0, 1):
        done = papers.sohoa(tmp_path, "run", tmp_path, "--batch", "m", "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        assert json.loads(done.stdout)["known"] == known
        assert sum(json.loads(done.stdout)["outcomes"].values()) == 1


def test_a_file_of_the_wrong_name_is_read_under_the_right_one(tmp_path: Path) -> None:
    home, folder = tmp_path / "h", tmp_path / "vào"
    folder.mkdir()
    papers.write_txt(folder / "a.pdf", 1)
    done = papers.sohoa(home, "plan", "add", folder / "a.pdf")
    assert (done.returncode, done.stdout) == (1, "")
    assert "E103" in done.stderr
    assert "→" in done.stderr
    (folder / "b.pdf").write_bytes((folder / "a.pdf").read_bytes())
    same = papers.sohoa(home, "plan", "add", folder / "b.pdf", "--json")  # the bytes are there already, set aside
    assert (same.returncode, same.stdout) == (1, "[]\n"), same.stderr
    assert "E103" in same.stderr
    (folder / "b.pdf").unlink()
    (folder / "a.pdf").rename(folder / "a.txt")
    for known in (0, 1):
        again = papers.sohoa(home, "run", folder, "--json")
        assert again.returncode == 0, again.stdout + again.stderr
        assert json.loads(again.stdout)["known"] == known


@pytest.mark.parametrize("workers", [1, 2])
def test_a_paper_that_lies_there_under_a_wrong_and_a_right_name_is_read(tmp_path: Path, workers: int) -> None:
    home, folder = tmp_path / "h", tmp_path / "vào"
    folder.mkdir()
    papers.write_txt(folder / "a.pdf", 1)
    for name in ("a.txt", "b.txt"):
        (folder / name).write_bytes((folder / "a.pdf").read_bytes())
    first = json.loads(papers.sohoa(home, "run", folder, "--workers", str(workers), "--json").stdout)["outcomes"]
    again = json.loads(papers.sohoa(home, "run", folder, "--json").stdout)["outcomes"]
    for outcomes in (first, again):
        read = outcomes.get("accepted", 0) + outcomes.get("needs_review", 0)
        assert (read, sum(outcomes.values())) == (1, 3), (first, again)
    assert "quarantined" not in again  # its bytes are a record now: the wrong name is a duplicate
    assert papers.sohoa(home, "verify").returncode == 0


def test_a_path_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    done = papers.sohoa(tmp_path / "h", "run", tmp_path / "khong-co")
    assert done.returncode == 2
    assert "không có tệp" in done.stderr
    assert not (tmp_path / "h").exists()


def test_unknown_setting_stops_with_its_name(tmp_path: Path) -> None:
    done = papers.sohoa(tmp_path / "h", "doctor", SOHOA_WORKRES="2")
    assert done.returncode == 3
    assert "SOHOA_WORKRES" in done.stderr


@pytest.mark.parametrize("broken", ["program", "language"])
def test_missing_reader_stops_the_run_and_the_rerun_goes_on(tmp_path: Path, broken: str) -> None:
    folder, home = tmp_path / "vao", tmp_path / "h"
    folder.mkdir()
    papers.write_scan(folder / "a.png", 1)
    papers.write_txt(folder / "b.txt", 2)
    empty = tmp_path / "khong"
    empty.mkdir()
    lacking = {"PATH": str(empty)} if broken == "program" else {"TESSDATA_PREFIX": str(empty)}
    done = papers.sohoa(home, "run", folder, **lacking)
    assert done.returncode == 3, done.stdout + done.stderr
    assert "E201" in done.stderr
    assert "apt-get install" in done.stderr
    assert "Traceback" not in done.stderr
    again = papers.sohoa(home, "run", folder, "--json")
    assert again.returncode == 0, again.stderr
    assert sum(json.loads(again.stdout)["outcomes"].values()) == 2


def test_store_that_does_not_answer(tmp_path: Path) -> None:
    papers.write_txt(tmp_path / "a.txt", 1)
    address = "s3://key:rat-bi-mat@127.0.0.1:9/kho?secure=0"
    done = papers.sohoa(tmp_path / "h", "run", tmp_path / "a.txt", SOHOA_STORE_URL=address)
    assert done.returncode == 3
    assert "E202" in done.stderr
    assert "rat-bi-mat" not in done.stdout + done.stderr


def test_catalogue_that_is_locked_or_elsewhere(tmp_path: Path) -> None:
    papers.write_txt(tmp_path / "a.txt", 1)
    address = "postgresql+psycopg://sohoa:rat-bi-mat@127.0.0.1:9/sohoa"
    done = papers.sohoa(tmp_path / "h", "run", tmp_path / "a.txt", SOHOA_DATABASE_URL=address)
    assert done.returncode == 3
    assert "E205" in done.stderr
    assert "rat-bi-mat" not in done.stdout + done.stderr


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of three megabytes."""
    place = tmp_path / "dia"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(place)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("mounting a small file system needs root")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=False)


def test_full_disk_stops_the_run_and_keeps_what_is_done(tmp_path: Path, small_disk: Path) -> None:
    folder, home = tmp_path / "vao", tmp_path / "h"
    folder.mkdir()
    for number in range(12):
        (folder / f"{number:02d}.txt").write_text(
            papers.decision(number) + "".join(f"Dòng thêm {n}.\n" for n in range(8000)), encoding="utf-8"
        )
    full = papers.sohoa(home, "run", folder, SOHOA_STORE_URL=f"folder:{small_disk / 'kho'}", SOHOA_MAX_PAGES="5000")
    assert full.returncode == 3, full.stdout + full.stderr
    assert "E203" in full.stderr
    assert "Traceback" not in full.stderr
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):  # the disk really is full
        (small_disk / "them").write_bytes(b"x" * 3_000_000)
    assert len(list(folder.iterdir())) == 12
