"""Bảng của danh mục: the catalogue's tables, the same on SQLite and PostgreSQL.

Times are UTC in ISO 8601 text (``2026-01-31T08:00:00.000000Z``): they sort, and read the same in both databases.
Nothing here is the truth about a paper: that is its package. The ledger and the events are ours alone.
"""

from __future__ import annotations

import sqlalchemy as sa

# Constraint names are fixed, so that a later migration can name what it changes.
metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "pk": "pk_%(table_name)s",
    }
)
ITEM_STATES = ("pending", "captured", "done")
OUTCOMES = ("accepted", "needs_review", "quarantined", "duplicate")

batches = sa.Table(
    "batches",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("last_at", sa.Text, nullable=False),
)

# Sổ cái: a file at a place with its content. A file whose content changed is another row; one that could not be
# read has the empty hash, until it can be.
items = sa.Table(
    "items",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("batch", sa.Text, sa.ForeignKey("batches.name", name="fk_items_batch"), nullable=False, index=True),
    sa.Column("origin", sa.Text, nullable=False),  # escaped: see ledger.escape_origin
    sa.Column("origin_key", sa.String(64), nullable=False),  # its SHA-256: a path may be too long for an index
    sa.Column("sha256", sa.String(64), nullable=False, server_default="", index=True),
    sa.Column("size", sa.BigInteger),
    sa.Column("mtime_ns", sa.BigInteger),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("outcome", sa.String(16)),
    sa.Column("record_id", sa.String(64), index=True),
    sa.Column("error_code", sa.String(8)),
    sa.Column("message", sa.Text),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("updated_at", sa.Text, nullable=False),
    sa.UniqueConstraint("origin_key", "sha256"),
    sa.CheckConstraint("state in ('pending', 'captured', 'done')", name="state"),
    sa.CheckConstraint("outcome in ('accepted', 'needs_review', 'quarantined', 'duplicate')", name="outcome"),
    sa.CheckConstraint("(state = 'done') = (outcome is not null)", name="done_has_outcome"),
)

# Who holds which content: one row a SHA-256, so that the same bytes become one record however often they come.
claims = sa.Table(
    "claims",
    metadata,
    sa.Column("sha256", sa.String(64), primary_key=True),
    sa.Column("origin", sa.Text, nullable=False),
    sa.Column("claimed_by", sa.Text, nullable=False),
    sa.Column("claimed_until", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="1"),
)

# Hồ sơ: the whole record as exported, with the columns that lists are sorted and filtered by.
records = sa.Table(
    "records",
    metadata,
    sa.Column("record_id", sa.String(64), primary_key=True),
    sa.Column("sha256", sa.String(64), nullable=False, unique=True),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("doc_type", sa.Text),
    sa.Column("doc_number", sa.Text, index=True),
    sa.Column("issued_date", sa.Text),
    sa.Column("agency", sa.Text),
    sa.Column("field", sa.Text),
    sa.Column("level", sa.Text),
    sa.Column("year", sa.Integer),  # of issued_date: a year is a range of sort_date
    sa.Column("sort_date", sa.Text, nullable=False, server_default=""),  # issued_date, empty where there is none
    sa.Column("code", sa.String(8)),  # why it is in quarantine
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False, server_default="1"),
    sa.Column("indexed_revision", sa.Integer, nullable=False, server_default="0"),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("updated_at", sa.Text, nullable=False),
)
# Every list is one range of one of these, newest papers first, whatever it is narrowed by.
sa.Index("ix_records_newest", records.c.sort_date, records.c.record_id)
for _columns in (("status",), ("doc_type",), ("doc_type", "status")):
    sa.Index(
        f"ix_records_{'_'.join(_columns)}_newest",
        *(records.c[name] for name in _columns), records.c.sort_date, records.c.record_id,
    )  # fmt: skip
# Who sees some agencies or fields only walks and counts in these; they hold all that is asked.
for _name, _other in (("agency", "field"), ("field", "agency")):
    sa.Index(
        f"ix_records_{_name}_newest",
        *(records.c[name] for name in (_name, "sort_date", "record_id", _other, "status", "doc_type")),
    )
sa.Index(
    "ix_records_agency_counts",
    records.c.agency, records.c.status, records.c.doc_type, records.c.year, records.c.field, records.c.record_id,
)  # fmt: skip
sa.Index("ix_records_field_counts", records.c.field, records.c.status, records.c.doc_type, records.c.year)
sa.Index(
    "ix_records_status_updated",
    records.c.status, records.c.updated_at, records.c.record_id, records.c.agency, records.c.field,
)  # fmt: skip
_quarantined = records.c.code.is_not(None)
sa.Index(
    "ix_records_quarantined",
    records.c.code, records.c.agency, records.c.field,
    sqlite_where=_quarantined, postgresql_where=_quarantined,
)  # fmt: skip
_plan = records.c.kind == "plan"
sa.Index("ix_records_plans", records.c.created_at, sqlite_where=_plan, postgresql_where=_plan)
sa.Index("ix_items_batch_record", items.c.batch, items.c.record_id)
# What the search index has not yet taken in; nearly always empty, so the index on it costs nothing.
sa.Index(
    "ix_records_unindexed",
    records.c.record_id,
    sqlite_where=records.c.indexed_revision < records.c.revision,
    postgresql_where=records.c.indexed_revision < records.c.revision,
)

# Nhật ký sự kiện: append only (a trigger refuses anything else). ``detail`` is JSON without personal data.
events = sa.Table(
    "events",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("at", sa.Text, nullable=False, index=True),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("record_id", sa.String(64), index=True),
    sa.Column("detail", sa.Text),
)

# Tìm kiếm đã lưu: questions somebody keeps, under a name of his own.
saved_searches = sa.Table(
    "saved_searches",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("query", sa.Text, nullable=False),  # as in the address bar: q=...&doc_type=...
    sa.Column("created_at", sa.Text, nullable=False),
    sa.UniqueConstraint("owner", "name"),
)

# Xuất kết quả tìm kiếm: jobs with the purpose their owner stated.
search_exports = sa.Table(
    "search_exports",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("owner", sa.Text, nullable=False, index=True),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("query", sa.Text, nullable=False),
    sa.Column("scope", sa.Text, nullable=False),
    sa.Column("form", sa.String(8), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("total", sa.Integer, nullable=False, server_default="0"),
    sa.Column("done", sa.Integer, nullable=False, server_default="0"),
    sa.Column("error", sa.Text),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("updated_at", sa.Text, nullable=False),
    sa.CheckConstraint("state in ('waiting', 'running', 'ready', 'failed')", name="state"),
)
