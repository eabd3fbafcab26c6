"""Số đếm của tiến độ: counted facts added up in cells, so that a page about a million results reads some thousands.

A cell knows the year of a result's last day and not that day, nor its first one or whether another paper ended it:
results that are concerned by that on the day asked about are looked up, and moved from what their cell says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from schemas.progress import Holding
from storage.plan_tables import fact_counts, facts, out_of_force

ENDLESS, UNKNOWN = 9999, 0
EVER = ""  # the period of cells that hold all of it
BEFORE, AFTER = "0001-01-01", "9999-12-31"  # days of digitizing that lie before and after what was asked about
CHANGED = "~~"  # the period of the cell that counts changes
_OPEN_TERMS = ("perpetual", "until_replaced")
_SUMS = ("n", "pages", "unsure", "risk")
_SCOPE = ("agency", "field", "level", "status")
_KEY = tuple(column.name for column in fact_counts.primary_key)


def cells_of(row: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The cells that a row of facts counts in (all, its month, its day); none for what is not counted."""
    if not row["status"]:
        return []
    until = ENDLESS if row["term"] in _OPEN_TERMS else UNKNOWN
    if row["valid_to"] is not None:
        until = int(row["valid_to"][:4])
    rest = (row["agency"], row["field"], row["level"], row["status"], until)
    return [(EVER, *rest), (row["day"][:7], "", "", "", row["status"], UNKNOWN), (row["day"], *rest)]


