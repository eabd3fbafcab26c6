"""What can go wrong with a database, and the error each trouble is told as."""

from __future__ import annotations

import os
import sqlite3
import stat
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from papers_kept import make_record
from pg_server import PgServer

from schemas.errors import CatalogueLocked, CatalogueUnreachable, DiskFull
from storage.catalogue import Catalogue
from storage.database import Database


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "catalogue.db"
    Catalogue(f"sqlite:///{path}").close()
    return path


def pragma(database: Database, name: str) -> object:
    with database.read() as connection:
        return connection.exec_driver_sql(f"pragma {name}").scalar()


def test_sqlite_is_opened_so_that_what_is_acknowledged_is_on_the_disk(file: Path) -> None:
    with Catalogue(f"sqlite:///{file}") as catalogue:
        assert pragma(catalogue.database, "journal_mode") == "wal"
        assert pragma(catalogue.database, "synchronous") == 2
        assert pragma(catalogue.database, "foreign_keys") == 1
        assert pragma(catalogue.database, "busy_timeout") == 30_000


def test_write_ahead_log_is_turned_on_where_making_the_file_was_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.db"
    with sqlite3.connect(path) as half:
        half.execute("create table unrelated(x)")
    half.close()
    with Catalogue(f"sqlite:///{path}") as catalogue:
        assert pragma(catalogue.database, "journal_mode") == "wal"
        assert catalogue.records.count() == 0


def test_somebody_else_holds_the_file(file: Path) -> None:
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("begin immediate")
    with Catalogue(f"sqlite:///{file}", patience_s=0.1) as catalogue:
        assert catalogue.records.count() == 0, "reading goes on"
        with pytest.raises(CatalogueLocked):
            catalogue.records.log_event("lan", "export")
        holder.execute("rollback")
        catalogue.records.log_event("lan", "export")
    holder.close()


def test_disk_full_keeps_what_was_written(file: Path) -> None:
    with Catalogue(f"sqlite:///{file}") as catalogue:
        catalogue.records.save(make_record(b"first"))
        with catalogue.database.read() as connection:
            pages = connection.exec_driver_sql("pragma page_count").scalar_one()
            connection.exec_driver_sql(f"pragma max_page_count = {pages}")
        with pytest.raises(DiskFull):
            catalogue.records.save_many(make_record(f"{n}".encode()) for n in range(200))
        assert catalogue.records.count() == 1


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.db"
    path.write_bytes(b"not a database" * 1000)
    with pytest.raises(CatalogueUnreachable):
        Catalogue(f"sqlite:///{path}")


def test_a_folder_where_the_file_should_be(tmp_path: Path) -> None:
    with pytest.raises(CatalogueUnreachable):
        Catalogue(f"sqlite:///{tmp_path}")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    with pytest.raises(CatalogueUnreachable):
        Catalogue(f"sqlite:///{tmp_path / 'catalogue.db'}")


def test_a_file_in_the_way_of_its_folder(tmp_path: Path) -> None:
    (tmp_path / "nhà").write_text("")
    with pytest.raises(CatalogueUnreachable):
        Catalogue(f"sqlite:///{tmp_path / 'nhà' / 'catalogue.db'}")


@pytest.mark.parametrize("url", ["", "mysql://a/b", "sqlite://", "sqlite:///:memory:", "postgresql+nothing://x/y", "?"])
def test_addresses_that_name_no_catalogue(url: str) -> None:
    with pytest.raises(CatalogueUnreachable):
        Catalogue(url)


def test_a_server_that_is_not_there_and_no_password_in_the_message() -> None:
    with pytest.raises(CatalogueUnreachable) as caught:
        Catalogue("postgresql+psycopg://lan:rat-bi-mat@127.0.0.1:9/kho")
    assert "rat-bi-mat" not in str(caught.value)
    assert "127.0.0.1" not in str(caught.value)


def test_a_database_the_server_does_not_have(pg_server: PgServer) -> None:
    with pytest.raises(CatalogueUnreachable):
        Catalogue(pg_server.url("khong_co"))


def test_server_that_drops_a_connection_is_asked_again(pg_server: PgServer) -> None:
    url = pg_server.make_database()
    with Catalogue(url) as catalogue:
        catalogue.records.save(make_record(b"x"))
        with psycopg.connect(pg_server.url(driver=False), autocommit=True) as other:
            other.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", (url.rpartition("/")[2],)
            )
        assert catalogue.records.count() == 1


def test_server_that_drops_a_connection_in_a_transaction(pg_server: PgServer) -> None:
    with Catalogue(pg_server.make_database()) as catalogue:

        def lose_it() -> None:
            with catalogue.database.write() as connection:
                connection.execute(sa.text("insert into batches values('đợt', '', '')"))
                pid = connection.execute(sa.text("select pg_backend_pid()")).scalar_one()
                with psycopg.connect(pg_server.url(driver=False), autocommit=True) as other:
                    other.execute("select pg_terminate_backend(%s)", (pid,))
                connection.execute(sa.text("select 1"))

        with pytest.raises(CatalogueUnreachable):
            lose_it()
        assert catalogue.ledger.batches() == ()


def test_somebody_else_holds_the_table(pg_server: PgServer) -> None:
    url = pg_server.make_database()
    with Catalogue(url, patience_s=0.1) as catalogue:
        with catalogue.database.engine.begin() as other:
            other.execute(sa.text("lock table events in exclusive mode"))
            with pytest.raises(CatalogueLocked):
                catalogue.records.log_event("lan", "export")
        catalogue.records.log_event("lan", "export")
