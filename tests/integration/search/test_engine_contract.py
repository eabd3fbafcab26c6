"""What every search engine must do, on the real ones: matching, ranking, rights, change and rebuild."""

from __future__ import annotations

import pytest
from search_papers import ARCHIVE, UBND, answer, cited, ids, put, record

from runtime.search.finder import find
from runtime.search.related import related_papers
from schemas.scope import EVERYTHING, Scope
from storage import index_counts, index_rank, pg_counts
from storage.ask import Ask
from storage.engine import Changes, SearchEngine
from storage.entry import make_entry

MASKED = Scope()


@pytest.fixture
def archive(engine: SearchEngine) -> SearchEngine:
    put(engine, *ARCHIVE)
    return engine


def test_words_typed_in_any_way_find_their_paper(archive: SearchEngine) -> None:
    assert sorted(ids(archive, "dat rung")) == [1, 2, 3]
    assert sorted(ids(archive, "ĐẤT RỪNG")) == [1, 2, 3]
    for query in ("hoà bình", "hòa bình", "HOA BINH", "ho\u0300a bi\u0300nh", "“hoà bình”"):
        (hit,) = answer(archive, query).results
        assert (hit.page, "«" in hit.snippet) == (2, True), query


def test_better_matches_come_first(archive: SearchEngine) -> None:
    assert ids(archive, '"đất rừng"') == [1, 2]  # the accents that were typed
    assert ids(archive, "dat rung")[-1] == 3  # neighbours before words far from each other
    put(archive, (record(5, summary="Biên bản"), "quyết định " * 9), (record(6, doc_type="quyet_dinh"), "quyết định"))
    assert ids(archive, "quyet dinh")[-1] == 5  # the kind of paper before the talk of it


NUMBERS = (
    "2110/QĐ-UBND", "2110 qd ubnd", "2110/qd-ubnd", "02110/QĐ-UBND", "số 2110/QĐ-UBND", "21 10/QĐ-UBND",
    "2110 / QĐ - UBND", "so 2110 2025", "so:2110", "so:2110/QĐ-UBND", "2110qdubnd",
)  # fmt: skip


def test_a_number_is_found_however_it_is_typed(archive: SearchEngine) -> None:
    text = "Số 2110/QĐ-UBND, số 02110/QĐ-UBND, số 2110 qd ubnd. " * 9
    put(archive, (record(4, summary=text[:100], issued_date="2025-12-01"), text))
    assert {query: ids(archive, query)[:1] for query in NUMBERS} == {query: [1] for query in NUMBERS}


def test_dates_are_those_of_the_paper_or_written_in_it(archive: SearchEngine) -> None:
    for query in ("1/9/2025", "01-09-2025", "ngày 1 tháng 9 năm 2025", "tháng 9 năm 2025", "ngay:1/9/2025", "nam:2025"):
        assert ids(archive, query) == [1], query
    assert ids(archive, "8/7/2020") == [2]
    assert ids(archive, "2024..2025") == [1, 2]
    assert ids(archive, "ngay:..2024") == [2]
    assert ids(archive, "đất từ 2025 đến 2026") == [1]


def test_abbreviations_are_one_with_what_they_stand_for(archive: SearchEngine) -> None:
    assert sorted(ids(archive, "ubnd")) == sorted(ids(archive, "ủy ban nhân dân")) == [1, 2]
    assert ids(archive, "gpxd") == [3]
    assert ids(archive, "coquan:ubnd quang tri") == [1]


def test_filters_in_the_question_and_beside_it(archive: SearchEngine) -> None:
    assert ids(archive, "rung loai:cong van") == [2]
    assert ids(archive, "rung -loai:cv") == [1, 3] or ids(archive, "rung -loai:cv") == [3, 1]
    assert ids(archive, "rung -phong") == [1, 2]
    assert ids(archive, 'rung -"giao dat"')[-1] in (2, 3)
    assert ids(archive, "chuho:lo may") == [3]
    assert ids(archive, "nguoiky:vi du") == [1]
    assert ids(archive, "linhvuc:dat") == [1]
    assert ids(archive, "cap:xã") == [2]
    assert ids(archive, "rung", issuing_agency_name="uy ban nhan dan tinh quang tri") == [1]
    assert ids(archive, "rung", year=2024) == [2]
    assert ids(archive, "rung", date_from="2024-03-01") == [1]
    assert ids(archive, "rung", date_to="2024-12-31") == [2]  # no date is no date before
    assert ids(archive, "rung", status="needs_review") == []
    assert ids(archive, "rung", field_name="xây dựng") == [3]
    put(archive)
    archive.take([make_entry(*ARCHIVE[1], salt=archive.salt, batches=("Đợt 1",))])  # type: ignore[list-item]
    assert ids(archive, "dot:dot 1") == [2]


