"""Việc khác với một hồ sơ: out of the catalogue with a reason, secret, opened again. Originals stay as they are."""

from __future__ import annotations

from typing import Literal

from review.keying import items_needed
from review.roles import Viewer
from review.work import apply_work
from runtime.desk import ReviewDesk
from runtime.desk_keeping import keep_work, load_work
from runtime.keeping import keep_quarantined
from schemas.errors import (
    DocumentError,
    InvalidValue,
    LeaseLost,
    NotAllowed,
    NotAResult,
    RemovedByPerson,
    SecretPaper,
)
from schemas.extraction import REQUIRED_FIELDS, Classification, Fields
from schemas.history import Deed
from schemas.record import Quarantine, Record

RemoveKind = Literal["not_a_result", "removed"]
_ERRORS: dict[str, type[DocumentError]] = {"not_a_result": NotAResult, "removed": RemovedByPerson}
_UNDONE = frozenset({NotAResult.code, RemovedByPerson.code})


def _reason(text: str) -> str:
    reason = " ".join(text.split())[:300]
    if len(reason) < 5:
        raise InvalidValue("ghi lý do, ít nhất 5 ký tự")
    return reason


def set_aside_by_person(
    desk: ReviewDesk, viewer: Viewer, record_id: str, token: str, *, kind: RemoveKind, reason: str
) -> Record:
    """A tombstone: the record leaves lists and search, its package and original stay, and it may be opened again.

    Raises NotAllowed (E305), LeaseLost (E306), InvalidValue (E307) without a reason.
    """
    viewer.need("remove")
    desk.renew(viewer, record_id, token)
    record = desk.within(viewer, record_id)
    words = _reason(reason)
    error = _ERRORS[kind]
    record = record.model_copy(update={"status": "quarantined", "quarantine": _quarantine(error)})
    work = load_work(desk.workshop, record, desk.rules)
    kept, _ = keep_work(desk.workshop, record, work, [Deed(actor=viewer.login, action=kind, note=words)], desk.rules)
    return kept


def mark_secret(desk: ReviewDesk, viewer: Viewer, record_id: str, token: str, *, reason: str) -> Record:
    """A secrecy stamp the machine missed: text, copy and fields leave the record, the original the ordinary place.

    Earlier versions of the package stay in the store (docs/security.md). Raises NotAllowed (E305), LeaseLost (E306).
    """
    viewer.need("secret")
    desk.renew(viewer, record_id, token)
    record = desk.within(viewer, record_id)
    words = _reason(reason)
    work = load_work(desk.workshop, record, desk.rules)
    keep_work(desk.workshop, record, work, [Deed(actor=viewer.login, action="marked_secret", note=words)], desk.rules)
    bare = record.model_copy(
        update={
            "status": "quarantined",
            "quarantine": _quarantine(SecretPaper),
            "fields": Fields(),
            "classification": Classification(),
            "citations": (),
            "review_reasons": (SecretPaper.code,),
            "text_origin": None,
        }
    )
    kept = keep_quarantined(desk.workshop.store, bare, secret=True)
    with desk.workshop.catalogue.database.write() as connection:
        desk.workshop.catalogue.records.save_in(connection, kept)
        desk.queue.remove_in(connection, record.record_id)
    return kept


def reopen(desk: ReviewDesk, viewer: Viewer, record_id: str, *, reason: str) -> Record:
    """Ask people again: a settled record, or one that was put out. What was settled stays in the history.

    Raises NotAllowed (E305), also for a secret paper; LeaseLost (E306) while it waits for somebody anyway.
    """
    viewer.need("remove")
    record = desk.within(viewer, record_id)
    code = record.quarantine.code if record.quarantine else None
    if code is not None and code not in _UNDONE:
        raise NotAllowed
    if desk.queue.get(record.record_id) is not None:
        raise LeaseLost
    work = load_work(desk.workshop, record, desk.rules)
    asked = tuple(dict.fromkeys((*REQUIRED_FIELDS, *items_needed(record, desk.rules))))
    work = work.model_copy(update={"round": work.round + 1, "asked": asked, "sampled": False})
    record = apply_work(record, work, desk.rules)
    deeds = [Deed(actor=viewer.login, action="reopened", note=_reason(reason))]
    kept, _ = keep_work(desk.workshop, record, work, deeds, desk.rules)
    return kept


def _quarantine(error: type[DocumentError]) -> Quarantine:
    return Quarantine(code=error.code, message=error.hint, retry=error.retry)
