"""Ảnh của sách hướng dẫn: makes papers, reads them, works at the desk by keyboard and takes the guide's pictures.

    .venv/bin/python -m tools.guide_pictures --home /tmp/guide [--only desk-pages] [--scheme dark --out DIR]

Made papers only. The home may be used again; what waits there is settled while the pictures are taken, so the desk has
nothing more to show the second time. ``make demo`` is something else: this home is thrown away.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
from PIL import Image

from runtime.login import Accounts
from runtime.open import open_workshop
from runtime.settings import load_settings
from schemas.scope import EVERYTHING, Scope
from tools.bench_desk import settle
from tools.report import ROOT

_PASSWORD = "đồng lúa chín vàng"  # of accounts in this home only
_PEOPLE = (
    ("quan.dinh", "Đinh Văn Quân", "administrator", EVERYTHING),
    ("lan.nguyen", "Nguyễn Thị Lan", "operator", EVERYTHING),
    ("minh.ho", "Hồ Minh", "operator", EVERYTHING),
    ("tam.le", "Lê Thị Tâm", "checker", Scope(agencies=frozenset({"SỞ Y TẾ", "SỞ CÔNG THƯƠNG"}))),
)
_SIZE = {"width": 1366, "height": 768}
_ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
_JOINED = "tap-quet.pdf"


def make_home(home: Path, *, count: int, seed: int) -> None:
    """Papers, one file of three of them, two files that cannot be read; all digitized; four accounts."""
    papers = home / "papers"
    make = [sys.executable, "-m", "samplemaker", "make", str(papers), "--count", str(count), "--seed", str(seed)]
    subprocess.run([*make, "--quality", "clean,office,digital"], check=True, capture_output=True)
    (papers / "truth.jsonl").rename(home / "truth.jsonl")
    joined = pikepdf.new()
    scans = [path for path in sorted(papers.glob("*.pdf")) if "digital" not in path.name]
    for path in scans[-3:]:
        with pikepdf.open(path) as document:
            joined.pages.extend(document.pages)
    joined.save(papers / _JOINED)
    (papers / "rong.pdf").touch()
    (papers / "khong-phai-pdf.pdf").write_text("Đây không phải PDF", encoding="utf-8")
    run = [sys.executable, "-m", "flows.cli", "--home", str(home), "run", str(papers), "--batch", "mẻ mẫu"]
    subprocess.run(run, check=False, capture_output=True)  # two files are set aside: exit status 1
    with open_workshop(load_settings({}, home=home)) as workshop:
        accounts = Accounts(workshop.catalogue)
        for login, name, role, scope in _PEOPLE:
            accounts.add(login, name=name, role=role, password=_PASSWORD, must_change=False, scope=scope, actor="guide")


@contextmanager
def _served(home: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "flows.cli", "--home", str(home), "review", "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, env={**os.environ, "OMP_THREAD_LIMIT": "1"})
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{url}/healthz", timeout=2).close()
                break
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.2)
        yield url
    finally:
        server.terminate()
        server.wait(20)


class Camera:
    """Takes the pictures that are wanted, small ones."""

    def __init__(self, out: Path, only: frozenset[str]) -> None:
        self._out = out
        self._only = only

    def take(self, page: Any, name: str, path: str = "") -> None:
        """The picture ``name`` of where the page is, or of ``path`` there."""
        if self._only and name not in self._only:
            return
        if path:
            page.goto(path)
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(300)
        shot = Image.open(BytesIO(page.screenshot())).convert("RGB")
        self._out.mkdir(parents=True, exist_ok=True)
        shot.quantize(256, dither=Image.Dither.NONE).save(self._out / f"{name}.png", optimize=True)
        print(self._out / f"{name}.png", flush=True)


def _log_in(browser: Any, url: str, login: str, scheme: str) -> Any:
    page = browser.new_context(viewport=_SIZE, color_scheme=scheme, locale="vi-VN", base_url=url).new_page()
    page.goto("/login")
    page.keyboard.type(login)
    page.keyboard.press("Tab")
    page.keyboard.type(_PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "/login" not in address)
    return page


def take_pictures(home: Path, camera: Camera, scheme: str) -> None:
    from playwright.sync_api import sync_playwright

    rows = [json.loads(line) for line in (home / "truth.jsonl").read_text(encoding="utf-8").splitlines() if line]
    truth = {Path(row["file"]).name: row["fields"] for row in rows}
    with open_workshop(load_settings({}, home=home)) as workshop:
        names = {record.record_id: record.source.name for record in workshop.catalogue.records.iterate()}
        read = [r.record_id for r in workshop.catalogue.records.iterate() if r.status == "accepted" and r.plan is None]
        blind = [r.record_id for r in workshop.catalogue.records.iterate() if "unsure:doc_number" in r.review_reasons
                 and r.source.name != _JOINED]  # fmt: skip
    joined = next(record_id for record_id, name in names.items() if name == _JOINED)
    with _served(home) as url, sync_playwright() as player:
        browser = player.chromium.launch(executable_path="/usr/bin/chromium", args=_ARGS)
        quan = _log_in(browser, url, "quan.dinh", scheme)
        camera.take(quan, "desk-queue", "/desk")
        if blind:
            camera.take(quan, "desk", f"/desk/{blind[0]}")
        camera.take(quan, "desk-group", "/desk/group?item=doc_number")
        quan.goto(f"/desk/{joined}/pages")
        if quan.locator(".cut-page input").count():
            quan.locator(".cut-page input").last.focus()
            quan.keyboard.press("b")
            camera.take(quan, "desk-pages")
            quan.goto(f"/desk/{joined}")
            quan.locator(".acts summary").click()
            quan.locator("#send-note").fill("tách giúp ba văn bản trong tệp này")
            quan.get_by_role("button", name="Gửi đi").click()
        camera.take(quan, "quarantine", "/quarantine")
        quan.goto("/desk/quality")
        if quan.get_by_role("button", name="Lấy mẫu").count():
            quan.get_by_role("button", name="Lấy mẫu").first.click()
        quan.locator(".who button").click()  # gives back what is held
        settle(_log_in(browser, url, "minh.ho", scheme), url, names, truth)
        quan = _log_in(browser, url, "quan.dinh", scheme)
        for name, path in (
            ("quality", "/desk/quality"), ("history", "/history"), ("home", "/"), ("record", f"/records/{read[0]}"),
            ("search", "/search?q=quyet+dinh"), ("people", "/people"),
        ):  # fmt: skip
            camera.take(quan, name, path)
        quan.locator(".who button").click()
        camera.take(quan, "login", "/login")
        browser.close()


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Chụp ảnh cho docs/operators-guide.md, chỉ với giấy mẫu.")
    parser.add_argument("--home", type=Path, required=True, help="thư mục tạm; chưa có thì được tạo")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "images")
    parser.add_argument("--only", default="", help="tên các ảnh, cách nhau bằng dấu phẩy")
    parser.add_argument("--scheme", choices=("light", "dark"), default="light")
    parser.add_argument("--count", type=int, default=12)
    parser.add_argument("--seed", type=int, default=41)
    given = parser.parse_args(arguments)
    if not (given.home / "truth.jsonl").exists():
        make_home(given.home, count=given.count, seed=given.seed)
    take_pictures(given.home, Camera(given.out, frozenset(filter(None, given.only.split(",")))), given.scheme)
    return 0


if __name__ == "__main__":
    sys.exit(main())
