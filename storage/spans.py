"""Khoảng hết hiệu lực: from which day to which a paper is out of force, out of all that papers say of one another.

A revocation counts as long as it is not revoked itself, and whatever ended a paper counts until it is said to be in
force again. A paper that was replaced stays so when the one in its place is revoked: nothing says that it comes back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

NEVER = "9999-12-31"
REVOKED, RESTORED = "bi_thu_hoi", "khoi_phuc"

Days = list[tuple[str, str]]  # [first, after the last), ascending, apart


@dataclass(frozen=True, slots=True)
class Said:
    """``by`` says of ``target`` that it is ``kind`` (an EndKind) from ``day``."""

    by: str
    target: str
    kind: str
    day: str


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """``target`` is out of force in this way from ``first`` on, until the day before ``until``."""

    target: str
    kind: str
    first: str
    until: str


def spans_of(said: Iterable[Said]) -> set[Span]:
    """The spans of every paper that something is said of."""
    of: dict[str, list[Said]] = defaultdict(list)
    for one in said:
        of[one.target].append(one)
    found: set[Span] = set()
    for target in of:
        for one, days in _counting(target, of, frozenset()):
            found |= {Span(target, one.kind, first, until) for first, until in days}
    return found


def _counting(target: str, of: dict[str, list[Said]], asked: frozenset[str]) -> list[tuple[Said, Days]]:
    """What ends ``target`` with the days on which it does. ``asked``: papers whose own end is being looked for."""
    asked = asked | {target}
    active = [(one, _active(one, of, asked)) for one in of.get(target, ())]
    backs = [(one, days) for one, days in active if one.kind == RESTORED]
    ends: list[tuple[Said, Days]] = []
    for one, days in active:
        if one.kind == RESTORED:
            continue
        for back, in_force in backs:
            if back.day >= one.day:
                days = _without(days, in_force)
        ends.append((one, days))
    return ends


def _active(one: Said, of: dict[str, list[Said]], asked: frozenset[str]) -> Days:
    """The days on which a statement stands: from its day, but not while its paper is revoked."""
    days: Days = [(one.day, NEVER)]
    if one.kind != REVOKED and one.kind != RESTORED:
        return days
    if one.by in asked:  # two papers that revoke each other
        return days
    for other, away in _counting(one.by, of, asked):
        if other.kind == REVOKED:
            days = _without(days, away)
    return days


def _without(days: Days, away: Days) -> Days:
    for begin, end in away:
        kept: Days = []
        for first, until in days:
            kept += [(a, b) for a, b in ((first, min(until, begin)), (max(first, end), until)) if a < b]
        days = kept
    return days
