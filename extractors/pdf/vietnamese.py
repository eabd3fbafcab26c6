"""Is this text Vietnamese? Judged by its syllables, never by its length."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from schemas.text import modern_tones

_LETTERS = re.compile(r"[^\W\d_]+", re.UNICODE)
_ONSET = r"(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdđghklmnpqrstvx])?"
_RIME = r"[aăâeêioôơuưy]{1,3}(?:ch|ng|nh|[cmnpt])?"
_SHAPE = re.compile(f"{_ONSET}{_RIME}", re.UNICODE)
_BREAKS = frozenset("\t\r\n\f")
_ODD = frozenset({"Co", "Cn", "Cc"})
_TONES = dict.fromkeys(map(ord, "\u0300\u0301\u0303\u0309\u0323"))


@dataclass(frozen=True, slots=True)
class Judgement:
    """How Vietnamese a text is.

    tokens    words of two letters or more that were looked at
    known     share of them (by count) that are Vietnamese syllables in use (0..1)
    accented  share of them that carry a mark or đ (0..1); about 0.8 in running text
    odd       share of all characters that no Vietnamese paper prints: (cid:..), private use, stray symbols
    """

    tokens: int
    known: float
    accented: float
    odd: float

    @property
    def is_vietnamese(self) -> bool:
        return self.tokens > 0 and self.known >= 0.72 and self.accented >= 0.4 and self.odd < 0.05


@cache
def _frequencies() -> dict[str, int]:
    """Syllable -> power of two of its count (data/syllables.txt)."""
    table: dict[str, int] = {}
    text = files(__package__).joinpath("data/syllables.txt").read_text("utf-8")
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        power, *syllables = line.split()
        for syllable in syllables:
            table[modern_tones(syllable)] = int(power)
    return table


@cache
def is_syllable(word: str) -> bool:
    """Whether ``word`` (any case, NFC) is a syllable in use in Vietnamese administrative prose."""
    return _frequencies().get(modern_tones(word.lower()), -1) >= 3


def has_shape(word: str) -> bool:
    """Whether ``word`` could be a Vietnamese syllable by its letters, used or not (names are)."""
    plain = unicodedata.normalize("NFC", unicodedata.normalize("NFD", word.lower()).translate(_TONES))
    return _SHAPE.fullmatch(plain) is not None


def judge(text: str) -> Judgement:
    """Weigh ``text`` (NFC or not). Capitals-only abbreviations (UBND) are not counted against it."""
    text = unicodedata.normalize("NFC", text)
    odd = sum(1 for c in text if c == "\ufffd" or (c not in _BREAKS and unicodedata.category(c) in _ODD))
    odd += 6 * text.count("(cid:")
    tokens = known = accented = 0
    for word in _LETTERS.findall(text):
        if len(word) < 2:
            continue
        plain_ascii = word.isascii()
        if plain_ascii and word.isupper() and len(word) <= 6 and not is_syllable(word):
            continue
        tokens += 1
        known += is_syllable(word)
        accented += not plain_ascii
    if not tokens:
        return Judgement(0, 0.0, 0.0, min(1.0, odd / max(1, len(text))))
    return Judgement(tokens, known / tokens, accented / tokens, min(1.0, odd / len(text)))
