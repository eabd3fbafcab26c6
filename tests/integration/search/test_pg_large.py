"""What PostgreSQL does otherwise where there is very much: the same answers sooner, and rows taken in as they were."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest
from search_papers import ids, put, record
from sqlalchemy.exc import IntegrityError

from runtime.search.finder import find
from storage import pg_counts, pg_hits
from storage.catalogue import Catalogue
from storage.entry import Entry, make_entry
from storage.pg_search import PgSearch
from storage.pg_tables import COLUMNS, NEW, PARTS, SCHEMA

PAPERS = 240
QUESTIONS = (
    "quyet dinh thu hoi dat va rung dinh ra quyet sach",
    "dat",
    "quyết định",
    "thu hoi dat",
    '"đất và rừng"',
    'dat -"dat va rung"',
    "đất rừng",
    "quyet dinh 2015..2018",
    "ubnd tinh quang binh giao dat",
    "15/6/1999",
    "khongco",
)


@pytest.fixture
def engine(pg_catalogue: Catalogue) -> PgSearch:
    with pg_catalogue.database.write() as connection:
        connection.exec_driver_sql(f"drop schema if exists {SCHEMA} cascade")
    return PgSearch(pg_catalogue.database)


def _entries(engine: PgSearch) -> list[Entry]:
    made = (
        make_entry(
            record(
                n,
                issued_date=f"{1960 + n % 60}-06-15" if n % 7 else None,
                doc_type="quyet_dinh" if n % 3 else "thong_bao",
                summary="thu hồi đất" if n % 4 else "đất giao",
                issuing_agency_name="UBND tỉnh Quảng Bình" if n % 5 == 0 else "UBND tỉnh Quảng Trị",
            ),
            "quyết định về đất" if n % 2 else "đất và rừng, định ra quyết sách",
            salt=engine.salt,
        )
        for n in range(1, PAPERS + 1)
    )
    return [entry for entry in made if entry is not None]


def _fill(engine: PgSearch) -> None:
    entries = _entries(engine)
    engine.refill([entries[at : at + 30] for at in range(0, PAPERS, 30)], lambda: ([], []))


def _pages(engine: PgSearch) -> dict[tuple[str, str, int], tuple[int, list[tuple[float, str]]]]:
    found = {}
    for query in QUESTIONS:
        for sort in ("relevance", "newest", "oldest"):
            for offset in (0, 40, 100):
                one = find(engine, query, limit=20, offset=offset, sort=sort, facets=False)
                found[query, sort, offset] = one.total, [(hit.score, hit.record_id) for hit in one.results]
    return found


def test_the_quick_ways_find_the_same_in_the_same_order(engine: PgSearch, monkeypatch: pytest.MonkeyPatch) -> None:
    _fill(engine)
    monkeypatch.setattr(pg_hits, "_AT_ONCE", PAPERS)
    every = _pages(engine)  # each hit with its rank
    assert {total for total, _ in every.values()} > {0, PAPERS}
    monkeypatch.setattr(pg_hits, "_AT_ONCE", 5)
    assert _pages(engine) == every
    monkeypatch.setattr(pg_hits, "RANKED", 5)
    with engine._database.read() as connection:
        assert len(pg_hits.newest_parts(connection)) > 1
    by_parts = _pages(engine)
    monkeypatch.setattr(pg_hits, "_NEWEST", ())
    assert _pages(engine) == by_parts  # the whole archive looked through
    assert {key: total for key, (total, _) in by_parts.items()} == {key: total for key, (total, _) in every.items()}


def test_a_slice_tells_that_there_are_more(engine: PgSearch, monkeypatch: pytest.MonkeyPatch) -> None:
    _fill(engine)
    there = {query: find(engine, query).total for query in QUESTIONS}
    monkeypatch.setattr(pg_counts, "COUNTED", 40)
    monkeypatch.setattr(pg_counts, "FACETS_EXACT", 60)
    for least in (1, PAPERS):  # by the slice where it holds enough, by counting where it does not
        monkeypatch.setattr(pg_counts, "SURE", least)
        for query in QUESTIONS:
            found = find(engine, query, facets=False)
            assert (found.total, found.capped) == (min(40, there[query]), there[query] > 40), query
    monkeypatch.setattr(pg_counts, "SURE", 1)
    monkeypatch.setattr(pg_counts, "_FACETS_OF", 120)
    found = find(engine, "dat")
    assert found.sampled
    facets = {facet.name: {c.value: c.count for c in facet.counts} for facet in found.facets}
    assert set(facets["doc_type"]) == {"quyet_dinh", "thong_bao"}
    assert sum(facets["doc_type"].values()) == pytest.approx(PAPERS, rel=0.5)  # of all, not of those counted


def test_rows_are_those_that_were_sent_whatever_they_hold(engine: PgSearch) -> None:
    one = _entries(engine)[0]
    odd = replace(
        one,
        keys=("k:a'b", "k:a\\b", "k:a b", "k:đ", "k:a b", "k:" + "x" * 3_000),
        tags=("batch:a", "batch:a"),
        grams=("đất_và và_rừng", "một_hai", "đất_và"),
        head="", noise="", accented="đất",
        facets={"doc_type": "quyết định", "year": ""},
        text="dòng\tmột\\\nhai", card='{"a": "\\n"}',
    )  # fmt: skip
    long = replace(one, record_id="f" * 20, grams=(" ".join(f"n{n}_n{n + 1}" for n in range(90_000)),))
    engine.take([odd, long])
    with engine._database.read() as connection:
        row = connection.exec_driver_sql(f"select * from {SCHEMA}.entries where record_id = %s", (one.record_id,)).one()
        terms = connection.exec_driver_sql("select tsvector_to_array(%s::tsvector)", (row.v,)).scalar_one()
        sizes = connection.exec_driver_sql(
            f"select length(v), tsvector_to_array(v) @> array['b:n0_n1'] from {SCHEMA}.entries where record_id = %s",
            ("f" * 20,),
        ).one()
    keys = {"n:k:a'b", "n:k:a\\b", "n:k:a b", "n:k:đ"}
    assert {term for term in terms if term[0] in "nbhxz"} == keys | {"b:đất_và", "b:và_rừng", "b:một_hai", "x:đất"}
    assert "t:batch:a" in terms
    assert len(terms) == len(set(terms))
    assert (row.doc_type, row.year, row.level) == ("quyết định", "", None)
    assert (row.body, row.card, row.folded) == (odd.text, odd.card, " đất và rừng \n một hai \n đất và ")
    assert sizes[1]
    assert 10_000 < sizes[0] < 90_000  # the first pairs, as many as the database takes
    assert tuple(row._mapping) == COLUMNS


def test_a_record_twice_in_a_rebuild_leaves_the_old_index(engine: PgSearch) -> None:
    put(engine, (record(1), "đất cũ"))
    entries = _entries(engine)
    with pytest.raises(IntegrityError):
        engine.refill([entries, entries[:1]], lambda: ([], []))
    assert ids(engine, "dat cu") == [1]
    _fill(engine)
    assert engine.count() == PAPERS


_REBUILD = """
import sys
from storage.catalogue import Catalogue
from storage.entry import make_entry
from storage.pg_search import PgSearch
sys.path.insert(0, sys.argv[2])
from search_papers import record
with Catalogue(sys.argv[1]) as catalogue:
    engine = PgSearch(catalogue.database)
    def batches():
        for n in range(10, 100_000, 10):
            yield [make_entry(record(k), "mới", salt=engine.salt) for k in range(n, n + 10)]
    engine.refill(batches(), lambda: ([], []))
"""


def test_a_killed_rebuild_leaves_the_old_index_and_is_done_again(engine: PgSearch) -> None:
    put(engine, (record(1), "đất cũ"))
    url = engine._database.engine.url.render_as_string(hide_password=False)
    folder = str(__file__).rpartition("/")[0]
    child = subprocess.Popen([sys.executable, "-c", _REBUILD, url, folder])
    sql = f"select to_regclass('{NEW}.entries_{PARTS - 1}') is not null"
    filled = f"select count(*) from {NEW}.entries"
    while child.poll() is None:
        with engine._database.read() as connection:
            if connection.exec_driver_sql(sql).scalar_one() and connection.exec_driver_sql(filled).scalar_one() > 50:
                break
        time.sleep(0.05)
    assert child.poll() is None
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert ids(engine, "dat cu") == [1]
    _fill(engine)
    assert engine.count() == PAPERS
    assert ids(engine, "dat cu", year=1961) == []
