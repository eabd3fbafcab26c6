"""Hồ sơ trong danh mục: the records as exported, with the columns that lists need, and what the index still lacks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from schemas.base import Frozen
from schemas.errors import AmbiguousRecord, RecordNotFound
from schemas.record import Record, Status
from storage.database import Database
from storage.ledger import now_text
from storage.models import events, records

_HEX = re.compile(r"[0-9a-f]+", re.ASCII)
_YEAR = re.compile(r"\d{4}", re.ASCII)
_CHUNK = 500
MAX_CELL = 500  # characters of a value that lists sort and filter by; the whole of it is in the body


class Unindexed(Frozen):
    """A record the search index has to take in, or (``remove``) let go of."""

    record_id: str
    revision: int
    remove: bool


class Body(NamedTuple):
    """A record as JSON, as it stands in the catalogue."""

    record_id: str
    body: str
    revision: int


class EventRow(Frozen):
    """Something somebody did; ``detail`` holds codes and counts, never personal data."""

    at: str
    actor: str
    action: str
    record_id: str | None
    detail: Mapping[str, str | int | bool] | None = None


class Records:
    """The tables ``records`` and ``events``. Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, record: Record) -> None:
        """Write the record, over what was there. The same record again changes nothing."""
        self.save_many((record,))

    def save_in(self, connection: sa.Connection, record: Record) -> None:
        """The same inside the caller's transaction."""
        self._save(connection, record)

    def save_many(self, many: Iterable[Record]) -> int:
        """Write records in one transaction; returns how many."""
        count = 0
        with self._database.write() as connection:
            for record in many:
                self._save(connection, record)
                count += 1
        return count

    def of_source(self, sha256: str) -> Record | None:
        """The record of this content; None when there is none."""
        with self._database.read() as connection:
            body = connection.execute(sa.select(records.c.body).where(records.c.sha256 == sha256)).scalar()
        return Record.model_validate_json(body) if body is not None else None

    def find(self, prefix: str) -> Record:
        """The one record whose id or source SHA-256 begins so (either case).

        Raises RecordNotFound (E301), AmbiguousRecord (E302).
        """
        text = prefix.strip().lower()
        if not text:
            raise RecordNotFound(prefix)
        with self._database.read() as connection:
            exact = sa.or_(records.c.record_id == text, records.c.sha256 == text)
            bodies = connection.execute(sa.select(records.c.body).where(exact).limit(2)).scalars().all()
            if not bodies:
                begins = sa.or_(_begins(records.c.record_id, text), _begins(records.c.sha256, text))
                bodies = connection.execute(sa.select(records.c.body).where(begins).limit(2)).scalars().all()
        if not bodies:
            raise RecordNotFound(prefix)
        if len(bodies) > 1:
            raise AmbiguousRecord(prefix)
        return Record.model_validate_json(bodies[0])

    def of_ids(self, record_ids: Iterable[str]) -> dict[str, Record]:
        """The records of these ids that are there."""
        query = sa.select(records.c.record_id, records.c.body).where(records.c.record_id.in_(list(record_ids)))
        with self._database.read() as connection:
            return {row.record_id: Record.model_validate_json(row.body) for row in connection.execute(query)}

    def iterate(self) -> Iterator[Record]:
        """Every record in the order of ids, some at a time: memory does not grow, nobody is locked out."""
        last = ""
        while True:
            query = (
                sa.select(records.c.record_id, records.c.body)
                .where(records.c.record_id > last)
                .order_by(records.c.record_id)
                .limit(_CHUNK)
            )
            with self._database.read() as connection:
                rows = connection.execute(query).all()
            if not rows:
                return
            for _, body in rows:
                yield Record.model_validate_json(body)
            last = rows[-1].record_id

    def iterate_revisions(self, *, since: str | None = None) -> Iterator[tuple[Record, int]]:
        """Every record with its revision, in the order of ids; only those written at ``since`` (a ``moment``) or
        after it."""
        for row in self.iterate_bodies(since=since):
            yield Record.model_validate_json(row.body), row.revision

    def iterate_bodies(self, *, since: str | None = None) -> Iterator[Body]:
        """The same, the records still as JSON: for whoever hands them to other processes."""
        last = ""
        while True:
            query = (
                sa.select(records.c.record_id, records.c.body, records.c.revision)
                .where(records.c.record_id > last)
                .order_by(records.c.record_id)
                .limit(_CHUNK)
            )
            if since is not None:
                query = query.where(records.c.updated_at >= since)
            with self._database.read() as connection:
                rows = connection.execute(query).all()
            if not rows:
                return
            for row in rows:
                yield Body(row.record_id, row.body, row.revision)
            last = rows[-1].record_id

    def all_ids(self) -> set[str]:
        """The ids of all records."""
        with self._database.read() as connection:
            return set(connection.execute(sa.select(records.c.record_id)).scalars())

    def count(self) -> int:
        with self._database.read() as connection:
            return connection.execute(sa.select(sa.func.count()).select_from(records)).scalar_one()

    def count_by_status(self) -> dict[Status, int]:
        with self._database.read() as connection:
            rows = connection.execute(
                sa.select(records.c.status, sa.func.count().label("n")).group_by(records.c.status)
            ).all()
        return {row.status: row.n for row in rows}

    def moment(self) -> str:
        """Now, to compare rows with (see ``keep_only``)."""
        return now_text()

    def keep_only(self, record_ids: set[str], *, unless_since: str) -> int:
        """Remove the rows of records that have no package (``rebuild``); returns how many.

        Rows written after ``unless_since`` (a ``moment``) stay: their packages came after those that were listed.
        """
        removed = 0
        with self._database.write() as connection:
            query = sa.select(records.c.record_id).where(records.c.updated_at < unless_since)
            for record_id in connection.execute(query).scalars().all():
                if record_id not in record_ids:
                    connection.execute(records.delete().where(records.c.record_id == record_id))
                    removed += 1
        return removed

    def unindexed(self, *, limit: int | None = None) -> tuple[Unindexed, ...]:
        """What the index has not taken in since it was written last; quarantined records are to be let go of."""
        query = (
            sa.select(records.c.record_id, records.c.revision, records.c.status)
            .where(records.c.indexed_revision < records.c.revision)
            .order_by(records.c.record_id)
            .limit(limit)
        )
        with self._database.read() as connection:
            return tuple(
                Unindexed(record_id=row.record_id, revision=row.revision, remove=row.status == "quarantined")
                for row in connection.execute(query)
            )

    def mark_indexed(self, done: Iterable[Unindexed]) -> None:
        """The index holds these, as of these revisions; a record written since stays to be indexed."""
        with self._database.write() as connection:
            for one in done:
                connection.execute(
                    records.update()
                    .where(records.c.record_id == one.record_id, records.c.indexed_revision < one.revision)
                    .values(indexed_revision=one.revision)
                )

    def mark_all_indexed(self, *, before: str) -> None:
        """The index holds everything written before ``before`` (a ``moment``); what came later is looked at again."""
        with self._database.write() as connection:
            connection.execute(
                records.update()
                .where(records.c.updated_at < before, records.c.indexed_revision < records.c.revision)
                .values(indexed_revision=records.c.revision)
            )

    def forget_indexed(self) -> None:
        """The index is gone: everything has to be taken in again."""
        with self._database.write() as connection:
            connection.execute(records.update().values(indexed_revision=0))

    def log_event(
        self,
        actor: str,
        action: str,
        record_id: str | None = None,
        *,
        detail: Mapping[str, str | int | bool] | None = None,
    ) -> None:
        """Append an event. ``detail``: codes and counts only, no names, numbers or text of a paper."""
        text = json.dumps(dict(detail), ensure_ascii=False, sort_keys=True) if detail else None
        with self._database.write() as connection:
            connection.execute(
                events.insert().values(at=now_text(), actor=actor, action=action, record_id=record_id, detail=text)
            )

    def events(self, record_id: str | None = None, *, limit: int = 1000) -> tuple[EventRow, ...]:
        """Events in the order they happened, of one record or of all."""
        query = sa.select(events).order_by(events.c.id).limit(limit)
        if record_id is not None:
            query = query.where(events.c.record_id == record_id)
        with self._database.read() as connection:
            return tuple(
                EventRow(
                    at=row.at,
                    actor=row.actor,
                    action=row.action,
                    record_id=row.record_id,
                    detail=json.loads(row.detail) if row.detail else None,
                )
                for row in connection.execute(query)
            )

    def _save(self, connection: sa.Connection, record: Record) -> None:
        now = now_text()
        values = {**_columns(record), "body": record.model_dump_json(), "updated_at": now}
        insert = sqlite.insert(records) if self._database.is_sqlite else postgresql.insert(records)
        connection.execute(
            insert.values(record_id=record.record_id, created_at=now, **values).on_conflict_do_update(
                index_elements=["record_id"],
                set_={**values, "revision": records.c.revision + 1},
                where=records.c.body != values["body"],
            )
        )


def _begins(column: sa.ColumnElement[str], prefix: str) -> sa.ColumnElement[bool]:
    """Begins with ``prefix``, by a range the index can be searched for where it is hexadecimal."""
    if _HEX.fullmatch(prefix):
        return sa.and_(column >= prefix, column < prefix + "g")
    return column.startswith(prefix, autoescape=True)


def _columns(record: Record) -> dict[str, Any]:
    def text(name: str) -> str | None:
        value = record.fields.get(name).value
        return value.replace("\0", "")[:MAX_CELL] if isinstance(value, str) and value else None

    issued = text("issued_date")
    return {
        "sha256": record.source.sha256,
        "status": record.status,
        "kind": record.kind,
        "doc_type": text("doc_type"),
        "doc_number": text("doc_number"),
        "issued_date": issued,
        "agency": text("issuing_agency_name"),
        "field": record.classification.field_name.value,
        "level": record.classification.level.value,
        "sort_date": issued or "",
        "code": record.quarantine.code if record.quarantine else None,
        "year": int(issued[:4]) if issued and _YEAR.match(issued) else None,
    }
