"""Compact syllable and syllable-pair counts for telling accents apart.

usage: build_language.py [SOURCE_DIR]        (default ../shared/data)

Reads syllable_freq.tsv and syllable_bigram_freq.tsv (derived counts, see schemas/data/SOURCES.md), writes
schemas/data/syllable_counts.tsv.gz and schemas/data/pair_counts.tsv.gz. Deterministic.
"""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "schemas" / "data"
RAREST_PAIR = 3


def pack(source: Path, target: Path, *, rarest: int) -> int:
    rows = ["text\tcount"]
    for line in source.read_text("utf-8").splitlines():
        text, _, count = line.rpartition("\t")
        if text and int(count) >= rarest:
            rows.append(f"{text}\t{count}")
    with target.open("wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, compresslevel=9) as packed:
        packed.write(("\n".join(rows) + "\n").encode("utf-8"))
    return len(rows)


def main() -> None:
    source = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[2] / "shared" / "data"
    print(pack(source / "syllable_freq.tsv", TARGET / "syllable_counts.tsv.gz", rarest=2))
    print(pack(source / "syllable_bigram_freq.tsv", TARGET / "pair_counts.tsv.gz", rarest=RAREST_PAIR))


if __name__ == "__main__":
    main()
