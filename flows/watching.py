"""``sohoa watch``: a hot folder. A file is moved only after its archived bytes were read back and compared."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from extractors.intake.files import hash_file, is_skipped
from flows.feed import default_batch_name
from flows.progress import print_summary
from flows.runner import ActiveRun, digitize_batch, open_run
from runtime.keeping import has_original
from runtime.outcomes import Outcome
from runtime.own_folders import OwnFolders
from runtime.settings import Settings
from schemas.errors import DocumentError

log = logging.getLogger(__name__)
DONE, FAILED = "done", "loi"
_POLL = 1.0

Stamp = tuple[int, int]


@dataclass(slots=True)
class _Still:
    """How long each file has stood still: (size, time) last seen, and since when."""

    seen: dict[Path, tuple[Stamp, float]]

    def ready(self, folder: Path, delay: float, now: float, own: OwnFolders) -> list[Path]:
        """Files that did not change for ``delay`` seconds. Call it again and again."""
        current: dict[Path, tuple[Stamp, float]] = {}
        ready = []
        for path, stamp in _files(folder, own):
            before = self.seen.get(path)
            since = before[1] if before and before[0] == stamp else now
            current[path] = (stamp, since)
            if now - since >= delay:
                ready.append(path)
        self.seen = current
        return ready


def watch_folder(
    settings: Settings, folder: Path, *, delay: float, once: bool, stop: threading.Event, console: Console
) -> bool:
    """Digitize what comes to rest in ``folder`` until ``stop`` (or until nothing is left, with ``once``).

    Files that became records, and duplicates, go to ``done/``; what was quarantined goes to ``loi/``. Nothing
    is deleted, nothing overwritten. Returns whether anything went to ``loi/``.
    """
    still, own = _Still({}), OwnFolders(settings)
    troubled = False
    while not stop.is_set():
        ready = still.ready(folder, delay, time.monotonic(), own)
        if ready:
            troubled |= _digitize(settings, folder, ready, stop, console)
        elif once and not still.seen:
            break
        stop.wait(_POLL if not once else min(_POLL, max(0.05, delay / 4)))
    return troubled


def _digitize(settings: Settings, folder: Path, paths: list[Path], stop: threading.Event, console: Console) -> bool:
    outcomes: dict[str, list[Outcome]] = defaultdict(list)

    def hear(outcome: Outcome) -> None:
        outcomes[outcome.item.archive or outcome.item.origin].append(outcome)

    batch = default_batch_name([folder])
    troubled = False
    with open_run(settings, paths=paths, batch=batch, stop=stop, on_outcome=hear) as run:
        digitize_batch(run)
        for path in paths:
            got = outcomes.get(str(path.absolute()))
            if got is None or stop.is_set():
                continue  # not begun, or perhaps not all of an archive: it stays for the next time
            failed = any(outcome.status == "quarantined" for outcome in got)
            troubled |= failed
            if failed:
                _move(path, folder / FAILED)
            elif _is_archived(path, got, run):
                _move(path, folder / DONE)
            else:
                log.error("the archived bytes are not those of the file: it stays where it is")
                troubled = True
        print_summary(run.tally, console, batch=batch)
    return troubled


def _is_archived(path: Path, outcomes: list[Outcome], run: ActiveRun) -> bool:
    """Promise (a): what lies in the store, read back now, is what lies in the folder."""
    hashes = {outcome.sha256 for outcome in outcomes}
    if None in hashes or not all(has_original(run.workshop.store, sha) for sha in hashes if sha):
        return False
    if any(outcome.item.archive for outcome in outcomes):
        return True  # an archive's members were hashed one by one as they were captured
    try:
        return {hash_file(path).sha256} == hashes
    except DocumentError:
        return False


def _move(path: Path, target: Path) -> None:
    """Move under a name that is still free; never over another file."""
    target.mkdir(exist_ok=True)
    number = 0
    while True:
        name = path.name if number == 0 else f"{path.stem}-{number}{path.suffix}"
        try:
            os.link(path, target / name)  # fails when the name is taken, unlike rename
            path.unlink()
            return
        except FileExistsError:
            number += 1
        except OSError:  # a file system without hard links
            if not (target / name).exists():
                path.rename(target / name)
                return
            number += 1


def _files(folder: Path, own: OwnFolders) -> Iterator[tuple[Path, Stamp]]:
    """Files to digitize below ``folder``, our own two folders and every archive left out."""
    for here, folders, names in os.walk(folder):
        top = Path(here) == folder
        folders[:] = [
            name
            for name in folders
            if not is_skipped(name) and not (top and name in (DONE, FAILED)) and not own.met(Path(here) / name, True)
        ]
        for name in names:
            path = Path(here) / name
            try:
                info = path.stat()
            except OSError:
                continue
            if not is_skipped(name) and not own.met(path, False):
                yield path, (info.st_size, info.st_mtime_ns)
