"""Finding files, and proving that the bytes we read are the bytes that are there."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from schemas.errors import DocumentError, FileChanged, UnreadableFile, UnsupportedFormat

_CHUNK = 1 << 20
LeaveOut = Callable[[Path, bool], bool]  # of what was met, and whether it is a folder
_SKIPPED_NAMES = frozenset({"thumbs.db", "desktop.ini", "ehthumbs.db", "__macosx", "$recycle.bin", "lost+found"})
_SKIPPED_SUFFIXES = (".tmp", ".part", ".partial", ".crdownload", ".download", ".swp")


@dataclass(frozen=True, slots=True)
class FileStamp:
    """What a file was when it was hashed: SHA-256 (hex), size in bytes, modification time in nanoseconds."""

    sha256: str
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Found:
    """One thing met while walking: a file to digitize, or what stopped us there.

    path    as the system knows it, undecodable bytes included
    name    base name fit to show, store and print (see ``safe_name``)
    error   None for a readable-looking file, else the reason it cannot be digitized
    """

    path: Path
    name: str
    error: DocumentError | None = None


def safe_name(path: Path | str) -> str:
    """The base name as valid, printable NFC text.

    Bytes that are no text, control characters, and invisible direction marks appear as escapes (``\\xff``,
    ``\\n``, ``\\u202e``): they survive and cannot fool a reader.
    """
    name = os.path.basename(os.fspath(path)) or os.fspath(path)
    name = os.fsencode(name).decode("utf-8", errors="backslashreplace")
    out = []
    for char in unicodedata.normalize("NFC", name):
        if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
            out.append(char.encode("unicode_escape").decode("ascii"))
        else:
            out.append(char)
    return "".join(out)


def is_skipped(name: str) -> bool:
    """Whether a name belongs to the system or to an unfinished file, so that it is passed over by rule."""
    low = name.lower()
    return low.startswith((".", "~$")) or low in _SKIPPED_NAMES or low.endswith(_SKIPPED_SUFFIXES)


def hash_file(path: Path) -> FileStamp:
    """SHA-256 of the file, read in pieces.

    Raises FileChanged (E110) when the file changed while it was read, UnreadableFile (E109).
    """
    digest = hashlib.sha256()
    count = 0
    try:
        with path.open("rb", buffering=0) as stream:
            before = os.fstat(stream.fileno())
            while block := stream.read(_CHUNK):
                digest.update(block)
                count += len(block)
                if count > before.st_size:
                    raise FileChanged  # somebody is still writing: do not run after them
            after = os.fstat(stream.fileno())
        there = path.stat()
    except OSError as exc:
        raise _unreadable(exc) from exc
    same = _identity(before) == _identity(after) == _identity(there)
    if not same or count != before.st_size:
        raise FileChanged
    return FileStamp(digest.hexdigest(), count, before.st_mtime_ns)


def check_unchanged(path: Path, stamp: FileStamp) -> None:
    """Raise FileChanged (E110) when the file is no longer the one ``stamp`` was made of (by size and time)."""
    try:
        now = path.stat()
    except OSError as exc:
        raise FileChanged from exc
    if (now.st_size, now.st_mtime_ns) != (stamp.size, stamp.mtime_ns):
        raise FileChanged


def walk(paths: Iterable[Path], *, leave_out: LeaveOut | None = None) -> Iterator[Found]:
    """Every file under ``paths``, each once, in the order of the arguments and then of the names' bytes.

    Links are followed, never in a circle. A folder or file that cannot be read is an item with its error
    (E109); a pipe, socket or device is one with E108. System and temporary names are passed over, except when
    they are named outright, and so is what ``leave_out`` says yes to.
    """
    folders: set[tuple[int, int]] = set()
    files: set[str] = set()
    for start in paths:
        stack = [start]
        while stack:
            path = stack.pop()
            try:
                info = path.stat()
            except (OSError, ValueError) as exc:
                yield Found(path, safe_name(path), _unreadable(exc))
                continue
            if leave_out is not None and leave_out(path, stat.S_ISDIR(info.st_mode)):
                continue
            if stat.S_ISDIR(info.st_mode):
                if (info.st_dev, info.st_ino) in folders:
                    continue
                folders.add((info.st_dev, info.st_ino))
                try:
                    names = sorted(os.listdir(path), key=os.fsencode, reverse=True)
                except OSError as exc:
                    yield Found(path, safe_name(path), _unreadable(exc))
                    continue
                stack.extend(path / name for name in names if not is_skipped(name))
                continue
            real = os.path.realpath(path)
            if real in files:
                continue
            files.add(real)
            yield Found(path, safe_name(path), _file_error(path, info))


def _file_error(path: Path, info: os.stat_result) -> DocumentError | None:
    if not stat.S_ISREG(info.st_mode):
        return UnsupportedFormat("không phải tệp thường")
    if not os.access(path, os.R_OK, effective_ids=os.access in os.supports_effective_ids):
        return UnreadableFile("EACCES")
    return None


def _identity(info: os.stat_result) -> tuple[int, int, int, int]:
    return info.st_dev, info.st_ino, info.st_size, info.st_mtime_ns


def _unreadable(exc: OSError | ValueError) -> UnreadableFile:
    code = exc.errno if isinstance(exc, OSError) else None
    return UnreadableFile(errno.errorcode.get(code or 0, "EIO"))
