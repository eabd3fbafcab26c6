"""Lập chỉ mục: what the catalogue says the index lacks is taken in, beside the work and after a kill alike."""

from __future__ import annotations

import logging
import threading
from types import TracebackType

from runtime.keeping import read_text
from runtime.open import Workshop
from schemas.errors import IndexLocked, MachineError, ObjectNotFound
from storage.index import SearchIndex
from storage.records import Unindexed

log = logging.getLogger(__name__)
_EVERY = 5.0  # seconds between looks
_AT_ONCE = 200  # records in one commit


def catch_up(workshop: Workshop, *, afresh: bool = False) -> int:
    """Index everything that is in the catalogue and not in the index; how many records the index holds then.

    ``afresh`` empties it before. Raises IndexLocked (E210) when another process writes, IndexBroken (E211),
    DiskFull (E203), StoreUnreachable (E202).
    """
    with SearchIndex(workshop.settings.index_folder) as index:
        if afresh:
            index.clear()
        return _fill(workshop, index)


def _fill(workshop: Workshop, index: SearchIndex) -> int:
    records = workshop.catalogue.records
    whole = index.needs_rebuild
    if whole:
        records.forget_indexed()
    while waiting := records.unindexed(limit=_AT_ONCE):
        for one in waiting:
            _take_in(one, workshop, index)
        index.commit()
        records.mark_indexed(waiting)
    if whole:
        index.mark_complete()
    return index.count()


def _take_in(one: Unindexed, workshop: Workshop, index: SearchIndex) -> None:
    if one.remove:
        index.remove(one.record_id)
        return
    record = workshop.catalogue.records.find(one.record_id)
    try:
        text = read_text(workshop.store, record)
    except ObjectNotFound:
        log.error("the text is missing in the store; only the fields are indexed")
        text = ""
    index.index(record, text)


class Indexer:
    """Keeps the index up with the catalogue in a thread, while a batch runs; the rest when the block ends.

    There is one writer a machine: when another run holds it, that run takes our records in too.
    """

    def __init__(self, workshop: Workshop) -> None:
        self._workshop = workshop
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="index", daemon=True)

    def __enter__(self) -> Indexer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()
        if kind is None:
            self._once(last=True)

    def _work(self) -> None:
        while not self._stop.wait(_EVERY):
            try:
                self._once()
            except MachineError as exc:  # said again, and raised, at the end
                log.warning("%s while indexing", exc.code)

    def _once(self, *, last: bool = False) -> None:
        if not last and not self._workshop.catalogue.records.unindexed(limit=1):
            return
        try:
            catch_up(self._workshop)
        except IndexLocked:
            log.info("another run writes the index")
