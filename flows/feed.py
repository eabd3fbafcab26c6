"""Nguồn tệp của một mẻ: one stream of items that may change hands while it flows."""

from __future__ import annotations

import queue
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from extractors.intake.files import LeaveOut, walk
from runtime.outcomes import Item, Trouble
from schemas.secrecy import Statement


class Feed:
    """Items for whoever works on them; each is given out once, whichever way it is asked for.

    Iterating gives items until ``hand_over``: then the iterator ends and the rest is taken in chunks.
    """

    def __init__(self, items: Iterable[Item]) -> None:
        self._items = iter(items)
        self._lock = threading.Lock()
        self._handed_over = False

    def __iter__(self) -> Iterator[Item]:
        return self

    def __next__(self) -> Item:
        with self._lock:
            if self._handed_over:
                raise StopIteration
            return next(self._items)

    def hand_over(self) -> None:
        """From now on only ``take`` gives items."""
        with self._lock:
            self._handed_over = True

    def take_back(self) -> None:
        """Iterating gives items again."""
        with self._lock:
            self._handed_over = False

    @property
    def handed_over(self) -> bool:
        with self._lock:
            return self._handed_over

    def take(self, count: int) -> tuple[Item, ...]:
        """The next ``count`` items or fewer; empty when there are no more."""
        taken = []
        with self._lock:
            for item in self._items:
                taken.append(item)
                if len(taken) == count:
                    break
        return tuple(taken)


def find_items(
    paths: Iterable[Path],
    *,
    on_counted: Callable[[int], None],
    leave_out: LeaveOut | None = None,
    statement: Statement | None = None,
) -> Iterator[Item]:
    """Every file under ``paths`` as an item, while a thread walks ahead; ``on_counted`` hears the total at the end.

    An origin may hold bytes that are no text (as surrogates): it is for the ledger, the name is for people.
    Folders that cannot be read come as items with their trouble: they end in quarantine, not in silence.
    ``statement``: said of each of them.
    """
    found: queue.SimpleQueue[Item | None] = queue.SimpleQueue()

    def look() -> None:
        count = 0
        try:
            for one in walk(paths, leave_out=leave_out):
                trouble = Trouble.of(one.error) if one.error else None
                found.put(Item(one.path, str(one.path.absolute()), one.name, trouble, statement=statement))
                count += 1
        finally:
            on_counted(count)
            found.put(None)

    threading.Thread(target=look, name="walk", daemon=True).start()
    while (item := found.get()) is not None:
        yield item


def default_batch_name(paths: list[Path]) -> str:
    """Today and the first folder's name, kept to letters that a batch name may have."""
    first = re.sub(r"[^\w.-]+", "-", paths[0].resolve().name).strip("-._")[:60]
    return f"{time.strftime('%Y-%m-%d')}-{first}" if first else time.strftime("%Y-%m-%d")
