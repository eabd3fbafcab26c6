"""Hàng đợi rà soát: which record waits for whom, and who holds it just now. One person a record at a time."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from schemas.base import Frozen
from schemas.errors import LeaseLost
from schemas.scope import Scope
from storage.database import Database
from storage.desk_models import filters, open_items, settled, tasks
from storage.ledger import now_text
from storage.models import items, records

Order = Literal["age", "batch", "field"]


class OpenItem(Frozen):
    """One thing that has to be settled; ``value`` is the machine's, as text."""

    item: str
    stage: str
    value: str | None = None


class Task(Frozen):
    """A record that waits. ``done_by``: who has answered in this round; ``sent_to``, ``note``: from a colleague."""

    record_id: str
    stage: str
    priority: int
    batch: str | None
    agency: str | None
    field: str | None
    doc_type: str | None
    since: str
    sampled: bool
    done_by: tuple[str, ...]
    sent_to: str | None
    note: str | None
    holder: str | None
    token: str | None
    until: str | None


class TaskFilters(Frozen):
    """What the queue is narrowed to; None does not narrow. ``item``: the field that is open."""

    batch: str | None = None
    field: str | None = None
    doc_type: str | None = None
    stage: str | None = None
    item: str | None = None
    sampled: bool | None = None
    mine: bool = False


class QueueNumbers(Frozen):
    """``waiting``: for this person; ``oldest``: since when (UTC, ISO 8601); ``held``: in other hands just now."""

    waiting: int
    oldest: str | None
    held: int
    second: int
    third: int
    sent: int


