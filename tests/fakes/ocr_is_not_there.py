"""An OCR engine that fails when it is asked: papers with a text layer must not need it."""

from __future__ import annotations

from collections.abc import Sequence

from extractors.ocr.engine import Gray, OcrWord
from schemas.errors import ToolMissing


class NoEngine:
    name = "none"
    concurrent = False

    def version(self) -> str:
        return "0"

    def read(self, pictures: Sequence[Gray], *, dpi: int, psm: int = 6) -> tuple[tuple[OcrWord, ...], ...]:
        if not pictures:
            return ()
        raise ToolMissing("none")