def test_old_names_find_new_ones_and_say_so(archive: SearchEngine) -> None:
    (hit,) = answer(archive, "tỉnh Quảng Bình").results
    assert int(hit.record_id, 16) == 1
    assert hit.notes == ("Tỉnh Quảng Bình: nay là Tỉnh Quảng Trị.",)
    put(archive, (record(7, issuing_agency_name="UBND tỉnh Quảng Bình"), "văn bản cũ"))
    found = answer(archive, "tinh quang tri")
    assert [int(hit.record_id, 16) for hit in found.results] == [1, 7]
    assert found.results[0].notes == ()
    assert "trước là Tỉnh Quảng Bình" in found.results[1].notes[0]
    assert ids(archive, "coquan:UBND tỉnh Quảng Bình") == [7, 1]


def test_misread_and_mistyped_words_come_last(archive: SearchEngine) -> None:
    put(archive, (record(8), "ông Nguyẽn Vãn Thanb, đất ỡ"), (record(9), "ông Nguyễn Văn Thanh"))
    found = answer(archive, "nguyen van thanh")
    assert [int(hit.record_id, 16) for hit in found.results] == [9, 8]
    assert found.near == 1
    assert "«Thanb»" in found.results[1].snippet
    assert ids(archive, "nguyenvan thanh")[0] == 9
    assert ids(archive, "xã Hoaf Binhf") == [1]
    assert answer(archive, "khongcotunay zzzz").total == 0


def test_facets_count_all_hits_and_pages_go_on_where_the_last_ended(engine: SearchEngine) -> None:
    papers = [(record(n, doc_type="thong_bao" if n % 3 else "ke_hoach", issued_date=f"20{n:02d}-01-01"), "đất") for n in
              range(10, 40)]  # fmt: skip
    put(engine, *papers)
    found = find(engine, "dat", limit=7)
    facets = {facet.name: {c.value: c.count for c in facet.counts} for facet in found.facets}
    assert (found.total, facets["doc_type"]) == (30, {"thong_bao": 20, "ke_hoach": 10})
    for sort in ("relevance", "newest", "oldest"):
        pages = [find(engine, "dat", limit=7, offset=o, sort=sort, facets=False).results for o in range(0, 35, 7)]
        order = [int(hit.record_id, 16) for page in pages for hit in page]
        assert order == sorted(order, reverse=sort != "oldest"), sort
        assert len(order) == 30
    assert find(engine, "dat", limit=5, offset=100).results == ()
    assert find(engine, "", limit=5).total == 30


