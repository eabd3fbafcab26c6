"""Trang kết quả từ PostgreSQL: the page asked for, in order, without looking at every hit of a broad question.

Of up to RANKED hits each is ranked. Of more, what has every bonus comes first, then the newest: those are looked for
among the newest papers of the archive first, and in all of it where those are too few. The order is the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from storage.ask import Ask, Bonus, Everything, Expr, Issued, all_of, any_of
from storage.date_tags import tags_between
from storage.pg_query import Condition, Similar, condition
from storage.pg_tables import SCHEMA

RANKED = 5_000  # hits that are ranked one by one
_AT_ONCE = 200  # hits that are ranked in one go
_NEWEST = (256, 32, 4)  # looked through first: the newest papers, one in so many
Row = tuple[Any, ...]  # record_id, worth, card, body


def run(connection: sa.Connection, sql: str, params: Sequence[Any]) -> list[Row]:
    return [tuple(row) for row in connection.exec_driver_sql(sql, tuple(params))]


def count(connection: sa.Connection, base: Condition, *, most: int | None = None) -> int:
    """How many match; no more than ``most`` are counted."""
    limit = "" if most is None else f" limit {most}"
    sql = f"select count(*) from (select 1 from {SCHEMA}.entries where {base.sql}{limit}) as found"
    return int(run(connection, sql, base.params)[0][0])


def page(connection: sa.Connection, ask: Ask, near: Similar, *, about: int, limit: int, offset: int) -> list[Row]:
    """The hits asked for, of about so many."""
    if ask.sort == "oldest":
        return _dated(connection, condition(Ask(ask.base, ask.without), near), limit, offset, oldest=True)
    if ask.sort == "relevance" and ask.bonuses:
        if about <= _AT_ONCE:
            return _ranked(connection, ask, near, limit, offset)
        if about <= RANKED:
            return _by_levels(connection, ask, near, limit, offset)
        return _strongest(connection, ask, near, limit, offset)
    broad = about > RANKED and not isinstance(ask.base, Everything)
    return _newest(connection, ask, near, limit, offset, newest_parts(connection) if broad else ())


def _by_levels(connection: sa.Connection, ask: Ask, near: Similar, limit: int, offset: int) -> list[Row]:
    """Every hit ranked, those first that the index knows to stand before all others: mostly they fill the page."""
    rows: list[Row] = []
    left = sorted(ask.bonuses, key=lambda bonus: bonus.weight)
    while len(rows) < limit:
        heavy = left[_light(left) :]
        some = any_of(bonus.expr for bonus in heavy)
        level = replace(ask, base=all_of([ask.base, some]), bonuses=tuple(left)) if heavy else ask
        found = _ranked(connection, level, near, limit - len(rows), offset)
        rows += found
        if not heavy:
            break
        offset = _behind(connection, level, near, offset, found)
        left = left[: -len(heavy)]
        ask = replace(ask, without=(*ask.without, some), bonuses=tuple(left))
    return rows


def _light(bonuses: Sequence[Bonus]) -> int:
    """How many of the lightest are together worth less than any other one. They are in order of weight."""
    fewer = (n for n, one in enumerate(bonuses) if sum(bonus.weight for bonus in bonuses[:n]) < one.weight)
    return max(fewer, default=0)


def _behind(connection: sa.Connection, ask: Ask, near: Similar, offset: int, found: Sequence[Row]) -> int:
    """How many are passed over behind the hits of ``ask``, of which ``found`` were those from ``offset`` on."""
    if not offset or found:
        return 0
    return offset - count(connection, condition(Ask(ask.base, ask.without), near))


def _dated(connection: sa.Connection, base: Condition, limit: int, offset: int, *, oldest: bool = False) -> list[Row]:
    order = "(issued = 0), issued, record_id" if oldest else "issued desc, record_id"
    sql = f"select record_id, 0, card, body from {SCHEMA}.entries where {base.sql} order by {order} limit %s offset %s"
    return run(connection, sql, [*base.params, limit, offset])


def _ranked(connection: sa.Connection, ask: Ask, near: Similar, limit: int, offset: int) -> list[Row]:
    """Every hit with its bonuses. A row's words are fetched once: asked of the table's own column, each bonus would."""
    base = condition(Ask(ask.base, ask.without), near)
    worth, params = ["1"], []
    words = "strip(v)" if ask.bonuses else "v"
    for bonus in ask.bonuses:
        one = condition(Ask(bonus.expr), near)
        worth.append(f"case when {one.sql} then {bonus.weight} else 0 end")
        params += one.params
    sql = (
        f"with best as (select record_id, {' + '.join(worth)} as worth, issued from "
        f"(select record_id, issued, {words} as v, folded from {SCHEMA}.entries where {base.sql} offset 0) "
        "as hits order by worth desc, issued desc, record_id limit %s offset %s) "
        f"select record_id, worth, card, body from best join {SCHEMA}.entries using (record_id) "
        "order by worth desc, best.issued desc, record_id"
    )
    return run(connection, sql, [*params, *base.params, limit, offset])


def _strongest(connection: sa.Connection, ask: Ask, near: Similar, limit: int, offset: int) -> list[Row]:
    """Of very many hits: first those with every bonus, then the others, the newest of each first."""
    strong = all_of(bonus.expr for bonus in ask.bonuses)
    best = replace(ask, base=all_of([ask.base, strong]))
    parts = newest_parts(connection)
    rows = _newest(connection, best, near, limit, offset, parts)
    if len(rows) < limit:
        offset = _behind(connection, best, near, offset, rows)
        rest = replace(ask, without=(*ask.without, strong))
        rows += _newest(connection, rest, near, limit - len(rows), offset, parts)
    return rows


def _newest(
    connection: sa.Connection, ask: Ask, near: Similar, limit: int, offset: int, parts: Sequence[Expr]
) -> list[Row]:
    for part in parts:
        some = condition(Ask(all_of([part, ask.base]), ask.without), near)
        rows = _dated(connection, some, limit, offset)
        if len(rows) == limit:
            return rows
    return _dated(connection, condition(Ask(ask.base, ask.without), near), limit, offset)


def newest_parts(connection: sa.Connection) -> list[Expr]:
    """The papers of the newest months or years, each time of more of them, by what the server knows of the days; none
    where it knows nothing. That they hold some number of papers is not sure, that no newer ones are elsewhere is."""
    sql = (
        "select histogram_bounds::text::int[] from pg_stats where schemaname = %s and tablename = 'entries_0' "
        "and attname = 'issued'"
    )
    known = run(connection, sql, [SCHEMA])
    bounds = known[0][0] if known else None
    if not bounds:
        return []
    connection.exec_driver_sql("set local enable_indexscan = on")  # this once it is the quick way
    last = int(run(connection, f"select coalesce(max(issued), 0) from {SCHEMA}.entries", ())[0][0])
    connection.exec_driver_sql("set local enable_indexscan = off")
    starts = dict.fromkeys(bounds[-max(2, len(bounds) // share)] // 100 * 100 + 1 for share in _NEWEST)
    return [Issued(start, last) for start in starts if start <= last and tags_between(start, last)]
