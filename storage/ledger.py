"""Sổ cái: what became of every file, and who may work on which content.

The first to claim a content (its SHA-256) makes it a record; whoever comes later with the same bytes is a duplicate
of that record. A claim whose process died is taken over by the next run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from schemas.base import Frozen
from storage.counts import item_counts
from storage.database import Database
from storage.holders import is_alive
from storage.models import batches, claims, items, records
from storage.origins import escape_origin, origin_key, unescape_origin

ItemState = Literal["pending", "captured", "done"]
ItemOutcome = Literal["accepted", "needs_review", "quarantined", "duplicate"]
LEASE_S = 1800  # how long a claim holds whose process nobody here can see


class Claim(Frozen):
    """The answer to ``claim``.

    kind    mine: the content is ours to work on, or was before; twin: it belongs to the file ``origin``;
            busy: the same file is just being worked on by another run
    """

    kind: Literal["mine", "twin", "busy"]
    origin: str
    attempts: int = 1


class LedgerItem(Frozen):
    """One line of the ledger; ``origin`` as it was given, ``sha256`` None for a file without bytes."""

    batch: str
    origin: str
    sha256: str | None
    size: int | None
    mtime_ns: int | None
    state: ItemState
    outcome: ItemOutcome | None
    record_id: str | None
    error_code: str | None
    message: str | None
    attempts: int
    updated_at: str


class BatchSummary(Frozen):
    """A batch and how many of its files stand where; times in UTC, ISO 8601."""

    name: str
    created_at: str
    last_at: str
    unfinished: int
    accepted: int
    needs_review: int
    quarantined: int
    duplicate: int


def now_text(after_s: float = 0.0) -> str:
    """The time (or so many seconds later) as the catalogue writes it."""
    moment = datetime.now(UTC) + timedelta(seconds=after_s)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Ledger:
    """The tables ``batches``, ``items`` and ``claims``. Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin_items(self, batch: str, origins: tuple[str, ...]) -> None:
        """Note files that were found and not yet read; those already in the ledger stay as they are."""
        if not origins:
            return
        with self._database.write() as connection:
            self._touch_batch(connection, batch)
            self._insert_missing(
                connection,
                [
                    {
                        "batch": batch,
                        "origin": escape_origin(origin),
                        "origin_key": origin_key(origin),
                        "sha256": "",
                        "state": "pending",
                        "updated_at": now_text(),
                    }
                    for origin in origins
                ],
            )

    def claim(
        self,
        sha256: str,
        origin: str,
        *,
        batch: str,
        holder: str,
        size: int | None = None,
        mtime_ns: int | None = None,
        instead_of: str | None = None,
    ) -> Claim:
        """Ask for the right to make the record of a content; also notes the file as captured.

        The first one gets it, until it is done or its run is dead. A content in quarantine may be tried again by
        the file that owns it, by one that was never seen before (moved, or copied elsewhere), and by one that asks
        for it ``instead_of`` the owner, whose name was its trouble. ``holder`` names the run
        (``holders.holder_of`` of the process that all its workers come from). Call this before looking
        whether there is a record: only who holds the claim may write one.
        """
        with self._database.write() as connection:
            self._touch_batch(connection, batch)
            claim = self._claim(connection, sha256, origin, holder, instead_of)
            self._note_captured(connection, sha256, origin, batch, size, mtime_ns)
        return claim

    def take_next(self, batch: str, *, holder: str, limit: int = 1) -> tuple[LedgerItem, ...]:
        """Up to ``limit`` captured items of the batch whose content nobody alive holds; their claims become ours.

        Several processes and machines may ask at once: none gets what another got.
        """
        with self._database.write() as connection:
            query = (
                sa.select(items, claims.c.claimed_by, claims.c.claimed_until)
                .join(claims, claims.c.sha256 == items.c.sha256)
                .where(items.c.batch == batch, items.c.state == "captured", claims.c.origin == items.c.origin)
                .where(claims.c.claimed_by != holder)
                .order_by(items.c.id)
                .with_for_update(skip_locked=True, of=claims)
            )
            taken = []
            for row in connection.execute(query):
                if _is_held(row.claimed_by, row.claimed_until):
                    continue
                self._take_over(connection, row.sha256, unescape_origin(row.origin), holder)
                taken.append(_item(row))
                if len(taken) == limit:
                    break
            return tuple(taken)

    def release(self, holder: str) -> int:
        """Give up all claims of a run that ends in good order; returns how many contents they were."""
        with self._database.write() as connection:
            done = connection.execute(
                claims.update()
                .where(claims.c.claimed_by == holder, claims.c.claimed_until != "")
                .values(claimed_until="")
            )
            return done.rowcount

    def finish(
        self,
        origin: str,
        *,
        batch: str,
        outcome: ItemOutcome,
        sha256: str | None = None,
        record_id: str | None = None,
        error_code: str | None = None,
        message: str | None = None,
        known: bool = False,
    ) -> None:
        """Write the one outcome of a file. ``known``: it had it before, so it stays in the batch that gave it.

        The file that owns a content is never turned into its own duplicate (two runs over one folder).
        """
        key, escaped = origin_key(origin), escape_origin(origin)
        values = {
            "batch": batch,
            "state": "done",
            "outcome": outcome,
            "record_id": record_id,
            "error_code": error_code,
            "message": message,
            "updated_at": now_text(),
        }
        with self._database.write() as connection:
            self._touch_batch(connection, batch)
            there = connection.execute(
                sa.select(items.c.id, items.c.outcome, items.c.batch).where(
                    items.c.origin_key == key, items.c.sha256 == (sha256 or "")
                )
            ).first()
            moved = False
            if there is None:
                moved = True
                connection.execute(
                    items.insert().values(origin=escaped, origin_key=key, sha256=sha256 or "", attempts=1, **values)
                )
            elif not (known and there.outcome == outcome) and not (
                outcome == "duplicate" and self._owns(connection, sha256, escaped)
            ):
                if known and there.outcome is not None:
                    values["batch"] = there.batch
                moved = there.outcome is None or there.batch != values["batch"]
                connection.execute(items.update().where(items.c.id == there.id).values(**values))
            if record_id is not None and moved:  # the index knows the batches of a record
                connection.execute(records.update().where(records.c.record_id == record_id).values(indexed_revision=0))
            if sha256:
                self._forget_unread(connection, key)
                connection.execute(
                    claims.update()
                    .where(claims.c.sha256 == sha256, claims.c.origin == escaped)
                    .values(claimed_until="")
                )

    def outcome_of(self, origin: str) -> ItemOutcome | None:
        """The outcome the file at ``origin`` had last; None when it has none yet."""
        with self._database.read() as connection:
            found: ItemOutcome | None = connection.execute(
                sa.select(items.c.outcome)
                .where(items.c.origin_key == origin_key(origin), items.c.state == "done")
                .order_by(items.c.updated_at.desc(), items.c.id.desc())
                .limit(1)
            ).scalar()
            return found

    def items(
        self,
        *,
        batch: str | None = None,
        outcome: ItemOutcome | None = None,
        state: ItemState | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> tuple[LedgerItem, ...]:
        """Lines of the ledger in the order they came."""
        query = sa.select(items).order_by(items.c.id).limit(limit).offset(offset)
        for column, value in ((items.c.batch, batch), (items.c.outcome, outcome), (items.c.state, state)):
            if value is not None:
                query = query.where(column == value)
        with self._database.read() as connection:
            return tuple(_item(row) for row in connection.execute(query))

    def batches(self) -> tuple[BatchSummary, ...]:
        """Every batch with its counts, the newest first."""
        names = {"": "unfinished"} | {name: name for name in ("accepted", "needs_review", "quarantined", "duplicate")}
        counts = [
            sa.func.coalesce(sa.func.sum(sa.case((item_counts.c.outcome == outcome, item_counts.c.n))), 0).label(name)
            for outcome, name in names.items()
        ]
        query = (
            sa.select(batches, *counts)
            .outerjoin(item_counts, item_counts.c.batch == batches.c.name)
            .group_by(batches.c.name, batches.c.created_at, batches.c.last_at)
            .order_by(batches.c.created_at.desc(), batches.c.name)
        )
        with self._database.read() as connection:
            return tuple(BatchSummary.model_validate(dict(row._mapping)) for row in connection.execute(query))

    def batches_of(self, record_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """For each of these records the batches that a file of it came in with."""
        query = sa.select(items.c.record_id, items.c.batch).where(items.c.record_id.in_(record_ids)).distinct()
        found: dict[str, tuple[str, ...]] = {}
        with self._database.read() as connection:
            for row in connection.execute(query.order_by(items.c.batch)):
                found[row.record_id] = (*found.get(row.record_id, ()), row.batch)
        return found

    def orphans(self) -> Iterator[LedgerItem]:
        """Finished items whose record is not in the catalogue: their run died and was never run again."""
        query = (
            sa.select(items)
            .outerjoin(records, records.c.record_id == items.c.record_id)
            .where(items.c.record_id.is_not(None), records.c.record_id.is_(None))
            .order_by(items.c.id)
        )
        with self._database.read() as connection:
            yield from [_item(row) for row in connection.execute(query)]

    def _claim(self, connection: sa.Connection, sha256: str, origin: str, holder: str, instead_of: str | None) -> Claim:
        escaped = escape_origin(origin)
        fresh = {"sha256": sha256, "origin": escaped, "claimed_by": holder, "claimed_until": now_text(LEASE_S)}
        insert = self._insert(claims).values(**fresh).on_conflict_do_nothing().returning(claims.c.sha256)
        if connection.execute(insert).first() is not None:
            return Claim(kind="mine", origin=origin)
        row = connection.execute(sa.select(claims).where(claims.c.sha256 == sha256).with_for_update()).one()
        owner = unescape_origin(row.origin)
        ours = row.claimed_by == holder
        held = not ours and _is_held(row.claimed_by, row.claimed_until)
        status = connection.execute(sa.select(records.c.status).where(records.c.sha256 == sha256)).scalar()
        settled = status is not None and status != "quarantined"
        if owner == origin:
            if held and not settled:
                return Claim(kind="busy", origin=owner, attempts=row.attempts)
            if settled:
                return Claim(kind="mine", origin=owner, attempts=row.attempts)
        else:
            tried = ours or (status is not None and self._is_known(connection, sha256, origin))
            if held or settled or (tried and (status is None or owner != instead_of)):
                return Claim(kind="twin", origin=owner, attempts=row.attempts)
        self._take_over(connection, sha256, origin, holder)
        return Claim(kind="mine", origin=origin, attempts=row.attempts + 1)

    def _take_over(self, connection: sa.Connection, sha256: str, origin: str, holder: str) -> None:
        connection.execute(
            claims.update()
            .where(claims.c.sha256 == sha256)
            .values(
                origin=escape_origin(origin),
                claimed_by=holder,
                claimed_until=now_text(LEASE_S),
                attempts=claims.c.attempts + 1,
            )
        )

    def _note_captured(
        self, connection: sa.Connection, sha256: str, origin: str, batch: str, size: int | None, mtime_ns: int | None
    ) -> None:
        """The file's row: new, or tried once more; an outcome it has stays until a new one is written."""
        key = origin_key(origin)
        self._forget_unread(connection, key)
        row = {
            "batch": batch,
            "origin": escape_origin(origin),
            "origin_key": key,
            "sha256": sha256,
            "size": size,
            "mtime_ns": mtime_ns,
            "state": "captured",
            "attempts": 1,
            "updated_at": now_text(),
        }
        connection.execute(
            self._insert(items)
            .values(**row)
            .on_conflict_do_update(
                index_elements=["origin_key", "sha256"],
                set_={
                    "attempts": items.c.attempts + 1,
                    "size": sa.func.coalesce(sa.literal(size, sa.BigInteger), items.c.size),
                    "mtime_ns": sa.func.coalesce(sa.literal(mtime_ns, sa.BigInteger), items.c.mtime_ns),
                },
            )
        )

    def _forget_unread(self, connection: sa.Connection, key: str) -> None:
        """Now the file could be read: what the ledger said of it without bytes is over."""
        connection.execute(items.delete().where(items.c.origin_key == key, items.c.sha256 == ""))

    def _touch_batch(self, connection: sa.Connection, batch: str) -> None:
        now = now_text()
        connection.execute(
            self._insert(batches)
            .values(name=batch, created_at=now, last_at=now)
            .on_conflict_do_update(index_elements=["name"], set_={"last_at": now})
        )

    def _insert_missing(self, connection: sa.Connection, rows: list[dict[str, Any]]) -> None:
        """Insert the pending rows of origins the ledger has never seen."""
        seen = set(
            connection.execute(
                sa.select(items.c.origin_key).where(items.c.origin_key.in_([row["origin_key"] for row in rows]))
            ).scalars()
        )
        rows = [row for row in rows if row["origin_key"] not in seen]
        if rows:
            connection.execute(self._insert(items).on_conflict_do_nothing(), rows)

    def _owns(self, connection: sa.Connection, sha256: str | None, escaped: str) -> bool:
        owner = connection.execute(sa.select(claims.c.origin).where(claims.c.sha256 == sha256)).scalar()
        return owner == escaped

    def _is_known(self, connection: sa.Connection, sha256: str, origin: str) -> bool:
        """Whether this file with this content is in the ledger already."""
        query = sa.select(items.c.id).where(items.c.origin_key == origin_key(origin), items.c.sha256 == sha256)
        return connection.execute(query).first() is not None

    def _insert(self, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
        return sqlite.insert(table) if self._database.is_sqlite else postgresql.insert(table)


def _is_held(claimed_by: str, claimed_until: str) -> bool:
    """Whether somebody alive works on it: the process is seen, or cannot be seen and has time left."""
    if not claimed_until:
        return False  # done with
    alive = is_alive(claimed_by)
    return claimed_until > now_text() if alive is None else alive


def _item(row: sa.Row[Any]) -> LedgerItem:
    values = {name: row._mapping[items.c[name]] for name in LedgerItem.model_fields}
    values["origin"] = unescape_origin(values["origin"])
    values["sha256"] = values["sha256"] or None
    return LedgerItem.model_validate(values)
