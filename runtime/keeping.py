"""What the stages keep in the store: originals, packages, papers set aside. Thin over storage/."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from review.keying import load_rules
from review.work import Work, rejoin
from schemas.base import Frozen
from schemas.errors import ObjectNotFound, StoreCorrupt
from schemas.history import HistoryRow
from schemas.reading import Reading
from schemas.record import Record
from schemas.secrecy import is_declared
from storage.brief import Brief
from storage.keys import original_key, quarantine_key
from storage.layout import encode_layout
from storage.package import (
    Event,
    Problem,
    Stage,
    iter_package_ids,
    make_event,
    read_manifest,
    read_record,
    read_review,
    read_with_review,
    verify_package,
    write_package,
)
from storage.store import RemovableStore, duplicate, relocate


class FixityReport(Frozen):
    """Packages, objects and journal entries compared, and what is not what its manifest (or the catalogue) says."""

    packages: int
    objects: int
    journal: int = 0
    problems: tuple[Problem, ...]


def keep_original(store: RemovableStore, path: Path, sha256: str) -> str:
    """The source's bytes under their hash, read back and compared; their key. A secret paper stays where it is.

    Raises FileChanged (E110), UnreadableFile (E109), StoreUnreachable (E202), DiskFull (E203), StoreCorrupt (E207).
    """
    secret = quarantine_key(sha256)
    key = secret if store.stat(secret) is not None else original_key(sha256)
    store.put(key, path, media_type="application/octet-stream", expect=sha256)
    if key != secret and store.stat(secret) is not None:  # a twin was found to be secret in the meantime
        store.remove(key)
        return secret
    return key


def has_original(store: RemovableStore, sha256: str) -> bool:
    """Whether the store holds these bytes, told by reading them: what a source must pass before it is moved."""
    for key in (original_key(sha256), quarantine_key(sha256)):
        stored = store.stat(key)
        if stored is not None:
            return stored.sha256 == sha256
    return False


def keep_package(
    store: RemovableStore, record: Record, *, reading: Reading, copy: Path, said: tuple[HistoryRow, ...] = ()
) -> Record:
    """The package of a paper that was read, its manifest last; the record with its keys.

    What people settled on an earlier reading of the same paper stays (``review.work.rejoin``). ``said``: what
    somebody said of the paper as it came, added to their work.
    """
    versions = record.process.versions
    review = read_review(store, record.record_id)
    work: Work | None = None
    if review is not None:
        work = Work.from_bytes(review)
        record, work = rejoin(record, work.unasked("secrecy") if said else work, load_rules())
    elif said:
        work = Work.begin(record, load_rules())
    work = _with_rows(work, said) if work is not None else None
    declared = work is not None and is_declared(work.history)
    if declared:
        _bring_back(store, record)
    kept, _ = write_package(
        store,
        _with_original(record, original_key(record.source.sha256)),
        text=reading.text,
        layout=encode_layout(reading),
        copy_pdf=copy,
        events=_events("capture", "extract", "assign_code", "store", tools=versions),
        review=work.to_bytes() if work is not None else None,
    )
    if declared:
        clear_secret_place(store, kept)
    return kept


def keep_quarantined(
    store: RemovableStore, record: Record, *, secret: bool, said: tuple[HistoryRow, ...] = ()
) -> Record:
    """The package of a paper set aside: its original and why, no text. A secret one leaves the ordinary place."""
    sha256 = record.source.sha256
    key = original_key(sha256)
    review: bytes | None = None
    if secret:
        key = quarantine_key(sha256)
        relocate(store, original_key(sha256), key, media_type=record.source.media_type)
    elif said:  # not secret, yet something else is wrong with it
        before = read_review(store, record.record_id)
        work = Work.from_bytes(before) if before is not None else Work.begin(record, load_rules())
        review = _with_rows(work, said).to_bytes()
        _bring_back(store, record)
    kept, _ = write_package(
        store,
        _with_original(record, key),
        text=None,
        layout=None,
        copy_pdf=None,
        events=_events("capture"),
        review=review,
    )
    if said and not secret:
        clear_secret_place(store, kept)
    return kept


def clear_secret_place(store: RemovableStore, record: Record) -> None:
    """Nothing of a paper whose package has its original at the ordinary place stays at the secret one."""
    if record.objects.original == original_key(record.source.sha256):
        store.remove(quarantine_key(record.source.sha256))


def _bring_back(store: RemovableStore, record: Record) -> None:
    """The original of a paper that is not secret after all, at the ordinary place too, for its package."""
    sha256 = record.source.sha256
    duplicate(store, quarantine_key(sha256), original_key(sha256), media_type=record.source.media_type)


def _with_rows(work: Work, said: tuple[HistoryRow, ...]) -> Work:
    return work.model_copy(update={"history": (*work.history, *said)}) if said else work


def find_package(store: RemovableStore, record_id: str) -> Record | None:
    """The record as its package has it; None without a package. Raises StoreCorrupt (E207)."""
    try:
        return read_record(store, record_id)
    except ObjectNotFound:
        return None


def find_with_review(store: RemovableStore, record_id: str) -> tuple[Record, Work | None] | None:
    """The record and the work of people on it; None without a package. Raises StoreCorrupt (E207)."""
    try:
        record, review = read_with_review(store, record_id)
    except ObjectNotFound:
        return None
    return record, Work.from_bytes(review) if review is not None else None


def read_text(store: RemovableStore, record: Record | Brief) -> str:
    """The text in reading order, pages separated by form feeds; empty for a record without text."""
    return store.get(record.objects.text).decode("utf-8") if record.objects.text else ""


def list_packages(store: RemovableStore) -> Iterator[str]:
    """The record ids that have a package, ascending. Nothing is read."""
    return iter_package_ids(store)


def verify_record(store: RemovableStore, record_id: str) -> tuple[int, tuple[Problem, ...]]:
    """How many objects the package lists, and those that are not what it says."""
    try:
        count = len(read_manifest(store, record_id).files)
        return count, verify_package(store, record_id)
    except ObjectNotFound as exc:
        return 0, (Problem(record_id=record_id, key=exc.detail or record_id, kind="missing"),)
    except StoreCorrupt as exc:
        return 0, (Problem(record_id=record_id, key=exc.detail or record_id, kind="changed"),)


def _with_original(record: Record, key: str) -> Record:
    return record.model_copy(update={"objects": record.objects.model_copy(update={"original": key})})


def _events(*stages: Stage, tools: tuple[object, ...] = ()) -> tuple[Event, ...]:
    now = datetime.now(UTC)
    return tuple(make_event(stage, at=now, tools=tools if stage == "extract" else ()) for stage in stages)  # type: ignore[arg-type]
