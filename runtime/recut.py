"""Tách, ghép, xoay: pages of badly separated scans become new documents; the originals stay as they are.

A new document is made of the pages of the originals without drawing them anew (PDF pages are copied, pictures wrapped),
then it goes the ordinary way: captured, read, given a record of its own. The old record becomes a tombstone that
names what came of it.
"""

from __future__ import annotations

import io
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path

import img2pdf
import pikepdf
from PIL import Image, ImageSequence

from extractors.intake.files import hash_file
from review.roles import Viewer
from runtime.desk import ReviewDesk
from runtime.desk_keeping import keep_work, load_work
from runtime.keeping import keep_original
from runtime.settings import child_environment
from schemas.base import Frozen
from schemas.errors import PagesRefused, Recut
from schemas.history import Deed
from schemas.record import Quarantine, Record
from storage.keys import record_id_of

log = logging.getLogger(__name__)
BATCH = "tách ghép trang"
_PICTURES = ("image/jpeg", "image/png", "image/tiff")
_MOST_PAGES = 2000


class Cut(Frozen):
    """One page of a new document: page ``page`` (from 1) of a record, turned clockwise by ``turn`` degrees."""

    record_id: str
    page: int
    turn: int = 0


def recut(
    desk: ReviewDesk, viewer: Viewer, tokens: dict[str, str], parts: Sequence[Sequence[Cut]], *, reason: str
) -> tuple[str, ...]:
    """New documents of these pages; ids of the records they will become. ``tokens``: leases of the old records.

    Every page of every old record must be used exactly once. The new files are read by a run of their own, in the
    background. Raises NotAllowed (E305), LeaseLost (E306), PagesRefused (E311).
    """
    viewer.need("pages")
    records: dict[str, Record] = {}
    for record_id, token in tokens.items():
        desk.renew(viewer, record_id, token)
        records[record_id] = desk.within(viewer, record_id)
    _check(records, parts)
    spool = desk.workshop.settings.spool_folder
    spool.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=spool, prefix="recut-"))
    originals = {record_id: _as_pdf(desk, record) for record_id, record in records.items()}
    made: list[str] = []
    for number, part in enumerate(parts, 1):
        first = records[part[0].record_id]
        path = folder / f"{Path(first.source.name).stem[:80]}-{number}.pdf"
        _write(path, part, originals)
        sha256 = hash_file(path).sha256
        keep_original(desk.workshop.store, path, sha256)  # safe before the old record is put out
        made.append(record_id_of(sha256))
    for record_id, record in records.items():
        _bury(desk, viewer, record, [m for m, part in zip(made, parts, strict=True)
                                     if any(cut.record_id == record_id for cut in part)], reason)  # fmt: skip
    for new in made:
        deeds = [Deed(actor=viewer.login, action="made_from", note=", ".join(records), record_id=new)]
        desk.workshop.catalogue.history.append("cut", deeds)
    threading.Thread(target=_digitize, args=(desk, folder), name="recut", daemon=True).start()
    return tuple(made)


def _check(records: dict[str, Record], parts: Sequence[Sequence[Cut]]) -> None:
    wanted = sorted((record.record_id, page) for record in records.values()
                    for page in range(1, record.source.page_count + 1))  # fmt: skip
    given = sorted((cut.record_id, cut.page) for part in parts for cut in part)
    turned = all(cut.turn % 90 == 0 for part in parts for cut in part)
    if not parts or not all(parts) or given != wanted or len(given) > _MOST_PAGES or not turned:
        raise PagesRefused
    order = [cut.page for cut in parts[0]]
    if len(parts) == len(records) == 1 and order == sorted(order) and not any(cut.turn % 360 for cut in parts[0]):
        raise PagesRefused("không có gì thay đổi")
    for record in records.values():
        if record.source.media_type not in ("application/pdf", *_PICTURES) or record.objects.original is None:
            raise PagesRefused("chỉ tách, ghép được tệp PDF và ảnh")


def _as_pdf(desk: ReviewDesk, record: Record) -> pikepdf.Pdf:
    """The original as pages that can be copied; pictures are wrapped, never decoded and compressed again."""
    assert record.objects.original is not None
    body = desk.workshop.store.get(record.objects.original)
    if record.source.media_type == "application/pdf":
        try:
            return pikepdf.open(io.BytesIO(body))
        except pikepdf.PdfError as exc:
            raise PagesRefused from exc
    if record.source.media_type == "image/tiff":
        body = _frames(body)
    try:
        return pikepdf.open(io.BytesIO(img2pdf.convert(body, rotation=img2pdf.Rotation.ifvalid)))
    except (img2pdf.ImageOpenError, img2pdf.PdfTooLargeError, ValueError) as exc:
        raise PagesRefused from exc


def _frames(body: bytes) -> bytes:
    """A TIFF whose frames img2pdf takes: without alpha."""
    with Image.open(io.BytesIO(body)) as picture:
        frames = [frame.copy().convert("RGB" if frame.mode not in ("1", "L") else frame.mode)
                  for frame in ImageSequence.Iterator(picture)]  # fmt: skip
        dpi = picture.info.get("dpi", (300, 300))
    out = io.BytesIO()
    frames[0].save(out, "TIFF", save_all=True, append_images=frames[1:], compression="tiff_lzw", dpi=dpi)
    return out.getvalue()


def _write(path: Path, part: Sequence[Cut], originals: dict[str, pikepdf.Pdf]) -> None:
    new = pikepdf.new()
    for cut in part:
        pages = originals[cut.record_id].pages
        if cut.page > len(pages):
            raise PagesRefused
        new.pages.append(pages[cut.page - 1])
        if cut.turn % 360:
            new.pages[-1].rotate(cut.turn % 360, relative=True)
    new.save(path, deterministic_id=True)


def _bury(desk: ReviewDesk, viewer: Viewer, record: Record, made: Sequence[str], reason: str) -> None:
    quarantine = Quarantine(code=Recut.code, message=Recut.hint, retry=Recut.retry)
    record = record.model_copy(update={"status": "quarantined", "quarantine": quarantine})
    work = load_work(desk.workshop, record, desk.rules)
    note = f"{reason[:200]} → {', '.join(made)}"
    keep_work(desk.workshop, record, work, [Deed(actor=viewer.login, action="recut", note=note)], desk.rules)


def _digitize(desk: ReviewDesk, folder: Path) -> None:
    """The ordinary run over the new files, in a process of its own: a bad page must not hurt the web server."""
    command = [sys.executable, "-m", "flows.cli", "run", str(folder), "--batch", BATCH]
    env = child_environment(desk.workshop.settings)
    done = subprocess.run(command, check=False, capture_output=True, env=env, cwd=os.getcwd())
    if done.returncode in (0, 1):
        shutil.rmtree(folder, ignore_errors=True)
    else:
        log.error("pages cut anew were not read (exit %s); they lie in the spool folder", done.returncode)
