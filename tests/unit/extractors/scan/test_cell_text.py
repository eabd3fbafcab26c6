"""Cells of scanned tables: readings voted on, strokes counted, lines that are no rules."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from extractors.ocr.engine import Gray, OcrWord
from extractors.scan.cell_sizes import letter_height, trusted_height
from extractors.scan.cell_strokes import count_bars
from extractors.scan.cell_text import lines_of, settle, vote
from extractors.scan.cell_words import finish, tokens_of

DPI = 200


def words(*texts: str, score: float = 0.95) -> tuple[OcrWord, ...]:
    return tuple(OcrWord(t, 40 * k, 5, 40 * k + 30, 30, score, 0) for k, t in enumerate(texts))


def test_a_word_that_two_of_three_readings_have_is_taken() -> None:
    one, two, three = ("Sở", "Xây.", "dựng"), ("Sở", "Xây", "dựng"), ("Sở", "Xây", "dựng")
    assert vote([one, two, three]) == (["Sở", "Xây", "dựng"], True)


def test_a_word_that_only_one_reading_has_is_left_out() -> None:
    assert vote([("lộ", "trình", "ỷ"), ("lộ", "trình"), ("lộ", "trình")]) == (["lộ", "trình"], True)


def test_what_no_two_readings_agree_on_is_a_doubt() -> None:
    taken, sure = vote([("Xây", "ảng"), ("Xây", "đựng"), ("Xây", "dựng")])
    assert taken[0] == "Xây"
    assert not sure


def test_lines_seen_below_the_end_of_a_cell_do_not_break_it() -> None:
    crop: Gray = np.full((40, 200), 255, np.uint8)
    crop[10:30, 20:180] = 0
    low = (
        OcrWord("Sở", 20, 5, 60, 30, 0.9, 0),
        OcrWord("Y", 20, 42, 60, 50, 0.9, 1),
        OcrWord("tế", 20, 50, 60, 60, 0.9, 2),
    )
    assert lines_of(crop, [low]) == [(20, 10, 180, 35)]


def test_accents_that_cannot_be_in_a_word_with_a_capital_are_put_right_and_asked_about() -> None:
    crop: Gray = np.full((60, 300), 255, np.uint8)
    read = words("Sở", "Nộng", "nghiệp", "và", "Môi", "trường")
    assert settle(crop, [read, read], None) == ("Sở Nông nghiệp và Môi trường", False)


def test_a_single_reading_is_a_doubt() -> None:
    crop: Gray = np.full((40, 200), 255, np.uint8)
    assert settle(crop, [words("Báo", "cáo"), ()], None) == ("Báo cáo", False)
    assert settle(crop, [words("Báo", "cáo"), words("Báo", "cáo")], None) == ("Báo cáo", True)
    assert settle(crop, [(), ()], None) == ("?", False)


@pytest.mark.parametrize(
    ("seen", "text"),
    [
        (("Phát", "thanh-", "Truyền", "hình"), "Phát thanh - Truyền hình"),
        (("Quý", "II//2025"), "Quý II/2025"),
        (("Năm2024",), "Năm 2024"),
        (("Thanhtra",), "Thanh tra"),
        (("SởNộivụ;", "Sở", "Ytế"), "Sở Nội vụ; Sở Y tế"),
        (("Môi", "tr", "ường"), "Môi trường"),
        (("Sở", "Tài", "“chính"), "Sở Tài chính"),
        (("Văn", "phòng", ".UBND"), "Văn phòng UBND"),
        (("mức", "độ.hài", "lòng"), "mức độ hài lòng"),
        (("dichvucong.gov.vn",), "dichvucong.gov.vn"),
        (("“Một", "cửa”", "liên", "thông"), "“Một cửa” liên thông"),
        (("Nhâ", "n", "dân"), "Nhân dân"),
        (("Tr", "ước", "ngày"), "Trước ngày"),
        (("điểm", "b", "khoản", "2"), "điểm b khoản 2"),
        (("iPhone",), "iPhone"),
        ((".Cơ", "sở", "dữ", "liệu"), "Cơ sở dữ liệu"),
        (("viên.", "chức"), "viên chức"),
        (("Kế", "hoạch", "|"), "Kế hoạch"),
        (("và", "'Đào", "tạo", "ˆ"), "và Đào tạo"),
        (("12/KH-UBND",), "12/KH-UBND"),
        (("2021-2025",), "2021-2025"),
    ],
)
def test_words_as_one_would_type_them(seen: tuple[str, ...], text: str) -> None:
    assert finish(tokens_of(words(*seen))) == text


@pytest.mark.parametrize("bars", [1, 2, 3])
def test_strokes_are_counted_up_to_the_slash(bars: int) -> None:
    picture: Gray = np.full((40, 120), 255, np.uint8)
    for k in range(bars):
        cv2.rectangle(picture, (5 + 9 * k, 5), (7 + 9 * k, 30), 0, -1)
    x = 5 + 9 * bars
    cv2.line(picture, (x, 32), (x + 9, 3), 0, 2)
    cv2.rectangle(picture, (x + 16, 5), (x + 18, 30), 0, -1)  # a figure 1 behind the slash
    assert count_bars(picture, OcrWord("II/1", 3, 3, x + 24, 33, 0.9, 0)) == bars


def test_a_quarter_whose_slash_was_read_as_a_stroke_is_counted() -> None:
    picture: Gray = np.full((40, 220), 255, np.uint8)
    cv2.putText(picture, "Quy", (2, 30), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 0, 2)
    for k in range(2):
        cv2.rectangle(picture, (80 + 9 * k, 8), (82 + 9 * k, 32), 0, -1)
    cv2.line(picture, (98, 34), (107, 6), 0, 2)
    cv2.putText(picture, "2026", (112, 31), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 0, 2)
    words = (OcrWord("Quý", 2, 5, 60, 36, 0.9, 0), OcrWord("IL2026", 78, 5, 180, 36, 0.9, 0))
    assert settle(picture, [words, words], None) == ("Quý II/2026", True)


def letters(*heights: int) -> Gray:
    """Upright bars on one line: letters of these heights."""
    picture: Gray = np.full((60, 20 + 20 * len(heights)), 255, np.uint8)
    for k, high in enumerate(heights):
        cv2.rectangle(picture, (12 + 20 * k, 50 - high), (20 + 20 * k, 49), 0, -1)
    return picture


@pytest.mark.parametrize(("high", "read", "wanted"), [(28, "cơ", "Cơ"), (20, "Cơ", "cơ"), (23, "Cơ", "Cơ")])
def test_a_first_letter_is_as_large_as_it_stands_on_the_paper(high: int, read: str, wanted: str) -> None:
    picture = letters(high, 20)
    usual = letter_height([letters(*[20] * 15, 28, 28), picture], DPI)
    word = OcrWord(read, 12, 48 - high, 42, 52, 0.9, 0)
    assert settle(picture, [(word,), (word,)], None, height=usual) == (wanted, wanted == read)  # else asked about
    assert settle(picture, [(word,), (word,)], None)[0] == read


def test_a_height_that_readers_do_not_agree_with_is_not_used() -> None:
    picture = letters(28, 20, 20, 20)
    here = (OcrWord("Sở", 12, 20, 42, 52, 0.9, 0), OcrWord("sở", 52, 28, 82, 52, 0.9, 0))
    turned = (replace(here[0], text="sở"), replace(here[1], text="Sở"))
    assert trusted_height([(picture, [here])] * 8, DPI) == pytest.approx(20, abs=1)
    assert trusted_height([(picture, [turned])] * 8, DPI) is None
    assert trusted_height([(picture, [here])] * 2, DPI) is None  # too few


def test_small_letters_are_the_lowest_that_many_have() -> None:
    assert letter_height([letters(*[16] * 20, *[19, 20, 20, 21, 21, 21] * 5)], DPI) == pytest.approx(16, abs=1)


def test_the_same_word_twice_is_measured_where_each_stands() -> None:
    picture = letters(28, 20, 20, 20)
    words = (OcrWord("Sở", 12, 20, 42, 52, 0.9, 0), OcrWord("Sở", 52, 20, 82, 52, 0.9, 0))
    assert settle(picture, [words, words], None, height=20.0)[0] == "Sở sở"


@pytest.mark.parametrize(("high", "wanted"), [(20, "Nội vụ"), (28, "NỘI vụ")])
def test_a_syllable_in_capitals_among_others_is_looked_at(high: int, wanted: str) -> None:
    picture = letters(28, high, high, 20, 20)
    cv2.rectangle(picture, (32, 50 - high), (44, 49), 0, -1)  # as broad as a letter
    words = (OcrWord("NỘI", 12, 20, 62, 52, 0.9, 0), OcrWord("vụ", 72, 28, 102, 52, 0.9, 0))
    assert settle(picture, [words, words], None, height=20.0) == (wanted, False)


def test_syllables_in_capitals_whose_letters_are_small_on_the_paper_are_small() -> None:
    picture = letters(28, 20, 20, 20, 20)
    words = (OcrWord("Sở", 12, 20, 62, 52, 0.9, 0), OcrWord("CÓ", 72, 28, 102, 52, 0.9, 0))
    assert settle(picture, [words, words], None, height=20.0) == ("Sở có", False)


def test_a_department_has_a_capital_that_its_small_letter_looks_like_and_is_asked_about() -> None:
    crop: Gray = np.full((60, 300), 255, np.uint8)
    assert settle(crop, [words("Sở", "xây", "dựng")] * 2, None) == ("Sở Xây dựng", False)
    assert settle(crop, [words("Các", "sở,", "ban,", "ngành")] * 2, None) == ("Các sở, ban, ngành", True)
    assert settle(crop, [words("Báo", "Và", "Đài")] * 2, None) == ("Báo và Đài", False)
    assert settle(crop, [words("Các", "sở,", "bạn,", "ngành")] * 2, None)[0] == "Các sở, ban, ngành"


@pytest.mark.parametrize(("wide", "text"), [(3, "hành chính công"), (14, "hành chính - công")])
def test_a_dash_as_long_as_high_is_a_speck(wide: int, text: str) -> None:
    picture: Gray = np.full((60, 300), 255, np.uint8)
    cv2.rectangle(picture, (88, 20), (87 + wide, 22), 0, -1)
    read = words("hành", "chính", "-", "công")
    assert settle(picture, [read, read], None)[0] == text
    joined = (*read[:2], OcrWord("-công", 80, 5, 150, 30, 0.9, 0))
    assert settle(picture, [joined, joined], None)[0] == text


@pytest.mark.parametrize(
    ("read", "marks", "wanted"),
    [
        ("gia.", [(48, 2, 2)], "gia"),  # (top, width, height) of what stands behind the word
        ("gia.", [(46, 5, 5)], "gia."),
        ("gia,", [(46, 4, 9)], "gia,"),
        ("gia,", [(46, 3, 4)], "gia"),
        ("gia", [(46, 2, 2)], "gia"),
        ("gia:", [(40, 2, 2)], "gia"),
        ("gia:", [(34, 4, 4), (46, 4, 9)], "gia;"),
        ("gia:", [(34, 4, 4), (46, 4, 4)], "gia:"),
    ],
)
def test_marks_are_what_the_print_shows(read: str, marks: list[tuple[int, int, int]], wanted: str) -> None:
    picture = letters(20, 20, 20, 20)
    for top, wide, high in marks:
        cv2.rectangle(picture, (84, top), (83 + wide, top + high - 1), 0, -1)
    word = OcrWord(read, 12, 28, 88, 56, 0.9, 0)
    both = (word, OcrWord("Anh", 120, 28, 160, 56, 0.9, 0))
    assert settle(picture, [both, both], None, height=20.0)[0] == f"{wanted} Anh"


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ("Sở Nội vụ", True),
        ("Bộphnậ", False),
        ("theo lộ: trình", False),
        ("Cổng Internet", True),
        ("HĐND tỉnh", True),
        ("Sở NỘI vụ", False),
        ("đơn VỊ CÓ liên quan", False),
        ("kết luận kiểm tra", False),
        ("hằng năm", True),
        ("ỦY BAN NHÂN DÂN tỉnh", True),
        ("Quý I/2026", True),
    ],
)
def test_what_is_no_vietnamese_is_not_sure_however_often_it_was_read(text: str, sure: bool) -> None:
    words = tuple(OcrWord(t, 10 + 60 * k, 5, 60 + 60 * k, 35, 0.9, 0) for k, t in enumerate(text.split()))
    picture: Gray = np.full((40, 400), 255, np.uint8)
    cv2.rectangle(picture, (70, 8), (72, 32), 0, -1)  # the I of the quarter
    assert settle(picture, [words, words], None)[1] is sure
