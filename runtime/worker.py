"""What a worker process does with one item. Its tools are opened once, when the process starts."""

from __future__ import annotations

import contextlib
import ctypes
import os
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import cv2

from extractors.intake.archives import unpack_zip
from extractors.intake.files import FileStamp
from extractors.intake.sniff import MediaType
from runtime.declaring import note_statement
from runtime.keeping import clear_secret_place, find_package
from runtime.logs import log_context, open_log
from runtime.open import Workshop, open_workshop
from runtime.outcomes import RETRIED_CODES, Captured, Item, Outcome, Trouble, Unpacked
from runtime.settings import Settings
from runtime.stages import capture, digitize, limits_of, look_at, outcome_of, set_aside
from schemas.errors import DocumentError, EmptyFile, SecretPaper, UnsupportedFormat, WrongContent
from schemas.record import Record
from storage.holders import holder_of
from storage.keys import record_id_of
from storage.ledger import Claim

UNKNOWN_TYPE = "application/octet-stream"
_OF_THE_NAME = (WrongContent.code, UnsupportedFormat.code)
_OTHER_RUN_PATIENCE = 240.0  # seconds; after that the work is done twice, to the same result
_open = contextlib.ExitStack()
_workshop: Workshop | None = None


def prepare_worker(settings: Settings) -> None:
    """Open this process's own store, catalogue and log."""
    global _workshop
    cv2.setNumThreads(1)  # workers share the cores among them: threads of one would wait for those of another
    open_log(settings, name="workers")
    _workshop = _open.enter_context(open_workshop(settings))


def _tools() -> Workshop:
    if _workshop is None:
        raise RuntimeError("prepare_worker comes first")
    return _workshop


def capture_item(item: Item, batch_id: str) -> Captured | Unpacked | Outcome:
    """*Sao chụp* one item. An outcome comes at once when nothing is left to do or nothing can be done."""
    workshop = _tools()
    begun = time.monotonic()
    if item.trouble is not None:
        return _without_bytes(item, item.trouble, batch_id, workshop)
    if item.archive is None and _is_archive(item.path, workshop):
        return _unpack(item, batch_id, workshop)
    try:
        stamp = capture(item, workshop)
    except DocumentError as exc:
        return _without_bytes(item, Trouble.of(exc), batch_id, workshop)
    with log_context(record_id=record_id_of(stamp.sha256)):
        outcome = _known(item, stamp, batch_id, workshop)
        if outcome is not None:
            return outcome
        trouble: DocumentError | None = None
        kind, pages = UNKNOWN_TYPE, 0
        try:
            kind, pages = look_at(item.path, workshop)
        except DocumentError as exc:
            trouble = exc
        captured = Captured(item, stamp.sha256, stamp.size, stamp.mtime_ns, str(kind), pages)
        if trouble is None:
            return captured
        before = _trouble_before(stamp.sha256, workshop)
        record = set_aside(captured, Trouble.of(trouble), workshop, seconds=time.monotonic() - begun)
        known = before == trouble.code
        return _finish(outcome_of(record, item, seconds=time.monotonic() - begun, known=known), batch_id, workshop)


def digitize_item(captured: Captured, batch_id: str) -> Outcome:
    """Stages two to four of one captured paper, its outcome written in the ledger."""
    workshop = _tools()
    with log_context(record_id=record_id_of(captured.sha256)):
        before = _trouble_before(captured.sha256, workshop)
        outcome = digitize(captured, workshop)
        _give_back_memory()
        if outcome.trouble is not None and outcome.trouble.code == before:
            outcome = replace(outcome, known=True)  # tried again, to the same end
        return _finish(outcome, batch_id, workshop)


