"""Việc của người trên một hồ sơ: what lies beside the record in its package, and how it becomes the record.

The machine's reading is kept as it was, beside every answer, the settled values and the chain of deeds. From this
one file of the package the work of people comes back after `sohoa rebuild`.
"""

from __future__ import annotations

from typing import Literal

from pydantic import ValidationError

from extractors.reference.notations import parse_number
from review.keying import (
    Answer,
    How,
    KeyingRules,
    Standing,
    asks_for_page,
    furthest,
    items_needed,
    items_sampled,
    standing,
)
from review.values import CLASS_NAMES, Value, same
from schemas.base import Frozen
from schemas.errors import StoreCorrupt
from schemas.extraction import FIELD_NAMES, Classification, ClassValue, Fields, FieldValue
from schemas.history import HistoryRow
from schemas.record import Process, Record, Status

# How right a settled value is. One look or one key: about 1 % errors; two independent ones some thirty times fewer
# (the studies the review desk is built on, see docs/adr/0012-blind-keying.md).
_SCORES: dict[How, float] = {"confirmed": 0.99, "keyed": 0.99, "grouped": 0.99, "agreed": 0.9997, "decided": 0.9997}
REASONS: dict[How, str] = {
    "confirmed": "person_confirmed",
    "keyed": "person_keyed",
    "grouped": "person_grouped",
    "agreed": "person_agreed",
    "decided": "person_decided",
}


class MachineReading(Frozen):
    """What the machine understood, and which machine."""

    fields: Fields
    classification: Classification
    review_reasons: tuple[str, ...]
    process: Process
    status: Status


class Settled(Frozen):
    """An item that stands, beside what the machine had read. ``sampled``: asked to measure, not because of doubt."""

    item: str
    value: Value
    how: How
    by: tuple[str, ...]
    at: str
    machine_value: Value
    machine_score: float
    machine_sure: bool
    machine_right: bool
    sampled: bool
    round: int


class Work(Frozen):
    """The file ``review`` of a package. ``asked``: the items of the present round; rounds count from 1."""

    review: Literal[1] = 1
    record_id: str
    machine: MachineReading
    earlier: tuple[MachineReading, ...] = ()
    round: int = 1
    sampled: bool = False
    asked: tuple[str, ...] = ()
    answers: tuple[Answer, ...] = ()
    settled: tuple[Settled, ...] = ()
    history: tuple[HistoryRow, ...] = ()

    @classmethod
    def begin(cls, record: Record, rules: KeyingRules) -> Work:
        """Work on a record that nobody has touched."""
        return cls(record_id=record.record_id, machine=machine_of(record), asked=items_needed(record, rules))

    def for_sample(self, record: Record, rules: KeyingRules) -> Work:
        """The same, asked blind for what the machine was sure of."""
        round_ = self.round + 1 if self.answers else self.round
        return self.model_copy(update={"sampled": True, "asked": items_sampled(record, rules), "round": round_})

    def to_bytes(self) -> bytes:
        return self.model_dump_json(indent=1).encode() + b"\n"

    @classmethod
    def from_bytes(cls, body: bytes) -> Work:
        """Raises StoreCorrupt (E207) for anything but what was written."""
        try:
            return cls.model_validate_json(body)
        except ValidationError as exc:
            raise StoreCorrupt("review") from exc

    def standing(self, item: str, rules: KeyingRules) -> Standing:
        """Where the item stands in the present round."""
        said = [answer for answer in self.answers if answer.round == self.round]
        return standing(item, machine_value(self.machine, item), said, rules, sampled=self.sampled)

    def open_items(self, rules: KeyingRules) -> tuple[str, ...]:
        done = {one.item for one in self.settled if one.round == self.round}
        return tuple(item for item in self.asked if item not in done)

    def stage(self, rules: KeyingRules) -> str | None:
        """Who is waited for; None when nothing is open."""
        stages = [self.standing(item, rules).stage for item in self.open_items(rules)]
        return furthest([stage for stage in stages if stage is not None])

    def unasked(self, item: str) -> Work:
        """As if nobody had settled the item; the history keeps who did."""
        answers = tuple(one for one in self.answers if one.item != item)
        return self.model_copy(
            update={"answers": answers, "settled": tuple(one for one in self.settled if one.item != item)}
        )

    def people(self) -> tuple[str, ...]:
        """Who has keyed in this round, in order, each once. Who looked at a group has not seen the paper."""
        said = (a for a in self.answers if a.round == self.round and a.how != "grouped")
        return tuple(dict.fromkeys(answer.by for answer in said))


def machine_of(record: Record) -> MachineReading:
    return MachineReading(
        fields=record.fields,
        classification=record.classification,
        review_reasons=record.review_reasons,
        process=record.process,
        status=record.status,
    )


def machine_value(machine: MachineReading, item: str) -> Value:
    """What the machine read for the item; None for nothing, and for pages."""
    if item in FIELD_NAMES:
        return machine.fields.get(item).value
    if item in CLASS_NAMES:
        value: Value = getattr(machine.classification, item).value
        return value
    return None


