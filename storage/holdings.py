"""Số đếm của tiến độ: counted facts added up in cells, so that a page about a million results reads some thousands.

A cell knows the year of a result's last day and not that day, nor its first one or whether another paper ended it:
who is concerned by that on the day asked about is looked up, and moved from what its cell says to what is so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from schemas.progress import Holding, Validity
from storage.plan_tables import fact_counts, facts, out_of_force

ENDLESS, UNKNOWN = 9999, 0
_OPEN_TERMS = ("perpetual", "until_replaced")
_SUMS = ("n", "pages", "unsure", "risk")
_KEY = tuple(column.name for column in fact_counts.primary_key)


def cells_of(row: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The cells that a row of facts counts in; none for what is not counted."""
    if not row["status"]:
        return []
    until = ENDLESS if row["term"] in _OPEN_TERMS else UNKNOWN
    if row["valid_to"] is not None:
        until = int(row["valid_to"][:4])
    rest = (row["agency"], row["field"], row["level"], row["status"], until)
    return [(row["day"][:7], *rest), (row["day"], *rest)]


def add_up(connection: sa.Connection, gone: Iterable[Mapping[str, Any]], come: Iterable[Mapping[str, Any]]) -> None:
    """Take the facts that are ``gone`` out of the cells and the new ones in, inside the caller's transaction."""
    changes: dict[tuple[Any, ...], list[float]] = defaultdict(lambda: [0.0] * len(_SUMS))
    for rows, sign in ((gone, -1), (come, 1)):
        for row in rows:
            for cell in cells_of(row):
                for k, value in enumerate((1, row["pages"], row["unsure"], row["risk"])):
                    changes[cell][k] += sign * value
    values = [
        {**dict(zip(_KEY, cell, strict=True)), "n": int(n), "pages": int(p), "unsure": int(u), "risk": risk}
        for cell, (n, p, u, risk) in sorted(changes.items())
        if n or p or u or risk
    ]
    if not values:
        return
    insert = (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(fact_counts)
    connection.execute(
        insert.on_conflict_do_update(
            index_elements=list(_KEY), set_={name: fact_counts.c[name] + insert.excluded[name] for name in _SUMS}
        ),
        values,
    )
    if any(value["n"] < 0 for value in values):
        connection.execute(fact_counts.delete().where(fact_counts.c.n == 0))


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
        (sa.and_(facts.c.valid_to.is_not(None), facts.c.valid_to < day), "het_hieu_luc"),
        (facts.c.valid_to.is_not(None), "con_hieu_luc"),
        (facts.c.term.in_(_OPEN_TERMS), "con_hieu_luc"),
        else_="khong_ro",
    )


def out_of_the_common(day: str, *, since: str = "") -> sa.CompoundSelect[tuple[str]]:
    """Ids of results that ended (on ``since`` or later), do not hold yet, or were ended by others, as of a day."""
    ended = out_on(day)
    return sa.union(
        sa.select(facts.c.record_id).where(facts.c.valid_to >= since, facts.c.valid_to < day),
        sa.select(facts.c.record_id).where(facts.c.valid_from > day),
        sa.select(ended.c.target),
    )


def read_holdings(connection: sa.Connection, as_of: date, *, days: int) -> tuple[Holding, ...]:
    """All counted results by everything that progress tells apart, valid as of a day.

    The day of digitizing is exact in the months of the last ``days`` days; elsewhere it is the first of its month.
    """
    year, day = as_of.year, as_of.isoformat()
    months = _months(as_of - timedelta(days=days - 1), as_of)
    totals: dict[tuple[Any, ...], list[float]] = defaultdict(lambda: [0.0] * len(_SUMS))

    def move(row: Any, validity: str, sign: int = 1) -> None:
        when = row.period if len(row.period) > len("2026-01") else f"{row.period}-01"
        total = totals[row.agency, row.field, row.level, row.status, validity, when]
        for k, name in enumerate(_SUMS):
            total[k] += sign * (getattr(row, name) or 0)

    for row in connection.execute(_cells(months, year)):
        move(row, row.validity)
    for row in connection.execute(_exceptions(months, year, day)):
        move(row, row.cell, -1)
        move(row, row.validity)
    return tuple(_holding(key, total) for key, total in totals.items() if total[0])


def _months(first: date, last: date) -> tuple[str, ...]:
    return tuple(sorted({(first + timedelta(days=k)).isoformat()[:7] for k in range((last - first).days + 1)}))


def _holding(key: tuple[Any, ...], total: list[float]) -> Holding:
    agency, field, level, status, validity, when = key
    kind: Validity = validity
    return Holding(
        agency=agency, field=field, level=level, status=status, validity=kind, day=when, records=int(total[0]),
        pages=int(total[1]), unsure=int(total[2]), risk=max(0.0, round(total[3], 6)),
    )  # fmt: skip


def _cells(months: tuple[str, ...], year: int) -> sa.Select[Any]:
    """Cells of single days in these months, of whole months elsewhere, with what they say of validity."""
    cell = fact_counts.c
    validity = sa.case(
        (cell.until == UNKNOWN, "khong_ro"), (cell.until < year, "het_hieu_luc"), else_="con_hieu_luc"
    ).label("validity")
    of_day = sa.func.length(cell.period) > len("2026-01")
    exact = sa.or_(*(sa.and_(cell.period > m, cell.period < f"{m}-99") for m in months))
    keys = (cell.period, cell.agency, cell.field, cell.level, cell.status)
    return (
        sa.select(*keys, validity, *(sa.func.sum(cell[name]).label(name) for name in _SUMS))
        .where(sa.or_(sa.and_(~of_day, cell.period.not_in(months)), exact))
        .group_by(*keys, validity)
    )


def _exceptions(months: tuple[str, ...], year: int, day: str) -> sa.Select[Any]:
    """Results whose validity on that day is perhaps not that of their cell, added up with both."""
    ended = out_on(day)
    ids = out_of_the_common(day, since=f"{year}-01-01").subquery("ids")
    month = sa.func.substr(facts.c.day, 1, len("2026-01"))
    period = sa.case((month.in_(months), facts.c.day), else_=month).label("period")
    cell = sa.case(
        (facts.c.valid_to < f"{year}-01-01", "het_hieu_luc"),
        (facts.c.valid_to.is_not(None), "con_hieu_luc"),
        (facts.c.term.in_(_OPEN_TERMS), "con_hieu_luc"),
        else_="khong_ro",
    ).label("cell")
    validity = validity_on(day, ended).label("validity")
    keys = (facts.c.agency, facts.c.field, facts.c.level, facts.c.status)
    sums = (
        sa.func.count().label("n"),
        *(sa.func.sum(facts.c[name]).label(name) for name in ("pages", "unsure", "risk")),
    )
    return (
        sa.select(*keys, period, cell, validity, *sums)
        .join(ids, ids.c.record_id == facts.c.record_id)
        .outerjoin(ended, ended.c.target == facts.c.record_id)
        .where(facts.c.status != "")
        .group_by(*keys, period, cell, validity)
    )
