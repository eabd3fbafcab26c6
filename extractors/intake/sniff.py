"""What a file is, judged by its bytes and never by its name alone."""

from __future__ import annotations

import errno
import stat
import zipfile
from enum import StrEnum
from pathlib import Path

import pikepdf

from extractors.intake.limits import DEFAULT_LIMITS, Limits
from extractors.pdf.legacy import decode_text
from schemas.errors import (
    BrokenFile,
    EmptyFile,
    EncryptedFile,
    TooLarge,
    UnreadableFile,
    UnsupportedFormat,
    WrongContent,
)

HEAD_BYTES = 64 * 1024
_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


class MediaType(StrEnum):
    """The kinds of file we digitize, by their registered media type."""

    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"
    TIFF = "image/tiff"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    TXT = "text/plain"
    ZIP = "application/zip"


IMAGE_TYPES = frozenset({MediaType.JPEG, MediaType.PNG, MediaType.TIFF})
OFFICE_TYPES = frozenset({MediaType.DOCX, MediaType.TXT})

_SUFFIXES = {
    ".pdf": MediaType.PDF,
    ".jpg": MediaType.JPEG,
    ".jpeg": MediaType.JPEG,
    ".jpe": MediaType.JPEG,
    ".jfif": MediaType.JPEG,
    ".png": MediaType.PNG,
    ".tif": MediaType.TIFF,
    ".tiff": MediaType.TIFF,
    ".docx": MediaType.DOCX,
    ".txt": MediaType.TXT,
    ".zip": MediaType.ZIP,
}


def identify(path: Path, *, limits: Limits = DEFAULT_LIMITS) -> MediaType:
    """The media type of the file at ``path`` by its content.

    Raises EmptyFile (E101), EncryptedFile (E102), WrongContent (E103) when the content contradicts a known
    suffix, BrokenFile (E104), TooLarge (E106), UnsupportedFormat (E108), UnreadableFile (E109).
    """
    try:
        info = path.stat()
        if not stat.S_ISREG(info.st_mode):
            raise UnsupportedFormat("không phải tệp thường")
        if info.st_size == 0:
            raise EmptyFile
        if info.st_size > limits.max_bytes:
            raise TooLarge(f"{info.st_size} byte")
        with path.open("rb") as stream:
            head = stream.read(HEAD_BYTES)
        found = _by_content(path, head)
    except OSError as exc:
        raise UnreadableFile(errno.errorcode.get(exc.errno or 0, "EIO")) from exc
    claimed = _SUFFIXES.get(path.suffix.lower())
    if found is None:
        raise WrongContent(path.suffix.lower()) if claimed and claimed is not MediaType.TXT else UnsupportedFormat
    if claimed is None and found is MediaType.TXT and path.suffix:
        raise UnsupportedFormat(path.suffix.lower()[:12])  # .csv, .html, .py: text, but not a paper
    if claimed is not None and claimed is not found:
        raise WrongContent(f"{path.suffix.lower()}: {found.value}")
    return found


def _by_content(path: Path, head: bytes) -> MediaType | None:
    if not head.strip(b"\0 \t\r\n\x0c\xef\xbb\xbf\xff\xfe"):
        if path.stat().st_size <= HEAD_BYTES:
            raise EmptyFile("chỉ có khoảng trắng")
        return None
    if head.startswith(b"\xff\xd8\xff"):
        return MediaType.JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return MediaType.PNG
    if head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return MediaType.TIFF
    if head.startswith(_OLE_MAGIC):
        if _contains(path, _OLE_ENCRYPTED):
            raise EncryptedFile("DOCX")
        raise UnsupportedFormat("Word 97-2003 (.doc)" if _contains(path, "WordDocument".encode("utf-16-le")) else "OLE")
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _zip_kind(path)
    if b"%PDF-" in head[:1024]:  # last: an archive or a picture may hold a whole PDF near its beginning
        _refuse_locked_pdf(path)
        return MediaType.PDF
    return MediaType.TXT if decode_text(head, truncated=True) is not None else None


def _refuse_locked_pdf(path: Path) -> None:
    """A PDF that opens without a password is fine, an owner's password included."""
    try:
        pikepdf.open(path).close()
    except pikepdf.PasswordError as exc:
        raise EncryptedFile("PDF") from exc
    except (pikepdf.PdfError, ValueError, RuntimeError):
        return  # broken: opening its pages will say so


def _zip_kind(path: Path) -> MediaType:
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as exc:
        raise BrokenFile("ZIP") from exc
    names = {info.filename for info in infos}
    if not names:
        raise EmptyFile("ZIP")
    encrypted = any(info.flag_bits & 0x1 for info in infos)
    if "[Content_Types].xml" in names:
        if encrypted:
            raise EncryptedFile("DOCX")
        if "word/document.xml" in names:
            return MediaType.DOCX
        raise UnsupportedFormat("tệp Office không phải DOCX")
    if "mimetype" in names and "content.xml" in names:
        raise UnsupportedFormat("OpenDocument")
    if encrypted:
        raise EncryptedFile("ZIP")
    return MediaType.ZIP


def _contains(path: Path, needle: bytes, *, chunk: int = 1 << 20) -> bool:
    """Whether the bytes of the file hold ``needle``, read in pieces."""
    tail = b""
    with path.open("rb") as stream:
        while block := stream.read(chunk):
            if needle in tail + block:
                return True
            tail = block[-len(needle) :]
    return False
