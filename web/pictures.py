"""Ảnh trang giấy: a page of the archived copy as PNG, identity numbers covered, kept in a cache folder."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import threading
from pathlib import Path
from typing import Final

import pypdfium2 as pdfium
from PIL import Image, ImageDraw

from schemas.errors import BrokenFile, ObjectNotFound
from schemas.geometry import Box
from schemas.record import Record
from web.covers import identity_boxes
from web.shelf import Shelf

WIDTHS: Final = (180, 1000, 1800)  # pixels: thumbnail, ordinary, zoomed in
_MAX_HEIGHT = 6000  # pixels; a page longer than that is drawn narrower
_CACHE_BYTES = 512 * 1024**2
_COVER = (88, 96, 105)
_MARGIN = 0.002  # of the page, around a covered word


class Pictures:
    """Renders with pypdfium2, one page at a time (the library is not for threads), and remembers what it drew.

    Only covered pictures are kept on disk; a revealed one is drawn for the asking and forgotten.
    """

    def __init__(self, shelf: Shelf, folder: Path) -> None:
        self._shelf = shelf
        self._folder = folder
        self._lock = threading.Lock()
        self._document: tuple[str, bytes] | None = None

    def page(self, record: Record, number: int, *, width: int, reveal: bool) -> bytes:
        """PNG of page ``number`` (from 1), upright, ``width`` pixels wide.

        Raises ObjectNotFound (E303) for a page or copy that is not there, BrokenFile (E104) for a bad copy.
        """
        key = record.objects.pdfa
        if key is None or not 1 <= number <= record.source.page_count or width not in WIDTHS:
            raise ObjectNotFound
        known = record.fields.owner_id.value
        secret_value = known if isinstance(known, str) else ""
        name = hashlib.sha256(f"{key}\0{number}\0{width}\0{secret_value}".encode()).hexdigest()[:40]
        kept = self._folder / name[:2] / f"{name}.png"
        if not reveal:
            with contextlib.suppress(FileNotFoundError):
                return kept.read_bytes()
        reading = None if reveal else self._shelf.reading_of(record)
        covers = identity_boxes(reading.pages[number - 1], secret_value or None) if reading else ()
        with self._lock:
            png = self._draw(key, number, width, covers)
        if not reveal:
            self._keep(kept, png)
        return png

    def crop(self, record: Record, number: int, box: Box, *, reveal: bool) -> bytes:
        """PNG of a part of page ``number`` (from 1), large enough to read by eye; identity numbers covered.

        Raises ObjectNotFound (E303), BrokenFile (E104).
        """
        picture = Image.open(io.BytesIO(self.page(record, number, width=WIDTHS[2], reveal=reveal)))
        left, top = round(box.x0 * picture.width), round(box.y0 * picture.height)
        right, bottom = round(box.x1 * picture.width), round(box.y1 * picture.height)
        if right - left < 4 or bottom - top < 4:
            raise ObjectNotFound
        out = io.BytesIO()
        picture.crop((left, top, right, bottom)).save(out, "PNG", compress_level=3)
        return out.getvalue()

    def _draw(self, key: str, number: int, width: int, covers: tuple[Box, ...]) -> bytes:
        if self._document is None or self._document[0] != key:
            self._document = (key, self._shelf.object(key))
        try:
            document = pdfium.PdfDocument(self._document[1])
        except pdfium.PdfiumError as exc:
            raise BrokenFile("bản PDF/A") from exc
        try:
            if number > len(document):
                raise ObjectNotFound
            page = document[number - 1]
            wide, high = page.get_size()
            scale = min(width / wide, _MAX_HEIGHT / high)
            image = page.render(scale=scale).to_pil().convert("RGB")
        finally:
            document.close()
        pen = ImageDraw.Draw(image)
        for box in covers:
            left, top = (box.x0 - _MARGIN) * image.width, (box.y0 - _MARGIN) * image.height
            pen.rectangle((left, top, (box.x1 + _MARGIN) * image.width, (box.y1 + _MARGIN) * image.height), fill=_COVER)
        out = io.BytesIO()
        image.save(out, "PNG", compress_level=3)
        return out.getvalue()

    def _keep(self, path: Path, png: bytes) -> None:
        """Write beside and rename; a full disk costs the cache, not the page."""
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}.part")
            part.write_bytes(png)
            part.replace(path)
            if path.stat().st_ino % 64 == 0:
                self._sweep()

    def _sweep(self) -> None:
        """Forget the oldest pictures when the cache has grown past its share."""
        files = sorted(((p.stat().st_mtime, p.stat().st_size, p) for p in self._folder.glob("*/*.png")), reverse=True)
        total = 0
        for _, size, path in files:
            total += size
            if total > _CACHE_BYTES:
                path.unlink(missing_ok=True)
