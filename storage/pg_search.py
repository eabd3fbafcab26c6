"""Tìm trong PostgreSQL: full text search beside the catalogue, for everybody who uses that database.

Channels and tokens are those of ``ask.py``, one lexeme each ("w:quyet", "b:quyet_dinh") in one tsvector with a GIN
index: folding was done before, the same for both engines, so neither unaccent nor a dictionary is asked. The tables
are derived and live in a schema of their own; a rebuild fills another schema and renames it, in one transaction.
"""

from __future__ import annotations

import json
import secrets
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from types import TracebackType
from typing import Self

import sqlalchemy as sa

from schemas.errors import IndexLocked
from storage.ask import Ask
from storage.database import Database
from storage.engine import Changes, Found, Stored
from storage.entry import Entry
from storage.pg_counts import facets_of, total_of
from storage.pg_hits import page
from storage.pg_query import condition
from storage.pg_rows import copied
from storage.pg_tables import COLUMNS, FORMAT, NEW, SCHEMA, format_of, index_tables, make_tables, settle_tables

_REBUILD_LOCK = 7_046_029_254_386_353_132
_WRITE_LOCK = 7_046_029_254_386_353_133
# The planner does not know that reading a row's words costs a hundred times what the index does: neither all rows are
# looked through nor the newest first. Compiling a statement takes longer than most of them.
_PLAN = (
    "set local enable_seqscan = off; set local enable_indexscan = off; set local jit = off; set local work_mem = '64MB'"
)
_COPY = f"copy {{s}}.entries ({', '.join(COLUMNS)}) from stdin (format binary)"
_WRITERS = 2  # connections that take entries in at once while everything is filled


