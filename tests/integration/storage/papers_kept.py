"""An invented paper and its package."""

from __future__ import annotations

import hashlib
import uuid
from datetime import UTC, datetime

from schemas.extraction import Fields, FieldValue
from schemas.record import Objects, Process, Record, Source, Version
from storage.keys import original_key, record_id_of
from storage.package import Event, Manifest, make_event, write_package
from storage.store import RemovableStore

TOOLS = (Version(name="tesseract", version="5.3.0"),)


def make_record(original: bytes, *, seconds: float = 1.0, number: str = "12/QĐ-UBND") -> Record:
    sha256 = hashlib.sha256(original).hexdigest()
    return Record(
        record_id=record_id_of(sha256),
        status="accepted",
        source=Source(name="giấy.pdf", sha256=sha256, size=len(original), media_type="application/pdf", page_count=1),
        text_origin="ocr",
        fields=Fields(
            doc_number=FieldValue(value=number, raw_text=number, page=1, bbox=(0.1, 0.2, 0.3, 0.4), score=0.98),
            recipients=FieldValue(value=("Như Điều 3", "Lưu: VT")),
            is_perpetual=FieldValue(value=True),
        ),
        objects=Objects(original=original_key(sha256)),
        process=Process(engine="tesseract", versions=TOOLS, rule_version="1", seconds=seconds),
    )


def make_events() -> tuple[Event, ...]:
    now = datetime.now(UTC)
    return (make_event("capture", at=now), make_event("extract", at=now, tools=TOOLS), make_event("store", at=now))


def keep(
    store: RemovableStore, *, text: str, seconds: float = 1.0, number: str = "12/QĐ-UBND"
) -> tuple[Record, Manifest]:
    """Store an original made of the first word of ``text``, and its package: five writes, the manifest's included."""
    original = text.split()[0].encode()
    record = make_record(original, seconds=seconds, number=number)
    store.put(original_key(record.source.sha256), original, media_type="application/pdf")
    return write_package(
        store, record, text=text, layout=b"layout of " + text.encode(), copy_pdf=None, events=make_events()
    )


def new_word() -> str:
    """A word nobody used: an original, and so a record, of its own."""
    return uuid.uuid4().hex
