"""The text a page carries itself: read, put in order, and judged; never trusted unseen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from schemas.reading import Line, Table

Verdict = Literal["good", "empty", "garbage", "scanner_ocr", "partial"]


@dataclass(frozen=True, slots=True)
class TextLayer:
    """The text layer of one page.

    lines    in reading order, block by block; ``region`` is "table" or "body"
    tables   ruled tables as grids
    verdict  good: born-digital Vietnamese text; empty: no text; garbage: text that is not what the eye sees;
             scanner_ocr: some scanner's reading laid under a picture; partial: good, but the page also holds
             pictures or strokes where a number, a date or a signer may stand
    notes    short machine codes: "tcvn3", "vni", "hidden_text", "doubled_text", "form_values", "second_source", ...
    """

    lines: tuple[Line, ...] = ()
    tables: tuple[Table, ...] = ()
    verdict: Verdict = "empty"
    notes: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)


EMPTY_LAYER = TextLayer()
