"""Số đếm sẵn: how many records and files there are of each kind, kept by triggers, so that no list counts rows."""

from __future__ import annotations

import sqlalchemy as sa

from storage.database import Database
from storage.models import metadata

record_counts = sa.Table(
    "record_counts",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("doc_type", sa.Text, nullable=False),  # empty: not read
    sa.Column("year", sa.Integer, nullable=False),  # 0: not read
    sa.Column("n", sa.Integer, nullable=False),
)
item_counts = sa.Table(
    "item_counts",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("batch", sa.Text, nullable=False),
    sa.Column("outcome", sa.String(16), nullable=False),  # empty: not finished
    sa.Column("n", sa.Integer, nullable=False),
)
_ENOUGH = 2000  # rows before adding up is worth it


def compact(database: Database) -> None:
    """Add up the rows that changes have left, cell by cell. Nothing is lost when it is cut off."""
    for table, cell in (
        (record_counts, (record_counts.c.status, record_counts.c.doc_type, record_counts.c.year)),
        (item_counts, (item_counts.c.batch, item_counts.c.outcome)),
    ):
        with database.read() as connection:
            if connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() < _ENOUGH:
                continue
        with database.write() as connection:
            last = connection.execute(sa.select(sa.func.max(table.c.id))).scalar_one()
            taken = sa.select(*cell, sa.func.sum(table.c.n)).where(table.c.id <= last).group_by(*cell)
            rows = [row for row in connection.execute(taken) if row[-1]]
            if not database.is_sqlite:  # two of them at once would both take the same rows
                connection.execute(sa.text("lock table record_counts, item_counts in share row exclusive mode"))
                rows = [row for row in connection.execute(taken) if row[-1]]
            connection.execute(table.delete().where(table.c.id <= last))
            names = [column.name for column in cell]
            if rows:
                connection.execute(table.insert(), [dict(zip((*names, "n"), row, strict=True)) for row in rows])
