"""Hàng đợi rà soát: which record waits for whom, and who holds it just now. One person a record at a time."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from schemas.errors import LeaseLost
from schemas.scope import Scope
from storage.desk_models import filters, open_items, tasks
from storage.ledger import now_text
from storage.models import items, records
from storage.queue_lists import OpenItem, Order, QueueLists, QueueNumbers, Task, TaskFilters, Waiting, as_task, in_order

__all__ = ["OpenItem", "Order", "Queue", "QueueNumbers", "Task", "TaskFilters", "Waiting"]


class Queue(QueueLists):
    """The tables ``desk_tasks``, ``desk_open`` and ``desk_filters``. Every method is one transaction."""

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
        return as_task(row) if row is not None else None

    def held_by(self, login: str) -> tuple[str, ...]:
        """Ids of the records this person holds just now."""
        query = sa.select(tasks.c.record_id).where(tasks.c.holder == login, tasks.c.until >= now_text())
        with self._database.read() as connection:
            return tuple(connection.execute(query).scalars())

    def open_of(self, record_ids: Iterable[str]) -> dict[str, dict[str, str]]:
        """Record -> open item -> who it waits for; one entry for every id."""
        found: dict[str, dict[str, str]] = {record_id: {} for record_id in record_ids}
        query = sa.select(open_items.c.record_id, open_items.c.item, open_items.c.stage)
        with self._database.read() as connection:
            for row in connection.execute(query.where(open_items.c.record_id.in_(list(found)))):
                found[row.record_id][row.item] = row.stage
        return found

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
        waiting = sa.select(records.c.record_id).where(
            records.c.record_id == tasks.c.record_id,
            sa.or_(records.c.status == "needs_review", tasks.c.sampled.is_(sa.true())),
        )
        there = sa.select(records.c.record_id).where(records.c.status == "needs_review")
        maybe = sa.select(tasks.c.record_id).where(tasks.c.sampled.is_(sa.false())).except_(there).limit(500)
        sampled = sa.select(tasks.c.record_id).where(tasks.c.sampled.is_(sa.true()), ~sa.exists(waiting)).limit(500)
        with self._database.read() as connection:  # looks at every task: nobody shall wait for that
            found = [*connection.execute(maybe).scalars(), *connection.execute(sampled).scalars()]
        if not found:
            return 0
        with self._database.write() as connection:
            ids = sa.select(tasks.c.record_id).where(tasks.c.record_id.in_(found), ~sa.exists(waiting))
            still = list(connection.execute(ids).scalars())
            connection.execute(open_items.delete().where(open_items.c.record_id.in_(still)))
            return int(connection.execute(tasks.delete().where(tasks.c.record_id.in_(still))).rowcount)

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
            mine = self._mine(login, scope, decides, narrowed, now_text())
            query = sa.select(tasks).where(*mine).order_by(*in_order(order)).limit(1)
            if beside:
                query = query.where(tasks.c.record_id.not_in(beside))
            # Each part is the beginning of an index; one query for all of it would sort the whole queue.
            for part in (tasks.c.holder == login, tasks.c.sent_to == login, tasks.c.sent_to.is_(None)):
                row = connection.execute(query.where(part).with_for_update(skip_locked=True)).first()
                if row is not None:
                    return self._hold(connection, row.record_id, login, lease_s)
            return None

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
        return as_task(row)

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


def _pipes(logins: Iterable[str]) -> str:
    return "|" + "".join(f"{login}|" for login in logins)


def _alike(one: str, other: str) -> bool:
    return secrets.compare_digest(one.encode(), other.encode("utf-8", "surrogatepass"))
