"""A writer that is killed (SIGKILL) at a chosen write. Run as a program: STORE-URL WRITE before|after TEXT."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[1] / "integration" / "storage")]

from storage.store import RemovableStore, Stored, open_store  # noqa: E402


class DyingStore:
    """The store given, but the process dies at write number ``at`` (from 1), before it or after it."""

    def __init__(self, store: RemovableStore, *, at: int, after: bool) -> None:
        self._store = store
        self._left = at
        self._after = after

    def put(self, key: str, source: bytes | Path, *, media_type: str, expect: str | None = None) -> Stored:
        self._left -= 1
        if self._left == 0 and not self._after:
            os.kill(os.getpid(), signal.SIGKILL)
        stored = self._store.put(key, source, media_type=media_type, expect=expect)
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return stored

    def get(self, key: str) -> bytes:
        return self._store.get(key)

    def fetch(self, key: str, path: Path) -> Stored:
        return self._store.fetch(key, path)

    def stat(self, key: str) -> Stored | None:
        return self._store.stat(key)

    def list(self, prefix: str) -> Iterator[str]:
        return self._store.list(prefix)

    def remove(self, key: str) -> None:
        self._store.remove(key)


if __name__ == "__main__":
    import papers_kept

    url, at, when, text = sys.argv[1:]
    papers_kept.keep(DyingStore(open_store(url), at=int(at), after=when == "after"), text=text, seconds=9.0)
