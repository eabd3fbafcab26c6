"""Bàn rà soát tốn bao nhiêu: settles the waiting papers of an archive in Chromium by keyboard, keying the truth.

    .venv/bin/python -m tools.bench_desk --home HOME --truth IN/truth.jsonl --login minh --second hoa --password ...

Writes keystrokes, server time and wall time for each settled paper into docs/benchmarks.md. What the machine read and
the sample maker's truth do not settle between them goes to the second person; what is left then is told.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from pathlib import Path
from typing import Any

from review.values import choices
from runtime.open import open_workshop
from runtime.settings import load_settings
from tools.report import machine_line, table, write_section

COSTS = ("keys", "server_ms", "wall_s")
_ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


def _typed(item: str, value: object) -> str:
    if value is None:
        return ""
    if item.endswith("_date") and isinstance(value, str):
        return "".join(reversed(value.split("-")))
    return choices(item).get(str(value), str(value))


def settle(page: Any, url: str, names: dict[str, str], truth: dict[str, dict[str, Any]]) -> list[dict[str, float]]:
    """Key the truth of every paper that waits for who is logged in; what each one cost."""
    done = []
    begun = time.perf_counter()
    page.goto(f"{url}/desk/next")
    while "/desk/" in page.url:
        record_id = page.url.rsplit("/", 1)[1].partition("?")[0]
        page.wait_for_selector(".ask input:focus, .ask textarea:focus")
        keys = 0
        fields = truth.get(names[record_id], {})
        for ask in page.locator(".asks .ask").all():
            item, mode = ask.get_attribute("data-item"), ask.get_attribute("data-mode")
            if mode == "page":
                page.keyboard.press("Space")
                page.keyboard.press("Enter")
                keys += 2
                continue
            wanted = _typed(item, fields.get(item))
            given = ask.locator("input:not([type=checkbox]), textarea").first.input_value()
            if not wanted:
                page.keyboard.press("Alt+0")
                keys += 2
            elif mode == "blind" or given.casefold() != wanted.casefold():
                page.keyboard.press("Control+a")
                page.keyboard.insert_text(wanted)
                keys += len(wanted) + (0 if mode == "blind" else 2)
            page.keyboard.press("Enter")
            keys += 1
        before = page.url
        page.keyboard.press("Control+Enter")
        keys += 2
        page.wait_for_url(lambda address, before=before: address != before)
        server = page.evaluate(
            "performance.getEntriesByType('navigation').reduce((sum, e) => sum + e.responseStart - e.startTime, 0)"
        )
        now = time.perf_counter()
        done.append({"keys": keys, "server_ms": server, "wall_s": now - begun})
        begun = now
    return done


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("home", "truth"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    for name in ("login", "second", "password", "url"):
        parser.add_argument(f"--{name}", required=True)
    given = parser.parse_args()
    from playwright.sync_api import sync_playwright

    head = machine_line()
    rows = [json.loads(line) for line in given.truth.read_text(encoding="utf-8").splitlines() if line]
    truth = {Path(row["file"]).name: row["fields"] for row in rows}
    with open_workshop(load_settings({}, home=given.home)) as workshop:
        names = {record.record_id: record.source.name for record in workshop.catalogue.records.iterate()}
    lines: list[tuple[str, ...]] = []
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path="/usr/bin/chromium", args=_ARGS)
        for login in (given.login, given.second):
            page = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
            page.goto(f"{given.url}/login")
            page.fill("#login", login)
            page.fill("#password", given.password)
            page.keyboard.press("Enter")
            page.wait_for_url("**/desk")
            done = settle(page, given.url, names, truth)
            if not done:
                print(f"{login}: nothing waits")
                continue
            who = "first person" if login == given.login else "second person"
            cells = [
                f"{statistics.mean([one[n] for one in done]):.1f} / {max(one[n] for one in done):.1f}" for n in COSTS
            ]
            lines.append((who, str(len(done)), *cells))
        browser.close()
    with open_workshop(load_settings({}, home=given.home)) as workshop:
        left = workshop.catalogue.records.count_by_status()
    told = ", ".join(f"{count} {status}" for status, count in sorted(left.items()))
    heads = ("who", "papers", "keystrokes a paper, mean / most", "ms until the next page answers", "s a paper in all")
    body = f"""### The review desk

Measured by `python -m tools.bench_desk`: {head}

{len(names)} made papers, those that wait settled in Chromium by keyboard alone, the truth keyed; afterwards: {told}.

{table(heads, lines)}"""
    write_section("bench-desk", body)
    print(body)


if __name__ == "__main__":
    main()
