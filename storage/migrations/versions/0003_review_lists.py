"""Lists that stay fast: a column to sort by, indexes that hold whole lists, counts that nobody has to count."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003_review_lists"
down_revision = "0002_review"
branch_labels = None
depends_on = None

_LISTS = ("status", "doc_type", "year", "agency", "field")
_CELL = "coalesce({r}.status, ''), coalesce({r}.doc_type, ''), coalesce({r}.year, 0)"


def upgrade() -> None:
    op.add_column("records", sa.Column("sort_date", sa.Text, nullable=False, server_default=""))
    op.execute("update records set sort_date = coalesce(issued_date, '')")
    op.add_column("records", sa.Column("code", sa.String(8)))
    if op.get_bind().dialect.name == "sqlite":
        op.execute("update records set code = json_extract(body, '$.quarantine.code') where status = 'quarantined'")
    else:
        op.execute("update records set code = body::json->'quarantine'->>'code' where status = 'quarantined'")
    op.create_index("ix_records_status_code", "records", ["status", "code"])
    op.create_index("ix_records_newest", "records", ["sort_date", "record_id"])
    for column in _LISTS:
        op.create_index(f"ix_records_{column}_newest", "records", [column, "sort_date", "record_id"])
    op.create_index("ix_records_status_updated", "records", ["status", "updated_at", "record_id"])
    op.create_index("ix_records_agency_counts", "records", ["agency", "field", "status", "doc_type", "year"])
    op.create_index("ix_records_field_counts", "records", ["field", "status", "doc_type", "year"])
    op.create_index("ix_items_batch_record", "items", ["batch", "record_id"])
    op.create_table(
        "record_counts",
        sa.Column("id", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("doc_type", sa.Text, nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_record_counts"),
    )
    op.create_table(
        "item_counts",
        sa.Column("id", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("batch", sa.Text, nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_item_counts"),
    )
    op.execute(
        f"insert into record_counts(status, doc_type, year, n) select {_CELL.format(r='records')}, count(*) "
        f"from records group by 1, 2, 3"
    )
    op.execute(
        "insert into item_counts(batch, outcome, n) "
        "select batch, coalesce(outcome, ''), count(*) from items group by 1, 2"
    )
    for table, counts, cell, columns in (
        ("records", "record_counts(status, doc_type, year, n)", _CELL, "status, doc_type, year"),
        ("items", "item_counts(batch, outcome, n)", "{r}.batch, coalesce({r}.outcome, '')", "batch, outcome"),
    ):
        _make_triggers(table, counts, cell, columns)


def _make_triggers(table: str, counts: str, cell: str, columns: str) -> None:
    """Each change adds rows of +1 and -1 (no two writers wait for one another); ``compact`` adds them up."""
    plus = f"insert into {counts} values({cell.format(r='new')}, 1)"
    minus = f"insert into {counts} values({cell.format(r='old')}, -1)"
    if op.get_bind().dialect.name == "sqlite":
        changed = " or ".join(f"old.{name.strip()} is not new.{name.strip()}" for name in columns.split(","))
        op.execute(f"create trigger {table}_counted_insert after insert on {table} begin {plus}; end")
        op.execute(f"create trigger {table}_counted_delete after delete on {table} begin {minus}; end")
        op.execute(
            f"create trigger {table}_counted_update after update of {columns} on {table} when {changed} "
            f"begin {minus}; {plus}; end"
        )
        return
    op.execute(
        f"create function sohoa_count_{table}() returns trigger language plpgsql as $$ begin "
        f"if tg_op <> 'INSERT' then {minus}; end if; "
        f"if tg_op <> 'DELETE' then {plus}; end if; return null; end $$"
    )
    op.execute(
        f"create trigger {table}_counted after insert or delete or update of {columns} on {table} "
        f"for each row execute function sohoa_count_{table}()"
    )
