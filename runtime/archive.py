"""TEMPORARY stand-in for the catalogue, until the real one lands."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager

from runtime.outcomes import Outcome
from runtime.settings import Settings
from schemas.errors import AmbiguousRecord, RecordNotFound
from schemas.record import Record


class TemporaryCatalogue:
    def __init__(self, settings: Settings) -> None:
        settings.home.mkdir(parents=True, exist_ok=True)
        new = not (settings.home / "catalogue.db").exists()
        self.db = sqlite3.connect(
            settings.home / "catalogue.db", timeout=30, check_same_thread=False, isolation_level=None
        )
        if new:
            self.db.execute("pragma journal_mode=wal")
        self.db.execute(
            "create table if not exists records(id text primary key, sha text, status text, body text, indexed int default 0)"
        )
        self.db.execute("create table if not exists claims(sha text primary key, origin text, run text)")
        self.db.execute(
            "create table if not exists items(origin text primary key, sha text, status text, code text, record text, batch text)"
        )
        self.db.execute("create table if not exists events(at real, actor text, action text, record text)")

    @classmethod
    @contextmanager
    def open(cls, settings: Settings) -> Iterator[TemporaryCatalogue]:
        catalogue = cls(settings)
        try:
            yield catalogue
        finally:
            catalogue.db.close()

    def save_record(self, record: Record) -> None:
        self.db.execute(
            "insert or replace into records(id, sha, status, body, indexed) values(?,?,?,?,0)",
            (record.record_id, record.source.sha256, record.status, record.model_dump_json()),
        )

    def record_of_source(self, sha256: str) -> Record | None:
        row = self.db.execute("select body from records where sha=?", (sha256,)).fetchone()
        return Record.model_validate_json(row[0]) if row else None

    def find_record(self, prefix: str) -> Record:
        rows = self.db.execute(
            "select body from records where id like ? or sha like ? limit 2", (prefix + "%", prefix + "%")
        ).fetchall()
        if not rows:
            raise RecordNotFound(prefix)
        if len(rows) > 1:
            raise AmbiguousRecord(prefix)
        return Record.model_validate_json(rows[0][0])

    def records(self) -> Iterator[Record]:
        for (body,) in self.db.execute("select body from records order by id"):
            yield Record.model_validate_json(body)

    def count_records(self) -> int:
        return int(self.db.execute("select count(*) from records").fetchone()[0])

    def claim(self, sha256: str, origin: str, run: str) -> str:
        self.db.execute(
            "insert into claims values(?,?,?) on conflict(sha) do update set origin=excluded.origin, run=excluded.run "
            "where claims.run != excluded.run and not exists (select 1 from records where records.sha=excluded.sha)",
            (sha256, origin, run),
        )
        return str(self.db.execute("select origin from claims where sha=?", (sha256,)).fetchone()[0])

    def ledger_status(self, origin: str) -> str | None:
        row = self.db.execute("select status from items where origin=?", (origin,)).fetchone()
        return row[0] if row else None

    def finish(self, outcome: Outcome, batch: str) -> None:
        self.db.execute(
            "insert or replace into items values(?,?,?,?,?,?)",
            (
                outcome.item.origin,
                outcome.sha256,
                outcome.status,
                outcome.trouble.code if outcome.trouble else None,
                outcome.record_id,
                batch,
            ),
        )

    def unindexed(self) -> list[str]:
        return [r[0] for r in self.db.execute("select id from records where indexed=0 and status!='quarantined'")]

    def log_event(self, actor: str, action: str, record_id: str | None) -> None:
        self.db.execute("insert into events values(?,?,?,?)", (time.time(), actor, action, record_id))
