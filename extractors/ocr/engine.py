"""The OCR seams: a page reader and a reader of single lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Gray = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class OcrWord:
    """A word with its box in pixels of the picture that was read, and a 0..1 score.

    ``line`` numbers the line of the picture it stands on; words of a line share it.
    """

    text: str
    x0: int
    y0: int
    x1: int
    y1: int
    score: float
    line: int


class OcrEngine(Protocol):
    """Reads whole pictures, one thread of the engine each.

    Raises ToolMissing when the program or the language is not there, never ImportError.
    """

    name: str
    concurrent: bool  # may several threads call ``read`` at once?

    def version(self) -> str: ...

    def read(self, pictures: Sequence[Gray], *, dpi: int, psm: int = 6) -> tuple[tuple[OcrWord, ...], ...]:
        """Words of each picture, in the reader's order. ``psm`` is Tesseract's page segmentation mode."""
        ...


@dataclass(frozen=True, slots=True)
class LineText:
    """What a line reader saw on one line: mean certainty of its characters (``score``, 0..1) and the least of them."""

    text: str
    score: float
    weakest: float


class LineReader(Protocol):
    """A second, different reader for pictures of single lines."""

    name: str

    def version(self) -> str: ...

    def read_lines(self, pictures: Sequence[Gray], *, running: bool = False) -> tuple[LineText, ...]:
        """One text a picture. ``running``: it is plain running text, which may be read for less."""
        ...
