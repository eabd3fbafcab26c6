"""Máy tìm: the seam between what is asked and who finds it. Implementations: ``index.py`` (tantivy, in a folder),
``pg_search.py`` (PostgreSQL full text, in the catalogue). One contract suite runs over both."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Protocol, Self

from storage.ask import Ask
from storage.entry import Entry

COUNTED = 100_000
"""Hits that are counted; of more it is only said that there are more: nobody pages through, or exports, so many."""


@dataclass(frozen=True, slots=True)
class Stored:
    """One record found: ``card`` holds what lists show, ``text`` the masked text, pages separated by form feeds."""

    record_id: str
    score: float
    card: Mapping[str, Any]
    text: str


@dataclass(frozen=True, slots=True)
class Found:
    """``total`` counts all; ``facets``: name -> (value, count), most frequent first, over all that was found.

    ``sampled``: there was so much that the facets are counted on a part of it and scaled up. ``capped``: there are
    more than ``total``, which is COUNTED then.
    """

    total: int
    hits: tuple[Stored, ...] = ()
    facets: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    sampled: bool = False
    capped: bool = False


Changes = tuple[Sequence[Entry], Sequence[str]]
"""Entries to take in, ids to let go of."""


class SearchEngine(Protocol):
    """Raises IndexLocked (E210) where another process writes, IndexBroken (E211), DiskFull (E203), and for the
    PostgreSQL one what the catalogue raises. Safe to call from several threads."""

    name: str

    @property
    def salt(self) -> bytes:
        """Secret of this index, for the marks of identity numbers."""
        ...

    @property
    def complete(self) -> bool:
        """False for an index that began empty and has not been filled since."""
        ...

    def take(self, entries: Sequence[Entry], gone: Iterable[str] = ()) -> None:
        """Take records in, in place of earlier versions, and let ``gone`` go; found, and safe, when it returns."""
        ...

    def search(self, ask: Ask, *, limit: int = 20, offset: int = 0, facets: bool = True) -> Found:
        """What matches, best first."""
        ...

    def holdings(self, record_ids: Sequence[str] | None = None) -> Iterator[tuple[str, int]]:
        """(id, revision) of these records, or of all, as far as they are here."""
        ...

    def refill(self, batches: Iterable[Sequence[Entry]], late: Callable[[], Changes]) -> None:
        """Build the whole index anew beside the old one, which answers until the new one takes its place.

        ``batches``: every record once. ``late``: asked when nobody else can write, for what changed since the
        batches were read. When anything fails, or the process dies, the old index stays.
        """
        ...

    def close(self) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
