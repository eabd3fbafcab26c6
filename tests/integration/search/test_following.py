"""The index follows the catalogue, survives kills, is made anew beside its use, and is compared with it."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from search_papers import answer, ids, record

from runtime import entries
from runtime.indexing import Indexer, catch_up, check_index, rebuild_index
from runtime.open import Workshop, open_search, open_workshop
from runtime.settings import load_settings
from schemas.errors import IndexBroken, IndexLocked
from schemas.record import Objects, Record
from storage.index import SearchIndex

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def workshop(database_url: str, tmp_path: Path) -> Iterator[Workshop]:
    settings = load_settings({}, home=tmp_path / "home", database_url=database_url)
    with open_workshop(settings) as opened:
        yield opened


def keep(workshop: Workshop, one: Record, text: str) -> None:
    key = f"packages/test/{one.record_id}.txt"
    if workshop.store.stat(key) is None:
        workshop.store.put(key, text.encode(), media_type="text/plain")
    workshop.catalogue.records.save(one.model_copy(update={"objects": Objects(text=key)}))


def wait_for(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_what_the_catalogue_confirms_is_found_and_what_it_drops_is_not(workshop: Workshop) -> None:
    with open_search(workshop.settings, workshop.catalogue) as engine, Indexer(workshop):
        keep(workshop, record(1, summary="giao đất"), "văn bản một")
        wait_for(lambda: ids(engine, "giao dat") == [1])
        keep(workshop, record(1, summary="thu hồi rừng"), "văn bản một")
        wait_for(lambda: ids(engine, "thu hoi rung") == [1])
        assert ids(engine, '"giao dat"') == []
        keep(workshop, record(1, status="quarantined"), "")
        wait_for(lambda: ids(engine, "van ban") == [])
    assert check_index(workshop).good


def test_a_batch_is_a_filter_also_for_what_comes_again(workshop: Workshop) -> None:
    ledger = workshop.catalogue.ledger
    one = record(1)
    with open_search(workshop.settings, workshop.catalogue) as engine:
        keep(workshop, one, "văn bản")
        catch_up(workshop, engine)
        ledger.finish("/a.pdf", batch="Đợt một", outcome="accepted", sha256=one.source.sha256, record_id=one.record_id)
        catch_up(workshop, engine)
        assert ids(engine, 'dot:"dot mot"') == [1]
        ledger.finish("/b.pdf", batch="đợt hai", outcome="duplicate", sha256="b" * 64, record_id=one.record_id)
        catch_up(workshop, engine)
        assert ids(engine, "dot:dot hai") == ids(engine, "dot:dot mot") == [1]
        before = workshop.catalogue.records.unindexed()
        ledger.finish(
            "/b.pdf", batch="đợt hai", outcome="duplicate", sha256="b" * 64, record_id=one.record_id, known=True
        )
        assert workshop.catalogue.records.unindexed() == before == ()


def test_the_check_sees_every_difference(workshop: Workshop) -> None:
    for number in range(1, 6):
        keep(workshop, record(number), f"số {number}")
    keep(workshop, record(9, secrecy="mat"), "kín")
    with open_search(workshop.settings, workshop.catalogue) as engine:
        catch_up(workshop, engine)
        assert check_index(workshop, engine).good
        engine.take([], [f"{1:020x}"])
        keep(workshop, record(2, summary="đổi"), "số 2")
        (changed,) = workshop.catalogue.records.unindexed()
        workshop.catalogue.records.mark_indexed([changed])
        workshop.catalogue.records.keep_only({f"{n:020x}" for n in (1, 2, 4, 5, 9)}, unless_since="9999")
        report = check_index(workshop, engine)
        assert (report.missing, report.stale, report.extra) == ((f"{1:020x}",), (f"{2:020x}",), (f"{3:020x}",))
        rebuild_index(workshop, engine)
        assert check_index(workshop, engine).good
        assert sorted(ids(engine, "so")) == [1, 2, 4, 5]


def test_a_large_archive_is_rebuilt_by_several_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries, "_WORTH_PROCESSES", 1)
    with open_workshop(load_settings({}, home=tmp_path / "home", workers=2)) as workshop:
        for number in range(1, 450):
            keep(workshop, record(number, summary=f"việc thứ {number}"), f"văn bản {number}")
        keep(workshop, record(450, secrecy="mat"), "kín")
        with open_search(workshop.settings, workshop.catalogue) as engine:
            assert rebuild_index(workshop, engine) == 449
            assert check_index(workshop, engine).good
            assert ids(engine, "viec thu 321") == [321]


_CHILD = """
import sys
from pathlib import Path
from runtime.indexing import {what}
from runtime.open import open_workshop
from runtime.settings import load_settings
with open_workshop(load_settings({{}}, home=Path(sys.argv[1]))) as workshop:
    print("begun", flush=True)
    while True:
        {what}(workshop)
        print("once", flush=True)
