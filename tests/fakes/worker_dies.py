"""A worker that is killed (SIGKILL) at a chosen step: right before or right after a write to store or catalogue."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from storage.database import Database
from storage.store import RemovableStore, Stored


class Steps:
    """Counts steps and kills this process at number ``die_at`` (from 1; 0: never)."""

    def __init__(self, die_at: int = 0) -> None:
        self.count = 0
        self._die_at = die_at

    def step(self) -> None:
        self.count += 1
        if self.count == self._die_at:
            os.kill(os.getpid(), signal.SIGKILL)


class SteppingStore:
    """The store given, with a step before and after every write and removal."""

    def __init__(self, store: RemovableStore, steps: Steps) -> None:
        self._store = store
        self._steps = steps

    def put(self, key: str, source: bytes | Path, *, media_type: str, expect: str | None = None) -> Stored:
        self._steps.step()
        stored = self._store.put(key, source, media_type=media_type, expect=expect)
        self._steps.step()
        return stored

    def remove(self, key: str) -> None:
        self._steps.step()
        self._store.remove(key)
        self._steps.step()

    def get(self, key: str) -> bytes:
        return self._store.get(key)

    def fetch(self, key: str, path: Path) -> Stored:
        return self._store.fetch(key, path)

    def stat(self, key: str) -> Stored | None:
        return self._store.stat(key)

    def list(self, prefix: str) -> Iterator[str]:
        return self._store.list(prefix)


def step_at_commits(database: Database, steps: Steps) -> None:
    """A step before and after every commit of the database."""
    open_since = False

    def before(_connection: sa.Connection) -> None:
        nonlocal open_since
        open_since = True
        steps.step()

    def after(*_: object) -> None:
        nonlocal open_since
        if open_since:
            open_since = False
            steps.step()

    sa.event.listen(database.engine, "commit", before)
    sa.event.listen(database.engine, "checkin", after)
