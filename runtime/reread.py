"""Đọc lại một vùng: the words inside a box that a person drew on the paper."""

from __future__ import annotations

import numpy as np
import pypdfium2 as pdfium
from PIL import Image

from extractors.ocr.engine import Gray
from runtime.open import Workshop
from schemas.base import Frozen
from schemas.errors import BrokenFile, ObjectNotFound
from schemas.geometry import Box
from schemas.record import Record
from schemas.text import nfc

_DPI = 300
_BORDER = 12  # white pixels around the picture: Tesseract loses letters that touch its edge
_LINE_HEIGHT = 90  # pixels; a region no higher is one line, and is read by the line reader too


class Reread(Frozen):
    """One reading of the region; ``score`` 0..1 is the reader's own."""

    reader: str
    text: str
    score: float


def reread(workshop: Workshop, record: Record, page: int, box: Box) -> tuple[Reread, ...]:
    """What the readers see inside the box, each once.

    Raises ObjectNotFound (E303) without a copy or page, BrokenFile (E104), ToolMissing (E201).
    """
    if record.objects.pdfa is None or not 1 <= page <= record.source.page_count:
        raise ObjectNotFound
    gray = _picture(workshop.store.get(record.objects.pdfa), page, box)
    found = []
    words = workshop.engine.read([gray], dpi=_DPI, psm=7 if gray.shape[0] <= _LINE_HEIGHT else 6)[0]
    if words:
        text = " ".join(word.text for word in words)
        score = sum(word.score for word in words) / len(words)
        found.append(Reread(reader=workshop.engine.name, text=nfc(text), score=round(score, 3)))
    if gray.shape[0] <= _LINE_HEIGHT:
        line = workshop.line_reader.read_lines([gray])[0]
        if line.text.strip():
            found.append(Reread(reader=workshop.line_reader.name, text=nfc(line.text), score=round(line.score, 3)))
    return tuple(found)


def _picture(body: bytes, page: int, box: Box) -> Gray:
    try:
        document = pdfium.PdfDocument(body)
    except pdfium.PdfiumError as exc:
        raise BrokenFile("bản PDF/A") from exc
    try:
        if page > len(document):
            raise ObjectNotFound
        whole: Image.Image = document[page - 1].render(scale=_DPI / 72).to_pil().convert("L")
    finally:
        document.close()
    left, top = int(box.x0 * whole.width), int(box.y0 * whole.height)
    part = whole.crop((left, top, int(box.x1 * whole.width) + 1, int(box.y1 * whole.height) + 1))
    return np.pad(np.asarray(part, dtype=np.uint8), _BORDER, constant_values=255)
