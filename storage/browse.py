"""Danh sách: filtered, counted pages of records, for screens. Reads the catalogue only.

Whoever sees everything is counted by what triggers keep (``counts``); whoever sees some agencies or fields only is
counted to ``MANY`` and no further. No list is sorted: each is walked in an index that is in its order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import sqlalchemy as sa

from schemas.base import Frozen
from schemas.record import Record, Status
from schemas.scope import EVERYTHING, Scope
from storage.counts import MANY, AtLeast, batch_counts, batch_records, counted, record_counts
from storage.database import Database
from storage.merging import MOST_ARMS, merged
from storage.models import batches, records

TallyOf = Literal["status", "doc_type", "year", "batch"]
_NEAR = 1_000  # records: that many are skipped without a thought
_BATCHES = 200
_STATUSES = get_args(Status)


class Filters(Frozen):
    """What a list is narrowed to; None does not narrow. ``batch``: a file of it became or repeats the record."""

    status: str | None = None
    doc_type: str | None = None
    year: int | None = None
    batch: str | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """One record of a list, with when the catalogue last changed it (UTC, ISO 8601)."""

    record: Record
    updated_at: str


class Browse:
    """Lists over the table ``records``; every method is one short read."""

    def __init__(self, database: Database, scope: Scope = EVERYTHING, without: Collection[str] = ()) -> None:
        self._database = database
        self._scope = scope
        self._without = tuple(sorted(without))

    def within(self, scope: Scope, *, without: Collection[str] = ()) -> Browse:
        """The same lists, held to what this scope admits; a few records are ``without``: in no page and no count."""
        return Browse(self._database, scope, without)

    def page(self, filters: Filters, *, limit: int, offset: int = 0) -> tuple[Listed, ...]:
        """Records that the filters admit, newest papers first, those without a date after them.

        Limited people walk as far as ``count`` counts for them.
        """
        with self._database.read() as connection:
            if self._scope.is_open:
                ids = self._ids(connection, filters, limit, offset)
            elif offset < MANY:
                ids = list(connection.execute(self._merged(filters, limit, offset)).scalars())
            else:
                ids = []
            return self._listed(connection, ids)

    def recent(self, filters: Filters, *, limit: int) -> tuple[Listed, ...]:
        """Records that the filters admit, the last changed first; no batch."""
        query = sa.select(records.c.record_id).where(*Browse(self._database)._admitted(records, filters))
        for column, names in ((records.c.agency, self._scope.agencies), (records.c.field, self._scope.fields)):
            if names is not None:
                query = query.where(_told(column).in_(sorted(names)))
        query = query.order_by(records.c.updated_at.desc(), records.c.record_id.desc()).limit(limit)
        with self._database.read() as connection:
            return self._listed(connection, list(connection.execute(query).scalars()))

    def count(self, filters: Filters) -> int:
        """How many records the filters admit; ``AtLeast`` where limited people have very many."""
        with self._database.read() as connection:
            if self._scope.is_open:
                query = _cells(filters, lambda counts: sa.func.coalesce(sa.func.sum(counts.c.n), 0))
                found = int(connection.execute(query).scalar_one())
            else:
                found = self._bounded(connection, filters)
            if isinstance(found, AtLeast):
                return found
            return found - len({row["record_id"] for row in self._left_out(connection, filters)})

    def tally(self, by: TallyOf, filters: Filters | None = None) -> dict[str, int | None]:
        """How many records have each value, most first; values as text.

        Where limited people have very many, the values that occur anywhere are told without a number (None); of
        batches those that have something for them.
        """
        filters = filters or Filters()
        with self._database.read() as connection:
            if self._scope.is_open:
                found = connection.execute(_tallied(by, filters)).all()
                return self._less(connection, by, filters, {str(value): int(count) for value, count in found})
            many = by == "batch" and isinstance(self._bounded(connection, filters), AtLeast)
            if not many:
                rows = [(value, int(n)) for value, n in connection.execute(self._tallied_within(by, filters))]
                if by == "batch" or sum(n for _, n in rows) <= MANY:
                    counts = {str(value): n for value, n in rows if value is not None}
                    return self._less(connection, by, filters, counts)
            if by == "batch":
                return dict.fromkeys(connection.execute(self._batches(filters)).scalars())
            return {str(row[0]): None for row in connection.execute(_tallied(by, filters))}

    def statuses(self) -> dict[str, int]:
        """How many records stand where; ``AtLeast`` where limited people have very many."""
        whole = {status: count or 0 for status, count in Browse(self._database).tally("status").items()}
        if self._scope.is_open:
            return whole
        with self._database.read() as connection:
            found = {one: self._bounded(connection, Filters(status=one)) for one in whole}
        return {status: count for status, count in found.items() if count}

    def troubles(self) -> dict[str, int]:
        """How many papers are in quarantine for each code, most first."""
        cell = (records.c.code, records.c.agency, records.c.field)
        query = sa.select(*cell, sa.func.count()).where(records.c.code.is_not(None)).group_by(*cell)
        agencies, fields = self._scope.agencies, self._scope.fields
        found: Counter[str] = Counter()
        with self._database.read() as connection:
            for code, agency, field, n in connection.execute(query):
                if (agencies is None or agency in agencies) and (fields is None or field in fields):
                    found[code] += int(n)
        return dict(sorted(found.items(), key=lambda one: (-one[1], one[0])))

    def names(self, column: Literal["agency", "field"], *, limit: int = 2000) -> tuple[str, ...]:
        """The values that occur, in their order."""
        found = records.c[column]
        if self._scope.is_open:
            query: sa.Select[Any] = _each(found, limit)
        else:
            query = sa.select(found).where(found.is_not(None), *self._seen(records)).distinct().order_by(found)
        with self._database.read() as connection:
            return tuple(connection.execute(query.limit(limit)).scalars())

    def _ids(self, connection: sa.Connection, filters: Filters, limit: int, offset: int) -> list[str]:
        """Ids of a page. Whole years before it are not walked: how many papers they have is known."""
        table = _table(filters)
        query = sa.select(table.c.record_id).where(*self._listable(table, filters))
        newest = (table.c.sort_date.desc(), table.c.record_id.desc())
        if offset < _NEAR:
            return list(connection.execute(query.order_by(*newest).limit(limit).offset(offset)).scalars())
        known = {str(year): int(n) for year, n in connection.execute(_tallied("year", filters, whole=True))}
        years = [(int(year), n or 0) for year, n in self._less(connection, "year", filters, known).items()]
        years.sort(reverse=True)  # those without a date, year 0, are last
        end = min(offset + limit, sum(n for _, n in years))
        if offset >= end:
            return []
        first, before, _ = _block(years, offset)
        last, ahead, inside = _block(years, end - 1)
        forward, backward = offset - before, ahead + inside - end
        if forward <= backward:
            if first < 9999:
                query = query.where(table.c.sort_date < f"{first + 1:04d}")
            return list(connection.execute(query.order_by(*newest).limit(end - offset).offset(forward)).scalars())
        if last:
            query = query.where(table.c.sort_date >= f"{last:04d}")
        query = query.order_by(table.c.sort_date, table.c.record_id).limit(end - offset).offset(backward)
        return list(connection.execute(query).scalars())[::-1]

    def _left_out(self, connection: sa.Connection, filters: Filters) -> Sequence[sa.RowMapping]:
        """The records that are ``without`` and would be there, one row for each batch."""
        if not self._without:
            return ()
        query = sa.select(records.c.record_id, records.c.status, records.c.doc_type, records.c.year,
                          batch_records.c.batch)  # fmt: skip
        query = query.outerjoin_from(records, batch_records, batch_records.c.record_id == records.c.record_id)
        query = query.where(records.c.record_id.in_(self._without), *self._seen(records))
        for name, value in filters.model_dump().items():
            if value is not None:
                query = query.where((batch_records if name == "batch" else records).c[name] == value)
        return connection.execute(query).mappings().all()

    def _less(
        self, connection: sa.Connection, by: TallyOf, filters: Filters, counts: dict[str, int]
    ) -> dict[str, int | None]:
        """The counts less what is ``without``."""
        unread = 0 if by == "year" else ""
        out = {(row["record_id"], row[by] or unread) for row in self._left_out(connection, filters)}
        gone = Counter(str(value) for _, value in out)
        left = {value: n - gone[value] for value, n in counts.items()}
        return {value: n for value, n in left.items() if n > 0}

    def _merged(self, filters: Filters, limit: int, offset: int) -> sa.Select[Any]:
        """Ids of a page of limited people: the lists of their agencies (or fields), each in its order, merged."""
        table = _table(filters)
        by, names = (
            ("agency", self._scope.agencies) if self._scope.agencies is not None else ("field", self._scope.fields)
        )
        newest = (table.c.sort_date.desc(), table.c.record_id.desc())
        if table is batch_records or not names or len(names) > MOST_ARMS:
            query = sa.select(table.c.record_id).where(*self._listable(table, filters))
            return query.order_by(*newest).limit(limit).offset(offset)
        query = sa.select(table.c.sort_date, table.c.record_id).where(*self._listable(table, filters, but=by))
        arms = [query.where(table.c[by] == name) for name in sorted(names)]
        sqlite = self._database.is_sqlite
        return merged(arms, order=(("sort_date", True), ("record_id", True)), limit=limit, offset=offset, sqlite=sqlite)

    def _bounded(self, connection: sa.Connection, filters: Filters) -> int:
        table = _table(filters)
        some = sa.select(sa.literal(1)).select_from(table).where(*self._admitted(table, filters, counting=True))
        query = sa.select(sa.func.count()).select_from(some.limit(MANY + 1).subquery())
        return counted(int(connection.execute(query).scalar_one()), MANY)

    def _tallied_within(self, by: TallyOf, filters: Filters) -> sa.Select[Any]:
        """(value, how many) of what limited people may see, most first."""
        table, number = _table(filters), sa.func.count()
        column: Any = table.c.record_id if by == "batch" else table.c[by]
        if by == "year" and table is batch_records:  # the year as such is not in the index of the list
            column = sa.func.nullif(sa.func.substr(table.c.sort_date, 1, 4), "")
        # Of fields the index of the counts holds no ids: that of the list does. The limit is never reached where the
        # answer is used; it keeps SQLite from grouping in an index of the whole archive.
        counting = by != "batch" or self._scope.agencies is not None
        some = sa.select(column.label("value")).where(*self._admitted(table, filters, counting=counting))
        inside = some.limit(MANY + 1).subquery()
        value: Any = batch_records.c.batch if by == "batch" else inside.c.value
        query = sa.select(value, number)
        if by == "batch":
            query = query.select_from(inside.join(batch_records, batch_records.c.record_id == inside.c.value))
        return query.group_by(value).order_by(number.desc())

    def _batches(self, filters: Filters) -> sa.Select[Any]:
        """Names of batches that have something for limited people, the newest first."""
        inside = sa.select(batch_records.c.record_id).where(
            batch_records.c.batch == batches.c.name, *self._admitted(batch_records, filters)
        )
        return sa.select(batches.c.name).where(sa.exists(inside)).order_by(batches.c.created_at.desc()).limit(_BATCHES)

    def _listed(self, connection: sa.Connection, ids: list[str]) -> tuple[Listed, ...]:
        """Bodies are fetched for the ids of the page alone."""
        query = sa.select(records.c.record_id, records.c.body, records.c.updated_at)
        found = {row.record_id: row for row in connection.execute(query.where(records.c.record_id.in_(ids)))}
        rows = [found[record_id] for record_id in ids if record_id in found]
        return tuple(Listed(Record.model_validate_json(row.body), row.updated_at) for row in rows)

    def _admitted(
        self, table: sa.Table, filters: Filters, *, counting: bool = False, but: str = ""
    ) -> Iterator[sa.ColumnElement[bool]]:
        """What the filters and the scope admit. ``counting``: the order does not matter; ``but``: as ``_seen``.

        A year is a range of the index the lists are walked in; what is counted without one is looked up in the index
        of the counts, which begins with the status.
        """
        if filters.batch is not None:
            yield table.c.batch == filters.batch
        looked_up = self._scope.is_open or (counting and table is records and filters.year is None)
        for column, value in ((table.c.status, filters.status), (table.c.doc_type, filters.doc_type)):
            if value is not None:
                yield (column if looked_up else _told(column)) == value
        if looked_up and not self._scope.is_open and filters.status is None and filters.doc_type is not None:
            yield table.c.status.in_(_STATUSES)  # whatever it is
        if filters.year is not None:
            yield table.c.sort_date >= f"{filters.year:04d}"
            if filters.year < 9999:
                yield table.c.sort_date < f"{filters.year + 1:04d}"
        yield from self._seen(table, but=but)

    def _listable(self, table: sa.Table, filters: Filters, *, but: str = "") -> Iterator[sa.ColumnElement[bool]]:
        """What a page may hold. (Counts are subtracted from.)"""
        yield from self._admitted(table, filters, but=but)
        if self._without:
            yield table.c.record_id.not_in(self._without)

    def _seen(self, table: sa.Table, *, but: str = "") -> Iterator[sa.ColumnElement[bool]]:
        """What the scope admits; ``but`` for a column that is held to one value already."""
        if self._scope.agencies is not None and but != "agency":
            yield table.c.agency.in_(sorted(self._scope.agencies))
        if self._scope.fields is not None and but != "field":
            yield table.c.field.in_(sorted(self._scope.fields))


def _told(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """The column as something no index is looked up by: what it narrows is checked in the index that is walked."""
    return sa.func.coalesce(column, "")


def _table(filters: Filters) -> sa.Table:
    return records if filters.batch is None else batch_records


def _cells(filters: Filters, what: Any, *, of_batches: bool = False) -> sa.Select[Any]:
    """A query over the kept counts that the filters admit; ``what`` makes its columns from the table."""
    counts = batch_counts if of_batches or filters.batch is not None else record_counts
    made = what(counts)
    query = sa.select(*made) if isinstance(made, tuple) else sa.select(made)
    for name, value in filters.model_dump().items():
        if value is not None:
            query = query.where(counts.c[name] == value)
    return query


def _tallied(by: TallyOf, filters: Filters, *, whole: bool = False) -> sa.Select[Any]:
    """(value, how many) by the kept counts, most first; ``whole``: what was not read too (an empty value, 0)."""
    number: Any = sa.literal_column("sum(n)")
    query = _cells(filters, lambda counts: (counts.c[by], number), of_batches=by == "batch")
    column = query.selected_columns[0]
    if not whole and by != "batch":
        query = query.where(column != (0 if by == "year" else ""))
    query = query.group_by(column).having(number > 0).order_by(number.desc())
    return query.limit(_BATCHES) if by == "batch" else query


def _block(years: list[tuple[int, int]], position: int) -> tuple[int, int, int]:
    """(year, papers before it, papers in it) of the paper at this position."""
    before = 0
    for year, n in years:
        if position < before + n:
            return year, before, n
        before += n
    raise AssertionError("beyond the last paper")


def _each(column: sa.Column[Any], limit: int) -> sa.Select[Any]:
    """Every value of an indexed column, by jumping from one to the next."""
    first = sa.select(sa.func.min(column).label("value"), sa.literal(1).label("nth")).cte("each_value", recursive=True)
    beyond = sa.select(sa.func.min(column)).where(column > first.c.value).scalar_subquery()
    following = sa.select(beyond, first.c.nth + 1).where(first.c.value.is_not(None), first.c.nth < limit)
    every = first.union_all(following)
    return sa.select(every.c.value).where(every.c.value.is_not(None)).order_by(every.c.value)
