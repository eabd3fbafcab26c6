"""Đối chiếu kho: every stored object against the manifest of its package, the journal against the catalogue."""

from __future__ import annotations

import random
from collections.abc import Iterable

from runtime.keeping import FixityReport, list_packages, verify_record
from runtime.open import Workshop
from schemas.errors import ObjectNotFound, StoreCorrupt
from storage.journal import STREAMS, Stream, entry_key, entry_numbers
from storage.package import Problem, ProblemKind
from storage.plans import entry_rows


def verify_keys(workshop: Workshop, record_ids: Iterable[str]) -> FixityReport:
    """Every object of these records' packages, read whole and compared. Raises StoreUnreachable (E202)."""
    packages = objects = 0
    problems: list[Problem] = []
    for record_id in record_ids:
        count, wrong = verify_record(workshop.store, record_id)
        packages, objects = packages + 1, objects + count
        problems += wrong
    return FixityReport(packages=packages, objects=objects, problems=tuple(problems))


def verify_journal(workshop: Workshop) -> tuple[int, tuple[Problem, ...]]:
    """How many entries the journal has, and those that are not what the catalogue took in when they were written.

    missing     a number below the newest one without its object, or taken in and no longer there
    changed     not what was taken in, or not readable as an entry
    unfinished  there and never taken in (its writer was killed, or is at work): ``sohoa rebuild`` does

    Raises StoreUnreachable (E202).
    """
    count = 0
    problems: list[Problem] = []
    for stream in STREAMS:
        taken = workshop.catalogue.plans.entries(stream)
        numbers = frozenset(entry_numbers(workshop.store, stream))
        count += len(numbers)
        before = 0
        for number in sorted(numbers.union(taken)):
            if number > before + 1:  # one or more in a row that nobody has any more: the first is named
                problems.append(Problem(record_id="", key=entry_key(stream, before + 1), kind="missing"))
            kind = _entry_trouble(workshop, stream, number, number in numbers, taken.get(number))
            if kind is not None:
                problems.append(Problem(record_id="", key=entry_key(stream, number), kind=kind))
            before = number
    return count, tuple(problems)


def _entry_trouble(
    workshop: Workshop, stream: Stream, number: int, there: bool, taken: tuple[str, ...] | None
) -> ProblemKind | None:
    if not there:
        return "missing"
    try:
        rows = entry_rows(stream, workshop.store.get(entry_key(stream, number)))
    except ObjectNotFound:
        return "missing"
    except (StoreCorrupt, ValueError, KeyError, TypeError):
        return "changed"
    if taken is None:
        return "unfinished" if rows else None
    return None if rows == taken else "changed"


def verify_packages(workshop: Workshop, *, sample: int | None = None) -> FixityReport:
    """All packages, those that only the catalogue knows of too, or ``sample`` of them at random; and the journal."""
    known = {record.record_id for record in workshop.catalogue.records.iterate()}
    wanted = sorted(known.union(list_packages(workshop.store)))
    if sample is not None and sample < len(wanted):
        wanted = sorted(random.SystemRandom().sample(wanted, sample))
    report = verify_keys(workshop, wanted)
    entries, problems = verify_journal(workshop)
    return report.model_copy(update={"journal": entries, "problems": (*report.problems, *problems)})
