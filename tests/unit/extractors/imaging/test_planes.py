"""Inks apart: seals fade and what is printed under them stays; what is printed in red is not lost."""

import numpy as np
import pytest

from extractors.imaging.planes import split_planes
from tests.drawing import BLUE, RED, Place, Sheet

DPI = 200


def part(picture: np.ndarray, place: Place) -> np.ndarray:
    x0, y0, x1, y1 = place
    return picture[y0:y1, x0:x1]


def ink(picture: np.ndarray, place: Place) -> float:
    """Share of dark pixels in the place."""
    return float((part(picture, place) < 140).mean())


@pytest.fixture(scope="module")
def stamped() -> tuple[Sheet, Place, Place]:
    """A name in black under a red seal: the sheet, the name's box, the seal's box."""
    sheet = Sheet(dpi=DPI, tall_mm=120)
    sheet.paragraph(20, 20, rows=3)
    name = sheet.write("Nguyễn Văn Mẫu", 120, 72, font="serif-b", points=15)
    return sheet, name, sheet.seal(130, 75)


def test_a_seal_is_found_where_it_is(stamped: tuple[Sheet, Place, Place]):
    sheet, _, seal = stamped
    found = split_planes(sheet.rgb, dpi=DPI).seals  # rings that do not touch are found one inside the other
    x, y, w, h = max(found, key=lambda box: box[2])
    assert all(x <= a and y <= b and a + c <= x + w and b + d <= y + h for a, b, c, d in found)
    assert np.abs(np.array((x, y, x + w, y + h)) - np.array(seal)).max() < 0.12 * (seal[2] - seal[0])


def test_the_seal_fades_and_the_name_under_it_stays(stamped: tuple[Sheet, Place, Place]):
    sheet, name, seal = stamped
    planes = split_planes(sheet.rgb, dpi=DPI)
    ring = (*seal[:3], name[1])  # the part of the seal above the name
    plain = Sheet(dpi=DPI, tall_mm=120)
    plain.write("Nguyễn Văn Mẫu", 120, 72, font="serif-b", points=15)
    assert ink(planes.gray, ring) > 0.05
    assert ink(planes.main, ring) < 0.005
    # Where both inks cross the letter stays dark; nowhere does the ring add ink to the name.
    assert ink(planes.main, name) == pytest.approx(ink(plain.gray, name), rel=0.12)


def test_the_black_plane_holds_no_coloured_ink(stamped: tuple[Sheet, Place, Place]):
    sheet, name, seal = stamped
    planes = split_planes(sheet.rgb, dpi=DPI)
    assert planes.black is not None
    assert ink(planes.black, (seal[0], seal[1], seal[2], name[1])) < 0.005
    assert ink(planes.black, name) > 0.05


def test_words_printed_in_red_stay_in_the_main_and_the_red_plane():
    sheet = Sheet(dpi=DPI, tall_mm=80)
    black = sheet.write("Người ký trên giấy này là", 20, 20)
    red = sheet.write("GIẤY CHỨNG NHẬN", 60, 50, font="serif-b", points=18, ink=RED)
    planes = split_planes(sheet.rgb, dpi=DPI)
    assert planes.seals == ()
    assert planes.red is not None
    assert ink(planes.red, red) > 0.1
    assert ink(planes.red, black) == 0
    assert ink(planes.main, red) > 0.1
    assert planes.black is not None
    assert ink(planes.black, red) < 0.01


def test_blue_ink_is_no_red_ink():
    sheet = Sheet(dpi=DPI, tall_mm=80)
    sheet.paragraph(20, 20, rows=3)
    pen = sheet.write("2110", 60, 55, font="hand1", points=26, ink=BLUE)
    planes = split_planes(sheet.rgb, dpi=DPI)
    assert planes.seals == ()
    assert planes.red is None
    assert planes.black is not None
    assert ink(planes.main, pen) > 0.02
    assert ink(planes.black, pen) < 0.5 * ink(planes.main, pen)


@pytest.mark.parametrize("grey", [True, False])
def test_a_page_without_colour_has_one_plane(grey: bool):
    sheet = Sheet(dpi=DPI, tall_mm=80)
    sheet.paragraph(20, 20, rows=3)
    planes = split_planes(sheet.gray if grey else sheet.rgb, dpi=DPI)
    assert (planes.black, planes.red, planes.seals) == (None, None, ())
    assert np.array_equal(planes.main, sheet.gray)


def test_all_planes_have_the_shape_of_the_page(stamped: tuple[Sheet, Place, Place]):
    sheet, _, _ = stamped
    planes = split_planes(sheet.rgb, dpi=DPI)
    shape = sheet.rgb.shape[:2]
    assert [p.shape for p in (planes.main, planes.gray, planes.black, planes.red) if p is not None] == [shape] * 4


def test_the_picture_itself_is_not_changed(stamped: tuple[Sheet, Place, Place]):
    sheet, _, _ = stamped
    before = sheet.rgb
    given = before.copy()
    split_planes(given, dpi=DPI)
    assert np.array_equal(given, before)
