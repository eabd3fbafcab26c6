"""Họ tên người: does a line look like the name of a Vietnamese person."""

from __future__ import annotations


def valid_syllable(syllable: str) -> bool:
    """True when onset, rime and tone of one syllable follow Vietnamese spelling (either tone placement)."""
    return False


def name_score(text: str) -> float:
    """How much a line looks like a person's name (0..1): 2-6 valid syllables, known family and given names."""
    return 0.0
