"""Unpacking a ZIP without trusting a single byte of it."""

from __future__ import annotations

import contextlib
import re
import shutil
import stat
import struct
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from extractors.intake.files import is_skipped
from extractors.intake.limits import DEFAULT_LIMITS, Limits
from schemas.errors import BrokenFile, DocumentError, EncryptedFile, UnreadableFile, UnsafeArchive, UnsupportedFormat

_CHUNK = 1 << 18
_RATIO_FLOOR = 16 * 1024**2
_UTF8_FLAG = 0x800
_UNICODE_PATH = 0x7075


@dataclass(frozen=True, slots=True)
class Member:
    """One unpacked file: its name inside the archive (``kem-theo.zip/a.pdf`` when nested) and where it lies now."""

    name: str
    path: Path


@dataclass(slots=True)
class _Budget:
    """What is left to spend while unpacking one archive and those inside it."""

    limits: Limits
    files: int = 0
    written: int = 0

    def add_file(self) -> int:
        self.files += 1
        if self.files > self.limits.max_zip_members:
            raise UnsafeArchive(f"quá {self.limits.max_zip_members} tệp")
        return self.files

    def add_bytes(self, count: int) -> None:
        self.written += count
        if self.written > self.limits.max_zip_bytes:
            raise UnsafeArchive(f"quá {self.limits.max_zip_bytes} byte")


def unpack_zip(path: Path, into: Path, *, limits: Limits = DEFAULT_LIMITS) -> tuple[Member, ...]:
    """Unpack the files of ``path`` into the folder ``into`` under names of our own making.

    Archives inside are unpacked too, ``limits.max_zip_depth`` deep. Folders and system files are passed over.
    Raises UnsafeArchive (E107) on any trick (climbing or absolute names, links, doubled names, overlapping
    parts, bombs), EncryptedFile (E102), BrokenFile (E104), UnsupportedFormat (E108), UnreadableFile (E109);
    nothing that was unpacked is left behind then.
    """
    into.mkdir(parents=True, exist_ok=True)
    made: list[Path] = []
    try:
        return tuple(_unpack(path, into, "", 0, _Budget(limits), made))
    except DocumentError:
        for file in made:
            file.unlink(missing_ok=True)
        raise


def _unpack(path: Path, into: Path, prefix: str, depth: int, budget: _Budget, made: list[Path]) -> list[Member]:
    members: list[Member] = []
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
            _check_overlap(infos, path.stat().st_size)
            seen: set[str] = set()
            for info in infos:
                name = _member_name(info)
                _check_entry(info, name)
                key = unicodedata.normalize("NFC", name).rstrip("/")
                if key in seen:
                    raise UnsafeArchive("trùng tên")
                seen.add(key)
                number = budget.add_file()
                if info.is_dir() or any(is_skipped(part) for part in PurePosixPath(name).parts):
                    continue
                target = into / f"{number:06d}{_suffix(name)}"
                made.append(target)
                _extract(archive, info, target, budget)
                if _is_plain_zip(target):
                    if depth >= budget.limits.max_zip_depth:
                        raise UnsafeArchive("tệp nén lồng quá sâu")
                    members += _unpack(target, into, f"{prefix}{name}/", depth + 1, budget, made)
                    target.unlink()
                else:
                    members.append(Member(prefix + name, target))
    except (zipfile.BadZipFile, zlib.error, EOFError, struct.error, ValueError) as exc:
        raise BrokenFile("ZIP") from exc
    except NotImplementedError as exc:
        raise UnsupportedFormat("kiểu nén của ZIP") from exc
    except OSError as exc:
        if shutil.disk_usage(into).free < _RATIO_FLOOR:
            raise  # a full disk is the machine's trouble, not the paper's
        raise UnreadableFile("ZIP") from exc
    return members


def _check_overlap(infos: list[zipfile.ZipInfo], size: int) -> None:
    """Parts that share bytes are the mark of a quine or an overlap bomb."""
    ordered = sorted(infos, key=lambda info: info.header_offset)
    ends = [*(info.header_offset for info in ordered[1:]), size]
    for info, end in zip(ordered, ends, strict=True):
        if info.header_offset + 30 + info.compress_size > end:
            raise UnsafeArchive("các phần chồng lên nhau")


def _check_entry(info: zipfile.ZipInfo, name: str) -> None:
    if info.flag_bits & 0x1:
        raise EncryptedFile("ZIP")
    parts = name.replace("\\", "/").split("/")
    if not name or "\0" in name or name.startswith(("/", "\\")) or ".." in parts or re.match(r"[A-Za-z]:", name):
        raise UnsafeArchive("đường dẫn lạ")
    mode = info.external_attr >> 16
    if mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise UnsafeArchive("liên kết hoặc tệp đặc biệt")


def _extract(archive: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path, budget: _Budget) -> None:
    written = 0
    allowed = max(_RATIO_FLOOR, info.compress_size * budget.limits.max_zip_ratio)
    with archive.open(info) as source, target.open("xb") as sink:
        while block := source.read(_CHUNK):
            written += len(block)
            budget.add_bytes(len(block))
            if written > allowed:
                raise UnsafeArchive("bom nén")
            sink.write(block)


def _is_plain_zip(path: Path) -> bool:
    """A ZIP that is no office file: those are ZIPs too, but single documents."""
    with path.open("rb") as stream:
        if stream.read(4) not in (b"PK\x03\x04", b"PK\x05\x06"):
            return False
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError):
        return False
    return not names & {"[Content_Types].xml", "mimetype"}


def _member_name(info: zipfile.ZipInfo) -> str:
    """The name as its maker meant it: the Unicode field, UTF-8 without its flag, else code page 437."""
    name = info.filename
    if not info.flag_bits & _UTF8_FLAG:
        try:
            raw = name.encode("cp437")
        except UnicodeEncodeError:
            raw = b""
        extra = _unicode_path(info.extra, raw)
        if extra is not None:
            name = extra
        elif raw:
            with contextlib.suppress(UnicodeDecodeError):
                name = raw.decode("utf-8")
    return unicodedata.normalize("NFC", name)


def _unicode_path(extra: bytes, raw: bytes) -> str | None:
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        body, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == _UNICODE_PATH and len(body) > 5 and struct.unpack_from("<I", body, 1)[0] == zlib.crc32(raw):
            try:
                return body[5:].decode("utf-8")
            except UnicodeDecodeError:
                return None
    return None


def _suffix(name: str) -> str:
    """The suffix kept for identification, letters and digits only."""
    suffix = PurePosixPath(name).suffix.lower()
    return suffix if re.fullmatch(r"\.[a-z0-9]{1,8}", suffix) else ""
