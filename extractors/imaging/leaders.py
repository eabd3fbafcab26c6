"""Dot leaders of forms ("Họ và tên: Nguyễn Văn A ............"): found, to be painted over before anything is read.

A page reader takes a row of dots for letters and loses the words before it (made certificates, licences and extracts
on which leaders stand: 45 % of the letters wrong with them, 14 % without; taking away dots under letters too: no gain).
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.imaging.pieces import pieces
from extractors.imaging.planes import Gray

DOT_MM = (0.15, 0.75)  # across; a printed full stop of 14 points is 0.5 mm
PITCH_DOTS = 5.0  # a dot is nearer to the next than so many times its width
LEAST = 10  # dots; "..." in a sentence or a slot for two digits is no leader
GAP = 12  # missing dots a leader goes on behind: under a word its dots touch letters
LONE = 4  # steps to the next dot on either side: no part of the leader, a full stop or a mark
WINDOW, FILLED = 64, 0.16  # pixels of a row looked at together; the share of them that dots take, no less

Box = tuple[int, int, int, int]


def find_leaders(mask: NDArray[np.uint8], *, dpi: int) -> tuple[Box, ...]:
    """Boxes (x0, y0, x1, y1) in pixels, one a dot, of dots in level rows at an even pitch with bare paper above.

    ``mask`` (rows x columns): 1 where a deskewed page has ink. Dots with letters above them are left: they may be
    marks of the letters.
    """
    smallest, largest = (mm / 25.4 * dpi for mm in DOT_MM)
    reach = int(largest) + 1
    found: list[Box] = []
    for top, bottom in _bands(_bare_dots(mask, reach), margin=3 * reach):
        for level in _level(_dots(mask[top:bottom], smallest, largest)):
            for x, y, w, h in _in_step(level).tolist():
                box = (x, y + top, x + w, y + top + h)
                if not _covered(mask, box, reach):
                    found.append(box)
    return tuple(found)


def erase(gray: Gray, boxes: tuple[Box, ...]) -> Gray:
    """The picture with these boxes, and a pixel around each, painted white."""
    out = gray.copy()
    for x0, y0, x1, y1 in boxes:
        out[max(0, y0 - 1) : y1 + 1, max(0, x0 - 1) : x1 + 1] = 255
    return out


def _bare_dots(mask: NDArray[np.uint8], reach: int) -> NDArray[np.uint8]:
    """Ink that belongs to no stroke longer than a dot, neither across nor down, with bare paper above and below."""
    across = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((1, reach), np.uint8))
    down = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((reach, 1), np.uint8))
    column = cv2.boxFilter(mask, cv2.CV_8U, (1, 6 * reach + 1), normalize=False)
    bare: NDArray[np.bool_] = (mask > (across | down)) & (column < reach - 1)
    return bare.view(np.uint8)


def _bands(bare: NDArray[np.uint8], *, margin: int) -> list[tuple[int, int]]:
    """Runs of rows (first, end) with dots close together, and what stands around them: hardly a row of plain text."""
    rows, windows = bare.shape[0], bare.shape[1] // WINDOW
    whole = bare[:, : windows * WINDOW].reshape(rows, windows, WINDOW)
    filled = whole.sum(axis=2, dtype=np.uint8).max(axis=1, initial=0)
    bands: list[tuple[int, int]] = []
    for y in np.flatnonzero(filled >= FILLED * WINDOW).tolist():
        top, bottom = max(0, y - margin), min(rows, y + margin + 1)
        if bands and top <= bands[-1][1]:
            bands[-1] = (bands[-1][0], bottom)
        else:
            bands.append((top, bottom))
    return bands


def _dots(mask: NDArray[np.uint8], smallest: float, largest: float) -> NDArray[np.int32]:
    """Blobs of a dot's size and shape: rows of (x, y, width, height)."""
    _, _, stats, _ = pieces(mask)
    w, h, area = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT], stats[:, cv2.CC_STAT_AREA]
    compact = (area >= 0.5 * w * h) & (np.maximum(w, h) <= 2 * np.minimum(w, h))
    compact &= (np.minimum(w, h) >= smallest - 0.5) & (np.maximum(w, h) <= largest + 0.5)
    found: NDArray[np.int32] = stats[compact][:, :4]
    return found


def _level(dots: NDArray[np.int32]) -> list[NDArray[np.int32]]:
    """Dots that stand level with the one before them, left to right, where there are many."""
    rows: list[list[NDArray[np.int32]]] = []
    for dot in dots[np.argsort(dots[:, 0], kind="stable")]:
        middle, size = dot[1] + dot[3] / 2, max(dot[2], dot[3])
        for row in rows:
            last = row[-1]
            if abs(last[1] + last[3] / 2 - middle) <= max(1.0, 0.35 * size):
                row.append(dot)
                break
        else:
            rows.append([dot])
    return [np.array(row) for row in rows if len(row) >= LEAST]


def _in_step(level: NDArray[np.int32]) -> NDArray[np.int32]:
    """The dots of a level that stand at whole steps from the one before, in runs long enough for a leader."""
    steps = np.diff(level[:, 0] + level[:, 2] / 2)
    near = steps[steps <= PITCH_DOTS * float(np.median(level[:, 2:].max(axis=1)))]
    if near.size < LEAST - 1:
        return level[:0]
    pitch = float(np.median(near))
    if np.mean(np.abs(near - pitch) <= max(1.0, 0.2 * pitch)) < 0.6:
        return level[:0]  # full stops of a line of text, marks over letters: any distance
    counts = np.maximum(1, np.rint(steps / pitch))
    fits = (counts <= GAP) & (np.abs(steps - counts * pitch) <= max(1.2, 0.25 * pitch))
    lone = np.minimum(np.append(counts, GAP), np.insert(counts, 0, GAP)) > LONE
    runs = np.split(np.arange(len(level)), np.flatnonzero(~fits) + 1)
    kept = [k for run in runs if len(run) >= LEAST for k in run.tolist() if not lone[k]]
    return level[kept]


def _covered(mask: NDArray[np.uint8], box: Box, reach: int) -> bool:
    """Is there ink right above the dot, as where a word is typed over a leader?"""
    x0, y0, x1, _ = box
    above = mask[max(0, y0 - 3 * reach) : max(0, y0 - 1), max(0, x0 - 1) : x1 + 1]
    return bool(above.any())
