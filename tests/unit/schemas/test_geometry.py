"""Boxes and what is made of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.geometry import Box, union
from schemas.reading import Line, PageReading, Reading, Word

fraction = st.floats(0, 1, allow_nan=False)


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    x0, x1 = sorted((draw(fraction), draw(fraction)))
    y0, y1 = sorted((draw(fraction), draw(fraction)))
    return Box(x0, y0, x1, y1)


@given(st.lists(boxes(), min_size=1, max_size=6))
def test_a_union_holds_all_of_its_boxes_and_no_more(items: list[Box]):
    whole = union(items)
    assert whole is not None
    assert all(whole.x0 <= b.x0 and whole.y0 <= b.y0 and whole.x1 >= b.x1 and whole.y1 >= b.y1 for b in items)
    assert whole.x0 in {b.x0 for b in items}
    assert whole.y1 in {b.y1 for b in items}


def test_a_union_of_nothing_is_none():
    assert union([]) is None


@given(boxes(), boxes())
def test_overlap_is_a_share(a: Box, b: Box):
    assert 0 <= a.overlap(b) <= 1.000001


def test_overlap_is_the_share_of_the_first_box():
    assert Box(0, 0, 1, 1).overlap(Box(0.5, 0, 1, 1)) == pytest.approx(0.5)
    assert Box(0.5, 0, 1, 1).overlap(Box(0, 0, 1, 1)) == pytest.approx(1)
    assert Box(0, 0, 0.2, 0.2).overlap(Box(0.3, 0.3, 1, 1)) == 0


def line(text: str, score: float = 1.0) -> Line:
    return Line(tuple(Word(w, Box(0.1, 0.1, 0.2, 0.12), score, "ocr") for w in text.split()))


def test_longer_words_weigh_more_in_the_score_of_a_line():
    words = (Word("a", Box(0, 0, 0.1, 0.1), 0.0, "ocr"), Word("nghiệm", Box(0, 0, 0.1, 0.1), 1.0, "ocr"))
    assert Line(words).score == pytest.approx(6 / 7)


def page(number: int, text: str, origin: str = "ocr", state: str = "text") -> PageReading:
    return PageReading(number, 595, 842, (line(text),) if text else (), origin, state)  # type: ignore[arg-type]


def test_pages_are_parted_by_form_feeds_and_lines_by_line_ends():
    reading = Reading((page(1, "Trang một"), page(2, "Trang hai")), "test")
    assert reading.text == "Trang một\fTrang hai"


@pytest.mark.parametrize(
    ("origins", "want"),
    [(("ocr", "ocr"), "ocr"), (("pdf_text",), "pdf_text"), (("pdf_text", "ocr"), "mixed"), (("mixed",), "mixed")],
)
def test_where_the_text_comes_from(origins: tuple[str, ...], want: str):
    assert Reading(tuple(page(k, "chữ", o) for k, o in enumerate(origins, 1)), "test").text_origin == want


def test_blank_pages_do_not_say_where_the_text_comes_from():
    pages = (page(1, "chữ", "pdf_text"), page(2, "", "ocr", "blank"))
    assert Reading(pages, "test").text_origin == "pdf_text"
