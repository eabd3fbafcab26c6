"""Nâng cấp danh mục: numbered migrations, run by the program itself when it opens a catalogue (``upgrade``).

A migration runs in one transaction (both databases can roll back DDL), under a lock that all processes respect:
cut off at any instant, it has happened wholly or not at all.
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from schemas.errors import CatalogueUnreachable

HEAD = "0009_office_counts"  # the newest migration here; a test compares it with the scripts


def current_version(connection: sa.Connection) -> str | None:
    """The schema's version in this database; None where there is no schema yet."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(sa.text("select version_num from alembic_version")).scalar()
    return str(found) if found is not None else None


def migrate(connection: sa.Connection, *, target: str = "head") -> None:
    """Bring the schema to ``target`` inside the caller's transaction.

    Raises CatalogueUnreachable (E205) when the database was made by a newer Sohoa than this one.
    """
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, target)
    except CommandError as exc:
        raise CatalogueUnreachable("danh mục do phiên bản Sohoa mới hơn tạo") from exc
