"""A real PostgreSQL server for tests: started once for the whole session, on a free port, data in one folder.

``database_url`` runs a test once on SQLite and once on PostgreSQL, each time with a database of its own.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

_USER = "postgres"


@dataclass(frozen=True, slots=True)
class PgServer:
    """Where the server listens; everybody who reaches it is trusted."""

    port: int

    def url(self, database: str = "postgres", *, driver: bool = True) -> str:
        """The address of a database, as SQLAlchemy writes it or (``driver=False``) as libpq does."""
        return f"postgresql{'+psycopg' if driver else ''}://{_USER}@127.0.0.1:{self.port}/{database}"

    def make_database(self) -> str:
        """The address of a new empty database."""
        name = f"t{uuid.uuid4().hex}"
        with psycopg.connect(self.url(driver=False), autocommit=True) as connection:
            connection.execute(f"create database {name}")  # type: ignore[arg-type]
        return self.url(name)


def find_binaries() -> Path | None:
    """The folder of initdb and pg_ctl: Debian's, the newest version, or wherever the path finds them."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    found = shutil.which("initdb")
    return debian[-1].parent if debian else Path(found).parent if found else None


@pytest.fixture(scope="session")
def pg_server() -> Iterator[PgServer]:
    """The session's PostgreSQL server, run by the account ``postgres`` when the tests run as root (it refuses root)."""
    if find_binaries() is None:
        pytest.skip("no PostgreSQL server: apt-get install postgresql")
    with running_server() as server:
        yield server


@contextmanager
def running_server() -> Iterator[PgServer]:
    """A server for as long as the block lasts."""
    binaries = find_binaries()
    assert binaries is not None, "no PostgreSQL server: apt-get install postgresql"
    folder = Path(tempfile.mkdtemp(prefix="sohoa-pg-"))  # not below tmp_path: root keeps that to itself
    before: list[str] = []
    if os.geteuid() == 0:
        shutil.chown(folder, _USER, _USER)
        before = ["runuser", "-u", _USER, "--"]

    def call(program: str, *arguments: str) -> None:
        done = subprocess.run(
            [*before, str(binaries / program), *arguments],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{program}:\n{done.stdout}"

    data = str(folder / "data")
    port = _free_port()
    try:
        call("initdb", "-A", "trust", "-U", _USER, "--locale=C.UTF-8", "-E", "UTF8", "-N", "-D", data)
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=60"
        call("pg_ctl", "start", "-w", "-D", data, "-l", str(folder / "log"), "-o", options)
        try:
            yield PgServer(port)
        finally:
            call("pg_ctl", "stop", "-w", "-m", "immediate", "-D", data)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a new, empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'danh mục.db'}"
    server: PgServer = request.getfixturevalue("pg_server")
    return server.make_database()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
