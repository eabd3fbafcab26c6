"""Sổ lịch sử: the chained rows in the database, written once, proved whole on asking."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence

import sqlalchemy as sa

from schemas.history import GENESIS, ChainBreak, Deed, HistoryRow, breaks, follow
from storage.database import Database
from storage.desk_models import history
from storage.ledger import now_text

_LOCK = 7_046_029_254_386_353_132  # one writer of links at a time (PostgreSQL)
_CHUNK = 2000


class History:
    """The table ``history``. Two chains: the rows of one subject, and all rows in the order they were written."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(self, subject: str, deeds: Sequence[Deed], *, at: str | None = None) -> tuple[HistoryRow, ...]:
        """The deeds as the next rows of the subject's chain, in a transaction of their own."""
        with self._database.write() as connection:
            return self.append_in(connection, subject, deeds, at=at)

    def append_in(
        self, connection: sa.Connection, subject: str, deeds: Sequence[Deed], *, at: str | None = None
    ) -> tuple[HistoryRow, ...]:
        """The same inside the caller's transaction."""
        link = self._last_link(connection)
        rows = follow(deeds, subject=subject, at=at or now_text(), after=self.last(connection, subject))
        self._insert(connection, rows, link)
        return rows

    def put_in(self, connection: sa.Connection, rows: Iterable[HistoryRow]) -> int:
        """Rows made before (they lie in a package): those that are not here yet, as they are; how many were new."""
        wanted = list(rows)
        if not wanted:
            return 0
        link = self._last_link(connection)
        last = self.last(connection, wanted[0].subject)
        new = [row for row in wanted if last is None or row.seq > last.seq]
        self._insert(connection, new, link)
        return len(new)

    def next_rows(self, connection: sa.Connection, subject: str, deeds: Sequence[Deed]) -> tuple[HistoryRow, ...]:
        """What ``append_in`` would write now, not written."""
        return follow(deeds, subject=subject, at=now_text(), after=self.last(connection, subject))

    def last(self, connection: sa.Connection, subject: str) -> HistoryRow | None:
        """The newest row of the subject."""
        query = sa.select(history).where(history.c.subject == subject).order_by(history.c.seq.desc()).limit(1)
        row = connection.execute(query).first()
        return _row(row) if row is not None else None

    def of(self, subject: str) -> tuple[HistoryRow, ...]:
        """The whole chain of a subject, oldest first."""
        query = sa.select(history).where(history.c.subject == subject).order_by(history.c.seq)
        with self._database.read() as connection:
            return tuple(_row(row) for row in connection.execute(query))

    def about(self, record_id: str, *, limit: int = 300) -> tuple[HistoryRow, ...]:
        """What was done with a record and who saw it, the newest first."""
        query = (
            sa.select(history)
            .where(sa.or_(history.c.subject == record_id, history.c.record_id == record_id))
            .order_by(history.c.id.desc())
            .limit(limit)
        )
        with self._database.read() as connection:
            return tuple(_row(row) for row in connection.execute(query))

    def recent(self, *, actor: str | None = None, limit: int = 100) -> tuple[HistoryRow, ...]:
        """The newest rows, of one person or of all."""
        query = sa.select(history).order_by(history.c.id.desc()).limit(limit)
        if actor is not None:
            query = query.where(history.c.actor == actor)
        with self._database.read() as connection:
            return tuple(_row(row) for row in connection.execute(query))

    def settled_values(self, field: str, *, limit: int = 1000) -> tuple[str, ...]:
        """Texts that people have settled for a field, the newest first, each once."""
        query = (
            sa.select(history.c.new)
            .where(history.c.action == "settled", history.c.field == field, history.c.new.is_not(None))
            .order_by(history.c.id.desc())
            .limit(limit)
        )
        with self._database.read() as connection:
            found = [json.loads(text) for text in connection.execute(query).scalars()]
        return tuple(dict.fromkeys(value for value in found if isinstance(value, str)))

    def head(self) -> tuple[int, str]:
        """How many rows, and the newest link: who writes it down elsewhere can prove the past was not rewritten."""
        with self._database.read() as connection:
            count = connection.execute(sa.select(sa.func.count()).select_from(history)).scalar_one()
            return int(count), self._last_link(connection, lock=False)

    def verify(self) -> tuple[ChainBreak, ...]:
        """Every row of every chain, and the links between all rows; empty when nothing was removed or altered."""
        found: list[ChainBreak] = []
        link, last_id = GENESIS, 0
        for row_id, row, written in self._all():
            if written != _link(link, row.digest):
                kind = "missing" if row_id != last_id + 1 else "unlinked"
                found.append(ChainBreak(subject=row.subject, seq=row.seq, kind=kind))
            link, last_id = written, row_id
        for subject in self._subjects():
            found += breaks(self.of(subject))
        return tuple(dict.fromkeys(found))

    def _all(self) -> Iterator[tuple[int, HistoryRow, str]]:
        last = 0
        while True:
            query = sa.select(history).where(history.c.id > last).order_by(history.c.id).limit(_CHUNK)
            with self._database.read() as connection:
                rows = connection.execute(query).all()
            for row in rows:
                yield row.id, _row(row), row.link
            if len(rows) < _CHUNK:
                return
            last = rows[-1].id

    def _subjects(self) -> list[str]:
        with self._database.read() as connection:
            return list(connection.execute(sa.select(history.c.subject).distinct()).scalars())

    def _last_link(self, connection: sa.Connection, *, lock: bool = True) -> str:
        if lock and not self._database.is_sqlite:
            connection.execute(sa.text("select pg_advisory_xact_lock(:n)"), {"n": _LOCK})
        found = connection.execute(sa.select(history.c.link).order_by(history.c.id.desc()).limit(1)).scalar()
        return str(found) if found is not None else GENESIS

    def _insert(self, connection: sa.Connection, rows: Sequence[HistoryRow], link: str) -> None:
        for row in rows:
            link = _link(link, row.digest)
            connection.execute(history.insert().values(**row.model_dump(), link=link))


def _link(before: str, digest: str) -> str:
    return hashlib.sha256(f"{before}{digest}".encode()).hexdigest()


def _row(row: sa.Row[tuple[object, ...]]) -> HistoryRow:
    values = {name: getattr(row, name) for name in HistoryRow.model_fields}
    return HistoryRow.model_validate(values)
