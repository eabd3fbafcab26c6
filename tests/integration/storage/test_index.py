"""The search index on disk: what is found, in which order, by whom it may be written, and what a crash leaves."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from schemas.errors import IndexBroken, IndexLocked
from schemas.extraction import Classification, ClassValue, Fields, FieldValue
from schemas.record import Process, Record, Source, Status
from storage.index import SearchIndex
from storage.search import SearchFilters

ROOT = Path(__file__).resolve().parents[3]


def record(number: int, *, status: Status = "accepted", level: str | None = None, **fields: str) -> Record:
    sha256 = f"{number:064x}"
    return Record(
        record_id=f"{number:020x}",
        status=status,
        source=Source(name="a.pdf", sha256=sha256, size=1, media_type="application/pdf", page_count=1),
        fields=Fields(**{name: FieldValue(value=value) for name, value in fields.items()}),
        classification=Classification(level=ClassValue(value=level)),
        process=Process(engine="test", rule_version="1", seconds=0),
    )


@pytest.fixture
def index(tmp_path: Path) -> Iterator[SearchIndex]:
    with SearchIndex(tmp_path / "index") as index:
        yield index


def ids(index: SearchIndex, query: str, **filters: object) -> list[int]:
    found = index.search(query, filters=SearchFilters.model_validate(filters))
    assert found.total == len(found.results)
    return [int(hit.record_id, 16) for hit in found.results]


@pytest.fixture
def archive(index: SearchIndex) -> SearchIndex:
    """Three decisions; the second is like the first without its accents."""
    index.index(
        record(
            1,
            doc_type="quyet_dinh",
            doc_number="2110/QĐ-UBND",
            issued_date="2025-09-01",
            issuing_agency_name="Ủy ban nhân dân tỉnh Quảng Trị",
            summary="Về việc giao đất rừng sản xuất",
            level="tinh",
        ),
        "QUYẾT ĐỊNH\nVề việc giao đất rừng sản xuất\fĐiều 1. Giao cho ông Nguyễn Văn Thử tại xã Hòa Bình.",
    )
    index.index(
        record(
            2,
            doc_type="cong_van",
            doc_number="15/UBND-NC",
            issued_date="2024-02-29",
            issuing_agency_name="UBND xã Gio Linh",
        ),
        "dat rung san xuat\fUy ban nhan dan",
    )
    index.index(record(3, doc_type="quyet_dinh", doc_number="211/QĐ-SXD"), "Giấy phép xây dựng, rừng phòng hộ, có đất")
    assert index.commit() == tuple(f"{n:020x}" for n in (1, 2, 3))
    return index


def test_typed_without_accents_finds_both(archive: SearchIndex) -> None:
    assert sorted(ids(archive, "dat rung")) == [1, 2, 3]
    assert sorted(ids(archive, '"dat rung"')) == [1, 2]


def test_the_accents_that_were_typed_come_first(archive: SearchIndex) -> None:
    assert ids(archive, '"đất rừng"') == [1, 2]
    assert ids(archive, '"đất rung"') == [1, 2]
    assert ids(archive, "ĐẤT RỪNG")[-1] == 2


@pytest.mark.parametrize("query", ["hoà bình", "hòa bình", "HOA BINH", "ho\u0300a bi\u0300nh", "“hoà bình”"])
def test_every_way_to_write_a_name_finds_it_on_its_page(archive: SearchIndex, query: str) -> None:
    (hit,) = archive.search(query).results
    assert hit.page == 2
    assert "«" in hit.snippet


@pytest.mark.parametrize("query", ["2110/QĐ-UBND", "2110 qd ubnd", "2110/qd-ubnd", "02110/QĐ-UBND", "số 2110/QĐ-UBND"])
def test_a_number_is_found_however_it_is_typed(archive: SearchIndex, query: str) -> None:
    cited = "Số 2110/QĐ-UBND, số 02110/QĐ-UBND, số 2110 qd ubnd. "
    archive.index(record(4, summary=cited * 3), cited * 9)
    archive.index(record(1, doc_number="2110/QĐ-UBND"), "Số: 2110/QĐ-UBND " + "nội dung khác " * 200)
    archive.commit()
    assert ids(archive, query)[0] == 1


def test_what_a_hit_shows(archive: SearchIndex) -> None:
    found = archive.search("giao rừng").as_json()
    assert set(found) == {"total", "results", "facets"}
    results = found["results"]
    assert isinstance(results, list)
    assert {k: v for k, v in results[0].items() if k != "score"} == {
        "record_id": f"{1:020x}",
        "doc_type": "quyet_dinh",
        "doc_number": "2110/QĐ-UBND",
        "issued_date": "2025-09-01",
        "issuing_agency_name": "Ủy ban nhân dân tỉnh Quảng Trị",
        "summary": "Về việc giao đất rừng sản xuất",
        "snippet": "QUYẾT ĐỊNH Về việc «giao» đất «rừng» sản xuất",
        "page": 1,
    }


def test_facets_count_all_hits_not_only_those_shown(archive: SearchIndex) -> None:
    found = archive.search("rung", limit=1)
    assert found.total == 3
    assert len(found.results) == 1
    facets = {facet.name: {c.value: c.count for c in facet.counts} for facet in found.facets}
    assert facets["doc_type"] == {"quyet_dinh": 2, "cong_van": 1}
    assert facets["year"] == {"2025": 1, "2024": 1}


def test_filters_narrow_and_leave_the_score_alone(archive: SearchIndex) -> None:
    assert ids(archive, "rung", doc_type="cong_van") == [2]
    assert ids(archive, "rung", issuing_agency_name="uy ban nhan dan tinh quang tri") == [1]
    assert ids(archive, "rung", year=2024) == [2]
    assert ids(archive, "rung", date_from="2024-03-01") == [1]
    assert ids(archive, "rung", date_to="2024-12-31") == [2]  # no date is no date before
    assert ids(archive, "rung", level="tinh") == [1]
    assert ids(archive, "rung", status="needs_review") == []
    plain = {hit.record_id: hit.score for hit in archive.search("rung").results}
    (narrowed,) = archive.search("rung", filters=SearchFilters(year=2024)).results
    assert narrowed.score == plain[narrowed.record_id]


def test_a_blank_query_is_everything_newest_first(archive: SearchIndex) -> None:
    assert ids(archive, "") == [1, 2, 3]
    assert [int(hit.record_id, 16) for hit in archive.search(" ", limit=1, offset=1).results] == [2]


@pytest.mark.parametrize(
    "query",
    ['"', "((", "AND OR", "đất AND", "a:b", "[1 TO", "*", "đất~", "\x00", "\ud800", "body:rung", "-", "x" * 70_000],
)
def test_no_query_raises(archive: SearchIndex, query: str) -> None:
    assert archive.search(query).total in (0, 1, 2, 3)


def test_identity_numbers_are_nowhere_in_the_index(index: SearchIndex, tmp_path: Path) -> None:
    text = "Ông Nguyễn Văn Thử, CCCD 079123456789, CMND cũ 191 234 567, hộ chiếu B1234567."
    index.index(record(1, owner_id="B1234567", summary="Cấp cho CCCD số 079 123 456 789"), text)
    index.commit()
    for query in ("079123456789", "079 123 456 789", '"191 234 567"', "191234567", "B1234567", "b1234567"):
        assert ids(index, query) == []
    (hit,) = index.search("nguyen van thu").results
    assert "079" not in hit.model_dump_json()
    index.close()
    stored = b"".join(path.read_bytes() for path in (tmp_path / "index").rglob("*") if path.is_file())
    assert b"079123456789" not in stored
    assert b"B1234567" not in stored


def test_what_is_set_aside_is_not_indexed(index: SearchIndex, tmp_path: Path) -> None:
    index.index(record(1), "tài liệu thường")
    index.commit()
    index.index(record(1, status="quarantined"), "tài liệu thường")
    index.index(record(2, secrecy="mat"), "tài liệu kín")
    index.index(record(3, status="duplicate"), "tài liệu lặp")
    assert len(index.commit()) == 3  # handled all the same: nobody needs to offer them again
    assert index.count() == 0


def test_a_record_indexed_again_is_there_once(index: SearchIndex) -> None:
    for text in ("bản cũ", "bản mới"):
        index.index(record(1), text)
        index.index(record(1), text)
    index.commit()
    assert ids(index, "ban") == [1]
    assert ids(index, "cu") == []
    index.remove(f"{1:020x}")
    index.commit()
    assert index.count() == 0


def test_others_see_a_record_after_the_commit_and_not_before(index: SearchIndex, tmp_path: Path) -> None:
    with SearchIndex(tmp_path / "index") as reader:
        index.index(record(1), "đất")
        assert reader.search("dat").total == 0
        index.commit()
        assert reader.search("dat").total == 1


def test_one_process_writes_at_a_time(index: SearchIndex, tmp_path: Path) -> None:
    index.index(record(1), "đất")
    with SearchIndex(tmp_path / "index", lock_wait_s=0.05) as second:
        with pytest.raises(IndexLocked):
            second.index(record(2), "rừng")
        index.close()
        second.index(record(2), "rừng")
        second.commit()
        assert second.count() == 2


_CHILD = """
import sys
from pathlib import Path
from storage.index import SearchIndex
sys.path.insert(0, sys.argv[1])
from test_index import record
index = SearchIndex(Path(sys.argv[2]))
number = int(sys.argv[3])
while True:
    number += 1
    index.index(record(number), f"đất số {number}")
    if number % 10 == 0:
        print(len(index.commit()), flush=True)
