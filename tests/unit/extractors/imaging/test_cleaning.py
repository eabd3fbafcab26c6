"""Slant, light and specks: the page is made easy to read and no printed mark is lost."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from extractors.imaging.cleaning import despeckle, find_skew, flatten_light, ink_mask, is_sideways, turn, turn_back
from tests.drawing import Sheet, letterhead, signature


@pytest.fixture(scope="module")
def sheet() -> Sheet:
    """An ordinary full page at 150 dpi."""
    made = Sheet(dpi=150)
    letterhead(made)
    made.paragraph(25, 60, rows=18)
    signature(made, 215)
    return made


@pytest.mark.parametrize("degrees", [-4.0, -1.3, -0.5, 0.4, 0.9, 2.2, 5.0])
def test_the_slant_is_found_and_taken_out(sheet: Sheet, degrees: float):
    slanted = sheet.slanted(degrees)
    found = find_skew(slanted, dpi=150)
    assert found == pytest.approx(-degrees, abs=0.16)
    assert abs(find_skew(turn(slanted, found), dpi=150)) <= 0.2


def test_a_straight_page_is_left_alone(sheet: Sheet):
    assert find_skew(sheet.gray, dpi=150) == 0.0
    assert turn(sheet.gray, 0.0) is not None
    assert np.array_equal(turn(sheet.gray, 0.0), sheet.gray)


@pytest.mark.parametrize("dots", [0, 30])
def test_an_empty_page_has_no_slant(dots: int):
    page = np.full((1754, 1240), 255, np.uint8)
    rng = np.random.default_rng(1)
    for x, y in rng.integers(100, 1100, (dots, 2)):
        page[y, x] = 0
    assert find_skew(page, dpi=150) == 0.0
    assert not is_sideways(page, dpi=150)


@pytest.mark.parametrize("degrees", [-5.5, -0.7, 1.9])
def test_points_of_the_straight_picture_are_found_on_the_slanted_one(degrees: float):
    page = np.full((900, 700), 255, np.uint8)
    spots = [(120, 160), (600, 240), (350, 450), (200, 800)]
    for x, y in spots:
        cv2.circle(page, (x, y), 4, 0, -1)
    straight = turn(page, degrees)
    _, _, _, centres = cv2.connectedComponentsWithStats(ink_mask(straight))
    back = turn_back(centres[1:].astype(np.float64), degrees, page.shape)  # type: ignore[arg-type]
    for spot in spots:
        assert np.abs(back - np.array(spot)).sum(axis=1).min() < 2


@pytest.mark.parametrize("quarter", [1, 3])
def test_a_page_on_its_side_is_seen(sheet: Sheet, quarter: int):
    assert is_sideways(np.ascontiguousarray(np.rot90(sheet.gray, quarter)), dpi=150)


@pytest.mark.parametrize("quarter", [0, 2])
def test_a_page_upright_or_on_its_head_is_not_on_its_side(sheet: Sheet, quarter: int):
    assert not is_sideways(np.ascontiguousarray(np.rot90(sheet.gray, quarter)), dpi=150)


MARKS = "Kế hoạch số 5. Thị trấn Ái Tử, huyện Triệu Phong; ngày ẩm, ở xã ỉ i j. Quyết định: ... à á ả ã ạ ồ ố ổ ỗ ộ."


def dusty(page: NDArray[np.uint8], specks: int, seed: int = 3) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """The page with photocopy dust of up to three pixels, and where it lies."""
    rng = np.random.default_rng(seed)
    out, where = page.copy(), np.zeros(page.shape, bool)
    near = cv2.dilate((page < 200).astype(np.uint8), np.ones((61, 61), np.uint8))
    while specks:
        y, x = rng.integers(5, page.shape[0] - 5), rng.integers(5, page.shape[1] - 5)
        if near[y, x]:
            continue
        size = int(rng.integers(1, 4))
        out[y : y + size, x : x + size] = 0
        where[y : y + size, x : x + size] = True
        specks -= 1
    return out, where


def printed() -> Sheet:
    made = Sheet(dpi=300, tall_mm=120)
    for k in range(10):
        made.write(MARKS, 15, 12 + 10 * k, points=12)
    return made


def test_dust_goes_and_every_printed_mark_stays():
    page = printed().gray
    dirty, where = dusty(page, 900)
    cleaned = despeckle(dirty, ink_mask(dirty), dpi=300)
    assert (cleaned[where] < 128).mean() < 0.02
    ink = ink_mask(page).astype(bool)
    assert (cleaned[ink] < 200).all(), "a full stop or a tone mark was painted over"


def test_a_page_without_dust_is_left_as_it_is():
    page = printed().gray
    assert np.array_equal(despeckle(page, ink_mask(page), dpi=300), page)


def test_lone_full_stops_stay_on_a_dusty_page():
    """Dots as large as printed ones are no dust, however lonely."""
    page = printed()
    page.write(".", 180, 110, points=14)
    dirty, _ = dusty(page.gray, 900)
    cleaned = despeckle(dirty, ink_mask(dirty), dpi=300)
    corner = np.s_[page.px(110) :, page.px(176) : page.px(186)]
    assert (page.gray[corner] < 128).sum() > 20
    assert (cleaned[corner] < 128).sum() >= (page.gray[corner] < 128).sum()


def test_shadow_and_yellow_paper_become_white(sheet: Sheet):
    page = sheet.gray.astype(np.float32)
    shade = np.linspace(0.55, 0.95, page.shape[1])[None, :]
    flat = flatten_light((page * shade).astype(np.uint8))
    empty = sheet.gray > 250
    assert np.percentile(flat[empty], 2) > 225
    assert (flat[sheet.gray < 60] < 150).mean() > 0.97


def test_good_light_is_left_alone(sheet: Sheet):
    assert np.array_equal(flatten_light(sheet.gray), sheet.gray)
