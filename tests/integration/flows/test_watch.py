"""``sohoa watch``: files leave the hot folder only when the store has them, and nothing is ever deleted."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import time
import zipfile
from pathlib import Path

import papers


def hashes(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_done_and_failed_files_are_moved_apart_and_kept(tmp_path: Path) -> None:
    folder, home = tmp_path / "vào", tmp_path / "h"
    folder.mkdir()
    papers.write_txt(folder / "a.txt", 1)
    papers.write_txt(folder / "a-lai.txt", 1)
    (folder / "rong.txt").write_bytes(b"")
    with zipfile.ZipFile(folder / "b.zip", "w") as archive:
        archive.writestr("b.txt", papers.decision(2))
    (folder / "done").mkdir()
    papers.write_txt(folder / "done" / "a.txt", 77)  # an older file of the same name stays as it is
    before = hashes(folder)
    done = papers.sohoa(home, "watch", folder, "--delay", "0.2", "--once")
    assert done.returncode == 1, done.stderr + done.stdout
    after = hashes(folder)
    assert sorted(after.values()) == sorted(before.values()), "a file was lost or changed"
    assert set(after) == {"done/a.txt", "done/a-1.txt", "done/a-lai.txt", "done/b.zip", "loi/rong.txt"}
    assert after["done/a.txt"] == before["done/a.txt"]


def test_an_archive_in_the_hot_folder_stays_whole(tmp_path: Path) -> None:
    """``sohoa watch .`` with the default home, which lies there too."""
    papers.write_txt(tmp_path / "a.txt", 1)
    home = tmp_path / "sohoa-home"
    for number in (2, 3):
        done = papers.sohoa(home, "watch", tmp_path, "--delay", "0.1", "--once")
        assert done.returncode == 0, done.stderr + done.stdout
        papers.write_txt(tmp_path / "a.txt", number)
    assert {path.name for path in (tmp_path / "done").iterdir()} == {"a.txt", "a-1.txt"}
    assert not (tmp_path / "loi").exists()
    assert papers.sohoa(home, "verify").returncode == 0
    asked = papers.sohoa(home, "watch", home / "store", "--once")
    assert asked.returncode == 2
    assert "kho của Sohoa" in asked.stderr


def test_a_growing_file_is_left_until_it_stands_still(tmp_path: Path) -> None:
    folder, home = tmp_path / "vao", tmp_path / "h"
    folder.mkdir()
    growing = folder / "a.txt"
    growing.write_text("Số: 1/QĐ-UBND\n", encoding="utf-8")
    process = subprocess.Popen(
        papers.command(home, "watch", folder, "--delay", "3"),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=papers.environment(), start_new_session=True,
    )  # fmt: skip
    try:
        for number in range(8):
            with growing.open("a", encoding="utf-8") as stream:
                stream.write(f"Dòng {number}\n")
            time.sleep(0.7)
            assert growing.exists(), "taken while it was being written"
        whole = growing.read_bytes()
        target = folder / "done" / "a.txt"
        deadline = time.monotonic() + 60
        while not target.exists() and time.monotonic() < deadline:
            time.sleep(0.2)
        assert target.read_bytes() == whole
        os.killpg(process.pid, signal.SIGTERM)
        process.communicate(timeout=60)
        assert process.returncode == 0
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
