"""The schema is made by migrations alone, the same on both databases, wholly or not at all."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from papers_kept import make_record

from schemas.errors import CatalogueUnreachable
from storage import migrations
from storage.catalogue import Catalogue
from storage.models import metadata

ROOT = Path(__file__).resolve().parents[3]
FIRST = "0001"


def engine_of(url: str) -> sa.Engine:
    """A plain engine, beside ours; SQLite with real transactions around DDL."""
    if not url.startswith("sqlite"):
        return sa.create_engine(url)
    engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
    sa.event.listen(engine, "connect", lambda connection, _: setattr(connection, "isolation_level", None))
    sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("begin immediate"))
    return engine


def test_newest_version_is_named_right() -> None:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "storage/migrations"))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_heads() == [migrations.HEAD]


def test_migrations_make_exactly_the_tables_of_the_models(database_url: str) -> None:
    with Catalogue(database_url) as catalogue, catalogue.database.engine.connect() as connection:
        defaults = connection.dialect.name == "postgresql"  # SQLite gives them back in other words
        opts = {"compare_type": True, "compare_server_default": defaults}
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, metadata) == []


def test_a_catalogue_of_the_first_schema_is_brought_up_to_date_with_what_it_holds(database_url: str) -> None:
    engine = engine_of(database_url)
    record = make_record(b"x")
    with engine.begin() as connection:
        migrations.migrate(connection, target=FIRST)
        connection.execute(
            sa.text(
                "insert into records(record_id, sha256, status, kind, body, created_at, updated_at) "
                "values(:id, :sha, 'accepted', 'procedure_result', :body, '2026-01-01', '2026-01-01')"
            ),
            {"id": record.record_id, "sha": record.source.sha256, "body": record.model_dump_json()},
        )
        connection.execute(sa.text("insert into batches values('đợt', '2026-01-01', '2026-01-01')"))
        connection.execute(
            sa.text(
                "insert into items(batch, origin, origin_key, sha256, state, outcome, record_id, attempts, updated_at) "
                "values('đợt', '/a', '2b72f8cf', :sha, 'done', 'accepted', :id, 1, '2026-01-01')"
            ),
            {"id": record.record_id, "sha": record.source.sha256},
        )
        connection.execute(sa.text("insert into events(at, actor, action) values('2026-01-01', 'lan', 'export')"))
    engine.dispose()
    with Catalogue(database_url) as catalogue:
        assert list(catalogue.records.iterate()) == [record]
        assert [item.outcome for item in catalogue.ledger.items()] == ["accepted"]
        assert [event.actor for event in catalogue.records.events()] == ["lan"]
        assert [one.record_id for one in catalogue.records.unindexed()] == [record.record_id]
        with catalogue.database.read() as connection:
            assert migrations.current_version(connection) == migrations.HEAD


def test_a_migration_that_is_cut_off_has_not_happened(database_url: str) -> None:
    engine = engine_of(database_url)
    with engine.connect() as connection, connection.begin() as transaction:
        migrations.migrate(connection)
        assert sa.inspect(connection).has_table("records")
        transaction.rollback()
    with engine.begin() as connection:
        assert sa.inspect(connection).get_table_names() == []
    engine.dispose()
    with Catalogue(database_url) as catalogue:
        assert catalogue.records.count() == 0


def test_catalogue_of_a_newer_program_is_left_alone(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'catalogue.db'}"
    Catalogue(url).close()
    with sqlite3.connect(tmp_path / "catalogue.db") as connection:
        connection.execute("update alembic_version set version_num = '9999'")
    connection.close()
    with pytest.raises(CatalogueUnreachable, match="mới hơn"):
        Catalogue(url)


def test_wheel_carries_the_migrations(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    scripts = {
        f"storage/migrations/versions/{path.name}" for path in (ROOT / "storage/migrations/versions").glob("*.py")
    }
    assert scripts
    assert names >= scripts | {"storage/migrations/env.py", "storage/migrations/script.py.mako"}
