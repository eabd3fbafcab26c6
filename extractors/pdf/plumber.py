"""The text side of a PDF: pdfplumber's document, read page by page, with PDFium as second source."""

from __future__ import annotations

import ctypes
import logging
import struct
import zlib
from pathlib import Path
from typing import Any

import pdfplumber
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from pdfminer.pdftypes import resolve1
from pdfminer.psparser import PSException
from pdfplumber.utils.exceptions import MalformedPDFException, PdfminerException

from extractors.pdf.interpreter import MAX_GLYPHS, Drawing, Glyph, draw
from extractors.pdf.text_layer import Frame
from extractors.pdf.words import Token
from schemas.text import nfc

# What pdfminer lets slip on hostile files; nothing of it may pass this door.
BROKEN = (
    PSException,
    PdfminerException,
    MalformedPDFException,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    AssertionError,
    RecursionError,
    OverflowError,
    ZeroDivisionError,
    NotImplementedError,
    EOFError,
    OSError,
    struct.error,
    zlib.error,
    MemoryError,
)
_MAX_ANNOTATIONS = 500
_MAX_FONTS = 64
logging.getLogger("pdfminer").setLevel(logging.ERROR)  # it comments on every odd font; the verdict says enough


class PlumberFile:
    """pdfplumber's view of one PDF; pages are read one at a time and forgotten."""

    def __init__(self, path: Path) -> None:
        self._stream = path.open("rb")
        try:
            self._pdf = pdfplumber.open(self._stream)
            self._pages: list[Any] = self._pdf.pages
        except BROKEN:
            self._stream.close()
            raise

    def draw(self, number: int) -> Drawing:
        """What page ``number`` (from 1) draws. Raises one of ``BROKEN``."""
        try:
            return draw(self._pages[number - 1].page_obj, self._pdf.rsrcmgr)
        finally:
            self._forget()

    def frame(self, number: int) -> Frame:
        """Where the crop box lies in the displayed media box (points)."""
        page = self._pages[number - 1].page_obj
        mx0, my0, mx1, my1 = _ordered(page.mediabox)
        cx0, cy0, cx1, cy1 = _ordered(page.cropbox)
        cx0, cy0, cx1, cy1 = max(cx0, mx0), max(cy0, my0), min(cx1, mx1), min(cy1, my1)
        if cx1 <= cx0 or cy1 <= cy0:
            cx0, cy0, cx1, cy1 = mx0, my0, mx1, my1
        w, h = cx1 - cx0, cy1 - cy0
        turn = int(page.rotate) % 360
        if turn == 90:
            return Frame(cy0 - my0, mx1 - cx1, h, w)
        if turn == 180:
            return Frame(mx1 - cx1, my1 - cy1, w, h)
        if turn == 270:
            return Frame(my1 - cy1, cx0 - mx0, h, w)
        return Frame(cx0 - mx0, cy0 - my0, w, h)

    def form_values(self, number: int, frame: Frame) -> tuple[list[Token], set[str]]:
        """Words typed into form fields, and what else lies on the page: "annotations" (stamps, notes), "signature"."""
        page = self._pages[number - 1].page_obj
        if int(page.rotate) % 360:
            return [], {"annotations"} if resolve1(page.annots) else set()
        tokens: list[Token] = []
        others: set[str] = set()
        annots = resolve1(page.annots)
        mx0, my0, _, _ = _ordered(page.mediabox)
        for ref in (annots if isinstance(annots, list) else [])[:_MAX_ANNOTATIONS]:
            annot = resolve1(ref)
            if not isinstance(annot, dict):
                continue
            subtype = getattr(resolve1(annot.get("Subtype")), "name", "")
            if subtype in ("Stamp", "FreeText", "Ink"):
                others.add("annotations")
            if subtype != "Widget":
                continue
            kind, value = _field(annot)
            rect = resolve1(annot.get("Rect"))
            if kind == "Sig" and isinstance(rect, list) and len(rect) == 4:
                x0, y0, x1, y1 = _ordered([resolve1(v) for v in rect])
                if x1 - x0 > 1 and y1 - y0 > 1:
                    others.add("signature")
            if kind not in ("Tx", "Ch") or not isinstance(value, bytes) or not isinstance(rect, list):
                continue
            x0, y0, x1, y1 = _ordered([resolve1(v) for v in rect])
            tokens += _spread(
                _pdf_string(value), x0 - mx0 - frame.left, y0 - my0 - frame.bottom, x1 - x0, y1 - y0, frame
            )
        return tokens, others

    def close(self) -> None:
        self._pdf.close()
        self._stream.close()

    def _forget(self) -> None:
        """Drop what pdfminer keeps of the pages read, so that memory does not grow with them."""
        document = self._pdf.doc
        document._cached_objs.clear()
        document._parsed_objs.clear()
        fonts = self._pdf.rsrcmgr._cached_fonts
        if len(fonts) > _MAX_FONTS:
            fonts.clear()


