"""Invented papers for the review desk: packages with a drawn page, made without a reader, in milliseconds."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw

from runtime.keeping import keep_package
from runtime.login import Accounts
from runtime.open import Workshop
from samplemaker.fonts import pil_font
from schemas.extraction import REQUIRED_FIELDS, Classification, ClassValue, Fields, FieldValue
from schemas.geometry import Box
from schemas.reading import Line, PageReading, Reading, Word
from schemas.record import Objects, Process, Record, Source, Version
from schemas.scope import EVERYTHING, Scope
from storage.keys import original_key, record_id_of

PASSWORD = "đồng lúa chín vàng"
PLACES = {
    "doc_number": (0.1, 0.1, 0.4, 0.13),
    "issued_date": (0.5, 0.1, 0.9, 0.13),
    "issuing_agency_name": (0.1, 0.05, 0.45, 0.08),
    "doc_type": (0.3, 0.16, 0.7, 0.19),
    "summary": (0.2, 0.2, 0.8, 0.25),
    "owner_name": (0.1, 0.3, 0.6, 0.33),
    "owner_id": (0.1, 0.35, 0.6, 0.38),
}


@dataclass(frozen=True, slots=True)
class Told:
    """What the paper says, and what the machine is unsure of."""

    number: str = "12/QĐ-UBND"
    date: str = "2024-02-05"
    agency: str = "Ủy ban nhân dân xã Cam Lộ"
    summary: str = "Về việc cấp giấy phép xây dựng"
    owner: str | None = None
    owner_id: str | None = None
    field: str = "Hoạt động xây dựng"
    unsure: tuple[str, ...] = ("doc_number",)


def _picture(folder: Path, told: Told, seed: str, drawn: str) -> Path:
    scale = 3 if drawn else 1
    page = Image.new("L", (600 * scale, 850 * scale), 255)
    pen = ImageDraw.Draw(page)
    if drawn:
        x, y, *_ = PLACES["summary"]
        pen.text((x * page.width, y * page.height), drawn, fill=0, font=pil_font("serif", 60))
    for name, text in (("doc_number", told.number), ("issued_date", told.date), ("owner_id", told.owner_id or "")):
        x, y, *_ = PLACES[name]
        pen.text((x * 600, y * 850), text.encode("ascii", "replace").decode(), fill=0)
    pen.text((20, 820), seed, fill=128)
    path = folder / "copy.pdf"
    page.save(path, "PDF", resolution=72 * scale)
    return path


def _line(text: str, name: str) -> Line:
    return Line((Word(text, Box(*PLACES[name]), 0.9, "ocr"),))


def make_paper(
    workshop: Workshop, folder: Path, name: str, told: Told = Told(), *, batch: str | None = "mẻ một", drawn: str = ""
) -> Record:
    """A record of one page in store, catalogue and ledger; ``accepted`` when the machine is sure of all.

    ``drawn``: words a reader can read, where the trích yếu stands; the others are too small for that.
    """
    told = told or Told()
    body = f"%PDF-1.4 {name}".encode()
    sha = hashlib.sha256(body).hexdigest()
    values = {
        "doc_type": "quyet_dinh", "doc_number": told.number, "issued_date": told.date,
        "issuing_agency_name": told.agency, "summary": told.summary, "owner_name": told.owner,
        "owner_id": told.owner_id,
    }  # fmt: skip
    fields = {
        key: FieldValue(
            value=value, raw_text=value, page=1, bbox=PLACES[key], score=0.6 if key in told.unsure else 0.98,
            origin="ocr", needs_review=key in told.unsure, reasons=("readers_differ",) if key in told.unsure else (),
        )
        for key, value in values.items()
        if value is not None
    }  # fmt: skip
    lines = tuple(_line(str(value), key) for key, value in values.items() if value is not None)
    reading = Reading((PageReading(1, 595.0, 842.0, lines, "ocr"),), "tesseract")
    unsure = [key for key in REQUIRED_FIELDS if key in told.unsure]
    record = Record(
        record_id=record_id_of(sha),
        status="needs_review" if unsure else "accepted",
        source=Source(name=f"{name}.pdf", sha256=sha, size=len(body), media_type="application/pdf", page_count=1),
        text_origin="ocr",
        fields=Fields(**fields),
        classification=Classification(field_name=ClassValue(value=told.field, score=0.9, needs_review=False)),
        objects=Objects(original=original_key(sha)),
        review_reasons=tuple(f"unsure:{key}" for key in unsure),
        process=Process(
            engine="tesseract", versions=(Version(name="tesseract", version="5"),), rule_version="1", seconds=1.0
        ),
    )
    workshop.store.put(original_key(sha), body, media_type="application/pdf", expect=sha)
    kept = keep_package(workshop.store, record, reading=reading, copy=_picture(folder, told, name, drawn))
    workshop.catalogue.records.save(kept)
    if batch is not None:
        origin = str(folder / f"{name}.pdf")
        workshop.catalogue.ledger.claim(sha, origin, batch=batch, holder="thử")
        workshop.catalogue.ledger.finish(
            origin, batch=batch, outcome="needs_review" if unsure else "accepted", sha256=sha,
            record_id=kept.record_id, error_code=None, message=None, known=False,
        )  # fmt: skip
    return kept


def add_people(accounts: Accounts, *people: tuple[str, str], scope: Scope = EVERYTHING) -> None:
    """(login, role): accounts with one password; the first one made must be an administrator."""
    for login, role in people:
        accounts.add(
            login, name=login.title(), role=role, password=PASSWORD, scope=scope, actor="thử", must_change=False
        )
