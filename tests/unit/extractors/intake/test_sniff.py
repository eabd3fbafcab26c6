"""Files are what their bytes say."""

from __future__ import annotations

import io
import os
import struct
import zipfile
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from extractors.intake.limits import Limits
from extractors.intake.sniff import MediaType, identify
from schemas.errors import (
    BrokenFile,
    EmptyFile,
    EncryptedFile,
    TooLarge,
    UnreadableFile,
    UnsupportedFormat,
    WrongContent,
)

TEXT = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\nQuyết định về việc bổ nhiệm công chức\n" * 3


def _pdf(path: Path, **encryption: object) -> Path:
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(200, 200))
    pdf.save(path, encryption=pikepdf.Encryption(**encryption) if encryption else None)
    return path


def _image(path: Path, kind: str) -> Path:
    Image.new("L", (8, 8), 255).save(path, kind)
    return path


def _zip(path: Path, *names: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, b"x")
    return path


@pytest.mark.parametrize(
    ("name", "kind"), [("a.jpg", "JPEG"), ("a.JPEG", "JPEG"), ("a.png", "PNG"), ("a.tif", "TIFF"), ("a.tiff", "TIFF")]
)
def test_pictures(tmp_path: Path, name: str, kind: str) -> None:
    assert identify(_image(tmp_path / name, kind)).value == f"image/{kind.lower()}"


def test_pdf_and_office(tmp_path: Path) -> None:
    assert identify(_pdf(tmp_path / "a.pdf")) is MediaType.PDF
    assert identify(_pdf(tmp_path / "không đuôi")) is MediaType.PDF
    docx = _zip(tmp_path / "a.docx", "[Content_Types].xml", "word/document.xml")
    assert identify(docx) is MediaType.DOCX
    assert identify(_zip(tmp_path / "a.zip", "x.pdf")) is MediaType.ZIP


def test_pdf_header_may_stand_behind_junk(tmp_path: Path) -> None:
    path = _pdf(tmp_path / "a.pdf")
    path.write_bytes(b"\r\n\r\njunk before\n" + path.read_bytes())
    assert identify(path) is MediaType.PDF


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_text_in_unicode(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(TEXT.encode(encoding))
    assert identify(path) is MediaType.TXT


def test_an_archive_that_holds_a_pdf_as_it_is_is_an_archive(tmp_path: Path) -> None:
    pdf = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        made.save(pdf)
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a.pdf", pdf.getvalue())
    assert identify(tmp_path / "a.zip") is MediaType.ZIP


def test_empty_files(tmp_path: Path) -> None:
    for data in (b"", b"\0\0\0\0", b"   \r\n\r\n", b"\xef\xbb\xbf\r\n"):
        path = tmp_path / "a.txt"
        path.write_bytes(data)
        with pytest.raises(EmptyFile):
            identify(path)


@pytest.mark.parametrize("name", ["a.pdf", "a.jpg", "a.docx", "a.zip", "a.txt"])
def test_content_against_its_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(WrongContent) as caught:
        identify(_image(tmp_path / name, "PNG"))
    assert caught.value.code == "E103"


def test_rubbish_called_pdf_is_not_what_its_name_says(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(bytes(range(256)) * 40)
    with pytest.raises(WrongContent):
        identify(path)


def test_passwords(tmp_path: Path) -> None:
    with pytest.raises(EncryptedFile):
        identify(_pdf(tmp_path / "user.pdf", user="mật khẩu", owner="x"))
    assert identify(_pdf(tmp_path / "owner.pdf", user="", owner="x")) is MediaType.PDF
    path = _zip(tmp_path / "a.zip", "x.pdf")
    data = bytearray(path.read_bytes())
    at = data.rindex(b"PK\x01\x02")
    data[at + 8] |= 1  # the encryption bit of the directory entry
    path.write_bytes(data)
    with pytest.raises(EncryptedFile):
        identify(path)
    ole = tmp_path / "a.docx"
    ole.write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(70_000) + "EncryptedPackage".encode("utf-16-le") + bytes(100)
    )
    with pytest.raises(EncryptedFile):
        identify(ole)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "WordDocument".encode("utf-16-le")),
        ("a.csv", "số,ngày\n1,2\n".encode()),
        ("a.gif", b"GIF89a" + bytes(range(1, 200))),
        ("a.bin", bytes(range(256)) * 20),
    ],
)
def test_unsupported(tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(UnsupportedFormat):
        identify(path)


def test_other_office_files_are_unsupported(tmp_path: Path) -> None:
    for names in (("[Content_Types].xml", "xl/workbook.xml"), ("mimetype", "content.xml")):
        with pytest.raises(UnsupportedFormat):
            identify(_zip(tmp_path / "a.zip", *names))


def test_cut_zip_is_broken(tmp_path: Path) -> None:
    path = _zip(tmp_path / "a.zip", *(f"{i}.pdf" for i in range(20)))
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(BrokenFile):
        identify(path)


def test_missing_and_special_files(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile):
        identify(tmp_path / "không có.pdf")
    os.mkfifo(tmp_path / "a.pdf")
    with pytest.raises(UnsupportedFormat):
        identify(tmp_path / "a.pdf")


def test_size_limit_is_checked_before_reading(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    with path.open("wb") as stream:
        stream.write(b"%PDF-1.7\n")
        stream.truncate(1 << 34)  # a hole, not data
    with pytest.raises(TooLarge):
        identify(path, limits=Limits())


def test_a_zip_quine_of_headers_does_not_hang(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(b"PK\x05\x06" + struct.pack("<4H2LH", 0, 0, 9, 9, 46, 0, 0))
    with pytest.raises((BrokenFile, EmptyFile)):
        identify(path)


def test_the_head_may_be_cut_inside_a_letter(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    buffer = io.BytesIO()
    while buffer.tell() < 70_000:
        buffer.write("Quyết định số 12 của Ủy ban nhân dân tỉnh về việc ".encode())
    for shift in range(3):
        path.write_bytes(b"a" * shift + buffer.getvalue())
        assert identify(path) is MediaType.TXT
