"""Số La Mã trong một ô: quarters by the strokes of the print, which readers lose and add."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

import cv2
import numpy as np

from extractors.imaging.cleaning import ink_mask
from extractors.imaging.planes import Gray
from extractors.ocr.engine import OcrWord

_QUARTER = re.compile(r"^[Qq]u[ýyỳỷ]$")
_ROMAN = re.compile(r"^[IVHJUTNMWil1|!ỉíìị]{1,6}(?=$|[/,.])")
_RUN_ON = re.compile(r"^[IHUTNMWil1|!L]{1,5}(?P<year>(?:19|20)\d\d)$")  # the slash read as one more stroke
_COUNTED = {1: "I", 2: "II", 3: "III"}


def count_strokes(text: str, crop: Gray, readings: Sequence[Sequence[OcrWord]]) -> tuple[str, bool]:
    """Quarters in Roman numbers (Quý II, Quý III) by the strokes of the print: readers lose and add one.

    Returns the text and whether the count is certain. One stroke stays as it was read: I or 1.
    """
    tokens = text.split()
    at = next((k for k in range(1, len(tokens)) if _QUARTER.match(tokens[k - 1]) and _is_roman(tokens[k])), None)
    if at is None or "V" in tokens[at]:
        return text, True
    found = {count_bars(crop, box) for words in readings if (box := _roman_box(words)) is not None}
    old = _ROMAN.match(tokens[at])
    if len(found) != 1 or (strokes := found.pop()) not in _COUNTED:
        return text, False
    if old is None:
        run_on = _RUN_ON.match(tokens[at])
        assert run_on is not None
        tokens[at] = f"{_COUNTED[strokes]}/{run_on['year']}"
        return " ".join(tokens), True
    if strokes > 1 or old[0] not in ("I", "1"):
        tokens[at] = _COUNTED[strokes] + tokens[at][old.end() :]
    return " ".join(tokens), True


def _is_roman(token: str) -> bool:
    return _ROMAN.match(token) is not None or _RUN_ON.match(token) is not None


def _roman_box(words: Sequence[OcrWord]) -> OcrWord | None:
    ordered = sorted(words, key=lambda w: (w.line, w.x0))
    for a, b in itertools.pairwise(ordered):
        if _QUARTER.match(a.text) and _is_roman(b.text.replace("⁄", "/")):
            return b
    return None


def count_bars(crop: Gray, word: OcrWord) -> int:
    """How many upright strokes a word begins with, before anything else: the I's of a Roman number."""
    part = crop[max(0, word.y0 - 1) : word.y1 + 1, max(0, word.x0 - 2) : word.x1 + 2]
    if min(part.shape, default=0) < 10:
        return 0
    big = cv2.resize(part, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC)
    ink = ink_mask(np.asarray(big, np.uint8))
    rows = np.flatnonzero(ink.sum(axis=1))
    if rows.size == 0:
        return 0
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    tall = bottom - top
    band = ink[top + int(0.3 * tall) : top + int(0.62 * tall)]
    share = band.mean(axis=0)
    bars = x = 0
    while x < share.size:
        if share[x] < 0.15:
            x += 1
            continue
        begin = x
        while x < share.size and share[x] >= 0.15:
            x += 1
        full = int((share[begin:x] > 0.85).sum())
        if full < 0.75 * (x - begin) or x - begin > 0.24 * tall:  # a slash, a V, a figure
            break
        bars += 1
    return bars
