"""Câu hỏi cho máy tìm: what to match and how to rank, in terms every engine knows. Made by ``runtime/search``.

Terms live in channels, the same for every engine (``entry.py`` fills them):

w  folded words of text and main fields, and "=ubnd" where an abbreviation or its long form stands
x  words that carry accents, as written (lower case, newer tone placement)
b  pairs of neighbouring folded words ("quyet_dinh"), in order
z  words that are no Vietnamese syllable: what a reader of pictures may have misread
h  words and pairs of the main fields
p  words of one field, with its letter before ("o:nguyen")
n  keys compared whole: ids, numbers of papers, cited numbers, marks of identity numbers
t  tags: type, agency, year, status ...
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

Channel = Literal["w", "x", "b", "z", "h", "p", "n", "t"]
Sort = Literal["relevance", "newest", "oldest"]
FACETS = ("doc_type", "field_name", "issuing_agency_name", "level", "year", "status", "kind")


@dataclass(frozen=True, slots=True)
class Term:
    channel: Channel
    token: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """Three or more words side by side, as their pairs."""

    grams: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Near:
    """A word at most ``distance`` edits from ``token``, in channel w or z."""

    channel: Channel
    token: str
    distance: int = 1


@dataclass(frozen=True, slots=True)
class Issued:
    """Issued from ``first`` to ``last``, both included, as numbers that sort (20250131)."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least ``least`` of the parts."""

    parts: tuple[Expr, ...]
    least: int = 1


@dataclass(frozen=True, slots=True)
class Everything:
    pass


@dataclass(frozen=True, slots=True)
class Nothing:
    pass


Expr = Term | Phrase | Near | Issued | All | AnyOf | Everything | Nothing


@dataclass(frozen=True, slots=True)
class Bonus:
    """Adds ``weight`` (a whole number) to the rank of what also matches ``expr``."""

    weight: int
    expr: Expr


@dataclass(frozen=True, slots=True)
class Ask:
    """A hit matches ``base`` and none of ``without``; better ones have more of ``bonuses``, newer ones come first
    among equals."""

    base: Expr = Everything()
    without: tuple[Expr, ...] = ()
    bonuses: tuple[Bonus, ...] = ()
    sort: Sort = "relevance"


def all_of(parts: Iterable[Expr]) -> Expr:
    """Every part; nothing asked is everything."""
    kept = _distinct(part for part in parts if not isinstance(part, Everything))
    if any(isinstance(part, Nothing) for part in kept):
        return Nothing()
    return kept[0] if len(kept) == 1 else All(kept) if kept else Everything()


def any_of(parts: Iterable[Expr], *, least: int = 1) -> Expr:
    """At least ``least`` of the parts; of no parts, nothing."""
    kept = _distinct(part for part in parts if not isinstance(part, Nothing))
    if len(kept) < least:
        return Nothing()
    if least == 1 and any(isinstance(part, Everything) for part in kept):
        return Everything()
    return kept[0] if len(kept) == 1 else AnyOf(kept, least)


def _distinct(parts: Iterable[Expr]) -> tuple[Expr, ...]:
    """Each part once; what has parts of its own is compared by identity, as comparing hundreds of terms takes time."""
    return tuple({id(part) if isinstance(part, All | AnyOf) else part: part for part in parts}.values())


def side_by_side(words: tuple[str, ...]) -> Expr:
    """Folded words that are neighbours."""
    if not words:
        return Everything()
    if len(words) == 1:
        return Term("w", words[0])
    grams = tuple(f"{a}_{b}" for a, b in pairwise(words))
    return Phrase(grams) if len(grams) > 1 else Term("b", grams[0])
