"""Calibrates certainty: what chance a field's evidence stands for, and from where on a value is called sure.

    .venv/bin/python -m tools.calibrate [--work DIR] [--fit]

Makes papers of seeds that no test and no score uses, reads them with the product's own readers (kept in DIR, so that a
second run reads nothing), learns from some and measures on the others. Writes

    schemas/data/handwriting.json            weights that tell a pen from print (tools/hands.py), its measures beside
    schemas/data/certainty.json              weights, thresholds and what they rest on
    tools/data/certainty_evidence.jsonl.gz   the evidence learned from: codes and numbers, no values
    docs/certainty.md                        reliability and coverage on papers that were not learned from

``--fit`` learns again from the committed evidence and makes no papers. Real papers beside the project
(../shared/samples) are only looked at: a sure value that is wrong on one of them stops the tool.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from extractors.certainty.handwriting import weights
from extractors.certainty.model import Calibration, as_text, parse_calibrations
from extractors.reference.data import json_table
from tools.evidence import Row, read_rows, rows_of, write_rows
from tools.fitting import fit, upper_bound
from tools.hands import MEASURES, Slot, confusion, slots_of, with_notes, write_slots, write_weights
from tools.readings import true_readings
from tools.report import ROOT, machine_line, table, write_section

TABLE = ROOT / "schemas" / "data" / "certainty.json"
EVIDENCE = ROOT / "tools" / "data" / "certainty_evidence.jsonl.gz"
PAGE = ROOT / "docs" / "certainty.md"
SAMPLES = ROOT.parent / "shared" / "samples"
QUALITIES = "clean,office,poor,office,poor,digital,hybrid,office"
# Name of the set -> (seed, papers). Rules were mended while looking at the learned sets, never at the held-out ones.
LEARNED = {
    "t1": (4100, 112), "h1": (5200, 112), "t2": (4200, 112), "h2": (5300, 112),
    "f1": (6300, 96), "f2": (6400, 96), "f3": (6500, 112), "t3": (4300, 112),
}  # fmt: skip
HELD_OUT = {"h3": (5400, 32), "h4": (5500, 96)}
BINS = (0.0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 1.01)


def papers(work: Path, name: str, seed: int, count: int) -> Path:
    """The folder of one set, made when it is not there."""
    folder = work / name
    if not (folder / "truth.jsonl").exists():
        command = [sys.executable, "-m", "samplemaker", "make", str(folder), "--count", str(count), "--quiet"]
        subprocess.run([*command, "--seed", str(seed), "--quality", QUALITIES], cwd=ROOT, check=True)
    return folder


def slots_of_sets(work: Path, sets: dict[str, tuple[int, int]]) -> list[Slot]:
    folders = [papers(work, name, seed, count) for name, (seed, count) in sets.items()]
    cache = work / "cache"
    return [s for folder in folders for known in true_readings(folder, cache) for s in slots_of(known, folder, cache)]


def rows_of_folder(folder: Path, cache: Path) -> list[Row]:
    """Evidence of every paper of a folder, its slots judged by the present weights."""
    rows: list[Row] = []
    for known in true_readings(folder, cache):
        reading = with_notes(known.reading, slots_of(known, folder, cache))
        rows += rows_of(replace(known, reading=reading))
    return rows


def rows_of_sets(work: Path, sets: dict[str, tuple[int, int]]) -> list[Row]:
    folders = [papers(work, name, seed, count) for name, (seed, count) in sets.items()]
    return [row for folder in folders for row in rows_of_folder(folder, work / "cache")]


def chance_and_sure(row: Row, known: dict[str, Calibration]) -> tuple[float, bool]:
    """What the product makes of the row, by the rule of `extractors/certainty/settle.py`."""
    one = known[row.field]
    chance = one.chance(row.features)
    if row.rule:
        return chance, chance >= one.rule_min
    return chance, row.free and one.free_min is not None and chance >= one.free_min


def reliability(rows: Sequence[Row], known: dict[str, Calibration]) -> str:
    """Chance given against share right, by bins of the chance."""
    judged = [(chance_and_sure(r, known)[0], r.right) for r in rows]
    lines = []
    for low, high in pairwise(BINS):
        inside = [(c, ok) for c, ok in judged if low <= c < high]
        if inside:
            given = sum(c for c, _ in inside) / len(inside)
            right = sum(ok for _, ok in inside) / len(inside)
            lines.append((f"{low:.2f} - {min(high, 1.0):.2f}", len(inside), f"{given:.3f}", f"{right:.3f}"))
    brier = sum((c - ok) ** 2 for c, ok in judged) / len(judged)
    return table(("chance", "fields", "mean chance", "share right"), lines) + f"\n\nBrier score {brier:.4f}."


def by_field(rows: Sequence[Row], known: dict[str, Calibration]) -> str:
    """Coverage and errors by field: the rule alone, and rule with calibration."""
    lines = []
    for name in (*sorted({r.field for r in rows}), "all"):
        mine = [r for r in rows if name in (r.field, "all")]
        ruled = [r for r in mine if r.rule]
        sure = [r for r in mine if chance_and_sure(r, known)[1]]
        wrong = sum(not r.right for r in sure)
        lines.append(
            (name, len(mine), f"{sum(r.right for r in mine) / len(mine):.1%}",
             f"{len(ruled) / len(mine):.1%}", sum(not r.right for r in ruled),
             f"{len(sure) / len(mine):.1%}", wrong, f"{upper_bound(wrong, len(sure)):.2%}")
        )  # fmt: skip
    head = ("field", "papers", "exact", "rule: coverage", "wrong", "calibrated: coverage", "wrong", "upper bound")
    return table(head, lines)


def thresholds(fitted: dict[str, dict[str, object]]) -> str:
    """What the committed thresholds rest on."""
    lines = []
    for name, row in fitted.items():
        seen = row["evidence"]
        assert isinstance(seen, dict)
        rule, free = seen["rule"], seen["free"]
        lines.append(
            (name, row["rule_min"], f"{rule['wrong']} of {rule['n']}", f"{rule['upper']:.1%}",
             "never" if row["free_min"] is None else row["free_min"],
             f"{free['wrong']} of {free['n']}" if free["n"] else "-", f"{free['upper']:.1%}" if free["n"] else "-")
        )  # fmt: skip
    head = ("field", "sure by rule from", "wrong", "upper bound", "sure against the rule from", "wrong", "upper bound")
    return table(head, lines)


def wrong_on_real(cache: Path, known: dict[str, Calibration]) -> list[str]:
    """Sure values that are wrong on real papers, where such are at hand."""
    if not (SAMPLES / "truth.jsonl").is_file():
        print(">> ../shared/samples is not there: no look at real papers", flush=True)
        return []
    rows = rows_of_folder(SAMPLES, cache)
    return [f"{r.paper} {r.field}" for r in rows if chance_and_sure(r, known)[1] and not r.right]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, default=ROOT / "samples-out" / "calibration", help="papers and readings")
    parser.add_argument("--fit", action="store_true", help="learn again from the committed evidence only")
    options = parser.parse_args()
    if options.fit:
        rows = read_rows(EVIDENCE)
    else:
        slots = slots_of_sets(options.work, LEARNED)
        write_slots(MEASURES, slots)
        write_weights(slots)
        json_table.cache_clear()
        weights.cache_clear()
        rows = rows_of_sets(options.work, LEARNED)
        write_rows(EVIDENCE, rows)
    provenance = {
        "made_by": "tools/calibrate.py",
        "papers": len({r.paper for r in rows}),
        "seeds": sorted({r.paper.split(":")[1] for r in rows}),
        "qualities": QUALITIES,
    }
    fitted = fit(rows, provenance=provenance)
    TABLE.write_text(as_text(fitted), encoding="utf-8")
    print(f"{TABLE.name}: {len(fitted['fields'])} fields from {provenance['papers']} papers")
    if options.fit:
        return
    known = parse_calibrations(fitted)
    held = rows_of_sets(options.work, HELD_OUT)
    body = "\n\n".join(
        (
            f"Measured by `make calibrate`: {machine_line()}",
            f"### On {len({r.paper for r in held})} unseen papers (seeds {[s for s, _ in HELD_OUT.values()]})",
            reliability(held, known),
            by_field(held, known),
            "### Print or pen, on the same papers",
            confusion(slots_of_sets(options.work, HELD_OUT)),
            f"### Thresholds, from {provenance['papers']} other papers",
            thresholds(fitted["fields"]),
        )
    )
    write_section("calibration", body, path=PAGE)
    print(body)
    wrong = wrong_on_real(options.work / "cache", known)
    if wrong:
        sys.exit("sure and wrong on real papers: " + "; ".join(wrong))


if __name__ == "__main__":
    main()
