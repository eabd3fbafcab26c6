"""Giữ việc của người: a person's work goes into the package first, then into the catalogue, and comes back from there.

The order of writes is the same as for a paper: package (its manifest last), then one transaction of the catalogue.
Cut off in between, the package is further than the catalogue, and ``adopt`` brings it up when the paper is opened.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime

import sqlalchemy as sa

from review.keying import KeyingRules, Stage
from review.values import Value
from review.work import Work, machine_value
from runtime.open import Workshop
from schemas.history import Deed, HistoryRow
from schemas.record import Record, Version
from storage.package import make_event, read_manifest, read_record, read_review, revise_package
from storage.quality import SettledRow
from storage.queue import OpenItem, Task

DESK = Version(name="sohoa-desk", version="1")


def as_text(value: Value) -> str | None:
    """A value as JSON text, for rows; None stays None."""
    return None if value is None else json.dumps(value, ensure_ascii=False)


def load_work(workshop: Workshop, record: Record, rules: KeyingRules) -> Work:
    """The work of people on the record: from its package, else just begun. The catalogue is brought up to it."""
    body = read_review(workshop.store, record.record_id)
    work = _stored_work(workshop, body, rules) if body is not None else Work.begin(record, rules)
    task = workshop.catalogue.queue.get(record.record_id)
    if task is not None and task.sampled and not work.sampled:
        return work.for_sample(record, rules)
    return work


def _stored_work(workshop: Workshop, body: bytes, rules: KeyingRules) -> Work:
    """The stored work; where the catalogue was cut off before it heard of it, it is told now."""
    work = Work.from_bytes(body)
    with workshop.catalogue.database.read() as connection:
        last = workshop.catalogue.history.last(connection, work.record_id)
    if work.history and (last is None or last.seq < work.history[-1].seq):
        record = read_record(workshop.store, work.record_id)
        with workshop.catalogue.database.write() as connection:
            _write_down(workshop, connection, record, work, work.history, rules, note=None, sent_to=None)
    return work


def adopt(workshop: Workshop, work: Work) -> None:
    """Write into the catalogue what the package knows of a record it has: rows of history, settlements."""
    with workshop.catalogue.database.write() as connection:
        workshop.catalogue.history.put_in(connection, work.history)
        _put_settled(workshop, connection, work)


def keep_work(
    workshop: Workshop,
    record: Record,
    work: Work,
    deeds: Sequence[Deed],
    rules: KeyingRules,
    *,
    note: str | None = None,
    sent_to: str | None = None,
) -> tuple[Record, Work]:
    """The record, the work and its new deeds: into the package, then into catalogue, queue and history."""
    catalogue = workshop.catalogue
    with catalogue.database.read() as connection:
        rows = catalogue.history.next_rows(connection, record.record_id, deeds)
    work = work.model_copy(update={"history": (*work.history, *rows)})
    before = read_manifest(workshop.store, record.record_id)
    event = make_event("extract", at=datetime.now(UTC), tools=(DESK,))
    events = (*(e for e in before.events if e.tools != (DESK,)), event)
    kept, _ = revise_package(workshop.store, record, events=events, review=work.to_bytes())
    with catalogue.database.write() as connection:
        _write_down(workshop, connection, kept, work, rows, rules, note=note, sent_to=sent_to)
    return kept, work


def _write_down(
    workshop: Workshop,
    connection: sa.Connection,
    record: Record,
    work: Work,
    rows: Sequence[HistoryRow],
    rules: KeyingRules,
    *,
    note: str | None,
    sent_to: str | None,
) -> None:
    catalogue = workshop.catalogue
    catalogue.history.put_in(connection, rows)
    catalogue.records.save_in(connection, record)
    _put_settled(workshop, connection, work)
    put_task(workshop, connection, record, work, rules, note=note, sent_to=sent_to)


def put_task(
    workshop: Workshop,
    connection: sa.Connection,
    record: Record,
    work: Work,
    rules: KeyingRules,
    *,
    note: str | None = None,
    sent_to: str | None = None,
) -> None:
    """The queue as the work says: a task with its open items, or none when all is settled."""
    queue = workshop.catalogue.queue
    stage = work.stage(rules) if record.quarantine is None else None
    if stage is None:
        queue.remove_in(connection, record.record_id)
        if work.sampled:
            workshop.catalogue.quality.mark_member_in(connection, record.record_id)
        return
    before = queue.get_in(connection, record.record_id)
    agency = record.fields.issuing_agency_name.value
    doc_type = record.fields.doc_type.value
    task = Task(
        record_id=record.record_id,
        stage=stage,
        priority=before.priority if before else 0,
        batch=before.batch if before else queue.batch_of(connection, record.record_id),
        agency=agency if isinstance(agency, str) else None,
        field=record.classification.field_name.value,
        doc_type=doc_type if isinstance(doc_type, str) else None,
        since=before.since if before else datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        sampled=work.sampled,
        done_by=work.people(),
        sent_to=sent_to,
        note=note,
        holder=None,
        token=None,
        until=None,
    )
    queue.put_in(connection, task, _open_items(work, rules))


def _open_items(work: Work, rules: KeyingRules) -> list[OpenItem]:
    found = []
    for item in work.open_items(rules):
        stage: Stage | None = work.standing(item, rules).stage
        value = machine_value(work.machine, item)
        if stage is not None:
            found.append(OpenItem(item=item, stage=stage, value=value if isinstance(value, str) else None))
    return found


def _put_settled(workshop: Workshop, connection: sa.Connection, work: Work) -> None:
    batch = None
    for one in work.settled:
        batch = batch or workshop.catalogue.queue.batch_of(connection, work.record_id)
        workshop.catalogue.quality.put_in(
            connection,
            SettledRow(
                record_id=work.record_id,
                item=one.item,
                round=one.round,
                batch=batch,
                how=one.how,
                by=one.by,
                at=one.at,
                score=one.machine_score,
                sure=one.machine_sure,
                right=one.machine_right,
                sampled=one.sampled,
            ),
        )
