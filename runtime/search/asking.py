"""Thành câu hỏi cho máy tìm: needs, filters and a viewer's limits as what must match and what ranks higher."""

from __future__ import annotations

from functools import cache, lru_cache
from itertools import pairwise

from rapidfuzz import process
from rapidfuzz.distance import OSA

from runtime.search.need import Need, Understood
from schemas.scope import Scope
from storage.ask import (
    AnyOf,
    Ask,
    Bonus,
    Expr,
    Issued,
    Near,
    Sort,
    Term,
    all_of,
    any_of,
    side_by_side,
)
from storage.entry import date_number, tag
from storage.search import SearchFilters
from storage.search_tables import syllables

# Weights: a better kind of match is worth more than all lesser ones together; whole numbers, at most 511 in all.
_SAME_NUMBER = 256
_AS_TYPED = 128
_ACCENTS = 64
_HEAD_PAIRS = 24
_BODY_PAIRS = 16
_HEAD_WORDS = 12
_MAX_PAIRS = 8
_SHORTEST_NEAR = 4  # letters of a word that may differ by one; three where only misread words are looked at


def strict_ask(asked: Understood, tests: tuple[Expr, ...], *, sort: Sort) -> Ask:
    """Every need met in one of its ways."""
    base = all_of([*(need.expr for need in asked.needs), *asked.tests, *tests])
    return Ask(base, _without(asked), tuple(_bonuses(asked)), sort)


def near_ask(asked: Understood, tests: tuple[Expr, ...], *, loose: bool) -> Ask | None:
    """The words with reading and typing errors; None when there is none that may have any.

    A word that is a Vietnamese syllable is looked for among what is none (misread words), another among all words;
    ``loose``: all words among all, and one of four or more may be missing. What ``strict_ask`` finds is left out.
    A word that stands for another syllable than was typed must stand beside a neighbour of the question: somewhere
    in a paper stands nearly every syllable.
    """
    parts: list[Expr] = []
    bonuses: list[Bonus] = []
    changes: list[Expr] = []  # one of them is in every paper that only resembles
    for i, need in enumerate(asked.needs):
        exprs = [need.expr]
        if need.kind == "word":
            near = _near(need.folded[0], loose=loose)
            others = [Term("w", joined) for joined in joined_words(asked.needs, i)]
            exprs += [near, *others]
            changes += [*_changed(asked.needs, i, near, loose=loose), *others]
        elif need.plain and need.kind in ("name", "phrase"):  # one of its words misread
            for n, word in enumerate(need.folded):
                if len(word) >= _SHORTEST_NEAR - 1 and not word.isdigit():
                    rest = (Term("w", other) for k, other in enumerate(need.folded) if k != n)
                    exprs.append(all_of([Near("z", word, 1), *rest]))
                    changes.append(Near("z", word, 1))
        parts.append(any_of(exprs))
        bonuses.append(Bonus(8, need.expr))
    if not changes:
        return None
    words = [need.folded[0] for need in asked.needs if need.kind == "word"]
    pairs = [side_by_side(pair) for pair in list(pairwise(words))[:_MAX_PAIRS]]
    bonuses += [Bonus(3, pair) for pair in pairs]
    least = len(parts) - 1 if loose and len(parts) >= 4 else len(parts)
    words_expr = all_of(parts) if least == len(parts) else any_of(parts, least=least)
    if least < len(parts) and len(pairs) >= 2:  # one word is missing: most of the others stand together
        changes.append(any_of(pairs, least=len(pairs) - 1))
    strict = all_of(need.expr for need in asked.needs)
    base = all_of([any_of(changes), words_expr, *asked.tests, *tests])
    return Ask(base, (*_without(asked), strict), tuple(bonuses))


def _changed(needs: tuple[Need, ...], i: int, near: Expr, *, loose: bool) -> list[Expr]:
    """What a paper holds in which the word of need ``i`` is written otherwise."""
    word = needs[i].folded[0]
    ways = [way for way in (near.parts if isinstance(near, AnyOf) else (near,)) if way != Term("w", word)]
    beside = [(n, needs[n].folded[0]) for n in (i - 1, i + 1) if 0 <= n < len(needs) and needs[n].kind == "word"]
    if not beside:
        return ways
    found: list[Expr] = []
    for way in ways:
        if not (isinstance(way, Near) and way.channel == "w"):
            found.append(way)
            continue
        for n, other in beside:
            there = [other] if other in syllables() else [other, *similar_syllables(other, _distance(other))]
            for form in similar_syllables(word, way.distance):
                found += [Term("b", f"{form}_{one}" if n > i else f"{one}_{form}") for one in there]
        found.append(Near("z", word, way.distance))
    return found


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


def _without(asked: Understood) -> tuple[Expr, ...]:
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
        found.append(Bonus(_AS_TYPED, all_of(need.as_typed for need in every)))
    accented = [word for need in needs for word, plain in zip(need.exact, need.folded, strict=True) if word != plain]
    if accented:
        found.append(Bonus(_ACCENTS, all_of(Term("x", word) for word in accented)))
    found += _neighbours([need for need in needs if need.kind in ("word", "phrase", "number", "name")])
    return found


def _neighbours(needs: list[Need]) -> list[Bonus]:
    """Words in the main fields rank higher, and pairs of neighbours higher than words far from each other."""
    words = [word for need in needs for word in need.folded]
    if not words:
        return []
    pairs = [f"{a}_{b}" for a, b in pairwise(words)][:_MAX_PAIRS]
    found = [Bonus(_HEAD_WORDS, all_of(Term("h", word) for word in words))]
    for gram in pairs:
        found.append(Bonus(max(1, _HEAD_PAIRS // len(pairs)), Term("h", gram)))
        found.append(Bonus(max(1, _BODY_PAIRS // len(pairs)), Term("b", gram)))
    return found


def _near(word: str, *, loose: bool) -> Expr:
    """The word, or what may have become of it."""
    same = Term("w", word)
    if any(char.isdigit() for char in word) and word.isdigit():
        return same
    ways: list[Expr] = [same]
    known = word in syllables()
    distance = _distance(word)
    if known and not loose:
        if len(word) >= _SHORTEST_NEAR - 1:
            ways.append(Near("z", word, 1))
    elif len(word) >= _SHORTEST_NEAR - (0 if known else 1):
        ways.append(Near("w", word, distance))
    if not known:  # "quyetdinh"
        ways += [
            Term("b", f"{word[:i]}_{word[i:]}")
            for i in range(2, len(word) - 1)
            if word[:i] in syllables() and word[i:] in syllables()
        ]
    return any_of(ways)


def _distance(word: str) -> int:
    return 2 if len(word) >= 7 and word not in syllables() else 1


@lru_cache(maxsize=4096)
def similar_syllables(word: str, distance: int) -> tuple[str, ...]:
    """Syllables at most ``distance`` edits from the word (two neighbours exchanged are one), itself not."""
    found = process.extract(word, _syllable_list(), scorer=OSA.distance, score_cutoff=distance, limit=None)
    return tuple(form for form, _, _ in found if form != word)


@cache
def _syllable_list() -> tuple[str, ...]:
    return tuple(sorted(syllables()))


def joined_words(needs: tuple[Need, ...], i: int) -> list[str]:
    """The word run together with the one before or behind it, as it may have been read."""
    if needs[i].kind != "word":
        return []
    here = needs[i].folded[0]
    found = []
    if i and needs[i - 1].kind == "word":
        found.append(needs[i - 1].folded[0] + here)
    if i + 1 < len(needs) and needs[i + 1].kind == "word":
        found.append(here + needs[i + 1].folded[0])
    return found
