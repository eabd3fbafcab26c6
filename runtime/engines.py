"""The readers, made when the first page needs them: a batch of text files needs no Tesseract."""

from __future__ import annotations

from collections.abc import Sequence

from extractors.ocr.engine import Gray, LineReader, LineText, OcrEngine, OcrWord
from runtime.settings import Settings


class LazyEngine:
    """The page reader of ``SOHOA_OCR_ENGINE``. Raises ToolMissing (E201) at its first use, not before."""

    def __init__(self, settings: Settings) -> None:
        self._choice = settings.ocr_engine
        self.concurrent = self._choice != "tesserocr"
        self.name = "tesserocr" if self._choice == "tesserocr" else "tesseract"
        self._engine: OcrEngine | None = None

    def _made(self) -> OcrEngine:
        if self._engine is None:
            if self._choice == "tesserocr":
                from extractors.ocr.inprocess import InProcessTesseract

                self._engine = InProcessTesseract()
            else:
                from extractors.ocr.tesseract import TesseractEngine

                self._engine = TesseractEngine()
        return self._engine

    def version(self) -> str:
        return self._made().version()

    def read(self, pictures: Sequence[Gray], *, dpi: int, psm: int = 6) -> tuple[tuple[OcrWord, ...], ...]:
        return self._made().read(pictures, dpi=dpi, psm=psm)


class LazyLineReader:
    """The second reader of single lines, made at its first use."""

    name = "asterocr"

    def __init__(self) -> None:
        self._reader: LineReader | None = None

    def _made(self) -> LineReader:
        if self._reader is None:
            from extractors.ocr.lines import AsterLineReader

            self._reader = AsterLineReader()
        return self._reader

    def version(self) -> str:
        return self._made().version()

    def read_lines(self, pictures: Sequence[Gray], *, running: bool = False) -> tuple[LineText, ...]:
        return self._made().read_lines(pictures, running=running)
