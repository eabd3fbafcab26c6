"""The progress page in Chromium: charts, numbers that lead to their records, what is unknown, a task followed up."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import Served
from tests.browser.serving import ENV

pytestmark = pytest.mark.filterwarnings("default")
PLAN = Path(__file__).parents[1] / "golden" / "plan_text" / "source.txt"


def sohoa(home: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "flows.cli", "--home", str(home), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, env=ENV).stdout


def test_progress_and_plan_pages(served: Served, chromium: Any, tmp_path: Path) -> None:
    sohoa(served.home, "plan", "add", str(PLAN))
    rows = [r for r in json.loads(sohoa(served.home, "progress", "--json"))["rows"] if r["agency"] and r["level"]]
    assert rows, "the archive holds results of known agencies"
    level = {"tinh": "tỉnh", "huyen": "huyện", "xa": "xã", "trung_uong": "trung ương"}
    lines = ["Cơ quan;Cấp;Năm;Số kết quả còn hiệu lực"]
    agencies = {(r["agency"], r["level"]) for r in rows}
    for k, (agency, lv) in enumerate(sorted(agencies)):
        lines.append(f"{agency};{level[lv]};2026;{'' if k == 0 else 4}")
    table = tmp_path / "kk.csv"
    table.write_text("\n".join(lines), encoding="utf-8")
    sohoa(served.home, "plan", "inventory", str(table))
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    errors: list[str] = []
    page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
    page.goto(f"{served.url}/progress?year=2026")
    assert page.locator("svg.chart rect.rail").count() >= len(agencies)
    assert page.locator("svg.chart").first.bounding_box()["width"] > 300
    assert page.locator("em.unknown").count() > 0
    box = page.locator("table.data").first.bounding_box()
    assert box["width"] <= 1280
    page.screenshot(path=str(tmp_path / "progress.png"), full_page=True)
    number = page.locator("table.data td a").first
    count = int(number.inner_text().replace(".", ""))
    number.click()
    page.wait_for_load_state()
    assert page.locator("tbody tr, ol.rows li").count() >= 1
    assert count >= 1
    page.goto(f"{served.url}/plans")
    page.locator(".row-title").first.click()
    task = page.locator("li.task").first
    task.locator("summary").click()
    task.locator("select").select_option("dang_lam")
    task.locator("button").click()
    page.wait_for_load_state()
    assert "Đang làm" in page.locator("li.task").first.locator(".chip").inner_text()
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{served.url}/progress")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.close()
    assert errors == []
