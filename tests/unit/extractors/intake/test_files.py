"""Walking folders, hashing, and names with every Unicode trick."""

from __future__ import annotations

import hashlib
import os
import tempfile
import threading
import unicodedata
from pathlib import Path

import pytest

from extractors.intake.files import FileStamp, check_unchanged, hash_file, is_skipped, safe_name, walk
from schemas.errors import FileChanged, UnreadableFile, UnsupportedFormat


def test_hash_is_sha256_of_the_bytes(tmp_path: Path) -> None:
    data = os.urandom(3_000_001)
    (tmp_path / "a").write_bytes(data)
    stamp = hash_file(tmp_path / "a")
    assert stamp.sha256 == hashlib.sha256(data).hexdigest()
    assert stamp.size == len(data)
    check_unchanged(tmp_path / "a", stamp)


def test_file_that_grows_while_read(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(bytes(1 << 20))
    stop = threading.Event()

    def grow() -> None:
        with path.open("ab") as stream:
            while not stop.is_set():
                stream.write(bytes(1 << 16))
                stream.flush()

    writer = threading.Thread(target=grow)
    writer.start()
    try:
        with pytest.raises(FileChanged):
            any(hash_file(path) is None for _ in range(200))
    finally:
        stop.set()
        writer.join()


def test_changed_or_gone_after_hashing(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"mot")
    stamp = hash_file(path)
    os.utime(path, ns=(stamp.mtime_ns + 1, stamp.mtime_ns + 1))
    with pytest.raises(FileChanged):
        check_unchanged(path, stamp)
    path.unlink()
    with pytest.raises(FileChanged):
        check_unchanged(path, FileStamp(stamp.sha256, stamp.size, stamp.mtime_ns))
    with pytest.raises(UnreadableFile):
        hash_file(path)


def test_walk_is_recursive_ordered_and_skips_system_files(tmp_path: Path) -> None:
    for name in ("b/2.pdf", "b/1.pdf", "a.pdf", "b/.an/x.pdf", "b/~$cv.docx", "Thumbs.db", ".DS_Store", "c.pdf.part"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    found = [item.path.relative_to(tmp_path).as_posix() for item in walk([tmp_path])]
    assert found == ["a.pdf", "b/1.pdf", "b/2.pdf"]
    named = [item.path.name for item in walk([tmp_path / "b/.an/x.pdf", tmp_path / "b/1.pdf", tmp_path])]
    assert named == ["x.pdf", "1.pdf", "a.pdf", "2.pdf"]


def test_circles_of_links_end(tmp_path: Path) -> None:
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "a/b/up").symlink_to(tmp_path)
    (tmp_path / "a/self").symlink_to("self")
    (tmp_path / "a/x.pdf").write_bytes(b"x")
    (tmp_path / "a/y.pdf").symlink_to("x.pdf")
    (tmp_path / "a/gone.pdf").symlink_to("nowhere")
    found = {item.path.name: item.error for item in walk([tmp_path])}
    assert found.keys() == {"gone.pdf", "self", "x.pdf"}
    assert isinstance(found["gone.pdf"], UnreadableFile)
    assert isinstance(found["self"], UnreadableFile)
    assert found["x.pdf"] is None


def test_deep_folders_do_not_overflow(tmp_path: Path) -> None:
    here, depth = os.getcwd(), 1100  # deeper than Python's stack, shorter than a path may be
    try:
        os.chdir(tmp_path)
        for _ in range(depth):
            os.mkdir("d")
            os.chdir("d")
        Path("x.pdf").write_bytes(b"x")
        found = [item.name for item in walk([tmp_path])]
        Path("x.pdf").unlink()
        for _ in range(depth):  # shutil.rmtree would overflow
            os.chdir("..")
            os.rmdir("d")
    finally:
        os.chdir(here)
    assert found == ["x.pdf"]


def test_unreadable_folder_is_an_item() -> None:
    with tempfile.TemporaryDirectory() as name:
        top = Path(name)
        shut = top / "khóa"
        shut.mkdir()
        (top / "x.pdf").write_bytes(b"x")
        (top / "y.pdf").write_bytes(b"y")
        top.chmod(0o755)
        (top / "y.pdf").chmod(0)
        shut.chmod(0)
        root = os.geteuid() == 0
        if root:
            os.seteuid(65534)  # root reads everything: look as nobody does
        try:
            found = {item.path.name: type(item.error) for item in walk([top])}
        finally:
            if root:
                os.seteuid(0)
            shut.chmod(0o700)
    assert found == {"khóa": UnreadableFile, "x.pdf": type(None), "y.pdf": UnreadableFile}


def test_missing_path_and_pipe_are_items(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "ống.pdf")
    found = list(walk([tmp_path / "không có", tmp_path]))
    assert isinstance(found[0].error, UnreadableFile)
    assert isinstance(found[1].error, UnsupportedFormat)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("Quyết định.pdf".encode(), "Quyết định.pdf"),
        (unicodedata.normalize("NFD", "Quyết định.pdf").encode(), "Quyết định.pdf"),
        (b"bad\xff\xfe.pdf", "bad\\xff\\xfe.pdf"),
        ("a\u202efdp.exe".encode(), "a\\u202efdp.exe"),
        (b"two\nlines\t.pdf", "two\\nlines\\t.pdf"),
        ("không\u00a0gian.pdf".encode(), "không\u00a0gian.pdf"),
        ("😀 giấy.pdf".encode(), "😀 giấy.pdf"),
        (b"-rf --.pdf", "-rf --.pdf"),
    ],
)
def test_names_survive(tmp_path: Path, raw: bytes, shown: str) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + raw))
    path.write_bytes(b"x")
    (item,) = walk([tmp_path])
    assert os.fsencode(item.path.name) == raw
    assert item.name == shown == safe_name(item.path)
    item.name.encode("utf-8")
    assert hash_file(item.path).size == 1


def test_skipping_is_by_name() -> None:
    assert is_skipped("~$QĐ.docx")
    assert is_skipped("THUMBS.DB")
    assert not is_skipped("QĐ.tmp.pdf")
