"""What every store promises, over a folder and over a real S3 server."""

from __future__ import annotations

import hashlib
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from schemas.errors import FileChanged, ObjectExists, ObjectNotFound, UnreadableFile
from storage.store import RemovableStore, Stored, open_store, relocate

BAD_KEYS = ["", "/x", "x/", "a//b", "../x", "a/../b", ".parts/x", "a b", "số", "A", "a\n", "a\\b", "a" * 600]
PLAIN = "text/plain; charset=utf-8"


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("size", [0, 1, 70_000, (1 << 20) + 1])
@pytest.mark.parametrize("from_file", [True, False])
def test_what_is_put_comes_back(store: RemovableStore, place: str, tmp_path: Path, size: int, from_file: bool) -> None:
    data = os.urandom(size)
    source: bytes | Path = data
    if from_file:
        source = tmp_path / "nguồn số 1.pdf"
        source.write_bytes(data)
    key = f"{place}/object"
    wanted = Stored(key, sha(data), size)
    assert store.put(key, source, media_type="application/pdf", expect=sha(data)) == wanted
    assert store.stat(key) == wanted
    assert store.get(key) == data
    target = tmp_path / "out"
    assert store.fetch(key, target) == wanted
    assert target.read_bytes() == data
    assert list(store.list(key)) == [key]


def test_large_object_in_parts(store: RemovableStore, place: str, tmp_path: Path) -> None:
    block = os.urandom(1 << 20)
    source = tmp_path / "large"
    with source.open("wb") as out:
        for number in range(35):
            out.write(number.to_bytes(2, "big") + block)
    stored = store.put(f"{place}/large", source, media_type="image/tiff")
    assert stored.size == 35 * ((1 << 20) + 2)
    assert store.fetch(stored.key, tmp_path / "out") == stored
    assert (tmp_path / "out").read_bytes() == source.read_bytes()
    assert store.put(stored.key, source, media_type="image/tiff") == stored
    with pytest.raises(ObjectExists):
        store.put(stored.key, b"other", media_type=PLAIN)


def test_same_content_again_is_acknowledged(store: RemovableStore, store_url: str, place: str) -> None:
    first = store.put(f"{place}/x", "một".encode(), media_type=PLAIN)
    assert store.put(f"{place}/x", "một".encode(), media_type="another/type") == first
    assert open_store(store_url).put(f"{place}/x", "một".encode(), media_type=PLAIN) == first
    assert list(store.list(place + "/")) == [first.key]


def test_other_content_is_refused(store: RemovableStore, place: str, tmp_path: Path) -> None:
    store.put(f"{place}/x", b"one", media_type=PLAIN)
    other = tmp_path / "other"
    other.write_bytes(b"two")
    for source in (b"two", other, b""):
        with pytest.raises(ObjectExists):
            store.put(f"{place}/x", source, media_type=PLAIN)
    assert store.get(f"{place}/x") == b"one"


def test_missing_object(store: RemovableStore, place: str, tmp_path: Path) -> None:
    key = f"{place}/nothing"
    assert store.stat(key) is None
    with pytest.raises(ObjectNotFound):
        store.get(key)
    with pytest.raises(ObjectNotFound):
        store.fetch(key, tmp_path / "out")
    assert list(tmp_path.glob("*out*")) == []
    store.put(f"{place}/folder/x", b"", media_type=PLAIN)
    assert store.stat(f"{place}/folder") is None
    with pytest.raises(ObjectNotFound):
        store.get(f"{place}/folder")


def test_source_that_is_not_what_was_expected(store: RemovableStore, place: str, tmp_path: Path) -> None:
    changed = tmp_path / "changed"
    changed.write_bytes(b"after")
    for source in (b"after", changed):
        with pytest.raises(FileChanged):
            store.put(f"{place}/x", source, media_type=PLAIN, expect=sha(b"before"))
    assert store.stat(f"{place}/x") is None
    store.put(f"{place}/x", b"before", media_type=PLAIN, expect=sha(b"before"))
    with pytest.raises(FileChanged):
        store.put(f"{place}/x", changed, media_type=PLAIN, expect=sha(b"before"))


def test_source_that_cannot_be_read(store: RemovableStore, place: str, tmp_path: Path) -> None:
    for source in (tmp_path / "absent", tmp_path):
        with pytest.raises(UnreadableFile):
            store.put(f"{place}/x", source, media_type=PLAIN)
    assert store.stat(f"{place}/x") is None


