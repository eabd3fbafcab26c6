"""Từ tự do: runs of typed words as needs: numbers, dates, abbreviations, names old and new, plain words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from extractors.reference.data import toml_table, tsv_rows
from runtime.search.dates import Days, read_days
from runtime.search.names import is_name, longest_name, other_names, province_of
from runtime.search.need import Need, Way
from storage.ask import Issued, Term, all_of, any_of, side_by_side
from storage.entry import identity_key
from storage.folding import WORD, fold_key, fold_text, fold_words, number_key, visible_text
from storage.search_tables import Abbreviation, abbreviations

_IDENTITY = re.compile(r"(?<![\w/])(?:\d(?:[ .-]?\d){8,12}|[A-Za-z]\d{7,8})(?![\w/])")
_MAX_NOTATION = 7  # words of a ký hiệu
_SO = ("so", "số")
# Parts of ký hiệu that are everyday words: part of a number only in one token with it ("84-KH/TU").
_EVERYDAY = frozenset({"tu", "thu", "du", "da", "ca", "ta", "cat", "hu", "pa"})


@dataclass(frozen=True, slots=True)
class Typed:
    """One typed token with its words."""

    raw: str
    exact: tuple[str, ...]
    folded: tuple[str, ...]


def typed_tokens(text: str) -> list[Typed]:
    """The tokens of free text, those without words left out."""
    found = []
    for token in visible_text(text).split():
        exact, folded = fold_words(token)
        if exact:
            found.append(Typed(token, tuple(exact), tuple(folded)))
    return found


def read_words(text: str, *, salt: bytes, unmasked: bool) -> list[Need]:
    """The needs of a run of free words, in order."""
    needs: list[Need] = []
    text = visible_text(text)
    at = 0
    for found in _IDENTITY.finditer(text):
        if (days := read_days(found[0])) and days.length == len(found[0]):
            continue
        digits = "".join(c for c in found[0] if c.isalnum())
        if len(digits) not in (8, 9, 10, 12, 13):
            continue
        needs += _read_run(text[at : found.start()])
        needs.append(_identity(found[0], digits, salt=salt, unmasked=unmasked))
        at = found.end()
    return needs + _read_run(text[at:])


def _identity(printed: str, digits: str, *, salt: bytes, unmasked: bool) -> Need:
    exact, folded = fold_words(printed)
    ways = [Way(side_by_side(tuple(folded)), ((tuple(exact), tuple(folded)),))]
    if unmasked:
        ways.append(Way(Term("n", identity_key(digits, salt))))
    return Need(tuple(ways), "identity", tuple(exact), tuple(folded), plain=False)


def _read_run(text: str) -> list[Need]:
    """Dates are cut out first: they may hold spaces and marks that mean something else elsewhere."""
    needs: list[Need] = []
    at, i = 0, 0
    while i < len(text):
        if i and not text[i - 1].isspace():
            i += 1
            continue
        days = read_days(text[i:]) if not text[i].isspace() else None
        if days is None:
            i += 1
            continue
        needs += _read_tokens(typed_tokens(text[at:i]))
        needs.append(date_need(text[i : i + days.length], days))
        at = i = i + days.length
    return needs + _read_tokens(typed_tokens(text[at:]))


def _read_tokens(tokens: list[Typed]) -> list[Need]:
    provinces = _provinces_in(tokens)
    needs: list[Need] = []
    i = 0
    while i < len(tokens):
        for read in (_number, _name, _short, _long):
            found = read(tokens[i:], provinces)
            if found is not None:
                need, used = found
                needs.append(need)
                i += used
                break
        else:
            needs.append(word_need(tokens[i]))
            i += 1
    return needs


def word_need(token: Typed) -> Need:
    """A word; of several in one token ("hộ-nghèo") they must be neighbours. A year may be that of the paper too."""
    marks = ((token.exact, token.folded),)
    if len(token.folded) > 1:
        return Need((Way(side_by_side(token.folded), marks),), "phrase", token.exact, token.folded)
    word = token.folded[0]
    ways = [Way(Term("w", word), marks)]
    if word.isdigit():
        ways += [Way(Term("w", w), (((w,), (w,)),)) for w in _zeros(word) if w != word]
        if len(word) == 4 and (year := read_days(word, alone=True)):
            ways.append(Way(Issued(year.first, year.last)))
        else:
            ways.append(Way(Term("n", f"d:{word.lstrip('0') or '0'}")))
        return Need(tuple(ways), "number", token.exact, token.folded)
    if word[0].isdigit():  # "2110qdubnd"
        ways.append(Way(Term("n", f"k:{word.lstrip('0')}")))
        return Need(tuple(ways), "number", token.exact, token.folded)
    return Need(tuple(ways), "word", token.exact, token.folded)


def phrase_need(text: str) -> Need | None:
    """Words in quotes: neighbours, as they stand; None when there is no word."""
    exact, folded = fold_words(visible_text(text))
    if not folded:
        return None
    pair = (tuple(exact), tuple(folded))
    return Need((Way(side_by_side(pair[1]), (pair,)),), "phrase", *pair, plain=False)


def date_need(text: str, days: Days) -> Need:
    """A date: of the paper, or written in it in any of the usual ways. A range is of the paper only."""
    exact, folded = fold_words(visible_text(text))
    ways = [Way(Issued(days.first, days.last))]
    if days.kind != "range":
        written = list(dict.fromkeys([*(tuple(words) for words in _written(days)), *_in_words(tuple(folded))]))
        ways += [Way(side_by_side(words), ((words, words),)) for words in written]
    return Need(tuple(ways), "date", tuple(exact), tuple(folded), plain=False)


def _in_words(folded: tuple[str, ...]) -> list[tuple[str, ...]]:
    """A date typed in words may stand in a paper as it was typed."""
    return [folded] if any(not word.isdigit() and word not in ("ngay", "thang", "nam") for word in folded) else []


def _written(days: Days) -> list[list[str]]:
    year, month, day = str(days.first // 10_000), days.first // 100 % 100, days.first % 100
    if days.kind == "year":
        return [[year]]
    months = _zeros(str(month))
    if days.kind == "month":
        return [["thang", m, "nam", year] for m in months] + [["thang", m, year] for m in months]
    pairs = [(d, m) for d in _zeros(str(day)) for m in months]
    return [["ngay", d, "thang", m, "nam", year] for d, m in pairs] + [[d, m, year] for d, m in pairs]


def _zeros(digits: str) -> list[str]:
    """The number as typed, without leading zeros, and of two digits."""
    plain = digits.lstrip("0") or "0"
    return list(dict.fromkeys([digits, plain, plain.zfill(2)]))


Found = tuple[Need, int] | None


def _number(tokens: Sequence[Typed], _provinces: frozenset[str]) -> Found:
    """ "2110/QĐ-UBND", "2110 qd ubnd", "so 2110", "21 10/QĐ-UBND" at the beginning."""
    start = 1 if tokens[0].folded[0] in _SO and len(tokens[0].folded) == 1 and len(tokens) > 1 else 0
    words: list[str] = []
    exact: list[str] = []
    used = start
    letters = False
    for token in tokens[start : start + _MAX_NOTATION]:
        first = token.folded[0]
        if not words:
            if not first.isdigit():
                return None
        elif token.folded[0] in _EVERYDAY or not all(
            word in notation_words() or (word.isdigit() and not letters) for word in token.folded
        ):
            break
        if words and token.folded[0].isdigit() and not letters and len(token.folded) == 1 and len(first) == 4:
            break  # "so 2110 2020": a year
        letters = letters or any(not word.isdigit() for word in token.folded)
        words += token.folded
        exact += token.exact
        used += 1
    if not words or not (letters or start) or (letters and len(words) > _MAX_NOTATION + 1):
        return None
    return number_need(tuple(exact), tuple(words)), used


def number_need(exact: tuple[str, ...], words: tuple[str, ...]) -> Need:
    """A số ký hiệu, whole or its beginning: of the paper itself, or cited in it."""
    plain = tuple(word.lstrip("0") or "0" if word.isdigit() else word for word in words)
    own = [all_of(Term("n", f"w:{word}") for word in plain), Term("n", f"k:{''.join(plain)}")]
    leading = next((n for n, word in enumerate(words) if not word.isdigit()), len(words))
    if leading > 1:  # "21 10/QĐ-UBND": split while it was typed or read
        joined = "".join(words[:leading]).lstrip("0") or "0"
        own.append(all_of([Term("n", f"w:{joined}"), *(Term("n", f"w:{word}") for word in words[leading:])]))
    marks = ((exact, words),)
    ways = [Way(any_of(own), marks)]
    for spelled in dict.fromkeys([words, plain, (plain[0].zfill(2), *plain[1:])]):
        ways.append(Way(side_by_side(spelled), ((spelled, spelled),)))
    if leading > 1:
        joined_words = ("".join(words[:leading]), *words[leading:])
        ways.append(Way(side_by_side(joined_words), ((joined_words, joined_words),)))
    return Need(tuple(ways), "number", exact, words, plain=False)


@cache
def notation_words() -> frozenset[str]:
    """Folded words that ký hiệu are made of."""
    found: set[str] = set()
    for row in tsv_rows("notations.tsv"):
        found |= set(fold_key(row[0]).split())
    for row in toml_table("doc_types.toml")["doc_type"]:
        for short in row.get("abbreviations", ()):
            found |= set(fold_key(short).split())
    for table in ("central", "department", "body", "office"):
        for row in toml_table("agencies.toml")[table]:
            for short in row["abbr"]:
                found |= set(fold_key(short).split())
    return frozenset(word for word in found if not word.isdigit())


def _short(tokens: Sequence[Typed], _provinces: frozenset[str]) -> Found:
    """ "UBND", "GCN QSDĐ" at the beginning: the longest known short form."""
    for size in (3, 2, 1):
        words = tuple(word for token in tokens[:size] for word in token.folded)
        one = _by_short().get(words)
        if one is not None and len(tokens) >= size:
            exact = tuple(word for token in tokens[:size] for word in token.exact)
            return _abbreviation(one, exact, words), size
    return None


def _long(tokens: Sequence[Typed], _provinces: frozenset[str]) -> Found:
    """ "ủy ban nhân dân" at the beginning: long forms of three words and more."""
    most = max(map(len, _by_long()))
    for size in range(min(most, len(tokens)), 2, -1):
        words = tuple(word for token in tokens[:size] for word in token.folded)
        one = _by_long().get(words)
        if one is not None:
            exact = tuple(word for token in tokens[:size] for word in token.exact)
            return _abbreviation(one, exact, words), size
    return None


def _abbreviation(one: Abbreviation, exact: tuple[str, ...], words: tuple[str, ...]) -> Need:
    forms = tuple((form, form) for form in (*one.shorts, one.long) if form != words)
    marks = ((exact, words), *forms)
    if len(one.long) >= 3:
        return Need((Way(Term("w", one.token), marks),), "name", exact, words)
    ways = [Way(side_by_side(words), ((exact, words),))]
    ways.append(Way(side_by_side(one.long), ((one.long, one.long),), note=""))
    return Need(tuple(ways), "name", exact, words)


def _name(tokens: Sequence[Typed], provinces: frozenset[str]) -> Found:
    """A unit or agency that is called otherwise now, or was before."""
    for size in range(min(longest_name(), len(tokens)), 1, -1):
        words = tuple(word for token in tokens[:size] for word in token.folded)
        if not is_name(words):
            continue
        others = other_names(words, provinces=provinces)
        if not others:
            continue
        exact = tuple(word for token in tokens[:size] for word in token.exact)
        short = _by_long().get(words)
        ways = [Way(Term("w", short.token) if short else side_by_side(words), ((exact, words),))]
        ways += [Way(side_by_side(o.words), ((o.words, o.words),), o.note, lesser=True) for o in others]
        return Need(tuple(ways), "name", exact, words), size
    return None


def _provinces_in(tokens: Sequence[Typed]) -> frozenset[str]:
    words = [word for token in tokens for word in token.folded]
    found = set()
    for size in (2, 3, 4):
        for i in range(len(words) - size + 1):
            name = province_of(tuple(words[i : i + size]))
            if name and not (i and words[i - 1] in ("xa", "phuong", "huyen")):
                found.add(name)
    return frozenset(found)


@cache
def _by_short() -> dict[tuple[str, ...], Abbreviation]:
    return {short: one for one in abbreviations() for short in one.shorts}


@cache
def _by_long() -> dict[tuple[str, ...], Abbreviation]:
    return {one.long: one for one in abbreviations() if len(one.long) >= 3}


def whole_number(text: str) -> str | None:
    """The key of a text that may be a số ký hiệu as a whole: starts with the number, holds a letter, few words."""
    words = WORD.findall(fold_text(text).folded)
    if words[:1] == ["so"]:
        words = words[1:]
    if not 2 <= len(words) <= 8 or not words[0][0].isdigit() or not any(w.isalpha() for w in words):
        return None
    return number_key(" ".join(words))
