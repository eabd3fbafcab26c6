"""Bàn rà soát: a person takes a paper, keys what is asked, and the record is settled. Rules are in review/."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal

from review.keying import Answer, How, Stage, asks_for_page, is_blind, load_rules
from review.roles import Viewer
from review.values import CLASS_NAMES, Value, clean
from review.work import Work, add_answers, apply_work, machine_value
from runtime.desk_keeping import as_text, keep_work, load_work, put_task
from runtime.open import Workshop
from schemas.base import Frozen
from schemas.errors import InvalidValue, LeaseLost, NotAllowed, RecordNotFound
from schemas.extraction import FIELD_NAMES, BoxTuple
from schemas.history import SEEN, Deed
from schemas.record import Record
from storage.counts import compact
from storage.ledger import now_text
from storage.queue import Order, Task, TaskFilters

log = logging.getLogger(__name__)
Mode = Literal["blind", "shown", "decide", "page"]


class Seen(Frozen):
    """What somebody (``who``: a login, or "máy") read for an item that is being decided."""

    who: str
    value: Value


class DeskItem(Frozen):
    """One thing asked of the person at the desk.

    mode    blind: keyed from the crop, the machine's value hidden; shown: the machine's value is offered;
            decide: all earlier readings are shown; page: a page nobody could read has been looked at
    value   what is offered; None for a blind item
    """

    item: str
    mode: Mode
    stage: Stage
    value: Value = None
    page: int | None = None
    bbox: BoxTuple | None = None
    reasons: tuple[str, ...] = ()
    readings: tuple[Seen, ...] = ()


class Paper(Frozen):
    """A record on somebody's desk."""

    record: Record
    work: Work
    task: Task
    items: tuple[DeskItem, ...]


class Submitted(Frozen):
    """What became of the answers: items that stand now, items that wait for another person."""

    record_id: str
    status: str
    settled: tuple[str, ...]
    passed_on: tuple[str, ...]


