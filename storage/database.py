"""Mở cơ sở dữ liệu: engines for SQLite and PostgreSQL, transactions, and their errors in our words.

SQLite: write-ahead log set once when the file is made, 30 s of patience, every commit on the disk before it counts
(synchronous=FULL), and writers take the write lock at once (BEGIN IMMEDIATE), so that two of them queue instead of
failing. PostgreSQL: the driver psycopg, dead connections noticed, 30 s of patience for a lock.
"""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError, ProgrammingError, TimeoutError

from schemas.errors import CatalogueLocked, CatalogueUnreachable, DiskFull
from storage import migrations

PATIENCE_S = 30
_WRITING = "sohoa_writing"
_MIGRATION_LOCK = 7_046_029_254_386_353_131  # any number that nobody else uses for an advisory lock
_FULL_PG = ("53100", "53200")
_LOCKED_PG = ("55P03", "40P01", "57014", "40001")


class Database:
    """One database: transactions on it, with errors of the driver turned into ours."""

    def __init__(self, url: str, *, patience_s: float = PATIENCE_S) -> None:
        """Open it, make it when it is new, bring its schema up to date.

        ``url`` is an SQLAlchemy URL (``sqlite:///...``, ``postgresql+psycopg://...``); ``patience_s``: seconds to wait
        for a lock. Raises CatalogueUnreachable
        (E205), CatalogueLocked (E204), DiskFull (E203).
        """
        self.engine = _make_engine(url, patience_s)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        path = self.engine.url.database if self.is_sqlite else None
        self._folder = Path(path).parent if path else None
        try:
            with self._our_errors():
                self._prepare()
        except BaseException:
            self.engine.dispose()
            raise

    def close(self) -> None:
        self.engine.dispose()

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A connection for looking. Raises CatalogueUnreachable (E205), CatalogueLocked (E204)."""
        with self._our_errors(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """One transaction that is on the disk when the block has ended, or has not happened.

        Raises CatalogueUnreachable (E205), CatalogueLocked (E204), DiskFull (E203).
        """
        with self._our_errors():
            writing = self.engine.execution_options(**{_WRITING: True})
            with writing.begin() as connection:
                yield connection

    def copy(self, connection: sa.Connection, statement: str, data: bytes) -> None:
        """COPY of PostgreSQL: rows in the driver's own way, with errors as of any other statement."""
        driver: Any = connection.connection.dbapi_connection
        base: Any = connection.dialect.loaded_dbapi.Error
        try:
            with driver.cursor().copy(statement) as copy:
                copy.write(data)
        except base as exc:
            raise DBAPIError.instance(statement, None, exc, base) from exc

    def analyze(self) -> None:
        """Tell the planner what is here, after many rows were written. Raises as ``write`` does."""
        with self.write() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql(
                    "pragma analysis_limit=20000"
                )  # rows of each index: takes a tenth of a second
            connection.exec_driver_sql("analyze")

    @contextmanager
    def _our_errors(self) -> Iterator[None]:
        """Our own mistakes (a constraint, a wrong statement) go through as they are."""
        try:
            yield
        except (IntegrityError, ProgrammingError):
            raise
        except DBAPIError as exc:
            raise _translated(exc, self._folder) from exc
        except TimeoutError as exc:
            raise CatalogueLocked from exc

    def _prepare(self) -> None:
        with self.engine.connect() as connection:
            ready = migrations.current_version(connection) == migrations.HEAD
            if self.is_sqlite:
                ready = ready and connection.exec_driver_sql("pragma journal_mode").scalar() == "wal"
        if ready:
            return
        if self.is_sqlite:
            self._prepare_sqlite()
            return
        with self.engine.begin() as connection:
            connection.execute(sa.text("select pg_advisory_xact_lock(:n)"), {"n": _MIGRATION_LOCK})
            if migrations.current_version(connection) != migrations.HEAD:
                migrations.migrate(connection)

    def _prepare_sqlite(self) -> None:
        """Only one process at a time turns on the write-ahead log (several together lock each other out)."""
        path = self.engine.url.database
        assert path is not None
        with _file_lock(Path(f"{path}.lock")):
            with self.engine.connect() as connection:
                driver: Any = connection.connection.dbapi_connection
                if driver.execute("pragma journal_mode").fetchone()[0] != "wal":
                    driver.execute("pragma journal_mode=wal")
            with self.engine.execution_options(**{_WRITING: True}).begin() as connection:
                if migrations.current_version(connection) != migrations.HEAD:
                    migrations.migrate(connection)


def _make_engine(url: str, patience_s: float) -> sa.Engine:
    try:
        parsed = sa.make_url(url)
        backend = parsed.get_backend_name()
    except (ArgumentError, NoSuchModuleError, ValueError) as exc:
        raise CatalogueUnreachable("địa chỉ không đúng dạng") from exc
    if backend == "sqlite":
        return _make_sqlite(parsed, patience_s)
    if backend != "postgresql":
        raise CatalogueUnreachable("chỉ dùng được SQLite hoặc PostgreSQL")
    return sa.create_engine(
        parsed.set(drivername="postgresql+psycopg"),
        pool_pre_ping=True,
        pool_size=2,
        max_overflow=8,
        connect_args={
            "connect_timeout": 10,
            "application_name": "sohoa",
            "options": f"-c lock_timeout={int(patience_s * 1000)} -c timezone=UTC",
        },
    )


def _make_sqlite(url: sa.URL, patience_s: float) -> sa.Engine:
    if not url.database or url.database == ":memory:":
        raise CatalogueUnreachable("SQLite cần một tệp")
    path = Path(os.path.abspath(url.database))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise CatalogueUnreachable("không tạo được thư mục") from exc
    engine = sa.create_engine(
        url.set(drivername="sqlite+pysqlite", database=str(path)), connect_args={"timeout": patience_s}
    )

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver's own BEGIN comes too late and is never IMMEDIATE
        connection.execute("pragma synchronous=full")
        connection.execute("pragma foreign_keys=on")
        connection.execute("pragma cache_size=-32768")  # KiB of pages kept, taken as they are needed

    @event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        writing = connection.get_execution_options().get(_WRITING)
        connection.exec_driver_sql("begin immediate" if writing else "begin")

    return engine


@contextmanager
def _file_lock(path: Path) -> Iterator[None]:
    """Held by one process at a time; the system lets go of it when the process ends, however it ends."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    except OSError as exc:
        raise _of_os(exc) from exc
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _translated(exc: DBAPIError, folder: Path | None) -> CatalogueLocked | CatalogueUnreachable | DiskFull:
    """The driver's error as ours. Its own words may hold values or host names, so only its code goes along."""
    name = getattr(exc.orig, "sqlite_errorname", None)
    if isinstance(name, str):
        if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            return CatalogueLocked()
        if name == "SQLITE_FULL" or (folder and _is_full(folder)):  # a full disk has many names: IOERR, CANTOPEN
            return DiskFull()
        return CatalogueUnreachable(name)
    state = getattr(exc.orig, "sqlstate", None)
    if state in _FULL_PG:
        return DiskFull()
    if state in _LOCKED_PG:
        return CatalogueLocked()
    return CatalogueUnreachable(state or type(exc.orig).__name__)


def _is_full(folder: Path) -> bool:
    try:
        return os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize < 1 << 20
    except OSError:
        return False


def _of_os(exc: OSError) -> DiskFull | CatalogueUnreachable:
    full = exc.errno in (errno.ENOSPC, errno.EDQUOT)
    return DiskFull() if full else CatalogueUnreachable(errno.errorcode.get(exc.errno or 0, "EIO"))