def test_what_is_not_counted_to_the_end_says_so(engine: SearchEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    put(engine, *((record(n, issued_date=f"20{n % 20:02d}-01-01"), "giao đất rừng") for n in range(10, 110)))
    exact = [hit.record_id for hit in find(engine, "giao dat -thu", limit=30).results]
    monkeypatch.setattr(index_rank, "RANKED", 5)
    for module in (index_counts, pg_counts):
        monkeypatch.setattr(module, "COUNTED", 20)
    found = find(engine, "giao dat -thu", limit=30)
    assert (found.total, found.capped) == (20, True)
    assert len(found.results) == len(exact) == 30  # what is not counted is listed all the same
    assert [hit.issued_date for hit in found.results] == sorted((h.issued_date for h in found.results), reverse=True)  # type: ignore[type-var]
    assert not find(engine, "giao dat ngay:2003").capped
    assert find(engine, "giao dat ngay:2003").total == 5


def test_nobody_finds_or_counts_what_he_may_not_open(archive: SearchEngine) -> None:
    scopes = (
        (Scope(agencies=frozenset({"UBND xã Gio Linh"})), {2}),
        (Scope(agencies=frozenset({UBND.upper()}), fields=frozenset({"đất đai"})), {1}),
        (Scope(fields=frozenset({"Đất đai", "Nội vụ"})), {1, 2}),
        (Scope(agencies=frozenset()), set[int]()),
    )
    names = {int(one.record_id, 16): str(one.fields.issuing_agency_name.value) for one, _ in ARCHIVE}
    for query in ("rung", "", "quyet dinh", "tỉnh Quảng Bình", "nguyen vaan thu", "-khongco", "2025"):
        for scope, allowed in scopes:
            found = answer(archive, query, scope=scope)
            assert {int(hit.record_id, 16) for hit in found.results} <= allowed, query
            assert found.total == len(found.results)
            for facet in found.facets:
                assert sum(count.count for count in facet.counts) <= found.total
                if facet.name == "issuing_agency_name":
                    assert {count.value for count in facet.counts} <= {names[number] for number in allowed}


def test_identity_numbers_match_only_with_the_right(engine: SearchEngine) -> None:
    text = "Ông Nguyễn Văn Thử, CCCD 079123456789, CMND cũ 191 234 567, hộ chiếu B1234567."
    put(engine, (record(1, owner_id="B1234567", summary="Cấp cho CCCD số 079 123 456 789"), text))
    for query in ("079123456789", "079 123 456 789", '"191 234 567"', "191234567", "B1234567", "cccd 079123456789"):
        assert ids(engine, query, scope=MASKED) == [], query
    for query in ("079123456789", "079 123 456 789", "191234567", "b1234567", "nguyen 079123456789"):
        assert ids(engine, query, scope=EVERYTHING) == [1], query
    assert ids(engine, "079123456788", scope=EVERYTHING) == []
    (hit,) = answer(engine, "nguyen van thu").results
    assert "079" not in hit.model_dump_json()


def test_what_is_secret_or_set_aside_is_not_there(engine: SearchEngine) -> None:
    put(engine, (record(1), "tài liệu thường"))
    put(engine, (record(1, status="quarantined"), "tài liệu thường"), (record(2, secrecy="mat"), "tài liệu kín"))
    put(engine, (record(3, status="duplicate"), "tài liệu lặp"))
    assert dict(engine.holdings()) == {}
    assert answer(engine, "tai lieu").total == 0


def test_a_record_taken_in_again_is_there_once(engine: SearchEngine) -> None:
    for revision, text in enumerate(("bản cũ", "bản mới"), 1):
        put(engine, (record(1), text), revision=revision)
    assert ids(engine, "ban") == [1]
    assert ids(engine, '"ban cu"') == []
    assert dict(engine.holdings()) == dict(engine.holdings([f"{1:020x}", "f" * 20])) == {f"{1:020x}": 2}
    engine.take([], [f"{1:020x}"])
    assert ids(engine, "") == []


def test_a_rebuild_is_seen_only_when_it_is_whole(archive: SearchEngine) -> None:
    new = [record(n) for n in range(100, 103)]
    assert not archive.complete

    def changes() -> Changes:
        late = make_entry(new[2], "muộn", salt=archive.salt)
        assert late is not None
        return [late], [new[0].record_id]

    def batches() -> list[list[object]]:
        assert sorted(ids(archive, "dat rung")) == [1, 2, 3]  # the old one answers
        return [[make_entry(one, "mới", salt=archive.salt)] for one in new[:2]]

    archive.refill((batch for batch in batches()), changes)  # type: ignore[arg-type]
    assert archive.complete
    assert sorted(dict(archive.holdings())) == [new[1].record_id, new[2].record_id]
    assert ids(archive, "moi") == [101]
    put(archive, (record(1), "tiếp"))
    assert ids(archive, "tiep") == [1]

    def broken() -> object:
        yield [make_entry(record(7), "hỏng", salt=archive.salt)]
        raise RuntimeError

    with pytest.raises(RuntimeError):
        archive.refill(broken(), changes)  # type: ignore[arg-type]
    assert sorted(int(i, 16) for i in dict(archive.holdings())) == [1, 101, 102]
    archive.refill([], lambda: ([], []))
    assert archive.search(Ask()).total == 0


STRANGE = (
    '"', "((", "AND OR", "đất AND", "a:b", "[1 TO", "*", "đất~", "\x00", "\ud800", "so:", "-", "x" * 70_000, "loai:zzz",
    "ngay:99/99/9999", "'; drop table records; --", "\\' & | !", 'coquan:"', "-" * 50, "dot:\x00", "%s %(x)s :n",
)  # fmt: skip


def test_no_question_fails(archive: SearchEngine) -> None:
    for query in STRANGE:
        assert answer(archive, query).total in (0, 1, 2, 3), query


def test_a_long_paper_is_found_on_its_last_page(engine: SearchEngine) -> None:
    pages = "\f".join(f"Trang {n}. Nội dung số{n} danh mục{n % 7}." for n in range(1, 2001))
    put(engine, (record(1), pages + " Mốc cuối cùng"))
    (hit,) = answer(engine, "moc cuoi").results
    assert hit.page == 2000


def test_citations_become_links_both_ways(engine: SearchEngine) -> None:
    old, base = "12/QĐ-UBND", "15/2020/NQ-HĐND"
    text = f"Căn cứ Nghị quyết số {base};\nĐiều 2. Quyết định này thay thế Quyết định số\n{old} ngày 01/02/2020."
    new = record(
        2, doc_number="99/QĐ-UBND", issued_date="2024-05-06", issuing_agency_name=UBND, field="Đất đai",
        citations=[cited(text, base), cited(text, old, date="2020-02-01")],
    )  # fmt: skip
    put(engine, (record(1, doc_number=old, issued_date="2020-02-01", field="Nội vụ"), "giao đất"), (new, text))
    outgoing = related_papers(engine, new.record_id)
    assert [(p.kind, p.number, p.record_id, p.sure) for p in outgoing] == [
        ("thay_the", old, f"{1:020x}", True),
        ("can_cu", base, None, True),
    ]
    (incoming,) = related_papers(engine, f"{1:020x}")
    assert (incoming.kind, incoming.incoming, incoming.record_id) == ("thay_the", True, new.record_id)
    (hit,) = answer(engine, "12/qd-ubnd -99").results[:1]
    assert [(p.kind, p.number) for p in hit.related] == [("thay_the", "99/QĐ-UBND")]
    nothing = Scope(fields=frozenset({"Nội vụ"}))
    assert related_papers(engine, f"{1:020x}", scope=nothing) == ()
    assert related_papers(engine, new.record_id, scope=nothing) == ()
    seen = related_papers(engine, new.record_id, scope=Scope(fields=frozenset({"Đất đai"})))
    assert [p.record_id for p in seen] == [None, None]


def test_what_only_resembles_never_stands_before_an_exact_hit(archive: SearchEngine) -> None:
    scattered = "Văn thư của bà Đỗ Thị Lan; ông Nguyễn Hữu Tài, thôn Thanh Hà."
    put(archive, (record(8), "ông Nguyẽn Vãn Thanb"), *((record(n), scattered) for n in range(20, 24)))
    found = answer(archive, "nguyen van thanh")
    assert [int(hit.record_id, 16) for hit in found.results][-1] == 8
    assert (found.total, found.near) == (5, 1)
    more = find(archive, "nguyen van thanh", limit=2, offset=4)
    assert [int(hit.record_id, 16) for hit in more.results] == [8]


def test_a_misread_word_is_found_by_what_it_stands_for_and_says_so(archive: SearchEngine) -> None:
    put(archive, (record(8), "Tặnq bằng khen xí nghlệp gạch nqói"), (record(9), "nghiệp vụ của xí xóa"))
    found = answer(archive, "xi nghiep")
    assert [int(hit.record_id, 16) for hit in found.results] == [8, 9]
    assert found.near == 0
    assert "«nghlệp»" in found.results[0].snippet
    assert found.results[0].notes == ("Máy đọc “nghlep”, hiểu là “nghiep”.",)
    assert ids(archive, '"xí nghiệp gạch ngói"') == [8]


def test_words_that_look_like_a_province_belong_to_those_beside_them(archive: SearchEngine) -> None:
    put(archive, (record(8), "trợ cấp thương binh: ông Dương Quý Hiển"), (record(9), "trợ cấp thương tật, Bình Dương"))
    assert ids(archive, "thuong binh duong quy hien") == [8]
    assert ids(archive, "tro cap binh duong")[0] == 9
