"""Đếm trong PostgreSQL: how many match, how they spread over the facets; broad questions by slices of the archive."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from storage.ask import FACETS, AnyOf, Ask, Everything, Term, all_of
from storage.engine import COUNTED
from storage.entry import BUCKETS, slices_for
from storage.pg_hits import count, run
from storage.pg_query import Condition, Similar, condition
from storage.pg_tables import PARTS, SCHEMA

FACET_SIZE = 50
FACETS_EXACT = 10_000  # hits; above, facets are counted on a slice of the archive
_FACETS_OF = 5_000  # hits in that slice, about
SURE = 1_000  # hits in one slice that tell how many there are in all
_MARGIN = 1.25  # times COUNTED that there are by one slice, for "more than COUNTED" to be said by it
Facets = dict[str, tuple[tuple[str, int], ...]]


@dataclass(frozen=True, slots=True)
class Total:
    """``number`` of hits, no more than COUNTED; ``about`` how many there are where there are more."""

    number: int
    about: int
    capped: bool = False


def total_of(connection: sa.Connection, ask: Ask, near: Similar) -> Total:
    """How many match. That there are more than COUNTED is told by a slice of a large archive: of 1,950 hits in it that
    much is sure (the slice holds 1,563 of COUNTED, give or take 40)."""
    base = condition(Ask(ask.base, ask.without), near)
    there = _records(connection)
    if there > COUNTED * _MARGIN and not isinstance(ask.base, Everything):
        some = count(connection, _in_slices(ask, 1, near))
        if some >= SURE and some * BUCKETS > COUNTED * _MARGIN:
            return Total(COUNTED, some * BUCKETS, capped=True)
    found = count(connection, base, most=COUNTED + 1)
    if found > COUNTED:
        return Total(COUNTED, max(found, there) if isinstance(ask.base, Everything) else found, capped=True)
    return Total(found, found)


def facets_of(connection: sa.Connection, ask: Ask, near: Similar, total: Total) -> tuple[Facets, bool]:
    """The facets, and whether they are estimates."""
    sampled = total.about > FACETS_EXACT
    slices = slices_for(max(1, total.about), _FACETS_OF)
    base = _in_slices(ask, slices, near) if sampled else condition(Ask(ask.base, ask.without), near)
    names = ", ".join(FACETS)
    sets = ", ".join(f"({name})" for name in FACETS)
    sql = (
        f"select grouping({names}), {names}, count(*) from {SCHEMA}.entries where {base.sql} "
        f"group by grouping sets ({sets}) order by count(*) desc"
    )
    scale = BUCKETS / slices if sampled else 1
    most = total.about if total.capped else total.number
    counts: dict[str, list[tuple[str, int]]] = {name: [] for name in FACETS}
    every = (1 << len(FACETS)) - 1
    for row in run(connection, sql, base.params) if total.number else []:
        name = FACETS[len(FACETS) - 1 - (every - int(row[0])).bit_length() + 1]
        value = row[1 + FACETS.index(name)]
        if value is not None and len(counts[name]) < FACET_SIZE:
            counts[name].append((str(value), min(most, round(int(row[-1]) * scale))))
    return {name: tuple(sorted(found, key=lambda c: (-c[1], c[0]))) for name, found in counts.items()}, sampled


def _in_slices(ask: Ask, slices: int, near: Similar) -> Condition:
    part = AnyOf(tuple(Term("t", f"bucket:{n}") for n in range(slices)))
    return condition(Ask(all_of([part, ask.base]), ask.without), near)


def _records(connection: sa.Connection) -> int:
    """How many records there are, as the server last counted them."""
    names = [f"{SCHEMA}.entries_{number}" for number in range(PARTS)]
    sql = "select sum(greatest(reltuples, 0)) from pg_class where oid = any(%s::regclass[])"
    return int(run(connection, sql, [names])[0][0])
