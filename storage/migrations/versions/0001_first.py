"""First schema: batches, ledger, claims, records, events."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "batches",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("last_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_batches"),
    )
    op.create_table(
        "items",
        sa.Column("id", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("batch", sa.Text, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("origin_key", sa.String(64), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False, server_default=""),
        sa.Column("size", sa.BigInteger),
        sa.Column("mtime_ns", sa.BigInteger),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("outcome", sa.String(16)),
        sa.Column("record_id", sa.String(64)),
        sa.Column("error_code", sa.String(8)),
        sa.Column("message", sa.Text),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("updated_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_items"),
        sa.ForeignKeyConstraint(["batch"], ["batches.name"], name="fk_items_batch"),
        sa.UniqueConstraint("origin_key", "sha256", name="uq_items_origin_key"),
        sa.CheckConstraint("state in ('pending', 'captured', 'done')", name="ck_items_state"),
        sa.CheckConstraint(
            "outcome in ('accepted', 'needs_review', 'quarantined', 'duplicate')", name="ck_items_outcome"
        ),
        sa.CheckConstraint("(state = 'done') = (outcome is not null)", name="ck_items_done_has_outcome"),
    )
    op.create_index("ix_items_batch", "items", ["batch"])
    op.create_index("ix_items_sha256", "items", ["sha256"])
    op.create_index("ix_items_record_id", "items", ["record_id"])
    op.create_table(
        "claims",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("claimed_by", sa.Text, nullable=False),
        sa.Column("claimed_until", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="1"),
        sa.PrimaryKeyConstraint("sha256", name="pk_claims"),
    )
    op.create_table(
        "records",
        sa.Column("record_id", sa.String(64), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("doc_type", sa.Text),
        sa.Column("doc_number", sa.Text),
        sa.Column("issued_date", sa.Text),
        sa.Column("agency", sa.Text),
        sa.Column("field", sa.Text),
        sa.Column("level", sa.Text),
        sa.Column("year", sa.Integer),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False, server_default="1"),
        sa.Column("indexed_revision", sa.Integer, nullable=False, server_default="0"),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("updated_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("record_id", name="pk_records"),
        sa.UniqueConstraint("sha256", name="uq_records_sha256"),
    )
    for column in ("status", "doc_type", "doc_number", "issued_date", "year"):
        op.create_index(f"ix_records_{column}", "records", [column])
    behind = sa.text("indexed_revision < revision")
    op.create_index("ix_records_unindexed", "records", ["record_id"], sqlite_where=behind, postgresql_where=behind)
    op.create_table(
        "events",
        sa.Column("id", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("record_id", sa.String(64)),
        sa.Column("detail", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
    )
    op.create_index("ix_events_at", "events", ["at"])
    op.create_index("ix_events_record_id", "events", ["record_id"])
    _make_events_append_only()


def _make_events_append_only() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(
                f"create trigger events_no_{verb} before {verb} on events "
                "begin select raise(abort, 'events are append only'); end"
            )
        return
    op.execute(
        "create function sohoa_append_only() returns trigger language plpgsql as "
        "$$ begin raise exception 'events are append only'; end $$"
    )
    op.execute(
        "create trigger events_append_only before update or delete or truncate on events "
        "for each statement execute function sohoa_append_only()"
    )
