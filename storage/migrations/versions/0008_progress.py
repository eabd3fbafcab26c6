"""Progress of a million results: counts kept with the facts, records that are due, days out of force.

Revision ID: 0008_progress
Revises: 0007_lists
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008_progress"
down_revision = "0007_lists"
branch_labels = None
depends_on = None

_UNTIL = (
    "case when valid_to is not null then cast(substr(valid_to, 1, 4) as integer) "
    "when term in ('perpetual', 'until_replaced') then 9999 else 0 end"
)


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    op.add_column("facts", sa.Column("status", sa.String(16), nullable=False, server_default=""))
    op.add_column("facts", sa.Column("cites_plan", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_table(
        "facts_due",
        sa.Column("record_id", sa.String(64), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("record_id", name="pk_facts_due"),
    )
    op.create_table(
        "out_of_force",
        *(sa.Column(name, sa.String(size), nullable=False) for name, size in _SPAN),
        sa.PrimaryKeyConstraint(*(name for name, _ in _SPAN), name="pk_out_of_force"),
    )
    op.create_table(
        "fact_counts",
        sa.Column("period", sa.String(10), nullable=False),
        sa.Column("agency", sa.Text, nullable=False),
        sa.Column("field", sa.Text, nullable=False),
        sa.Column("level", sa.String(16), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("until", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("pages", sa.Integer, nullable=False),
        sa.Column("unsure", sa.Integer, nullable=False),
        sa.Column("risk", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("period", "agency", "field", "level", "status", "until", name="pk_fact_counts"),
        sqlite_with_rowid=False,
    )
    _fill(sqlite)
    _index()
    _watch(sqlite)


_SPAN = (("target", 64), ("kind", 16), ("first", 10), ("until", 10))


def _fill(sqlite: bool) -> None:
    """Counts from the facts that are here; what records say of one another is read again, in the background."""
    op.execute(
        "update facts set status = coalesce((select r.status from records r where r.record_id = facts.record_id "
        "and r.kind = 'procedure_result' and r.status not in ('quarantined', 'duplicate')), '')"
    )
    op.execute(f"update facts set cites_plan = {'1' if sqlite else 'true'} where cited like '%KH%'")
    cell = "agency, field, level, status, " + _UNTIL
    for period, rest in (("''", cell), ("substr(day, 1, 7)", "'', '', '', status, 0"), ("day", cell)):
        op.execute(
            f"insert into fact_counts(period, agency, field, level, status, until, n, pages, unsure, risk) "
            f"select {period}, {rest}, count(*), sum(pages), sum(unsure), sum(risk) from facts "
            f"where status <> '' group by 1, 2, 3, 4, 5, 6"
        )
    op.execute("insert into facts_due(record_id, revision) select record_id, revision from records")
    op.execute(
        "insert into out_of_force(target, kind, first, until) select distinct e.target, e.kind, e.day, '9999-12-31' "
        "from endings e join records r on r.record_id = e.record_id "
        "where e.target is not null and r.status not in ('quarantined', 'duplicate')"
    )


def _index() -> None:
    where = sa.text("kind = 'plan'")
    op.create_index("ix_records_plans", "records", ["created_at"], sqlite_where=where, postgresql_where=where)
    for name in ("agency", "field", "status"):
        op.create_index(f"ix_facts_{name}_record", "facts", [name, "record_id"])
    for name, also in (("valid_from", ()), ("valid_to", ("status", "agency", "field", "level", "day"))):
        where = sa.text(f"{name} is not null")
        op.create_index(f"ix_facts_{name}", "facts", [name, *also], sqlite_where=where, postgresql_where=where)
    op.create_index(
        "ix_facts_cites_plan", "facts", ["record_id"],
        sqlite_where=sa.text("cites_plan is 1"), postgresql_where=sa.text("cites_plan is true"),
    )  # fmt: skip


def _watch(sqlite: bool) -> None:
    """Every record that is new, changed or gone is due."""
    for name, when, row in (
        ("insert", "insert", "new"),
        ("update", "update of revision", "new"),
        ("delete", "delete", "old"),
    ):
        if sqlite:
            op.execute(  # "or replace" would not hold inside an upsert
                f"create trigger records_due_{name} after {when} on records begin "
                f"delete from facts_due where record_id = {row}.record_id; "
                f"insert into facts_due(record_id, revision) values({row}.record_id, {row}.revision); end"
            )
            continue
        op.execute(
            f"create function sohoa_records_due_{name}() returns trigger language plpgsql as $$ begin "
            f"insert into facts_due(record_id, revision) values({row}.record_id, {row}.revision) "
            f"on conflict (record_id) do update set revision = excluded.revision; return null; end $$"
        )
        op.execute(
            f"create trigger records_due_{name} after {when} on records for each row "
            f"execute function sohoa_records_due_{name}()"
        )
