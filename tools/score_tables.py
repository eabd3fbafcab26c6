"""`make score-tables`: appendix tables of made plans, scanned, cell by cell; every miss is listed.

    .venv/bin/python -m tools.score_tables [--qualities clean,office] [--count N] [--seed S] [--write] [--keep DIR]

Plans with appendix tables are made (merged cells, heads of two rows, groups, page ends), read with the real readers
and compared with what they were made from. A row is exact when its text, lead and co-ordinating agencies, deadline and
product are; rows that were not found, and rows that are no rows, count as wrong. ``--write`` puts the table into
docs/benchmarks.md; the seed there is kept apart from those that rules are written against.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, Literal

from extractors.intake.sniff import identify
from extractors.ocr.engine import LineReader, OcrEngine
from extractors.plan.agencies import split_agencies
from extractors.reading import read_document
from extractors.understand import understand
from runtime.engines import LazyEngine, LazyLineReader
from runtime.settings import Settings
from samplemaker.maker import make_one
from samplemaker.names import LAYOUTS
from schemas.plan import Plan, PlanTask
from tools.report import machine_line, table, write_section

KIND = "ke_hoach_lon"
SEED = 880_241  # never looked at while rules are written; what is looked at gets another seed
CELLS = ("text", "lead", "coordinating", "deadline", "product")
TODAY = date(2027, 1, 1)  # no paper of the sample maker is younger
Engine = Literal["pytesseract", "tesserocr"]


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a task row in the order of ``CELLS``. ``sure``: the reader asks nobody to look at it."""

    cells: tuple[str, ...]
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Miss:
    """A cell that was read as something else; ``cell`` "row" where the whole row is missing or is one too many."""

    document: str
    row: int
    cell: str
    wanted: str
    got: str
    sure: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """One plan: its rows, those exact, its cells, those exact, and what was missed."""

    name: str
    layout: str
    quality: str
    rows: int
    exact: int
    cells: int
    cells_exact: int
    misses: tuple[Miss, ...]
    sure: int
    sure_wrong: int
    pages: int
    table_pages: int
    seconds: float


def true_rows(truth: dict[str, Any]) -> list[Row]:
    """Rows of the appendix as they were made."""
    made = truth["plan"]["rows"]
    return [
        _row(text, split_agencies(lead), split_agencies(others), when, what)
        for _, text, lead, others, when, what in made
    ]


def read_rows(plan: Plan | None) -> list[Row]:
    """Rows of the appendix as they were read."""
    return [_task_row(task) for task in (plan.tasks if plan else ()) if (task.section or "").startswith("PL")]


def _task_row(task: PlanTask) -> Row:
    return _row(
        task.text,
        task.lead_agencies,
        task.coordinating_agencies,
        task.deadline,
        task.product,
        sure=not task.needs_review,
    )


def _row(
    text: str, lead: Sequence[str], others: Sequence[str], when: str | None, what: str | None, *, sure: bool = True
) -> Row:
    cells = (text, "; ".join(lead), "; ".join(others), when or "", what or "")
    return Row(tuple(" ".join(cell.split()) for cell in cells), sure)


def pair_rows(wanted: Sequence[Row], got: Sequence[Row]) -> list[tuple[int | None, int | None]]:
    """Rows that belong together, in order; None for one without the other."""
    like = [[_likeness(a, b) for b in got] for a in wanted]
    n, m = len(wanted), len(got)
    best = [[0.0] * (m + 1) for _ in range(n + 1)]
    for i in range(n - 1, -1, -1):
        for j in range(m - 1, -1, -1):
            best[i][j] = max(best[i + 1][j], best[i][j + 1], best[i + 1][j + 1] + like[i][j])
    pairs: list[tuple[int | None, int | None]] = []
    i = j = 0
    while i < n or j < m:
        if i < n and j < m and best[i][j] == best[i + 1][j + 1] + like[i][j] and like[i][j] > 0.2:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif i < n and (j == m or best[i][j] == best[i + 1][j]):
            pairs.append((i, None))
            i += 1
        else:
            pairs.append((None, j))
            j += 1
    return pairs


def _likeness(a: Row, b: Row) -> float:
    return SequenceMatcher(None, " ".join(a.cells), " ".join(b.cells), autojunk=False).ratio()


