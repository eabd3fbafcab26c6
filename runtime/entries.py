"""Mục của chỉ mục, nhiều tiến trình cùng làm: records of the catalogue with their texts, made ready for an engine."""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from runtime.keeping import read_text
from runtime.open import Workshop, open_store
from runtime.settings import Settings
from runtime.workers import WorkerPool, result_of
from schemas.errors import ObjectNotFound, ReaderCrashed, ReaderTimeout
from schemas.record import Record
from storage.brief import Brief, read_brief
from storage.entry import Entry, is_searchable, make_entry
from storage.records import Body
from storage.store import RemovableStore

log = logging.getLogger(__name__)
_WORTH_PROCESSES = 5_000  # records; fewer are made before the processes have begun
_TIMEOUT = 600.0  # seconds for one job; a store over a bad line is slow, not dead
_store: RemovableStore | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """Some records whose entries are wanted, and the batches each belongs to."""

    bodies: tuple[Body, ...]
    batches: Mapping[str, Sequence[str]]
    salt: bytes


def make_entries(jobs: Iterable[Job], workshop: Workshop, *, count: int) -> Iterator[list[Entry]]:
    """The entries of all jobs, made by as many processes as the machine has cores where ``count`` is worth them.

    Raises StoreUnreachable (E202).
    """
    settings = workshop.settings
    if count < _WORTH_PROCESSES or settings.worker_count < 2:
        for job in jobs:
            yield _made(job, workshop.store)
        return
    with WorkerPool(settings, prepare=_open_own_store, preload=__name__) as pool:
        for job, future in pool.each(_work, jobs, timeout=_TIMEOUT):
            try:
                yield result_of(future)
            except (ReaderCrashed, ReaderTimeout):  # a process that was ended, by whomever
                yield _made(job, workshop.store)


def entry_of(
    store: RemovableStore, record: Record | Brief, revision: int, *, salt: bytes, batches: Iterable[str] = ()
) -> Entry | None:
    """The entry of one record with its text from the store; None for what must not be searched."""
    if not is_searchable(record):
        return None
    try:
        text = read_text(store, record)
    except ObjectNotFound:
        log.error("the text is missing in the store; only the fields are indexed")
        text = ""
    return make_entry(record, text, salt=salt, revision=revision, batches=batches)


def only_entries(_settings: Settings) -> None:
    """This process makes entries and nothing else: they hold no rings, and looking for some takes a tenth of it."""
    gc.disable()


def _open_own_store(settings: Settings) -> None:
    global _store
    only_entries(settings)
    _store = open_store(settings)


def _work(job: Job) -> list[Entry]:
    assert _store is not None
    return _made(job, _store)


def _made(job: Job, store: RemovableStore) -> list[Entry]:
    made = (
        entry_of(
            store,
            read_brief(one.body),
            one.revision,
            salt=job.salt,
            batches=job.batches.get(one.record_id, ()),
        )
        for one in job.bodies
    )
    return [entry for entry in made if entry is not None]
