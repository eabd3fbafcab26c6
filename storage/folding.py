"""Gập chữ để tìm: text as the index sees it, without losing the place of a single character.

Two views of the same words: *exact* keeps accents (NFC, newer tone placement, lower case), *folded* has none
(đ as d). Both have the length of ``visible``, so that a hit in either is a place in the other.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np

from schemas.text import modern_tones, nfc

WORD = re.compile(r"[^\W_]+")
MAX_WORD = 64  # characters of a word that count; longer ones are noise or an attack

# CCCD, số định danh cá nhân: twelve digits; in groups only when they begin with 0, as province codes do (years do not).
_TWELVE = re.compile(r"(?<![\d/])(?:\d{12}|0(?:[ .-]?\d){11})(?![\d/])")
# CMND: nine digits, whole or in threes.
_NINE = re.compile(r"(?<!\d)(?<!\d[./-])(?:\d{9}(?![./-]?\d)|\d{3}([ .])\d{3}\1\d{3}(?![ .,]?\d))")
_MONEY = re.compile(r"\s*(?:đồng|đ\b|vnđ|vnd)", re.IGNORECASE)


def _table() -> dict[int, str]:
    table = {ord("đ"): "d", ord("Đ"): "d"}
    for code in (*range(0x00C0, 0x0250), *range(0x1E00, 0x1F00)):
        base = unicodedata.normalize("NFD", chr(code))[0].lower()
        if len(base) == 1 and base.isascii() and base.isalnum():
            table[code] = base
    table[ord("đ")] = table[ord("Đ")] = "d"
    return table


_FOLD = _table()
# What ``schemas.text.nfc`` changes in text that is NFC already: exotic spaces, invisible characters, Ð.
_ODD = re.compile("[\\t\u00a0\u2002\u2003\u2009\u202f\u2007\u200b\u200c\u200d\ufeff\u00adÐð]")
_MAYBE_IDENTITY = re.compile(r"\d[\d .-]{7}")
_MAYBE_CLASSES = re.compile(rb"d[ds]{7}")  # the same in what ``_classes`` gives
# Where characters are their own NFC whatever stands beside them: Latin, Vietnamese, signs, bullets of word processors.
_PLAIN_RANGES = ((0x0000, 0x02FF), (0x1E00, 0x1EFF), (0x2010, 0x205E), (0x20A0, 0x20BF), (0x2190, 0x23FF),
                 (0x25A0, 0x25FF), (0xE000, 0xF8FF))  # fmt: skip
_SHORT = 200  # characters; below, a table costs more than it saves
_KNOWN_WORDS = 200_000  # folded forms kept; papers repeat themselves


class _Known(dict[str, str]):
    """What becomes of a word, remembered, but for words so long that they are noise."""

    def __init__(self, become: Callable[[str], str]) -> None:
        self._become = become

    def __missing__(self, word: str) -> str:
        known = self._become(word)
        if len(word) <= MAX_WORD:
            if len(self) >= _KNOWN_WORDS:
                self.clear()
            self[word] = known
        return known


def _accented(word: str) -> str:
    """The word as written; empty when it carries no accents."""
    modern = modern_tones(word)[:MAX_WORD]
    return "" if modern == word.translate(_FOLD)[:MAX_WORD] else modern


_folded = _Known(lambda word: word.translate(_FOLD)[:MAX_WORD])
_written = _Known(_accented)
_doubled = _Known(lambda word: f"{word} {word}_")
_Codes = np.ndarray[tuple[int], np.dtype[np.uint16]]


@cache
def _fold_table() -> _Codes:
    """Code -> folded code; ten times as fast as ``str.translate`` on a page of Vietnamese."""
    return np.array([ord(_lower(chr(code)).translate(_FOLD)) for code in range(0x10000)], dtype="<u2")


def fold_words(visible: str) -> tuple[list[str], list[str]]:
    """(exact, folded) words of text that is visible already, in order, cut at MAX_WORD characters."""
    exact = WORD.findall(fold_accents_kept(visible))
    if exact and max(map(len, exact)) > MAX_WORD:
        exact = [word[:MAX_WORD] for word in exact]
    return exact, [_folded[word] for word in exact]


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text: ``folded`` in order, the distinct ones that carry accents, as written, and ``pairs``:
    neighbours joined, a space between the pairs ("a b c" is "a_b b_c"; empty for less than two words)."""

    folded: tuple[str, ...]
    accented: frozenset[str]
    pairs: str


