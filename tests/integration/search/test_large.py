"""What the embedded index does otherwise where there is very much: the same answers, and estimates that say so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from search_papers import answer, put, record

from runtime.search.finder import find
from storage import index_counts, index_rank
from storage.index import SearchIndex

PAPERS = 240


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[SearchIndex]:
    with SearchIndex(tmp_path / "index") as opened:
        put(opened, *((
            record(
                n,
                issued_date=f"{1960 + n % 60}-06-15",  # far apart: a full ranking tells no two days in a week apart
                doc_type="quyet_dinh" if n % 3 else "thong_bao",
                summary="thu hồi đất" if n % 4 else "đất giao",
            ),
            "quyết định về đất" if n % 2 else "đất và rừng, định ra quyết sách",
        ) for n in range(1, PAPERS + 1)))  # fmt: skip
        yield opened


QUESTIONS = (
    "quyet dinh thu hoi dat va rung dinh ra quyet sach",
    "dat",
    "quyet dinh",
    "thu hoi dat",
    "dinh quyet",
    "đất rừng",
    "quyet dinh 2015..2018",
    "khongco",
)


def test_the_best_of_very_many_are_those_of_a_full_ranking(
    engine: SearchIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pages() -> dict[tuple[str, int], tuple[int, list[tuple[float, str]]]]:
        found = {}
        for query in QUESTIONS:
            for offset in (0, 40, 100):
                one = find(engine, query, limit=20, offset=offset)
                found[query, offset] = one.total, [(hit.score, hit.issued_date or "") for hit in one.results]
        return found

    ranked = pages()
    monkeypatch.setattr(index_rank, "RANKED", 10)
    for most in (index_rank._MOST_COMMON, 1):  # and where only the first tier is looked through
        monkeypatch.setattr(index_rank, "_MOST_COMMON", most)
        for (query, offset), (total, hits) in pages().items():
            there, others = ranked[query, offset]
            assert total == there, query
            assert [date for _, date in hits] == [date for _, date in others], (query, offset)
            assert [score for score, _ in hits] == pytest.approx([score for score, _ in others], abs=0.01)


def test_facets_of_very_many_are_estimates_and_say_so(engine: SearchIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not answer(engine, "dat").sampled
    monkeypatch.setattr(index_counts, "FACETS_EXACT", 100)
    found = answer(engine, "dat")
    assert (found.total, found.sampled) == (PAPERS, True)
    facets = {facet.name: {c.value: c.count for c in facet.counts} for facet in found.facets}
    assert sum(facets["doc_type"].values()) == pytest.approx(PAPERS, rel=0.5)
    assert all(count % 4 == 0 for count in facets["doc_type"].values())


def test_what_is_not_counted_to_the_end_says_so(engine: SearchIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    exact = {query: answer(engine, query).total for query in QUESTIONS}
    assert not answer(engine, "dat").capped
    monkeypatch.setattr(index_rank, "RANKED", 10)
    monkeypatch.setattr(index_counts, "COUNTED", 50)
    capped = {query: answer(engine, query) for query in QUESTIONS}
    assert {query for query, found in capped.items() if found.capped} >= {"dat", "quyet dinh"}
    for query, found in capped.items():
        if found.capped:
            assert (found.total, exact[query] > 50) == (50, True), query
            assert found.as_json()["capped"]
        else:
            assert found.total == exact[query], query
    everything = answer(engine, "")
    assert (everything.total, everything.capped) == (PAPERS, False)  # known without counting


def test_the_newest_and_oldest_of_very_many_are_in_order(engine: SearchIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    put(engine, *((record(n, doc_type="quyet_dinh"), "không ngày") for n in range(1000, 1010)))
    monkeypatch.setattr(index_rank, "RANKED", 10)
    for sort in ("newest", "oldest"):
        pages = [find(engine, "loai:quyet dinh", limit=20, offset=o, sort=sort).results for o in range(0, 200, 20)]  # type: ignore[arg-type]
        dates = [hit.issued_date or "" for page in pages for hit in page]
        assert dates == sorted(dates, reverse=sort == "newest")
        assert len(dates) == (170 if sort == "newest" else 160)
