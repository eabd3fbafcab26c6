"""Kiểm theo nhóm: the same field of many papers on one page, wrong ones struck.

Looking is no control by itself: some values on the page are planted from another paper. Who does not strike those
gets the page back, and nothing of it counts.
"""

from __future__ import annotations

import json
import logging
import random
from typing import Any

from review.keying import Answer
from review.roles import Viewer
from review.work import add_answers, apply_work
from runtime.desk import ReviewDesk
from runtime.desk_keeping import as_text, keep_work, load_work
from schemas.base import Frozen
from schemas.errors import GroupRefused, InvalidValue, LeaseLost, RecordNotFound
from schemas.extraction import BoxTuple
from schemas.history import SEEN, Deed
from storage.ledger import now_text

log = logging.getLogger(__name__)
LIFE_S = 1800
_chance = random.SystemRandom()


class GroupCard(Frozen):
    """One crop with the value beside it."""

    record_id: str
    value: str
    page: int
    bbox: BoxTuple


class GroupPage(Frozen):
    """What is looked at; ``id`` goes back with the answer, once."""

    id: str
    item: str
    cards: tuple[GroupCard, ...]


class GroupResult(Frozen):
    """How many values stand now, how many went to the desk for keying."""

    settled: int
    struck: int


def open_group(desk: ReviewDesk, viewer: Viewer, item: str) -> GroupPage | None:
    """Look-alikes of one field; None when fewer than two wait. Raises NotAllowed (E305), InvalidValue (E307)."""
    viewer.need("decide")
    if item not in desk.rules.grouped:
        raise InvalidValue("trường này không kiểm theo nhóm")
    found = desk.queue.alike(item, viewer.login, scope=viewer.scope, limit=desk.rules.group_size)
    cards: list[GroupCard] = []
    for record_id, value in found:
        field = desk.find(record_id).fields.get(item)
        if field.bbox is not None and field.page is not None and field.value == value:
            cards.append(GroupCard(record_id=record_id, value=value, page=field.page, bbox=field.bbox))
    values = sorted({card.value for card in cards})
    if len(cards) < 2 or len(values) < 2:
        return None
    shown, planted = [], []
    plants = set(_chance.sample(range(len(cards)), max(1, len(cards) // desk.rules.plant_every)))
    for index, card in enumerate(cards):
        if index in plants:
            wrong = _chance.choice([value for value in values if value != card.value])
            planted.append(card.record_id)
            shown.append(card.model_copy(update={"value": wrong}))
        else:
            shown.append(card)
    body = json.dumps({"values": {card.record_id: card.value for card in cards}, "planted": planted})
    group_id = desk.workshop.catalogue.quality.keep_group(viewer.login, item, body, life_s=LIFE_S)
    for card in shown:
        desk.note_seen(viewer, card.record_id, "opened", item)
    return GroupPage(id=group_id, item=item, cards=tuple(shown))


def close_group(desk: ReviewDesk, viewer: Viewer, group_id: str, struck: frozenset[str]) -> GroupResult:
    """What was struck goes to the desk first, the rest stands. Planted ones tell nothing of the paper itself.

    Raises GroupRefused (E312) when a planted value was overlooked; LeaseLost (E306) for a page that is gone.
    """
    viewer.need("decide")
    item, body = desk.workshop.catalogue.quality.end_group(group_id, viewer.login)
    shown: dict[str, Any] = json.loads(body)
    planted = set(shown["planted"])
    if not planted <= struck:
        deed = Deed(actor=viewer.login, action="group_refused", field=item, note=str(len(planted - struck)))
        desk.workshop.catalogue.history.append(SEEN, [deed])
        raise GroupRefused
    settled = wrong = 0
    for record_id, value in shown["values"].items():
        if record_id in planted:
            continue
        try:
            if record_id in struck:
                wrong += _strike(desk, viewer, record_id, item)
            else:
                settled += _settle(desk, viewer, record_id, item, value)
        except (LeaseLost, RecordNotFound):
            log.info("a paper of the group was taken in the meantime")
    return GroupResult(settled=settled, struck=wrong)


def _settle(desk: ReviewDesk, viewer: Viewer, record_id: str, item: str, value: str) -> int:
    record = desk.within(viewer, record_id)
    task = desk.queue.take_this(record_id, viewer.login, lease_s=desk.rules.lease_s)
    if task is None:
        return 0
    work = load_work(desk.workshop, record, desk.rules)
    if item not in work.open_items(desk.rules) or work.standing(item, desk.rules).stage != "first":
        desk.release(viewer, record_id)
        return 0
    answer = Answer(
        item=item, value=value, by=viewer.login, at=now_text(), how="grouped", blind=False, round=work.round
    )
    work = add_answers(work, (answer,), desk.rules)
    record = apply_work(record, work, desk.rules)
    deed = Deed(actor=viewer.login, action="grouped", field=item, old=as_text(value), new=as_text(value))
    keep_work(desk.workshop, record, work, [deed], desk.rules)
    desk.release(viewer, record_id)
    return 1


def _strike(desk: ReviewDesk, viewer: Viewer, record_id: str, item: str) -> int:
    """The value stays open and its paper comes first; that it was struck is written down."""
    desk.queue.hurry(record_id)
    deed = Deed(actor=viewer.login, action="struck", field=item, record_id=record_id)
    desk.workshop.catalogue.history.append(SEEN, [deed])
    return 1