def read_words(visible: str) -> Words:
    """The words of text that is visible already: those of ``fold_words``, in a fraction of its time.

    Few thousand words make nearly all texts, and what becomes of one is known.
    """
    codes = _codes(visible) if len(visible) >= _SHORT else None
    if codes is not None:
        return _words_of(codes)
    return _made_words(WORD.findall(_lower(visible)))


def read_page(text: str, *, also: str | None = None) -> tuple[str, list[str], Words]:
    """A text of a paper as it may be shown, the identity numbers it held, and its words: ``visible_text``,
    ``hide_identities`` and ``read_words`` in one, as most texts need no change."""
    codes = _codes(text) if len(text) >= _SHORT and also is None else None
    if codes is not None:
        classes = _class_table()[codes].tobytes()
        if b"u" not in classes and not _MAYBE_CLASSES.search(classes):
            return text, [], _words_of(codes)
    shown, numbers = hide_identities(visible_text(plain_text(text)), also=also)
    return shown, numbers, read_words(shown)


def _words_of(codes: _Codes) -> Words:
    return _made_words(_word_table()[codes].tobytes().decode("utf-16-le", "surrogatepass").split())


def _made_words(exact: list[str]) -> Words:
    if not exact:
        return _NO_WORDS
    folded = tuple(map(_folded.__getitem__, exact))
    accented = frozenset(map(_written.__getitem__, set(exact)))
    pairs = "".join([folded[0], "_", *map(_doubled.__getitem__, folded[1:-1]), folded[-1]]) if len(folded) > 1 else ""
    return Words(folded, accented - _NOTHING, pairs)


_NO_WORDS, _NOTHING = Words((), frozenset(), ""), frozenset([""])


@cache
def _word_table() -> _Codes:
    """Code -> lower case; whatever is no part of a word becomes a space."""
    lower = np.full(0x10000, 0x20, dtype="<u2")
    for code in range(0x10000):
        if chr(code).isalnum():
            lower[code] = ord(_lower(chr(code)))
    return lower


def _codes(text: str) -> _Codes | None:
    """The codes of the characters; None where one of them lies beyond the basic plane: rare, and two codes each."""
    codes = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), dtype="<u2")
    return codes if len(codes) == len(text) else None


@cache
def _class_table() -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    """Code -> d: digit, s: what may stand in a group of digits, x: other plain characters, u: may need a change."""
    table = np.full(0x10000, ord("u"), dtype=np.uint8)
    for first, last in _PLAIN_RANGES:
        for code in range(first, last + 1):
            char = chr(code)
            if unicodedata.is_normalized("NFC", char) and not unicodedata.combining(char) and not _ODD.match(char):
                table[code] = ord("d" if char.isdecimal() else "s" if char in " .-" else "x")
    table[0] = ord("u")  # taken out by ``plain_text``
    return table


def _classes(text: str) -> bytes | None:
    """The class of each character of a long text, by ``_class_table``; None for texts that are looked at otherwise."""
    codes = _codes(text) if len(text) >= _SHORT else None
    return None if codes is None else _class_table()[codes].tobytes()


@dataclass(frozen=True, slots=True)
class FoldedText:
    """One text in three views of equal length: as shown, with accents for comparing, without accents."""

    visible: str
    exact: str
    folded: str

    def words(self) -> Iterator[tuple[str, str]]:
        """(exact, folded) of every word, in order, cut at MAX_WORD characters."""
        for found in WORD.finditer(self.folded):
            start, end = found.start(), min(found.end(), found.start() + MAX_WORD)
            yield self.exact[start:end], self.folded[start:end]


def plain_text(text: str) -> str:
    """Text that any program takes: no half characters, no NUL."""
    if text.isprintable():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-8", "replace").decode()
    return text.replace("\0", " ") if "\0" in text else text


