"""Bốn công đoạn (TT 01/2023 Điều 7): capture, extract, assign_code, store. Plain functions, no Prefect.

Each may be cut off at any instant and done again: originals are content-addressed and read back before they
count, the manifest is a package's last file, the catalogue row comes after the manifest, and the ledger's word
for the file after the row. What the row lacks is filled from the package, never read again.
"""

from __future__ import annotations

import logging
import tempfile
import time
from pathlib import Path

from extractors.copy.pdfa import write_copy
from extractors.intake.files import FileStamp, check_unchanged, hash_file
from extractors.intake.limits import Limits
from extractors.intake.sniff import OFFICE_TYPES, MediaType, identify
from extractors.pdf.document import open_pages
from extractors.reading import read_document
from extractors.understand import understand
from runtime.codes import assign_code
from runtime.declaring import doubt_secrecy, note_statement, said_not_secret, statement_rows
from runtime.keeping import keep_original, keep_package, keep_quarantined
from runtime.open import Workshop
from runtime.outcomes import Captured, Item, Outcome, Trouble
from schemas.errors import DocumentError, NothingReadable, SecretPaper
from schemas.extraction import REQUIRED_FIELDS, Extraction
from schemas.reading import Reading
from schemas.record import Process, Quarantine, Record, Source, Status, Version
from schemas.secrecy import NOT_SECRET
from storage.keys import record_id_of

log = logging.getLogger(__name__)


def limits_of(workshop: Workshop) -> Limits:
    """How much of one file this machine is willing to open."""
    return Limits(max_pages=workshop.settings.max_pages, max_pixels=workshop.settings.max_pixels)


def capture(item: Item, workshop: Workshop) -> FileStamp:
    """*Sao chụp*: the file's bytes into the store, read back and compared, before anything opens them.

    Raises UnreadableFile (E109), FileChanged (E110), StoreUnreachable (E202), DiskFull (E203), StoreCorrupt (E207).
    """
    stamp = hash_file(item.path)
    keep_original(workshop.store, item.path, stamp.sha256)
    check_unchanged(item.path, stamp)
    return stamp


def look_at(path: Path, workshop: Workshop) -> tuple[MediaType, int]:
    """The kind of the file by its bytes, and its pages (1 for office and text files, which have none yet).

    Raises DocumentError for a paper that cannot be digitized.
    """
    limits = limits_of(workshop)
    kind = identify(path, limits=limits)
    if kind in OFFICE_TYPES or kind is MediaType.ZIP:
        return kind, 1
    with open_pages(path, kind, limits=limits) as pages:
        return kind, pages.page_count


def extract(captured: Captured, workshop: Workshop) -> tuple[Reading, Extraction]:
    """*Bóc tách*: the words on the pages and what they mean.

    Raises DocumentError, among them NothingReadable (E112) when no page has a word and SecretPaper (E111) when
    one bears a secrecy stamp and nobody with authority said it is not secret; ToolMissing (E201).
    """
    reading = read_document(
        captured.item.path,
        captured.media_type,
        engine=workshop.engine,
        reader=workshop.line_reader,
        limits=limits_of(workshop),
        threads=workshop.settings.worker_count,
    )
    if not any(page.state == "text" and page.lines for page in reading.pages):
        raise NothingReadable
    extraction = understand(reading)
    stamped = bool(extraction.fields.secrecy.value)
    if (stamped or _seen_before(captured, workshop)) and said_not_secret(captured, workshop):
        return reading, doubt_secrecy(extraction)
    if stamped:
        raise SecretPaper
    return reading, extraction


def _seen_before(captured: Captured, workshop: Workshop) -> bool:
    """Whether there is a package in which people may have said something, or something is said now."""
    if captured.item.statement is not None:
        return True
    return workshop.catalogue.records.of_source(captured.sha256) is not None


