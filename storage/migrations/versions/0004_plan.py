"""Plans and progress: follow-up of tasks, imported figures, what progress needs of a record.

Revision ID: 0004_plan
Revises: 0003_review_lists
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004_plan"
down_revision = "0003_review_lists"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plan_follow",
        sa.Column("seq", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("plan_id", sa.String(64), nullable=False),
        sa.Column("task_id", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_plan_follow"),
    )
    op.create_index("ix_plan_follow_plan_id", "plan_follow", ["plan_id"])
    op.create_table(
        "figures",
        sa.Column("seq", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("row", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("seq", "row", name="pk_figures"),
    )
    op.create_index("ix_figures_kind", "figures", ["kind"])
    op.create_table(
        "facts",
        sa.Column("record_id", sa.String(64), nullable=False),
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
        sa.PrimaryKeyConstraint("record_id", name="pk_facts"),
    )
