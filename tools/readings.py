"""Readings kept between runs: papers are read once, fields are understood again and again.

    .venv/bin/python -m tools.readings FOLDER... --cache DIR [--engine pytesseract|tesserocr]

Each FOLDER holds files and their ``truth.jsonl``. A reading is kept as ``DIR/<sha256 of the file>.layout.gz`` in the
package's own format; a cache is thrown away by hand when the readers themselves have changed.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from extractors.intake.sniff import identify
from extractors.reading import read_document
from runtime.engines import LazyEngine, LazyLineReader
from runtime.settings import Settings
from schemas.errors import DocumentError
from schemas.reading import Reading
from storage.layout import decode_layout, encode_layout


@dataclass(frozen=True, slots=True)
class TrueReading:
    """What was read of one paper, and the truth about it."""

    truth: dict[str, Any]
    reading: Reading


def true_readings(
    folder: Path, cache: Path, *, read: bool = True, engine: Literal["pytesseract", "tesserocr"] = "tesserocr"
) -> Iterator[TrueReading]:
    """Papers of ``folder`` in the order of its truth; what the cache lacks is read (or left out: ``read=False``)."""
    cache.mkdir(parents=True, exist_ok=True)
    pages = LazyEngine(Settings(ocr_engine=engine))
    lines = LazyLineReader()
    for row in (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines():
        truth = json.loads(row)
        kept = cache / f"{truth['sha256']}.layout.gz"
        if not kept.exists():
            if not read:
                continue
            path = folder / truth["file"]
            try:
                reading = read_document(path, identify(path), engine=pages, reader=lines)
            except DocumentError as exc:
                print(f"{truth['file']}: {exc.code}", flush=True)
                continue
            part = kept.with_suffix(".part")
            part.write_bytes(encode_layout(reading))
            os.replace(part, kept)
        yield TrueReading(truth, decode_layout(kept.read_bytes()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--engine", default="tesserocr", choices=("pytesseract", "tesserocr"))
    options = parser.parse_args()
    for folder in options.folders:
        count = sum(1 for _ in true_readings(folder, options.cache, engine=options.engine))
        print(f"{folder}: {count}", flush=True)


if __name__ == "__main__":
    main()
