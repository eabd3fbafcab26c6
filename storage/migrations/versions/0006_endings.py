"""What papers say of the end of others; facts get the number they are ended by and are taken again from the records.

Revision ID: 0006_endings
Revises: 0005_search
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006_endings"
down_revision = "0005_search"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("delete from facts")  # derived: made again from the records at the next count
    op.add_column("facts", sa.Column("number_key", sa.Text, nullable=False, server_default=""))
    op.add_column("facts", sa.Column("issued", sa.String(10)))
    op.create_index("ix_facts_number_key", "facts", ["number_key"])
    op.create_table(
        "endings",
        sa.Column("record_id", sa.String(64), nullable=False),
        sa.Column("n", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("number_key", sa.Text, nullable=False),
        sa.Column("issued", sa.String(10)),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("target", sa.String(64)),
        sa.PrimaryKeyConstraint("record_id", "n", name="pk_endings"),
    )
    op.create_index("ix_endings_number_key", "endings", ["number_key"])
    op.create_index("ix_endings_target", "endings", ["target"])
