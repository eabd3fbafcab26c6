"""TEMPORARY stand-in for storage/: folder + SQLite, until the real rooms land."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from runtime.outcomes import Outcome
from runtime.settings import Settings
from schemas.errors import AmbiguousRecord, RecordNotFound, StoreCorrupt
from schemas.reading import Reading
from schemas.record import Record


class Archive:
    def __init__(self, settings: Settings) -> None:
        self.root = Path(settings.store_address.removeprefix("folder:"))
        self.root.mkdir(parents=True, exist_ok=True)
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
    def open(cls, settings: Settings) -> Iterator[Archive]:
        archive = cls(settings)
        try:
            yield archive
        finally:
            archive.db.close()

    def _put(self, key: str, source: Path | bytes) -> None:
        target = self.root / key
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{target.name}.{os.getpid()}.part")
        if isinstance(source, bytes):
            part.write_bytes(source)
        else:
            shutil.copyfile(source, part)
        part.replace(target)

    def keep_original(self, path: Path, sha256: str) -> str:
        key = f"originals/{sha256[:2]}/{sha256}"
        if not (self.root / key).exists():
            self._put(key, path)
        if self.hash_of(key) != sha256:
            raise StoreCorrupt
        return key

    def hash_of(self, key: str) -> str:
        with (self.root / key).open("rb") as f:
            return hashlib.file_digest(f, "sha256").hexdigest()

    def has_original(self, sha256: str) -> bool:
        for place in ("originals", "quarantine"):
            key = f"{place}/{sha256[:2]}/{sha256}"
            if (self.root / key).exists():
                return self.hash_of(key) == sha256
        return False

    def keep_package(self, record: Record, *, reading: Reading, copy: Path) -> Record:
        base = f"packages/{record.record_id}"
        self._put(f"{base}/copy.pdf", copy)
        self._put(f"{base}/text.txt", reading.text.encode())
        self._put(f"{base}/layout.json", json.dumps(asdict(reading), ensure_ascii=False).encode())
        sha = record.source.sha256
        record = record.model_copy(
            update={
                "objects": record.objects.model_copy(
                    update={
                        "original": f"originals/{sha[:2]}/{sha}",
                        "pdfa": f"{base}/copy.pdf",
                        "text": f"{base}/text.txt",
                        "layout": f"{base}/layout.json",
                    }
                )
            }
        )
        self._put(f"{base}/manifest.json", record.model_dump_json().encode())
        return record

    def keep_quarantine(self, record: Record, *, secret: bool) -> Record:
        sha = record.source.sha256
        place = "quarantine" if secret else "originals"
        key = f"{place}/{sha[:2]}/{sha}"
        if secret and (self.root / f"originals/{sha[:2]}/{sha}").exists():
            (self.root / key).parent.mkdir(parents=True, exist_ok=True)
            (self.root / f"originals/{sha[:2]}/{sha}").replace(self.root / key)
        record = record.model_copy(update={"objects": record.objects.model_copy(update={"original": key})})
        self._put(f"packages/{record.record_id}/manifest.json", record.model_dump_json().encode())
        return record

    def adopt_package(self, sha256: str) -> Record | None:
        path = self.root / f"packages/{sha256[:20]}/manifest.json"
        if not path.exists():
            return None
        record = Record.model_validate_json(path.read_bytes())
        self.save_record(record)
        return record

    def packages(self) -> list[str]:
        return [p.parent.name for p in sorted(self.root.glob("packages/*/manifest.json"))]

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

    def read_object(self, key: str) -> bytes:
        return (self.root / key).read_bytes()

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
