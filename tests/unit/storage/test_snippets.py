"""Snippets: the best place, its page, and the hits marked."""

from __future__ import annotations

from runtime.search.finder import clauses_of
from runtime.search.language import understand
from storage.snippets import make_excerpt

PAGES = (
    "QUYẾT ĐỊNH\nVề việc giao đất\fĐiều 1. Giao rừng cho hộ.\fDanh sách kèm theo: đất rừng sản xuất tại xã Hòa Bình."
)


def excerpt(query: str, text: str = PAGES, **options: str) -> tuple[str, int | None]:
    found = make_excerpt(text, clauses_of(understand(query, salt=b"")), **options)
    return found.snippet, found.page


def test_the_page_where_most_of_the_query_stands_wins() -> None:
    assert excerpt("đất rừng") == ("Danh sách kèm theo: «đất» «rừng» sản xuất tại xã Hòa Bình.", 3)
    assert excerpt("giao") == ("QUYẾT ĐỊNH Về việc «giao» đất", 1)


def test_hits_are_marked_whatever_accents_were_typed() -> None:
    assert excerpt("hoa binh")[0].endswith("xã «Hòa» «Bình».")
    assert excerpt("hoà bình")[0].endswith("xã «Hòa» «Bình».")


def test_a_place_with_the_typed_accents_comes_before_one_without() -> None:
    assert excerpt("đất", "dat dai\fđất đai") == ("«đất» đai", 2)
    assert excerpt("dat", "đất đai\fdat dai") == ("«đất» đai", 1)


def test_a_phrase_is_marked_as_one() -> None:
    assert "«đất rừng»" in excerpt('"dat rung"')[0]


def test_only_whole_words_are_hits() -> None:
    assert excerpt("an", "toàn thể cán bộ, an toàn")[0] == "toàn thể cán bộ, «an» toàn"


def test_a_snippet_never_crosses_a_page_or_cuts_a_word() -> None:
    text = "chữ " * 200 + "mốc " + "nghĩa " * 200 + "\f" + "trang sau"
    snippet, page = excerpt("mốc", text)
    assert page == 1
    assert snippet.startswith("… chữ ")
    assert "trang sau" not in snippet
    assert "«mốc»" in snippet


def test_printed_marks_are_not_taken_for_hits() -> None:
    assert excerpt("đất", "Chương trình «Một triệu» đất") == ('Chương trình "Một triệu" «đất»', 1)


def test_hits_in_the_fields_only_have_no_page() -> None:
    assert excerpt("2110/QĐ-UBND", header="2110/QĐ-UBND · UBND tỉnh") == ("«2110/QĐ-UBND» · UBND tỉnh", None)


def test_decomposed_text_in_the_header_is_marked_too() -> None:
    assert excerpt("thuỷ", header="Chi cục Thu\u0309y lợi")[0] == "Chi cục «Thủy» lợi"
