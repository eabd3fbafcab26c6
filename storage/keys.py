"""The one place where object keys are made and taken apart.

    originals/sha256/ab/cd/<sha256>                       the file as it came
    quarantine/sha256/ab/cd/<sha256>                      the same, of a paper with a secrecy stamp
    packages/ab/<record_id>/v0001/<role>-<hash>.<ext>     a file of version 1 of a package
    packages/ab/<record_id>/manifest-0001.json            the manifest that makes version 1 exist

Every key is lower-case ASCII and safe as a path. ``<hash>`` is the beginning of the file's own SHA-256: what an
interrupted writer left behind never stands in the way of the next one, and nothing is ever overwritten.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

ORIGINALS = "originals/"
QUARANTINE = "quarantine/"
PACKAGES = "packages/"
MAX_KEY = 512

Role = Literal["record", "text", "layout", "copy", "review"]
Place = Literal["originals", "quarantine"]

_ID_LENGTH = 20  # hex digits of the source's SHA-256
_HASH_LENGTH = 16  # hex digits of a package file's own SHA-256
_EXTENSIONS: dict[Role, str] = {
    "record": "json",
    "text": "txt",
    "layout": "json.gz",
    "copy": "pdf",
    "review": "json",
}

_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_RECORD_ID = re.compile(r"[0-9a-f]{20}", re.ASCII)
_SEGMENT = re.compile(r"[a-z0-9][a-z0-9._-]*", re.ASCII)
_ORIGINAL = re.compile(r"(originals|quarantine)/sha256/([0-9a-f]{2})/([0-9a-f]{2})/([0-9a-f]{64})", re.ASCII)
_MANIFEST = re.compile(r"packages/([0-9a-f]{2})/([0-9a-f]{20})/manifest-(\d{4,})\.json", re.ASCII)
_FILE = re.compile(
    r"packages/([0-9a-f]{2})/([0-9a-f]{20})/v(\d{4,})/(record|text|layout|copy|review)-([0-9a-f]{16})\.([a-z.]+)",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class OriginalKey:
    """The key of a file as it came, in the ordinary place or in quarantine."""

    place: Place
    sha256: str

    def __str__(self) -> str:
        sha = self.sha256
        return f"{self.place}/sha256/{sha[:2]}/{sha[2:4]}/{sha}"


@dataclass(frozen=True, slots=True)
class ManifestKey:
    """The key of a package's manifest number ``version`` (from 1)."""

    record_id: str
    version: int

    def __str__(self) -> str:
        return f"{package_prefix(self.record_id)}manifest-{self.version:04d}.json"


@dataclass(frozen=True, slots=True)
class FileKey:
    """The key of one file of a package; ``digest`` is the beginning of its SHA-256."""

    record_id: str
    version: int
    role: Role
    digest: str

    def __str__(self) -> str:
        extension = _EXTENSIONS[self.role]
        return f"{package_prefix(self.record_id)}v{self.version:04d}/{self.role}-{self.digest}.{extension}"


Key = OriginalKey | ManifestKey | FileKey


def check_sha256(sha256: str) -> str:
    """``sha256`` unchanged. Raises ValueError when it is not 64 lower-case hex digits."""
    if not _SHA256.fullmatch(sha256):
        raise ValueError("not a SHA-256 in lower-case hex")
    return sha256


def check_record_id(record_id: str) -> str:
    """``record_id`` unchanged. Raises ValueError when it is not 20 lower-case hex digits."""
    if not _RECORD_ID.fullmatch(record_id):
        raise ValueError("not a record id")
    return record_id


def check_key(key: str) -> str:
    """``key`` unchanged. Raises ValueError when it could mean something to a file system or a URL."""
    if len(key) > MAX_KEY or not all(_SEGMENT.fullmatch(part) for part in key.split("/")):
        raise ValueError(f"not an object key: {key[:80]!r}")
    return key


def record_id_of(sha256: str) -> str:
    """The record's id: the first 20 hex digits of its source's SHA-256."""
    return check_sha256(sha256)[:_ID_LENGTH]


def original_key(sha256: str) -> str:
    """Where the file with this SHA-256 is kept."""
    return str(OriginalKey("originals", check_sha256(sha256)))


def quarantine_key(sha256: str) -> str:
    """Where the file with this SHA-256 is kept when it bears a secrecy stamp."""
    return str(OriginalKey("quarantine", check_sha256(sha256)))


def package_prefix(record_id: str) -> str:
    """What every key of this record's package begins with."""
    return f"{PACKAGES}{check_record_id(record_id)[:2]}/{record_id}/"


def manifest_prefix(record_id: str) -> str:
    """What the keys of this package's manifests begin with, and no other."""
    return f"{package_prefix(record_id)}manifest-"


def manifest_key(record_id: str, version: int) -> str:
    """The manifest of this version (from 1). Raises ValueError for a version below 1."""
    if version < 1:
        raise ValueError("versions count from 1")
    return str(ManifestKey(check_record_id(record_id), version))


def file_key(record_id: str, version: int, role: Role, sha256: str) -> str:
    """The file of this role and content in this version (from 1). Raises ValueError for a version below 1."""
    if version < 1:
        raise ValueError("versions count from 1")
    return str(FileKey(check_record_id(record_id), version, role, check_sha256(sha256)[:_HASH_LENGTH]))


def parse_key(key: str) -> Key | None:
    """What a key says; None for a key that is not one of ours. ``str(parse_key(key)) == key`` otherwise."""
    found: Key | None = None
    if m := _ORIGINAL.fullmatch(key):
        found = OriginalKey("originals" if m[1] == "originals" else "quarantine", m[4])
    elif m := _MANIFEST.fullmatch(key):
        found = ManifestKey(m[2], int(m[3]))
    elif m := _FILE.fullmatch(key):
        role = next(role for role in _EXTENSIONS if role == m[4])
        found = FileKey(m[2], int(m[3]), role, m[5])
    return found if found is not None and str(found) == key else None
