"""Light mark-up to words: ``<b>``, ``<i>``, ``<u>`` and ``[[field|words]]``."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKEN = re.compile(r"(<b>|</b>|<i>|</i>|<u>|</u>|\[\[[a-z_]+\||\]\])")
_GAP = re.compile(r" {3,}")
_PLAIN = re.compile(r"</?[biu]>|\[\[[a-z_]+\||\]\]")
_TONES = {
    "òa": "oà",
    "óa": "oá",
    "ỏa": "oả",
    "õa": "oã",
    "ọa": "oạ",
    "òe": "oè",
    "óe": "oé",
    "ỏe": "oẻ",
    "õe": "oẽ",
    "ọe": "oẹ",
}
_TONES |= {"ùy": "uỳ", "úy": "uý", "ủy": "uỷ", "ũy": "uỹ", "ụy": "uỵ"}
_TONES |= {old.upper(): new.upper() for old, new in _TONES.items()} | {
    old.capitalize(): new.capitalize() for old, new in _TONES.items()
}
_TONE = re.compile("(?<![qQ])(" + "|".join(_TONES) + r")(?!\w)")


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters of one word that share a look and a tag."""

    text: str
    bold: bool
    italic: bool
    under: bool
    tag: str | None


Word = tuple[Piece, ...]


def plain(text: str) -> str:
    """The text without mark-up."""
    return _PLAIN.sub("", text)


def other_tone(text: str) -> str:
    """The other placement of tone marks: ``hòa`` -> ``hoà``, ``ỦY`` -> ``UỶ``."""
    return _TONE.sub(lambda m: _TONES[m[1]], text)


def split_words(text: str, *, bold: bool = False, italic: bool = False, tag: str | None = None) -> list[Word]:
    """Words of a marked text, each made of pieces."""
    words: list[Word] = []
    current: list[Piece] = []
    is_bold, is_italic, is_under, now = bold, italic, False, tag
    for token in _TOKEN.split(text):
        if token in ("<b>", "</b>"):
            is_bold = token == "<b>" or bold
        elif token in ("<i>", "</i>"):
            is_italic = (token == "<i>") != italic
        elif token in ("<u>", "</u>"):
            is_under = token == "<u>"
        elif token.startswith("[["):
            now = token[2:-1]
        elif token == "]]":
            now = tag
        else:
            for index, part in enumerate(_GAP.sub(" \x00 \x00 ", token).split(" ")):
                if index and current:
                    words.append(tuple(current))
                    current = []
                if part == "\x00":
                    words.append(())
                elif part:
                    current.append(Piece(part, is_bold, is_italic, is_under, now))
    if current:
        words.append(tuple(current))
    return words
