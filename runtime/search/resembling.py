"""Gần giống: what is asked for when few papers hold the very words: words as they may have been misread or mistyped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

from rapidfuzz import process
from rapidfuzz.distance import OSA

from runtime.search.need import Need, Understood
from storage.ask import Ask, Bonus, Expr, Near, Nothing, Term, all_of, any_of
from storage.search_tables import syllables

_MAX_PAIRS = 8
_SHORTEST = 3  # letters of a word that may differ by one
_MAY_MISS_ONE = 4  # needs of a question so long that one of them may be wrong altogether
_PAIRS_LEFT = 2  # neighbours that are left where one need is missing


def near_asks(asked: Understood, tests: tuple[Expr, ...], without: tuple[Expr, ...]) -> tuple[Ask, ...]:
    """The words with reading and typing errors: one of them where the others stand together, then any of them, then, of
    a longer question, one of them missing. Nothing when no word may have errors. What matches exactly is left out."""
    needs = asked.needs
    words = [_NearWord.of(needs, i) for i in range(len(needs))]
    pairs = {
        n: Term("b", f"{a.folded[-1]}_{b.folded[0]}")
        for n, (a, b) in enumerate(pairwise(needs))
        if _is_words(a) and _is_words(b)
    }
    bonuses = [Bonus(8, need.expr) for need in needs]
    bonuses += [Bonus(3, pair) for pair in list(pairs.values())[:_MAX_PAIRS]]
    bases = [_together(words, pairs)] if pairs else []
    if any(word.others for word in words):
        bases.append(all_of([any_of(other for word in words for other in word.others), *(w.expr for w in words)]))
    if len(needs) >= _MAY_MISS_ONE:
        bases.append(_one_missing(words, pairs))
    strict = all_of(need.expr for need in needs)
    return tuple(
        Ask(all_of([base, *asked.tests, *tests]), (*without, strict), tuple(bonuses))
        for base in bases
        if not isinstance(base, Nothing)
    )


def _together(words: list[_NearWord], pairs: Mapping[int, Expr]) -> Expr:
    """One word is another one, all others stand beside each other: few papers, and mostly the one that is meant."""
    return any_of(
        all_of([any_of(word.others), *(pair for n, pair in pairs.items() if i not in (n, n + 1)), *_but(words, i)])
        for i, word in enumerate(words)
    )


def _one_missing(words: list[_NearWord], pairs: Mapping[int, Expr]) -> Expr:
    """One word is not there at all, others stand beside each other."""
    missing: list[Expr] = []
    for i in range(len(words)):
        left = [pair for n, pair in pairs.items() if i not in (n, n + 1)]
        if len(left) >= _PAIRS_LEFT:
            missing.append(all_of([*left, *_but(words, i)]))
    return any_of(missing)


def _but(words: list[_NearWord], i: int) -> list[Expr]:
    return [word.expr for n, word in enumerate(words) if n != i]


@dataclass(frozen=True, slots=True)
class _NearWord:
    """One need met, or one of ``others`` in its place.

    A word that stands for another syllable than was typed must stand beside a neighbour of the question: somewhere
    in a paper stands nearly every syllable. Such pairs are in few papers each: asking for them costs little.
    """

    expr: Expr
    others: tuple[Expr, ...]

    @classmethod
    def of(cls, needs: tuple[Need, ...], i: int) -> _NearWord:
        need = needs[i]
        before = _neighbours(needs[i - 1].folded[-1]) if i and _is_words(needs[i - 1]) else ()
        behind = _neighbours(needs[i + 1].folded[0]) if i + 1 < len(needs) and _is_words(needs[i + 1]) else ()
        others: list[Expr] = []
        if need.kind == "word":
            shortest = _SHORTEST - 1 if len(needs) >= _MAY_MISS_ONE else _SHORTEST
            others += _other_forms(need.folded[0], before, behind, shortest=shortest)
            others += [Term("w", joined) for joined in joined_words(needs, i)]
        elif need.plain and need.kind in ("name", "phrase"):
            for n, word in enumerate(need.folded):  # one of its words misread
                if len(word) >= _SHORTEST and not word.isdigit():
                    rest = (Term("w", other) for k, other in enumerate(need.folded) if k != n)
                    others.append(all_of([Near("z", word, 1), *rest]))
        return cls(any_of([need.expr, *others]), tuple(others))


def _is_words(need: Need) -> bool:
    return need.plain and need.kind in ("word", "name", "phrase") and bool(need.folded)


def _neighbours(word: str) -> tuple[str, ...]:
    """A neighbour as it may stand in a paper: a word that is no syllable is mistyped itself."""
    return (word,) if word in syllables() else (word, *similar_syllables(word, _distance(word)))


def _other_forms(word: str, before: tuple[str, ...], behind: tuple[str, ...], *, shortest: int) -> list[Expr]:
    """What may have become of a word, or what was meant by it."""
    if word.isdigit():
        return []
    found: list[Expr] = []
    distance = _distance(word)
    if len(word) >= _SHORTEST:
        found.append(Near("z", word, distance))
        if not before and not behind and (len(word) > _SHORTEST or word not in syllables()):
            found.append(Near("w", word, distance))
    if word not in syllables():  # "quyetdinh"
        halves = ((word[:n], word[n:]) for n in range(2, len(word) - 1))
        found += [Term("b", f"{a}_{b}") for a, b in halves if a in syllables() and b in syllables()]
    if len(word) >= shortest:
        forms = similar_syllables(word, distance)
        found += [Term("b", f"{one}_{form}") for form in forms for one in before]
        found += [Term("b", f"{form}_{one}") for form in forms for one in behind]
    return found


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
