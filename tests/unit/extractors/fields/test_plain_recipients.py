"""Recipients read once: sure where the page reader doubted no word, and nowhere else."""

from __future__ import annotations

import pytest

from extractors.fields.recipients import read_recipients
from extractors.fields.view import Document
from schemas.geometry import Box
from schemas.reading import Line, PageReading, Reading, Word

ITEMS = ("Nơi nhận:", "- Như Điều 3;", "- Sở Nội vụ;", "- Lưu: VT, NC.")


def _document(items: tuple[str, ...], scores: dict[str, float], *, origin: str = "ocr") -> Document:
    lines = []
    for k, text in enumerate(items):
        y, words = 0.7 + 0.02 * k, text.split()
        lines.append(
            Line(
                tuple(
                    Word(w, Box(0.1 + 0.05 * i, y, 0.14 + 0.05 * i, y + 0.014), scores.get(w, 0.96), origin)  # type: ignore[arg-type]
                    for i, w in enumerate(words)
                ),
                "sign_left",
            )
        )
    page = PageReading(number=1, width_pt=595, height_pt=842, lines=tuple(lines), origin=origin, state="text")  # type: ignore[arg-type]
    return Document.of(Reading((page,), "tesseract"))


def test_a_list_without_a_doubtful_word_is_sure():
    found = read_recipients(_document(ITEMS, {}))
    assert found.value == ("Như Điều 3;", "Sở Nội vụ;", "Lưu: VT, NC.")
    assert not found.needs_review
    assert found.reasons == ("read_plainly",)


@pytest.mark.parametrize("word", ["Điều", "Nội", "NC."])
def test_one_doubtful_word_makes_the_list_a_question(word: str):
    found = read_recipients(_document(ITEMS, {word: 0.93}))
    assert found.needs_review
    assert "one_reader" in found.reasons


def test_a_word_that_is_no_syllable_makes_the_list_a_question():
    found = read_recipients(_document((*ITEMS[:2], "- Sở Nôịi vụ;", ITEMS[3]), {}))
    assert found.needs_review


def test_likelier_accents_make_the_list_a_question():
    found = read_recipients(_document((*ITEMS[:2], "- Công thông tin điện tử;", ITEMS[3]), {}))
    assert found.needs_review


def test_a_typed_paper_without_a_list_surely_has_none():
    typed = read_recipients(_document(("QUYẾT ĐỊNH", "Về việc cấp giấy phép"), {}, origin="pdf_text"))
    assert typed.value is None
    assert not typed.needs_review
    scanned = read_recipients(_document(("QUYẾT ĐỊNH", "Về việc cấp giấy phép"), {}))
    assert scanned.value is None
    assert scanned.needs_review


@pytest.mark.parametrize(
    ("read", "item"),
    [
        ('- Cơ sở được cấp;ơNG"', "Cơ sở được cấp;"),
        ("- Website Sở Y tế; à", "Website Sở Y tế;"),
        (". Website Sở Y tế;", "Website Sở Y tế;"),
        ("- Phòng Tổ chức (để biết; thực hiện);", "Phòng Tổ chức (để biết; thực hiện);"),
        ("- UBND tỉnh (b/c);", "UBND tỉnh (b/c);"),
    ],
)
def test_strokes_behind_and_before_an_item_are_no_part_of_it(read: str, item: str):
    found = read_recipients(_document((ITEMS[0], read, ITEMS[3]), {}))
    assert found.value == (item, "Lưu: VT, NC.")


@pytest.mark.parametrize(
    ("read", "item"),
    [
        ("- Lưu: VT, vmthang. Ế", "Lưu: VT, vmthang."),
        ("- Lưu: VT (VDuẩn).8g9", "Lưu: VT (VDuẩn)."),
        ("- Lưu: VT, P.KT.", "Lưu: VT, P.KT."),
        ("- Lưu: VT, NC (3b).", "Lưu: VT, NC (3b)."),
    ],
)
def test_the_end_of_the_list_keeps_its_own_letters(read: str, item: str):
    found = read_recipients(_document((*ITEMS[:2], read), {}))
    assert found.value is not None
    assert found.value[-1] == item


def test_who_signs_for_whom_is_no_recipient():
    found = read_recipients(_document(("Nơi nhận: TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", *ITEMS[1:]), {}))
    assert found.value == ("Như Điều 3;", "Sở Nội vụ;", "Lưu: VT, NC.")


def test_a_tone_on_an_abbreviation_makes_the_list_a_question():
    assert read_recipients(_document((*ITEMS[:2], "- Phòng VHTỤTT;", ITEMS[3]), {})).needs_review
    assert not read_recipients(_document((*ITEMS[:2], "- Phòng VHTTTT;", ITEMS[3]), {})).needs_review
