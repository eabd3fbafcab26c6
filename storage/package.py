"""Gói hồ sơ: all that is kept of one document, made visible by one last write.

A version's files are written first, under names that hold their own hash; then its manifest, the commit point.
The manifest with the highest number is the package. A writer killed in between leaves files nobody refers to:
they are never read, never in the way of the next writer, and swept once their version is committed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from schemas.base import Frozen
from schemas.errors import ObjectExists, ObjectNotFound, StoreCorrupt
from schemas.record import Objects, Record, Version
from storage.keys import (
    PACKAGES,
    FileKey,
    ManifestKey,
    Role,
    file_key,
    manifest_key,
    manifest_prefix,
    package_prefix,
    parse_key,
)
from storage.store import ObjectStore, RemovableStore, Stored, digest_of

MANIFEST_VERSION = 1
VIETNAM = timezone(timedelta(hours=7))

Stage = Literal["capture", "extract", "assign_code", "store"]
FileRole = Literal["original", "record", "text", "layout", "copy", "review"]
ProblemKind = Literal["missing", "changed", "extra", "unfinished"]

_MEDIA_TYPES: dict[Role, str] = {
    "record": "application/json",
    "text": "text/plain; charset=utf-8",
    "layout": "application/gzip",
    "copy": "application/pdf",
    "review": "application/json",
}


class Event(Frozen):
    """One stage (TT 01/2023 Điều 7) was done: when (ISO 8601 with +07:00) and with which tools."""

    stage: Stage
    time: str = Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+07:00$")
    tools: tuple[Version, ...] = ()


class FileEntry(Frozen):
    """One file of a package. Size in bytes, SHA-256 in lower-case hex."""

    role: FileRole
    key: str
    sha256: str
    size: int
    media_type: str


class Manifest(Frozen):
    """What one version of a package consists of.

    A file that did not change since the version before is listed with the key it has there. ``previous`` is the
    SHA-256 of the manifest before this one; ``digest`` that of this one with an empty ``digest``.
    """

    manifest: Literal[1] = 1
    record_id: str
    package_version: int = Field(ge=1)
    record_version: int
    rule_version: str
    files: tuple[FileEntry, ...]
    events: tuple[Event, ...] = ()
    previous: str | None = None
    digest: str = ""

    def file(self, role: FileRole) -> FileEntry | None:
        """The file of this role, None when the package has none."""
        return next((entry for entry in self.files if entry.role == role), None)

    def sealed(self) -> Manifest:
        """The same with its digest filled in."""
        body = self.model_copy(update={"digest": ""}).to_bytes()
        return self.model_copy(update={"digest": hashlib.sha256(body).hexdigest()})

    def to_bytes(self) -> bytes:
        return self.model_dump_json(indent=1).encode() + b"\n"


class Problem(Frozen):
    """One object that is not as the manifest says.

    missing      listed, not there          changed      there with other bytes, or a manifest that cannot be read
    extra        in the package, not listed  unfinished   of a version not committed (a writer at work or killed)
    """

    record_id: str
    key: str
    kind: ProblemKind


def make_event(stage: Stage, *, at: datetime, tools: tuple[Version, ...] = ()) -> Event:
    """An event at ``at`` (an aware time), written in the time of Việt Nam. Raises ValueError for a naive time."""
    if at.tzinfo is None:
        raise ValueError("a time without a zone")
    return Event(stage=stage, time=at.astimezone(VIETNAM).isoformat(timespec="seconds"), tools=tools)


def write_package(
    store: RemovableStore,
    record: Record,
    *,
    text: str | None,
    layout: bytes | None,
    copy_pdf: Path | None,
    events: tuple[Event, ...],
    review: bytes | None = None,
) -> tuple[Record, Manifest]:
    """Keep a record and its files as a new version of its package; the record with its keys, and the manifest.

    ``review`` is the work of people on it; None leaves the one that is there.
    ``record.objects.original`` is the key of the original, which is stored already. What is kept already (but for
    the seconds it took and the times of events) adds no version.
    Raises ValueError without that key, ObjectNotFound (E303) when the original is not there; what put raises.
    """
    sources: dict[Role, bytes | Path] = {}
    if text is not None:
        sources["text"] = text.encode("utf-8", "replace")
    if layout is not None:
        sources["layout"] = layout
    if copy_pdf is not None:
        sources["copy"] = copy_pdf
    if review is not None:
        sources["review"] = review
    original = _original_entry(store, record)
    digests = {role: digest_of(source) for role, source in sources.items()}
    while True:
        current = _current(store, record.record_id)
        if current is not None:
            if review is None and (entry := current.file("review")):
                digests["review"] = (entry.sha256, entry.size)
            kept = _read_record(store, current)
            if _same(current, kept, record, original, digests, events):
                sweep_leftovers(store, record.record_id)
                return kept, current
        written = _try_version(store, record, current, original, sources, digests, events)
        if written is not None:
            sweep_leftovers(store, record.record_id)
            return written


def revise_package(
    store: RemovableStore, record: Record, *, events: tuple[Event, ...], review: bytes | None = None
) -> tuple[Record, Manifest]:
    """Keep a changed record (after review) with the files its package has now, as a new version.

    ``review`` is the work of people on it; None leaves the one that is there.
    ``record.objects.original`` None means: as it is now. Raises ObjectNotFound (E303) when there is no package
    yet, and what put raises.
    """
    while True:
        current = read_manifest(store, record.record_id)
        kept = _read_record(store, current)
        objects = kept.objects.model_copy(
            update={"original": record.objects.original or kept.objects.original},
        )
        wanted = record.model_copy(update={"objects": objects})
        original = _original_entry(store, wanted)
        digests: dict[Role, tuple[str, int]] = {}
        for role in ("text", "layout", "copy", "review"):
            if entry := current.file(role):
                digests[role] = (entry.sha256, entry.size)
        sources: dict[Role, bytes | Path] = {}
        if review is not None:
            sources["review"] = review
            digests["review"] = digest_of(review)
        if _same(current, kept, wanted, original, digests, events):
            return kept, current
        written = _try_version(store, wanted, current, original, sources, digests, events)
        if written is not None:
            sweep_leftovers(store, record.record_id)
            return written


def read_manifest(store: ObjectStore, record_id: str) -> Manifest:
    """The current manifest. Raises ObjectNotFound (E303) without a package, StoreCorrupt (E207)."""
    current = _current(store, record_id)
    if current is None:
        raise ObjectNotFound(record_id)
    return current


def read_record(store: ObjectStore, record_id: str) -> Record:
    """The record as kept last. Raises ObjectNotFound (E303) without a package, StoreCorrupt (E207)."""
    return _read_record(store, read_manifest(store, record_id))


def read_with_review(store: ObjectStore, record_id: str) -> tuple[Record, bytes | None]:
    """The record and the work of people as kept last.

    Raises ObjectNotFound (E303) without a package, StoreCorrupt (E207).
    """
    current = read_manifest(store, record_id)
    return _read_record(store, current), _read_review(store, current)


def read_review(store: ObjectStore, record_id: str) -> bytes | None:
    """The work of people as kept last; None without any. Raises StoreCorrupt (E207)."""
    current = _current(store, record_id)
    return _read_review(store, current) if current is not None else None


def _read_review(store: ObjectStore, current: Manifest) -> bytes | None:
    entry = current.file("review")
    if entry is None:
        return None
    body = store.get(entry.key)
    if hashlib.sha256(body).hexdigest() != entry.sha256:
        raise StoreCorrupt(entry.key)
    return body


def iter_package_ids(store: ObjectStore) -> Iterator[str]:
    """The ids of all records that have a committed package, each once."""
    last = None
    for key in store.list(PACKAGES):
        found = parse_key(key)
        if isinstance(found, ManifestKey) and found.record_id != last:
            last = found.record_id
            yield found.record_id


def verify_package(store: ObjectStore, record_id: str) -> tuple[Problem, ...]:
    """Every object of every version against the manifests, by reading all of it.

    The original is compared where the current manifest says it is. Raises ObjectNotFound (E303) when there is no
    committed package.
    """
    problems: list[Problem] = []
    seen = set(store.list(package_prefix(record_id)))
    numbers = sorted(k.version for k in map(parse_key, seen) if isinstance(k, ManifestKey))
    if not numbers:
        raise ObjectNotFound(record_id)
    listed: dict[str, FileEntry] = {}
    previous: str | None = None
    for number in range(1, numbers[-1] + 1):
        key = manifest_key(record_id, number)
        if number not in numbers:
            problems.append(Problem(record_id=record_id, key=key, kind="missing"))
            previous = None
            continue
        body = store.get(key)
        manifest = _parse(body)
        if manifest is None or (previous is not None and manifest.previous != previous):
            problems.append(Problem(record_id=record_id, key=key, kind="changed"))
        if manifest is not None:
            listed.update({e.key: e for e in manifest.files if e.role != "original" or number == numbers[-1]})
        previous = hashlib.sha256(body).hexdigest() if manifest is not None else None
    for entry in listed.values():
        there = store.stat(entry.key)
        if there is None:
            problems.append(Problem(record_id=record_id, key=entry.key, kind="missing"))
        elif (there.sha256, there.size) != (entry.sha256, entry.size):
            problems.append(Problem(record_id=record_id, key=entry.key, kind="changed"))
    for key in sorted(seen - set(listed)):
        found = parse_key(key)
        if isinstance(found, ManifestKey):
            continue
        later = isinstance(found, FileKey) and found.version > numbers[-1]
        problems.append(Problem(record_id=record_id, key=key, kind="unfinished" if later else "extra"))
    return tuple(problems)


def sweep_leftovers(store: RemovableStore, record_id: str) -> int:
    """Remove what interrupted writers left in versions that others have committed since; how many pieces.

    Never touches what a manifest lists, nor a version without a manifest (somebody may be writing it); does
    nothing when a manifest cannot be read.
    """
    keys = [(key, parse_key(key)) for key in store.list(package_prefix(record_id))]
    numbers = {k.version for _, k in keys if isinstance(k, ManifestKey)}
    files = [(key, k) for key, k in keys if isinstance(k, FileKey) and k.version in numbers]
    listed: set[str] = set()
    for number in numbers:
        manifest = _parse(store.get(manifest_key(record_id, number)))
        if manifest is None:
            return 0
        listed.update(entry.key for entry in manifest.files)
    left = [key for key, _ in files if key not in listed]
    for key in left:
        store.remove(key)
    return len(left)


def _original_entry(store: ObjectStore, record: Record) -> FileEntry:
    key = record.objects.original
    if key is None:
        raise ValueError("the original is stored before its package")
    if key not in store.list(key):
        raise ObjectNotFound(key)
    source = record.source
    return FileEntry(role="original", key=key, sha256=source.sha256, size=source.size, media_type=source.media_type)


def _try_version(
    store: ObjectStore,
    record: Record,
    current: Manifest | None,
    original: FileEntry,
    sources: dict[Role, bytes | Path],
    digests: dict[Role, tuple[str, int]],
    events: tuple[Event, ...],
) -> tuple[Record, Manifest] | None:
    """One try at the version after ``current``; None when another writer was quicker.

    The quicker one may have swept our files before they were read back.
    """
    before = current.package_version if current else 0
    try:
        return _write_version(store, record, current, original, sources, digests, events)
    except (ObjectExists, ObjectNotFound, StoreCorrupt):
        now = _current(store, record.record_id)
        if now is None or now.package_version == before:
            raise
        return None


def _write_version(
    store: ObjectStore,
    record: Record,
    current: Manifest | None,
    original: FileEntry,
    sources: dict[Role, bytes | Path],
    digests: dict[Role, tuple[str, int]],
    events: tuple[Event, ...],
) -> tuple[Record, Manifest]:
    version = current.package_version + 1 if current else 1
    files: list[FileEntry] = [original]
    for role, (sha256, size) in digests.items():
        before = current.file(role) if current else None
        if before is not None and (before.sha256, before.size) == (sha256, size):
            files.append(before)
            continue
        files.append(_put(store, record.record_id, version, role, sources[role], sha256))
    keys: dict[str, str] = {entry.role: entry.key for entry in files}
    record = record.model_copy(
        update={
            "objects": Objects(
                original=original.key, pdfa=keys.get("copy"), text=keys.get("text"), layout=keys.get("layout")
            )
        }
    )
    body = record.model_dump_json(indent=1).encode() + b"\n"
    files.insert(1, _put(store, record.record_id, version, "record", body, hashlib.sha256(body).hexdigest()))
    manifest = Manifest(
        record_id=record.record_id,
        package_version=version,
        record_version=record.schema_version,
        rule_version=record.process.rule_version,
        files=tuple(files),
        events=events,
        previous=hashlib.sha256(current.to_bytes()).hexdigest() if current else None,
    ).sealed()
    store.put(manifest_key(record.record_id, version), manifest.to_bytes(), media_type="application/json")
    return record, manifest


def _put(store: ObjectStore, record_id: str, version: int, role: Role, source: bytes | Path, sha256: str) -> FileEntry:
    media_type = _MEDIA_TYPES[role]
    stored: Stored = store.put(file_key(record_id, version, role, sha256), source, media_type=media_type, expect=sha256)
    return FileEntry(role=role, key=stored.key, sha256=stored.sha256, size=stored.size, media_type=media_type)


def _same(
    current: Manifest,
    kept: Record,
    record: Record,
    original: FileEntry,
    digests: dict[Role, tuple[str, int]],
    events: tuple[Event, ...],
) -> bool:
    """Is this what the package holds already, but for seconds and times?"""
    files = {e.role: (e.sha256, e.size) for e in current.files if e.role not in ("original", "record")}
    return (
        files == digests
        and current.file("original") == original
        and _timeless(kept).model_dump_json() == _timeless(record).model_dump_json()
        and [(e.stage, e.tools) for e in current.events] == [(e.stage, e.tools) for e in events]
    )


def _timeless(record: Record) -> Record:
    process = record.process.model_copy(update={"seconds": 0.0})
    return record.model_copy(update={"objects": Objects(), "process": process})


def _current(store: ObjectStore, record_id: str) -> Manifest | None:
    found = [parse_key(key) for key in store.list(manifest_prefix(record_id))]
    number = max((k.version for k in found if isinstance(k, ManifestKey)), default=0)
    if not number:
        return None
    key = manifest_key(record_id, number)
    manifest = _parse(store.get(key))
    if manifest is None or manifest.record_id != record_id or manifest.package_version != number:
        raise StoreCorrupt(key)
    return manifest


def _parse(body: bytes) -> Manifest | None:
    """The manifest in these bytes; None when they are not what was written."""
    try:
        manifest = Manifest.model_validate_json(body)
    except ValidationError:
        return None
    return manifest if manifest.sealed() == manifest and manifest.to_bytes() == body else None


def _read_record(store: ObjectStore, manifest: Manifest) -> Record:
    entry = manifest.file("record")
    if entry is None:
        raise StoreCorrupt(manifest.record_id)
    body = store.get(entry.key)
    if hashlib.sha256(body).hexdigest() != entry.sha256:
        raise StoreCorrupt(entry.key)
    try:
        return Record.model_validate_json(body)
    except ValidationError as exc:
        raise StoreCorrupt(entry.key) from exc
