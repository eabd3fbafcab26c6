"""Họ tên người: does a line look like the name of a Vietnamese person."""

from __future__ import annotations

import math
from functools import cache

from extractors.reference.data import toml_table, tsv_rows
from extractors.reference.syllables import valid_syllable
from schemas.text import bare, fold, modern_tones, nfc

__all__ = ["family_names", "name_score", "valid_syllable"]

# Academic and professional ranks before a name, as their first letters are printed.
_RANKS = frozenset({"ths", "ts", "pgs", "gs", "bs", "bscki", "bsckii", "ckii", "cki", "ks", "cn", "ds", "ls"})
_ARMY = frozenset({"đại", "thượng", "trung", "thiếu"})


@cache
def family_names() -> dict[str, float]:
    """Folded family name -> weight (1 for the sixteen common ones, 0.7 for others)."""
    table = toml_table("names.toml")
    return {fold(n): 0.7 for n in table["other"]} | {fold(n): 1.0 for n in table["common"]}


@cache
def _given_counts() -> dict[str, int]:
    counts: dict[str, int] = {}
    for syllable, count in tsv_rows("given_names.tsv"):
        counts[fold(syllable)] = counts.get(fold(syllable), 0) + int(count)
    return counts


@cache
def _given() -> dict[str, float]:
    """Folded syllable of given names -> weight 0..1 that grows slowly with its count."""
    return {s: min(1.0, 0.6 + 0.1 * math.log1p(c)) for s, c in _given_counts().items()}


@cache
def _commonest() -> dict[str, int]:
    """Letters without accents -> count of the given name most often written with them."""
    found: dict[str, int] = {}
    for syllable, count in _given_counts().items():
        found[bare(syllable)] = max(found.get(bare(syllable), 0), count)
    return found


_OFTENER = 3  # "Tố" stands in six of 5,105 names, "Tổ" in one, "Tải" in none and "Tài" in nine
_MIDDLE = frozenset(
    {"văn", "thị", "đình", "hữu", "đức", "công", "quang", "ngọc", "xuân", "minh", "thanh", "hồng", "bá"}
)


@cache
def _foreign() -> frozenset[str]:
    return frozenset(fold(s) for s in toml_table("names.toml")["foreign_syllables"])


@cache
def _not_names() -> frozenset[str]:
    return frozenset(fold(s) for s in toml_table("names.toml")["not_names"])


def strip_ranks(text: str) -> str:
    """A signer's line without academic or military rank before the name ("ThS. Nguyễn Văn A" -> "Nguyễn Văn A")."""
    words = nfc(text).split()
    while len(words) > 2 and (fold(words[0]).split(".")[0] in _RANKS or fold(words[0]) in _ARMY):
        tail = words[0].rsplit(".", 1)[-1]
        if fold(words[0]) in _ARMY:
            if fold(words[1]) not in ("tá", "tướng", "úy", "uý"):
                break
            words = words[2:]
        else:
            words = ([tail] if tail and tail != words[0] else []) + words[1:]
    return " ".join(words)


def likelier_accents(name: str) -> bool:
    """Whether a word behind the family name is rarely a name, and with other accents far more often one."""
    words = [fold(modern_tones(w)) for w in nfc(name).split()[1:]]
    return any(
        w not in _MIDDLE and _commonest().get(bare(w), 0) >= _OFTENER * (_given_counts().get(w, 0) + 0.5) for w in words
    )


def name_score(text: str) -> float:
    """How much a line looks like a person's name (0..1): 2-6 valid syllables, known family and given names.

    0.5 and more needs a family name of the list; a digit, a lone letter or a word of titles makes it 0.
    """
    words = nfc(text).replace("-", " ").split()
    if not 2 <= len(words) <= 6 or any(not w.replace("'", "").replace("’", "").isalpha() for w in words):
        return 0.0
    folded = [fold(modern_tones(w)) for w in words]
    family = family_names().get(folded[0], 0.0)
    if folded[0] in _not_names() and not family:
        return 0.0
    if not (all(w[0].isupper() for w in words) or " ".join(words).isupper()):
        return 0.0
    foreign = [f in _foreign() or f.startswith(("h'", "k'")) for f in folded]
    valid = [valid_syllable(w) or x for w, x in zip(words, foreign, strict=True)]
    if valid.count(False) > 1:
        return 0.0
    given = _given().get(folded[-1], 0.0)
    middle = folded[1:-1]
    shady = sum(f in _not_names() and f not in _MIDDLE and f not in _given() for f in folded[1:])
    inner = sum(1.0 if m in _MIDDLE or m in family_names() else _given().get(m, 0.0) for m in middle)
    inner_share = inner / len(middle) if middle else 0.5
    score = 0.1 + 0.45 * (family or (0.5 if foreign[0] else 0.0)) + 0.25 * given + 0.2 * inner_share
    score -= 0.3 * valid.count(False) + 0.35 * shady
    if len(words) > 4:
        score -= 0.08 * (len(words) - 4)
    return round(max(0.0, min(1.0, score)), 3)
