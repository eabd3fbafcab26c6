"""Danh sách chờ: what waits for a person, counted and paged. Nothing here is as long as the queue.

What waits of each agency and field is kept by triggers (``task_counts``); what of it is not for this person (answered
already, in other hands, sent to somebody else) is little, and subtracted.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from schemas.base import Frozen
from schemas.scope import Scope
from storage.counts import MANY, counted, task_counts
from storage.database import Database
from storage.desk_models import open_items, settled, tasks
from storage.ledger import now_text
from storage.merging import MOST_ARMS, merged
from storage.models import items

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


_NEAR = 200  # files before and after one, that are looked through for papers to be joined
KINDS = ("stage", "batch", "field", "doc_type", "item")


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for a person: the numbers, and for each of ``KINDS`` how many of each value."""

    numbers: QueueNumbers
    of: dict[str, dict[str, int]]

    def count(self, narrowed: TaskFilters) -> int | None:
        """How many the filters leave; None where that is not known without counting."""
        asked = _asked(narrowed)
        if not asked:
            return self.numbers.waiting
        kind, value = asked.popitem()
        return None if asked or kind not in KINDS else self.of[kind].get(value, 0)


def _asked(narrowed: TaskFilters) -> dict[str, Any]:
    """The filters that narrow."""
    return {name: value for name, value in narrowed.model_dump().items() if value not in (None, False)}


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
            of = self._all_but(connection, login, scope, decides, now)
            stages = of["stage"]
            numbers = QueueNumbers(
                waiting=sum(stages.values()),
                oldest=connection.execute(oldest).scalar(),
                held=int(connection.execute(held).scalar_one()),
                second=stages.get("second", 0),
                third=stages.get("third", 0),
                sent=int(connection.execute(sent).scalar_one()),
            )
        return Waiting(numbers, of)

    def numbers(self, login: str, *, scope: Scope, decides: bool) -> QueueNumbers:
        """The numbers of ``waiting``."""
        return self.waiting(login, scope=scope, decides=decides).numbers

    def tally(self, by: str, login: str, *, scope: Scope, decides: bool) -> dict[str, int]:
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
        with self._database.read() as connection:
            rows = list(connection.execute(sent.limit(limit).offset(offset)))
            if len(rows) < limit and not narrowed.mine:
                before = len(rows)
                if offset:
                    count = sa.select(sa.func.count()).where(*mine, tasks.c.sent_to == login)
                    before = int(connection.execute(count).scalar_one())
                left, begin = limit - len(rows), max(0, offset - before)
                found = self._rest(login, scope, decides, narrowed, order, left, begin).subquery()
                whole = sa.select(tasks).join(found, found.c.record_id == tasks.c.record_id)
                rows += connection.execute(whole.order_by(*in_order(order)))
        return tuple(as_task(row) for row in rows)

    def count(self, login: str, *, scope: Scope, decides: bool, narrowed: TaskFilters) -> int:
        """How many ``page`` has; ``AtLeast`` when that would take long to count."""
        if len(_asked(narrowed)) < 2:
            known = self.waiting(login, scope=scope, decides=decides).count(narrowed)
            if known is not None:
                return known
        some = sa.select(sa.literal(1)).select_from(tasks)
        some = some.where(*self._mine(login, scope, decides, narrowed, now_text())).limit(MANY + 1)
        with self._database.read() as connection:
            query = sa.select(sa.func.count()).select_from(some.subquery())
            return counted(int(connection.execute(query).scalar_one()), MANY)

    def beside(self, record_id: str, login: str, *, scope: Scope, decides: bool, limit: int) -> tuple[str, ...]:
        """Ids of papers that wait for this person and whose files came next to this one's, in the order they came."""
        own = sa.select(items.c.batch, items.c.id).where(items.c.record_id == record_id).order_by(items.c.id).limit(1)
        with self._database.read() as connection:
            place = connection.execute(own).first()
            if place is None:
                return ()
            near = (
                sa.select(items.c.record_id, sa.func.min(items.c.id))
                .join(tasks, tasks.c.record_id == items.c.record_id)
                .where(
                    items.c.id.between(place.id - _NEAR, place.id + _NEAR),
                    items.c.batch == place.batch,
                    items.c.record_id != record_id,
                    *self._mine(login, scope, decides, TaskFilters(), now_text()),
                )
                .group_by(items.c.record_id)
            )
            found = [(int(number), str(other)) for other, number in connection.execute(near)]
        nearest = sorted(found, key=lambda one: abs(one[0] - place.id))[:limit]
        return tuple(other for _, other in sorted(nearest))

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

    def _rest(
        self,
        login: str,
        scope: Scope,
        decides: bool,
        narrowed: TaskFilters,
        order: Order,
        limit: int,
        offset: int,
    ) -> sa.Select[Any]:
        """Ids of a page of what was sent to nobody; of limited people the queues of their agencies are merged."""
        agencies, now = scope.agencies, now_text()
        if order != "age" or not agencies or len(agencies) > MOST_ARMS or narrowed.batch or narrowed.field:
            mine = self._mine(login, scope, decides, narrowed, now)
            query = sa.select(tasks.c.record_id).where(*mine, tasks.c.sent_to.is_(None))
            return query.order_by(*in_order(order)).limit(limit).offset(offset)
        inside = self._mine(login, scope.model_copy(update={"agencies": None}), decides, narrowed, now)
        one = sa.select(tasks.c.record_id, tasks.c.priority, tasks.c.since).where(*inside, tasks.c.sent_to.is_(None))
        return merged(
            [one.where(tasks.c.agency == name) for name in sorted(agencies)],
            order=(("priority", True), ("since", False), ("record_id", False)),
            limit=limit, offset=offset, sqlite=self._database.is_sqlite,
        )  # fmt: skip

    def _all_but(
        self, connection: sa.Connection, login: str, scope: Scope, decides: bool, now: str
    ) -> dict[str, dict[str, int]]:
        """What waits within the scope, less what is not for this person."""
        kept = sa.select(task_counts.c.what, task_counts.c.value, sa.func.sum(task_counts.c.n))
        kept = kept.where(*_within(task_counts, scope))
        found: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
        for what, value, n in connection.execute(kept.group_by(task_counts.c.what, task_counts.c.value)):
            found[what][value] += int(n)
        away, number = self._not_mine(login, scope, decides, now).cte("away"), sa.func.count()
        opened = sa.select(sa.literal("item"), open_items.c.item, number)
        opened = opened.where(open_items.c.record_id.in_(sa.select(away.c.record_id))).group_by(open_items.c.item)
        parts = [sa.select(sa.literal(kind), away.c[kind], number).group_by(away.c[kind]) for kind in KINDS[:-1]]
        for what, value, n in connection.execute(sa.union_all(*parts, opened)):
            found[what][value] -= int(n)
        return {kind: {value: n for value, n in values.items() if n > 0} for kind, values in found.items()}

    def _not_mine(self, login: str, scope: Scope, decides: bool, now: str) -> sa.CompoundSelect[Any]:
        """What within the scope is not for this person: the opposite of ``_mine``, each once."""
        one = sa.select(tasks.c.record_id, *(tasks.c[kind] for kind in KINDS[:-1])).where(
            *_within(tasks, scope, checked=True)
        )
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
        found += _within(tasks, scope)
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


def _within(table: sa.Table, scope: Scope, *, checked: bool = False) -> list[sa.ColumnElement[bool]]:
    """What the scope admits, of a table with agency and field; ``checked``: in rows that another index finds."""
    found: list[sa.ColumnElement[bool]] = []
    for column, names in ((table.c.agency, scope.agencies), (table.c.field, scope.fields)):
        if names is not None:
            told: sa.ColumnElement[Any] = sa.func.coalesce(column, "") if checked else column
            found.append(told.in_(sorted(names)))
    return found


def in_order(order: Order) -> tuple[Any, ...]:
    """What is urgent first, then as asked."""
    by = {"age": (), "batch": (tasks.c.batch,), "field": (tasks.c.field,)}[order]
    return (tasks.c.priority.desc(), *by, tasks.c.since, tasks.c.record_id)


def as_task(row: sa.Row[Any]) -> Task:
    values = {name: getattr(row, name) for name in Task.model_fields}
    return Task.model_validate(values | {"done_by": tuple(part for part in row.done_by.split("|") if part)})
