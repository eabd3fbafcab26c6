"""Dựng lại: catalogue and index from the packages in the store alone."""

from __future__ import annotations

from collections.abc import Iterator

from review.work import Work
from runtime.desk_keeping import adopt
from runtime.indexing import rebuild_index
from runtime.keeping import find_with_review, list_packages
from runtime.open import Workshop
from runtime.plans import rebuild_plans
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

    What people entered beside the papers (follow-up of tasks, figures) comes back from the journal.

    A package that cannot be read keeps the row it has, and is named. Raises MachineError.
    """
    there: set[str] = set()
    broken: list[str] = []
    written = 0

    def read() -> Iterator[tuple[Record, Work | None]]:
        for record_id in list_packages(workshop.store):
            there.add(record_id)
            try:
                found = find_with_review(workshop.store, record_id)
            except StoreCorrupt:
                found = None
            if found is None:
                broken.append(record_id)
            else:
                yield found

    def write(many: list[tuple[Record, Work | None]]) -> int:
        count = workshop.catalogue.records.save_many(record for record, _ in many)
        for _, work in many:
            if work is not None:  # what people did: their answers' history and what they settled
                adopt(workshop, work)
        return count

    begun = workshop.catalogue.records.moment()
    waiting: list[tuple[Record, Work | None]] = []
    for found in read():
        waiting.append(found)
        if len(waiting) == _AT_ONCE:
            written += write(waiting)
            waiting = []
    written += write(waiting)
    workshop.catalogue.records.keep_only(there, unless_since=begun)
    rebuild_plans(workshop.store, workshop.catalogue)
    indexed = rebuild_index(workshop)
    return RebuildReport(packages=len(there), records=written, indexed=indexed, broken=tuple(broken))
