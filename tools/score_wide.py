"""`make score-wide`: generated families by kind, quality and age of layout, of a seed kept apart from all tuning.

    .venv/bin/python -m tools.score_wide [--families digital,docx,...] [--scans] [--count N] [--seed S] [--store]

Documents are made, read and judged one at a time; what was judged is kept under build/score-wide, so that a run cut
off goes on where it stopped (--fresh begins anew: do so after changing a reader). The table goes into
docs/benchmarks.md; gains and losses are against tools/scores/wide.json, which --store writes.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from extractors.intake.sniff import identify
from extractors.ocr.engine import LineReader, OcrEngine
from extractors.reading import read_document
from extractors.understand import understand
from samplemaker.maker import make_one
from samplemaker.names import KINDS, LAYOUTS
from tools import verdicts
from tools.report import ROOT, machine_line, table, write_section

BORN_DIGITAL = ("digital", "docx", "txt", "tcvn3", "vni")
SCANS = ("clean", "office", "poor", "hybrid", "badocr")
SEED = 318_527  # never looked at while rules are written (770001, 660419, 912731, 550213, 880417 are used up)
TODAY = date(2027, 1, 1)  # no paper of the sample maker is younger
_KINDS = [kind for kind in KINDS if kind != "mat"]


@dataclass(frozen=True, slots=True)
class Judged:
    """One document: what it is, its letters, and what reading it cost (CPU seconds)."""

    name: str
    family: str
    kind: str
    layout: str
    letters: str
    pages: int
    seconds: float


class Judge:
    """Reads and judges; the readers are opened once."""

    def __init__(self) -> None:
        from extractors.ocr.inprocess import InProcessTesseract
        from extractors.ocr.lines import AsterLineReader

        self._engine: OcrEngine = InProcessTesseract()
        self._reader: LineReader = AsterLineReader()

    def judge(self, number: int, seed: int, family: str) -> Judged:
        """Make document ``number`` of the family and judge what is read of it."""
        kind = _KINDS[number % len(_KINDS)]
        with tempfile.TemporaryDirectory(prefix="sohoa-wide-") as folder:
            made = make_one(Path(folder), number, seed, kind, family, list(LAYOUTS))
            begun = time.process_time()
            reading = read_document(made.path, identify(made.path), engine=self._engine, reader=self._reader)
            extraction = understand(reading, today=TODAY)
            seconds = time.process_time() - begun
        record = {"fields": json.loads(extraction.fields.model_dump_json())}
        letters = verdicts.verdict(made.truth, record)
        name = verdicts.name_of(made.truth)
        return Judged(name, family, kind, made.layout, letters, len(reading.pages), round(seconds, 4))


def judge_family(family: str, *, count: int, seed: int, cache: Path, judge: Callable[[], Judge]) -> list[Judged]:
    """All documents of a family; those judged before are taken from ``cache``."""
    cache.mkdir(parents=True, exist_ok=True)
    path = cache / f"{seed}-{family}.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    done = [Judged(**json.loads(line)) for line in lines]
    with path.open("a", encoding="utf-8") as out:
        for number in range(len(done), count):
            one = judge().judge(number, seed, family)
            out.write(json.dumps(asdict(one), ensure_ascii=False) + "\n")
            out.flush()
            done.append(one)
            print(f"\r>> {family} {number + 1}/{count}", end="", flush=True)
    print(flush=True)
    return done[:count]


def rows(judged: Iterable[Judged], key: Callable[[Judged], str]) -> list[tuple[str, ...]]:
    """Documents, exact, coverage, wrong when sure and speed by ``key``."""
    groups: dict[str, list[Judged]] = defaultdict(list)
    for one in judged:
        groups[key(one)].append(one)
    found: list[tuple[str, ...]] = []
    for name, some in groups.items():
        asked, right, sure, wrong = verdicts.counts({j.name: j.letters for j in some})
        pages, seconds = sum(j.pages for j in some), sum(j.seconds for j in some)
        found.append(
            (name, str(len(some)), f"{right / asked:.2%}", f"{sure / asked:.2%}", f"{wrong}/{sure}",
             f"{pages / seconds:.1f}" if seconds else "-")
        )  # fmt: skip
    return found


HEAD = ("", "documents", "header fields exact", "coverage", "wrong when sure", "pages a CPU second")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--families", default="", help=f"of {', '.join((*BORN_DIGITAL, *SCANS))}")
    parser.add_argument("--scans", action="store_true", help="scans as well (hours)")
    parser.add_argument("--count", type=int, default=128, help="documents a family (16 kinds in turn)")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--fresh", action="store_true", help="forget what was judged before")
    parser.add_argument("--store", action="store_true", help="make this the stored score")
    parser.add_argument("--cache", type=Path, default=ROOT / "build" / "score-wide")
    options = parser.parse_args()
    families = [f for f in options.families.split(",") if f] or [*BORN_DIGITAL, *(SCANS if options.scans else ())]
    head, opened = machine_line(), list[Judge]()

    def judge() -> Judge:
        if not opened:
            opened.append(Judge())
        return opened[0]

    judged: list[Judged] = []
    for family in families:
        if options.fresh:
            (options.cache / f"{options.seed}-{family}.jsonl").unlink(missing_ok=True)
        judged += judge_family(family, count=options.count, seed=options.seed, cache=options.cache, judge=judge)
    after = {j.name: j.letters for j in judged}
    parts = [
        f"Measured by `make score-wide`: {head}",
        f"{len(judged)} documents of seed {options.seed}, which no rule was written against; read in this process, "
        "fields and classes included, no record stored.",
        table(("quality", *HEAD[1:]), rows(judged, lambda j: j.family)),
        table(("layout", *HEAD[1:]), rows(judged, lambda j: j.layout)),
        table(("kind", *HEAD[1:]), rows(judged, lambda j: j.kind)),
        verdicts.report(verdicts.load("wide"), after),
    ]
    if options.store:
        verdicts.save("wide", {**verdicts.load("wide"), **after})
    body = "\n\n".join(parts)
    write_section("score-wide", body)
    print(body)


if __name__ == "__main__":
    main()
