"""Packages over both kinds of store: committed at once, never changed, told apart when damaged."""

from __future__ import annotations

import hashlib
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import papers_kept
import pytest
from papers_kept import keep, make_events, make_record, new_word

from schemas.errors import ObjectNotFound, StoreCorrupt
from storage.folder import FolderStore
from storage.keys import file_key, manifest_key, original_key, package_prefix, quarantine_key
from storage.package import (
    iter_package_ids,
    read_manifest,
    read_record,
    revise_package,
    verify_package,
    write_package,
)
from storage.store import RemovableStore, open_store, relocate

DIES = Path(__file__).parents[2] / "fakes" / "store_dies.py"
WRITES = 5  # original, text, layout, record, manifest


def test_a_package_holds_all(store: RemovableStore, tmp_path: Path) -> None:
    original = new_word().encode()
    record = make_record(original)
    copy = tmp_path / "copy.pdf"
    copy.write_bytes(b"%PDF " + original)
    store.put(original_key(record.source.sha256), original, media_type="application/pdf")
    kept, manifest = write_package(
        store, record, text="Quyết định\fTrang hai", layout=b"layout", copy_pdf=copy, events=make_events()
    )
    assert kept.model_copy(update={"objects": record.objects}) == record
    assert read_record(store, record.record_id) == kept
    assert read_manifest(store, record.record_id) == manifest
    assert [entry.role for entry in manifest.files] == ["original", "record", "text", "layout", "copy"]
    for entry in manifest.files:
        body = store.get(entry.key)
        assert (hashlib.sha256(body).hexdigest(), len(body)) == (entry.sha256, entry.size)
    objects = kept.objects
    assert objects.original == original_key(record.source.sha256)
    assert store.get(objects.text or "").decode() == "Quyết định\fTrang hai"
    assert store.get(objects.layout or "") == b"layout"
    assert store.get(objects.pdfa or "") == copy.read_bytes()
    assert all(event.time.endswith("+07:00") for event in manifest.events)
    assert (manifest.package_version, manifest.rule_version, manifest.record_version) == (1, "1", 1)
    assert verify_package(store, record.record_id) == ()
    assert list(iter_package_ids(store)).count(record.record_id) == 1


def test_a_package_without_text(store: RemovableStore) -> None:
    original = new_word().encode()
    record = make_record(original)
    store.put(original_key(record.source.sha256), original, media_type="application/pdf")
    kept, manifest = write_package(store, record, text=None, layout=None, copy_pdf=None, events=())
    assert [entry.role for entry in manifest.files] == ["original", "record"]
    assert (kept.objects.text, kept.objects.layout, kept.objects.pdfa) == (None, None, None)
    assert verify_package(store, record.record_id) == ()


def test_the_same_again_adds_no_version(store: RemovableStore) -> None:
    word = new_word()
    first = keep(store, text=f"{word} một", seconds=1.0)
    before = list(store.list(package_prefix(first[0].record_id)))
    assert keep(store, text=f"{word} một", seconds=2.5) == first
    assert list(store.list(package_prefix(first[0].record_id))) == before


def test_new_content_is_a_new_version_and_the_old_one_stays(store: RemovableStore) -> None:
    word = new_word()
    first, _ = keep(store, text=f"{word} một")
    again, manifest = keep(store, text=f"{word} hai")
    changed, third = keep(store, text=f"{word} hai", number="13/QĐ-UBND")
    assert (manifest.package_version, third.package_version) == (2, 3)
    assert store.get(first.objects.text or "").decode() == f"{word} một"
    assert store.get(again.objects.text or "").decode() == f"{word} hai"
    assert changed.objects.text == again.objects.text  # what did not change is not written again
    assert read_record(store, first.record_id) == changed
    body = store.get(manifest_key(first.record_id, 2))
    assert third.previous == hashlib.sha256(body).hexdigest()
    assert verify_package(store, first.record_id) == ()
    back, fourth = keep(store, text=f"{word} một")
    assert fourth.package_version == 4
    assert read_record(store, first.record_id) == back


def test_a_revised_record_keeps_its_files(store: RemovableStore) -> None:
    kept, manifest = keep(store, text=f"{new_word()} một")
    confirmed = kept.model_copy(update={"status": "confirmed"})
    revised, second = revise_package(store, confirmed, events=make_events())
    assert revised == confirmed
    assert second.package_version == 2
    assert [e for e in second.files if e.role != "record"] == [e for e in manifest.files if e.role != "record"]
    assert revise_package(store, confirmed, events=make_events()) == (revised, second)
    assert read_record(store, kept.record_id) == confirmed
    assert verify_package(store, kept.record_id) == ()


def test_what_is_not_there_is_said(store: RemovableStore) -> None:
    record = make_record(new_word().encode())
    with pytest.raises(ObjectNotFound):
        read_record(store, record.record_id)
    with pytest.raises(ObjectNotFound):
        verify_package(store, record.record_id)
    with pytest.raises(ObjectNotFound):
        revise_package(store, record, events=())
    with pytest.raises(ObjectNotFound):  # its original was never stored
        write_package(store, record, text="x", layout=None, copy_pdf=None, events=())
    assert list(store.list(package_prefix(record.record_id))) == []


