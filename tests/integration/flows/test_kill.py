"""Promise (b): kill -9 at any instant loses nothing and repeats nothing."""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import signal
import subprocess
import time
from pathlib import Path

import papers
import psutil
import pytest

KILLS = int(os.environ.get("KILLS", "20"))
DOCUMENTS = 60


def run_and_kill(home: Path, folder: Path, after: float) -> bool:
    """Start a run and kill its whole process group after some seconds. True when it was cut off."""
    process = subprocess.Popen(
        papers.command(home, "run", folder, "--batch", "kill", "--quiet"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=papers.environment(),
        start_new_session=True,
    )
    try:
        process.wait(after)
        return False
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return True


def records_of(home: Path) -> dict[str, dict[str, object]]:
    """What is in the catalogue, by source; without what differs from run to run: the time it took, and the hash in
    the copy's key (a copy bears the moment it was made; that it is there and whole is for ``verify`` to say)."""
    done = papers.sohoa(home, "export", "--unmask")
    assert done.returncode == 0, done.stderr
    records = {}
    for line in done.stdout.splitlines():
        record = json.loads(line)
        record["process"].pop("seconds")
        if record["objects"]["pdfa"]:
            record["objects"]["pdfa"] = re.sub(r"copy-[0-9a-f]+", "copy", record["objects"]["pdfa"])
        assert record["source"]["sha256"] not in records
        records[record["source"]["sha256"]] = record
    return records


def originals_of(home: Path) -> dict[str, int]:
    """How often each content lies among the originals. (A plain text's text file may be the same, byte for byte.)"""
    count: dict[str, int] = {}
    for path in (home / "store" / "originals").rglob("*"):
        if path.is_file():
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            count[digest] = count.get(digest, 0) + 1
    return count


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("giay")
    papers.write_mixture(folder, DOCUMENTS)
    return folder


def test_killed_at_random_moments_and_run_again(folder: Path, tmp_path: Path) -> None:
    calm = tmp_path / "calm"
    began = time.monotonic()
    done = papers.sohoa(calm, "run", folder, "--batch", "kill", "--quiet")
    took = time.monotonic() - began
    assert done.returncode == 0, done.stderr + done.stdout
    expected = records_of(calm)
    assert len(expected) == DOCUMENTS

    chance = random.Random(20261124)
    home, finished = tmp_path / "home-0", []
    cut = 0
    while cut < KILLS:
        # Moments spread over the whole run, start-up included; a finished home gives way to a fresh one.
        if run_and_kill(home, folder, chance.uniform(0.2, took / 3)):
            cut += 1
        else:
            finished.append(home)
            home = tmp_path / f"home-{len(finished)}"
    for place in (*finished, home):
        again = papers.sohoa(place, "run", folder, "--batch", "kill", "--quiet")
        assert again.returncode == 0, again.stderr + again.stdout
        assert records_of(place) == expected
        stored = originals_of(place)
        assert all(stored.get(sha) == 1 for sha in expected), "an original is missing or lies there twice"
        once_more = papers.sohoa(place, "run", folder, "--batch", "kill", "--json")
        assert json.loads(once_more.stdout)["known"] == DOCUMENTS
        fixity = papers.sohoa(place, "verify", "--json")
        assert fixity.returncode == 0, fixity.stdout


def test_workers_die_with_their_parent(folder: Path, tmp_path: Path) -> None:
    process = subprocess.Popen(
        papers.command(tmp_path / "h", "run", folder, "--quiet"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=papers.environment(),
        start_new_session=True,
    )
    parent = psutil.Process(process.pid)
    deadline = time.monotonic() + 240
    while len(parent.children(recursive=True)) < 4 and time.monotonic() < deadline:  # tracker, fork server, workers
        time.sleep(0.1)
    family = parent.children(recursive=True)
    assert len(family) >= 4
    process.kill()  # the parent alone
    process.wait()
    _, alive = psutil.wait_procs(family, timeout=20)
    for one in alive:
        one.kill()
    assert not alive
