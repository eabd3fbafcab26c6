"""Chữ máy đọc sai: words that are no Vietnamese syllable, and the one syllable (or the two run together) they stand
for. Only what has a single answer is mended; all else is left to the search for resembling words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from itertools import combinations

from storage.search_tables import common_pairs, plain_syllables, search_table, syllables

_SHORTEST = 3  # letters; shorter words are abbreviations as often as misread ones
_LONGEST = 16
_MOST_SWAPS = 3
_BESIDE = 4  # words on either side that stay with a mended one, so that phrases meet it


@cache
def _swaps() -> tuple[tuple[str, str], ...]:
    return tuple((printed, meant) for meant, forms in search_table()["misread"].items() for printed in forms)


@lru_cache(maxsize=50_000)
def meant_by(word: str) -> tuple[str, ...]:
    """The syllables that a folded word stands for; () for a syllable, and where there is none or more than one."""
    if not _SHORTEST <= len(word) <= _LONGEST or word.isdigit() or word in syllables():
        return ()
    places = [(at, printed, meant) for printed, meant in _swaps() for at in _all_places(word, printed)]
    for count in range(1, min(_MOST_SWAPS, len(places)) + 1):
        found = {form for some in combinations(places, count) if (form := _swapped(word, some)) in plain_syllables()}
        if found:
            return (found.pop(),) if len(found) == 1 else ()
    parted = [(word[:i], word[i:]) for i in range(2, len(word) - 1) if f"{word[:i]} {word[i:]}" in common_pairs()]
    return parted[0] if len(parted) == 1 else ()


def _all_places(word: str, printed: str) -> Iterable[int]:
    at = word.find(printed)
    while at >= 0:
        yield at
        at = word.find(printed, at + 1)


def _swapped(word: str, places: Sequence[tuple[int, str, str]]) -> str | None:
    """The word with all of these exchanged; None where two of them touch the same letter."""
    parts, at = [], 0
    for start, printed, meant in sorted(places):
        if start < at:
            return None
        parts += [word[at:start], meant]
        at = start + len(printed)
    return "".join([*parts, word[at:]])


def mend(words: Sequence[str], known: Mapping[str, tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The stretches of ``words`` around those that ``known`` mends, mended: what pairs of neighbours are made of."""
    places = [at for at, word in enumerate(words) if word in known]
    runs: list[tuple[int, int]] = []
    for at in places:
        start, end = max(0, at - _BESIDE), min(len(words), at + _BESIDE + 1)
        if runs and start <= runs[-1][1]:
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((start, end))
    return [tuple(form for word in words[start:end] for form in known.get(word, (word,))) for start, end in runs]
