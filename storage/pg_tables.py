"""Bảng của máy tìm trong PostgreSQL: what they look like, how they are made, indexed and settled.

Entries lie in parts by their id, so that several connections make the full-text index at once: that is half of what
filling costs. What is large lies outside the rows, so that counts and facets read little.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa

from storage.ask import FACETS
from storage.database import Database

FORMAT = 4  # of the tables: another number means they are made anew
SCHEMA = "sohoa_search"
NEW = "sohoa_search_new"
PARTS = 4
COLUMNS = ("record_id", "revision", "issued", *FACETS, "v", "card", "body", "folded")
_IN_ROW = 400  # bytes; what makes a row longer is stored beside it
_INDEX_MEMORY = 1 << 30  # bytes, of all that are made at once, where the server has eight times as much for its files
_TABLES = (
    "create table {s}.state (format int not null, salt text not null, complete boolean not null)",
    "create table {s}.words (word text primary key)",
    "create table {s}.noise (word text primary key)",
    "create table {s}.entries (record_id text not null, revision int not null, issued int not null, "
    + ", ".join(f"{name} text" for name in FACETS)
    + ", v tsvector{z} not null, card text{z} not null, body text{z} not null, folded text{z} not null)"
    " partition by hash (record_id)",
)
_PART = (
    "create table {s}.entries_{n} partition of {s}.entries for values with (modulus {parts}, remainder {n}) "
    "with (toast_tuple_target = {in_row})"
)
# What is known of issued tells where the newest papers begin; of the others the planner asks nothing worth a look.
_STATISTICS = (
    "alter table {s}.entries alter column issued set statistics 500",
    *(f"alter table {{s}}.entries alter column {name} set statistics 0" for name in ("v", "card", "body", "folded")),
)
_INDEXES = (
    "create index on {s}.entries_{n} using gin (v) with (fastupdate = off)",
    "create unique index on {s}.entries_{n} (record_id)",
    "create index on {s}.entries_{n} (issued desc, record_id)",
)


def format_of(connection: sa.Connection) -> int | None:
    """The format of the tables that are there; None where there are none."""
    there = connection.execute(sa.text("select to_regclass(:name)"), {"name": f"{SCHEMA}.state"}).scalar()
    if there is None:
        return None
    found = connection.execute(sa.text(f"select format from {SCHEMA}.state")).scalar()
    return int(found) if found is not None else None


def make_tables(connection: sa.Connection, schema: str, *, salt: str, complete: bool, indexed: bool) -> None:
    """Empty tables in a schema of their own."""
    quick = "select 'lz4' = any(enumvals) from pg_settings where name = 'default_toast_compression'"
    packed = " compression lz4" if connection.execute(sa.text(quick)).scalar() else ""
    connection.execute(sa.text(f"create schema {schema}"))
    for statement in _TABLES:
        connection.execute(sa.text(statement.format(s=schema, z=packed)))
    for number in range(PARTS):
        connection.execute(sa.text(_PART.format(s=schema, n=number, parts=PARTS, in_row=_IN_ROW)))
        for statement in _INDEXES if indexed else ():
            connection.execute(sa.text(statement.format(s=schema, n=number)))
    for statement in _STATISTICS:
        connection.execute(sa.text(statement.format(s=schema)))
    connection.execute(
        sa.text(f"insert into {schema}.state values (:format, :salt, :complete)"),
        {"format": FORMAT, "salt": salt, "complete": complete},
    )


def index_tables(database: Database, schema: str) -> None:
    """The indexes of filled tables, as many parts at once as the server gives its own maintenance hands."""
    with database.read() as connection:
        at_once = int(connection.exec_driver_sql("show max_parallel_maintenance_workers").scalar_one())
        cached = int(connection.exec_driver_sql(_IN_BYTES.format(name="effective_cache_size")).scalar_one())
        allowed = int(connection.exec_driver_sql(_IN_BYTES.format(name="maintenance_work_mem")).scalar_one())
    at_once = max(1, min(PARTS, at_once))
    memory = max(allowed, min(_INDEX_MEMORY, cached // 8) // at_once)

    def index(number: int) -> None:
        with database.write() as connection:
            connection.exec_driver_sql(f"set local maintenance_work_mem = '{memory // 1024}kB'")
            give_up_with_client(connection)
            for statement in _INDEXES:
                connection.exec_driver_sql(statement.format(s=schema, n=number))

    with ThreadPoolExecutor(at_once, thread_name_prefix="pg-index") as pool:
        for _ in pool.map(index, range(PARTS)):
            pass


_IN_BYTES = (
    "select setting::bigint * case unit when '8kB' then 8192 else 1024 end from pg_settings where name = '{name}'"
)


def give_up_with_client(connection: sa.Connection) -> None:
    """A server that can (14 and newer) ends this transaction's work when the program that asked for it is gone."""
    name = "client_connection_check_interval"
    connection.exec_driver_sql(f"select set_config(name, '2s', true) from pg_settings where name = '{name}'")


def settle_tables(connection: sa.Connection) -> None:
    """Tell the planner what is there, and mark what everybody may see: such rows are counted in the index alone.

    ``connection`` without a transaction. What is stored beside the rows is left to the server's own time.
    """
    version = int(connection.exec_driver_sql("show server_version_num").scalar_one())
    how = "vacuum (analyze, index_cleanup off, process_toast off)" if version >= 140_000 else "analyze"
    for table in ("words", "noise", "entries"):
        connection.exec_driver_sql(f"{how} {SCHEMA}.{table}")


def parts_of(schema: str) -> Iterator[str]:
    """The tables that entries lie in."""
    return (f"{schema}.entries_{number}" for number in range(PARTS))