"""


@pytest.mark.parametrize("what", ["rebuild_index", "catch_up"])
def test_a_killed_writer_leaves_an_index_that_answers_and_can_be_mended(tmp_path: Path, what: str) -> None:
    settings = load_settings({}, home=tmp_path / "home")
    with open_workshop(settings) as workshop, open_search(settings, workshop.catalogue) as engine:
        for number in range(1, 60):
            keep(workshop, record(number), f"văn bản số {number}")
        catch_up(workshop, engine)
        for pause in (0.05, 0.25, 0.6):
            for number in range(1, 60):
                keep(workshop, record(number, summary=f"lần {pause}"), "")
            child = subprocess.Popen(
                [sys.executable, "-c", _CHILD.format(what=what), str(tmp_path / "home")],
                stdout=subprocess.PIPE, text=True, cwd=ROOT,
            )  # fmt: skip
            assert child.stdout is not None
            assert child.stdout.readline() == "begun\n"
            time.sleep(pause)
            child.send_signal(signal.SIGKILL)
            child.communicate()
            assert answer(engine, "van ban").total == 59  # one version or the other of each, never none, never two
            catch_up(workshop, engine)
            assert check_index(workshop, engine).good
    assert len(list((tmp_path / "home" / "index").glob("g-*"))) <= 2
    with open_workshop(settings) as workshop:
        rebuild_index(workshop)
    assert len(list((tmp_path / "home" / "index").glob("g-*"))) == 1


def test_a_reader_changes_over_to_the_new_index(tmp_path: Path) -> None:
    with SearchIndex(tmp_path / "index") as reader, SearchIndex(tmp_path / "index") as writer:
        assert answer(reader, "dat").total == 0
        writer.refill([], lambda: ([], []))
        assert reader.complete
        assert answer(reader, "dat").total == 0


@pytest.mark.parametrize("damage", ["gone", "meta gone", "cut", "other format"])
def test_a_damaged_index_begins_empty_and_is_filled_again(tmp_path: Path, damage: str) -> None:
    settings = load_settings({}, home=tmp_path / "home")
    folder = tmp_path / "home" / "index"
    with open_workshop(settings) as workshop:
        keep(workshop, record(1), "đất")
        catch_up(workshop)
        (generation,) = folder.glob("g-*")
        if damage == "gone":
            shutil.rmtree(folder)
        elif damage == "meta gone":
            (generation / "meta.json").unlink()
        elif damage == "other format":
            (folder / "sohoa-index.json").write_text('{"format": 0, "complete": true}')
        else:
            for path in generation.iterdir():
                if path.suffix != ".json" and path.stat().st_size:
                    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        with open_search(settings, workshop.catalogue) as engine:
            assert not engine.complete
            catch_up(workshop, engine)
            assert ids(engine, "dat") == [1]


def test_one_process_writes_at_a_time(tmp_path: Path) -> None:
    import fcntl

    with (
        SearchIndex(tmp_path / "index", lock_wait_s=0.05) as index,
        (tmp_path / "index" / "writer.lock").open() as file,
    ):
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(IndexLocked):
            index.take([], ["x"])
        fcntl.flock(file, fcntl.LOCK_UN)
        index.take([], ["x"])


def test_a_folder_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "index").write_text("một tệp, không phải thư mục")
    with pytest.raises(IndexBroken):
        SearchIndex(tmp_path / "index")


def test_no_identity_number_lies_in_the_files(tmp_path: Path) -> None:
    from search_papers import put

    with SearchIndex(tmp_path / "index") as index:
        text = "Ông Nguyễn Văn Thử, CCCD 079123456789, hộ chiếu B1234567."
        put(index, (record(1, owner_id="B1234567", summary="CCCD số 079 123 456 789"), text))
    stored = b"".join(path.read_bytes() for path in (tmp_path / "index").rglob("*") if path.is_file())
    assert b"079123456789" not in stored
    assert b"B1234567" not in stored
