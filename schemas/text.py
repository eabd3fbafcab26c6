"""Vietnamese text folded without losing the way back to what was printed."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_SPACES = dict.fromkeys(map(ord, "\u00a0\u2002\u2003\u2009\u202f\u2007\t"), " ")
_DROPPED = frozenset("\u200b\u200c\u200d\ufeff\u00ad")
_LOOKALIKES = {"Ð": "Đ", "ð": "đ"}
_GONE = dict.fromkeys(map(ord, _DROPPED))
_PLAIN = _SPACES | {ord(c): good for c, good in _LOOKALIKES.items()}
# Old tone placement to new one: hoá -> hóa, uỷ -> ủy. Applied only where no letter follows.
_TONE_NEW = {
    "oà": "òa", "oá": "óa", "oả": "ỏa", "oã": "õa", "oạ": "ọa",
    "oè": "òe", "oé": "óe", "oẻ": "ỏe", "oẽ": "õe", "oẹ": "ọe",
    "uỳ": "ùy", "uý": "úy", "uỷ": "ủy", "uỹ": "ũy", "uỵ": "ụy",
}  # fmt: skip
_TONE_NEW |= {case(k): case(v) for k, v in tuple(_TONE_NEW.items()) for case in (str.upper, str.capitalize)}


_TONE_OLD = re.compile("|".join(_TONE_NEW))
_ODD = re.compile(f"[{''.join(map(chr, _GONE | _PLAIN))}]")


@lru_cache(maxsize=16_384)
def nfc(text: str) -> str:
    """NFC, no-break and exotic spaces as plain ones, zero-width characters dropped, Ð as Đ."""
    if _ODD.search(text) is None:  # nearly always; normalizing what is normal costs nothing
        return unicodedata.normalize("NFC", text)
    return unicodedata.normalize("NFC", text.translate(_GONE)).translate(_PLAIN)


def modern_tones(text: str) -> str:
    """Tone marks moved to the newer placement (hoá -> hóa); same length. ``quý`` keeps its mark."""
    return _TONE_OLD.sub(_moved_tone, text)


def _moved_tone(found: re.Match[str]) -> str:
    text, pair, after = found.string, found.group(), found.end()
    if after < len(text) and (text[after].isalpha() or unicodedata.combining(text[after])):
        return pair  # a loose mark after the pair would join the letter that lost its own
    if pair[0] in "uU" and after > 2 and text[after - 3] in "qQ":
        return pair
    return _TONE_NEW[pair]


class _Bare(dict[int, str]):
    """Letters without accents, found once each."""

    def __missing__(self, code: int) -> str:
        c = chr(code)
        self[code] = plain = "d" if c == "đ" else unicodedata.normalize("NFD", c)[0]
        return plain


_BARE = _Bare()


@lru_cache(maxsize=16_384)
def bare(text: str) -> str:
    """Lower case without any accents, đ as d; same length as ``nfc(text)`` for Vietnamese text."""
    return nfc(text).lower().translate(_BARE)


@lru_cache(maxsize=16_384)
def fold(text: str) -> str:
    """Key for comparing: NFC, new tone placement, lower case, single spaces. Accents are kept."""
    return " ".join(modern_tones(nfc(text).lower()).split())


@dataclass(frozen=True, slots=True)
class CleanText:
    """A cleaned view of ``raw``.

    ``origin[i]`` is the raw offset where cleaned character i began; the last entry is len(raw).
    """

    text: str
    origin: tuple[int, ...]

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """Raw offsets of the cleaned characters start..end (end exclusive).

        A letter with a loose accent is one piece of ``raw``: a span that ends inside it holds all of it.
        """
        first, last = self.origin[start], self.origin[end]
        if end > start and last == self.origin[end - 1]:
            last = next(o for o in self.origin[end:] if o > last)
        return first, last


def clean(raw: str) -> CleanText:
    """NFC view of ``raw`` with plain spaces and the way back to every raw character."""
    chars: list[str] = []
    origin: list[int] = []
    i, n = 0, len(raw)
    while i < n:
        j = i + 1
        while j < n and (unicodedata.combining(raw[j]) or raw[j] in _DROPPED):
            j += 1
        for c in nfc(raw[i:j]):
            chars.append(c)
            origin.append(i)
        i = j
    origin.append(n)
    return CleanText("".join(chars), tuple(origin))
