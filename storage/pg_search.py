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
from types import TracebackType
from typing import Any, Self

import sqlalchemy as sa

from schemas.errors import IndexLocked
from storage.ask import FACETS, AnyOf, Ask, Term, all_of
from storage.database import Database
from storage.engine import COUNTED, Changes, Found, Stored
from storage.entry import BUCKETS, Entry, slices_for
from storage.pg_query import Condition, condition
from storage.pg_rows import copied
from storage.pg_tables import COLUMNS, FORMAT, NEW, SCHEMA, format_of, index_tables, make_tables, settle_tables

FACET_SIZE = 50
FACETS_EXACT = 20_000  # hits; above, facets are counted on a slice of the archive with about so many
_RANKED = 5_000  # hits that are ranked one by one; of more, what has every bonus comes first, then the newest
_REBUILD_LOCK = 7_046_029_254_386_353_132
_WRITE_LOCK = 7_046_029_254_386_353_133
# The planner does not know that reading a row's words costs a hundred times what the index does.
_PLAN = "set local enable_seqscan = off; set local work_mem = '64MB'"
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

            def near(channel: str, token: str, distance: int) -> list[str]:
                return _similar(connection, channel, token, distance)

            base = condition(Ask(ask.base, ask.without), near)
            if "v @@" in base.sql:
                connection.exec_driver_sql(_PLAN)
            total = _count(connection, base, most=COUNTED + 1)
            hits: list[Stored] = []
            if total and limit and offset < total:
                if ask.sort != "relevance" or not ask.bonuses:
                    rows = _by_date(connection, base, limit, offset, oldest=ask.sort == "oldest")
                elif total <= _RANKED:
                    rows = _by_rank(connection, base, ask, near, limit, offset)
                else:
                    rows = _by_strength(connection, ask, near, limit, offset)
                hits = [Stored(row[0], float(row[1]), json.loads(row[2]), row[3]) for row in rows]
            counts, sampled = _facets(connection, ask, base, near, total) if facets else ({}, False)
        return Found(min(total, COUNTED), tuple(hits), counts, sampled, total > COUNTED)

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


def _run(connection: sa.Connection, sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in connection.exec_driver_sql(sql, tuple(params))]


def _count(connection: sa.Connection, base: Condition, *, most: int | None = None) -> int:
    """How many match; no more than ``most`` are counted."""
    limit = "" if most is None else f" limit {most}"
    sql = f"select count(*) from (select 1 from {SCHEMA}.entries where {base.sql}{limit}) as found"
    return int(_run(connection, sql, base.params)[0][0])


def _by_date(
    connection: sa.Connection, base: Condition, limit: int, offset: int, *, oldest: bool
) -> list[tuple[Any, ...]]:
    order = "(issued = 0), issued, record_id" if oldest else "issued desc, record_id"
    sql = f"select record_id, 0, card, body from {SCHEMA}.entries where {base.sql} order by {order} limit %s offset %s"
    return _run(connection, sql, [*base.params, limit, offset])


Near = Callable[[str, str, int], list[str]]


def _by_rank(
    connection: sa.Connection, base: Condition, ask: Ask, near: Near, limit: int, offset: int
) -> list[tuple[Any, ...]]:
    worth, params = ["1"], []
    for bonus in ask.bonuses:
        one = condition(Ask(bonus.expr), near)
        worth.append(f"case when {one.sql} then {bonus.weight} else 0 end")
        params += one.params
    sql = (
        f"with best as (select record_id, {' + '.join(worth)} as worth, issued from {SCHEMA}.entries "
        f"where {base.sql} order by worth desc, issued desc, record_id limit %s offset %s) "
        f"select record_id, worth, card, body from best join {SCHEMA}.entries using (record_id) "
        "order by worth desc, best.issued desc, record_id"
    )
    return _run(connection, sql, [*params, *base.params, limit, offset])


def _by_strength(connection: sa.Connection, ask: Ask, near: Near, limit: int, offset: int) -> list[tuple[Any, ...]]:
    """Of very many hits: first those with every bonus, then the others, the newest of each first."""
    strong = all_of(bonus.expr for bonus in ask.bonuses)
    best = condition(Ask(all_of([ask.base, strong]), ask.without), near)
    rest = condition(Ask(ask.base, (*ask.without, strong)), near)
    count = _count(connection, best, most=offset + limit)
    rows = _by_date(connection, best, limit, offset, oldest=False) if offset < count else []
    if len(rows) < limit:
        rows += _by_date(connection, rest, limit - len(rows), max(0, offset - count), oldest=False)
    return rows


def _facets(
    connection: sa.Connection, ask: Ask, base: Condition, near: Near, total: int
) -> tuple[dict[str, tuple[tuple[str, int], ...]], bool]:
    sampled = total > FACETS_EXACT
    if sampled:
        slices = slices_for(total, FACETS_EXACT)
        part = AnyOf(tuple(Term("t", f"bucket:{n}") for n in range(slices)))
        base = condition(Ask(all_of([part, ask.base]), ask.without), near)
    names = ", ".join(FACETS)
    sets = ", ".join(f"({name})" for name in FACETS)
    sql = (
        f"select grouping({names}), {names}, count(*) from {SCHEMA}.entries where {base.sql} "
        f"group by grouping sets ({sets}) order by count(*) desc"
    )
    scale = BUCKETS / slices if sampled else 1
    counts: dict[str, list[tuple[str, int]]] = {name: [] for name in FACETS}
    every = (1 << len(FACETS)) - 1
    for row in _run(connection, sql, base.params) if total else []:
        name = FACETS[len(FACETS) - 1 - (every - int(row[0])).bit_length() + 1]
        value = row[1 + FACETS.index(name)]
        if value is not None and len(counts[name]) < FACET_SIZE:
            counts[name].append((str(value), min(total, round(int(row[-1]) * scale))))
    return {name: tuple(sorted(found, key=lambda c: (-c[1], c[0]))) for name, found in counts.items()}, sampled
