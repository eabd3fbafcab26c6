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
_FINE_PAGES = 3  # kept in memory for the crops of the papers that lie on desks just now, some 14 MB each


class Pictures:
    """Renders with pypdfium2, one page at a time (the library is not for threads), and remembers what it drew.

    Only covered pictures are kept on disk; a revealed one is drawn for the asking and forgotten.
    """

    def __init__(self, shelf: Shelf, folder: Path) -> None:
        self._shelf = shelf
        self._folder = folder
        self._lock = threading.Lock()
        self._document: tuple[str, bytes] | None = None
        self._fine: dict[str, Image.Image] = {}

    def page(self, record: Record, number: int, *, width: int, reveal: bool) -> bytes:
        """PNG of page ``number`` (from 1), upright, ``width`` pixels wide.

        Raises ObjectNotFound (E303) for a page or copy that is not there, BrokenFile (E104) for a bad copy.
        """
        if width not in WIDTHS:
            raise ObjectNotFound
        if reveal:
            with self._lock:
                return _png(self._drawn(record, number, width, reveal=True))
        name = self._name(record, number, width)
        kept = self._folder / name[:2] / f"{name}.png"
        with contextlib.suppress(FileNotFoundError):
            return kept.read_bytes()
        with self._lock:
            png = _png(self._drawn(record, number, width, reveal=False))
        self._keep(kept, png)
        return png

    def crop(self, record: Record, number: int, box: Box, *, reveal: bool) -> bytes:
        """PNG of a part of page ``number`` (from 1), large enough to read by eye; identity numbers covered.

        Raises ObjectNotFound (E303), BrokenFile (E104).
        """
        with self._lock:  # all crops of a paper are cut from one drawing
            name = "" if reveal else self._name(record, number, WIDTHS[2])
            picture = self._fine.pop(name, None) or self._drawn(record, number, WIDTHS[2], reveal=reveal)
            if not reveal:
                self._fine[name] = picture
                while len(self._fine) > _FINE_PAGES:
                    del self._fine[next(iter(self._fine))]
        left, top = round(box.x0 * picture.width), round(box.y0 * picture.height)
        right, bottom = round(box.x1 * picture.width), round(box.y1 * picture.height)
        if right - left < 4 or bottom - top < 4:
            raise ObjectNotFound
        return _png(picture.crop((left, top, right, bottom)))

    def _name(self, record: Record, number: int, width: int) -> str:
        """What a covered picture is kept as; another number to be covered is another picture."""
        known = record.fields.owner_id.value
        covered = known if isinstance(known, str) else ""
        return hashlib.sha256(f"{record.objects.pdfa}\0{number}\0{width}\0{covered}".encode()).hexdigest()[:40]

    def _drawn(self, record: Record, number: int, width: int, *, reveal: bool) -> Image.Image:
        key = record.objects.pdfa
        if key is None or not 1 <= number <= record.source.page_count:
            raise ObjectNotFound
        known = record.fields.owner_id.value
        reading = None if reveal else self._shelf.reading_of(record)
        covers = identity_boxes(reading.pages[number - 1], known if isinstance(known, str) else None) if reading else ()
        return self._draw(key, number, width, covers)

    def _draw(self, key: str, number: int, width: int, covers: tuple[Box, ...]) -> Image.Image:
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
            image: Image.Image = page.render(scale=scale).to_pil().convert("RGB")
        finally:
            document.close()
        pen = ImageDraw.Draw(image)
        for box in covers:
            left, top = (box.x0 - _MARGIN) * image.width, (box.y0 - _MARGIN) * image.height
            pen.rectangle((left, top, (box.x1 + _MARGIN) * image.width, (box.y1 + _MARGIN) * image.height), fill=_COVER)
        return image

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


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=3)
    return out.getvalue()
