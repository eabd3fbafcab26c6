"""Comparing one printed word with one known word, and writing the known one in the printed style."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import Levenshtein

from extractors.reference.base import How
from extractors.reference.syllables import valid_syllable
from schemas.text import fold, modern_tones, nfc

_LONG_WORD = 5  # letters; a shorter word is repaired by a letter only when it is no Vietnamese syllable
_EDGE = ".,;:!?\"'“”‘’()[]{}*_|~`^"
_RANK: dict[How, int] = {"exact": 0, "accents": 1, "edit": 2}


def _bare_table() -> dict[int, str]:
    table = {ord("đ"): "d", ord("Đ"): "d"}
    for code in [*range(0xC0, 0x250), *range(0x1E00, 0x1F00)]:
        base = unicodedata.normalize("NFD", chr(code))[0].lower()
        if base.isascii():
            table.setdefault(code, base)
    return table


_BARE = _bare_table()


def bare(text: str) -> str:
    """Same as ``schemas.text.bare`` for NFC text, several times faster (used on whole tables)."""
    return text.translate(_BARE).lower()


@lru_cache(maxsize=65536)
def key(word: str) -> str:
    """A word as the tables know it: no accents, lower case, no punctuation around or inside ("R'Lấp" -> "rlap")."""
    return "".join(c for c in bare(nfc(word)) if c.isalnum() or c == "&")


@dataclass(frozen=True, slots=True)
class Token:
    """One printed word. ``lead`` and ``tail`` are the punctuation around ``core``; key "" for a lone dash."""

    text: str
    lead: str
    core: str
    tail: str

    @property
    def key(self) -> str:
        return key(self.core)


def tokens(text: str) -> tuple[Token, ...]:
    """Printed words of one line; dashes between words stand alone."""
    out = []
    for word in nfc(text).replace("–", "-").replace("—", "-").replace("-", " - ").split():
        core = word.strip(_EDGE)
        start = word.find(core) if core else len(word)
        out.append(Token(word, word[:start], core, word[start + len(core) :]))
    return tuple(out)


def join(words: list[str], printed: str) -> str:
    """Words with single spaces; dashes get back the form and spacing they had in ``printed``."""
    text = " ".join(words)
    printed = " ".join(nfc(printed).split())
    dashes = [
        (printed[i - 1 : i] == " ", c, printed[i + 1 : i + 2] == " ") for i, c in enumerate(printed) if c in "-–—"
    ]
    out: list[str] = []
    seen = i = 0
    while i < len(text):
        if text[i] == "-" and seen < len(dashes):
            before, dash, after = dashes[seen]
            seen += 1
            if not before and out and out[-1] == " ":
                out.pop()
            out.append(dash)
            if not after and text[i + 1 : i + 2] == " ":
                i += 1
        else:
            out.append(text[i])
        i += 1
    return "".join(out)


@lru_cache(maxsize=65536)
def compare(printed: str, known: str) -> How | None:
    """How a printed word agrees with a known one, None when it does not.

    ``edit``: the letters differ by one edit, in a word of five letters or more, or in a misread that is no syllable.
    """
    a, b = key(printed), key(known)
    if a == b:
        return "exact" if fold(printed) == fold(known) else "accents"
    if min(len(a), len(b)) < 3 or abs(len(a) - len(b)) > 1 or any(c.isdigit() for c in b):
        return None
    if Levenshtein.distance(a, b, score_cutoff=1) > 1:
        return None
    if len(b) >= _LONG_WORD or not valid_syllable(printed):
        return "edit"
    return None


def worst(hows: list[How]) -> How:
    """The least certain of several."""
    return max(hows, key=_RANK.__getitem__, default="exact")


def restyle(printed: str, known: str) -> str:
    """``known`` in the case and tone placement of ``printed``; the printed word itself when they are equal."""
    if fold(printed) == fold(known):
        return printed
    word = modern_tones(nfc(known))
    if printed == modern_tones(printed) or printed.lower() == word.lower():
        pass
    elif len(word) >= 2:
        word = _old_tones(word)
    letters = [c for c in printed if c.isalpha()]
    if letters and all(c.isupper() for c in letters):
        return word.upper()
    if letters and letters[0].isupper():
        return word[0].upper() + word[1:].lower()
    return word.lower() if letters else word


_OLD = {"òa": "oà", "óa": "oá", "ỏa": "oả", "õa": "oã", "ọa": "oạ", "òe": "oè", "óe": "oé", "ỏe": "oẻ", "õe": "oẽ",
        "ọe": "oẹ", "ùy": "uỳ", "úy": "uý", "ủy": "uỷ", "ũy": "uỹ", "ụy": "uỵ"}  # fmt: skip


def _old_tones(word: str) -> str:
    tail = word[-2:].lower()
    return word[:-2] + _OLD[tail] if tail in _OLD else word
