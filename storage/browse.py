"""Danh sách: filtered, counted pages of records, for screens. Reads the catalogue only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from schemas.base import Frozen
from schemas.record import Record
from schemas.scope import EVERYTHING, Scope
from storage.counts import item_counts, record_counts
from storage.database import Database
from storage.models import items, records

_MANY = 5_000  # records
TallyOf = Literal["status", "doc_type", "year", "batch"]


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

    def __init__(self, database: Database, scope: Scope = EVERYTHING) -> None:
        self._database = database
        self._scope = scope

    def within(self, scope: Scope) -> Browse:
        """The same lists, held to what this scope admits."""
        return Browse(self._database, scope)

    def page(self, filters: Filters, *, limit: int, offset: int = 0, total: int | None = None) -> tuple[Listed, ...]:
        """Records that the filters admit, newest papers first, those without a date after them.

        With ``total``, what ``count`` said, pages of the second half are walked to from the end.
        """
        if total is not None and offset > total / 2:
            limit = max(0, min(limit, total - offset))
            oldest = (records.c.sort_date, records.c.record_id)
            return tuple(reversed(self._listed(filters, oldest, limit, max(0, total - offset - limit))))
        newest = (records.c.sort_date.desc(), records.c.record_id.desc())
        return self._listed(filters, newest, limit, offset)

    def recent(self, filters: Filters, *, limit: int) -> tuple[Listed, ...]:
        """Records that the filters admit, the last changed first."""
        latest = (records.c.updated_at.desc(), records.c.record_id.desc())
        return self._listed(filters, latest, limit, 0)

    def count(self, filters: Filters) -> int:
        if self._counted(filters):
            query: sa.Select[Any] = _counted_cells(sa.select(sa.func.sum(record_counts.c.n)), filters)
        else:
            query = self._narrowed(sa.select(sa.func.count()).select_from(records), filters)
        with self._database.read() as connection:
            return int(connection.execute(query).scalar_one() or 0)

    def tally(self, by: TallyOf, filters: Filters | None = None) -> dict[str, int]:
        """How many records have each value, most first; values as text.

        For ``batch`` a record counts in each; beyond some thousands of records it is the files of a batch that are
        told, whatever the other filters are.
        """
        filters = filters or Filters()
        query: sa.Select[Any]
        if by == "batch":
            query = self._batches(filters)
        elif self._counted(filters):
            column: Any = record_counts.c[by]
            counted: Any = sa.func.sum(record_counts.c.n)
            nothing = 0 if by == "year" else ""
            query = sa.select(column, counted).where(column != nothing).group_by(column).having(counted > 0)
            query = _counted_cells(query, filters).order_by(counted.desc())
        else:
            column = records.c[by]
            counted = sa.func.count()
            query = sa.select(column, counted).where(column.is_not(None)).group_by(column)
            query = self._narrowed(query, filters).order_by(counted.desc())
        with self._database.read() as connection:
            found = connection.execute(query).all()
        return {str(value): int(count) for value, count in found}

    def _counted(self, filters: Filters) -> bool:
        """Whether the counts that triggers keep answer this: nobody limited, no batch."""
        return self._scope.is_open and filters.batch is None

    def _batches(self, filters: Filters) -> sa.Select[Any]:
        if self.count(Filters()) > _MANY:
            files = sa.func.sum(item_counts.c.n)
            return sa.select(item_counts.c.batch, files).group_by(item_counts.c.batch).order_by(files.desc()).limit(200)
        within = self._narrowed(sa.select(records.c.record_id), filters)
        counted = sa.func.count(sa.distinct(items.c.record_id))
        query = sa.select(items.c.batch, counted).where(items.c.record_id.in_(within))
        return query.group_by(items.c.batch).order_by(counted.desc())

    def troubles(self) -> dict[str, int]:
        """How many papers are in quarantine for each code, most first."""
        counted = sa.func.count()
        query = sa.select(records.c.code, counted).where(records.c.status == "quarantined", records.c.code.is_not(None))
        query = self._narrowed(query.group_by(records.c.code), Filters()).order_by(counted.desc(), records.c.code)
        with self._database.read() as connection:
            return {row[0]: int(row[1]) for row in connection.execute(query)}

    def names(self, column: Literal["agency", "field"], *, limit: int = 2000) -> tuple[str, ...]:
        """The values that occur, in their order."""
        found = records.c[column]
        query = sa.select(found).where(found.is_not(None)).distinct().order_by(found).limit(limit)
        with self._database.read() as connection:
            return tuple(connection.execute(query).scalars())

    def _listed(self, filters: Filters, order: tuple[Any, ...], limit: int, offset: int) -> tuple[Listed, ...]:
        """Ids are sorted first and bodies fetched for those alone: sorting whole rows is a hundred times slower."""
        wanted = self._narrowed(sa.select(records.c.record_id), filters).order_by(*order).limit(limit).offset(offset)
        with self._database.read() as connection:
            ids = connection.execute(wanted).scalars().all()
            query = sa.select(records.c.record_id, records.c.body, records.c.updated_at)
            found = {row.record_id: row for row in connection.execute(query.where(records.c.record_id.in_(ids)))}
        rows = [found[record_id] for record_id in ids if record_id in found]
        return tuple(Listed(Record.model_validate_json(row.body), row.updated_at) for row in rows)

    def _narrowed(self, query: sa.Select[Any], filters: Filters) -> sa.Select[Any]:
        """What the filters and the scope admit."""
        query = _narrowed(query, filters)
        if self._scope.agencies is not None:
            query = query.where(records.c.agency.in_(sorted(self._scope.agencies)))
        if self._scope.fields is not None:
            query = query.where(records.c.field.in_(sorted(self._scope.fields)))
        return query


def _counted_cells(query: sa.Select[Any], filters: Filters) -> sa.Select[Any]:
    for column, value in (
        (record_counts.c.status, filters.status),
        (record_counts.c.doc_type, filters.doc_type),
        (record_counts.c.year, filters.year),
    ):
        if value is not None:
            query = query.where(column == value)
    return query


def _narrowed(query: sa.Select[Any], filters: Filters) -> sa.Select[Any]:
    for column, value in (
        (records.c.status, filters.status),
        (records.c.doc_type, filters.doc_type),
        (records.c.year, filters.year),
    ):
        if value is not None:
            query = query.where(column == value)
    if filters.batch is not None:
        inside = sa.select(items.c.record_id).where(items.c.batch == filters.batch, items.c.record_id.is_not(None))
        query = query.where(records.c.record_id.in_(inside))
    return query