"""


def test_a_killed_writer_leaves_what_it_committed_and_no_lock(tmp_path: Path) -> None:
    folder, committed = tmp_path / "index", 0
    for start in (0, 10_000):
        child = subprocess.Popen(
            [sys.executable, "-c", _CHILD, str(Path(__file__).parent), str(folder), str(start)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        assert child.stdout is not None
        for _ in range(3):
            assert child.stdout.readline() == "10\n"
        child.send_signal(signal.SIGKILL)
        rest = child.stdout.read()
        child.wait()
        child.stdout.close()
        committed += 30 + sum(int(line) for line in rest.splitlines() if line == "10")
        with SearchIndex(folder, lock_wait_s=1) as index:
            there = index.count()
            assert committed <= there <= committed + 10  # one commit may have ended before its word got out
            committed = there
            assert index.search("dat").total == there


@pytest.mark.parametrize("damage", ["gone", "meta gone", "cut", "other format"])
def test_a_damaged_index_begins_empty_and_says_so(tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "index"
    with SearchIndex(folder) as index:
        assert index.needs_rebuild
        index.index(record(1), "đất")
        index.commit()
        index.mark_complete()
    with SearchIndex(folder) as index:
        assert not index.needs_rebuild
        assert index.count() == 1
    if damage == "gone":
        shutil.rmtree(folder)
    elif damage == "meta gone":
        (folder / "tantivy" / "meta.json").unlink()
    elif damage == "other format":
        (folder / "sohoa-index.json").write_text('{"format": 0, "complete": true}')
    else:
        for path in (folder / "tantivy").iterdir():
            if path.suffix != ".json" and path.stat().st_size:
                path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with SearchIndex(folder) as index:
        assert index.needs_rebuild
        assert index.count() == 0
        index.index(record(1), "đất")
        index.mark_complete()
        index.commit()
        assert ids(index, "dat") == [1]


def test_clear_empties_and_asks_for_a_rebuild(archive: SearchIndex) -> None:
    archive.mark_complete()
    archive.clear()
    assert archive.count() == 0
    assert archive.needs_rebuild
    archive.index(record(9), "đất")
    assert archive.commit() == (f"{9:020x}",)


@pytest.mark.parametrize("writing", [False, True])
def test_clear_makes_an_index_anew_that_broke_while_it_was_open(tmp_path: Path, writing: bool) -> None:
    with SearchIndex(tmp_path / "index") as index:
        index.index(record(1), "đất")
        index.commit()
        if not writing:
            index.close()
        for path in (tmp_path / "index" / "tantivy").iterdir():
            path.unlink()
        with pytest.raises(IndexBroken):
            index.search("dat")
        index.clear()
        assert index.needs_rebuild
        index.index(record(2), "đất")
        index.commit()
        assert ids(index, "dat") == [2]


def test_a_refused_clear_changes_nothing(archive: SearchIndex, tmp_path: Path) -> None:
    archive.mark_complete()
    with SearchIndex(tmp_path / "index", lock_wait_s=0.05) as second:
        with pytest.raises(IndexLocked):
            second.clear()
        assert not second.needs_rebuild
        assert second.count() == 3


def test_an_index_that_is_being_written_is_never_taken_for_broken(index: SearchIndex, tmp_path: Path) -> None:
    index.index(record(1), "đất")
    index.commit()
    (tmp_path / "index" / "sohoa-index.json").unlink()
    with pytest.raises(IndexLocked):
        SearchIndex(tmp_path / "index")
    assert index.search("dat").total == 1


def test_a_folder_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "index").write_text("một tệp, không phải thư mục")
    with pytest.raises(IndexBroken):
        SearchIndex(tmp_path / "index")


def test_a_long_paper_is_found_on_its_last_page(index: SearchIndex) -> None:
    index.index(record(1), "\f".join(f"Trang {n}. Nội dung danh mục." for n in range(1, 2001)) + " Mốc cuối cùng")
    index.commit()
    (hit,) = index.search("moc cuoi").results
    assert hit.page == 2000
