"""Objects as files below one folder: no server, survives a pulled plug."""

from __future__ import annotations

import errno
import os
import re
import socket
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256 as new_sha256
from pathlib import Path

from schemas.errors import DiskFull, FileChanged, ObjectExists, ObjectNotFound, StoreUnreachable, UnreadableFile
from storage.keys import check_key
from storage.store import CHUNK, Stored, digest_of, digest_stream, must_match

_DENIALS = (errno.EACCES, errno.EPERM, errno.EROFS)
_DENIED = "thư mục kho không cho ghi: thiếu quyền, hoặc ổ đĩa chỉ cho đọc"
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_NO_LINKS = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK})
_PARTS = ".parts"  # begins with a dot: no key does
_STALE = 24 * 3600.0  # seconds after which nobody can still be writing a part
_PART = re.compile(r"(?P<host>[0-9a-f]{16})\.(?P<pid>\d+)\.[0-9a-f]{32}\.part", re.ASCII)


class FolderStore:
    """Keeps each object in one file of its own below ``root``, which is made when it is missing.

    A new object is written as a part in ``root/.parts``, flushed to the disk, read back, and only then given its
    name, without ever replacing a file. Parts that dead processes left are removed when a store is opened.
    The media type is not kept: the package's manifest has it.
    """

    def __init__(self, root: Path) -> None:
        self.root = Path(os.path.abspath(root))
        self._parts = self.root / _PARTS
        self._host = _host_tag()
        with _store_errors():
            self.root.mkdir(parents=True, exist_ok=True)
            self._parts.mkdir(exist_ok=True)
            if not os.access(self._parts, os.W_OK | os.X_OK):
                raise PermissionError(errno.EACCES, "not writable")
            self._sweep_parts()

    def put(self, key: str, source: bytes | Path, *, media_type: str, expect: str | None = None) -> Stored:
        target = self._path(key)
        with _store_errors():
            self._check_root()
            there = self._read(key, target)
        if there is not None:
            return _same(there, source, expect)
        part = self._parts / f"{self._host}.{os.getpid()}.{uuid.uuid4().hex}.part"
        try:
            written = _write_part(part, key, source)
            if expect is not None and written.sha256 != expect:
                raise FileChanged
            with _store_errors():
                must_match(self._reread(key, part), written.sha256, written.size)
                _make_folders(self.root, target.parent)
                named = _give_name(part, target)
                if named:
                    _sync_folder(target.parent)
            if not named:  # somebody was quicker
                with _store_errors():
                    there = self._read(key, target)
                if there is None or (there.sha256, there.size) != (written.sha256, written.size):
                    raise ObjectExists(key)
            return written
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)

    def get(self, key: str) -> bytes:
        return b"".join(self._chunks(key))

    def fetch(self, key: str, path: Path) -> Stored:
        part = path.with_name(f".{path.name}.{os.getpid()}.part")
        digest, size = new_sha256(), 0
        try:
            with disk_errors(), part.open("wb") as out:
                for chunk in self._chunks(key):
                    out.write(chunk)
                    digest.update(chunk)
                    size += len(chunk)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        return Stored(key, digest.hexdigest(), size)

    def stat(self, key: str) -> Stored | None:
        path = self._path(key)
        with _store_errors():
            self._check_root()
            return self._read(key, path)

    def list(self, prefix: str) -> Iterator[str]:
        with _store_errors():
            self._check_root()
            folder = prefix.rpartition("/")[0]
            if folder:
                check_key(folder)
            yield from _walk(self.root / folder, f"{folder}/" if folder else "", prefix)

    def enforces_locks(self) -> bool:
        """A folder does not: whoever may write in it may delete."""
        return False

    def remove(self, key: str) -> None:
        path = self._path(key)
        with _store_errors():
            self._check_root()
            with suppress(FileNotFoundError):
                path.unlink()
                _sync_folder(path.parent)

    def _path(self, key: str) -> Path:
        return self.root / check_key(key)

    def _check_root(self) -> None:
        if not self.root.is_dir():
            raise StoreUnreachable

    def _chunks(self, key: str) -> Iterator[bytes]:
        path = self._path(key)
        with _store_errors():
            self._check_root()
            try:
                stream = path.open("rb")
            except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as exc:
                raise ObjectNotFound(key) from exc
            with stream:
                while chunk := stream.read(CHUNK):
                    yield chunk

    def _read(self, key: str, path: Path) -> Stored | None:
        try:
            with path.open("rb") as stream:
                return Stored(key, *digest_stream(stream))
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            return None

    def _reread(self, key: str, part: Path) -> Stored:
        """What the disk holds of a part: its pages are dropped from memory first, where the system allows it."""
        with part.open("rb") as stream:
            with suppress(OSError):
                os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            return Stored(key, *digest_stream(stream))

    def _sweep_parts(self) -> None:
        for entry in list(os.scandir(self._parts)):
            m = _PART.fullmatch(entry.name)
            with suppress(FileNotFoundError):
                old = time.time() - entry.stat(follow_symlinks=False).st_mtime > _STALE
                dead = m is not None and m["host"] == self._host and not _alive(int(m["pid"]))
                if old or dead:
                    os.unlink(entry.path)


