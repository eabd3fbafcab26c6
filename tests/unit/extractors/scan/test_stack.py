"""Blocks set under one another: every word finds its way back to the page, and nothing is read across columns."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.ocr.engine import OcrWord
from extractors.scan.stack import stack

ROWS, COLUMNS = 400, 300


def page(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (ROWS, COLUMNS), dtype=np.uint8)


@st.composite
def boxes(draw: st.DrawFn) -> tuple[int, int, int, int]:
    x0, y0 = draw(st.integers(0, COLUMNS - 20)), draw(st.integers(0, ROWS - 20))
    return x0, y0, draw(st.integers(x0 + 10, COLUMNS)), draw(st.integers(y0 + 10, ROWS))


@settings(max_examples=40)
@given(st.lists(boxes(), min_size=1, max_size=5), st.data())
def test_locating_is_the_inverse_of_stacking(parts: list[tuple[int, int, int, int]], data: st.DataObject):
    source = page()
    made = stack([(source, box) for box in parts])
    for key, (x0, y0, x1, y1) in enumerate(parts):
        wide, tall = data.draw(st.integers(1, x1 - x0)), data.draw(st.integers(1, y1 - y0))
        dx, dy = data.draw(st.integers(0, x1 - x0 - wide)), data.draw(st.integers(0, y1 - y0 - tall))
        piece = made.pieces[key]
        left = next(c for c in range(made.picture.shape[1]) if np.array_equal(
            made.picture[piece.at : piece.at + y1 - y0, c : c + x1 - x0], source[y0:y1, x0:x1]
        ))  # fmt: skip
        word = OcrWord("chữ", left + dx, piece.at + dy, left + dx + wide, piece.at + dy + tall, 0.9, 7)
        found = made.locate(word)
        assert found is not None
        where, back = found
        assert where == key
        assert (back.x0, back.y0, back.x1, back.y1) == (x0 + dx, y0 + dy, x0 + dx + wide, y0 + dy + tall)
        assert (back.text, back.score, back.line) == ("chữ", 0.9, 7)
        seen = made.picture[word.y0 : word.y1, word.x0 : word.x1]
        assert np.array_equal(seen, source[back.y0 : back.y1, back.x0 : back.x1])


def test_noise_between_blocks_belongs_to_nobody():
    made = stack([(page(), (0, 0, 100, 50)), (page(), (100, 0, 200, 50))])
    a, b = made.pieces
    middle = (a.at + 50 + b.at) // 2
    assert made.locate(OcrWord("|", 30, middle - 2, 40, middle + 2, 0.3, 1)) is None
    assert made.locate(OcrWord("|", 30, 0, 40, 4, 0.3, 1)) is None
    assert made.locate(OcrWord("|", 30, made.picture.shape[0] - 3, 40, made.picture.shape[0], 0.3, 1)) is None


def test_white_paper_stands_between_the_blocks():
    dark = np.zeros((ROWS, COLUMNS), np.uint8)
    made = stack([(dark, (0, 0, 100, 50)), (dark, (100, 0, 300, 80))])
    rows = (made.picture == 0).any(axis=1)
    changes = np.flatnonzero(np.diff(rows.astype(int)))
    assert len(changes) == 4, "two blocks, each with paper above and below"
    assert changes[2] - changes[1] >= 30


def test_a_box_beyond_the_edge_is_cut_to_the_page():
    made = stack([(page(), (-20, -5, COLUMNS + 50, ROWS + 9))])
    (piece,) = made.pieces
    assert (piece.x0, piece.y0, piece.x1, piece.y1) == (0, 0, COLUMNS, ROWS)


def test_blocks_may_come_from_several_planes():
    one, two = page(1), page(2)
    made = stack([(one, (0, 0, 50, 50)), (two, (0, 0, 50, 50))])
    a, b = made.pieces
    assert np.array_equal(made.picture[b.at : b.at + 50, 24:74], two[:50, :50])
    assert np.array_equal(made.picture[a.at : a.at + 50, 24:74], one[:50, :50])


@pytest.mark.parametrize("count", [0, 1])
def test_the_stack_of_nothing_is_white(count: int):
    made = stack([(np.full((ROWS, COLUMNS), 255, np.uint8), (0, 0, 10, 10))] * count)
    assert (made.picture == 255).all()
    assert len(made.pieces) == count


@pytest.mark.parametrize("odd", [(10, 300, 90, 120), (10, 500, 90, 600), (200, 10, 90, 60)])
def test_a_box_without_area_takes_no_room_and_loses_no_other(odd: tuple[int, int, int, int]):
    source = page()
    made = stack([(source, (10, 20, 110, 80)), (source, odd), (source, (30, 200, 130, 260))])
    piece = made.pieces[2]
    assert any(
        np.array_equal(made.picture[piece.at : piece.at + 60, c : c + 100], source[200:260, 30:130])
        for c in range(made.picture.shape[1] - 99)
    )
