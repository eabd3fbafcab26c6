"""Kho lưu trữ: the seam between us and what keeps the bytes.

What every store promises (one contract suite runs over all of them):

* ``put`` acknowledges only what it has written, read back and compared; before that nothing is visible.
* An object never changes: other content under a key that exists is refused (E304), the same content is verified
  and nothing is written.
* A process killed at any instant leaves a key either absent or whole.
* A full disk is E203, a store that cannot be reached is E202, an object that reads back wrong is E207.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from schemas.errors import BadSettings, ObjectNotFound, StoreCorrupt, UnreadableFile

CHUNK = 1 << 20  # bytes read at a time


@dataclass(frozen=True, slots=True)
class Stored:
    """An object as it lies in the store: SHA-256 of its bytes (lower-case hex) and size in bytes."""

    key: str
    sha256: str
    size: int


class ObjectStore(Protocol):
    """Keeps immutable objects under the keys of storage/keys.py.

    All methods raise StoreUnreachable (E202), and ValueError for what is not a key.
    """

    def put(self, key: str, source: bytes | Path, *, media_type: str, expect: str | None = None) -> Stored:
        """Write, read back, compare; then the object counts. ``expect`` is the SHA-256 the source must have.

        Raises ObjectExists (E304), DiskFull (E203), StoreCorrupt (E207), FileChanged (E110) when the source is not
        what was expected or changes meanwhile, UnreadableFile (E109) when the source cannot be read.
        """
        ...

    def get(self, key: str) -> bytes:
        """The object's bytes, all in memory. Raises ObjectNotFound (E303)."""
        ...

    def fetch(self, key: str, path: Path) -> Stored:
        """Write the object to ``path`` piece by piece (whole or not at all), and say what it was.

        Raises ObjectNotFound (E303), DiskFull (E203).
        """
        ...

    def stat(self, key: str) -> Stored | None:
        """What lies there now, told by reading all of it; None when nothing does."""
        ...

    def list(self, prefix: str) -> Iterator[str]:
        """The keys that begin with ``prefix`` (may be empty), those of one folder one after another."""
        ...


class Removable(Protocol):
    """A store that can give an object up. Used for two things only: a secret paper leaves ``originals/`` for
    ``quarantine/`` (relocate) or comes back, and pieces of a package that never came to be are swept (package.py).
    """

    def remove(self, key: str) -> None:
        """The object is gone; no error when it was not there."""
        ...


class RemovableStore(ObjectStore, Removable, Protocol):
    """What open_store gives."""

    def enforces_locks(self) -> bool:
        """Whether the store itself refuses to delete or overwrite (WORM). Raises StoreUnreachable (E202)."""
        ...


def relocate(store: RemovableStore, from_key: str, to_key: str, *, media_type: str) -> Stored:
    """Move an object: copied, verified, and only then removed from where it was. May be cut off and done again.

    Raises ObjectNotFound (E303) when it is at neither place, and what put raises.
    """
    stored = duplicate(store, from_key, to_key, media_type=media_type)
    store.remove(from_key)
    return stored


def duplicate(store: ObjectStore, from_key: str, to_key: str, *, media_type: str) -> Stored:
    """The object at a second place too, verified there; what lies there when it is no longer at the first.

    Raises ObjectNotFound (E303) when it is at neither place, and what put raises.
    """
    with tempfile.TemporaryDirectory(prefix="relocate-") as folder:
        path = Path(folder) / "object"
        try:
            there = store.fetch(from_key, path)
        except ObjectNotFound:
            moved = store.stat(to_key)
            if moved is None:
                raise
            return moved
        return store.put(to_key, path, media_type=media_type, expect=there.sha256)


def open_store(url: str) -> RemovableStore:
    """The store an address names: ``folder:/path`` or ``s3://KEY:SECRET@host:port/bucket?secure=0``.

    Key and secret are percent-encoded where needed; ``secure`` is 1 (https) unless told otherwise. A folder or
    bucket that is missing is made. Raises BadSettings (E206) for another address, StoreUnreachable (E202).
    """
    if url.startswith("folder:"):
        from storage.folder import FolderStore

        path = url.removeprefix("folder:")
        if not path:
            raise BadSettings("SOHOA_STORE_URL")
        return FolderStore(Path(path))
    try:
        parts = urlsplit(url)
        bucket = parts.path.strip("/")
        options = parse_qs(parts.query, strict_parsing=True) if parts.query else {}
        port = parts.port
    except ValueError as exc:
        raise BadSettings("SOHOA_STORE_URL") from exc
    secure = options.pop("secure", ["1"])[-1]
    known = parts.scheme == "s3" and parts.hostname and parts.username and parts.password and bucket
    if not known or "/" in bucket or options or secure not in ("0", "1") or parts.fragment:
        raise BadSettings("SOHOA_STORE_URL")
    from storage.s3 import S3Store  # the client takes long to import: only for those who have a server

    host = parts.hostname or ""
    return S3Store(
        endpoint=f"{host}:{port}" if port else host,
        access_key=unquote(parts.username or ""),
        secret_key=unquote(parts.password or ""),
        bucket=bucket,
        secure=secure == "1",
    )


def digest_of(source: bytes | Path) -> tuple[str, int]:
    """SHA-256 (hex) and size of bytes or a file. Raises UnreadableFile (E109)."""
    if isinstance(source, bytes):
        return hashlib.sha256(source).hexdigest(), len(source)
    try:
        with source.open("rb") as stream:
            return digest_stream(stream)
    except OSError as exc:
        raise UnreadableFile(type(exc).__name__) from exc


def digest_stream(stream: BinaryIO) -> tuple[str, int]:
    """SHA-256 (hex) and number of bytes of what is left in ``stream``."""
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
    return digest.hexdigest(), size


def must_match(stored: Stored, sha256: str, size: int) -> Stored:
    """``stored`` when it is what was written. Raises StoreCorrupt (E207)."""
    if (stored.sha256, stored.size) != (sha256, size):
        raise StoreCorrupt(stored.key)
    return stored