@pytest.mark.parametrize("key", BAD_KEYS)
def test_what_is_not_a_key(store: RemovableStore, key: str, tmp_path: Path) -> None:
    for call in (
        lambda: store.put(key, b"", media_type=PLAIN),
        lambda: store.get(key),
        lambda: store.fetch(key, tmp_path / "out"),
        lambda: store.stat(key),
        lambda: store.remove(key),
    ):
        with pytest.raises(ValueError, match="not an object key"):
            call()


def test_list_by_prefix(store: RemovableStore, place: str) -> None:
    names = ["a/1", "a/2", "a-b/1", "ab", "b/c/d/e", "b/c/f"]
    for name in names:
        store.put(f"{place}/{name}", name.encode(), media_type=PLAIN)

    def listed(prefix: str) -> list[str]:
        found = list(store.list(f"{place}/{prefix}"))
        assert len(found) == len(set(found))
        return [key.removeprefix(f"{place}/") for key in found]

    assert sorted(listed("")) == sorted(names)
    assert sorted(listed("a")) == ["a-b/1", "a/1", "a/2", "ab"]
    assert listed("a/") == ["a/1", "a/2"]
    assert listed("b/c/d") == ["b/c/d/e"]
    assert listed("ab") == ["ab"]
    assert listed("z") == []
    assert listed("ab/") == []
    assert set(store.list("")) >= {f"{place}/{name}" for name in names}


def test_keys_of_one_folder_follow_each_other(store: RemovableStore, place: str) -> None:
    names = [f"{folder}/{name}" for folder in ("x", "x-y", "xy") for name in ("1", "v/1", "2")]
    for name in reversed(names):
        store.put(f"{place}/{name}", b"", media_type=PLAIN)
    folders = [key.removeprefix(f"{place}/").partition("/")[0] for key in store.list(f"{place}/x")]
    runs = [folder for at, folder in enumerate(folders) if at == 0 or folders[at - 1] != folder]
    assert sorted(runs) == ["x", "x-y", "xy"]


def test_remove(store: RemovableStore, place: str) -> None:
    store.put(f"{place}/x", b"one", media_type=PLAIN)
    store.remove(f"{place}/x")
    store.remove(f"{place}/x")
    assert store.stat(f"{place}/x") is None
    assert list(store.list(f"{place}/")) == []
    assert store.put(f"{place}/x", b"two", media_type=PLAIN).sha256 == sha(b"two")


def test_relocate_may_be_cut_off_and_done_again(store: RemovableStore, place: str) -> None:
    old, new = f"{place}/old", f"{place}/new"
    with pytest.raises(ObjectNotFound):
        relocate(store, old, new, media_type=PLAIN)
    store.put(old, b"secret", media_type=PLAIN)
    moved = relocate(store, old, new, media_type=PLAIN)
    assert moved == Stored(new, sha(b"secret"), 6)
    assert store.stat(old) is None
    assert relocate(store, old, new, media_type=PLAIN) == moved
    store.put(old, b"secret", media_type=PLAIN)  # as if cut off before the removal
    assert relocate(store, old, new, media_type=PLAIN) == moved
    assert store.stat(old) is None


def test_relocate_keeps_the_source_when_the_place_is_taken(store: RemovableStore, place: str) -> None:
    store.put(f"{place}/old", b"secret", media_type=PLAIN)
    store.put(f"{place}/new", b"other", media_type=PLAIN)
    with pytest.raises(ObjectExists):
        relocate(store, f"{place}/old", f"{place}/new", media_type=PLAIN)
    assert store.get(f"{place}/old") == b"secret"
    assert store.get(f"{place}/new") == b"other"


def test_of_many_writers_of_one_key_one_wins(store: RemovableStore, store_url: str, place: str) -> None:
    start = threading.Barrier(6)

    def write(number: int) -> bool:
        mine = open_store(store_url)
        start.wait()
        try:
            mine.put(f"{place}/x", bytes([number]) * 50_000, media_type=PLAIN)
        except ObjectExists:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        won = list(pool.map(write, [0, 0, 0, 1, 2, 3]))
    winner = store.get(f"{place}/x")
    assert winner == winner[:1] * 50_000
    assert won == [number == winner[0] for number in (0, 0, 0, 1, 2, 3)]