def make_record(captured: Captured, reading: Reading, extraction: Extraction, *, seconds: float) -> Record:
    """The record of a paper that was read, its code assigned (*cấp mã*); its objects are not stored yet."""
    codes = assign_code(extraction, result_type_code=None)
    unsure = tuple(name for name in REQUIRED_FIELDS if extraction.fields.get(name).needs_review)
    if NOT_SECRET in extraction.fields.secrecy.reasons:
        unsure += ("secrecy",)
    reasons = (*(f"unsure:{name}" for name in unsure), *extraction.issues)
    unreadable = [page.number for page in reading.pages if page.state == "unreadable"]
    reasons += tuple(f"unreadable_page:{number}" for number in unreadable)
    joined = any(issue.startswith("another_paper:") for issue in extraction.issues)
    status: Status = "needs_review" if unsure or unreadable or joined else "accepted"
    return Record(
        record_id=record_id_of(captured.sha256),
        status=status,
        kind=extraction.kind,
        source=_source(captured, page_count=len(reading.pages)),
        text_origin=reading.text_origin,
        fields=extraction.fields,
        classification=extraction.classification,
        citations=extraction.citations,
        plan=extraction.plan,
        review_reasons=reasons,
        codes=codes,
        signatures=reading.signatures,
        extras=extraction.extras,
        process=Process(
            engine=reading.engine,
            versions=tuple(Version(name=name, version=version) for name, version in reading.versions),
            rule_version=extraction.rule_version,
            seconds=round(seconds, 3),
        ),
    )


def store(record: Record, captured: Captured, reading: Reading, workshop: Workshop) -> Record:
    """*Lưu*: the PDF/A copy, the text and the layout into the package, its manifest last, then the catalogue.

    Raises OutputInvalid (E115) when the copy does not pass validation; MachineError of store and catalogue.
    """
    workshop.settings.spool_folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=workshop.settings.spool_folder, prefix="copy-") as folder:
        copy = Path(folder) / "copy.pdf"
        write_copy(captured.item.path, captured.media_type, reading, copy, limits=limits_of(workshop))
        said = statement_rows(captured, workshop)
        kept = keep_package(workshop.store, record, reading=reading, copy=copy, said=said)
    workshop.catalogue.records.save(kept)
    note_statement(captured.item, kept, workshop)
    return kept


def set_aside(captured: Captured, error: Trouble, workshop: Workshop, *, seconds: float = 0.0) -> Record:
    """The record of a paper in quarantine: its original, the code, the sentence and the way to retry; no text.

    A secret paper's original leaves the ordinary place for the quarantine.
    """
    record = Record(
        record_id=record_id_of(captured.sha256),
        status="quarantined",
        source=_source(captured, page_count=captured.page_count),
        quarantine=Quarantine(code=error.code, message=error.message, retry=error.retry),
        review_reasons=(error.code,),
        process=Process(engine="none", rule_version="none", seconds=round(seconds, 3)),
    )
    said = statement_rows(captured, workshop)
    kept = keep_quarantined(workshop.store, record, secret=error.code == SecretPaper.code, said=said)
    workshop.catalogue.records.save(kept)
    note_statement(captured.item, kept, workshop)
    return kept


def digitize(captured: Captured, workshop: Workshop) -> Outcome:
    """Stages two to four for one captured paper, and its one outcome.

    DocumentError ends in quarantine; MachineError goes through: the run must stop.
    """
    begun = time.monotonic()
    try:
        check_unchanged(captured.item.path, FileStamp(captured.sha256, captured.size, captured.mtime_ns))
        reading, extraction = extract(captured, workshop)
        record = make_record(captured, reading, extraction, seconds=time.monotonic() - begun)
        record = store(record, captured, reading, workshop)
    except DocumentError as exc:
        log.info("quarantined: %s", exc.code)
        record = set_aside(captured, Trouble.of(exc), workshop, seconds=time.monotonic() - begun)
    return outcome_of(record, captured.item, seconds=time.monotonic() - begun)


def outcome_of(record: Record, item: Item, *, seconds: float = 0.0, known: bool = False) -> Outcome:
    """The outcome an item has because of its record."""
    quarantined = record.quarantine
    return Outcome(
        item,
        "quarantined" if quarantined else "needs_review" if record.status == "needs_review" else "accepted",
        record_id=record.record_id,
        sha256=record.source.sha256,
        pages=record.source.page_count,
        seconds=seconds,
        known=known,
        trouble=Trouble(quarantined.code, quarantined.message, quarantined.retry) if quarantined else None,
    )


def _source(captured: Captured, *, page_count: int) -> Source:
    return Source(
        name=captured.item.name,
        sha256=captured.sha256,
        size=captured.size,
        media_type=captured.media_type,
        page_count=page_count,
    )
