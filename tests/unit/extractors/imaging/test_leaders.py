"""Dot leaders of forms go; full stops, marks of letters, ellipses and dust stay."""

import numpy as np
import pytest

from extractors.imaging.cleaning import ink_mask
from extractors.imaging.leaders import erase, find_leaders
from tests.drawing import Place, Sheet, letterhead

LABELS = ("Họ và tên: Trần Thị Mẫu Mực", "Ngày, tháng, năm sinh: 06/01/1967", "Nơi cư trú: tổ 5, phường Kiểu Mẫu")


def form(dpi: int) -> tuple[Sheet, list[Place], list[Place]]:
    """A form with filled-in lines: where their words and where their dots are."""
    sheet = Sheet(dpi=dpi)
    letterhead(sheet)
    words, dots = [], []
    for k, label in enumerate(LABELS):
        words.append(sheet.write(label, 25, 70 + 9 * k))
        end = words[-1][2] / dpi * 25.4
        dots.append(sheet.write("." * int((185 - end) / 1.24), end + 2, 70 + 9 * k))
    sheet.paragraph(25, 110, rows=6)
    return sheet, words, dots


@pytest.mark.parametrize("dpi", [150, 200, 225, 250, 300])
def test_the_dots_behind_filled_in_words_go_and_the_words_stay(dpi: int) -> None:
    sheet, words, dots = form(dpi)
    page = sheet.gray
    cleaned = erase(page, find_leaders(ink_mask(page), dpi=dpi))
    for x0, y0, x1, y1 in dots:
        assert (page[y0 : y1 + 1, x0:x1] < 128).any()
        assert not (cleaned[y0 : y1 + 1, x0:x1] < 128).any()
    rest = page.copy()
    for x0, y0, x1, y1 in dots:
        rest[y0 - 2 : y1 + 3, x0 - 2 : x1 + 3] = 255
    assert np.array_equal(np.minimum(cleaned, rest), rest)
    for x0, y0, x1, y1 in words:
        assert np.array_equal(cleaned[y0:y1, x0:x1], page[y0:y1, x0:x1])


def test_a_page_number_behind_a_leader_stays() -> None:
    sheet = Sheet(dpi=225)
    sheet.write("I. Mục tiêu " + "." * 70, 25, 60)
    number = sheet.write("12", 150, 60)
    page = sheet.gray
    found = find_leaders(ink_mask(page), dpi=225)
    assert len(found) >= 65
    assert all(box[2] < number[0] for box in found)


@pytest.mark.parametrize(
    "line",
    [
        "v.v... và các việc khác theo quy định... của pháp luật...",
        "Số: ..... /QĐ-UBND, ngày ... tháng ... năm 20...",
        "1. 2. 3. 4. 5. 6. 7. 8. 9. 10. 11. 12. 13. 14. 15. 16. 17. 18.",
        "Thị trấn, thị xã, huyện, quận, phường, xã được hợp nhất, nhập, giải thể, thành lập, đặt lại",
        "T.P. T.Ư. U.B.N.D. Q.Đ. C.V. T.B. K.H. B.C. T.T. N.Đ. C.P. H.Đ.N.D. S.G.D. Đ.T.",
    ],
)
def test_full_stops_ellipses_and_marks_under_letters_stay(line: str) -> None:
    sheet = Sheet(dpi=225)
    sheet.paragraph(25, 60, rows=12, text=line)
    assert find_leaders(ink_mask(sheet.gray), dpi=225) == ()


def test_dust_is_no_leader() -> None:
    sheet = Sheet(dpi=225)
    sheet.paragraph(25, 60, rows=20)
    page = sheet.gray
    chance = np.random.default_rng(5)
    for y, x in zip(
        chance.integers(0, page.shape[0] - 3, 4000), chance.integers(0, page.shape[1] - 3, 4000), strict=True
    ):
        page[y : y + 3, x : x + 3] = 0
    assert find_leaders(ink_mask(page), dpi=225) == ()


def test_dots_under_typed_words_stay_where_letters_stand_over_them() -> None:
    sheet = Sheet(dpi=225)
    sheet.write("." * 110, 25, 60.6)
    word = sheet.write("TRẦN VĂN MẪU", 40, 60)
    page = sheet.gray
    found = find_leaders(ink_mask(page), dpi=225)
    right = [box for box in found if box[0] > word[2]]
    assert len(right) >= 50
    letters = ink_mask(page)[: word[3] - 8]
    assert not any(letters[box[1] - 12 : box[1] - 2, box[0] : box[2]].any() for box in found)


@pytest.mark.parametrize("shape", [(1, 1), (1, 900), (900, 1), (40, 63)])
def test_a_sliver_of_a_picture_holds_no_leader(shape: tuple[int, int]) -> None:
    assert find_leaders(np.ones(shape, np.uint8), dpi=225) == ()
