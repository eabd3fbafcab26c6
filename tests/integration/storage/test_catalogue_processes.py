"""Several real processes at one catalogue, on SQLite and PostgreSQL; some of them killed."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from catalogue_worker import BATCH

from storage.catalogue import Catalogue

HERE = Path(__file__).parent
ROOT = HERE.parents[2]


def start(url: str, job: str, name: str, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(HERE / "catalogue_worker.py"), url, job, name, str(count)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{HERE}"},
    )


def finish(process: subprocess.Popen[str]) -> list[str]:
    out, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    return out.splitlines()


def test_processes_that_ingest_the_same_papers_at_once_make_each_record_once(database_url: str) -> None:
    workers = [start(database_url, "ingest", f"máy-{n}", 25) for n in range(3)]  # the catalogue is not there yet
    for worker in workers:
        finish(worker)
    with Catalogue(database_url) as catalogue:
        assert catalogue.records.count() == 25
        items = catalogue.ledger.items()
        per_content = Counter((item.sha256, item.outcome) for item in items)
    assert len(items) == 75
    assert Counter(per_content.values()) == {1: 25, 2: 25}
    assert {outcome for (_, outcome), n in per_content.items() if n == 1} == {"accepted"}


def test_items_left_by_a_killed_process_are_taken_each_by_one(database_url: str) -> None:
    holder = start(database_url, "hold", "máy-0", 30)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    nobody = finish(start(database_url, "take", "máy-1", 0))
    assert nobody == [], "its process lives"
    holder.kill()
    holder.communicate()
    workers = [start(database_url, "take", f"máy-{n}", 0) for n in (1, 2)]
    taken = [origin for worker in workers for origin in finish(worker)]
    assert sorted(taken) == sorted(f"/máy-0/{n}" for n in range(30))


def test_killed_again_and_again_it_ends_as_if_undisturbed(database_url: str) -> None:
    chance = random.Random(7)
    with Catalogue(database_url) as catalogue:
        for _ in range(4):
            worker = start(database_url, "ingest", "máy", 60)
            until = time.monotonic() + 20
            before = len(catalogue.ledger.items())
            while worker.poll() is None and time.monotonic() < until:
                if len(catalogue.ledger.items()) >= before + chance.randrange(1, 10):
                    break
            worker.kill()
            worker.communicate()
        finish(start(database_url, "ingest", "máy", 60))
        items = catalogue.ledger.items()
        assert catalogue.records.count() == len(items) == 60
        assert {item.outcome for item in items} == {"accepted"}
        assert list(catalogue.ledger.orphans()) == []
        (batch,) = catalogue.ledger.batches()
        assert (batch.name, batch.accepted, batch.unfinished) == (BATCH, 60, 0)
