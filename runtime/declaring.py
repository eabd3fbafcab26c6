"""Xác nhận không mật: a paper wrongly set aside as secret is read when a person with authority says so.

The statement is a deed in the people's work of the package (``review``): it comes back with ``sohoa rebuild``, and
every later reading of the same bytes finds it there. Who said it is written nowhere else but in the history.
"""

from __future__ import annotations

import json

from review.work import Work
from runtime.desk_keeping import adopt
from runtime.open import Workshop
from runtime.outcomes import Captured, Item
from schemas.extraction import Extraction
from schemas.history import Deed, HistoryRow, follow
from schemas.record import Record
from schemas.secrecy import NOT_SECRET, is_declared
from storage.keys import record_id_of
from storage.ledger import now_text
from storage.package import read_review


def said_not_secret(captured: Captured, workshop: Workshop) -> bool:
    """Whether somebody says so now, or said so before and nobody marked the paper secret since."""
    if captured.item.statement is not None:
        return True
    work = _work(record_id_of(captured.sha256), workshop)
    return work is not None and is_declared(work.history)


def doubt_secrecy(extraction: Extraction) -> Extraction:
    """The same, its secrecy a question to the person at the desk whatever the machine saw."""
    field = extraction.fields.secrecy
    field = field.model_copy(update={"needs_review": True, "reasons": (*field.reasons, NOT_SECRET)})
    return extraction.model_copy(update={"fields": extraction.fields.model_copy(update={"secrecy": field})})


def statement_rows(captured: Captured, workshop: Workshop) -> tuple[HistoryRow, ...]:
    """The statement that came with the file, as the next row of the record's history; none without one."""
    statement = captured.item.statement
    if statement is None:
        return ()
    record_id = record_id_of(captured.sha256)
    work = _work(record_id, workshop)
    with workshop.catalogue.database.read() as connection:
        known = workshop.catalogue.history.last(connection, record_id)
    rows = [row for row in (known, work.history[-1] if work and work.history else None) if row is not None]
    by = json.dumps(statement.by, ensure_ascii=False)
    deed = Deed(actor=statement.account[:60], action=NOT_SECRET, new=by, note=statement.reason)
    after = max(rows, key=lambda row: row.seq, default=None)
    return follow([deed], subject=record_id, at=now_text(), after=after)


def note_statement(item: Item, record: Record, workshop: Workshop) -> None:
    """Tell the catalogue what the package now knows of people's work on the paper, where a statement came with it."""
    work = _work(record.record_id, workshop) if item.statement is not None else None
    if work is not None:
        adopt(workshop, work)


def _work(record_id: str, workshop: Workshop) -> Work | None:
    review = read_review(workshop.store, record_id)
    return Work.from_bytes(review) if review is not None else None
