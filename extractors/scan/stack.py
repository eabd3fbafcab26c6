"""Blocks of a page set under one another on one picture, so that one pass reads them without crossing columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from extractors.ocr.engine import Gray, OcrWord

GAP = 60  # white pixels between blocks
MARGIN = 24
FAINT = 210  # grey levels below it may be print


@dataclass(frozen=True, slots=True)
class Piece:
    """A rectangle of the page picture (pixels) and the row of the stack where it begins."""

    key: int
    x0: int
    y0: int
    x1: int
    y1: int
    at: int


@dataclass(frozen=True, slots=True, eq=False)
class Stack:
    """The stacked picture and the way back from its pixels to the page's."""

    picture: Gray
    pieces: tuple[Piece, ...]

    def locate(self, word: OcrWord) -> tuple[int, OcrWord] | None:
        """The key of the block a word was read from and the word in page pixels; None for noise between blocks."""
        middle = (word.y0 + word.y1) / 2
        for p in self.pieces:
            if p.at <= middle < p.at + (p.y1 - p.y0):
                dx, dy = p.x0 - MARGIN, p.y0 - p.at
                return p.key, OcrWord(
                    word.text, word.x0 + dx, word.y0 + dy, word.x1 + dx, word.y1 + dy, word.score, word.line
                )
        return None


def stack(parts: Sequence[tuple[Gray, tuple[int, int, int, int]]]) -> Stack:
    """Set boxes (x0, y0, x1, y1) of page pictures under one another, left edges aligned, keys by position.

    All pictures share one shape: they are ink planes of one page.
    """
    pieces: list[Piece] = []
    at = MARGIN
    width = 0
    for key, (page, (x0, y0, x1, y1)) in enumerate(parts):
        rows, columns = page.shape
        x0, y0 = min(max(0, x0), columns), min(max(0, y0), rows)
        x1, y1 = (
            min(columns, max(x0, x1)),
            min(rows, max(y0, y1)),
        )  # a box may lie outside the picture or be turned over
        x0, y0, x1, y1 = _inked(page, x0, y0, x1, y1)
        pieces.append(Piece(key, x0, y0, x1, y1, at))
        at += (y1 - y0) + GAP
        width = max(width, x1 - x0)
    picture = np.full((at + MARGIN, width + 2 * MARGIN), 255, np.uint8)
    for p in pieces:
        page = parts[p.key][0]
        picture[p.at : p.at + p.y1 - p.y0, MARGIN : MARGIN + p.x1 - p.x0] = page[p.y0 : p.y1, p.x0 : p.x1]
    return Stack(picture, tuple(pieces))


def _inked(page: Gray, x0: int, y0: int, x1: int, y1: int) -> tuple[int, int, int, int]:
    """The box without its white edges, which the page reader would go through pixel by pixel; all of an empty one."""
    dark = page[y0:y1, x0:x1] < FAINT
    rows = np.flatnonzero(dark.any(axis=1))
    if rows.size == 0:
        return x0, y0, x1, y1
    columns = np.flatnonzero(dark.any(axis=0))
    return x0 + int(columns[0]), y0 + int(rows[0]), x0 + int(columns[-1]) + 1, y0 + int(rows[-1]) + 1
