"""What is a photograph of a paper, and what only looks like one; where its corners are; how it is laid flat."""

from dataclasses import replace
from functools import cache
from random import Random

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from extractors.imaging.photographed import find_sheet
from extractors.imaging.rectify import lay_flat
from samplemaker.scan.photo import DESKS, PhotoLook, Place, photograph, pick_photo
from tests.drawing import Sheet, full_page, letterhead

Pixels = NDArray[np.uint8]
DPI = 110


@cache
def drawn(lying: bool) -> Pixels:
    if not lying:
        return full_page(DPI).rgb
    made = Sheet(dpi=DPI, wide_mm=297, tall_mm=210)
    letterhead(made)
    made.paragraph(25, 60, rows=18, points=13)
    return made.rgb


def paper(*, lying: bool = False) -> Pixels:
    return drawn(lying).copy()


def look(**changes: object) -> PhotoLook:
    given = {
        "long_side": 1000, "shape": 0.75, "desk": (92, 62, 42), "grain": "wood", "tint": (1.0, 0.97, 0.92),
        "shadow": 0.2, "light": 0.2, "blur": 0.6, "noise": 2.0, "curl": 0.0, "quality": 85, **changes,
    }  # fmt: skip
    return PhotoLook(**given)  # type: ignore[arg-type]


CORNERS = np.array([[0.0, 0], [1, 0], [1, 1], [0, 1]])


def slanted(place: Place) -> bool:
    """Whether the camera stood so that no scanner could have seen this."""
    a, b, c, d = place(CORNERS) * (3, 4)
    return abs(np.log(np.linalg.norm(b - a) / np.linalg.norm(c - d))) > 0.03


@pytest.mark.parametrize("desk", DESKS)
def test_the_corners_of_a_photographed_paper_are_found_on_every_desk(desk: tuple[int, int, int]):
    picture, place = photograph(paper(), look(desk=desk), seed=3)
    assert slanted(place)
    sheet = find_sheet(picture)
    assert sheet is not None
    assert np.array(sheet.corners) == pytest.approx(place(CORNERS), abs=0.004)
    assert sheet.ratio == pytest.approx(2**0.5)


def test_a_lying_paper_keeps_its_shape():
    picture, place = photograph(paper(lying=True), look(), seed=5)
    sheet = find_sheet(picture)
    assert sheet is not None
    assert np.array(sheet.corners) == pytest.approx(place(CORNERS), abs=0.004)
    assert sheet.ratio == pytest.approx(0.5**0.5)


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_every_point_of_a_curled_paper_is_told_within_two_millimetres(seed: int):
    picture, place = photograph(paper(), look(curl=0.03), seed=seed)
    sheet = find_sheet(picture)
    assert sheet is not None
    grid = np.array([(u, v) for u in np.linspace(0.1, 0.9, 7) for v in np.linspace(0.1, 0.9, 7)])
    told = np.array([sheet.on_sheet(x, y) for x, y in place(grid)])
    assert np.abs(told - grid).max() < 2 / 210 * 1.5
    assert np.abs(told[:, 1] - grid[:, 1]).mean() * 297 < 2


def test_laid_flat_the_paper_is_what_it_was():
    """White where it was white under shadow and lamp light, ink where there was ink."""
    page = paper()
    picture, _ = photograph(page, look(curl=0.015, shadow=0.35), seed=4)
    sheet = find_sheet(picture)
    assert sheet is not None
    flat = lay_flat(picture, sheet, dpi=DPI)
    assert flat.shape == (round(11.69 * DPI), round(11.69 * DPI / 2**0.5), 3)
    assert float(np.percentile(flat, 30)) > 235
    true = cv2.resize(page, flat.shape[1::-1], interpolation=cv2.INTER_AREA)[..., 1]
    soft = [cv2.GaussianBlur(p, (0, 0), 8).astype(float)[20:-20, 20:-20] for p in (true, flat[..., 1])]
    assert np.corrcoef(soft[0].ravel(), soft[1].ravel())[0, 1] > 0.93


def on_bed(
    page: Pixels, *, degrees: float, shade: tuple[int, int, int], border: int = 0, scale: float = 0.985
) -> Pixels:
    """A scanned page, crooked, with the dark of the lid or the bed around it."""
    page = np.asarray(cv2.copyMakeBorder(page, *(border,) * 4, cv2.BORDER_CONSTANT, value=shade), np.uint8)
    h, w = page.shape[:2]
    turn = cv2.getRotationMatrix2D((w / 2, h / 2), degrees, scale)
    return np.asarray(cv2.warpAffine(page, turn, (w, h), borderMode=cv2.BORDER_CONSTANT, borderValue=shade), np.uint8)


@pytest.mark.parametrize("degrees", [0.0, 1.2, -3.0])
@pytest.mark.parametrize("border", [0, 12, 60, 200])
@pytest.mark.parametrize("shade", [(15, 15, 15), (120, 120, 120), (90, 60, 40)])
def test_a_scan_with_dark_edges_is_no_photograph(degrees: float, border: int, shade: tuple[int, int, int]):
    """However wide the dark is: a scanner sees its paper from straight above."""
    assert find_sheet(on_bed(paper(), degrees=degrees, shade=shade, border=border)) is None


@pytest.mark.parametrize("degrees", [0.0, -2.0])
def test_a_coloured_certificate_is_no_photograph(degrees: float):
    page = paper()
    h, w = page.shape[:2]
    for inset, colour in ((0, (190, 60, 60)), (24, (240, 200, 120)), (40, (255, 240, 215))):
        cv2.rectangle(page, (inset, inset), (w - 1 - inset, h - 1 - inset), colour, 24 if inset < 40 else 6)
    assert find_sheet(on_bed(page, degrees=degrees, shade=(190, 60, 60), scale=1.0)) is None


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(np.full((2339, 1654, 3), 252, np.uint8), id="blank"),
        pytest.param(np.zeros((2339, 1654), np.uint8), id="black"),
        pytest.param(np.full((60, 90, 3), 200, np.uint8), id="tiny"),
        pytest.param(np.random.default_rng(1).integers(0, 255, (1200, 900, 3), np.uint8), id="noise"),
    ],
)
def test_what_is_no_paper_is_no_photograph(page: Pixels):
    assert find_sheet(page) is None


def test_papers_as_scanners_see_them_are_no_photographs():
    assert find_sheet(paper()) is None
    assert find_sheet(paper()[..., 0]) is None


def test_a_cut_off_paper_is_left_alone():
    """Where the fourth corner is not in the picture nobody knows where it is."""
    picture, place = photograph(paper(), look(), seed=3)
    low = int(place(CORNERS)[:, 0].min() * picture.shape[1]) + 60
    assert find_sheet(np.ascontiguousarray(picture[:, low:])) is None


def test_photographs_of_all_sorts_are_found():
    """The maker's own mix: most are found, and nothing is found in the wrong place."""
    found = 0
    for seed in range(10):
        picture, place = photograph(paper(), replace(pick_photo(Random(seed)), long_side=1200), seed=seed)
        sheet = find_sheet(picture)
        if sheet is not None:
            found += 1
            assert np.array(sheet.corners) == pytest.approx(place(CORNERS), abs=0.008)
    assert found >= 8
