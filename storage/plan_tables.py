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

# What progress needs of a record; ``revision`` says which state of the record it was taken from,
# ``day`` when the paper was first digitized.
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
)

# Thu hồi, bãi bỏ, thay thế: what a record says of other papers (storage/endings.py). ``day``: from when they are out of
# force; ``target``: the one record that is meant, empty while the archive has none or cannot tell which.
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
