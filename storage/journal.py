"""Sổ nhật trình trong kho: what people enter beside the papers, one immutable object an entry.

    journal/<stream>/<number, 8 digits>.json

An entry exists when its object does; the catalogue's tables are made from the journal and can be made again
(``sohoa rebuild``). Two writers that take the same number: the second is refused by the store and takes the next.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from schemas.errors import ObjectExists
from storage.keys import check_key
from storage.store import ObjectStore

Stream = Literal["follow", "figures"]
STREAMS: tuple[Stream, ...] = ("follow", "figures")
PREFIX = "journal/"
_KEY = re.compile(r"journal/(follow|figures)/(\d{8})\.json", re.ASCII)
_TRIES = 1000


def entry_key(stream: Stream, number: int) -> str:
    """The key of entry ``number`` (from 1)."""
    if number < 1:
        raise ValueError("entries count from 1")
    return check_key(f"{PREFIX}{stream}/{number:08d}.json")


def append(store: ObjectStore, stream: Stream, body: bytes, *, after: int) -> int:
    """Write the next entry behind number ``after`` (the last one known) and return its number.

    Raises StoreUnreachable (E202), DiskFull (E203), StoreCorrupt (E207).
    """
    for number in range(after + 1, after + 1 + _TRIES):
        key = entry_key(stream, number)
        if store.stat(key) is not None:
            continue
        try:
            store.put(key, body, media_type="application/json")
        except ObjectExists:
            continue
        return number
    raise ObjectExists(f"journal/{stream}")


def entry_numbers(store: ObjectStore, stream: Stream) -> tuple[int, ...]:
    """The numbers that have an entry, in order. Nothing is read."""
    return tuple(sorted(int(m[2]) for key in store.list(f"{PREFIX}{stream}/") if (m := _KEY.fullmatch(key))))


def read_entries(store: ObjectStore, stream: Stream) -> Iterator[tuple[int, bytes]]:
    """(number, bytes) of every entry in order."""
    for number in entry_numbers(store, stream):
        yield number, store.get(entry_key(stream, number))
