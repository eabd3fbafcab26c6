"""Made records on disk, some hundred in a file: made once, by all cores, so that making them is no part of what is
measured, and read back file by file, so that a million need no more memory than a thousand."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import time
from dataclasses import dataclass
from pathlib import Path

from storage.brief import read_brief
from storage.entry import Entry, make_entry
from tools.search_records import Maker

IN_FILE = 200
_maker: Maker | None = None


@dataclass(frozen=True, slots=True)
class Chunk:
    """A file of records, and the salt that their entries are made with."""

    path: Path
    salt: bytes


def make_chunks(folder: Path, maker: Maker, count: int) -> list[Path]:
    """The files of the first ``count`` records; those that are there already are kept."""
    global _maker
    _maker = maker
    jobs = [(folder, start, min(IN_FILE, count - start)) for start in range(0, count, IN_FILE)]
    with multiprocessing.get_context("fork").Pool(len(os.sched_getaffinity(0))) as pool:
        return list(pool.imap(_make, jobs, chunksize=8))


def read_chunk(path: Path) -> list[tuple[str, str]]:
    """The records of one file as JSON, as a catalogue holds them, with their texts."""
    found: list[tuple[str, str]] = pickle.loads(path.read_bytes())
    return found


def entries_in(chunk: Chunk) -> tuple[list[Entry], float]:
    """The entries of one file, and the CPU seconds they took: what a process of the pool does."""
    began = time.process_time()
    made = (make_entry(read_brief(body), text, salt=chunk.salt) for body, text in read_chunk(chunk.path))
    return [entry for entry in made if entry is not None], time.process_time() - began


def _make(job: tuple[Path, int, int]) -> Path:
    folder, start, count = job
    path = folder / f"{start:08d}-{count}.pickle"
    if not path.exists():
        assert _maker is not None
        made = [(one.record.model_dump_json(), one.text) for one in _maker.make_many(count, start=start)]
        part = path.with_suffix(".part")
        part.write_bytes(pickle.dumps(made, protocol=pickle.HIGHEST_PROTOCOL))
        part.replace(path)
    return path
