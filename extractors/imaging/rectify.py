"""A photographed sheet laid flat: perspective and curl taken out, the light made even and white."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from schemas.sheet import Sheet

Pixels = NDArray[np.uint8]
Values = NDArray[np.float64]

_LONG_INCHES = 11.69  # the longer side of A4; of what is no A4 nobody can know the size
_STEP = 16  # pixels between the points whose place is worked out; those between follow
_RIM = 0.006  # of the sheet: the ground may show beside an edge that is not quite straight
_WHITE = 250.0


def lay_flat(image: Pixels, sheet: Sheet, *, dpi: int) -> Pixels:
    """The sheet in ``image`` (upright: rows x columns, or x RGB) as a scanner of ``dpi`` would have seen it."""
    long = round(_LONG_INCHES * dpi)
    columns, rows = (round(long / sheet.ratio), long) if sheet.ratio >= 1 else (long, round(long * sheet.ratio))
    xs, ys = _places(sheet, rows, columns)
    height, width = image.shape[:2]
    flat = cv2.remap(
        image,
        (xs * width - 0.5).astype(np.float32),
        (ys * height - 0.5).astype(np.float32),
        cv2.INTER_LINEAR if max(image.shape[:2]) > long else cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    )
    even = _even_light(np.asarray(flat, np.uint8))
    rim = max(1, round(_RIM * max(rows, columns)))
    even[:rim], even[-rim:], even[:, :rim], even[:, -rim:] = 255, 255, 255, 255
    return even


def _places(sheet: Sheet, rows: int, columns: int) -> tuple[Values, Values]:
    """Where each pixel of the flat sheet lies in the picture, as fractions."""
    u, v = np.meshgrid((np.arange(-(-columns // _STEP)) + 0.5) * _STEP / columns,
                       (np.arange(-(-rows // _STEP)) + 0.5) * _STEP / rows)  # fmt: skip
    arch = u * (1 - u)
    w = v + (1 - v) * arch * (sheet.upper[0] + sheet.upper[1] * u) + v * arch * (sheet.lower[0] + sheet.lower[1] * u)
    m = np.array(sheet.matrix)
    deep = m[2, 0] * u + m[2, 1] * w + m[2, 2]
    x, y = (m[0, 0] * u + m[0, 1] * w + m[0, 2]) / deep, (m[1, 0] * u + m[1, 1] * w + m[1, 2]) / deep
    size = (x.shape[1] * _STEP, x.shape[0] * _STEP)
    xs, ys = (cv2.resize(p, size, interpolation=cv2.INTER_LINEAR)[:rows, :columns] for p in (x, y))
    return np.asarray(xs, np.float64), np.asarray(ys, np.float64)


def _even_light(flat: Pixels) -> Pixels:
    """Each colour divided by the paper's own around it: shadows and the tint of the light go, ink of a colour stays."""
    channels = [flat] if flat.ndim == 2 else [flat[..., k] for k in range(flat.shape[2])]
    out = []
    for channel in channels:
        size = (max(8, channel.shape[1] // 16), max(8, channel.shape[0] // 16))
        small = cv2.resize(channel, size, interpolation=cv2.INTER_AREA)
        paper = cv2.medianBlur(cv2.dilate(small, np.ones((3, 3), np.uint8)), 15)
        paper = cv2.resize(cv2.max(paper, np.full_like(paper, 40)), channel.shape[::-1], interpolation=cv2.INTER_LINEAR)
        out.append(cv2.divide(np.ascontiguousarray(channel), paper, scale=_WHITE))
    return np.asarray(out[0] if len(out) == 1 else cv2.merge(out), np.uint8)
