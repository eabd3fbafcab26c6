"""A real archive made by the command line, served by the command line, looked at with Chromium."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.browser.serving import ARGS, CHROMIUM, ENV, need_chromium, serve, sohoa


@dataclass(frozen=True, slots=True)
class Served:
    """An archive and where it is served."""

    home: Path
    url: str


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four invented papers and an empty file, digitized."""
    need_chromium()
    if not shutil.which("tesseract"):
        pytest.skip("tesseract is not there: apt-get install tesseract-ocr tesseract-ocr-vie")
    root = tmp_path_factory.mktemp("archive")
    make = [sys.executable, "-m", "samplemaker", "make", str(root / "in"), "--count", "4", "--seed", "7"]
    subprocess.run([*make, "--quality", "clean,digital"], check=True, capture_output=True, env=ENV)
    (root / "in" / "truth.jsonl").unlink()
    (root / "in" / "rỗng.pdf").touch()
    done = subprocess.run(
        sohoa("--home", str(root / "home"), "run", str(root / "in"), "--batch", "mẻ thử"),
        check=False, capture_output=True, text=True, env=ENV,
    )  # fmt: skip
    assert done.returncode == 1, done.stdout + done.stderr  # 1: the empty file is in quarantine
    return root / "home"


@pytest.fixture(scope="session")
def served(archive: Path) -> Iterator[Served]:
    with serve(archive) as url:
        yield Served(archive, url)


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield browser
        browser.close()
