"""A photographed page made ready: laid flat for the reader, its boxes told on the photograph."""

import numpy as np
import pytest
from numpy.typing import NDArray

from extractors.scan.photo import prepare_page
from extractors.scan.prepare import prepare, to_reading_size
from samplemaker.scan.photo import PhotoLook, Place, photograph
from tests.drawing import Sheet, full_page

Pixels = NDArray[np.uint8]
DPI = 200
LOOK = PhotoLook(2000, 0.75, (92, 62, 42), "wood", (1.0, 0.97, 0.92), 0.2, 0.2, 0.6, 3.0, 0.012, 85)


@pytest.fixture(scope="module")
def drawn() -> Sheet:
    return full_page(DPI)


@pytest.fixture(scope="module")
def photo(drawn: Sheet) -> tuple[Pixels, Place]:
    return photograph(drawn.rgb, LOOK, seed=3)


@pytest.mark.parametrize("quarter", [0, 1, 2])
def test_boxes_lie_on_the_photograph(photo: tuple[Pixels, Place], quarter: int):
    """A word's place on the flat sheet comes back where the camera saw it, however the camera was turned."""
    picture, place = photo
    lying = np.ascontiguousarray(np.rot90(picture, quarter))
    page = prepare_page(lying, number=1, width_pt=595 if quarter != 1 else 842, rotation=(0, 90, 180)[quarter])
    assert page.sheet is not None
    assert page.rotation == (0, 90, 180)[quarter]
    rows, columns = page.clean.shape
    for u0, v0, u1, v1 in ((0.12, 0.05, 0.3, 0.06), (0.6, 0.5, 0.8, 0.51), (0.2, 0.9, 0.25, 0.91)):
        told = page.fraction((round(u0 * columns), round(v0 * rows), round(u1 * columns), round(v1 * rows)))
        true = place(np.array([[u0, (v0 + v1) / 2], [u1, (v0 + v1) / 2], [(u0 + u1) / 2, v0], [(u0 + u1) / 2, v1]]))
        assert (told.x0, told.x1) == pytest.approx((true[0, 0], true[1, 0]), abs=0.006)
        assert (told.y0, told.y1) == pytest.approx((true[2, 1], true[3, 1]), abs=0.006)


def test_a_photograph_on_its_side_is_turned_with_its_sheet(photo: tuple[Pixels, Place]):
    picture, place = photo
    page = prepare_page(np.ascontiguousarray(np.rot90(picture)), number=1, width_pt=842)
    assert page.rotation == 90
    assert page.sheet is not None
    corners = np.array([[0.0, 0], [1, 0], [1, 1], [0, 1]])
    assert np.array(page.sheet.corners) == pytest.approx(place(corners), abs=0.005)


def test_a_scan_is_made_ready_as_ever(drawn: Sheet):
    image, dpi = to_reading_size(drawn.rgb, width_pt=595)
    plain = prepare(image, number=2, dpi=dpi)
    page = prepare_page(drawn.rgb, number=2, width_pt=595)
    assert page.sheet is None
    assert np.array_equal(page.clean, plain.clean)
    assert (page.dpi, page.rotation, page.skew_deg, page.blocks) == (
        plain.dpi,
        plain.rotation,
        plain.skew_deg,
        plain.blocks,
    )
