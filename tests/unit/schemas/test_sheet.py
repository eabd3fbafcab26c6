"""A sheet in a photograph: there and back."""

import pytest

from schemas.sheet import Sheet

CORNERS = ((0.12, 0.08), (0.81, 0.11), (0.93, 0.9), (0.05, 0.86))


def test_the_corners_of_the_flat_sheet_are_those_of_the_picture():
    sheet = Sheet(CORNERS, 1.414, upper=(0.03, -0.01), lower=(-0.02, 0.05))
    for (u, v), corner in zip(((0, 0), (1, 0), (1, 1), (0, 1)), CORNERS, strict=True):
        assert sheet.on_picture(u, v) == pytest.approx(corner)


@pytest.mark.parametrize("bows", [((0.0, 0.0), (0.0, 0.0)), ((0.08, -0.03), (-0.06, 0.1))])
def test_there_and_back(bows: tuple[tuple[float, float], tuple[float, float]]):
    sheet = Sheet(CORNERS, 1.414, *bows)
    for u in (0.0, 0.2, 0.55, 1.0):
        for v in (0.0, 0.3, 0.7, 1.0):
            assert sheet.on_sheet(*sheet.on_picture(u, v)) == pytest.approx((u, v), abs=1e-9)


def test_perspective_is_not_mere_stretching():
    """The far half of a sheet that runs away from the camera looks shorter than the near half."""
    sheet = Sheet(((0.3, 0.1), (0.7, 0.1), (0.9, 0.9), (0.1, 0.9)), 1.414)
    assert sheet.on_picture(0.5, 0.5)[1] < 0.5


def test_a_bow_moves_the_middle_of_an_edge_and_not_its_ends():
    sheet = Sheet(((0, 0), (1, 0), (1, 1), (0, 1)), 1.414, upper=(0.04, 0.0))
    assert sheet.on_picture(0.5, 0.0) == pytest.approx((0.5, 0.01))
    assert sheet.on_picture(0.5, 1.0) == pytest.approx((0.5, 1.0))