def _give_back_memory() -> None:
    """Pages' pictures leave holes that malloc keeps: without this a worker grows by a tenth over its first papers."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc has it
    if trim is not None:
        trim(0)


def quarantine_item(item: Item, captured: Captured | None, trouble: Trouble, batch_id: str) -> Outcome:
    """The outcome of a paper whose reader died or hung: its bytes are kept, and it is not opened again."""
    workshop = _tools()
    if captured is None:
        try:
            stamp = capture(item, workshop)
        except DocumentError as exc:
            return _without_bytes(item, Trouble.of(exc), batch_id, workshop)
        known = _known(item, stamp, batch_id, workshop)
        if known is not None:  # these bytes became a record already: a second look that failed does not undo it
            return known
        captured = Captured(item, stamp.sha256, stamp.size, stamp.mtime_ns, UNKNOWN_TYPE, 0)
    with log_context(record_id=record_id_of(captured.sha256)):
        return _finish(outcome_of(set_aside(captured, trouble, workshop), item), batch_id, workshop)


def _trouble_before(sha256: str, workshop: Workshop) -> str | None:
    """The code for which these bytes already are in quarantine."""
    record = workshop.catalogue.records.of_source(sha256)
    return record.quarantine.code if record and record.quarantine else None


def _known(item: Item, stamp: FileStamp, batch_id: str, workshop: Workshop) -> Outcome | None:
    """The outcome of bytes that are, or are just becoming, a record; None when there is work to do.

    A package whose row was lost with the power is put back in the catalogue. A paper in quarantine is tried
    again when its trouble may have passed (all but secret ones with ``SOHOA_RETRY_QUARANTINED``; a secret one when
    somebody with authority says that it is none). The same bytes from another place are a duplicate.
    """
    before = workshop.catalogue.ledger.outcome_of(item.origin)
    claim = _claim(item, stamp, batch_id, workshop)
    record = workshop.catalogue.records.of_source(stamp.sha256)
    if record is None or record.quarantine is not None:  # the package may be further than the row: cut off in between
        record = _adopt_package(stamp.sha256, workshop) or record
    if item.statement is not None and record is not None:
        clear_secret_place(workshop.store, record)  # what a run that was killed left
        note_statement(item, record, workshop)
    if claim.kind == "twin" and (item.statement is not None or _suffix(claim.origin) != _suffix(item.name)):
        claim, record = _in_its_place(claim, record, item, stamp, batch_id, workshop)
    if claim.kind == "twin":
        pages = record.source.page_count if record else 0
        known = before == "duplicate"
        twin = Outcome(item, "duplicate", record_id_of(stamp.sha256), stamp.sha256, pages, known=known)
        return _finish(twin, batch_id, workshop)
    if record is None or (record.quarantine is not None and _try_again(record, item, workshop)):
        return None
    return _finish(outcome_of(record, item, known=True), batch_id, workshop)


def _in_its_place(
    claim: Claim, record: Record | None, item: Item, stamp: FileStamp, batch_id: str, workshop: Workshop
) -> tuple[Claim, Record | None]:
    """The claim of a twin with another suffix: the owner's may be what it is set aside for, and this one the right one.
    So may a twin of which somebody says that it is not secret, as its owner was taken for.

    An owner that is just being looked at is waited for.
    """
    patience = time.monotonic() + min(_OTHER_RUN_PATIENCE, workshop.settings.timeout_for(0) / 2)
    while record is None and time.monotonic() < patience:
        time.sleep(0.2)
        record = workshop.catalogue.records.of_source(stamp.sha256)
    code = record.quarantine.code if record is not None and record.quarantine is not None else ""
    renamed = code in _OF_THE_NAME and _suffix(claim.origin) != _suffix(item.name)
    if renamed or (code == SecretPaper.code and item.statement is not None):
        claim = _claim(item, stamp, batch_id, workshop, instead_of=claim.origin)
    return claim, record


def _claim(item: Item, stamp: FileStamp, batch_id: str, workshop: Workshop, *, instead_of: str | None = None) -> Claim:
    """The right to make the record of these bytes. Another run that is just at the same file is waited for.

    The run is named by the process that all its workers come from: it lives as long as the run does.
    """
    holder = holder_of(os.getppid())
    # Well below the time this task may take: else its worker would be ended, and the paper blamed.
    patience = time.monotonic() + min(_OTHER_RUN_PATIENCE, workshop.settings.timeout_for(0) / 2)
    while True:
        claim = workshop.catalogue.ledger.claim(
            stamp.sha256, item.origin,
            batch=batch_id, holder=holder, size=stamp.size, mtime_ns=stamp.mtime_ns, instead_of=instead_of,
        )  # fmt: skip
        if claim.kind != "busy" or time.monotonic() > patience:
            return claim
        time.sleep(1)


def _adopt_package(sha256: str, workshop: Workshop) -> Record | None:
    """The record of a package that was finished when its catalogue row was lost, put back in its place."""
    record = find_package(workshop.store, record_id_of(sha256))
    if record is not None:
        workshop.catalogue.records.save(record)
    return record


def _try_again(record: Record, item: Item, workshop: Workshop) -> bool:
    """Whether its trouble may have passed: by itself, or because the file got another suffix, as we asked for."""
    code = record.quarantine.code if record.quarantine else ""
    if code == SecretPaper.code:
        return item.statement is not None
    if workshop.settings.retry_quarantined:
        return True
    return code in RETRIED_CODES or (code in _OF_THE_NAME and _suffix(item.name) != _suffix(record.source.name))


def _suffix(name: str) -> str:
    return Path(name).suffix.lower()


def _without_bytes(item: Item, trouble: Trouble, batch_id: str, workshop: Workshop) -> Outcome:
    """What cannot even be read has no record, only its line in the ledger."""
    known = workshop.catalogue.ledger.outcome_of(item.origin) == "quarantined"
    return _finish(Outcome(item, "quarantined", trouble=trouble, known=known), batch_id, workshop)


def _finish(outcome: Outcome, batch_id: str, workshop: Workshop) -> Outcome:
    workshop.catalogue.ledger.finish(
        outcome.item.origin,
        batch=batch_id,
        outcome=outcome.status,
        sha256=outcome.sha256,
        record_id=outcome.record_id,
        error_code=outcome.trouble.code if outcome.trouble else None,
        message=outcome.trouble.message if outcome.trouble else None,
        known=outcome.known,
    )
    return outcome


def _is_archive(path: Path, workshop: Workshop) -> bool:
    """Cheap look: only what begins like a ZIP is asked whether it is one (a DOCX is not)."""
    try:
        with path.open("rb") as stream:
            if stream.read(2) != b"PK":
                return False
        return look_at(path, workshop)[0] is MediaType.ZIP
    except (OSError, DocumentError):
        return False  # the ordinary way says what is wrong, and keeps the bytes


def _unpack(item: Item, batch_id: str, workshop: Workshop) -> Unpacked | Outcome:
    spool = workshop.settings.spool_folder
    spool.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=spool, prefix=f"zip-{os.getppid()}-"))
    try:
        members = unpack_zip(item.path, folder, limits=limits_of(workshop))
        if not members:
            raise EmptyFile("ZIP không có tệp nào để số hóa")  # folders, system files
    except DocumentError as exc:
        with contextlib.suppress(OSError):
            folder.rmdir()
        return quarantine_item(item, None, Trouble.of(exc), batch_id)
    return Unpacked(
        tuple(
            Item(
                path=member.path,
                origin=f"{item.origin}!{member.name}",
                name=f"{item.name}!{member.name}",
                archive=item.origin,
            )
            for member in members
        )
    )
