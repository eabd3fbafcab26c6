"""Bảng cho kế hoạch và tiến độ: derived from the journal in the store, and from the records (``facts``)."""

from __future__ import annotations

import sqlalchemy as sa

from storage.models import metadata

# Theo dõi nhiệm vụ: every state a task was given, in order; the last one counts. ``evidence``: record ids, JSON.
plan_follow = sa.Table(
    "plan_follow",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("plan_id", sa.String(64), nullable=False, index=True),
    sa.Column("task_id", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
)

# Số liệu nhập: rows of inventory, targets and flow; a later import wins over an earlier one of the same scope.
figures = sa.Table(
    "figures",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("row", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.String(16), nullable=False, index=True),
    sa.Column("body", sa.Text, nullable=False),
)

# What progress needs of a record; ``revision`` says which state of the record it was taken from, ``day`` when the paper
# was first digitized. ``status`` is empty for what progress does not count (no result, quarantined, duplicate).
facts = sa.Table(
    "facts",
    metadata,
    sa.Column("record_id", sa.String(64), primary_key=True),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("agency", sa.Text, nullable=False),
    sa.Column("field", sa.Text, nullable=False),
    sa.Column("level", sa.String(16), nullable=False),
    sa.Column("day", sa.String(10), nullable=False),
    sa.Column("valid_from", sa.String(10)),
    sa.Column("valid_to", sa.String(10)),
    sa.Column("term", sa.String(16), nullable=False),
    sa.Column("pages", sa.Integer, nullable=False),
    sa.Column("unsure", sa.Integer, nullable=False),
    sa.Column("risk", sa.Float, nullable=False),
    sa.Column("cited", sa.Text, nullable=False),
    sa.Column("number_key", sa.Text, nullable=False, server_default="", index=True),
    sa.Column("issued", sa.String(10)),
    sa.Column("status", sa.String(16), nullable=False, server_default=""),
    sa.Column("cites_plan", sa.Boolean, nullable=False, server_default=sa.false()),
)
for _name in ("agency", "field", "status"):  # the records behind a number
    sa.Index(f"ix_facts_{_name}_record", facts.c[_name], facts.c.record_id)
_dated = facts.c.valid_from.is_not(None)
sa.Index("ix_facts_valid_from", facts.c.valid_from, sqlite_where=_dated, postgresql_where=_dated)
# Holds all that is asked of those that expired: they are counted without being looked up.
_dated = facts.c.valid_to.is_not(None)
sa.Index(
    "ix_facts_valid_to",
    *(facts.c[_name] for _name in ("valid_to", "status", "agency", "field", "level", "day")),
    sqlite_where=_dated, postgresql_where=_dated,
)  # fmt: skip
sa.Index(
    "ix_facts_cites_plan", facts.c.record_id,
    sqlite_where=facts.c.cites_plan.is_(True), postgresql_where=facts.c.cites_plan.is_(True),
)  # fmt: skip

# Records whose facts are older than they are, with their revision; a trigger writes it when a record changes or goes.
facts_due = sa.Table(
    "facts_due",
    metadata,
    sa.Column("record_id", sa.String(64), primary_key=True),
    sa.Column("revision", sa.Integer, nullable=False),
)

# Số đếm của tiến độ: counted facts, added up. ``period``: empty for all of them, a day, or a month, and then only by
# status. ``until``: the year of its last day, ENDLESS or UNKNOWN. Kept with the facts (storage/holdings.py).
fact_counts = sa.Table(
    "fact_counts",
    metadata,
    sa.Column("period", sa.String(10), primary_key=True),
    sa.Column("agency", sa.Text, primary_key=True),
    sa.Column("field", sa.Text, primary_key=True),
    sa.Column("level", sa.String(16), primary_key=True),
    sa.Column("status", sa.String(16), primary_key=True),
    sa.Column("until", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("n", sa.Integer, nullable=False),
    sa.Column("pages", sa.Integer, nullable=False),
    sa.Column("unsure", sa.Integer, nullable=False),
    sa.Column("risk", sa.Float, nullable=False),
    sqlite_with_rowid=False,
)

# Thu hồi, bãi bỏ, thay thế, khôi phục: what a record says of other papers (storage/endings.py). ``day``: from when;
# ``target``: the one record that is meant, empty while the archive has none or cannot tell which.
endings = sa.Table(
    "endings",
    metadata,
    sa.Column("record_id", sa.String(64), primary_key=True),
    sa.Column("n", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("number_key", sa.Text, nullable=False, index=True),
    sa.Column("issued", sa.String(10)),
    sa.Column("day", sa.String(10), nullable=False),
    sa.Column("target", sa.String(64), index=True),
)

# What follows from them (storage/spans.py): the days on which a record is out of force.
out_of_force = sa.Table(
    "out_of_force",
    metadata,
    sa.Column("target", sa.String(64), primary_key=True),
    sa.Column("kind", sa.String(16), primary_key=True),
    sa.Column("first", sa.String(10), primary_key=True),
    sa.Column("until", sa.String(10), primary_key=True),
)