def judge(truth: dict[str, Any], plan: Plan | None, *, pages: int, table_pages: int, seconds: float) -> Judged:
    """What was read of one plan against what it was made from."""
    wanted, got = true_rows(truth), read_rows(plan)
    misses: list[Miss] = []
    exact = cells_exact = sure = sure_wrong = 0
    for i, j in pair_rows(wanted, got):
        if i is None or j is None:
            row = wanted[i] if i is not None else got[j]  # type: ignore[index]
            words = " | ".join(row.cells)
            misses.append(
                Miss(truth["file"], (i if i is not None else j or 0) + 1, "row", words if i is not None else "",
                     "" if i is not None else words, row.sure and j is not None)
            )  # fmt: skip
            continue
        wrong = [k for k, (a, b) in enumerate(zip(wanted[i].cells, got[j].cells, strict=True)) if a != b]
        exact += not wrong
        cells_exact += len(CELLS) - len(wrong)
        sure += got[j].sure
        sure_wrong += bool(got[j].sure and wrong)
        misses += [
            Miss(truth["file"], i + 1, CELLS[k], wanted[i].cells[k], got[j].cells[k], got[j].sure) for k in wrong
        ]
    return Judged(
        truth["file"], truth["layout"], truth["quality"], len(wanted), exact, len(CELLS) * len(wanted), cells_exact,
        tuple(misses), sure, sure_wrong, pages, table_pages, seconds,
    )  # fmt: skip


class Judge:
    """Makes, reads and judges; the readers are opened once."""

    def __init__(self, engine: Engine) -> None:
        self._engine: OcrEngine = LazyEngine(Settings(ocr_engine=engine))
        self._reader: LineReader = LazyLineReader()

    def judge(self, folder: Path, number: int, seed: int, quality: str) -> Judged:
        """Plan ``number`` of the seed."""
        made = make_one(folder, number, seed, KIND, quality, list(LAYOUTS))
        begun = cpu_seconds()
        reading = read_document(made.path, identify(made.path), engine=self._engine, reader=self._reader)
        seconds = cpu_seconds() - begun
        tables = sum(bool(page.tables) for page in reading.pages)
        plan = understand(reading, today=TODAY).plan
        return judge(made.truth, plan, pages=len(reading.pages), table_pages=tables, seconds=seconds)


def cpu_seconds() -> float:
    """CPU time of this process and of the programs it started."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


HEAD = (
    "quality", "plans", "rows exact", "", "cells exact", "rows taken as sure", "of these wrong", "pages with a table",
    "CPU s a page",
)  # fmt: skip


def summary(name: str, some: Sequence[Judged]) -> tuple[str, ...]:
    """One line of the table."""
    rows, exact = sum(j.rows for j in some), sum(j.exact for j in some)
    cells, right = sum(j.cells for j in some), sum(j.cells_exact for j in some)
    pages = sum(j.pages for j in some)
    return (
        name, str(len(some)), f"{exact} of {rows}", f"{exact / rows:.1%}", f"{right / cells:.2%}",
        str(sum(j.sure for j in some)), str(sum(j.sure_wrong for j in some)),
        f"{sum(j.table_pages for j in some)} of {pages}", f"{sum(j.seconds for j in some) / pages:.2f}",
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--qualities", default="clean,office")
    parser.add_argument("--count", type=int, default=20, help="plans a quality")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--engine", default="pytesseract", choices=("pytesseract", "tesserocr"))
    parser.add_argument("--write", action="store_true", help="into docs/benchmarks.md")
    parser.add_argument("--keep", type=Path, help="where the made files are left")
    options = parser.parse_args()
    head, judges = machine_line(), Judge(options.engine)
    rows: list[tuple[str, ...]] = []
    for quality in options.qualities.split(","):
        done: list[Judged] = []
        for number in range(options.count):
            with tempfile.TemporaryDirectory(prefix="sohoa-tables-") as folder:
                one = judges.judge(options.keep or Path(folder), number, options.seed, quality)
            done.append(one)
            print(f"{one.name} {one.layout}: {one.exact} of {one.rows}, {one.seconds:.0f} CPU s", flush=True)
            for miss in one.misses:
                mark = "SURE " if miss.sure else ""
                print(
                    f"  {mark}row {miss.row} {miss.cell}\n    wanted: {miss.wanted}\n    got:    {miss.got}", flush=True
                )
        rows.append(summary(quality, done))
    body = "\n\n".join(
        [
            "### Appendix tables on scans",
            f"Measured by `make score-tables`: {head}",
            f"Made plans of seed {options.seed}, which no rule was written against, read with {options.engine}: merged "
            "cells, heads of two rows, groups and page ends included. A row is exact when text, lead and co-ordinating "
            "agencies, deadline and product are. CPU is of the whole plan, its pages without a table included.",
            table(HEAD, rows),
        ]
    )
    if options.write:
        write_section("score-tables", body)
    print(body)


if __name__ == "__main__":
    main()