def add_up(connection: sa.Connection, gone: Iterable[Mapping[str, Any]], come: Iterable[Mapping[str, Any]]) -> None:
    """Take the facts that are ``gone`` out of the cells and the new ones in, inside the caller's transaction."""
    changes: dict[tuple[Any, ...], list[float]] = defaultdict(lambda: [0.0] * len(_SUMS))
    for rows, sign in ((gone, -1), (come, 1)):
        for row in rows:
            for cell in cells_of(row):
                for k, value in enumerate((1, row["pages"], row["unsure"], row["risk"])):
                    changes[cell][k] += sign * value
    changes[(CHANGED, "", "", "", "", UNKNOWN)][0] += 1
    values = [
        {**dict(zip(_KEY, cell, strict=True)), "n": int(n), "pages": int(p), "unsure": int(u), "risk": risk}
        for cell, (n, p, u, risk) in sorted(changes.items())
        if n or p or u or risk
    ]
    insert = (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(fact_counts)
    connection.execute(
        insert.on_conflict_do_update(
            index_elements=list(_KEY), set_={name: fact_counts.c[name] + insert.excluded[name] for name in _SUMS}
        ),
        values,
    )
    for value in values:
        if value["n"] < 0:
            same = (fact_counts.c[name] == value[name] for name in _KEY)
            connection.execute(fact_counts.delete().where(*same, fact_counts.c.n == 0))


def out_on(day: str) -> sa.Subquery:
    """Records that others have taken out of force as of a day; revoked counts before replaced."""
    return (
        sa.select(out_of_force.c.target, sa.func.max(out_of_force.c.kind).label("kind"))
        .where(out_of_force.c.first <= day, out_of_force.c.until > day)
        .group_by(out_of_force.c.target)
        .subquery("ended")
    )


def validity_on(day: str, ended: sa.Subquery) -> sa.Case[str]:
    """Whether a result is in force as of a day; ``ended`` of that day, joined by the record."""
    return sa.case(
        (ended.c.kind.is_not(None), ended.c.kind),
        (sa.and_(facts.c.valid_from.is_not(None), facts.c.valid_from > day), "chua_hieu_luc"),
        else_=_by_term(day),
    )


def _by_term(day: str) -> sa.Case[str]:
    return sa.case(
        (sa.and_(facts.c.valid_to.is_not(None), facts.c.valid_to < day), "het_hieu_luc"),
        (facts.c.valid_to.is_not(None), "con_hieu_luc"),
        (facts.c.term.in_(_OPEN_TERMS), "con_hieu_luc"),
        else_="khong_ro",
    )


def out_of_the_common(day: str) -> sa.CompoundSelect[tuple[str]]:
    """Ids of results that do not hold yet, or were ended by others, as of a day."""
    ended = out_on(day)
    return sa.union(sa.select(facts.c.record_id).where(facts.c.valid_from > day), sa.select(ended.c.target))


def changes(connection: sa.Connection) -> int:
    """How often the facts have changed: what was counted at the same number still holds."""
    query = sa.select(fact_counts.c.n).where(fact_counts.c.period == CHANGED)
    return int(connection.execute(query).scalar() or 0)


def count_all(connection: sa.Connection) -> int:
    """How many results are counted."""
    query = sa.select(sa.func.sum(fact_counts.c.n)).where(fact_counts.c.period == EVER)
    return int(connection.execute(query).scalar() or 0)


def read_months(connection: sa.Connection, statuses: Iterable[str]) -> dict[str, int]:
    """How many results of these states were digitized, by month."""
    cell = fact_counts.c
    query = (
        sa.select(cell.period, sa.func.sum(cell.n))
        .where(cell.period > EVER, sa.func.length(cell.period) == len("2026-01"), cell.agency == "")
        .where(cell.status.in_(tuple(statuses)))
        .group_by(cell.period)
        .order_by(cell.period)
    )
    return {period: int(n) for period, n in connection.execute(query) if n}


def read_holdings(connection: sa.Connection, as_of: date, *, days: int) -> tuple[Holding, ...]:
    """All counted results by everything that progress tells apart, valid as of a day.

    Their day of digitizing is the first one within the last ``days`` days, else ``BEFORE`` or ``AFTER``.
    """
    since, day = (as_of - timedelta(days=days - 1)).isoformat(), as_of.isoformat()
    counts: dict[tuple[Any, ...], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    firsts: dict[tuple[Any, ...], str] = {}
    rest: dict[tuple[Any, ...], tuple[int, int, float]] = {}
    for *scope, validity, _, n, pages, unsure, risk in _rows(connection, _cells(as_of.year, EVER, EVER)):
        key = (*scope, validity)
        counts[key][BEFORE] += n
        rest[key] = (pages, unsure, risk)
    for begin, end, part in ((since, day, day), (f"{day}~", "~", AFTER)):
        for *scope, validity, first, n, _, _, _ in _rows(connection, _cells(as_of.year, begin, end)):
            key = (*scope, validity)
            counts[key][part] += n
            counts[key][BEFORE] -= n
            if part == day:
                firsts[key] = first
    for query in (_expired(as_of.year, since, day), _not_yet(since, day), _ended(since, day)):
        for *scope, part, cell, validity, first, n in _rows(connection, query):
            counts[(*scope, cell)][part] -= n
            key = (*scope, validity)
            counts[key][part] += n
            if part == day:
                firsts[key] = min(firsts.get(key, AFTER), first)
    return tuple(_holdings(counts, firsts, rest, day))


def _rows(connection: sa.Connection, query: sa.Select[Any]) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in connection.execute(query).all()]


def _holdings(
    counts: Mapping[tuple[Any, ...], Mapping[str, int]], firsts: Mapping[tuple[Any, ...], str],
    rest: Mapping[tuple[Any, ...], tuple[int, int, float]], day: str,
) -> Iterator[Holding]:  # fmt: skip
    for key, parts in counts.items():
        sums = rest.get(key, (0, 0, 0.0))
        for part, n in parts.items():
            if n or any(sums):
                agency, field, level, status, validity = key
                yield Holding.model_construct(  # ours already: no need to look at it again
                    agency=agency, field=field, level=level, status=status, validity=validity,
                    day=firsts[key] if part == day else part, records=n,
                    pages=int(sums[0]), unsure=int(sums[1]), risk=max(0.0, round(sums[2], 6)),
                )  # fmt: skip
                sums = (0, 0, 0.0)  # with one of them


def _cells(year: int, begin: str, end: str) -> sa.Select[Any]:
    """Cells of these periods added up, with what they say of validity on a day of that year."""
    cell = fact_counts.c
    validity = sa.case(
        (cell.until == UNKNOWN, "khong_ro"), (cell.until < year, "het_hieu_luc"), else_="con_hieu_luc"
    ).label("validity")
    keys = tuple(cell[name] for name in _SCOPE)
    sums = (sa.func.sum(cell[name]).label(name) for name in _SUMS)
    query = sa.select(*keys, validity, sa.func.min(cell.period).label("first"), *sums)
    query = query.where(cell.period >= begin, cell.period <= end).group_by(*keys, validity)
    return query if begin == EVER else query.where(sa.func.length(cell.period) > len("2026-01"))


def _part(since: str, day: str) -> sa.Label[str]:
    return sa.case((facts.c.day < since, BEFORE), (facts.c.day > day, AFTER), else_=day).label("part")


def _expired(year: int, since: str, day: str) -> sa.Select[Any]:
    """Results that expired between the beginning of the year and the day: their cells do not know it."""
    keys = (*(facts.c[name] for name in _SCOPE), _part(since, day))
    con, het = sa.literal("con_hieu_luc").label("cell"), sa.literal("het_hieu_luc").label("validity")
    return (
        sa.select(*keys, con, het, sa.func.min(facts.c.day).label("first"), sa.func.count().label("n"))
        .where(facts.c.valid_to >= f"{year}-01-01", facts.c.valid_to < day, facts.c.status != "")
        .group_by(*keys)
    )


def _not_yet(since: str, day: str) -> sa.Select[Any]:
    """Results that do not hold yet, with what their term alone would make of them."""
    ended = out_on(day)
    cell, validity = _by_term(day).label("cell"), sa.literal("chua_hieu_luc").label("validity")
    keys = (*(facts.c[name] for name in _SCOPE), _part(since, day))
    return (
        sa.select(*keys, cell, validity, sa.func.min(facts.c.day).label("first"), sa.func.count().label("n"))
        .where(facts.c.valid_from > day, facts.c.status != "", facts.c.record_id.not_in(sa.select(ended.c.target)))
        .group_by(*keys, cell)
    )


def _ended(since: str, day: str) -> sa.Select[Any]:
    """The same for those that others have ended."""
    ended = out_on(day)
    cell = _by_term(day).label("cell")
    keys = (*(facts.c[name] for name in _SCOPE), _part(since, day))
    first, n = sa.func.min(facts.c.day).label("first"), sa.func.count().label("n")
    return (
        sa.select(*keys, cell, ended.c.kind.label("validity"), first, n)
        .join(ended, ended.c.target == facts.c.record_id)
        .where(facts.c.status != "")
        .group_by(*keys, cell, ended.c.kind)
    )
