"""Connections that break, bytes that rot, disks that fill, processes that are killed."""

from __future__ import annotations

import ctypes
import hashlib
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from s3_server import S3Server
from store_drops_connection import Proxy
from store_refuses import Refuser

from schemas.errors import BadSettings, DiskFull, FileChanged, MachineError, StoreCorrupt, StoreUnreachable
from storage.folder import FolderStore
from storage.s3 import S3Store
from storage.store import RemovableStore, open_store

ROOT = Path(__file__).parents[3]
PLAIN = "text/plain"


def run_python(code: str, *args: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", code, *args], cwd=ROOT, stdout=subprocess.PIPE)


# --- S3: the network ---------------------------------------------------------------------------------------------


@pytest.fixture
def proxy(s3_server: S3Server, bucket_url: str) -> Iterator[Proxy]:
    open_store(bucket_url)
    with Proxy(s3_server.endpoint) as proxy:
        yield proxy


@pytest.fixture
def proxied(proxy: Proxy, bucket_url: str) -> RemovableStore:
    parts = urlsplit(bucket_url)
    return open_store(bucket_url.replace(parts.netloc.rpartition("@")[2], proxy.endpoint))


def test_a_dropped_connection_is_tried_again(proxied: RemovableStore, proxy: Proxy, place: str) -> None:
    data = os.urandom(300_000)
    proxy.after, proxy.cut_requests = 100_000, 1
    stored = proxied.put(f"{place}/x", data, media_type=PLAIN)
    proxy.after, proxy.cut_replies = 100_000, 2
    assert proxied.get(f"{place}/x") == data
    proxy.after, proxy.cut_replies = 100_000, 1
    assert proxied.stat(f"{place}/x") == stored
    assert proxy.cuts == 4


def test_a_lost_acknowledgement_is_no_conflict(proxied: RemovableStore, proxy: Proxy, place: str) -> None:
    """The server has the object, its answer is lost, and the upload that is tried again finds the key taken."""
    stored = proxied.put(f"{place}/first", b"x" * 1000, media_type=PLAIN)  # the connection is open now
    proxy.after, proxy.cut_replies = 0, 2  # the look before the upload, then the upload itself
    again = proxied.put(f"{place}/second", b"x" * 1000, media_type=PLAIN)
    assert (again.sha256, again.size) == (stored.sha256, 1000)
    assert proxy.cuts == 2
    assert proxied.get(f"{place}/second") == b"x" * 1000


def test_a_connection_that_keeps_dropping_is_an_unreachable_store(
    proxied: RemovableStore, proxy: Proxy, place: str, tmp_path: Path
) -> None:
    data = os.urandom(300_000)
    proxy.after, proxy.cut_requests = 100_000, 100
    with pytest.raises(StoreUnreachable):
        proxied.put(f"{place}/x", data, media_type=PLAIN)
    proxy.cut_requests = 0
    assert proxied.stat(f"{place}/x") is None  # nothing half-written to be seen
    proxied.put(f"{place}/x", data, media_type=PLAIN)
    proxy.cut_replies = 100
    with pytest.raises(StoreUnreachable):
        proxied.get(f"{place}/x")
    with pytest.raises(StoreUnreachable):
        proxied.fetch(f"{place}/x", tmp_path / "out")
    assert list(tmp_path.glob("*out*")) == []
    proxy.cut_replies = 0
    assert proxied.get(f"{place}/x") == data


def test_bytes_changed_on_the_way_back_are_not_acknowledged(proxied: RemovableStore, proxy: Proxy, place: str) -> None:
    proxy.replace = (b"ten thousand", b"ten million ")
    with pytest.raises(StoreCorrupt):
        proxied.put(f"{place}/x", b"the sum is ten thousand", media_type=PLAIN)


def test_object_that_rotted_is_not_taken_for_the_same(proxied: RemovableStore, proxy: Proxy, place: str) -> None:
    proxied.put(f"{place}/x", b"the sum is ten thousand", media_type=PLAIN)
    proxy.replace = (b"ten thousand", b"ten million ")
    with pytest.raises(StoreCorrupt):
        proxied.put(f"{place}/x", b"the sum is ten thousand", media_type=PLAIN)
    found = proxied.stat(f"{place}/x")
    assert found is not None
    assert found.sha256 == hashlib.sha256(b"the sum is ten million ").hexdigest()


def test_a_dead_server_is_noticed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(StoreUnreachable):
        open_store(f"s3://key:secret@127.0.0.1:{port}/kho?secure=0")


def test_a_server_that_says_nothing_is_noticed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        endpoint = f"127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(StoreUnreachable):
            S3Store(endpoint=endpoint, access_key="k", secret_key="s", bucket="kho", secure=False, read_timeout=0.2)


def test_wrong_secret_and_wrong_names(s3_server: S3Server) -> None:
    with pytest.raises(StoreUnreachable) as caught:
        open_store(s3_server.url("kho-luu-tru", secret_key="mot-bi-mat-sai"))
    assert "mot-bi-mat-sai" not in str(caught.value)
    with pytest.raises(BadSettings):
        open_store(s3_server.url("Kho_Sai!"))


class ChangingFile(type(Path())):  # type: ignore[misc]
    """A file whose last byte somebody changes as soon as it was read once."""

    def open(self, mode: str = "r", *args: Any, **kw: Any) -> Any:
        stream = super().open(mode, *args, **kw)
        if mode == "rb":
            with Path(self).open("r+b") as writer:
                writer.seek(-1, os.SEEK_END)
                if self in _READ:
                    writer.write(b"b")
                _READ.add(self)
        return stream


_READ: set[Path] = set()


@pytest.mark.parametrize("size", [10, 20 << 20])  # in one piece, in parts
def test_source_that_changes_before_it_is_uploaded(bucket_url: str, place: str, tmp_path: Path, size: int) -> None:
    store = open_store(bucket_url)
    source = ChangingFile(tmp_path / "source")
    source.write_bytes(b"a" * size)
    with pytest.raises(FileChanged):
        store.put(f"{place}/x", source, media_type=PLAIN)
    assert source.read_bytes() == b"a" * (size - 1) + b"b"
    assert store.stat(f"{place}/x") is None


@pytest.mark.parametrize(
    ("status", "code", "message", "error"),
    [
        (507, "XMinioStorageFull", "Storage backend has reached its minimum free drive threshold.", DiskFull),
        (507, "Anything", "", DiskFull),
        (403, "QuotaExceeded", "", DiskFull),
        (500, "InternalError", "write /data/1.dat: no space left on device", DiskFull),
        (500, "InternalError", "We encountered an internal error", StoreUnreachable),
        (403, "AccessDenied", "", StoreUnreachable),
        (503, "SlowDown", "", StoreUnreachable),
    ],
)
def test_a_server_that_refuses_uploads(status: int, code: str, message: str, error: type[MachineError]) -> None:
    with Refuser(status, code, message) as server:
        store = open_store(server.url)
        with pytest.raises(error) as caught:
            store.put("tests/x", b"data", media_type=PLAIN)
    assert ("hết đĩa" in str(caught.value)) == (code == "InternalError" and error is StoreUnreachable)


# --- folder: the disk --------------------------------------------------------------------------------------------


def parts_of(root: Path) -> list[str]:
    return sorted(path.name for path in (root / ".parts").iterdir())


def test_store_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreUnreachable):
        FolderStore(tmp_path / "file" / "store")
    with pytest.raises(StoreUnreachable):
        FolderStore(tmp_path / "file")
    with pytest.raises(StoreUnreachable):
        FolderStore(Path("/proc/store"))


