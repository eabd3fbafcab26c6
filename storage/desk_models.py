"""Bảng của bàn rà soát: people and their sessions, the queue, what was settled, the history.

Queue, settlements and the records' history are derived from the packages (`rebuild` fills them again); people,
sessions, samples and saved filters are ours alone.
"""

from __future__ import annotations

import sqlalchemy as sa

from storage.models import metadata

people = sa.Table(
    "people",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("login", sa.String(60), nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("role", sa.String(20), nullable=False),
    sa.Column("password", sa.Text),  # Argon2id; null: only through the identity provider
    sa.Column("must_change", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("agencies", sa.Text),  # JSON list; null: every one
    sa.Column("fields", sa.Text),
    sa.Column("unmasked", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("disabled", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("subject", sa.String(255), unique=True),  # the identity provider's name for this person
    sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
    sa.Column("locked_until", sa.Text),
    sa.Column("created_at", sa.Text, nullable=False),
)
sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("token", sa.String(64), primary_key=True),  # SHA-256 of the cookie: who reads the table cannot log in
    sa.Column("person_id", sa.Integer, sa.ForeignKey("people.id", name="fk_sessions_person"), nullable=False),
    sa.Column("csrf", sa.String(64), nullable=False),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("seen_at", sa.Text, nullable=False),
)
sa.Index("ix_sessions_person_id", sessions.c.person_id)
login_flows = sa.Table(
    "login_flows",
    metadata,
    sa.Column("state", sa.String(64), primary_key=True),  # SHA-256 of the state
    sa.Column("nonce", sa.String(64), nullable=False),
    sa.Column("verifier", sa.String(128), nullable=False),
    sa.Column("until", sa.Text, nullable=False),
)

# Hàng đợi: one row for each record that waits for a person.
tasks = sa.Table(
    "desk_tasks",
    metadata,
    sa.Column("record_id", sa.String(64), primary_key=True),
    sa.Column("stage", sa.String(8), nullable=False),
    sa.Column("priority", sa.Integer, nullable=False, server_default="0"),
    sa.Column("batch", sa.Text),
    sa.Column("agency", sa.Text),
    sa.Column("field", sa.Text),
    sa.Column("doc_type", sa.Text),
    sa.Column("since", sa.Text, nullable=False),
    sa.Column("sampled", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("done_by", sa.Text, nullable=False, server_default="|"),  # |lan|minh|: who has answered in this round
    sa.Column("sent_to", sa.String(60)),
    sa.Column("note", sa.Text),
    sa.Column("holder", sa.String(60)),
    sa.Column("token", sa.String(64)),
    sa.Column("until", sa.Text),
    sa.CheckConstraint("stage in ('first', 'second', 'third')", name="stage"),
)
# The queue is walked in these, whatever it is narrowed or ordered by.
_order = (tasks.c.priority.desc(), tasks.c.since, tasks.c.record_id)
sa.Index("ix_desk_tasks_order", *_order)
for _name in ("batch", "field", "doc_type", "stage", "agency"):
    sa.Index(f"ix_desk_tasks_{_name}", tasks.c[_name], *_order)
for _name in ("batch", "field"):
    sa.Index(f"ix_desk_tasks_by_{_name}", tasks.c.priority.desc(), tasks.c[_name], tasks.c.since, tasks.c.record_id)
sa.Index("ix_desk_tasks_since", tasks.c.since)
# The few that are not for everybody: in somebody's hands, sent to somebody, answered by somebody.
for _name, _odd in (
    ("holder", tasks.c.holder.is_not(None)),
    ("sent_to", tasks.c.sent_to.is_not(None)),
    ("done_by", tasks.c.done_by != sa.literal_column("'|'")),
):
    sa.Index(f"ix_desk_tasks_{_name}", tasks.c[_name], sqlite_where=_odd, postgresql_where=_odd)
open_items = sa.Table(
    "desk_open",
    metadata,
    sa.Column("record_id", sa.String(64), primary_key=True),
    sa.Column("item", sa.String(60), primary_key=True),
    sa.Column("stage", sa.String(8), nullable=False),
    sa.Column("value", sa.Text),  # the machine's, for group verification
)
sa.Index("ix_desk_open_item", open_items.c.item, open_items.c.stage, open_items.c.record_id)

settled = sa.Table(
    "desk_settled",
    metadata,
    sa.Column("record_id", sa.String(64), primary_key=True),
    sa.Column("item", sa.String(60), primary_key=True),
    sa.Column("round", sa.Integer, primary_key=True),
    sa.Column("batch", sa.Text),
    sa.Column("how", sa.String(12), nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("score", sa.Float, nullable=False),
    sa.Column("sure", sa.Boolean, nullable=False),
    sa.Column("right", sa.Boolean, nullable=False),
    sa.Column("sampled", sa.Boolean, nullable=False),
)
sa.Index("ix_desk_settled_at", settled.c.at, settled.c.record_id, settled.c.by)
_shares = sa.and_(settled.c.sampled, settled.c.sure)
sa.Index(
    "ix_desk_settled_shares", settled.c.item, settled.c.batch, settled.c.right,
    sqlite_where=_shares, postgresql_where=_shares,
)  # fmt: skip

samples = sa.Table(
    "desk_samples",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("batch", sa.Text, nullable=False, index=True),
    sa.Column("drawn_at", sa.Text, nullable=False),
    sa.Column("drawn_by", sa.String(60), nullable=False),
    sa.Column("lot", sa.Integer, nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("accept", sa.Integer, nullable=False),
    sa.Column("aql", sa.Float, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.CheckConstraint("state in ('open', 'passed', 'failed', 'returned')", name="state"),
)
sample_members = sa.Table(
    "desk_sample_members",
    metadata,
    sa.Column(
        "sample_id", sa.Integer, sa.ForeignKey("desk_samples.id", name="fk_desk_sample_members"), primary_key=True
    ),
    sa.Column("record_id", sa.String(64), primary_key=True),
    sa.Column("done", sa.Boolean, nullable=False, server_default=sa.false()),
)
sa.Index("ix_desk_sample_members_record_id", sample_members.c.record_id)
groups = sa.Table(
    "desk_groups",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("login", sa.String(60), nullable=False),
    sa.Column("item", sa.String(60), nullable=False),
    sa.Column("body", sa.Text, nullable=False),  # what was shown, JSON
    sa.Column("until", sa.Text, nullable=False),
)
filters = sa.Table(
    "desk_filters",
    metadata,
    sa.Column("login", sa.String(60), primary_key=True),
    sa.Column("name", sa.String(80), primary_key=True),
    sa.Column("query", sa.Text, nullable=False),
)

# Lịch sử: append only. ``digest`` chains the rows of one subject; ``link`` all rows in the order they were written.
history = sa.Table(
    "history",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("subject", sa.String(64), nullable=False),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("at", sa.Text, nullable=False, index=True),
    sa.Column("actor", sa.String(60), nullable=False),
    sa.Column("action", sa.String(40), nullable=False),
    sa.Column("record_id", sa.String(64)),
    sa.Column("field", sa.String(60)),
    sa.Column("old", sa.Text),
    sa.Column("new", sa.Text),
    sa.Column("note", sa.Text),
    sa.Column("prev", sa.String(64), nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("link", sa.String(64), nullable=False),
    sa.UniqueConstraint("subject", "seq"),
)
sa.Index("ix_history_record_id", history.c.record_id)
sa.Index("ix_history_actor", history.c.actor, history.c.id)
_settled = history.c.action == sa.literal_column("'settled'")
sa.Index("ix_history_settled", history.c.field, history.c.id, sqlite_where=_settled, postgresql_where=_settled)
