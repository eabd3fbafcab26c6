"""Tìm kiếm đã lưu và việc xuất kết quả: what people keep of their searches. Lives in the catalogue only."""

from __future__ import annotations

import secrets
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from schemas.base import Frozen
from storage.database import Database
from storage.ledger import now_text
from storage.models import saved_searches, search_exports

ExportState = Literal["waiting", "running", "ready", "failed"]
MAX_SAVED = 200  # of one owner


class SavedSearch(Frozen):
    """``query``: as in the address bar, from q on."""

    id: int
    name: str
    query: str
    created_at: str


class ExportJob(Frozen):
    """``done`` of ``total`` hits are written; ``scope`` is what its owner could see when it was ordered (JSON)."""

    id: str
    owner: str
    purpose: str
    query: str
    scope: str
    form: str
    state: ExportState
    total: int
    done: int
    error: str | None
    created_at: str


class Saved:
    """Saved searches and export jobs; every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, owner: str, name: str, query: str) -> None:
        """Save a search under a name, in place of an earlier one of that name."""
        insert = sqlite.insert(saved_searches) if self._database.is_sqlite else postgresql.insert(saved_searches)
        values = {"query": query, "created_at": now_text()}
        with self._database.write() as connection:
            connection.execute(
                insert.values(owner=owner, name=name, **values).on_conflict_do_update(
                    index_elements=["owner", "name"], set_=values
                )
            )

    def kept(self, owner: str) -> tuple[SavedSearch, ...]:
        """The owner's searches by name."""
        query = sa.select(saved_searches).where(saved_searches.c.owner == owner).order_by(saved_searches.c.name)
        with self._database.read() as connection:
            rows = connection.execute(query.limit(MAX_SAVED)).all()
        return tuple(SavedSearch(id=r.id, name=r.name, query=r.query, created_at=r.created_at) for r in rows)

    def forget(self, owner: str, saved_id: int) -> None:
        """Remove one of the owner's searches; nothing happens to others'."""
        with self._database.write() as connection:
            connection.execute(
                saved_searches.delete().where(saved_searches.c.owner == owner, saved_searches.c.id == saved_id)
            )

    def order(self, owner: str, *, purpose: str, query: str, scope: str, form: str) -> str:
        """Take in an export; its id, which nobody guesses."""
        job, now = secrets.token_hex(16), now_text()
        with self._database.write() as connection:
            connection.execute(
                search_exports.insert().values(
                    id=job, owner=owner, purpose=purpose, query=query, scope=scope, form=form, state="waiting",
                    created_at=now, updated_at=now,
                )
            )  # fmt: skip
        return job

    def jobs(self, owner: str | None = None, *, state: ExportState | None = None) -> tuple[ExportJob, ...]:
        """Exports, the newest first."""
        query = sa.select(search_exports).order_by(search_exports.c.created_at.desc()).limit(100)
        if owner is not None:
            query = query.where(search_exports.c.owner == owner)
        if state is not None:
            query = query.where(search_exports.c.state == state)
        with self._database.read() as connection:
            return tuple(_job(row) for row in connection.execute(query))

    def job(self, job_id: str, *, owner: str) -> ExportJob | None:
        """One of the owner's exports."""
        query = sa.select(search_exports).where(search_exports.c.id == job_id, search_exports.c.owner == owner)
        with self._database.read() as connection:
            row = connection.execute(query).first()
        return _job(row) if row else None

    def begin(self, job_id: str) -> bool:
        """Take a waiting export to work on; False when somebody else has."""
        with self._database.write() as connection:
            done = connection.execute(
                search_exports.update()
                .where(search_exports.c.id == job_id, search_exports.c.state == "waiting")
                .values(state="running", done=0, updated_at=now_text())
            )
            return bool(done.rowcount)

    def note(
        self,
        job_id: str,
        *,
        done: int | None = None,
        total: int | None = None,
        state: ExportState | None = None,
        error: str | None = None,
    ) -> None:
        """How far an export is."""
        given = {"done": done, "total": total, "state": state, "error": error}
        values = {name: value for name, value in given.items() if value is not None}
        with self._database.write() as connection:
            connection.execute(
                search_exports.update().where(search_exports.c.id == job_id).values(**values, updated_at=now_text())
            )

    def wake(self) -> None:
        """Exports whose process died wait again."""
        with self._database.write() as connection:
            connection.execute(
                search_exports.update().where(search_exports.c.state == "running").values(state="waiting")
            )


def _job(row: sa.Row[tuple[object, ...]]) -> ExportJob:
    return ExportJob(**{name: row._mapping[name] for name in ExportJob.model_fields})
