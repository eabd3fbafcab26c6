"""Dựng lại: catalogue and index from the packages in the store alone."""

from __future__ import annotations

from collections.abc import Iterator

from runtime.indexing import rebuild_index
from runtime.keeping import find_package, list_packages
from runtime.open import Workshop
from schemas.base import Frozen
from schemas.errors import StoreCorrupt
from schemas.record import Record

_AT_ONCE = 200  # records in one transaction


class RebuildReport(Frozen):
    """Packages found, records written, records in the index, ids of packages that could not be read."""

    packages: int
    records: int
    indexed: int
    broken: tuple[str, ...]


def rebuild_register(workshop: Workshop) -> RebuildReport:
    """Write every package's record into the catalogue, drop rows without a package, index everything again.

    A package that cannot be read keeps the row it has, and is named. Raises MachineError.
    """
    there: set[str] = set()
    broken: list[str] = []
    written = 0

    def read() -> Iterator[Record]:
        for record_id in list_packages(workshop.store):
            there.add(record_id)
            try:
                record = find_package(workshop.store, record_id)
            except StoreCorrupt:
                record = None
            if record is None:
                broken.append(record_id)
            else:
                yield record

    begun = workshop.catalogue.records.moment()
    waiting: list[Record] = []
    for record in read():
        waiting.append(record)
        if len(waiting) == _AT_ONCE:
            written += workshop.catalogue.records.save_many(waiting)
            waiting = []
    written += workshop.catalogue.records.save_many(waiting)
    workshop.catalogue.records.keep_only(there, unless_since=begun)
    indexed = rebuild_index(workshop)
    return RebuildReport(packages=len(there), records=written, indexed=indexed, broken=tuple(broken))