def visible_text(text: str) -> str:
    """NFC with plain spaces: what is stored and shown. Done again it changes nothing."""
    classes = _classes(text)
    if classes is not None and b"u" not in classes:
        return text
    if unicodedata.is_normalized("NFC", text) and not _ODD.search(text):
        return text
    once = nfc(text)
    return once if unicodedata.is_normalized("NFC", once) else nfc(once)  # Ð with a loose mark: Đ may join it


def fold_text(text: str) -> FoldedText:
    """The three views of any text: any Unicode form, either tone placement, any case."""
    visible = visible_text(text)
    exact = fold_accents_kept(visible)
    return FoldedText(visible, exact, exact.translate(_FOLD))


def fold_accents_kept(visible: str) -> str:
    """The exact view of text that is visible already; same length."""
    return modern_tones(_lower(visible))


def fold_bare(visible: str) -> str:
    """The folded view of text that is visible already; same length."""
    if len(visible) < _SHORT:
        return _lower(visible).translate(_FOLD)
    codes = _codes(visible)
    if codes is None:
        return _lower(visible).translate(_FOLD)
    folded: bytes = _fold_table()[codes].tobytes()
    return folded.decode("utf-16-le", "surrogatepass")


def fold_key(text: str) -> str:
    """Key for comparing whole values (names of agencies): folded words joined by single spaces."""
    return " ".join(WORD.findall(fold_text(text).folded))


def number_key(text: str) -> str:
    """Số ký hiệu however it is typed: "02110/QĐ-UBND", "2110 qd ubnd" and "2110/qd-ubnd" are "2110qdubnd"."""
    return "".join(word.lstrip("0") or "0" if word.isdigit() else word for word in WORD.findall(fold_text(text).folded))


def hide_identity(text: str, *, also: str | None = None) -> str:
    """Identity numbers (9 digits: CMND, 12 digits: CCCD) as stars, same length; ``also`` is one known from the record.

    Digits in groups that are followed by a currency stay: they are money.
    """
    if _may_hold_identity(text):
        for pattern in (_TWELVE, _NINE):
            text = pattern.sub(lambda m: m.group() if _is_money(m) else _stars(m), text)
    spread = _spread(also) if also else None
    return spread.sub(_stars, text) if spread else text


@lru_cache(maxsize=256)
def _spread(number: str) -> re.Pattern[str] | None:
    """The number with anything but letters and digits between its characters; None for what is too short for one."""
    wanted = "".join(WORD.findall(number))
    if len(wanted) < 6:
        return None
    return re.compile(r"[\W_]*".join(map(re.escape, wanted)), re.IGNORECASE)


def identity_numbers(text: str) -> list[str]:
    """The identity numbers that ``hide_identity`` would star in ``text``, digits only."""
    if not _may_hold_identity(text):
        return []
    found = []
    for pattern in (_TWELVE, _NINE):
        found += ["".join(WORD.findall(m.group())) for m in pattern.finditer(text) if not _is_money(m)]
        text = pattern.sub(lambda m: m.group() if _is_money(m) else _stars(m), text)
    return found


def hide_identities(text: str, *, also: str | None = None) -> tuple[str, list[str]]:
    """``hide_identity`` and ``identity_numbers`` of text that mostly holds none."""
    if also is None and not _may_hold_identity(text):
        return text, []
    return hide_identity(text, also=also), identity_numbers(text)


def _may_hold_identity(text: str) -> bool:
    classes = _classes(text)
    if classes is not None and b"u" not in classes:
        return _MAYBE_CLASSES.search(classes) is not None
    return _MAYBE_IDENTITY.search(text) is not None


def _is_money(found: re.Match[str]) -> bool:
    return not found.group().isdigit() and _MONEY.match(found.string, found.end()) is not None


def _stars(found: re.Match[str]) -> str:
    return WORD.sub(lambda m: "*" * len(m.group()), found.group())


def _lower(text: str) -> str:
    low = text.lower().replace("ς", "σ")  # a letter's lower case must not hang on what stands beside it
    if len(low) == len(text):
        return low
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
