"""The first hits of a question to the embedded engine, in order of rank, without ranking every hit of a broad one.

Ranking costs several times as much as counting. Of very many hits only those are ranked one by one that meet a bonus
few papers meet; all others fall into tiers of equal rank, by which of the common bonuses they meet, and in a tier the
newest come first. The order is that of a full ranking."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import combinations
from math import log2
from typing import Any

import tantivy

from storage.ask import Ask, Bonus, Everything, Expr, Term, all_of, any_of
from storage.index_query import at_most, build_base, build_ranked

RANKED = 20_000  # hits; of more, not all are ranked one by one
_MOST_TIERS = 12  # above, everything is ranked after all
_MOST_COMMON = 10  # bonuses; of more there are as many tiers as nobody looks through: only the first one is
_FIRST_PART, _SECOND_PART = 256, 32  # newest parts of the archive that are looked through first
_NEXT_PART = 4  # times as much next
_SAME = 1.0015  # more than what a day adds to a rank (``recent``)
_EPOCH = date(1900, 1, 1).toordinal()
Rated = tuple[float, Any]  # rank, address


def recent(issued: int) -> float:
    """A day as a number so small that the engine's rank, multiplied with log2(2 + it), changes by less than the
    smallest difference of weights: newer papers first among equals."""
    try:
        day = date(issued // 10_000, issued // 100 % 100, issued % 100).toordinal() - _EPOCH
    except ValueError:
        return 0.0
    return max(0, min(73_000, day)) / 73_000 * 0.002


def best(searcher: Any, schema: tantivy.Schema, ask: Ask, *, limit: int, offset: int) -> tuple[int, list[Rated]]:
    """How many match, and the page asked for, every hit ranked."""
    ranked = build_ranked(schema, build_base(schema, ask), ask.bonuses)
    found = searcher.search(ranked, limit=limit, offset=offset, weight_by_field="recent")
    return int(found.count), found.hits


def best_of_many(searcher: Any, schema: tantivy.Schema, ask: Ask, *, limit: int, offset: int) -> list[Rated]:
    """The page asked for of a broad question."""
    found = _by_tiers(searcher, schema, ask, offset + limit)
    return best(searcher, schema, ask, limit=limit, offset=offset)[1] if found is None else found[offset:]


def _by_tiers(searcher: Any, schema: tantivy.Schema, ask: Ask, wanted: int) -> list[Rated] | None:
    """The first ``wanted`` hits; None where the tiers are too many."""
    rare, common = _split(searcher, ask.bonuses)
    some = any_of(bonus.expr for bonus in rare)
    hits: list[Rated] = []
    if rare:
        part = replace(ask, base=all_of((ask.base, some)))
        query = build_ranked(schema, build_base(schema, part), ask.bonuses)
        hits = list(searcher.search(query, limit=wanted, weight_by_field="recent", count=False).hits)
    rest = replace(ask, without=(*ask.without, *([some] if rare else [])), bonuses=())
    most = _MOST_TIERS if len(common) <= _MOST_COMMON else 1
    last, before = 0.0, 0
    parts = _newest_parts(searcher)
    for number, (worth, met, unmet) in enumerate(_tiers(common)):
        if worth != last:
            if sum(score >= worth * _SAME for score, _ in hits) >= wanted:
                break
            last, before = worth, sum(score >= worth * _SAME for score, _ in hits)
        if number == most:
            return None
        tier = replace(rest, base=all_of((rest.base, *met)), without=(*rest.without, *unmet))
        found = newest(searcher, schema, tier, wanted - before, parts=parts)
        hits += [(worth * log2(2 + recent(issued)), address) for issued, address in found]
    hits.sort(key=lambda hit: -hit[0])
    return hits[:wanted]


def _split(searcher: Any, bonuses: Sequence[Bonus]) -> tuple[list[Bonus], list[Bonus]]:
    """Bonuses that together at most RANKED records meet, and the others."""
    rare, common, room = [], [], RANKED
    for most, bonus in sorted(((at_most(searcher, one.expr), one) for one in bonuses), key=lambda pair: pair[0]):
        if most <= room:
            room -= most
            if most:
                rare.append(bonus)
        else:
            common.append(bonus)
    return rare, common


def _tiers(bonuses: Sequence[Bonus]) -> Iterator[tuple[float, list[Expr], list[Expr]]]:
    """Every choice of bonuses (of very many: the first two), the weightiest first: its rank, what is met, what not."""
    numbers = range(len(bonuses))
    if len(bonuses) > _MOST_COMMON:
        lightest = min(numbers, key=lambda n: bonuses[n].weight)
        choices = [tuple(numbers), tuple(n for n in numbers if n != lightest)]
    else:
        choices = [some for size in range(len(bonuses) + 1) for some in combinations(numbers, size)]
    for some in sorted(choices, key=lambda some: -sum(bonuses[n].weight for n in some)):
        met = [bonuses[n].expr for n in some]
        unmet = [bonuses[n].expr for n in numbers if n not in some]
        yield 1.0 + sum(bonuses[n].weight for n in some), met, unmet


def newest(
    searcher: Any, schema: tantivy.Schema, ask: Ask, wanted: int, *, parts: Sequence[Expr] | None = None
) -> list[tuple[int, Any]]:
    """The newest that match, with their dates: looked for in the newest ``parts`` of the archive first, in all when
    those are too few."""
    order = tantivy.Order.Desc
    if at_most(searcher, ask.base) <= RANKED:
        parts = ()
    elif parts is None:
        parts = _newest_parts(searcher)
    for part in (*parts, Everything()):
        query = build_base(schema, replace(ask, base=all_of((ask.base, part))))
        found = searcher.search(query, limit=wanted, order_by_field="issued", order=order, count=False).hits
        if len(found) == wanted:
            break
    return list(found)


def _newest_parts(searcher: Any) -> list[Expr]:
    """The papers of the newest months, then of the newest years, each time of more of them; those without a date are
    in none."""
    months = _grown(searcher, "m:", searcher.num_docs / _FIRST_PART, once=True)
    return [*months, *_grown(searcher, "y:", searcher.num_docs / _SECOND_PART)]


def _grown(searcher: Any, prefix: str, enough: float, *, once: bool = False) -> list[Expr]:
    spans = sorted(((int(term[2:]), number) for term, number in searcher.terms_with_prefix("t", prefix)), reverse=True)
    parts: list[Expr] = []
    there, taken = 0, []
    for span, number in spans:
        taken.append(Term("t", f"{prefix}{span}"))
        there += number
        if there >= enough:
            parts.append(any_of(taken))
            if once:
                break
            enough = max(there, enough) * _NEXT_PART
    return parts
