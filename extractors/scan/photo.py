"""A page made ready, whether it was scanned or photographed: a photograph is laid flat first."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.imaging.photographed import find_sheet
from extractors.imaging.rectify import lay_flat
from extractors.scan.prepare import QUARTER, READ_DPI, TURNS, ScanPage, prepare, to_reading_size


def prepare_page(
    image: NDArray[np.uint8], *, number: int, width_pt: float, rotation: QUARTER | None = None
) -> ScanPage:
    """``prepare`` for the picture of a page as it was drawn: scans at reading size, photographs laid flat.

    A photograph keeps where its sheet lies (``ScanPage.sheet``), so that boxes are told on the photograph itself.
    """
    upright = cv2.rotate(image, TURNS[rotation]) if rotation else image
    sheet = find_sheet(np.asarray(upright, np.uint8))
    if sheet is None:
        image, dpi = to_reading_size(image, width_pt=width_pt)
        return prepare(image, number=number, dpi=dpi, rotation=rotation)
    flat = lay_flat(np.asarray(upright, np.uint8), sheet, dpi=READ_DPI)
    page = prepare(flat, number=number, dpi=READ_DPI, rotation=None if rotation is None else 0)
    if page.rotation:  # the sheet lies on its side: picture and sheet are turned together
        return prepare_page(image, number=number, width_pt=width_pt, rotation=90)
    return replace(page, rotation=rotation or 0, sheet=sheet)
