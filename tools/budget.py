"""`make budget`: where the CPU of a scanned page goes, stage by stage, on the scans of `make bench`.

One worker in this process with the page reader of the settings; what the outside reader takes is its children's CPU.
Writes its table into docs/benchmarks.md.

    .venv/bin/python -m tools.budget [--scans N]
"""

from __future__ import annotations

import argparse
import functools
import resource
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import extractors.reading
import runtime.preload
import runtime.stages
from extractors.ocr.lines import AsterLineReader
from runtime import worker
from runtime.outcomes import Captured, Item
from runtime.settings import load_settings
from tools.bench import as_pictures, make, shared_scans
from tools.report import machine_line, table, write_section

HEAD = ("stage", "CPU s a page", "share", "what it buys")
# Label -> (where its function is looked up, its name, what it buys). No stage holds another.
STAGES: dict[str, tuple[Any, str, str]] = {
    "draw and prepare": (extractors.reading, "_scan", "inks apart, light, skew, specks, blocks"),
    "second reader": (AsterLineReader, "read_lines", "letterhead, title, signature: agreement is what makes sure"),
    "understand": (runtime.stages, "understand", "fields, checks, class, citations, certainty"),
    "PDF/A copy": (runtime.stages, "write_copy", "two layers, validated"),
    "keep": (runtime.stages, "keep_package", "written, read back, compared; manifest"),
}


def timed(spent: dict[str, float], label: str, work: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(work)
    def run(*args: Any, **named: Any) -> Any:
        begun = time.thread_time()
        try:
            return work(*args, **named)
        finally:
            spent[label] += time.thread_time() - begun

    return run


def children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def read_all(files: list[Path], home: Path) -> tuple[dict[str, float], int]:
    """CPU seconds by stage, and how many pages were read."""
    worker.prepare_worker(load_settings({"SOHOA_PREFECT": "never"}, home=home))
    spent: dict[str, float] = defaultdict(float)
    pages = 0
    for label, (where, name, _) in STAGES.items():
        setattr(where, name, timed(spent, label, getattr(where, name)))
    for k, path in enumerate((files[0], *files)):
        if k == 1:  # the first paper only warms up
            spent.clear()
            pages, begun, before = 0, time.process_time(), children()
        path = path if k else _copy(path, home)
        captured = worker.capture_item(Item(path, str(path), path.name), "budget")
        if not isinstance(captured, Captured):
            sys.exit(f"{path.name}: {captured}")
        pages += worker.digitize_item(captured, "budget").pages
    spent["page reader (Tesseract)"] = children() - before
    spent["the rest"] = time.process_time() - begun - sum(spent[label] for label in STAGES)
    return spent, pages


def _copy(path: Path, home: Path) -> Path:
    """Other bytes with the same pages: else the paper that warmed up would be known when its turn comes."""
    target = home / "first.pdf"
    target.write_bytes(path.read_bytes() + b"\n% warm-up\n")
    return target


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scans", type=int, default=24)
    options = parser.parse_args()
    head = machine_line()
    with tempfile.TemporaryDirectory(prefix="sohoa-budget-") as scratch:
        base = Path(scratch)
        (base / "pictures").mkdir()
        made = make(base / "scans", options.scans, quality="clean,office,poor")
        files = [as_pictures(path, base / "pictures") for path in made if path.suffix == ".pdf"] + shared_scans()
        (base / "home").mkdir()
        spent, pages = read_all(files, base / "home")
    total = sum(spent.values())
    buys = {label: why for label, (_, _, why) in STAGES.items()}
    buys |= {"page reader (Tesseract)": "every line, one process a few pages", "the rest": "lines and votes, capture"}
    rows = [
        (label, f"{s / pages:.3f}", f"{100 * s / total:.0f} %", buys[label])
        for label, s in sorted(spent.items(), key=lambda one: -one[1])
    ]
    rows.append(("all", f"{total / pages:.3f}", "100 %", f"{pages} pages of {len(files)} papers, most of one page"))
    body = f"### The budget of a page\n\nMeasured by `make budget`: {head}\n\n{table(HEAD, rows)}"
    write_section("budget", body)
    print(body)


if __name__ == "__main__":
    main()
