"""Review desk: people, sessions, queue, settlements, samples, history."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002_review"
down_revision = "0001"
branch_labels = None
depends_on = None


def _text(name: str, *, empty: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=empty)


def _string(name: str, length: int, *, empty: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=empty)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean, nullable=False, server_default=sa.false())


def upgrade() -> None:
    _make_people()
    _make_queue()
    _make_quality()
    _make_history()


def _make_people() -> None:
    op.create_table(
        "people",
        sa.Column("id", sa.Integer, autoincrement=True, nullable=False),
        _string("login", 60),
        _text("name"),
        _string("role", 20),
        _text("password", empty=True),
        _flag("must_change"),
        _text("agencies", empty=True),
        _text("fields", empty=True),
        _flag("unmasked"),
        _flag("disabled"),
        _string("subject", 255, empty=True),
        sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
        _text("locked_until", empty=True),
        _text("created_at"),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
        sa.UniqueConstraint("login", name="uq_people_login"),
        sa.UniqueConstraint("subject", name="uq_people_subject"),
    )
    op.create_table(
        "sessions",
        _string("token", 64),
        sa.Column("person_id", sa.Integer, nullable=False),
        _string("csrf", 64),
        _text("created_at"),
        _text("seen_at"),
        sa.PrimaryKeyConstraint("token", name="pk_sessions"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_sessions_person"),
    )
    op.create_index("ix_sessions_person_id", "sessions", ["person_id"])
    op.create_table(
        "login_flows",
        _string("state", 64),
        _string("nonce", 64),
        _string("verifier", 128),
        _text("until"),
        sa.PrimaryKeyConstraint("state", name="pk_login_flows"),
    )


def _make_queue() -> None:
    op.create_table(
        "desk_tasks",
        _string("record_id", 64),
        _string("stage", 8),
        sa.Column("priority", sa.Integer, nullable=False, server_default="0"),
        _text("batch", empty=True),
        _text("agency", empty=True),
        _text("field", empty=True),
        _text("doc_type", empty=True),
        _text("since"),
        _flag("sampled"),
        sa.Column("done_by", sa.Text, nullable=False, server_default="|"),
        _string("sent_to", 60, empty=True),
        _text("note", empty=True),
        _string("holder", 60, empty=True),
        _string("token", 64, empty=True),
        _text("until", empty=True),
        sa.PrimaryKeyConstraint("record_id", name="pk_desk_tasks"),
        sa.CheckConstraint("stage in ('first', 'second', 'third')", name="ck_desk_tasks_stage"),
    )
    op.create_index("ix_desk_tasks_order", "desk_tasks", [sa.text("priority desc"), "since", "record_id"])
    op.create_index("ix_desk_tasks_holder", "desk_tasks", ["holder"])
    op.create_index("ix_desk_tasks_batch", "desk_tasks", ["batch"])
    op.create_table(
        "desk_open",
        _string("record_id", 64),
        _string("item", 60),
        _string("stage", 8),
        _text("value", empty=True),
        sa.PrimaryKeyConstraint("record_id", "item", name="pk_desk_open"),
    )
    op.create_index("ix_desk_open_item", "desk_open", ["item", "stage", "record_id"])
    op.create_table(
        "desk_groups",
        _string("id", 64),
        _string("login", 60),
        _string("item", 60),
        _text("body"),
        _text("until"),
        sa.PrimaryKeyConstraint("id", name="pk_desk_groups"),
    )
    op.create_table(
        "desk_filters",
        _string("login", 60),
        _string("name", 80),
        _text("query"),
        sa.PrimaryKeyConstraint("login", "name", name="pk_desk_filters"),
    )


def _make_quality() -> None:
    op.create_table(
        "desk_settled",
        _string("record_id", 64),
        _string("item", 60),
        sa.Column("round", sa.Integer, nullable=False),
        _text("batch", empty=True),
        _string("how", 12),
        _text("by"),
        _text("at"),
        sa.Column("score", sa.Float, nullable=False),
        sa.Column("sure", sa.Boolean, nullable=False),
        sa.Column("right", sa.Boolean, nullable=False),
        sa.Column("sampled", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("record_id", "item", "round", name="pk_desk_settled"),
    )
    op.create_index("ix_desk_settled_at", "desk_settled", ["at"])
    op.create_index("ix_desk_settled_batch", "desk_settled", ["batch", "item"])
    op.create_table(
        "desk_samples",
        sa.Column("id", sa.Integer, autoincrement=True, nullable=False),
        _text("batch"),
        _text("drawn_at"),
        _string("drawn_by", 60),
        sa.Column("lot", sa.Integer, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("accept", sa.Integer, nullable=False),
        sa.Column("aql", sa.Float, nullable=False),
        _string("state", 10),
        sa.PrimaryKeyConstraint("id", name="pk_desk_samples"),
        sa.CheckConstraint("state in ('open', 'passed', 'failed', 'returned')", name="ck_desk_samples_state"),
    )
    op.create_index("ix_desk_samples_batch", "desk_samples", ["batch"])
    op.create_table(
        "desk_sample_members",
        sa.Column("sample_id", sa.Integer, nullable=False),
        _string("record_id", 64),
        _flag("done"),
        sa.PrimaryKeyConstraint("sample_id", "record_id", name="pk_desk_sample_members"),
        sa.ForeignKeyConstraint(["sample_id"], ["desk_samples.id"], name="fk_desk_sample_members"),
    )
    op.create_index("ix_desk_sample_members_record_id", "desk_sample_members", ["record_id"])


def _make_history() -> None:
    op.create_table(
        "history",
        sa.Column("id", sa.Integer, autoincrement=True, nullable=False),
        _string("subject", 64),
        sa.Column("seq", sa.Integer, nullable=False),
        _text("at"),
        _string("actor", 60),
        _string("action", 40),
        _string("record_id", 64, empty=True),
        _string("field", 60, empty=True),
        _text("old", empty=True),
        _text("new", empty=True),
        _text("note", empty=True),
        _string("prev", 64),
        _string("digest", 64),
        _string("link", 64),
        sa.PrimaryKeyConstraint("id", name="pk_history"),
        sa.UniqueConstraint("subject", "seq", name="uq_history_subject"),
    )
    op.create_index("ix_history_at", "history", ["at"])
    op.create_index("ix_history_record_id", "history", ["record_id"])
    op.create_index("ix_history_actor", "history", ["actor", "at"])
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(
                f"create trigger history_no_{verb} before {verb} on history "
                "begin select raise(abort, 'history is append only'); end"
            )
        return
    op.execute(
        "create trigger history_append_only before update or delete or truncate on history "
        "for each statement execute function sohoa_append_only()"
    )
