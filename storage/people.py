"""Người dùng: accounts, their sessions and wrong tries. Passwords come as hashes; nothing here makes one."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from schemas.base import Frozen
from schemas.errors import PersonNotFound, PersonTaken
from schemas.scope import Scope
from storage.database import Database
from storage.desk_models import login_flows, people, sessions
from storage.ledger import now_text


class Person(Frozen):
    """An account. ``password`` is an Argon2 hash, None for people of the identity provider only."""

    id: int
    login: str
    name: str
    role: str
    password: str | None
    must_change: bool
    scope: Scope
    disabled: bool
    subject: str | None
    failures: int
    locked_until: str | None
    created_at: str


class Session(Frozen):
    """Somebody's log-in: ``csrf`` is the token its forms carry."""

    person: Person
    csrf: str
    created_at: str
    seen_at: str


class Flow(Frozen):
    """A log-in at the identity provider that has begun."""

    nonce: str
    verifier: str


class People:
    """The tables ``people``, ``sessions`` and ``login_flows``. Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def any(self) -> bool:
        """Whether there is an account at all."""
        with self._database.read() as connection:
            return connection.execute(sa.select(people.c.id).limit(1)).first() is not None

    def add(self, login: str, *, name: str, role: str, password: str | None, must_change: bool, scope: Scope) -> Person:
        """A new account. Raises PersonTaken (E309)."""
        values = {
            "login": login, "name": name, "role": role, "password": password, "must_change": must_change,
            "created_at": now_text(), **_scope_columns(scope),
        }  # fmt: skip
        try:
            with self._database.write() as connection:
                connection.execute(people.insert().values(**values))
        except IntegrityError as exc:
            raise PersonTaken from exc
        return self.find(login)

    def find(self, login: str) -> Person:
        """Raises PersonNotFound (E314) for a login nobody has."""
        person = self.get(login)
        if person is None:
            raise PersonNotFound(login)
        return person

    def get(self, login: str) -> Person | None:
        return self._one(people.c.login == login)

    def of_subject(self, subject: str) -> Person | None:
        """Whom the identity provider knows by this name."""
        return self._one(people.c.subject == subject)

    def all(self) -> tuple[Person, ...]:
        with self._database.read() as connection:
            return tuple(_person(row) for row in connection.execute(sa.select(people).order_by(people.c.login)))

    def change(self, login: str, **values: Any) -> Person:
        """Set columns of an account (``scope`` as a Scope). Raises PersonNotFound (E314)."""
        scope = values.pop("scope", None)
        if scope is not None:
            values |= _scope_columns(scope)
        with self._database.write() as connection:
            done = connection.execute(people.update().where(people.c.login == login).values(**values))
        if not done.rowcount:
            raise PersonNotFound(login)
        return self.find(login)

    def note_failure(self, login: str, *, allowed: int, lock_s: float) -> int:
        """One more wrong try; from ``allowed`` on, locked for so long, twice as long each time (at most a day)."""
        with self._database.write() as connection:
            row = connection.execute(sa.select(people.c.failures).where(people.c.login == login)).first()
            if row is None:
                return 0
            failures = int(row.failures) + 1
            values: dict[str, Any] = {"failures": failures}
            if failures >= allowed:
                values["locked_until"] = now_text(min(lock_s * 2 ** min(failures - allowed, 16), 86400))
            connection.execute(people.update().where(people.c.login == login).values(**values))
            return failures

    def open_session(self, person: Person, *, token: str, csrf: str) -> None:
        """A session for this SHA-256 of a cookie; wrong tries are forgotten."""
        now = now_text()
        with self._database.write() as connection:
            connection.execute(people.update().where(people.c.id == person.id).values(failures=0, locked_until=None))
            connection.execute(
                sessions.insert().values(token=token, person_id=person.id, csrf=csrf, created_at=now, seen_at=now)
            )

    def session(self, token: str) -> Session | None:
        """The session of this SHA-256; None when there is none, or its person may not come in any more."""
        query = (
            sa.select(people, sessions.c.csrf, sessions.c.created_at.label("begun"), sessions.c.seen_at)
            .join(sessions, sessions.c.person_id == people.c.id)
            .where(sessions.c.token == token, people.c.disabled.is_(sa.false()))
        )
        with self._database.read() as connection:
            row = connection.execute(query).first()
        if row is None:
            return None
        return Session(person=_person(row), csrf=row.csrf, created_at=row.begun, seen_at=row.seen_at)

    def touch_session(self, token: str) -> None:
        with self._database.write() as connection:
            connection.execute(sessions.update().where(sessions.c.token == token).values(seen_at=now_text()))

    def close_session(self, token: str) -> None:
        with self._database.write() as connection:
            connection.execute(sessions.delete().where(sessions.c.token == token))

    def close_sessions(self, login: str, *, but: str = "") -> None:
        """Log a person out everywhere, but for one session."""
        with self._database.write() as connection:
            mine = sa.select(people.c.id).where(people.c.login == login)
            connection.execute(sessions.delete().where(sessions.c.person_id.in_(mine), sessions.c.token != but))

    def sweep_sessions(self, *, begun_before: str, seen_before: str) -> None:
        """Forget sessions that are too old or too idle, and log-ins that were never finished."""
        with self._database.write() as connection:
            connection.execute(
                sessions.delete().where(sa.or_(sessions.c.created_at < begun_before, sessions.c.seen_at < seen_before))
            )
            connection.execute(login_flows.delete().where(login_flows.c.until < now_text()))

    def begin_flow(self, state: str, *, nonce: str, verifier: str, life_s: float) -> None:
        with self._database.write() as connection:
            connection.execute(
                login_flows.insert().values(state=state, nonce=nonce, verifier=verifier, until=now_text(life_s))
            )

    def end_flow(self, state: str) -> Flow | None:
        """The log-in that began with this state, once; None when it is unknown, used or too old."""
        with self._database.write() as connection:
            row = connection.execute(sa.select(login_flows).where(login_flows.c.state == state)).first()
            connection.execute(login_flows.delete().where(login_flows.c.state == state))
        if row is None or row.until < now_text():
            return None
        return Flow(nonce=row.nonce, verifier=row.verifier)

    def _one(self, condition: sa.ColumnElement[bool]) -> Person | None:
        with self._database.read() as connection:
            row = connection.execute(sa.select(people).where(condition)).first()
        return _person(row) if row is not None else None


def _scope_columns(scope: Scope) -> dict[str, Any]:
    def column(names: frozenset[str] | None) -> str | None:
        return None if names is None else json.dumps(sorted(names), ensure_ascii=False)

    return {"agencies": column(scope.agencies), "fields": column(scope.fields), "unmasked": scope.unmasked}


def _person(row: sa.Row[Any]) -> Person:
    def names(text: str | None) -> frozenset[str] | None:
        return None if text is None else frozenset(json.loads(text))

    return Person(
        id=row.id,
        login=row.login,
        name=row.name,
        role=row.role,
        password=row.password,
        must_change=row.must_change,
        scope=Scope(agencies=names(row.agencies), fields=names(row.fields), unmasked=row.unmasked),
        disabled=row.disabled,
        subject=row.subject,
        failures=row.failures,
        locked_until=row.locked_until,
        created_at=row.created_at,
    )