def test_a_secret_original_leaves(store: RemovableStore) -> None:
    word = new_word()
    kept, _ = keep(store, text=f"{word} một")
    sha256 = kept.source.sha256
    relocate(store, original_key(sha256), quarantine_key(sha256), media_type="application/pdf")
    assert [p.kind for p in verify_package(store, kept.record_id)] == ["missing"]
    moved = kept.objects.model_copy(update={"original": quarantine_key(sha256)})
    revise_package(store, kept.model_copy(update={"objects": moved, "status": "quarantined"}), events=make_events())
    assert verify_package(store, kept.record_id) == ()
    assert read_record(store, kept.record_id).objects.original == quarantine_key(sha256)


def test_damage_is_found(store: RemovableStore) -> None:
    word = new_word()
    kept, _ = keep(store, text=f"{word} một")
    objects = kept.objects
    store.remove(objects.text or "")
    store.remove(objects.layout or "")
    store.put(objects.layout or "", b"rotten", media_type="application/gzip")
    stray = file_key(kept.record_id, 1, "copy", "0" * 64)
    unfinished = file_key(kept.record_id, 2, "copy", "0" * 64)
    for key in (stray, unfinished):
        store.put(key, b"stray", media_type="application/pdf")
    found = {(problem.kind, problem.key) for problem in verify_package(store, kept.record_id)}
    assert found == {
        ("missing", objects.text),
        ("changed", objects.layout),
        ("extra", stray),
        ("unfinished", unfinished),
    }


def test_one_changed_byte_of_any_object_is_found(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    word = new_word()
    keep(store, text=f"{word} một")
    record, _ = keep(store, text=f"{word} hai")
    for key in [*store.list("")]:
        path = tmp_path / key
        body = path.read_bytes()
        for at in {0, len(body) // 3, len(body) // 2, len(body) - 1}:
            path.write_bytes(body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :])
            problems = verify_package(store, record.record_id)
            assert ("changed", key) in {(problem.kind, problem.key) for problem in problems}, (key, at)
        path.write_bytes(body)
    assert verify_package(store, record.record_id) == ()


def test_a_manifest_exchanged_for_another_is_found(tmp_path: Path) -> None:
    """Even one that agrees with itself: the next manifest knows the hash of the one before."""
    store = FolderStore(tmp_path)
    word = new_word()
    _, first = keep(store, text=f"{word} một")
    keep(store, text=f"{word} hai")
    forged = first.model_copy(update={"rule_version": "2"}).sealed()
    (tmp_path / manifest_key(first.record_id, 1)).write_bytes(forged.to_bytes())
    problems = verify_package(store, first.record_id)
    assert [(p.kind, p.key) for p in problems] == [("changed", manifest_key(first.record_id, 2))]


def test_a_damaged_package_is_not_read(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    record, manifest = keep(store, text=f"{new_word()} một")
    entry = manifest.file("record")
    assert entry is not None
    path = tmp_path / entry.key
    body = path.read_bytes()
    path.write_bytes(body.replace(b"12/Q", b"13/Q"))
    with pytest.raises(StoreCorrupt):
        read_record(store, record.record_id)
    path.write_bytes(body)
    path = tmp_path / manifest_key(record.record_id, 1)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(StoreCorrupt):
        read_manifest(store, record.record_id)
    assert {p.kind for p in verify_package(store, record.record_id)} >= {"changed"}


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("at", range(1, WRITES + 1))
def test_kill_between_files_leaves_no_package_and_no_trace(store_url: str, at: int, when: str) -> None:
    """Killed at each write in turn; then written again: the same package as undisturbed, and nothing else."""
    text = f"{new_word()} một"
    dead = subprocess.run([sys.executable, str(DIES), store_url, str(at), when, text], timeout=120, check=False)
    assert dead.returncode == -signal.SIGKILL
    store = open_store(store_url)
    record_id = make_record(text.split()[0].encode()).record_id
    committed = record_id in set(iter_package_ids(store))
    assert committed == (at == WRITES and when == "after")
    kept, manifest = keep(store, text=text, seconds=1.0)
    assert kept.record_id == record_id
    assert manifest.package_version == 1
    assert verify_package(store, record_id) == ()
    keys = set(store.list(package_prefix(record_id)))
    assert keys == {e.key for e in manifest.files if e.role != "original"} | {manifest_key(record_id, 1)}


def test_two_writers_of_one_record(store: RemovableStore, store_url: str) -> None:
    """Whatever they write, each one's answer is a version of the package, and no file is missing."""
    word = new_word()
    keep(store, text=f"{word} không")
    start = threading.Barrier(4)

    def write(number: int) -> int:
        mine = open_store(store_url)
        start.wait()
        _, manifest = papers_kept.keep(mine, text=f"{word} {number}", seconds=number)
        return manifest.package_version

    with ThreadPoolExecutor(4) as pool:
        versions = list(pool.map(write, [1, 1, 2, 3]))
    assert set(versions) <= set(range(2, 6))
    record_id = make_record(word.encode()).record_id
    assert read_manifest(store, record_id).package_version == max(versions)
    assert [p for p in verify_package(store, record_id) if p.kind != "unfinished"] == []
