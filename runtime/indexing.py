"""Lập chỉ mục: the index follows the catalogue, is made anew beside its own use, and is compared with it."""

from __future__ import annotations

import contextlib
import itertools
import logging
from collections.abc import Iterable, Iterator, Sequence
from types import TracebackType

from runtime.background import Background
from runtime.entries import Job, entry_of, make_entries
from runtime.open import Workshop, open_search
from runtime.progress import catch_up_facts
from schemas.base import Frozen
from schemas.errors import IndexLocked, MachineError, RecordNotFound
from schemas.record import Record
from storage.engine import SearchEngine
from storage.entry import Entry, is_searchable

log = logging.getLogger(__name__)
_EVERY = 0.3  # seconds between looks
_COUNTED = 500  # records that progress takes in between two looks
_AT_ONCE = 200  # records in one commit
_NAMED = 20  # ids of each kind in a report


class IndexReport(Frozen):
    """Catalogue and index compared: what is missing from the index, what it holds too much, what is out of date.

    ``waiting``: known to be not yet taken in (a writer that was just busy). Lists are cut at 20.
    """

    engine: str
    catalogue: int
    index: int
    missing: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    waiting: int = 0

    @property
    def good(self) -> bool:
        return not (self.missing or self.extra or self.stale)


def catch_up(workshop: Workshop, engine: SearchEngine | None = None) -> int:
    """Index everything that is in the catalogue and not in the index; how many records were taken in or let go.

    An index that began empty is filled as by ``rebuild_index``. Raises IndexLocked (E210) when another process
    writes, IndexBroken (E211), DiskFull (E203), StoreUnreachable (E202).
    """
    if engine is None:
        with open_search(workshop.settings, workshop.catalogue) as opened:
            return catch_up(workshop, opened)
    records = workshop.catalogue.records
    if not engine.complete:
        return rebuild_index(workshop, engine)
    done = 0
    while waiting := records.unindexed(limit=_AT_ONCE):
        there = []
        for one in waiting:
            with contextlib.suppress(RecordNotFound):  # removed since
                there.append((records.find(one.record_id), one.revision))
        entries = _entries(workshop, engine, there)
        gone = sorted({one.record_id for one in waiting} - {entry.record_id for entry in entries})
        engine.take(entries, gone)
        records.mark_indexed(waiting)
        done += len(waiting)
    return done


def rebuild_index(workshop: Workshop, engine: SearchEngine | None = None) -> int:
    """Make the index anew from the catalogue while the old one answers, and change them over; records in it.

    Raises as ``catch_up`` does.
    """
    if engine is None:
        with open_search(workshop.settings, workshop.catalogue) as opened:
            return rebuild_index(workshop, opened)
    records = workshop.catalogue.records
    begun = records.moment()
    seen: set[str] = set()
    found = 0

    def jobs() -> Iterator[Job]:
        source = records.iterate_bodies()
        while bodies := tuple(itertools.islice(source, _AT_ONCE)):
            ids = [one.record_id for one in bodies]
            seen.update(ids)
            yield Job(bodies, workshop.catalogue.ledger.batches_of(ids), engine.salt)

    def batches() -> Iterator[Sequence[Entry]]:
        nonlocal found
        for entries in make_entries(jobs(), workshop, count=records.count()):
            found += len(entries)
            yield entries

    def late() -> tuple[Sequence[Entry], Sequence[str]]:
        entries: list[Entry] = []
        changed: set[str] = set()
        for pairs in _chunks(records.iterate_revisions(since=begun)):
            changed.update(record.record_id for record, _ in pairs)
            entries += _entries(workshop, engine, pairs)
        gone = (seen - records.all_ids()) | (changed - {entry.record_id for entry in entries})
        return entries, sorted(gone)

    engine.refill(batches(), late)
    records.mark_all_indexed(before=begun)
    return found


def check_index(workshop: Workshop, engine: SearchEngine | None = None) -> IndexReport:
    """Compare every record of the catalogue with what the index holds of it, revision by revision."""
    if engine is None:
        with open_search(workshop.settings, workshop.catalogue) as opened:
            return check_index(workshop, opened)
    records = workshop.catalogue.records
    held = dict(engine.holdings())
    waiting = {one.record_id for one in records.unindexed()}
    missing, stale, total = [], [], 0
    for record, revision in records.iterate_revisions():
        if not is_searchable(record):
            continue
        total += 1
        there = held.pop(record.record_id, None)
        if record.record_id in waiting:
            continue
        if there is None:
            missing.append(record.record_id)
        elif there != revision:
            stale.append(record.record_id)
    extra = sorted(set(held) - waiting)
    return IndexReport(
        engine=engine.name,
        catalogue=total,
        index=total - len(missing) + len(extra),
        missing=tuple(missing[:_NAMED]),
        extra=tuple(extra[:_NAMED]),
        stale=tuple(stale[:_NAMED]),
        waiting=len(waiting),
    )


def _chunks(pairs: Iterable[tuple[Record, int]]) -> Iterator[list[tuple[Record, int]]]:
    """Records with their revisions, some at a time."""
    source = iter(pairs)
    while chunk := list(itertools.islice(source, _AT_ONCE)):
        yield chunk


def _entries(workshop: Workshop, engine: SearchEngine, pairs: Sequence[tuple[Record, int]]) -> list[Entry]:
    """The entries of these records, without those that must not be searched."""
    batches = workshop.catalogue.ledger.batches_of([record.record_id for record, _ in pairs])
    made = (
        entry_of(workshop.store, record, revision, salt=engine.salt, batches=batches.get(record.record_id, ()))
        for record, revision in pairs
    )
    return [entry for entry in made if entry is not None]


class Indexer(Background):
    """Keeps the index up with the catalogue in a thread, as long as the block lasts, and at its end.

    There is one writer at a time: whoever finds another at work looks again soon.
    """

    def __init__(self, workshop: Workshop, *, every: float = _EVERY) -> None:
        super().__init__("index")
        self._workshop = workshop
        self._every = every
        self._engine: SearchEngine | None = None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, trace)
        if kind is None:
            self._once(last=True)

    def _work(self) -> None:
        while not self._stop.wait(self._every):
            try:
                self._once()
                self._count()
            except MachineError as exc:  # said again, and raised, at the end
                log.warning("%s while indexing", exc.code)
                self._engine = None
                self._stop.wait(5.0)

    def _count(self) -> None:
        """What progress counts, some of it at a time: the index goes first."""
        catch_up_facts(self._workshop.store, self._workshop.catalogue, most=_COUNTED)

    def _once(self, *, last: bool = False) -> None:
        if not last and self._engine and not self._workshop.catalogue.records.unindexed(limit=1):
            return
        if self._engine is None:
            self._engine = open_search(self._workshop.settings, self._workshop.catalogue)
        try:
            catch_up(self._workshop, self._engine)
        except IndexLocked:
            log.info("another process writes the index")