def add_answers(work: Work, answers: tuple[Answer, ...], rules: KeyingRules) -> Work:
    """The work with these answers, and with what they settle. Answers to items nobody asked settle them too."""
    asked = tuple(dict.fromkeys((*work.asked, *(answer.item for answer in answers))))
    work = work.model_copy(update={"answers": (*work.answers, *answers), "asked": asked})
    news = []
    for item in dict.fromkeys(answer.item for answer in answers):
        stands = work.standing(item, rules)
        if stands.is_settled and stands.how is not None:
            news.append(_settled(work, item, stands, answers[-1].at))
    return work.model_copy(update={"settled": (*work.settled, *news)})


def _settled(work: Work, item: str, stands: Standing, at: str) -> Settled:
    machine = machine_value(work.machine, item)
    score, sure = 0.0, False
    if item in FIELD_NAMES:
        field = work.machine.fields.get(item)
        score, sure = field.score, not field.needs_review
    elif item in CLASS_NAMES:
        chosen: ClassValue = getattr(work.machine.classification, item)
        score, sure = chosen.score, not chosen.needs_review
    assert stands.how is not None
    return Settled(
        item=item,
        value=stands.value,
        how=stands.how,
        by=stands.by,
        at=at,
        machine_value=machine,
        machine_score=score,
        machine_sure=sure,
        machine_right=same(item, machine, stands.value),
        sampled=work.sampled,
        round=work.round,
    )


def apply_work(record: Record, work: Work, rules: KeyingRules) -> Record:
    """The record with every settled value in it, and the status that follows."""
    fields = dict(record.fields)
    classes = dict(record.classification)
    latest = {one.item: one for one in work.settled}
    for item, one in latest.items():
        if item in FIELD_NAMES:
            fields[item] = _field(work.machine.fields.get(item), one)
        elif item in CLASS_NAMES:
            before: ClassValue = getattr(work.machine.classification, item)
            classes[item] = before.model_copy(
                update={
                    "value": one.value,
                    "score": _SCORES[one.how],
                    "needs_review": False,
                    "reasons": (REASONS[one.how],),
                }
            )
    if "doc_number" in latest:
        fields |= _parts(fields["doc_number"], fields, latest)
    reasons = tuple(r for r in work.machine.review_reasons if not _answered(r, latest))
    if work.open_items(rules):
        status: Status = "accepted" if work.sampled else "needs_review"
    else:
        status = "accepted" if work.sampled and not _changed(work) else "confirmed"
    return record.model_copy(
        update={
            "fields": Fields(**fields),
            "classification": Classification(**classes),
            "review_reasons": reasons,
            "status": status,
            "quarantine": None,
        }
    )


def _changed(work: Work) -> bool:
    return any(not one.machine_right for one in work.settled if one.round == work.round)


def _field(machine: FieldValue, one: Settled) -> FieldValue:
    return machine.model_copy(
        update={
            "value": one.value,
            "score": _SCORES[one.how],
            "origin": "manual",
            "needs_review": False,
            "reasons": (REASONS[one.how], *(() if one.machine_right else ("person_corrected",))),
        }
    )


def _parts(number: FieldValue, fields: dict[str, FieldValue], latest: dict[str, Settled]) -> dict[str, FieldValue]:
    """Số and ký hiệu follow the settled số ký hiệu unless they were settled themselves."""
    parsed = parse_number(number.value) if isinstance(number.value, str) else None
    values = {
        "code_number": parsed.number if parsed else None,
        "code_notation": (parsed.notation or None) if parsed else None,
    }
    shared = {"score": number.score, "origin": "manual", "needs_review": False, "reasons": number.reasons}
    return {
        name: fields[name].model_copy(update={"value": value, **shared})
        for name, value in values.items()
        if name not in latest
    }


def _answered(reason: str, latest: dict[str, Settled]) -> bool:
    head, _, tail = reason.partition(":")
    return (head == "unsure" and tail in latest) or (asks_for_page(reason) and reason in latest)


def rejoin(fresh: Record, work: Work, rules: KeyingRules) -> tuple[Record, Work]:
    """A newer reading of the same paper, and the work of people on the older one, brought together.

    The new reading stands beside the old one for ever. What people settled stays; what nobody has settled yet is
    asked anew of the new reading.
    """
    settled = {one.item for one in work.settled}
    changed = machine_of(fresh).fields != work.machine.fields
    earlier = (*work.earlier, work.machine) if changed else work.earlier
    asked = tuple(item for item in items_needed(fresh, rules) if item not in settled)
    kept = tuple(item for item in work.asked if item in settled)
    work = work.model_copy(
        update={"machine": machine_of(fresh), "earlier": earlier, "asked": (*kept, *asked), "sampled": False}
    )
    return apply_work(fresh, work, rules), work