def test_store_folder_that_went_away(tmp_path: Path) -> None:
    store = FolderStore(tmp_path / "store")
    store.put("tests/x", b"data", media_type=PLAIN)
    (tmp_path / "store").rename(tmp_path / "unmounted")
    for call in (
        lambda: store.put("tests/x", b"data", media_type=PLAIN),
        lambda: store.put("tests/y", b"data", media_type=PLAIN),
        lambda: store.get("tests/x"),
        lambda: store.stat("tests/x"),
        lambda: list(store.list("")),
        lambda: store.remove("tests/x"),
    ):
        with pytest.raises(StoreUnreachable):
            call()
    assert not (tmp_path / "store").exists()
    (tmp_path / "unmounted").rename(tmp_path / "store")
    assert store.get("tests/x") == b"data"


def test_bytes_that_rot_while_they_are_written_are_not_acknowledged(tmp_path: Path) -> None:
    store = FolderStore(tmp_path / "store")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    def feed() -> None:
        with pipe.open("wb", buffering=0) as out:
            out.write(b"a" * (2 << 20))
            part = next((tmp_path / "store" / ".parts").iterdir())
            while not part.stat().st_size:
                time.sleep(0.01)
            with part.open("r+b") as disk:
                disk.write(b"b")
            out.write(b"a")

    feeder = threading.Thread(target=feed)
    feeder.start()
    with pytest.raises(StoreCorrupt):
        store.put("tests/x", pipe, media_type=PLAIN)
    feeder.join()
    assert list(store.list("")) == []
    assert parts_of(tmp_path / "store") == []


def test_source_that_changes_while_it_is_read_is_not_kept(tmp_path: Path) -> None:
    store = FolderStore(tmp_path / "store")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    feeder = threading.Thread(target=lambda: pipe.write_bytes(b"after"))
    feeder.start()
    with pytest.raises(FileChanged):
        store.put("tests/x", pipe, media_type=PLAIN, expect=hashlib.sha256(b"before").hexdigest())
    feeder.join()
    assert list(store.list("")) == []


