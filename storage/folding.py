"""Gập chữ để tìm: text as the index sees it, without losing the place of a single character.

Two views of the same words: *exact* keeps accents (NFC, newer tone placement, lower case), *folded* has none
(đ as d). Both have the length of ``visible``, so that a hit in either is a place in the other.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

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


def visible_text(text: str) -> str:
    """NFC with plain spaces: what is stored and shown. Done again it changes nothing."""
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
    return _lower(visible).translate(_FOLD)


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
    for pattern in (_TWELVE, _NINE):
        text = pattern.sub(lambda m: m.group() if _is_money(m) else _stars(m), text)
    wanted = WORD.findall(also) if also else []
    if sum(map(len, wanted)) >= 6:
        spread = r"[\W_]*".join(re.escape(char) for char in "".join(wanted))
        text = re.sub(spread, _stars, text, flags=re.IGNORECASE)
    return text


def _is_money(found: re.Match[str]) -> bool:
    return not found.group().isdigit() and _MONEY.match(found.string, found.end()) is not None


def _stars(found: re.Match[str]) -> str:
    return WORD.sub(lambda m: "*" * len(m.group()), found.group())


def _lower(text: str) -> str:
    low = text.lower()
    if len(low) == len(text):
        return low
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
