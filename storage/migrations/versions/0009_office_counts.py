"""People with some agencies only: what waits is counted by agency and field, records are counted by agency and status.

Revision ID: 0009_office_counts
Revises: 0008_progress
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009_office_counts"
down_revision = "0008_progress"
branch_labels = None
depends_on = None

_WAITING = ("stage", "batch", "field", "doc_type")
_COUNTED = (*_WAITING, "agency")
_INTO = "insert into task_counts(what, value, n, agency, field) "
_OFFICE = "coalesce({r}.agency, ''), coalesce({r}.field, '')"


def upgrade() -> None:
    op.drop_index("ix_records_agency_counts", "records")
    columns = ["agency", "status", "doc_type", "year", "field", "record_id"]
    op.create_index("ix_records_agency_counts", "records", columns)
    for table in ("desk_tasks", "desk_open"):
        for when in ("insert", "delete", "update"):
            if (table, when) != ("desk_open", "update"):
                _drop(f"{table}_{when}", table)
    for name in ("agency", "field"):
        op.add_column("task_counts", sa.Column(name, sa.Text, nullable=False, server_default=""))
    _fill()
    op.create_index("ix_task_counts_agency", "task_counts", ["agency", "what", "value", "n", "field"])
    _count_tasks()
    if _sqlite():  # without knowing the new index the planner takes it for lists, too; PostgreSQL looks by itself
        op.execute("pragma analysis_limit=20000")
        op.execute("analyze")


def _fill() -> None:
    op.execute("delete from task_counts")
    office = _OFFICE.format(r="t")
    for name in _WAITING:
        op.execute(
            f"{_INTO}select '{name}', {name}, count(*), {office} from desk_tasks t where {name} is not null "
            f"group by 2, 4, 5"
        )
    op.execute(
        f"{_INTO}select 'item', o.item, count(*), {office} from desk_open o "
        f"left join desk_tasks t on t.record_id = o.record_id group by 2, 4, 5"
    )


def _count_tasks() -> None:
    """Things that are open are counted where their task is; without one, nowhere ('')."""
    one = "select '{what}', {r}.{what}, {n}, " + _OFFICE + " where {r}.{what} is not null"
    plus = [_INTO + one.format(what=name, r="new", n=1) for name in _WAITING]
    minus = [_INTO + one.format(what=name, r="old", n=-1) for name in _WAITING]
    opened = _INTO + "select 'item', o.item, {n}, {office} from desk_open o where o.record_id = {r}.record_id"
    here, there = _OFFICE.format(r="new"), _OFFICE.format(r="old")
    come = [opened.format(n=-1, office="'', ''", r="new"), opened.format(n=1, office=here, r="new")]
    go = [opened.format(n=-1, office=there, r="old"), opened.format(n=1, office="'', ''", r="old")]
    move = [opened.format(n=-1, office=there, r="old"), opened.format(n=1, office=here, r="new")]
    _on("desk_tasks_insert", "desk_tasks", "insert", [*plus, *come])
    _on("desk_tasks_delete", "desk_tasks", "delete", [*minus, *go])
    columns = ", ".join(_COUNTED)
    _on("desk_tasks_update", "desk_tasks", f"update of {columns}", [*minus, *plus], if_=_changed(_COUNTED))
    _on("desk_tasks_moved", "desk_tasks", "update of agency, field", move, if_=_changed(("agency", "field")))
    place = ", ".join(
        f"coalesce((select {name} from desk_tasks where record_id = {{r}}.record_id), '')"
        for name in ("agency", "field")
    )
    into = _INTO + "values('item', {r}.item, {n}, " + place + ")"
    _on("desk_open_insert", "desk_open", "insert", [into.format(r="new", n=1)])
    _on("desk_open_delete", "desk_open", "delete", [into.format(r="old", n=-1)])


def _sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _drop(name: str, table: str) -> None:
    if _sqlite():
        op.execute(f"drop trigger {name}")
        return
    op.execute(f"drop trigger {name} on {table}")
    op.execute(f"drop function sohoa_{name}()")


def _on(name: str, table: str, when: str, deeds: list[str], *, if_: str = "") -> None:
    """A trigger for each row; ``when``: insert, delete or update (of columns). ``if_``: a condition."""
    if _sqlite():
        condition = f" when {if_}" if if_ else ""
        op.execute(f"create trigger {name} after {when} on {table}{condition} begin {'; '.join(deeds)}; end")
        return
    op.execute(
        f"create function sohoa_{name}() returns trigger language plpgsql as $$ begin {'; '.join(deeds)}; "
        f"return null; end $$"
    )
    condition = f" when ({if_})" if if_ else ""
    op.execute(f"create trigger {name} after {when} on {table} for each row{condition} execute function sohoa_{name}()")


def _changed(columns: tuple[str, ...]) -> str:
    differs = "is not" if _sqlite() else "is distinct from"
    return " or ".join(f'old."{name}" {differs} new."{name}"' for name in columns)
