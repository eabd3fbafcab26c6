"""Vietnamese text folded without losing the way back to what was printed."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

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
_OLD_TONE = re.compile("[oO][àáảãạèéẻẽẹÀÁẢÃẠÈÉẺẼẸ]|[uU][ỳýỷỹỵỲÝỶỸỴ]")


def nfc(text: str) -> str:
    """NFC, no-break and exotic spaces as plain ones, zero-width characters dropped, Ð as Đ."""
    return unicodedata.normalize("NFC", text.translate(_GONE)).translate(_PLAIN)


def modern_tones(text: str) -> str:
    """Tone marks moved to the newer placement (hoá -> hóa); same length. ``quý`` keeps its mark."""
    return _OLD_TONE.sub(_retone, text)


def _retone(found: re.Match[str]) -> str:
    text, start, end = found.string, found.start(), found.end()
    if end < len(text) and (text[end].isalpha() or unicodedata.combining(text[end])):
        return found[0]  # a loose mark after the pair would join the letter that lost its own
    if found[0][0] in "uU" and start > 0 and text[start - 1] in "qQ":
        return found[0]
    return _TONE_NEW.get(found[0], found[0])


def bare(text: str) -> str:
    """Lower case without any accents, đ as d; same length as ``nfc(text)`` for Vietnamese text."""
    out = []
    for c in nfc(text).lower():
        if c == "đ":
            out.append("d")
            continue
        base = unicodedata.normalize("NFD", c)[0]
        out.append(base)
    return "".join(out)


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