def test_full_disk(tmp_path: Path) -> None:
    """On a file system of half a megabyte; only root may make one."""
    mounted = tmp_path / "small"
    mounted.mkdir()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"tmpfs", str(mounted).encode(), b"tmpfs", 0, b"size=512k"):
        pytest.skip(f"cannot mount a small file system: {os.strerror(ctypes.get_errno())}")
    try:
        store = FolderStore(mounted / "store")
        kept = store.put("tests/small", b"x" * 1000, media_type=PLAIN)
        with pytest.raises(DiskFull):
            store.put("tests/large", b"x" * 1_000_000, media_type=PLAIN)
        assert list(store.list("")) == ["tests/small"]
        assert store.stat("tests/small") == kept
        assert parts_of(mounted / "store") == []
        wide = FolderStore(tmp_path / "wide")
        wide.put("tests/large", b"x" * 1_000_000, media_type=PLAIN)
        with pytest.raises(DiskFull):
            wide.fetch("tests/large", mounted / "out")
        assert [path.name for path in mounted.iterdir()] == ["store"]
    finally:
        libc.umount2(str(mounted).encode(), 2)


def test_limit_on_file_sizes(tmp_path: Path) -> None:
    code = """
import resource, sys
from pathlib import Path
from schemas.errors import DiskFull
from storage.folder import FolderStore
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
store = FolderStore(Path(sys.argv[1]))
try:
    store.put("tests/x", b"x" * 200_000, media_type="text/plain")
except DiskFull as exc:
    print(exc.code, list(store.list("")))
"""
    out, _ = run_python(code, str(tmp_path / "store")).communicate(timeout=60)
    assert out.decode().split() == ["E203", "[]"]
    assert parts_of(tmp_path / "store") == []


WRITER = """
import hashlib, itertools, os, sys
from pathlib import Path
from storage.folder import FolderStore
store = FolderStore(Path(sys.argv[1]))
for number in itertools.count():
    data = os.urandom(1 << 20) * 3
    sha256 = hashlib.sha256(data).hexdigest()
    store.put(f"originals/sha256/{sha256[:2]}/{sha256[2:4]}/{sha256}", data, media_type="text/plain")
    print(sha256, flush=True)
"""


def test_kill_leaves_whole_objects_only(tmp_path: Path) -> None:
    chance = random.Random(20260101)
    acknowledged: set[str] = set()
    for _ in range(5):
        writer = run_python(WRITER, str(tmp_path / "store"))
        assert writer.stdout is not None
        acknowledged.add(writer.stdout.readline().decode().strip())
        time.sleep(chance.uniform(0, 0.15))
        os.kill(writer.pid, signal.SIGKILL)
        rest = writer.communicate()[0].decode()
        acknowledged.update(line for line in rest.split("\n")[:-1])
    store = FolderStore(tmp_path / "store")
    assert parts_of(tmp_path / "store") == []  # what the dead left is swept
    keys = list(store.list(""))
    for key in keys:
        stored = store.stat(key)
        assert stored is not None
        assert key.endswith(stored.sha256)
    assert {key.rpartition("/")[2] for key in keys} >= acknowledged
    assert len(acknowledged) >= 5


def test_parts_of_living_writers_stay(tmp_path: Path) -> None:
    """While one process writes, others open the store; the write ends well."""
    store = FolderStore(tmp_path / "store")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    result: list[object] = []
    writer = threading.Thread(target=lambda: result.append(store.put("tests/x", pipe, media_type=PLAIN)))
    writer.start()
    with pipe.open("wb", buffering=0) as out:
        out.write(b"half, ")
        code = "import sys; from storage.store import open_store; open_store(sys.argv[1])"
        opener = run_python(code, f"folder:{tmp_path / 'store'}")
        opener.communicate(timeout=60)
        assert opener.returncode == 0
        assert len(parts_of(tmp_path / "store")) == 1
        out.write(b"and half")
    writer.join()
    assert len(result) == 1
    assert store.get("tests/x") == b"half, and half"


def test_old_parts_of_other_machines_are_swept(tmp_path: Path) -> None:
    store = FolderStore(tmp_path / "store")
    parts = tmp_path / "store" / ".parts"
    old, young = (parts / f"{'0' * 16}.1.{letter * 32}.part" for letter in "ab")
    for path in (old, young):
        path.write_bytes(b"half")
    two_days_ago = time.time() - 2 * 86400
    os.utime(old, (two_days_ago, two_days_ago))
    assert list(store.list("")) == []
    FolderStore(tmp_path / "store")
    assert parts_of(tmp_path / "store") == [young.name]
