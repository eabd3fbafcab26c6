"""Lịch sử: rows that each name the one before, so that a removed or altered one shows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from schemas.base import Frozen

GENESIS = "0" * 64
PEOPLE, SEEN = "people", "seen"  # subjects that are no record: accounts and log-ins; who looked at what


class Deed(Frozen):
    """Something a person did, before it has its place in the chain.

    ``field``: the field it concerns; ``old``, ``new``: its value as JSON text; ``note``: a reason or codes.
    ``record_id`` where the subject is not the record itself.
    """

    actor: str
    action: str
    field: str | None = None
    old: str | None = None
    new: str | None = None
    note: str | None = None
    record_id: str | None = None


class HistoryRow(Deed):
    """A deed in the chain of its subject. ``prev``: digest of the row before (64 zeros before the first)."""

    subject: str
    seq: int
    at: str
    prev: str
    digest: str

    def computed(self) -> str:
        """The digest this row must have."""
        body = self.model_dump(exclude={"digest"})
        text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class ChainBreak(Frozen):
    """Where a chain does not hold: ``missing`` rows before ``seq``, or an ``altered`` or ``unlinked`` one."""

    subject: str
    seq: int
    kind: str


def follow(deeds: Sequence[Deed], *, subject: str, at: str, after: HistoryRow | None) -> tuple[HistoryRow, ...]:
    """The deeds as the next rows of the subject's chain."""
    rows: list[HistoryRow] = []
    before = after
    for deed in deeds:
        row = HistoryRow(
            **deed.model_dump(),
            subject=subject,
            seq=before.seq + 1 if before else 1,
            at=at,
            prev=before.digest if before else GENESIS,
            digest="",
        )
        row = row.model_copy(update={"digest": row.computed()})
        rows.append(row)
        before = row
    return tuple(rows)


def breaks(rows: Sequence[HistoryRow]) -> tuple[ChainBreak, ...]:
    """What is wrong in the whole chain of one subject, in its order; empty when it holds."""
    found: list[ChainBreak] = []
    seq, prev = 0, GENESIS
    for row in rows:
        if row.seq != seq + 1:
            found.append(ChainBreak(subject=row.subject, seq=row.seq, kind="missing"))
        elif row.prev != prev:
            found.append(ChainBreak(subject=row.subject, seq=row.seq, kind="unlinked"))
        if row.computed() != row.digest:
            found.append(ChainBreak(subject=row.subject, seq=row.seq, kind="altered"))
        seq, prev = row.seq, row.digest
    return tuple(found)