@contextmanager
def _store_errors() -> Iterator[None]:
    """OSError of the store's own files becomes DiskFull (E203) or StoreUnreachable (E202)."""
    try:
        yield
    except OSError as exc:
        if exc.errno in FULL:
            raise DiskFull from exc
        raise StoreUnreachable(_DENIED if exc.errno in _DENIALS else type(exc).__name__) from exc


@contextmanager
def disk_errors() -> Iterator[None]:
    """OSError of a full disk becomes DiskFull (E203); others go through."""
    try:
        yield
    except OSError as exc:
        if exc.errno in FULL:
            raise DiskFull from exc
        raise


def _same(there: Stored, source: bytes | Path, expect: str | None) -> Stored:
    """``there`` when the source has the same bytes. Raises FileChanged (E110), ObjectExists (E304)."""
    sha256, size = digest_of(source)
    if expect is not None and sha256 != expect:
        raise FileChanged
    if (sha256, size) != (there.sha256, there.size):
        raise ObjectExists(there.key)
    return there


def _chunks(source: bytes | Path) -> Iterator[bytes]:
    if isinstance(source, bytes):
        yield source
        return
    try:
        with source.open("rb") as stream:
            while chunk := stream.read(CHUNK):
                yield chunk
    except OSError as exc:
        raise UnreadableFile(type(exc).__name__) from exc


def _write_part(part: Path, key: str, source: bytes | Path) -> Stored:
    """The source's bytes in a new file, flushed to the disk."""
    digest, size = new_sha256(), 0
    with _store_errors():
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o640)
        with os.fdopen(handle, "wb") as out:
            for chunk in _chunks(source):
                out.write(chunk)
                digest.update(chunk)
                size += len(chunk)
            out.flush()
            os.fsync(out.fileno())
    return Stored(key, digest.hexdigest(), size)


def _give_name(part: Path, target: Path) -> bool:
    """Make the part visible under its name in one step; False when the name is taken."""
    try:
        os.link(part, target)
    except FileExistsError:
        return False
    except OSError as exc:
        if exc.errno not in _NO_LINKS:
            raise
        if target.exists():  # a file system without hard links: two writers of one key may both pass here,
            return False  # and keys are content-addressed or written by the one who holds the claim
        os.rename(part, target)
    return True


def _make_folders(root: Path, folder: Path) -> None:
    """The folders from ``root`` down to ``folder``, each one's name flushed to the disk."""
    if folder == root or folder.is_dir():
        return
    _make_folders(root, folder.parent)
    folder.mkdir(exist_ok=True)
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _walk(folder: Path, base: str, prefix: str) -> Iterator[str]:
    """Keys below ``folder`` (whose keys begin with ``base``) that begin with ``prefix``, sorted as text."""
    try:
        with os.scandir(folder) as entries:
            names = sorted(f"{e.name}/" if e.is_dir(follow_symlinks=False) else e.name for e in entries)
    except (FileNotFoundError, NotADirectoryError):
        return
    for name in names:
        key = base + name
        if name.startswith(".") or not (key.startswith(prefix) or prefix.startswith(key)):
            continue
        if name.endswith("/"):
            yield from _walk(folder / name[:-1], key, prefix)
        elif key.startswith(prefix):
            yield key


def _host_tag() -> str:
    """Where process ids mean the same: this machine since it was started, and this container."""
    marks = [socket.gethostname()]
    with suppress(OSError):
        marks.append(Path("/proc/sys/kernel/random/boot_id").read_text())
        marks.append(os.readlink("/proc/self/ns/pid"))
    return new_sha256("\n".join(marks).encode()).hexdigest()[:16]


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
