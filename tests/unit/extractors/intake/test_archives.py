"""Archives are unpacked without trusting them."""

from __future__ import annotations

import io
import stat
import unicodedata
import warnings
import zipfile
from pathlib import Path

import pytest

from extractors.intake.archives import unpack_zip
from extractors.intake.limits import Limits
from schemas.errors import BrokenFile, EncryptedFile, UnsafeArchive


def _zip(entries: list[tuple[str | zipfile.ZipInfo, bytes]]) -> bytes:
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")  # doubled names are the point of one test
        for name, data in entries:
            archive.writestr(name, data)
    return buffer.getvalue()


def _unpack(tmp_path: Path, data: bytes, limits: Limits | None = None) -> dict[str, bytes]:
    source, into = tmp_path / "a.zip", tmp_path / f"ra{len(list(tmp_path.iterdir()))}"
    source.write_bytes(data)
    try:
        members = unpack_zip(source, into, limits=limits or Limits())
    except Exception:
        assert list(into.iterdir()) == []  # nothing is left behind
        raise
    assert all(m.path.parent == into for m in members)
    return {m.name: m.path.read_bytes() for m in members}


def test_files_come_out_with_their_names(tmp_path: Path) -> None:
    data = _zip([("hồ sơ/Quyết định.pdf", b"1"), ("b.TXT", b"2"), ("hồ sơ/", b""), ("__MACOSX/._b", b"x")])
    assert _unpack(tmp_path, data) == {"hồ sơ/Quyết định.pdf": b"1", "b.TXT": b"2"}


def test_names_without_the_utf8_flag(tmp_path: Path) -> None:
    name = "Quyết định.pdf"
    raw = unicodedata.normalize("NFD", name).encode()
    data = _zip([("x" * len(raw), b"1")]).replace(b"x" * len(raw), raw)
    assert _unpack(tmp_path, data) == {name: b"1"}


@pytest.mark.parametrize("name", ["../a.pdf", "a/../../b.pdf", "/etc/passwd", "\\a.pdf", "..\\a.pdf", "C:\\a.pdf"])
def test_climbing_names(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnsafeArchive):
        _unpack(tmp_path, _zip([("ok.pdf", b"1"), (zipfile.ZipInfo(name), b"x")]))


def test_links_and_doubled_names(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("a.pdf")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with pytest.raises(UnsafeArchive):
        _unpack(tmp_path, _zip([("ok.pdf", b"1"), (link, b"/etc/passwd")]))
    with pytest.raises(UnsafeArchive):
        _unpack(tmp_path, _zip([("a.pdf", b"1"), ("a.pdf", b"2")]))


def test_bombs(tmp_path: Path) -> None:
    with pytest.raises(UnsafeArchive):
        _unpack(tmp_path, _zip([("a.pdf", bytes(40_000_000))]))
    with pytest.raises(UnsafeArchive):
        _unpack(tmp_path, _zip([(f"{i}.pdf", b"x") for i in range(30)]), Limits(max_zip_members=29))
    with pytest.raises(UnsafeArchive):
        _unpack(tmp_path, _zip([(f"{i}.pdf", bytes(1000)) for i in range(3)]), Limits(max_zip_bytes=2500))


def test_a_lie_about_the_size_does_not_help(tmp_path: Path) -> None:
    data = bytearray(_zip([("a.pdf", bytes(40_000_000))]))
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    with pytest.raises((UnsafeArchive, BrokenFile)):
        _unpack(tmp_path, bytes(data))


def test_overlapping_parts(tmp_path: Path) -> None:
    data = bytearray(_zip([("a.pdf", b"1" * 50), ("b.pdf", b"2" * 50)]))
    first = data.index(b"PK\x01\x02")
    second = data.index(b"PK\x01\x02", first + 4)
    data[second + 42 : second + 46] = data[first + 42 : first + 46]
    with pytest.raises(UnsafeArchive):
        _unpack(tmp_path, bytes(data))


def test_one_archive_inside_is_opened_two_are_not(tmp_path: Path) -> None:
    inner = _zip([("c.pdf", b"3")])
    assert _unpack(tmp_path, _zip([("kem.zip", inner), ("a.pdf", b"1")])) == {"kem.zip/c.pdf": b"3", "a.pdf": b"1"}
    with pytest.raises(UnsafeArchive):
        _unpack(tmp_path, _zip([("x.zip", _zip([("kem.zip", inner)]))]))


def test_a_docx_inside_stays_whole(tmp_path: Path) -> None:
    docx = _zip([("[Content_Types].xml", b"x"), ("word/document.xml", b"y")])
    assert _unpack(tmp_path, _zip([("cv.docx", docx)])) == {"cv.docx": docx}


def test_encrypted_and_damaged(tmp_path: Path) -> None:
    data = bytearray(_zip([("a.pdf", b"1234567890" * 20)]))
    locked = bytearray(data)
    locked[locked.rindex(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(EncryptedFile):
        _unpack(tmp_path, bytes(locked))
    data[40] ^= 0xFF
    with pytest.raises(BrokenFile):
        _unpack(tmp_path, bytes(data))
    with pytest.raises(BrokenFile):
        _unpack(tmp_path, b"PK\x03\x04 nothing")
