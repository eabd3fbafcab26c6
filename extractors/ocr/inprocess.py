"""The same Tesseract engine in this process (tesserocr): no program start, the model is loaded once."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from extractors.ocr.engine import Gray, OcrWord
from extractors.ocr.variables import VARIABLES
from schemas.errors import ToolMissing
from schemas.text import nfc

_TESSDATA_PLACES = (
    "/usr/share/tesseract-ocr/5/tessdata",
    "/usr/share/tesseract-ocr/4.00/tessdata",
    "/usr/share/tessdata",
)


class InProcessTesseract:
    """Optional faster reader behind the same seam."""

    name = "tesserocr"
    concurrent = False  # one model, one picture at a time

    def __init__(self, *, tessdata: Path | None = None, language: str = "vie") -> None:
        os.environ.setdefault("OMP_THREAD_LIMIT", "1")
        try:
            import tesserocr
        except ImportError as e:
            raise ToolMissing("tesserocr") from e
        self._tesserocr = tesserocr
        places = [tessdata] if tessdata else [Path(p) for p in _TESSDATA_PLACES]
        folder = next((p for p in places if (p / f"{language}.traineddata").is_file()), None)
        if folder is None:
            raise ToolMissing(f"tesseract: {language}")
        self._language = language
        self._api = tesserocr.PyTessBaseAPI(path=str(folder), lang=language, oem=tesserocr.OEM.LSTM_ONLY)
        for name, value in VARIABLES:
            self._api.SetVariable(name, value)

    def version(self) -> str:
        return f"{str(self._tesserocr.tesseract_version()).splitlines()[0]} {self._language}"

    def read(self, pictures: Sequence[Gray], *, dpi: int, psm: int = 6) -> tuple[tuple[OcrWord, ...], ...]:
        ril = self._tesserocr.RIL
        self._api.SetPageSegMode(psm)
        out = []
        for picture in pictures:
            self._api.SetImage(Image.fromarray(picture))
            self._api.SetSourceResolution(dpi)
            self._api.Recognize()
            words: list[OcrWord] = []
            line = -1
            walker = self._api.GetIterator()
            if walker is not None:
                for item in self._tesserocr.iterate_level(walker, ril.WORD):
                    if item.IsAtBeginningOf(ril.TEXTLINE):
                        line += 1
                    if item.Empty(ril.WORD):
                        continue
                    text = nfc(item.GetUTF8Text(ril.WORD)).strip()
                    if not text:
                        continue
                    x0, y0, x1, y1 = item.BoundingBox(ril.WORD)
                    words.append(OcrWord(text, x0, y0, x1, y1, item.Confidence(ril.WORD) / 100, line))
            out.append(tuple(words))
            self._api.Clear()
        return tuple(out)
