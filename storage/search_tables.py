"""Bảng của phần tìm kiếm: abbreviations, cues and values of ``schemas/data/search.toml``, folded and ready."""

from __future__ import annotations

import gzip
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import schemas
from storage.folding import fold_key, fold_text

_FOLDER = Path(schemas.__file__).parent / "data"
_OFTEN = 20
# Onset, vowels, ending of a syllable, accents off.
_SYLLABLE = re.compile(r"(?:b|ch?|d|gi?|gh|h|kh?|l|m|ngh?|nh?|ph|qu|r|s|th?|tr|v|x)?[aeiouy]{1,3}(?:ch?|m|ng?|nh|p|t)?")


@cache
def search_table() -> dict[str, Any]:
    """The whole of ``search.toml`` (do not change the result)."""
    with (_FOLDER / "search.toml").open("rb") as file:
        return tomllib.load(file)


@dataclass(frozen=True, slots=True)
class Abbreviation:
    """``token`` stands in channel w wherever one of the forms does (long forms of three words and more)."""

    shorts: tuple[tuple[str, ...], ...]
    long: tuple[str, ...]
    label: str
    token: str


@cache
def abbreviations() -> tuple[Abbreviation, ...]:
    """Every abbreviation, folded."""
    return tuple(
        Abbreviation(
            shorts=tuple(dict.fromkeys(tuple(fold_key(short).split()) for short in row["short"])),
            long=tuple(fold_key(row["long"]).split()),
            label=f"{row['short'][0]} = {row['long']}",
            token="=" + "".join(fold_key(row["short"][0]).split()),
        )
        for row in search_table()["abbreviation"]
    )


@cache
def marked_words() -> dict[str, tuple[str, ...]]:
    """Short forms of one word -> the tokens to set where they stand."""
    found: dict[str, tuple[str, ...]] = {}
    for one in abbreviations():
        if len(one.long) >= 3:
            for short in one.shorts:
                if len(short) == 1:
                    found[short[0]] = (*found.get(short[0], ()), one.token)
    return found


@dataclass(frozen=True, slots=True)
class MarkedForm:
    """A form of several words, as its pairs of neighbours with spaces around, and the token to set where it stands."""

    pairs: str
    words: frozenset[str]
    token: str


@cache
def marked_forms() -> dict[str, tuple[MarkedForm, ...]]:
    """The word of a longer form that official texts use least -> those forms."""
    counts: dict[str, int] = {}
    for word, count in _rows("syllable_counts.tsv.gz"):
        counts[word] = counts.get(word, 0) + count
    found: dict[str, tuple[MarkedForm, ...]] = {}
    for one in abbreviations():
        if len(one.long) >= 3:
            for form in (one.long, *(short for short in one.shorts if len(short) > 1)):
                rarest = min(form, key=lambda word: counts.get(word, 0))
                pairs = " ".join(f"{a}_{b}" for a, b in pairwise(form))
                made = MarkedForm(f" {pairs} ", frozenset(form), one.token)
                found[rarest] = (*found.get(rarest, ()), made)
    return found


@cache
def syllables() -> frozenset[str]:
    """Folded Vietnamese syllables that official texts use."""
    return frozenset(text for text, count in _rows("syllable_counts.tsv.gz") if count >= 5)


@cache
def plain_syllables() -> frozenset[str]:
    """Those that have the shape of a Vietnamese syllable: no abbreviations, no foreign words."""
    return frozenset(word for word in syllables() if _SYLLABLE.fullmatch(word))


@cache
def common_pairs() -> frozenset[str]:
    """Folded pairs of such syllables that official texts use often, a space between."""
    plain = plain_syllables()
    return frozenset(p for p, n in pair_counts().items() if n >= _OFTEN and all(word in plain for word in p.split(" ")))


@cache
def pair_counts() -> dict[str, int]:
    """How often folded pairs of words stand in official texts, a space between; those that hardly do are not here."""
    found: dict[str, int] = {}
    for pair, count in _rows("pair_counts.tsv.gz"):
        found[pair] = found.get(pair, 0) + count
    return found


def _rows(name: str) -> Iterator[tuple[str, int]]:
    folded = fold_text(gzip.decompress((_FOLDER / name).read_bytes()).decode()).folded
    for line in folded.split("\n")[1:]:
        text, _, count = line.rpartition(" ")  # the tab is a space now
        if text:
            yield text, int(count)
