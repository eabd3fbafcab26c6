"""A page made ready: its slant is taken out, and every place is told on the paper as it was scanned."""

import cv2
import numpy as np
import pytest

from extractors.scan.prepare import prepare, to_reading_size
from schemas.geometry import Box
from tests.drawing import Place, Sheet, full_page

DPI = 200


@pytest.fixture(scope="module")
def sheet() -> Sheet:
    return full_page(DPI)


def fraction_of(sheet: Sheet, place: Place) -> Box:
    w, h = sheet.image.size
    return Box(place[0] / w, place[1] / h, place[2] / w, place[3] / h)


def ink_box(mask: np.ndarray) -> Place:
    ys, xs = np.nonzero(mask)
    return int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1


@pytest.mark.parametrize("degrees", [0.0, 1.5, -2.5, 4.0])
def test_boxes_of_the_straight_page_are_told_on_the_slanted_one(degrees: float):
    """Each line is drawn alone to know where its ink lies after the turn; its box must lie there."""
    sheet = Sheet(dpi=DPI)
    sheet.paragraph(25, 60, rows=18, points=13)
    alone = Sheet(dpi=DPI)
    alone.write("Số: 2110/QĐ-UBND", 40, 230, points=13)
    sheet.write("Số: 2110/QĐ-UBND", 40, 230, points=13)
    scan = prepare(sheet.slanted(degrees), number=1, dpi=DPI)
    assert scan.skew_deg == pytest.approx(-degrees, abs=0.16)
    # Where the line stands on the straightened page: the lowest ink.
    straight = cv2.threshold(scan.clean, 140, 255, cv2.THRESH_BINARY_INV)[1]
    straight[: sheet.px(222)] = 0
    box = scan.fraction(ink_box(straight))
    true = fraction_of(sheet, ink_box(alone.slanted(degrees) < 140))
    assert abs(box.cx - true.cx) < 0.004
    assert abs(box.cy - true.cy) < 0.003
    assert abs(box.width - true.width) < 0.02
    assert 0 < box.height <= true.height + 0.003


def test_a_page_as_it_should_lie_is_not_turned(sheet: Sheet):
    scan = prepare(sheet.rgb, number=3, dpi=DPI)
    assert (scan.number, scan.rotation, scan.skew_deg) == (3, 0, 0.0)
    assert not scan.blank
    assert scan.clean.shape == sheet.gray.shape


@pytest.mark.parametrize("quarter", [1, 3])
def test_a_page_on_its_side_is_turned_by_a_quarter(sheet: Sheet, quarter: int):
    scan = prepare(np.ascontiguousarray(np.rot90(sheet.gray, quarter)), number=1, dpi=DPI)
    assert scan.rotation == 90
    assert scan.clean.shape == sheet.gray.shape


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_given_rotation_is_obeyed(sheet: Sheet, rotation: int):
    """``rotation``: degrees clockwise the source is turned to stand upright."""
    lying = np.ascontiguousarray(np.rot90(sheet.gray, rotation // 90))  # rot90 turns counter-clockwise
    scan = prepare(lying, number=1, dpi=DPI, rotation=rotation)  # type: ignore[arg-type]
    assert scan.rotation == rotation
    assert scan.clean.shape == sheet.gray.shape
    assert np.array_equal(scan.clean < 128, sheet.gray < 128)


@pytest.mark.parametrize("dots", [0, 5])
def test_a_blank_page_is_blank(dots: int):
    page = np.full((2339, 1654), 252, np.uint8)
    for x, y in np.random.default_rng(2).integers(200, 1500, (dots, 2)):
        page[y : y + 2, x : x + 2] = 30
    assert prepare(page, number=1, dpi=DPI).blank


def test_the_faint_back_of_the_paper_does_not_make_a_page(sheet: Sheet):
    through = (255 - (255 - np.fliplr(sheet.gray).astype(np.float32)) * 0.08).astype(np.uint8)
    assert prepare(through, number=1, dpi=DPI).blank


@pytest.mark.parametrize("shade", [(255, 255, 255), (200, 20, 20)])
@pytest.mark.parametrize("shape", [(1, 1), (1, 3000), (2, 487), (487, 2)])
def test_a_sliver_of_a_picture_is_a_blank_page(shape: tuple[int, int], shade: tuple[int, int, int]):
    assert prepare(np.full((*shape, 3), shade, np.uint8), number=1, dpi=300).blank


def test_one_printed_line_is_a_page():
    sheet = Sheet(dpi=DPI)
    sheet.write("Trang này để trống theo quy định", 60, 140)
    assert not prepare(sheet.gray, number=1, dpi=DPI).blank


def test_colour_planes_lie_on_the_deskewed_page(sheet: Sheet):
    coloured = Sheet(dpi=DPI)
    coloured.image.paste(sheet.image)
    coloured.seal(140, 250)
    slanted = np.asarray(coloured.image.rotate(2.0, fillcolor=(255, 255, 255)), np.uint8)
    scan = prepare(slanted, number=1, dpi=DPI)
    assert scan.seals >= 1
    assert {name for name, _ in scan.others} >= {"black", "red"}
    assert all(plane.shape == scan.main.shape for _, plane in scan.others)
    black = dict(scan.others)["black"]
    both = (black < 120) & (scan.main < 120)
    assert both.sum() > 0.9 * (black < 120).sum()


@pytest.mark.parametrize(
    ("columns", "dpi", "shape"),
    [(2480, 225, (2631, 1860)), (1654, 200, (2339, 1654)), (1240, 225, (2631, 1860)), (4960, 225, (2631, 1860))],
)
def test_pictures_come_to_a_reading_size(columns: int, dpi: int, shape: tuple[int, int]):
    page = np.full((round(columns * 842 / 595.3), columns), 255, np.uint8)
    got, told = to_reading_size(page, width_pt=595.3)
    assert told == pytest.approx(dpi, abs=2)
    assert got.shape == pytest.approx(shape, abs=4)
