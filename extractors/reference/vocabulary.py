"""Covers a printed line with known phrases and units, tolerating wrong accents and a misread letter."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache

from rapidfuzz.distance import Levenshtein

from extractors.reference.base import How
from extractors.reference.data import toml_table
from extractors.reference.spelling import Token, compare, key, restyle, tokens
from extractors.reference.units import (
    KINDS,
    Unit,
    find_unit,
    is_alias,
    near_units,
    provinces,
    split_kind,
    units_named,
)
from schemas.text import modern_tones

_COST: dict[How, float] = {"exact": 0.0, "accents": 0.5, "edit": 2.0}
_UNKNOWN = 5.0
_STRANGE_NAME = 4.0  # a word behind "xã", "huyện" ... that is no known name
_KEPT_STARTS = 20_000
_LOOSE = 3  # words a phrase needs before one short word in it may be misread by a letter
_SEGMENT = 0.3
_MAX_UNIT_WORDS = 6


@dataclass(frozen=True, slots=True)
class Phrase:
    """A known phrase. ``tag``: central, department, body, office, head, field, joint; entry: its row number there."""

    words: tuple[str, ...]
    tag: str
    entry: int
    marks: tuple[str, ...] = ()  # what stands behind each word in the table's name: ",", "-" or nothing


@dataclass(frozen=True, slots=True)
class Segment:
    """Printed words start..end (end exclusive) understood as ``phrase`` or ``units``; neither = unknown words.

    With a ``kind`` but no units it is a unit whose name is not known.
    """

    start: int
    end: int
    words: tuple[str, ...]
    hows: tuple[How, ...]
    phrase: Phrase | None = None
    units: tuple[Unit, ...] = ()
    kind: str = ""
    rivals: bool = False  # another unit differs from this one in accents only, and nothing on the paper decides

    @property
    def known(self) -> bool:
        return self.phrase is not None or bool(self.units)


def _entries() -> Iterable[tuple[str, str, int]]:
    table = toml_table("agencies.toml")
    for tag in ("central", "department", "body", "office"):
        for i, row in enumerate(table[tag]):
            for name in (row["name"], *row.get("short", ())):
                yield name, tag, i
    for tag, words in (("head", "heads"), ("field", "fields"), ("joint", "joints")):
        for i, name in enumerate(table["vocabulary"][words]):
            yield name, tag, i


def _words_and_marks(name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    words: list[str] = []
    marks: list[str] = []
    for t in tokens(name):
        if t.key:
            words.append(t.core)
            marks.append(t.tail)
        elif marks:
            marks[-1] = t.text
    return tuple(words), tuple(marks)


class Vocabulary:
    """Phrases by their first word."""

    def __init__(self, entries: Iterable[tuple[str, str, int]]) -> None:
        self._by_first: dict[str, list[Phrase]] = defaultdict(list)
        self._starts: dict[str, list[str]] = {}  # first words that a printed word may stand for, as met
        for name, tag, i in entries:
            words, marks = _words_and_marks(name)
            self._by_first[key(words[0])].append(Phrase(words, tag, i, marks))

    def phrases_at(self, words: list[Token], start: int) -> Iterable[tuple[Phrase, int, tuple[How, ...]]]:
        """Phrases that begin at word ``start``: (phrase, end, how each word agrees; dashes are skipped)."""
        first = words[start]
        keys = self._starts.get(first.key)
        if keys is None:
            keys = [first.key] if first.key in self._by_first else []
            keys += [k for k in self._by_first if k != first.key and _one_edit(first.key, k)]
            if len(self._starts) < _KEPT_STARTS:
                self._starts[first.key] = keys
        found: dict[tuple[int, float], list[tuple[Phrase, int, tuple[How, ...]]]] = defaultdict(list)
        for k in keys:
            for phrase in self._by_first[k]:
                match = self._match(words, start, phrase)
                if match is None:
                    continue
                if "edit" in match[1]:
                    found[match[0], sum(_COST[h] for h in match[1])].append((phrase, *match))
                else:
                    yield phrase, *match
        for rivals in found.values():  # a misread that may be either of two stays
            if len({tuple(map(key, p.words)) for p, _, _ in rivals}) == 1:
                yield rivals[0]

    @staticmethod
    def _match(words: list[Token], start: int, phrase: Phrase) -> tuple[int, tuple[How, ...]] | None:
        hows: list[How] = []
        i = start
        for known in phrase.words:
            while i < len(words) and not words[i].key and hows:
                i += 1
            if i >= len(words):
                return None
            how = compare(words[i].core, known)
            if how is None and len(phrase.words) >= _LOOSE and "edit" not in hows:
                how = "edit" if _one_edit(words[i].key, key(known)) else None
            if how is None:
                return None
            hows.append(how)
            i += 1
        return i, tuple(hows)


@lru_cache(maxsize=65536)
def _one_edit(a: str, b: str) -> bool:
    return min(len(a), len(b)) >= 2 and Levenshtein.distance(a, b, score_cutoff=1) == 1


def _may_change(phrase: Phrase, how: How, start: int) -> bool:
    """A phrase of one word is too weak to change what is printed, but for "và" and the head of a line."""
    return how == "accents" and (start == 0 or phrase.words == ("và",))


@cache
def agency_vocabulary() -> Vocabulary:
    """Phrases of agency names."""
    return Vocabulary(_entries())


@dataclass(frozen=True, slots=True)
class _Step:
    cost: float
    segments: tuple[Segment, ...]


def cover(words: list[Token], *, near: tuple[str, ...] = (), on: date | None = None) -> tuple[Segment, ...]:
    """The cheapest cover of the words by phrases, units and unknown words.

    ``near``: short names of provinces the paper points to; they decide between communes of one name.
    """
    best: list[_Step | None] = [None] * (len(words) + 1)
    best[0] = _Step(0.0, ())

    def offer(i: int, cost: float, segment: Segment) -> None:
        step = best[i]
        assert step is not None
        total = step.cost + cost + _SEGMENT
        old = best[segment.end]
        if old is None or total < old.cost - 1e-9:
            best[segment.end] = _Step(total, (*step.segments, segment))

    vocabulary = agency_vocabulary()
    for i, word in enumerate(words):
        if best[i] is None:
            continue
        if not word.key:
            offer(i, -_SEGMENT, Segment(i, i + 1, (word.text,), ("exact",), Phrase((word.text,), "joint", -1)))
            continue
        offer(i, _UNKNOWN, Segment(i, i + 1, (word.core,), ("exact",)))
        for phrase, end, hows in vocabulary.phrases_at(words, i):
            if len(phrase.words) == 1 and set(hows) != {"exact"} and not _may_change(phrase, hows[0], i):
                continue
            joint = 0.4 if phrase.tag == "joint" else 0.2 if phrase.tag == "field" else 0.0
            offer(i, sum(_COST[h] for h in hows) + joint, Segment(i, end, phrase.words, hows, phrase))
        for segment in _unit_segments(words, i, near, on):
            strange = 0.0 if segment.units else _STRANGE_NAME * (segment.end - i - 1)
            offer(i, sum(_COST[h] for h in segment.hows) + strange, segment)
    last = best[len(words)]
    return last.segments if last else ()


def _unit_segments(words: list[Token], start: int, near: tuple[str, ...], on: date | None) -> Iterable[Segment]:
    """Units named at word ``start``: a kind with a name, or the bare name of a province."""
    for printed, kind in KINDS:
        parts = printed.split()
        hows = _kind_hows(words, start, parts)
        if hows is None:
            continue
        begin = start + len(parts)
        if len(printed) == 1 and "." not in words[start].tail:
            continue
        for size in range(min(_MAX_UNIT_WORDS, len(words) - begin), 0, -1):
            if not words[begin + size - 1].key or not words[begin].key:
                continue
            known = tuple(parts) if printed == kind else (words[start].core,)
            yield from _named(words, begin, size, kind, near, on, start, known, hows)
            if printed == kind and size <= 3:  # a name we do not know, or do not dare to choose
                rest = tuple(t.core for t in words[begin : begin + size] if t.key)
                yield Segment(start, begin + size, (*parts, *rest), hows, None, (), kind)
    for size in range(min(5, len(words) - start), 1, -1):
        if words[start + size - 1].key:
            yield from _named(words, start, size, "", near, on, start, (), ())


def _kind_hows(words: list[Token], start: int, parts: list[str]) -> tuple[How, ...] | None:
    if start + len(parts) > len(words):
        return None
    hows = [compare(w.core, p) for w, p in zip(words[start:], parts, strict=False)]
    return None if None in hows else tuple(h for h in hows if h)


def _named(
    words: list[Token], begin: int, size: int, kind: str, near: tuple[str, ...], on: date | None,
    start: int, kind_words: tuple[str, ...], kind_hows: tuple[How, ...],
) -> Iterable[Segment]:  # fmt: skip
    core = [t for t in words[begin : begin + size] if t.key]
    name = " ".join(t.core for t in core)
    pool = [u for u in units_named(name) if (u.kind == kind if kind else u.level == "tinh")]
    if not pool and len(name) >= 5 and kind in ("tỉnh", "thành phố"):
        pool = [u for u in near_units(name, level="tinh") if u.kind == kind]
    elif not pool and near and kind and len(name) >= 6:
        pool = [u for u in near_units(name, within=near) if u.kind == kind]
    if not pool:
        return
    spelled: dict[tuple[str, ...], tuple[tuple[How, ...], list[Unit]]] = {}
    for unit in pool:
        known = tuple(modern_tones(t.core) for t in tokens(unit.short) if t.key)
        hows: list[How | None] = [None]
        if len(known) == len(core):
            hows = [compare(t.core, k) for t, k in zip(core, known, strict=True)]
        elif is_alias(name):  # what is printed stays
            known, hows = tuple(t.core for t in core), ["exact"] * len(core)
        if None in hows:
            continue
        spelled.setdefault(known, (tuple(h for h in hows if h), []))[1].append(unit)
    chosen = _choose(spelled, near)
    if chosen is None:
        return
    known, hows_known, units, rivals = chosen
    valid = [u for u in units if u.valid_on(on)] or units
    yield Segment(
        start, begin + size, (*kind_words, *known), (*kind_hows, *hows_known), None, tuple(valid), kind, rivals
    )  # fmt: skip


def _choose(
    spelled: dict[tuple[str, ...], tuple[tuple[How, ...], list[Unit]]], near: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[How, ...], list[Unit], bool] | None:
    """One spelling: of the province the paper points to, else as printed, else the only one there is.

    The last value says that other spellings were possible.
    """
    if not spelled:
        return None
    here = {s: v for s, v in spelled.items() if any(u.province in near for u in v[1])} if near else {}
    for group in (here, spelled):
        if not group:
            continue
        exact = {s: v for s, v in group.items() if set(v[0]) == {"exact"}}
        pick = exact or group
        if len(pick) == 1:
            known, (hows, units) = next(iter(pick.items()))
            inside = [u for u in units if u.province in near]
            return known, hows, inside or units, len(group) > 1 and not any(u.level == "tinh" for u in units)
    return None


def written(words: list[Token], segment: Segment) -> list[str]:
    """The words of a segment with accents put right, in their printed style and punctuation.

    A comma or full stop between two words of a phrase that has no mark there is a speck.
    """
    out: list[str] = []
    known = iter(segment.words)
    marks = iter(segment.phrase.marks[:-1] if segment.phrase else ())
    for token in words[segment.start : segment.end]:
        if not token.key:
            out.append(token.text)
            continue
        word = next(known)
        tail = token.tail if next(marks, token.tail) else token.tail.strip(".,:;'")
        out.append(token.lead + (restyle(token.core, word) if segment.known else token.core) + tail)
    return out


def province_names(text: str | None, on: date | None = None) -> tuple[str, ...]:
    """Short names of the provinces a place or agency text points to."""
    if not text:
        return ()
    units = find_unit(text, on=on) or find_unit(split_kind(text)[1])
    tops = [u for u in units if u.level == "tinh"] or list(units)
    names = {u.province for u in tops}
    return tuple(sorted(names)) if len(names) <= 4 else ()


def known_provinces() -> frozenset[str]:
    """Keys of province names, for quick checks."""
    return frozenset(key(u.short) for u in provinces())
