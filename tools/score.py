"""`make score`: how right the reading is, on made samples by quality and, where the folder is there, on ../shared.

Writes the table of docs/benchmarks.md, the plain baseline (Tesseract's flat text and regexes) beside the product.

    .venv/bin/python -m tools.score [--count N] [--seed S] [--home DIR]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tools import verdicts
from tools.baseline import guess_fields, read_flat
from tools.report import ROOT, machine_line, table, write_section
from tools.scoring import ROW_HEAD, Score, Truth, of_record, score

SHARED = ROOT.parent / "shared"
SAMPLES = SHARED / "samples"
SCORER = SHARED / "tools" / "score.py"


def sohoa(home: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """One command of the product, as people run it."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("SOHOA_")}
    command = [sys.executable, "-m", "flows.cli", "--home", str(home), *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, env={**env, "PYTHONPATH": str(ROOT)}, check=False)
    if done.returncode > 1:
        sys.exit(done.returncode)
    return done


def read_all(home: Path, files: Sequence[Path]) -> tuple[dict[str, Any], dict[str, str]]:
    """Records and texts by the source's SHA-256, after running the product on ``files``."""
    sohoa(home, "run", *map(str, files), "--batch", "score")
    lines = sohoa(home, "export", "--format", "jsonl", "--unmask").stdout.splitlines()
    records = {record["source"]["sha256"]: record for record in map(json.loads, lines)}
    texts = {}
    for sha in records:
        texts[sha] = sohoa(home, "text", sha).stdout.decode()
    return records, texts


def product_scores(truths: Sequence[Truth], records: dict[str, Any], texts: dict[str, str]) -> dict[str, Score]:
    scores = score(
        truths,
        lambda truth, name: of_record(records.get(truth["sha256"]), name),
        group=lambda truth: str(truth["level"]),
        text_of=lambda truth: texts.get(truth["sha256"], ""),
    )
    scores["all"].missing = sum(truth["sha256"] not in records for truth in truths)
    return scores


def baseline_scores(truths: Sequence[Truth], folder: Path) -> dict[str, Score]:
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        texts = dict(
            zip((t["sha256"] for t in truths), pool.map(lambda t: read_flat(folder / t["file"]), truths), strict=True)
        )
    fields = {sha: guess_fields(text) for sha, text in texts.items()}
    return score(
        truths,
        lambda truth, name: (fields[truth["sha256"]].get(name), name in fields[truth["sha256"]]),
        group=lambda truth: str(truth["level"]),
        text_of=lambda truth: texts[truth["sha256"]],
    )


def rows(product: dict[str, Score], plain: dict[str, Score]) -> list[tuple[str, ...]]:
    order: list[str] = [name for name in ("clean", "office", "poor", "digital", "scan") if name in product]
    order += [*sorted(set(product) - set(order) - {"all"}), "all"]
    out: list[tuple[str, ...]] = []
    for name in order:
        out.append((f"**{name}**", "Sohoa", *product[name].row()))
        out.append(("", "Tesseract + regexes", *plain[name].row()))
    return out


def field_rows(product: Score, plain: Score) -> list[tuple[str, ...]]:
    out: list[tuple[str, ...]] = []
    for name, count in product.by_field.items():
        wrong = count["sure_wrong"]
        out.append(
            (name, f"{count['exact']}/{count['n']}", str(count["sure"]), str(wrong),
             f"{plain.by_field[name]['exact']}/{plain.by_field[name]['n']}")
        )  # fmt: skip
    return out


def measure(truths: Sequence[Truth], folder: Path, home: Path, *, what: str) -> str:
    """The tables for one set of documents."""
    print(f">> {what}: {len(truths)} documents", flush=True)
    records, texts = read_all(home, [folder / truth["file"] for truth in truths])
    product = product_scores(truths, records, texts)
    print(">> the baseline on the same documents", flush=True)
    plain = baseline_scores(truths, folder)
    missing = product["all"].missing
    quarantined = sum(1 for truth in truths if records.get(truth["sha256"], {}).get("status") == "quarantined")
    name = "made" if "seed" in truths[0] else "shared"
    after = {verdicts.name_of(t): verdicts.verdict(t, records.get(t["sha256"])) for t in truths}
    before = verdicts.load(name)
    verdicts.save(name, after)
    parts = [
        f"### {what}\n\n{len(truths)} documents, {missing} missing, {quarantined} in quarantine.",
        table(("group", "reader", *ROW_HEAD), rows(product, plain)),
        table(("field", "exact", "sure", "of these wrong", "baseline exact"), field_rows(product["all"], plain["all"])),
        verdicts.report(before, after),
    ]
    return "\n\n".join(parts)


def shared_verdict(home: Path) -> str:
    """What the shared scorer, run as a program, says of the same records."""
    lines = sohoa(home, "export", "--format", "jsonl", "--unmask").stdout
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as records:
        records.write(lines)
        records.flush()
        done = subprocess.run(
            [sys.executable, str(SCORER), str(SAMPLES / "truth.jsonl"), records.name],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
    heads = [line for line in done.stdout.splitlines() if line and not line.startswith("  ")]
    return "The shared scorer on the same records:\n\n```\n" + "\n".join(heads) + "\n```"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=48, help="made documents (16 kinds, four qualities in turn)")
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--home", type=Path, help="keep the records there (default: a temporary folder)")
    options = parser.parse_args()
    head = machine_line()
    with tempfile.TemporaryDirectory(prefix="sohoa-score-") as scratch:
        home = options.home or Path(scratch) / "home"
        folder = Path(scratch) / "made"
        subprocess.run(
            [sys.executable, "-m", "samplemaker", "make", str(folder), "--count", str(options.count),
             "--seed", str(options.seed), "--quiet"],
            cwd=ROOT, check=True,
        )  # fmt: skip
        truths = [json.loads(line) for line in (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines()]
        parts = [measure(truths, folder, home / "made", what=f"Made samples (seed {options.seed})")]
        if (SAMPLES / "truth.jsonl").is_file():
            truths = [json.loads(line) for line in (SAMPLES / "truth.jsonl").read_text(encoding="utf-8").splitlines()]
            parts.append(measure(truths, SAMPLES, home / "shared", what="Shared samples (15 real, 15 made)"))
            parts.append(shared_verdict(home / "shared"))
        else:
            print(">> ../shared/samples is not there: only made samples", flush=True)
    body = "\n\n".join((f"Measured by `make score`: {head}", *parts))
    write_section("score", body)
    print(body)


if __name__ == "__main__":
    main()
