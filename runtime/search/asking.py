"""Thành câu hỏi cho máy tìm: needs, filters and a viewer's limits as what must match and what ranks higher."""

from __future__ import annotations

from collections.abc import Collection
from itertools import pairwise

from runtime.search.need import Need, Understood
from schemas.scope import Scope
from storage.ask import (
    Ask,
    Bonus,
    Expr,
    Issued,
    Sort,
    Term,
    all_of,
    any_of,
)
from storage.entry import date_number, tag
from storage.search import SearchFilters
from storage.search_tables import pair_counts

# Weights: a better kind of match is worth more than all lesser ones together; whole numbers, at most 511 in all.
_SAME_NUMBER = 256
_ACCENTS = 64  # the words as typed, side by side
_AS_TYPED = 10
_ACCENTS_APART = 8
_HEAD_PAIRS = 24
_BODY_PAIRS = 16
_HEAD_WORDS = 12
_MAX_PAIRS = 10
_FEW_PAIRS = 4
_RAREST = 6  # pairs of a question with more than _FEW_PAIRS that count
_IN_A_ROW = ("word", "phrase", "number", "name")


def strict_ask(asked: Understood, tests: tuple[Expr, ...], *, sort: Sort) -> Ask:
    """Every need met in one of its ways."""
    met = (any_of([need.expr, *_parted(asked.needs, i)]) for i, need in enumerate(asked.needs))
    base = all_of([*met, *asked.tests, *tests])
    return Ask(base, without_tests(asked), tuple(_bonuses(asked)), sort)


def _parted(needs: tuple[Need, ...], i: int) -> list[Expr]:
    """Two words that look like the name of a unit, but belong to those beside them: "thuong binh duong quy hien" is of
    no province."""
    need = needs[i]
    if need.kind != "name" or not need.widened or len(need.folded) != 2:
        return []
    first, last = need.folded
    pairs = [f"{needs[i - 1].folded[-1]}_{first}"] if i and needs[i - 1].kind == "word" else []
    if i + 1 < len(needs) and needs[i + 1].kind == "word":
        pairs.append(f"{last}_{needs[i + 1].folded[0]}")
    return [all_of([Term("w", first), Term("w", last), *(Term("b", pair) for pair in pairs)])] if pairs else []


def scope_tests(scope: Scope) -> tuple[Expr, ...]:
    """What a viewer may see, as expressions."""
    tests: list[Expr] = []
    for name, allowed in (("issuing_agency_name", scope.agencies), ("field_name", scope.fields)):
        if allowed is not None:
            tests.append(any_of(Term("t", tag(name, value)) for value in sorted(allowed)))
    return tuple(tests)


def filter_tests(filters: SearchFilters) -> tuple[Expr, ...]:
    """The filters set beside the words, as expressions."""
    values = {
        "doc_type": filters.doc_type,
        "issuing_agency_name": filters.issuing_agency_name,
        "year": f"{filters.year:04d}" if filters.year is not None else None,
        "status": filters.status,
        "kind": filters.kind,
        "field_name": filters.field_name,
        "level": filters.level,
        "batch": filters.batch,
    }
    tests: list[Expr] = [
        Term("t", tag(name, value.encode("utf-8", "replace").decode()))
        for name, value in values.items()
        if value is not None
    ]
    if filters.date_from or filters.date_to:
        tests.append(Issued(date_number(filters.date_from) or 1, date_number(filters.date_to) or 99_999_999))
    return tuple(tests)


def hidden_tests(record_ids: Collection[str]) -> tuple[Expr, ...]:
    """Records that are no hits for this viewer, as expressions."""
    return tuple(Term("n", f"r:{record_id}") for record_id in sorted(record_ids))


def without_tests(asked: Understood) -> tuple[Expr, ...]:
    """What must not be there, as expressions."""
    return tuple(need.expr for need in asked.without)


def _bonuses(asked: Understood) -> list[Bonus]:
    needs = asked.needs
    found: list[Bonus] = []
    numbers = [Term("n", f"k:{asked.number}")] if asked.number else []
    for need in needs:
        if need.kind == "number":
            digits = "".join(word.lstrip("0") or "0" if word.isdigit() else word for word in need.folded)
            numbers += [Term("n", f"k:{digits}")]
            if digits.isdigit():
                numbers.append(Term("n", f"d:{digits}"))
    if numbers:
        found.append(Bonus(_SAME_NUMBER, any_of(numbers)))
    every = (*needs, *asked.tested)
    if any(need.widened for need in every):
        parted = [any_of([need.as_typed, *_parted(needs, i)]) for i, need in enumerate(needs)]
        found.append(Bonus(_AS_TYPED, all_of([*parted, *(need.as_typed for need in asked.tested)])))
    accented = [word for need in needs for word, plain in zip(need.exact, need.folded, strict=True) if word != plain]
    if accented:
        exact = all_of(Term("x", word) for word in accented)
        words = [word for need in needs if need.kind in _IN_A_ROW for word in need.folded]
        beside = [Term("b", f"{a}_{b}") for a, b in pairwise(words)][:_MAX_PAIRS]
        found.append(Bonus(_ACCENTS, all_of([exact, *beside])))
        if beside:
            found.append(Bonus(_ACCENTS_APART, exact))
    found += _neighbours([need for need in needs if need.kind in _IN_A_ROW])
    return found


def _neighbours(needs: list[Need]) -> list[Bonus]:
    """Words in the main fields rank higher, and pairs of neighbours higher than words far from each other."""
    words = [word for need in needs for word in need.folded]
    if not words:
        return []
    pairs = list(pairwise(words))
    found = [Bonus(_HEAD_WORDS, all_of(Term("h", word) for word in words))]
    if len(pairs) > _FEW_PAIRS:  # what stands together in a main field is in the body's pairs as well
        grams = _rarest(pairs)
        return found + [Bonus((_HEAD_PAIRS + _BODY_PAIRS) // len(grams), Term("b", gram)) for gram in grams]
    for gram in (f"{a}_{b}" for a, b in pairs):
        found.append(Bonus(max(1, _HEAD_PAIRS // len(pairs)), Term("h", gram)))
        found.append(Bonus(max(1, _BODY_PAIRS // len(pairs)), Term("b", gram)))
    return found


def _rarest(pairs: list[tuple[str, str]]) -> list[str]:
    """The pairs that tell most: those that official texts use least, in the order of the question."""
    counts = pair_counts()
    often = sorted(dict.fromkeys(pairs), key=lambda pair: counts.get(" ".join(pair), 0))[:_RAREST]
    return [f"{a}_{b}" for a, b in dict.fromkeys(pairs) if (a, b) in often]
