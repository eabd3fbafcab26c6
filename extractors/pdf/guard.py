"""A look at a PDF page before anything draws or reads it: forms that call themselves and streams that explode.

PDFium draws a form that calls itself twice until the end of days, and every reader inflates what it is given; qpdf
shows both beforehand without running anything.
"""

from __future__ import annotations

import re
import zlib
from pathlib import Path
from typing import Any

import pikepdf

from schemas.errors import BrokenFile, TooLarge

_MAX_STREAM = 48 * 1024**2
_MAX_RUNS = 20_000
_MAX_DEPTH = 24
_FLATE_RATIO = 1032  # the most that deflate can expand
_DO = re.compile(rb"/([^\x00\t\n\x0c\r ()<>\[\]/%{}]+)[\x00\t\n\x0c\r ]+Do\b")
_BROKEN = (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, RuntimeError, IndexError, RecursionError)


class PageGuard:
    """Checks the pages of one file; silent where qpdf cannot open it (then opening it elsewhere fails too)."""

    def __init__(self, path: Path) -> None:
        self._runs: dict[tuple[int, int], int] = {}
        try:
            self._pdf: pikepdf.Pdf | None = pikepdf.open(path)
        except (pikepdf.PdfError, ValueError, RuntimeError):
            self._pdf = None

    def check(self, number: int) -> None:
        """Raises BrokenFile (E104) for a form that contains itself, TooLarge (E106) for one that never ends."""
        if self._pdf is None:
            return
        try:
            page = self._pdf.pages[number - 1]
            contents = page.obj.get("/Contents")
            parts = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
            data = b"\n".join(_bounded(part) for part in parts if isinstance(part, pikepdf.Stream))
            runs = self._count(data, page.obj.get("/Resources"), (), 0)
        except _BROKEN:
            return  # crooked, but not dangerous: the readers say what is wrong
        if runs > _MAX_RUNS:
            raise TooLarge(f"trang {number}")

    def close(self) -> None:
        if self._pdf is not None:
            self._pdf.close()

    def _count(self, data: bytes, resources: Any, above: tuple[tuple[int, int], ...], depth: int) -> int:
        """How many forms are run, each call counted."""
        total = 1
        if depth > _MAX_DEPTH:
            raise TooLarge("biểu mẫu lồng quá sâu")
        xobjects = resources.get("/XObject") if isinstance(resources, pikepdf.Dictionary) else None
        if not isinstance(xobjects, pikepdf.Dictionary):
            return total
        calls: dict[bytes, int] = {}
        for name in _DO.findall(data):
            calls[name] = calls.get(name, 0) + 1
        for name, times in calls.items():
            target = xobjects.get("/" + name.decode("latin-1"))
            if not isinstance(target, pikepdf.Stream) or target.get("/Subtype") != pikepdf.Name.Form:
                continue
            key = target.objgen
            if key in above:
                raise BrokenFile("biểu mẫu tự gọi chính nó")
            if key not in self._runs:
                inner = target.get("/Resources", resources)
                self._runs[key] = self._count(_bounded(target), inner, (*above, key), depth + 1)
            total += times * self._runs[key]
            if total > _MAX_RUNS:
                raise TooLarge("biểu mẫu lặp quá nhiều")
        return total


def _bounded(stream: Any) -> bytes:
    """The decoded stream. Raises TooLarge (E106) before a bomb goes off."""
    filters = stream.get("/Filter")
    names = [str(f) for f in filters] if isinstance(filters, pikepdf.Array) else [str(filters)] if filters else []
    length = int(stream.get("/Length", 0))
    if length * _FLATE_RATIO ** sum(n in ("/FlateDecode", "/Fl") for n in names) <= _MAX_STREAM:
        return bytes(stream.read_bytes())
    data = bytes(stream.read_raw_bytes())
    for name in names:
        if name not in ("/FlateDecode", "/Fl"):
            break
        inflate = zlib.decompressobj()
        try:
            data = inflate.decompress(data, _MAX_STREAM + 1)
        except zlib.error:
            return b""
        if len(data) > _MAX_STREAM:
            raise TooLarge("nội dung trang")
    return data
