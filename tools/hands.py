"""Print or pen: measures the number and day slots of papers whose truth is known, and fits the weights.

    .venv/bin/python -m tools.hands --fit          fit again from the committed measures

``make calibrate`` measures the papers it reads (kept beside their readings), fits, and puts what follows into the
readings' notes, as `extractors/scan/hands.py` does when a page is read. Writes schemas/data/handwriting.json and
tools/data/handwriting_measures.jsonl.gz (measures of strokes only, no words).
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from extractors.certainty.handwriting import FEATURES, Token, measure, slot_range
from extractors.fields.letterhead import find_letterhead
from extractors.fields.view import Document, Spot
from extractors.intake.sniff import identify
from extractors.pdf.document import open_pages
from extractors.scan.hands import HAND, note_of
from extractors.scan.page_lines import cut
from extractors.scan.prepare import READ_DPI, ScanPage, prepare, to_reading_size
from schemas.reading import Reading
from tools.fitting import newton
from tools.readings import TrueReading
from tools.report import ROOT, table

WEIGHTS = ROOT / "schemas" / "data" / "handwriting.json"
MEASURES = ROOT / "tools" / "data" / "handwriting_measures.jsonl.gz"


@dataclass(frozen=True, slots=True)
class Slot:
    """One slot: its kind, what the truth says of it ("print", "hand", "stamp", "image"), its measures."""

    paper: str
    page: int
    kind: str
    written: str
    measures: dict[str, float]


def slots_of(known: TrueReading, folder: Path, cache: Path) -> list[Slot]:
    """The slots of one paper; measured once and kept beside its reading."""
    kept = cache / f"{known.truth['sha256']}.hands.json"
    if kept.exists():
        rows = json.loads(kept.read_text(encoding="utf-8"))
    else:
        rows = [[page, kind, measures] for page, kind, measures in _measured(known, folder / known.truth["file"])]
        kept.write_text(json.dumps(rows), encoding="utf-8")
    more = known.truth.get("more", {})
    paper = f"{known.truth.get('set', '')}:{known.truth.get('seed', known.truth['file'])}"
    unknown = "hand" if known.truth["handwritten"] else "print"
    return [Slot(paper, page, kind, more.get(f"{kind}_written", unknown), measures) for page, kind, measures in rows]


def _measured(known: TrueReading, path: Path) -> Iterator[tuple[int, str, dict[str, float]]]:
    doc = Document.of(known.reading)
    head = find_letterhead(doc)
    spots = [s for s in (head.number, head.date) if s is not None and s.origin == "ocr"]
    if not spots:
        return
    with open_pages(path, identify(path)) as source:
        for number in sorted({s.page for s in spots}):
            page = source.page(number)
            if known.reading.pages[0].origin != "ocr":
                continue
            dpi = min(READ_DPI, max(page.native_dpi, 200)) if page.native_dpi >= 190 else READ_DPI
            image, dpi = to_reading_size(page.render(dpi), width_pt=page.width_pt)
            turned: Any = doc.page(number).rotation
            scan = prepare(image, number=number, dpi=dpi, rotation=turned)
            for s in spots:
                if s.page == number and (found := _measure(scan, s)) is not None:
                    yield number, *found


def _measure(scan: ScanPage, spot: Spot) -> tuple[str, dict[str, float]] | None:
    """The slot on one line, found on the straightened picture by the places of its words."""
    rows, columns = scan.clean.shape
    angle = math.radians(scan.skew_deg)

    def place(x: float, y: float) -> tuple[float, float]:
        dx, dy = (x - 0.5) * columns, (y - 0.5) * rows
        return (
            dx * math.cos(angle) + dy * math.sin(angle) + columns / 2,
            dy * math.cos(angle) - dx * math.sin(angle) + rows / 2,
        )

    words = spot.line.words
    ends = [(place(w.box.x0, w.box.cy), place(w.box.x1, w.box.cy)) for w in words]
    middle = sorted(p[1] for pair in ends for p in pair)[len(ends)]
    half = sorted(w.box.height for w in words)[len(words) // 2] * rows / 2 + 2
    box = (int(min(a[0] for a, _ in ends)), int(middle - half), int(max(b[0] for _, b in ends)), int(middle + half))
    left = max(0, box[0] - max(3, int(0.12 * (box[3] - box[1]))) - 4)
    slot = slot_range([Token(w.text, a[0] - left, b[0] - left) for w, (a, b) in zip(words, ends, strict=True)])
    if slot is None:
        return None
    black = dict(scan.others).get("black")
    found = measure(cut(scan.main, box), slot[1], slot[2], black=None if black is None else cut(black, box))
    return (slot[0], {k: round(v, 4) for k, v in found.items()}) if found is not None else None


def with_notes(reading: Reading, slots: Iterable[Slot]) -> Reading:
    """The reading with what the present weights say of its slots."""
    said: dict[int, tuple[str, ...]] = {}
    for s in slots:
        note = note_of(s.kind, s.measures)
        if note is not None:
            said[s.page] = (*said.get(s.page, ()), note)
    old = {f"{hand}_{kind}" for hand in ("hand", "print") for kind in ("number", "day")}
    pages = tuple(
        replace(p, notes=(*(n for n in p.notes if n not in old), *said.get(p.number, ()))) for p in reading.pages
    )
    return replace(reading, pages=pages)


def fit_hands(slots: Sequence[Slot], *, provenance: dict[str, Any]) -> dict[str, Any]:
    """The table of handwriting.json. Pictures of a number (hybrid papers) say nothing of print or pen: left out."""
    used = [s for s in slots if s.written in ("print", "hand", "stamp")]
    names = ("one", *FEATURES)
    x = np.array([[1.0, *(min(2.0, max(-2.0, s.measures[f])) for f in FEATURES)] for s in used])
    y = np.array([s.written == "hand" for s in used], dtype=np.float64)
    weights = newton(x, y, np.array([0.01, *([0.5] * len(FEATURES))]))
    return {
        "provenance": {**provenance, "slots": len(used), "by_hand": int(y.sum())},
        "weights": {n: round(float(w), 4) for n, w in zip(names, weights, strict=True)},
    }


def confusion(slots: Sequence[Slot]) -> str:
    """How print and pen are told apart on ``slots`` by the present weights."""
    lines = []
    for written in ("hand", "print", "stamp", "image"):
        mine = [note_of(s.kind, s.measures) for s in slots if s.written == written]
        if mine:
            hand = sum(n is not None and n.startswith("hand") for n in mine)
            plain = sum(n is not None and n.startswith("print") for n in mine)
            lines.append((written, len(mine), hand, plain, len(mine) - hand - plain))
    return table(("written by", "slots", f"called a pen's (chance from {HAND})", "called print", "left open"), lines)


def write_slots(path: Path, slots: Iterable[Slot]) -> None:
    lines = [json.dumps([s.paper, s.page, s.kind, s.written, s.measures]) for s in slots]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, filename="", compresslevel=9) as packed:
        packed.write(("\n".join(lines) + "\n").encode())


def read_slots(path: Path) -> list[Slot]:
    return [Slot(*json.loads(line)) for line in gzip.decompress(path.read_bytes()).decode().splitlines()]


def write_weights(slots: Sequence[Slot]) -> None:
    """Fit and write; the present process goes on with what was written before until it reads the file anew."""
    fitted = fit_hands(slots, provenance={"made_by": "tools/hands.py", "papers": len({s.paper for s in slots})})
    WEIGHTS.write_text(json.dumps(fitted, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fit", action="store_true", required=True, help="from the committed measures")
    parser.parse_args()
    slots = read_slots(MEASURES)
    write_weights(slots)
    print(confusion(slots))


if __name__ == "__main__":
    main()