class Queue:
    """The tables ``desk_tasks``, ``desk_open`` and ``desk_filters``. Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put_in(self, connection: sa.Connection, task: Task, opened: Iterable[OpenItem]) -> None:
        """Write a task and its open items over what was there; holder and note stay."""
        values = task.model_dump(exclude={"record_id", "holder", "token", "until"}) | {"done_by": _pipes(task.done_by)}
        insert = sqlite.insert(tasks) if self._database.is_sqlite else postgresql.insert(tasks)
        connection.execute(
            insert.values(record_id=task.record_id, **values).on_conflict_do_update(
                index_elements=["record_id"], set_=values
            )
        )
        connection.execute(open_items.delete().where(open_items.c.record_id == task.record_id))
        rows = [{"record_id": task.record_id, **one.model_dump()} for one in opened]
        if rows:
            connection.execute(open_items.insert(), rows)

    def remove_in(self, connection: sa.Connection, record_id: str) -> None:
        connection.execute(open_items.delete().where(open_items.c.record_id == record_id))
        connection.execute(tasks.delete().where(tasks.c.record_id == record_id))

    def get(self, record_id: str) -> Task | None:
        with self._database.read() as connection:
            return self.get_in(connection, record_id)

    def get_in(self, connection: sa.Connection, record_id: str) -> Task | None:
        row = connection.execute(sa.select(tasks).where(tasks.c.record_id == record_id)).first()
        return _task(row) if row is not None else None

    def unlisted(self, *, since: str, limit: int) -> tuple[tuple[str, str], ...]:
        """(record id, when it changed) of records that wait for a person and have no task, changed at or after."""
        query = (
            sa.select(records.c.record_id, records.c.updated_at)
            .outerjoin(tasks, tasks.c.record_id == records.c.record_id)
            .where(records.c.status == "needs_review", records.c.updated_at >= since, tasks.c.record_id.is_(None))
            .order_by(records.c.updated_at)
            .limit(limit)
        )
        with self._database.read() as connection:
            return tuple((row.record_id, row.updated_at) for row in connection.execute(query))

    def drop_settled(self) -> int:
        """Forget tasks of records that wait no longer (read anew, set aside); how many."""
        with self._database.write() as connection:
            waiting = sa.select(records.c.record_id).where(
                records.c.record_id == tasks.c.record_id,
                sa.or_(records.c.status == "needs_review", tasks.c.sampled.is_(sa.true())),
            )
            gone = sa.select(tasks.c.record_id).where(~sa.exists(waiting))
            ids = list(connection.execute(gone.limit(500)).scalars())
            connection.execute(open_items.delete().where(open_items.c.record_id.in_(ids)))
            return int(connection.execute(tasks.delete().where(tasks.c.record_id.in_(ids))).rowcount)

    def batch_of(self, connection: sa.Connection, record_id: str) -> str | None:
        """The batch whose file became the record."""
        query = sa.select(items.c.batch).where(items.c.record_id == record_id).order_by(items.c.id).limit(1)
        found = connection.execute(query).scalar()
        return str(found) if found is not None else None

    def take(
        self,
        login: str,
        *,
        scope: Scope,
        decides: bool,
        lease_s: float,
        order: Order = "age",
        narrowed: TaskFilters | None = None,
        beside: tuple[str, ...] = (),
    ) -> Task | None:
        """The next record for this person, held for ``lease_s`` seconds; None when nothing waits.

        What the person holds already comes first, but for ``beside`` (what is open in the browser). Never what
        the person has answered in this round, nor what lies outside the scope; the third look only who ``decides``.
        """
        narrowed = narrowed or TaskFilters()
        with self._database.write() as connection:
            now = now_text()
            query = sa.select(tasks).where(*self._mine(login, scope, decides, narrowed, now))
            if beside:
                query = query.where(tasks.c.record_id.not_in(beside))
            query = query.order_by((tasks.c.holder == login).desc().nulls_last(), *_ordered(order, login))
            row = connection.execute(query.limit(1).with_for_update(skip_locked=True)).first()
            if row is None:
                return None
            return self._hold(connection, row.record_id, login, lease_s)

    def take_this(self, record_id: str, login: str, *, lease_s: float) -> Task | None:
        """Hold one record; None when it has no task. Raises LeaseLost (E306) when somebody else holds it."""
        with self._database.write() as connection:
            query = sa.select(tasks).where(tasks.c.record_id == record_id).with_for_update()
            row = connection.execute(query).first()
            if row is None:
                return None
            if row.holder not in (None, login) and row.until > now_text():
                raise LeaseLost
            return self._hold(connection, record_id, login, lease_s, token=row.token if row.holder == login else None)

    def _hold(
        self, connection: sa.Connection, record_id: str, login: str, lease_s: float, *, token: str | None = None
    ) -> Task:
        before = self.get_in(connection, record_id)
        if token is None and before is not None and before.holder == login:
            token = before.token
        values = {"holder": login, "token": token or secrets.token_hex(16), "until": now_text(lease_s)}
        connection.execute(tasks.update().where(tasks.c.record_id == record_id).values(**values))
        task = self.get_in(connection, record_id)
        assert task is not None
        return task

    def renew(self, record_id: str, login: str, token: str, *, lease_s: float) -> None:
        """Hold it longer. Raises LeaseLost (E306) when it went to somebody else, or is settled."""
        with self._database.write() as connection:
            self.check_in(connection, record_id, login, token)
            connection.execute(tasks.update().where(tasks.c.record_id == record_id).values(until=now_text(lease_s)))

    def check_in(self, connection: sa.Connection, record_id: str, login: str, token: str) -> Task:
        """The task, when this person holds it with this token. Raises LeaseLost (E306)."""
        query = sa.select(tasks).where(tasks.c.record_id == record_id).with_for_update()
        row = connection.execute(query).first()
        if row is None or row.holder != login or row.token is None or not _alike(row.token, token):
            raise LeaseLost
        return _task(row)

    def hurry(self, record_id: str) -> None:
        """Before the others in the queue."""
        with self._database.write() as connection:
            connection.execute(tasks.update().where(tasks.c.record_id == record_id).values(priority=1))

    def release(self, record_id: str, login: str) -> None:
        """Give it back; nothing happens when somebody else holds it."""
        with self._database.write() as connection:
            connection.execute(
                tasks.update()
                .where(tasks.c.record_id == record_id, tasks.c.holder == login)
                .values(holder=None, token=None, until=None)
            )

    def release_all(self, login: str) -> None:
        """Give back everything a person holds (log-out)."""
        with self._database.write() as connection:
            connection.execute(
                tasks.update().where(tasks.c.holder == login).values(holder=None, token=None, until=None)
            )

    def numbers(self, login: str, *, scope: Scope, decides: bool) -> QueueNumbers:
        """What the desk's first page says."""
        now = now_text()
        mine = self._mine(login, scope, decides, TaskFilters(), now)
        query = sa.select(
            sa.func.count().label("waiting"),
            sa.func.min(tasks.c.since).label("oldest"),
            sa.func.sum(sa.case((tasks.c.stage == "second", 1), else_=0)).label("second"),
            sa.func.sum(sa.case((tasks.c.stage == "third", 1), else_=0)).label("third"),
            sa.func.sum(sa.case((tasks.c.sent_to == login, 1), else_=0)).label("sent"),
        ).where(*mine)
        held = sa.select(sa.func.count()).where(
            tasks.c.holder.is_not(None), tasks.c.holder != login, tasks.c.until > now
        )
        with self._database.read() as connection:
            row = connection.execute(query).one()
            others = connection.execute(held).scalar_one()
        return QueueNumbers(
            waiting=int(row.waiting or 0), oldest=row.oldest, held=int(others),
            second=int(row.second or 0), third=int(row.third or 0), sent=int(row.sent or 0),
        )  # fmt: skip

    def page(
        self,
        login: str,
        *,
        scope: Scope,
        decides: bool,
        narrowed: TaskFilters,
        order: Order = "age",
        limit: int = 30,
        offset: int = 0,
    ) -> tuple[Task, ...]:
        """The queue as this person sees it."""
        query = (
            sa.select(tasks)
            .where(*self._mine(login, scope, decides, narrowed, now_text()))
            .order_by(*_ordered(order, login))
            .limit(limit)
            .offset(offset)
        )
        with self._database.read() as connection:
            return tuple(_task(row) for row in connection.execute(query))

    def count(self, login: str, *, scope: Scope, decides: bool, narrowed: TaskFilters) -> int:
        query = sa.select(sa.func.count()).select_from(tasks)
        with self._database.read() as connection:
            mine = self._mine(login, scope, decides, narrowed, now_text())
            return int(connection.execute(query.where(*mine)).scalar_one())

    def tally(self, by: str, login: str, *, scope: Scope, decides: bool) -> dict[str, int]:
        """How many wait for this person in each batch, field, doc_type or stage; or with each item open."""
        mine = self._mine(login, scope, decides, TaskFilters(), now_text())
        if by == "item":
            query = (
                sa.select(open_items.c.item, sa.func.count())
                .join(tasks, tasks.c.record_id == open_items.c.record_id)
                .where(*mine)
                .group_by(open_items.c.item)
            )
        else:
            column = tasks.c[by]
            query = sa.select(column, sa.func.count()).where(*mine, column.is_not(None)).group_by(column)
        with self._database.read() as connection:
            return {str(value): int(count) for value, count in connection.execute(query)}

    def alike(self, item: str, login: str, *, scope: Scope, limit: int) -> tuple[tuple[str, str], ...]:
        """(record id, machine's value) of papers nobody holds where ``item`` is open, look-alikes together."""
        query = (
            sa.select(open_items.c.record_id, open_items.c.value)
            .join(tasks, tasks.c.record_id == open_items.c.record_id)
            .where(
                open_items.c.item == item,
                open_items.c.stage == "first",
                open_items.c.value.is_not(None),
                *self._mine(login, scope, False, TaskFilters(), now_text()),
                sa.or_(tasks.c.holder.is_(None), tasks.c.until < now_text()),
            )
            .order_by(open_items.c.value, open_items.c.record_id)
            .limit(limit)
        )
        with self._database.read() as connection:
            return tuple((row.record_id, row.value) for row in connection.execute(query))

    def save_filter(self, login: str, name: str, query: str) -> None:
        insert = sqlite.insert(filters) if self._database.is_sqlite else postgresql.insert(filters)
        with self._database.write() as connection:
            connection.execute(
                insert.values(login=login, name=name, query=query).on_conflict_do_update(
                    index_elements=["login", "name"], set_={"query": query}
                )
            )

    def drop_filter(self, login: str, name: str) -> None:
        with self._database.write() as connection:
            connection.execute(filters.delete().where(filters.c.login == login, filters.c.name == name))

    def saved_filters(self, login: str) -> tuple[tuple[str, str], ...]:
        query = sa.select(filters.c.name, filters.c.query).where(filters.c.login == login).order_by(filters.c.name)
        with self._database.read() as connection:
            return tuple((row.name, row.query) for row in connection.execute(query))

    def settled_since(self, at: str, *, by: str | None = None) -> int:
        """How many records had something settled since then, by one person or by all."""
        query = sa.select(sa.func.count(sa.distinct(settled.c.record_id))).where(settled.c.at >= at)
        if by is not None:
            query = query.where(settled.c.by.contains(f"|{by}|", autoescape=True))
        with self._database.read() as connection:
            return int(connection.execute(query).scalar_one())

    def _mine(
        self, login: str, scope: Scope, decides: bool, narrowed: TaskFilters, now: str
    ) -> list[sa.ColumnElement[bool]]:
        found: list[sa.ColumnElement[bool]] = [
            ~tasks.c.done_by.contains(f"|{login}|", autoescape=True),
            sa.or_(tasks.c.holder.is_(None), tasks.c.until < now, tasks.c.holder == login),
            sa.or_(tasks.c.sent_to.is_(None), tasks.c.sent_to == login),
        ]
        if not decides:
            found.append(tasks.c.stage != "third")
        if scope.agencies is not None:
            found.append(tasks.c.agency.in_(sorted(scope.agencies)))
        if scope.fields is not None:
            found.append(tasks.c.field.in_(sorted(scope.fields)))
        for column, value in (
            (tasks.c.batch, narrowed.batch),
            (tasks.c.field, narrowed.field),
            (tasks.c.doc_type, narrowed.doc_type),
            (tasks.c.stage, narrowed.stage),
            (tasks.c.sampled, narrowed.sampled),
        ):
            if value is not None:
                found.append(column == value)
        if narrowed.item is not None:
            inside = sa.select(open_items.c.record_id).where(open_items.c.item == narrowed.item)
            found.append(tasks.c.record_id.in_(inside))
        if narrowed.mine:
            found.append(tasks.c.sent_to == login)
        return found


def _ordered(order: Order, login: str) -> tuple[Any, ...]:
    """Sent to this person first, then what is urgent, then as asked."""
    sent = sa.case((tasks.c.sent_to == login, 0), else_=1)
    by = {"age": (), "batch": (tasks.c.batch,), "field": (tasks.c.field,)}[order]
    return (sent, tasks.c.priority.desc(), *by, tasks.c.since, tasks.c.record_id)


def _pipes(logins: Iterable[str]) -> str:
    return "|" + "".join(f"{login}|" for login in logins)


def _task(row: sa.Row[Any]) -> Task:
    values = {name: getattr(row, name) for name in Task.model_fields}
    return Task.model_validate(values | {"done_by": tuple(part for part in row.done_by.split("|") if part)})


def _alike(one: str, other: str) -> bool:
    return secrets.compare_digest(one.encode(), other.encode("utf-8", "surrogatepass"))
