"""Which words of the paper get a box for a question."""

from __future__ import annotations

from runtime.search.language import understand
from schemas.geometry import Box
from schemas.reading import Line, PageReading, Reading, Word
from web.search.boxes import hit_boxes

PRINTED = "Tặnq bằng khen xí nghlệp gạch ngói Ba Đồn"


def _boxed(query: str) -> list[str]:
    words = tuple(
        Word(text, Box(n / 20, 0.1, n / 20 + 0.04, 0.12), 1.0, "ocr") for n, text in enumerate(PRINTED.split())
    )
    page = PageReading(number=1, width_pt=595, height_pt=842, lines=(Line(words),), origin="ocr")
    found = hit_boxes(Reading((page,), "test"), understand(query, salt=b""), masked=False, known=None)
    return [word.text for one in found for word in words if word.box == one.box]


def test_words_that_were_asked_for_are_boxed() -> None:
    assert _boxed("gach ngoi") == ["gạch", "ngói"]


def test_a_misread_word_is_boxed_beside_those_read_right() -> None:
    assert _boxed("xi nghiep gach") == ["xí", "nghlệp", "gạch"]


def test_where_nothing_is_met_what_resembles_is_boxed() -> None:
    assert _boxed("gacch") == ["gạch"]
