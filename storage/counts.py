"""Số đếm sẵn: how many records, files and waiting papers there are of each kind, and which records a batch has.

Triggers keep all of it in the transaction that changes what is counted, so that no list counts or sorts rows.
"""

from __future__ import annotations

import sqlalchemy as sa

from storage.database import Database
from storage.models import metadata

MANY = 10_000  # rows of somebody with limits that are counted; beyond that it is "more than"


class AtLeast(int):
    """A count that stopped here: there are more."""


def counted(found: int, most: int) -> int:
    """What a count that looks at ``most`` and one more rows has found."""
    return AtLeast(most) if found > most else found


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
# Hồ sơ của mẻ: a file of the batch became or repeats the record. Columns as in ``records``.
batch_records = sa.Table(
    "batch_records",
    metadata,
    sa.Column("record_id", sa.String(64), primary_key=True),
    sa.Column("batch", sa.Text, primary_key=True),
    sa.Column("sort_date", sa.Text, nullable=False),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("doc_type", sa.Text),
    sa.Column("agency", sa.Text),
    sa.Column("field", sa.Text),
    sa.Column("year", sa.Integer),
    sqlite_with_rowid=False,
)
# Holds all that a list of a batch is narrowed by: it is walked, never looked up row by row.
sa.Index(
    "ix_batch_records_newest",
    batch_records.c.batch, batch_records.c.sort_date, batch_records.c.record_id, batch_records.c.status,
    batch_records.c.doc_type, batch_records.c.agency, batch_records.c.field,
)  # fmt: skip
batch_counts = sa.Table(
    "batch_counts",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("batch", sa.Text, nullable=False),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("doc_type", sa.Text, nullable=False),
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("n", sa.Integer, nullable=False),
)
sa.Index(
    "ix_batch_counts_cell",
    batch_counts.c.batch, batch_counts.c.status, batch_counts.c.doc_type, batch_counts.c.year, batch_counts.c.n,
)  # fmt: skip
# What waits: ``what`` is stage, batch, field or doc_type of a task (``value``), or item for things that are open; by
# agency and field of the task.
task_counts = sa.Table(
    "task_counts",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("what", sa.String(8), nullable=False),
    sa.Column("value", sa.Text, nullable=False),
    sa.Column("n", sa.Integer, nullable=False),
    sa.Column("agency", sa.Text, nullable=False, server_default=""),  # empty: not read
    sa.Column("field", sa.Text, nullable=False, server_default=""),
)
sa.Index(
    "ix_task_counts_agency",
    task_counts.c.agency, task_counts.c.what, task_counts.c.value, task_counts.c.n, task_counts.c.field,
)  # fmt: skip
# What the machine's scores meant: values that were settled, by month and tenth of the score.
score_counts = sa.Table(
    "score_counts",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("month", sa.String(7), nullable=False),
    sa.Column("tenth", sa.Integer, nullable=False),
    sa.Column("sure", sa.Boolean, nullable=False),
    sa.Column("right", sa.Boolean, nullable=False),
    sa.Column("n", sa.Integer, nullable=False),
)
_OFFICE = "coalesce(t.agency, ''), coalesce(t.field, '')"
_CELL = "status, coalesce(doc_type, ''), coalesce(year, 0)"
_TENTH = "case when score >= 1 then 9 else cast({whole} as integer) end"
_ENOUGH = 2000  # rows that changes have left before adding up is worth it
_SUMMED = (record_counts, item_counts, batch_counts, task_counts, score_counts)


def compact(database: Database) -> None:
    """Add up the rows that changes have left, cell by cell. Nothing is lost when it is cut off."""
    changed = False
    for table in _SUMMED:
        cell = [column for column in table.c if column.name not in ("id", "n")]
        with database.read() as connection:
            rows = connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            if rows < _ENOUGH:
                continue
            cells = sa.select(*cell).distinct().subquery()
            if rows - connection.execute(sa.select(sa.func.count()).select_from(cells)).scalar_one() < _ENOUGH:
                continue
        with database.write() as connection:
            if not database.is_sqlite:  # two of them at once would both take the same rows
                connection.execute(sa.text(f"lock table {table.name} in share row exclusive mode"))
            last = connection.execute(sa.select(sa.func.max(table.c.id))).scalar_one()
            taken = sa.select(*cell, sa.func.sum(table.c.n)).where(table.c.id <= last).group_by(*cell)
            kept = [row for row in connection.execute(taken) if row[-1]]
            connection.execute(table.delete().where(table.c.id <= last))
            names = [*(column.name for column in cell), "n"]
            if kept:
                connection.execute(table.insert(), [dict(zip(names, row, strict=True)) for row in kept])
        changed = True
    if changed and database.is_sqlite:  # PostgreSQL does so by itself
        database.analyze()


def recount(database: Database) -> None:
    """Count everything again, for who has written rows past the triggers."""
    whole = "score * 10 + 1e-9"
    whole = whole if database.is_sqlite else f"floor({whole})"  # PostgreSQL rounds where SQLite cuts off
    statements = (
        f"insert into record_counts(status, doc_type, year, n) select {_CELL}, count(*) from records group by 1, 2, 3",
        "insert into item_counts(batch, outcome, n) select batch, coalesce(outcome, ''), count(*) from items "
        "group by 1, 2",
        "insert into batch_records(record_id, batch, sort_date, status, doc_type, agency, field, year) "
        "select distinct r.record_id, i.batch, r.sort_date, r.status, r.doc_type, r.agency, r.field, r.year "
        "from items i join records r on r.record_id = i.record_id",
        *(
            f"insert into task_counts(what, value, n, agency, field) select '{what}', {what}, count(*), {_OFFICE} "
            f"from desk_tasks t where {what} is not null group by 2, 4, 5"
            for what in ("stage", "batch", "field", "doc_type")
        ),
        f"insert into task_counts(what, value, n, agency, field) select 'item', o.item, count(*), {_OFFICE} "
        "from desk_open o left join desk_tasks t on t.record_id = o.record_id group by 2, 4, 5",
        f'insert into score_counts(month, tenth, sure, "right", n) '
        f'select substr(at, 1, 7), {_TENTH.format(whole=whole)}, sure, "right", count(*) from desk_settled '
        f"where substr(item, 1, 15) <> 'unreadable_page' group by 1, 2, 3, 4",
    )
    with database.write() as connection:
        connection.execute(batch_records.delete())
        for table in _SUMMED:
            connection.execute(table.delete())
        for statement in statements:  # those of batch_records are counted by their trigger
            connection.exec_driver_sql(statement)
    compact(database)
    database.analyze()
