"""Gõ mù và chốt giá trị: which fields need a person, who still has to key, and when a value stands.

Agreement of two of three settles a blind field: the machine, a first person who sees only the crop, and a second
who sees as little. When all three differ, a third person who sees all decides.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from review.values import CLASS_NAMES, Value, same
from schemas.base import Frozen
from schemas.errors import BadSettings
from schemas.extraction import FIELD_NAMES, REQUIRED_FIELDS
from schemas.record import Record
from schemas.secrecy import NOT_SECRET

Stage = Literal["first", "second", "third"]
STAGES: tuple[Stage, ...] = ("first", "second", "third")
How = Literal["confirmed", "keyed", "agreed", "decided", "grouped"]
PAGES = ("unreadable_page", "another_paper")  # what a person has to look at a page for
_DEFAULTS = Path(__file__).parent / "data" / "keying.toml"


class KeyingRules(Frozen):
    """See review/data/keying.toml for what each key means."""

    blind: tuple[str, ...]
    also: tuple[str, ...]
    machine_counts: bool
    people: Literal["one", "two"]
    sampled: tuple[str, ...]
    grouped: tuple[str, ...]
    group_size: int = Field(ge=4, le=100)
    plant_every: int = Field(ge=2, le=100)
    lease_s: float = Field(gt=0, le=3600)


def load_rules(path: Path | None = None) -> KeyingRules:
    """The committed rules, and over them those of ``path``. Raises BadSettings (E206)."""
    try:
        values = tomllib.loads(_DEFAULTS.read_text(encoding="utf-8"))
        if path is not None:
            values |= tomllib.loads(path.read_text(encoding="utf-8"))
        rules = KeyingRules.model_validate(values)
    except (OSError, ValueError, ValidationError) as exc:
        raise BadSettings("không đọc được SOHOA_REVIEW_RULES") from exc
    known = {*FIELD_NAMES, *CLASS_NAMES}
    unknown = {*rules.blind, *rules.also, *rules.sampled, *rules.grouped} - known
    if unknown:
        raise BadSettings(f"SOHOA_REVIEW_RULES: không có trường {', '.join(sorted(unknown))}")
    return rules


class Answer(Frozen):
    """What one person said of one item. ``blind``: without seeing the machine's value."""

    item: str
    value: Value
    by: str
    at: str
    how: How
    blind: bool
    round: int = 1


class Standing(Frozen):
    """How an item stands: settled with ``value`` and ``how``, or waiting for the person of ``stage``.

    ``keys``: how many people's answers it rests on; ``by``: their logins.
    """

    stage: Stage | None
    value: Value = None
    how: How | None = None
    by: tuple[str, ...] = ()

    @property
    def is_settled(self) -> bool:
        return self.stage is None


def items_needed(record: Record, rules: KeyingRules) -> tuple[str, ...]:
    """What a person has to settle before the record is confirmed, in the order of the paper."""
    wanted = []
    for name in FIELD_NAMES:
        field = record.fields.get(name)
        required = name in REQUIRED_FIELDS
        found = name in rules.also and field.value is not None
        declared = NOT_SECRET in field.reasons  # whatever the rules say: nobody's word alone brings a secret paper in
        if field.needs_review and (required or found or declared):
            wanted.append(name)
    wanted += [reason for reason in record.review_reasons if asks_for_page(reason)]
    return tuple(wanted)


def items_sampled(record: Record, rules: KeyingRules) -> tuple[str, ...]:
    """What a sampled paper is asked: fields the machine found and was sure of."""
    return tuple(
        name
        for name in rules.sampled
        if record.fields.get(name).value is not None
        and not record.fields.get(name).needs_review
        and record.fields.get(name).origin != "manual"
    )


def asks_for_page(item: str) -> bool:
    """Whether the item is a page to be looked at ("unreadable_page:3"), not a value."""
    return item.partition(":")[0] in PAGES


def is_blind(item: str, rules: KeyingRules, *, sampled: bool = False) -> bool:
    return sampled or item in rules.blind


def standing(
    item: str, machine: Value, answers: Sequence[Answer], rules: KeyingRules, *, sampled: bool = False
) -> Standing:
    """Where the item stands after these answers (of one round, in their order).

    ``machine`` is the machine's own value, None when it read nothing: that is no reading, and never agrees.
    """
    said = [answer for answer in answers if answer.item == item]
    last = said[-1] if said else None
    if last is None:
        return Standing(stage="first")
    if last.how in ("decided", "grouped", "confirmed"):
        return Standing(stage=None, value=last.value, how=last.how, by=(last.by,))
    if not is_blind(item, rules, sampled=sampled):
        return Standing(stage=None, value=last.value, how="confirmed", by=(last.by,))
    machine_reads = rules.machine_counts and machine is not None
    for answer in said:
        if machine_reads and same(item, answer.value, machine):
            return Standing(stage=None, value=machine, how="agreed", by=(answer.by,))
    if rules.people == "one":
        return Standing(stage=None, value=last.value, how="keyed", by=(last.by,))
    for index, answer in enumerate(said):
        for other in said[index + 1 :]:
            if other.by != answer.by and same(item, answer.value, other.value):
                return Standing(stage=None, value=answer.value, how="agreed", by=(answer.by, other.by))
    people = {answer.by for answer in said}
    return Standing(stage="second" if len(people) == 1 else "third")


def furthest(stages: Sequence[Stage]) -> Stage | None:
    """The stage a paper waits in: the furthest of its open items. None when nothing is open."""
    return max(stages, key=STAGES.index, default=None)