class PgSearch:
    """The ``SearchEngine`` where the catalogue is PostgreSQL."""

    name = "postgresql"

    def __init__(self, database: Database) -> None:
        """Use the database, making the tables when they are not there or of another format.

        Raises CatalogueUnreachable (E205), CatalogueLocked (E204), DiskFull (E203).
        """
        self._database = database
        self._words: set[str] = set()  # known to be in the table of words
        with database.write() as connection:
            connection.execute(sa.text("select pg_advisory_xact_lock(:n)"), {"n": _WRITE_LOCK})
            if format_of(connection) != FORMAT:
                connection.execute(sa.text(f"drop schema if exists {SCHEMA} cascade"))
                make_tables(connection, SCHEMA, salt=secrets.token_hex(16), complete=False, indexed=True)
            self._salt = connection.execute(sa.text(f"select salt from {SCHEMA}.state")).scalar_one()

    @property
    def salt(self) -> bytes:
        return bytes.fromhex(self._salt)

    @property
    def complete(self) -> bool:
        with self._database.read() as connection:
            return bool(connection.execute(sa.text(f"select complete from {SCHEMA}.state")).scalar_one())

    def take(self, entries: Sequence[Entry], gone: Iterable[str] = ()) -> None:
        """See ``SearchEngine``. Waits while another process changes the tables over."""
        with self._database.write() as connection:
            connection.execute(sa.text("select pg_advisory_xact_lock_shared(:n)"), {"n": _WRITE_LOCK})
            self._put(connection, SCHEMA, entries, gone)

    def search(self, ask: Ask, *, limit: int = 20, offset: int = 0, facets: bool = True) -> Found:
        """See ``SearchEngine``."""
        limit, offset = max(0, limit), max(0, offset)
        with self._database.read() as connection:

            @cache
            def near(channel: str, token: str, distance: int) -> list[str]:
                return _similar(connection, channel, token, distance)

            if "v @@" in condition(Ask(ask.base, ask.without), near).sql:
                connection.exec_driver_sql(_PLAN)
            total = total_of(connection, ask, near)
            hits: list[Stored] = []
            if total.number and limit and (total.capped or offset < total.number):
                rows = page(connection, ask, near, about=total.about, limit=limit, offset=offset)
                hits = [Stored(row[0], float(row[1]), json.loads(row[2]), row[3]) for row in rows]
            counts, sampled = facets_of(connection, ask, near, total) if facets else ({}, False)
        return Found(total.number, tuple(hits), counts, sampled, total.capped)

    def holdings(self, record_ids: Sequence[str] | None = None) -> Iterator[tuple[str, int]]:
        """See ``SearchEngine``."""
        if record_ids is not None:
            query = f"select record_id, revision from {SCHEMA}.entries where record_id = any(:ids)"
            with self._database.read() as connection:
                rows = connection.execute(sa.text(query), {"ids": list(record_ids)}).all()
            yield from [(str(row[0]), int(row[1])) for row in rows]
            return
        last = ""
        query = f"select record_id, revision from {SCHEMA}.entries where record_id > :last order by 1 limit 5000"
        while True:
            with self._database.read() as connection:
                rows = connection.execute(sa.text(query), {"last": last}).all()
            if not rows:
                return
            yield from [(str(row[0]), int(row[1])) for row in rows]
            last = rows[-1][0]

    def refill(self, batches: Iterable[Sequence[Entry]], late: Callable[[], Changes]) -> None:
        """See ``SearchEngine``. Raises IndexLocked (E210) while another rebuild runs."""
        aside = self._database.engine.execution_options(isolation_level="AUTOCOMMIT")  # no transaction for so long
        with aside.connect() as holder:  # one rebuild at a time, for as long as this connection lives
            if not holder.execute(sa.text("select pg_try_advisory_lock(:n)"), {"n": _REBUILD_LOCK}).scalar_one():
                raise IndexLocked
            try:
                self._fill(batches)
                with self._database.write() as connection:
                    connection.execute(sa.text("select pg_advisory_xact_lock(:n)"), {"n": _WRITE_LOCK})
                    self._put(connection, NEW, *late())
                    connection.execute(sa.text(f"drop schema {SCHEMA} cascade"))
                    connection.execute(sa.text(f"alter schema {NEW} rename to {SCHEMA}"))
                self._words = set()
            finally:
                holder.execute(sa.text("select pg_advisory_unlock(:n)"), {"n": _REBUILD_LOCK})
        with aside.connect() as connection:
            settle_tables(connection)

    def count(self) -> int:
        """Records in the index."""
        with self._database.read() as connection:
            return int(connection.execute(sa.text(f"select count(*) from {SCHEMA}.entries")).scalar_one())

    def close(self) -> None:
        """The database is its owner's to close."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _fill(self, batches: Iterable[Sequence[Entry]]) -> None:
        with self._database.write() as connection:
            connection.execute(sa.text(f"drop schema if exists {NEW} cascade"))
            make_tables(connection, NEW, salt=self._salt, complete=True, indexed=False)
        words: set[str] = set()
        noise: set[str] = set()
        with ThreadPoolExecutor(_WRITERS, thread_name_prefix="pg-fill") as pool:
            waiting: deque[Future[None]] = deque()
            try:
                for entries in batches:
                    waiting.append(pool.submit(self._add, entries))
                    for entry in entries:
                        words.update(entry.words.split())
                        noise.update(entry.noise.split())
                    if len(waiting) > 2 * _WRITERS:
                        waiting.popleft().result()
                for one in waiting:
                    one.result()
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
        with self._database.write() as connection:
            _add_words(connection, NEW, "words", words)
            _add_words(connection, NEW, "noise", noise)
        index_tables(self._database, NEW)

    def _add(self, entries: Sequence[Entry]) -> None:
        """Part of a rebuild, whose last step waits for the disk: this one does not."""
        with self._database.write() as connection:
            connection.exec_driver_sql("set local synchronous_commit = off")
            self._database.copy(connection, _COPY.format(s=NEW), copied(entries))

    def _put(self, connection: sa.Connection, schema: str, entries: Sequence[Entry], gone: Iterable[str]) -> None:
        replaced = [*gone, *(entry.record_id for entry in entries)]
        if replaced:
            connection.execute(sa.text(f"delete from {schema}.entries where record_id = any(:ids)"), {"ids": replaced})
        if not entries:
            return
        self._database.copy(connection, _COPY.format(s=schema), copied(entries))
        words = {word for entry in entries for word in entry.words.split()} - self._words
        _add_words(connection, schema, "words", words)
        _add_words(connection, schema, "noise", {word for entry in entries for word in entry.noise.split()})
        self._words |= words


def _add_words(connection: sa.Connection, schema: str, table: str, words: Collection[str]) -> None:
    if words:
        sql = f"insert into {schema}.{table} select unnest(%s::text[]) on conflict do nothing"
        connection.exec_driver_sql(sql, (sorted(words),))


def _similar(connection: sa.Connection, channel: str, token: str, distance: int) -> list[str]:
    """Words of the index at most ``distance`` edits from ``token``; transposed neighbours are one edit."""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    table = "noise" if channel == "z" else "words"
    query = f"select word from {SCHEMA}.{table} where length(word) between :least and :most"
    bounds = {"least": len(token) - distance, "most": len(token) + distance}
    words = connection.execute(sa.text(query), bounds).scalars().all()
    found = process.extract(token, words, scorer=OSA.distance, score_cutoff=distance, limit=100)
    return [word for word, _, _ in found]
