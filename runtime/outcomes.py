"""Kết quả của từng tệp: what a batch hands out to workers, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from schemas.errors import SohoaError
from schemas.secrecy import Statement

OutcomeStatus = Literal["accepted", "needs_review", "quarantined", "duplicate"]
OUTCOME_ORDER: tuple[OutcomeStatus, ...] = ("accepted", "needs_review", "quarantined", "duplicate")


@dataclass(frozen=True, slots=True)
class Trouble:
    """An error in words: code, the Vietnamese sentence, and how to try again."""

    code: str
    message: str
    retry: str

    @classmethod
    def of(cls, error: SohoaError) -> Trouble:
        return cls(error.code, error.message, error.retry)


# What a rerun may mend without the file changing: limits, time, a sick reader, rights, the copy maker.
RETRIED_CODES = frozenset({"E105", "E106", "E109", "E110", "E113", "E114", "E115"})


@dataclass(frozen=True, slots=True)
class Item:
    """One file of a batch.

    path    where its bytes lie now (a member of an archive lies in the spool folder)
    origin  where it came from, the same on every run: the absolute path, or ``zip path!member``
    name    its base name, fit to show
    trouble what stopped us before it could be opened (an unreadable folder, a pipe)
    archive origin of the archive it was unpacked from
    statement that it is no secret paper, by a person with authority; never printed with the item
    """

    path: Path
    origin: str
    name: str
    trouble: Trouble | None = None
    archive: str | None = None
    statement: Statement | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The one outcome of one item (PRODUCT promise d).

    record_id     the record it became, or for a duplicate the record it repeats; None for a file without bytes
    known         it had this outcome before this run, nothing was done again
    seconds       wall time of the work on it
    """

    item: Item
    status: OutcomeStatus
    record_id: str | None = None
    sha256: str | None = None
    pages: int = 0
    seconds: float = 0.0
    known: bool = False
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class Captured:
    """*Sao chụp* is done: the bytes are in the store, read back and compared, and the ledger knows the item."""

    item: Item
    sha256: str
    size: int
    mtime_ns: int
    media_type: str
    page_count: int


@dataclass(frozen=True, slots=True)
class Unpacked:
    """An archive's members, each an item of its own."""

    members: tuple[Item, ...]
