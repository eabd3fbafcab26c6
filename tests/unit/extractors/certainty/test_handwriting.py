"""Print or pen: the slot is found between printed words, its strokes are held against theirs."""

from dataclasses import replace
from datetime import date

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from extractors.certainty.handwriting import FEATURES, Token, hand_chance, measure, slot_range
from extractors.reference.data import json_table
from extractors.scan.hands import HAND, note_of
from extractors.understand import read_fields
from schemas.extraction import Fields
from schemas.reading import Reading
from tests.builders import differ, paper
from tools.hands import MEASURES, fit_hands, read_slots


def tokens(text: str, *, letter: float = 10.0) -> list[Token]:
    out, at = [], 0.0
    for word in text.split():
        out.append(Token(word, at, at + letter * len(word)))
        at += letter * (len(word) + 1)
    return out


@pytest.mark.parametrize(
    ("text", "kind", "left", "right"),
    [
        ("Số: 2110/QĐ-UBND", "number", 30, 80),
        ("Số: 68 /QĐ-UBND", "number", 30, 70),
        ("Số: /QĐ-UBND", "number", 30, 40),
        ("Hà Nội, ngày 08 tháng 7 năm 2019", "day", 120, 160),
        ("Quảng Ngãi, ngày tháng 7 năm 2019", "day", 160, 170),
    ],
)
def test_the_slot_lies_between_the_printed_words(text: str, kind: str, left: float, right: float):
    assert slot_range(tokens(text)) == (kind, pytest.approx(left, abs=11), pytest.approx(right, abs=11))


@pytest.mark.parametrize("text", ["ỦY BAN NHÂN DÂN", "Độc lập - Tự do - Hạnh phúc", "Kính gửi: Sở Nội vụ"])
def test_other_lines_have_no_slot(text: str):
    assert slot_range(tokens(text)) is None


def line_picture(*, scale: float, rise: int, thick: int) -> tuple[NDArray[np.uint8], float, float]:
    """A printed line with a number set by other means: larger, off the line, of another stroke."""
    picture = np.full((60, 640), 255, np.uint8)
    cv2.putText(picture, "So:", (8, 42), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 30, 2, cv2.LINE_AA)
    cv2.putText(picture, "/QD-UBND", (330, 42), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 30, 2, cv2.LINE_AA)
    for k, digit in enumerate("2763"):
        spot = (100 + 46 * k, 42 + rise * (1 if k % 2 else -1))
        cv2.putText(picture, digit, spot, cv2.FONT_HERSHEY_SIMPLEX, scale, 60, thick, cv2.LINE_AA)
    return picture, 90.0, 320.0


def test_digits_like_the_print_beside_them_are_print():
    measures = measure(*line_picture(scale=1.0, rise=0, thick=2))
    assert measures is not None
    assert hand_chance(measures) < 0.35


def test_tall_uneven_digits_off_the_line_are_a_pens():
    measures = measure(*line_picture(scale=1.6, rise=7, thick=4))
    assert measures is not None
    assert hand_chance(measures) > HAND


def test_an_empty_slot_says_nothing():
    picture, _, _ = line_picture(scale=1.0, rise=0, thick=2)
    picture[:, 90:320] = 255
    assert measure(picture, 90, 320) is None


def test_coloured_ink_is_seen():
    picture, left, right = line_picture(scale=1.0, rise=0, thick=2)
    black = picture.copy()
    black[:, 90:320] = 255  # blue: gone where coloured ink is faded
    plain, blue = measure(picture, left, right, black=picture), measure(picture, left, right, black=black)
    assert plain is not None
    assert blue is not None
    assert blue["colour"] > 0.9 > plain["colour"]


def test_the_committed_weights_follow_from_the_committed_measures():
    table = json_table("handwriting.json")
    again = fit_hands(read_slots(MEASURES), provenance={"made_by": "tools/hands.py"})
    assert set(table["weights"]) == {"one", *FEATURES}
    assert again["weights"] == pytest.approx(table["weights"], abs=0.002)


@pytest.mark.parametrize(("written", "note", "least"), [("hand", "hand", 0.75), ("print", "print", 0.75)])
def test_most_slots_of_made_papers_are_told_apart_and_few_taken_for_the_other(written: str, note: str, least: float):
    notes = [note_of(s.kind, s.measures) for s in read_slots(MEASURES) if s.written == written]
    said = [n.partition("_")[0] for n in notes if n is not None]
    assert said.count(note) > least * len(notes)
    assert len(said) - said.count(note) < 0.1 * len(notes)


# --- what it changes --------------------------------------------------------------------------------------------


def with_note(reading: Reading, note: str) -> Reading:
    return replace(reading, pages=(replace(reading.pages[0], notes=(note,)), *reading.pages[1:]))


def fields(reading: Reading) -> Fields:
    return read_fields(reading, today=date(2026, 11, 1))[1]


def test_a_written_day_needs_a_line_reader_as_sure_as_of_print():
    reading = paper()  # both readers agree, at 0.97
    assert not fields(reading).issued_date.needs_review
    assert not fields(with_note(reading, "print_day")).issued_date.needs_review
    written = fields(with_note(reading, "hand_day")).issued_date
    assert written.needs_review
    assert {"strokes_pen", "maybe_handwritten"} <= set(written.reasons)


def test_look_alikes_do_not_corroborate_a_written_number():
    said = differ("Số: 2110/QĐ-UBND", tesseract="Số: 2ll0/QĐ-UBND", aster="Số: 2110/QĐ-UBND")
    assert not fields(with_note(paper(number=said), "print_number")).code_number.needs_review
    assert fields(with_note(paper(number=said), "hand_number")).code_number.needs_review


def test_print_that_only_one_reader_made_out_is_not_called_handwriting():
    said = differ("Số: 2110/QĐ-UBND", tesseract="Số: ÊŒ/QĐ-UBND", aster="Số: 2110/QĐ-UBND")
    seen = fields(with_note(paper(number=said), "print_number")).doc_number
    assert seen.needs_review
    assert "maybe_handwritten" not in seen.reasons
