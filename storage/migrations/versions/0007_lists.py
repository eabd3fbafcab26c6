"""Lists of a million records: an index for every list, records of a batch, counts of the queue and of scores."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007_lists"
down_revision = "0006_endings"
branch_labels = None
depends_on = None

_LISTED = ("sort_date", "status", "doc_type", "agency", "field", "year")
_COPIED = ", ".join(_LISTED)
_CELL = "{r}.status, coalesce({r}.doc_type, ''), coalesce({r}.year, 0)"
_WAITING = ("stage", "batch", "field", "doc_type")
_SCORED = ("at", "score", "sure", "right")
_QUARANTINED = "code is not null"
_SETTLED = "action = 'settled'"


def upgrade() -> None:
    _index_records()
    _index_desk()
    _make_tables()
    _fill()
    _count_batches()
    _count_tasks()
    _count_scores()


def _sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _partial(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _index_records() -> None:
    for name in ("status", "doc_type", "issued_date", "year", "year_newest", "agency_newest", "field_newest"):
        op.drop_index(f"ix_records_{name}", "records")
    for name in ("status_updated", "status_code"):
        op.drop_index(f"ix_records_{name}", "records")
    op.create_index("ix_records_doc_type_status_newest", "records", ["doc_type", "status", "sort_date", "record_id"])
    for name, other in (("agency", "field"), ("field", "agency")):
        columns = [name, "sort_date", "record_id", other, "status", "doc_type"]
        op.create_index(f"ix_records_{name}_newest", "records", columns)
    columns = ["status", "updated_at", "record_id", "agency", "field"]
    op.create_index("ix_records_status_updated", "records", columns)
    _partial("ix_records_quarantined", "records", ["code", "agency", "field"], _QUARANTINED)


def _index_desk() -> None:
    order: list[str | sa.TextClause] = [sa.text("priority desc"), "since", "record_id"]
    for name in ("holder", "batch"):
        op.drop_index(f"ix_desk_tasks_{name}", "desk_tasks")
    for name in ("batch", "field", "doc_type", "stage", "agency"):
        op.create_index(f"ix_desk_tasks_{name}", "desk_tasks", [name, *order])
    for name in ("batch", "field"):
        op.create_index(f"ix_desk_tasks_by_{name}", "desk_tasks", [order[0], name, *order[1:]])
    op.create_index("ix_desk_tasks_since", "desk_tasks", ["since"])
    for name, where in (
        ("holder", "holder is not null"),
        ("sent_to", "sent_to is not null"),
        ("done_by", "done_by != '|'"),
    ):
        _partial(f"ix_desk_tasks_{name}", "desk_tasks", [name], where)
    for name in ("at", "batch"):
        op.drop_index(f"ix_desk_settled_{name}", "desk_settled")
    op.create_index("ix_desk_settled_at", "desk_settled", ["at", "record_id", "by"])
    shares = "sampled = 1 and sure = 1" if _sqlite() else "sampled and sure"
    _partial("ix_desk_settled_shares", "desk_settled", ["item", "batch", "right"], shares)
    op.drop_index("ix_history_actor", "history")
    op.create_index("ix_history_actor", "history", ["actor", "id"])
    _partial("ix_history_settled", "history", ["field", "id"], _SETTLED)


def _make_tables() -> None:
    op.create_table(
        "batch_records",
        sa.Column("record_id", sa.String(64), nullable=False),
        sa.Column("batch", sa.Text, nullable=False),
        sa.Column("sort_date", sa.Text, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("doc_type", sa.Text),
        sa.Column("agency", sa.Text),
        sa.Column("field", sa.Text),
        sa.Column("year", sa.Integer),
        sa.PrimaryKeyConstraint("record_id", "batch", name="pk_batch_records"),
        sqlite_with_rowid=False,
    )
    counts: dict[str, list[sa.Column[Any]]] = {
        "batch_counts": [
            sa.Column("batch", sa.Text, nullable=False),
            sa.Column("status", sa.String(16), nullable=False),
            sa.Column("doc_type", sa.Text, nullable=False),
            sa.Column("year", sa.Integer, nullable=False),
        ],
        "task_counts": [
            sa.Column("what", sa.String(8), nullable=False),
            sa.Column("value", sa.Text, nullable=False),
        ],
        "score_counts": [
            sa.Column("month", sa.String(7), nullable=False),
            sa.Column("tenth", sa.Integer, nullable=False),
            sa.Column("sure", sa.Boolean, nullable=False),
            sa.Column("right", sa.Boolean, nullable=False),
        ],
    }
    for name, columns in counts.items():
        op.create_table(
            name,
            sa.Column("id", sa.Integer, autoincrement=True, nullable=False),
            *columns,
            sa.Column("n", sa.Integer, nullable=False),
            sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        )


def _fill() -> None:
    op.execute(
        f"insert into batch_records(record_id, batch, {_COPIED}) "
        f"select distinct r.record_id, i.batch, {', '.join(f'r.{name}' for name in _LISTED)} "
        f"from items i join records r on r.record_id = i.record_id"
    )
    op.create_index(
        "ix_batch_records_newest",
        "batch_records",
        ["batch", "sort_date", "record_id", "status", "doc_type", "agency", "field"],
    )
    op.execute(
        f"insert into batch_counts(batch, status, doc_type, year, n) "
        f"select batch, {_CELL.format(r='batch_records')}, count(*) from batch_records group by 1, 2, 3, 4"
    )
    op.create_index("ix_batch_counts_cell", "batch_counts", ["batch", "status", "doc_type", "year", "n"])
    for name in _WAITING:
        op.execute(
            f"insert into task_counts(what, value, n) select '{name}', {name}, count(*) from desk_tasks "
            f"where {name} is not null group by 2"
        )
    op.execute("insert into task_counts(what, value, n) select 'item', item, count(*) from desk_open group by 2")
    op.execute(
        f'insert into score_counts(month, tenth, sure, "right", n) '
        f'select substr(at, 1, 7), {_tenth("desk_settled")}, sure, "right", count(*) from desk_settled '
        f"where substr(item, 1, 15) <> 'unreadable_page' group by 1, 2, 3, 4"
    )


def _tenth(row: str) -> str:
    whole = f"{row}.score * 10 + 1e-9"
    whole = whole if _sqlite() else f"floor({whole})"  # PostgreSQL rounds where SQLite cuts off
    return f"case when {row}.score >= 1 then 9 else cast({whole} as integer) end"


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


def _count_batches() -> None:
    ignore = "" if _sqlite() else " on conflict do nothing"
    listed = ", ".join(f"r.{name}" for name in _LISTED)
    add = (
        f"insert into batch_records(record_id, batch, {_COPIED}) select distinct r.record_id, i.batch, {listed} "
        "from records r join items i on i.record_id = r.record_id where r.record_id = new.record_id and not exists "
        f"(select 1 from batch_records b where b.record_id = r.record_id and b.batch = i.batch){ignore}"
    )
    drop = (
        "delete from batch_records where record_id = old.record_id and batch = old.batch and not exists "
        "(select 1 from items i where i.record_id = old.record_id and i.batch = old.batch)"
    )
    copy = (
        f"update batch_records set {', '.join(f'{name} = new.{name}' for name in _LISTED)} "
        "where record_id = new.record_id"
    )
    _on("records_batch_insert", "records", "insert", [add])
    _on("records_batch_update", "records", f"update of {_COPIED}", [copy], if_=_changed(_LISTED))
    _on("records_batch_delete", "records", "delete", ["delete from batch_records where record_id = old.record_id"])
    if not _sqlite():
        # A record and a file of it may be written at once, neither seeing the other: the index asks for the record
        # again and marks it, and then both are there.
        _on("records_batch_seen", "records", "update of indexed_revision", [add])
    _on("items_batch_insert", "items", "insert", [add], if_="new.record_id is not null")
    _on("items_batch_update", "items", "update of batch, record_id", [drop, add], if_=_changed(("batch", "record_id")))
    _on("items_batch_delete", "items", "delete", [drop], if_="old.record_id is not null")
    into = "insert into batch_counts(batch, status, doc_type, year, n) values({r}.batch, " + _CELL + ", {n})"
    plus, minus = into.format(r="new", n=1), into.format(r="old", n=-1)
    _on("batch_records_insert", "batch_records", "insert", [plus])
    _on("batch_records_delete", "batch_records", "delete", [minus])
    cell = ("status", "doc_type", "year")
    _on("batch_records_update", "batch_records", f"update of {', '.join(cell)}", [minus, plus], if_=_changed(cell))


def _count_tasks() -> None:
    into = "insert into task_counts(what, value, n) select '{what}', {r}.{what}, {n} where {r}.{what} is not null"
    plus = [into.format(what=name, r="new", n=1) for name in _WAITING]
    minus = [into.format(what=name, r="old", n=-1) for name in _WAITING]
    _on("desk_tasks_insert", "desk_tasks", "insert", plus)
    _on("desk_tasks_delete", "desk_tasks", "delete", minus)
    columns = ", ".join(_WAITING)
    _on("desk_tasks_update", "desk_tasks", f"update of {columns}", [*minus, *plus], if_=_changed(_WAITING))
    into = "insert into task_counts(what, value, n) values('item', {r}.item, {n})"
    _on("desk_open_insert", "desk_open", "insert", [into.format(r="new", n=1)])
    _on("desk_open_delete", "desk_open", "delete", [into.format(r="old", n=-1)])


def _count_scores() -> None:
    into = (
        'insert into score_counts(month, tenth, sure, "right", n) '
        'select substr({r}.at, 1, 7), {tenth}, {r}.sure, {r}."right", {n} '
        "where substr({r}.item, 1, 15) <> 'unreadable_page'"
    )
    plus = into.format(r="new", n=1, tenth=_tenth("new"))
    minus = into.format(r="old", n=-1, tenth=_tenth("old"))
    _on("desk_settled_insert", "desk_settled", "insert", [plus])
    _on("desk_settled_delete", "desk_settled", "delete", [minus])
    columns = ", ".join(f'"{name}"' for name in _SCORED)
    _on("desk_settled_update", "desk_settled", f"update of {columns}", [minus, plus], if_=_changed(_SCORED))
