"""A real archive made by the command line, served by the command line, looked at with Chromium."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

CHROMIUM = "/usr/bin/chromium"
_ARGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
]  # fmt: skip
_ENV = {**{k: v for k, v in os.environ.items() if not k.startswith("SOHOA_")}, "OMP_THREAD_LIMIT": "1"}


@dataclass(frozen=True, slots=True)
class Served:
    """An archive and where it is served."""

    home: Path
    url: str


def _sohoa(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "flows.cli", *arguments]


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four invented papers and an empty file, digitized."""
    if not Path(CHROMIUM).exists():
        pytest.skip(f"{CHROMIUM} is not there: apt-get install chromium")
    if not shutil.which("tesseract"):
        pytest.skip("tesseract is not there: apt-get install tesseract-ocr tesseract-ocr-vie")
    root = tmp_path_factory.mktemp("archive")
    make = [sys.executable, "-m", "samplemaker", "make", str(root / "in"), "--count", "4", "--seed", "7"]
    subprocess.run([*make, "--quality", "clean,digital"], check=True, capture_output=True, env=_ENV)
    (root / "in" / "truth.jsonl").unlink()
    (root / "in" / "rỗng.pdf").touch()
    done = subprocess.run(
        _sohoa("--home", str(root / "home"), "run", str(root / "in"), "--batch", "mẻ thử"),
        check=False, capture_output=True, text=True, env=_ENV,
    )  # fmt: skip
    assert done.returncode == 1, done.stdout + done.stderr  # 1: the empty file is in quarantine
    return root / "home"


@pytest.fixture(scope="session")
def served(archive: Path) -> Iterator[Served]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(_sohoa("--home", str(archive), "review", "--port", str(port)), env=_ENV)
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                with urllib.request.urlopen(f"{url}/healthz", timeout=2):
                    break
            except (urllib.error.URLError, ConnectionError):
                assert process.poll() is None, "the server ended"
                assert time.monotonic() < deadline, "the server does not answer"
                time.sleep(0.1)
        yield Served(archive, url)
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=_ARGS)
        yield browser
        browser.close()
