"""Danh sách chờ: what waits for a person, counted and paged. Nothing here is as long as the queue.

What waits in all is kept by triggers (``task_counts``); what of it is not for this person (answered already, in other
hands, sent to somebody else) is little, and subtracted. Limited people are counted to ``MANY`` and no further.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from schemas.base import Frozen
from schemas.scope import Scope
from storage.counts import MANY, AtLeast, counted, task_counts
from storage.database import Database
from storage.desk_models import open_items, settled, tasks
from storage.ledger import now_text

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
    """``waiting``: for this person (``more``: at least so many, counting stopped there); ``oldest``: since when (UTC,
    ISO 8601); ``held``: in other hands just now."""

    waiting: int
    more: bool = False
    oldest: str | None
    held: int
    second: int
    third: int
    sent: int


KINDS = ("stage", "batch", "field", "doc_type", "item")


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for a person: the numbers, and for each of ``KINDS`` how many of each value.

    A number is None where limited people have very many: the value is one of the first of them.
    """

    numbers: QueueNumbers
    of: dict[str, dict[str, int | None]]

    @property
    def total(self) -> int:
        """How many wait, ``AtLeast`` where counting stopped."""
        return AtLeast(self.numbers.waiting) if self.numbers.more else self.numbers.waiting


class QueueLists:
    """Reading the tables ``desk_tasks`` and ``desk_open``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def waiting(self, login: str, *, scope: Scope, decides: bool) -> Waiting:
        """What the desk's first page says."""
        now = now_text()
        mine = self._mine(login, scope, decides, TaskFilters(), now)
        oldest = sa.select(tasks.c.since).where(*mine).order_by(tasks.c.since).limit(1)
        sent = sa.select(sa.func.count()).where(*mine, tasks.c.sent_to == login)
        held = sa.select(sa.func.count()).where(
            tasks.c.holder.is_not(None), tasks.c.holder != login, tasks.c.until > now
        )
        with self._database.read() as connection:
            everything = scope.is_open
            of = self._all_but(connection, login, decides, now) if everything else self._limited(connection, mine)
            stages = of["stage"]
            total = sum(n or 0 for n in stages.values())
            numbers = QueueNumbers(
                waiting=total if everything else min(total, MANY),
                more=not everything and total > MANY,
                oldest=connection.execute(oldest).scalar(),
                held=int(connection.execute(held).scalar_one()),
                second=stages.get("second") or 0,
                third=stages.get("third") or 0,
                sent=int(connection.execute(sent).scalar_one()),
            )
        if not everything and total > MANY:
            of = {kind: dict.fromkeys(found) for kind, found in of.items()}
        return Waiting(numbers, of)

    def numbers(self, login: str, *, scope: Scope, decides: bool) -> QueueNumbers:
        """The numbers of ``waiting``."""
        return self.waiting(login, scope=scope, decides=decides).numbers

    def tally(self, by: str, login: str, *, scope: Scope, decides: bool) -> dict[str, int | None]:
        """How many wait for this person with each value of one of ``KINDS``."""
        return self.waiting(login, scope=scope, decides=decides).of[by]

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
        """The queue as this person sees it: what was sent to this person, then the rest in the order asked for."""
        mine = self._mine(login, scope, decides, narrowed, now_text())
        sent = sa.select(tasks).where(*mine, tasks.c.sent_to == login).order_by(*in_order(order))
        rest = sa.select(tasks).where(*mine, tasks.c.sent_to.is_(None)).order_by(*in_order(order))
        with self._database.read() as connection:
            rows = list(connection.execute(sent.limit(limit).offset(offset)))
            if len(rows) < limit and not narrowed.mine:
                before = len(rows)
                if offset:
                    count = sa.select(sa.func.count()).where(*mine, tasks.c.sent_to == login)
                    before = int(connection.execute(count).scalar_one())
                rest = rest.limit(limit - len(rows)).offset(max(0, offset - before))
                rows += connection.execute(rest)
        return tuple(as_task(row) for row in rows)

    def count(self, login: str, *, scope: Scope, decides: bool, narrowed: TaskFilters) -> int:
        """How many ``page`` has; ``AtLeast`` when that would take long to count."""
        if scope.is_open and narrowed == TaskFilters():
            return self.waiting(login, scope=scope, decides=decides).total
        some = sa.select(sa.literal(1)).select_from(tasks)
        some = some.where(*self._mine(login, scope, decides, narrowed, now_text())).limit(MANY + 1)
        with self._database.read() as connection:
            query = sa.select(sa.func.count()).select_from(some.subquery())
            return counted(int(connection.execute(query).scalar_one()), MANY)

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

    def settled_since(self, at: str, *, by: str = "") -> tuple[int, int]:
        """How many records had something settled since then: by all, by this person."""
        his = sa.case((settled.c.by.contains(f"|{by}|", autoescape=True), settled.c.record_id))
        query = sa.select(sa.func.count(sa.distinct(settled.c.record_id)), sa.func.count(sa.distinct(his)))
        with self._database.read() as connection:
            everybody, own = connection.execute(query.where(settled.c.at >= at)).one()
        return int(everybody), int(own)

    def _all_but(
        self, connection: sa.Connection, login: str, decides: bool, now: str
    ) -> dict[str, dict[str, int | None]]:
        """What waits in all, less what is not for this person."""
        kept = sa.select(task_counts.c.what, task_counts.c.value, sa.func.sum(task_counts.c.n))
        found: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
        for what, value, n in connection.execute(kept.group_by(task_counts.c.what, task_counts.c.value)):
            found[what][value] += int(n)
        others = self._not_mine(login, decides, now)
        columns = [tasks.c[kind] for kind in KINDS[:-1]]
        number = sa.func.count()
        away = sa.select(*columns, number).where(tasks.c.record_id.in_(others)).group_by(*columns)
        for *values, n in connection.execute(away):
            for kind, value in zip(KINDS, values, strict=False):
                if value is not None:
                    found[kind][value] -= int(n)
        closed = sa.select(open_items.c.item, number).where(open_items.c.record_id.in_(others))
        for item, n in connection.execute(closed.group_by(open_items.c.item)):
            found["item"][item] -= int(n)
        return {kind: {value: n for value, n in values.items() if n > 0} for kind, values in found.items()}

    def _limited(
        self, connection: sa.Connection, mine: list[sa.ColumnElement[bool]]
    ) -> dict[str, dict[str, int | None]]:
        """What waits for limited people: of the first ``MANY`` and one more."""
        columns = [tasks.c[kind] for kind in KINDS[:-1]]
        some = sa.select(tasks.c.record_id, *columns).where(*mine).limit(MANY + 1).subquery()
        found: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
        number = sa.func.count()
        inside = [some.c[kind] for kind in KINDS[:-1]]
        for *values, n in connection.execute(sa.select(*inside, number).group_by(*inside)):
            for kind, value in zip(KINDS, values, strict=False):
                if value is not None:
                    found[kind][value] += int(n)
        items = sa.select(open_items.c.item, number).join(some, some.c.record_id == open_items.c.record_id)
        for item, n in connection.execute(items.group_by(open_items.c.item)):
            found["item"][item] += int(n)
        return {kind: dict(values) for kind, values in found.items()}

    def _not_mine(self, login: str, decides: bool, now: str) -> sa.CompoundSelect[Any]:
        """Ids of what is not for this person: the opposite of ``_mine`` for who is not limited."""
        one = sa.select(tasks.c.record_id)
        answered = tasks.c.done_by.contains(f"|{login}|", autoescape=True)
        arms = [
            one.where(tasks.c.done_by != sa.literal_column("'|'"), answered),
            one.where(tasks.c.holder.is_not(None), tasks.c.holder != login, tasks.c.until >= now),
            one.where(tasks.c.sent_to.is_not(None), tasks.c.sent_to != login),
        ]
        if not decides:
            arms.append(one.where(tasks.c.stage == "third"))
        return sa.union(*arms)

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
            asked = sa.select(open_items.c.item).where(
                open_items.c.record_id == tasks.c.record_id, open_items.c.item == narrowed.item
            )
            found.append(sa.exists(asked))
        if narrowed.mine:
            found.append(tasks.c.sent_to == login)
        return found


def in_order(order: Order) -> tuple[Any, ...]:
    """What is urgent first, then as asked."""
    by = {"age": (), "batch": (tasks.c.batch,), "field": (tasks.c.field,)}[order]
    return (tasks.c.priority.desc(), *by, tasks.c.since, tasks.c.record_id)


def as_task(row: sa.Row[Any]) -> Task:
    values = {name: getattr(row, name) for name in Task.model_fields}
    return Task.model_validate(values | {"done_by": tuple(part for part in row.done_by.split("|") if part)})
