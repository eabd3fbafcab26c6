"""Words or strokes? What the letters of a row say: capitals, Vietnamese words, or dust and pen strokes."""

from __future__ import annotations

import re

from extractors.fields.view import Spot
from extractors.reference.names import valid_syllable

_RULE = re.compile(r"^[\W_]*$")
_SPELLED = 0.6  # share of letters that stand in Vietnamese syllables, from which a row is words
_DUST = 3  # letters of the longest row that dust makes
_DUST_SCORE = 0.85


def letter_count(text: str) -> int:
    return sum(c.isalpha() for c in text)


def is_rule(text: str) -> bool:
    """No letter and no digit: a rule, stars, dashes, or nothing."""
    return bool(_RULE.match(text))


def is_capitals(text: str, *, share: float, least: int = 1) -> bool:
    """At least ``least`` letters, of which at least so many (0..1) are capitals."""
    letters = letter_count(text)
    return letters >= max(1, least) and sum(c.isupper() for c in text if c.isalpha()) >= share * letters


def is_spelled(text: str) -> bool:
    """Vietnamese words for the most part: strokes of a signature are read as letters too, but not as words."""
    words = re.findall(r"[^\W\d_]+", text)
    letters = sum(map(len, words))
    return letters > 0 and sum(len(w) for w in words if len(w) > 1 and valid_syllable(w)) >= _SPELLED * letters


def is_dust(spot: Spot) -> bool:
    """A letter or three that the reader was not sure of."""
    return letter_count(spot.text) <= _DUST and spot.line.score < _DUST_SCORE
