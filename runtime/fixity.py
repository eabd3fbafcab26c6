"""Đối chiếu kho: every stored object against the manifest of its package."""

from __future__ import annotations

import random
from collections.abc import Iterable

from runtime.keeping import FixityReport, list_packages, verify_record
from runtime.open import Workshop
from storage.package import Problem


def verify_keys(workshop: Workshop, record_ids: Iterable[str]) -> FixityReport:
    """Every object of these records' packages, read whole and compared. Raises StoreUnreachable (E202)."""
    packages = objects = 0
    problems: list[Problem] = []
    for record_id in record_ids:
        count, wrong = verify_record(workshop.store, record_id)
        packages, objects = packages + 1, objects + count
        problems += wrong
    return FixityReport(packages=packages, objects=objects, problems=tuple(problems))


def verify_packages(workshop: Workshop, *, sample: int | None = None) -> FixityReport:
    """All packages, those that only the catalogue knows of included, or ``sample`` of them taken at random."""
    known = {record.record_id for record in workshop.catalogue.records.iterate()}
    wanted = sorted(known.union(list_packages(workshop.store)))
    if sample is not None and sample < len(wanted):
        wanted = sorted(random.SystemRandom().sample(wanted, sample))
    return verify_keys(workshop, wanted)