class ReviewDesk:
    """One for the life of the application; used from many threads."""

    at_once = 500  # records looked at in one round of ``sync``
    late_s = 600  # how long a transaction may take from its time to its end, the difference of clocks included

    def __init__(self, workshop: Workshop) -> None:
        self.workshop = workshop
        self.rules = load_rules(Path(workshop.settings.review_rules) if workshop.settings.review_rules else None)
        self.queue = workshop.catalogue.queue
        self._synced = ""
        self._sync_lock = threading.Lock()

    def sync(self, limit: int = 50, *, wait_s: float = -1) -> int:
        """Put records that wait for a person into the queue, ``limit`` at a time; how many were new.

        ``wait_s``: at most so many seconds for another thread that is just at it (-1: as long as it takes).
        """
        if not self._sync_lock.acquire(timeout=wait_s):
            return 0
        try:
            begun = now_text(-self.late_s)
            found = self.queue.unlisted(since=self._synced, limit=limit)
            for record_id, _ in found:
                record = self.find(record_id)
                work = self._known_work(record)
                with self.workshop.catalogue.database.write() as connection:
                    put_task(self.workshop, connection, record, work, self.rules)
            self._synced = found[-1][1] if found else max(self._synced, begun)
            return len(found)
        finally:
            self._sync_lock.release()

    def tidy(self) -> None:
        """Forget tasks of records that wait no longer."""
        while self.queue.drop_settled():
            pass
        compact(self.workshop.catalogue.database)

    def _known_work(self, record: Record) -> Work:
        """The work on a record; the package is only read when somebody has touched it."""
        with self.workshop.catalogue.database.read() as connection:
            touched = self.workshop.catalogue.history.last(connection, record.record_id) is not None
        return load_work(self.workshop, record, self.rules) if touched else Work.begin(record, self.rules)

    def find(self, record_id: str) -> Record:
        return self.workshop.catalogue.records.find(record_id)

    def take(
        self,
        viewer: Viewer,
        *,
        order: Order = "age",
        narrowed: TaskFilters | None = None,
        beside: tuple[str, ...] = (),
    ) -> Task | None:
        """The next paper for this person, held by a lease. Raises NotAllowed (E305)."""
        viewer.need("key")
        return self.queue.take(
            viewer.login,
            scope=viewer.scope,
            decides=viewer.may("decide"),
            lease_s=self.rules.lease_s,
            order=order,
            narrowed=narrowed,
            beside=beside,
        )

    def open(self, viewer: Viewer, record_id: str) -> Paper:
        """The paper on this person's desk, taken if nobody holds it; who saw it is written down.

        Raises NotAllowed (E305), RecordNotFound (E301) also for what lies outside the person's scope,
        LeaseLost (E306) when somebody else holds it or nothing is asked of this person.
        """
        viewer.need("key")
        record = self.within(viewer, record_id)
        task = self.queue.get(record.record_id)
        if task is None:
            self.sync()
            task = self.queue.get(record.record_id)
        if task is None or viewer.login in task.done_by or task.sent_to not in (None, viewer.login):
            raise LeaseLost
        if task.stage == "third" and not viewer.may("decide"):
            raise NotAllowed
        task = self.queue.take_this(record.record_id, viewer.login, lease_s=self.rules.lease_s)
        if task is None:
            raise LeaseLost
        work = load_work(self.workshop, record, self.rules)
        record = self.find(record.record_id)
        self.note_seen(viewer, record.record_id, "opened")
        return Paper(record=record, work=work, task=task, items=self._items(record, work))

    def holding(self, viewer: Viewer, record_id: str) -> Paper:
        """The paper this person holds already. Raises LeaseLost (E306), RecordNotFound (E301)."""
        record = self.within(viewer, record_id)
        task = self.queue.get(record.record_id)
        if task is None or task.holder != viewer.login or not viewer.login:
            raise LeaseLost
        work = self._known_work(record)
        return Paper(record=record, work=work, task=task, items=self._items(record, work))

    def is_keying_blind(self, viewer: Viewer, record: Record) -> bool:
        """Whether the paper lies on this person's desk just now with something to be keyed blind."""
        task = self.queue.get(record.record_id) if viewer.login else None
        if task is None or task.holder != viewer.login or task.until is None or task.until < now_text():
            return False
        return any(one.mode == "blind" for one in self._items(record, self._known_work(record)))

    def keying_blind(self, viewer: Viewer) -> frozenset[str]:
        """Ids of the papers on this person's desk just now with something to be keyed blind."""
        held = self.queue.held_by(viewer.login) if viewer.login else ()
        if not held:
            return frozenset()
        return frozenset(
            record.record_id
            for record in self.workshop.catalogue.records.of_ids(held).values()
            if self.is_keying_blind(viewer, record)
        )

    def blind_items(self, tasks: Iterable[Task]) -> dict[str, frozenset[str]]:
        """For each of these tasks the items whose values who keys it must not know yet."""
        waiting = {task.record_id: task for task in tasks}
        return {
            record_id: frozenset(
                item
                for item, stage in opened.items()
                if stage != "third" and is_blind(item, self.rules, sampled=waiting[record_id].sampled)
            )
            for record_id, opened in self.queue.open_of(waiting).items()
        }

    def note_seen(self, viewer: Viewer, record_id: str, action: str, field: str | None = None) -> None:
        """Who looked at what."""
        deed = Deed(actor=viewer.actor, action=action, field=field, record_id=record_id)
        self.workshop.catalogue.history.append(SEEN, [deed])

    def within(self, viewer: Viewer, record_id: str) -> Record:
        """The record, when it lies within the person's scope. Raises RecordNotFound (E301)."""
        record = self.find(record_id)
        if not viewer.may_open(record):
            raise RecordNotFound(record_id[:20])
        return record

    def _items(self, record: Record, work: Work) -> tuple[DeskItem, ...]:
        return tuple(self._item(record, work, item) for item in work.open_items(self.rules))

    def _item(self, record: Record, work: Work, item: str) -> DeskItem:
        stage = work.standing(item, self.rules).stage or "first"
        if asks_for_page(item):
            return DeskItem(item=item, mode="page", stage=stage, page=int(item.partition(":")[2]))
        machine = machine_value(work.machine, item)
        blind = is_blind(item, self.rules, sampled=work.sampled)
        mode: Mode = "decide" if stage == "third" else "blind" if blind else "shown"
        readings: tuple[Seen, ...] = ()
        if mode == "decide":
            said = [a for a in work.answers if a.item == item and a.round == work.round]
            readings = tuple(
                [*([Seen(who="máy", value=machine)] if machine is not None else [])]
                + [Seen(who=answer.by, value=answer.value) for answer in said]
            )
        if item not in FIELD_NAMES:
            return DeskItem(item=item, mode=mode, stage=stage, value=machine if mode == "shown" else None)
        field = work.machine.fields.get(item)
        return DeskItem(
            item=item,
            mode=mode,
            stage=stage,
            value=machine if mode == "shown" else None,
            page=field.page,
            bbox=field.bbox,
            reasons=field.reasons if mode == "shown" else (),
            readings=readings,
        )

    def renew(self, viewer: Viewer, record_id: str, token: str) -> None:
        """The browser is alive: hold the paper longer. Raises LeaseLost (E306)."""
        self.queue.renew(record_id, viewer.login, token, lease_s=self.rules.lease_s)

    def release(self, viewer: Viewer, record_id: str) -> None:
        """Back into the queue."""
        self.queue.release(record_id, viewer.login)

    def release_all(self, login: str) -> None:
        """Everything this person holds goes back (log-out)."""
        self.queue.release_all(login)

    def submit(self, viewer: Viewer, record_id: str, token: str, typed: Mapping[str, str | None]) -> Submitted:
        """What the person keyed. ``typed``: item -> text; None says "not on the paper"; other fields may come along.

        All that is asked must be answered. Raises LeaseLost (E306), NotAllowed (E305), InvalidValue (E307).
        """
        viewer.need("key")
        self.renew(viewer, record_id, token)
        record = self.within(viewer, record_id)
        work = load_work(self.workshop, record, self.rules)
        if viewer.login in work.people():
            raise LeaseLost
        asked = {one.item: one for one in self._items(record, work)}
        if any(one.stage == "third" for one in asked.values()):
            viewer.need("decide")
        values = self._cleaned(asked, typed, work)
        now = now_text()
        answers = tuple(
            Answer(
                item=item,
                value=value,
                by=viewer.login,
                at=now,
                how=_how(asked[item].mode) if item in asked else "confirmed",
                blind=item in asked and asked[item].mode == "blind",
                round=work.round,
            )
            for item, value in values.items()
        )
        before = len(work.settled)
        work = add_answers(work, answers, self.rules)
        changed = apply_work(record, work, self.rules)
        settled = work.settled[before:]
        deeds = [
            Deed(
                actor=viewer.login, action=answer.how, field=answer.item,
                old=as_text(_value_of(record, answer.item)), new=as_text(answer.value),
                note="blind" if answer.blind else None,
            )
            for answer in answers
        ]  # fmt: skip
        deeds += [
            Deed(
                actor=viewer.login, action="settled", field=one.item,
                old=as_text(one.machine_value), new=as_text(one.value), note=one.how,
            )
            for one in settled
        ]  # fmt: skip
        kept, work = keep_work(self.workshop, changed, work, deeds, self.rules)
        self.release(viewer, record_id)
        return Submitted(
            record_id=record_id,
            status=kept.status,
            settled=tuple(one.item for one in settled),
            passed_on=work.open_items(self.rules),
        )

    def _cleaned(self, asked: Mapping[str, DeskItem], typed: Mapping[str, str | None], work: Work) -> dict[str, Value]:
        """Item -> value, for all that is asked and what was changed beside it."""
        values: dict[str, Value] = {}
        problems: dict[str, str] = {}
        done = {one.item for one in work.settled if one.round == work.round}
        for item in dict.fromkeys((*asked, *typed)):
            text = typed.get(item, "")
            known = item in asked or (item in (*FIELD_NAMES, *CLASS_NAMES) and item not in done)
            if not known or (item not in asked and is_blind(item, self.rules)):
                problems[item] = "không hỏi mục này"
            elif item in asked and text is not None and not text.strip():
                problems[item] = "chưa trả lời"
            elif item in asked and asked[item].mode == "page":
                values[item] = True
            else:
                try:
                    values[item] = clean(item, text or "")
                except InvalidValue as exc:
                    problems[item] = exc.detail
        if problems:
            raise InvalidValue("; ".join(sorted(set(problems.values()))), problems)
        return values

    def send(self, viewer: Viewer, record_id: str, token: str, *, to: str, note: str) -> None:
        """Give the paper to a colleague with a note; it waits for that person only. Raises InvalidValue (E307)."""
        self.renew(viewer, record_id, token)
        record = self.within(viewer, record_id)
        colleague = self.workshop.catalogue.people.get(to)
        work = load_work(self.workshop, record, self.rules)
        if colleague is None or colleague.disabled or to == viewer.login or to in work.people():
            raise InvalidValue("chọn một đồng nghiệp còn làm việc, chưa trả lời hồ sơ này")
        note = " ".join(note.split())[:500]
        deeds = [Deed(actor=viewer.login, action="sent", new=to, note=note)]
        keep_work(self.workshop, record, work, deeds, self.rules, note=note, sent_to=to)
        self.release(viewer, record_id)


def _how(mode: Mode) -> How:
    return "decided" if mode == "decide" else "keyed" if mode == "blind" else "confirmed"


def _value_of(record: Record, item: str) -> Value:
    if item in FIELD_NAMES:
        return record.fields.get(item).value
    if item in CLASS_NAMES:
        value: Value = getattr(record.classification, item).value
        return value
    return None