def _ordered(box: Any) -> tuple[float, float, float, float]:
    a, b, c, d = (float(v) for v in box)
    return min(a, c), min(b, d), max(a, c), max(b, d)


def _field(annot: dict[str, Any]) -> tuple[str, Any]:
    kind, value = "", None
    node: Any = annot
    for _ in range(4):
        if not isinstance(node, dict):
            break
        kind = kind or getattr(resolve1(node.get("FT")), "name", "")
        value = value if value is not None else resolve1(node.get("V"))
        node = resolve1(node.get("Parent"))
    return kind, value


def _pdf_string(value: bytes) -> str:
    if value.startswith(b"\xfe\xff"):
        return value[2:].decode("utf-16-be", errors="replace")
    if value.startswith(b"\xef\xbb\xbf"):
        return value[3:].decode("utf-8", errors="replace")
    return value.decode("latin-1")


def _spread(text: str, x: float, y: float, width: float, height: float, frame: Frame) -> list[Token]:
    """The words of a field's value over its box, line under line."""
    lines = [line for line in nfc(text).replace("\r", "\n").split("\n") if line.strip()]
    tokens = []
    for i, line in enumerate(lines):
        step = height / len(lines)
        top = frame.height - (y + height) + i * step
        size = min(step * 0.8, 12.0)
        unit = min(size * 0.5, width / max(1, len(line)))
        at = 0
        for word in line.split():
            at = line.index(word, at)
            x0, x1 = x + at * unit, x + (at + len(word)) * unit
            tokens.append(Token(word, x0, top, x1, top + step, top + step * 0.75, size, "form"))
            at += len(word)
    return tokens


def pdfium_drawing(page: pdfium.PdfPage) -> Drawing:
    """The page's characters by PDFium: the second source where pdfplumber finds none or fails.

    Coordinates are those of the displayed page with y upwards (so its frame has no offset).
    """
    drawing = Drawing()
    left, bottom, right, top = page.get_cropbox()
    turn = page.get_rotation()
    textpage = page.get_textpage()
    try:
        raw = textpage.raw
        count = min(textpage.count_chars(), MAX_GLYPHS)
        box = [ctypes.c_double() for _ in range(4)]
        for i in range(count):
            code = pdfium_c.FPDFText_GetUnicode(raw, i)
            if code in (0, 0xFFFE) or pdfium_c.FPDFText_IsGenerated(raw, i) == 1:
                continue
            if not pdfium_c.FPDFText_GetCharBox(raw, i, *box):
                continue
            x0, x1, y0, y1 = (v.value for v in box)
            size = pdfium_c.FPDFText_GetFontSize(raw, i) or (y1 - y0)
            ox, oy = ctypes.c_double(), ctypes.c_double()
            pdfium_c.FPDFText_GetCharOrigin(raw, i, ox, oy)
            points = [
                _displayed(x, y, (left, bottom, right, top), turn)
                for x, y in ((x0, y0), (x1, y1), (ox.value, oy.value))
            ]
            xs, ys = sorted(p[0] for p in points[:2]), sorted(p[1] for p in points[:2])
            angle = round(pdfium_c.FPDFText_GetCharAngle(raw, i) * 57.29578 / 90) * 90 % 360
            angle = (angle - turn) % 360
            char = chr(code) if code < 0x110000 else "\ufffd"
            drawing.glyphs.append(Glyph(char, xs[0], ys[0], xs[1], ys[1], *points[2], float(size), "", angle, 0, False))
    finally:
        textpage.close()
    return drawing


def _displayed(x: float, y: float, crop: tuple[float, float, float, float], turn: int) -> tuple[float, float]:
    left, bottom, right, top = crop
    if turn == 90:
        return y - bottom, right - x
    if turn == 180:
        return right - x, top - y
    if turn == 270:
        return top - y, x - left
    return x - left, y - bottom
