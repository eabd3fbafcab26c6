"""How likely a syllable is between its neighbours: counts from 5.2 million syllables of administrative text.

Used to choose between two readers that differ in accents, and to doubt an accent both of them may have missed.
Never used on names, numbers or places (READING section 4: unsupervised correction damages them).
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from functools import cache

from extractors.reference.data import toml_table, tsv_rows
from extractors.reference.names import valid_syllable
from schemas.text import bare, fold

_BACKOFF = 0.15  # weight of the single-syllable count against the pairs
# Tesseract's scores of words it has no doubt about begin here. Of 209 lines of recipients read by it alone, in valid
# syllables, all 126 with every word from here on were right, 5 of the 83 others were wrong.
_PLAIN = 0.95
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")


@cache
def _singles() -> dict[str, int]:
    return {fold(text): int(n) for text, n in tsv_rows("syllable_counts.tsv.gz")}


@cache
def _pairs() -> dict[str, int]:
    return {fold(text): int(n) for text, n in tsv_rows("pair_counts.tsv.gz")}


@cache
def _variants() -> dict[str, tuple[str, ...]]:
    """Letters without accents -> known syllables written with them, most frequent first."""
    found: dict[str, list[str]] = defaultdict(list)
    for text in sorted(_singles(), key=lambda t: -_singles()[t]):
        found[bare(text)].append(text)
    return {k: tuple(v) for k, v in found.items()}


def likelihood(before: str | None, word: str, after: str | None) -> float:
    """Log of how well ``word`` fits between its neighbours; only differences between words mean anything."""
    word = fold(word)
    score = _BACKOFF * math.log(_singles().get(word, 0) + 0.5)
    if before:
        score += math.log(_pairs().get(f"{fold(before)} {word}", 0) + 0.5)
    if after:
        score += math.log(_pairs().get(f"{word} {fold(after)}", 0) + 0.5)
    return score


def better_accents(before: str | None, word: str, after: str | None) -> tuple[str, float] | None:
    """The likeliest other syllable with the same letters, and by how much (log) it is likelier; None when none is."""
    key = fold(word)
    own = likelihood(before, key, after)
    best: tuple[str, float] | None = None
    for other in _variants().get(bare(key), ())[:12]:
        if other == key:
            continue
        gain = likelihood(before, other, after) - own
        if gain > 0 and (best is None or gain > best[1]):
            best = (other, gain)
    return best


def accent_doubts(text: str, *, capitals: bool = False) -> list[tuple[int, str, float]]:
    """(word number, likelier word, log gain) for words of running text whose accents look misread.

    Words in capitals and words with digits are left alone, and, unless ``capitals``, words that begin with a
    capital inside the sentence (names).
    """
    words = text.split()
    plain = [w.strip(".,;:()“”\"'–-/") for w in words]
    found = []
    for i, word in enumerate(plain):
        if len(word) < 2 or not word.isalpha() or word.isupper() or (word[0].isupper() and i > 0 and not capitals):
            continue
        before = plain[i - 1] if i > 0 and plain[i - 1].isalpha() else None
        after = plain[i + 1] if i + 1 < len(plain) and plain[i + 1].isalpha() else None
        if before is None and after is None:
            continue
        better = better_accents(before, word, after)
        if better is not None:
            found.append((i, better[0], better[1]))
    return found


def plainly_read(words: Sequence[tuple[str, float]]) -> bool:
    """Running text whose every word (text, score 0..1) Tesseract has no doubt about: syllables with likely accents."""
    text = " ".join(word for word, _ in words)
    letters = re.findall(r"[^\W\d_]{2,}", text)
    if not letters or not all(valid_syllable(w) or _abbreviation(w) for w in letters):
        return False
    return min(score for _, score in words) >= _PLAIN and all(gain <= 1.0 for _, _, gain in accent_doubts(text))


def _abbreviation(word: str) -> bool:
    """Capitals that stand for words: no tone is written on them."""
    return word.isupper() and not _TONES & set(unicodedata.normalize("NFD", word))


@cache
def _phrases() -> tuple[tuple[re.Pattern[str], str], ...]:
    rows = toml_table("confusions.toml")["phrase"]
    return tuple((re.compile(rf"(?<!\w){re.escape(row['read'])}(?!\w)"), row["means"]) for row in rows)


def mend_phrases(text: str) -> str:
    """Phrases that scans are known to be misread into and that mean nothing (confusions.toml); same length."""
    for read, means in _phrases():
        text = read.sub(means, text)
    return text


def mend_accents(text: str, *, least: float, capitals: bool = False) -> str:
    """Running text with accents put right where the gain (log) is at least ``least``; case and marks kept."""
    words = text.split()
    for i, better, gain in accent_doubts(text, capitals=capitals):
        if gain < least:
            continue
        core = words[i].strip(".,;:()“”\"'–-/")
        new = better[0].upper() + better[1:] if core[0].isupper() else better
        words[i] = words[i].replace(core, new, 1)
    return " ".join(words)
