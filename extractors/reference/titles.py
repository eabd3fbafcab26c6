"""Quyền hạn ký và chức vụ (signing_capacity, signer_title)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from extractors.reference.base import Fit, How
from extractors.reference.data import toml_table
from extractors.reference.spelling import Token, join, key, restyle, tokens, worst
from extractors.reference.vocabulary import Phrase, Vocabulary, cover, written
from schemas.text import nfc

_JOINED = re.compile(r"(?<=[^\W\d_])-(?=[^\W\d_])")  # a speck between two words: "PHÓ-GIÁM ĐỐC"
_MARK = re.compile(r"^\W{0,2}(TM|KT|TL|TUQ|TU0|Q)\s?[.,:;]\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TitleMatch:
    """``value``: the title as printed with accents put right; ``key``: its head in capitals ("PHÓ GIÁM ĐỐC")."""

    value: str
    key: str
    how: How
    score: float
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CapacityMatch:
    """``value`` as printed ("KT.GIÁM ĐỐC" stays so); ``mark`` is "TM.", "KT.", "TL.", "TUQ." or "Q."."""

    value: str
    mark: str
    object: str
    how: How
    score: float
    changes: tuple[str, ...]


@cache
def _titles() -> tuple[str, ...]:
    table = toml_table("titles.toml")
    names = [t for row in table["pair"] for t in (row["chief"], *row["deputy"])]
    return tuple(dict.fromkeys([*names, *table["more"]["titles"]]))


@cache
def _title_words() -> Vocabulary:
    return Vocabulary((name, "title", i) for i, name in enumerate(_titles()))


@cache
def _collective_words() -> Vocabulary:
    return Vocabulary((name, "collective", i) for i, name in enumerate(toml_table("titles.toml")["more"]["collective"]))


def _longest(vocabulary: Vocabulary, words: list[Token]) -> tuple[Phrase, int, tuple[How, ...]] | None:
    if not words or not words[0].key:
        return None
    found = [m for m in vocabulary.phrases_at(words, 0) if m[2].count("edit") <= 1]
    rank = {"exact": 0, "accents": 1, "edit": 2}
    return max(found, key=lambda m: (len(m[0].words), -sum(rank[h] for h in m[2])), default=None)


def _spell(
    printed: str, words: list[Token], head: tuple[Phrase, int, tuple[How, ...]]
) -> tuple[str, How, float, tuple[str, ...]]:
    """The head phrase and what follows it ("VỤ TRƯỞNG" + "VỤ GIÁO DỤC TRUNG HỌC") with accents put right."""
    phrase, end, hows = head
    out: list[str] = []
    known = iter(phrase.words)
    for token in words[:end]:
        out.append(token.lead + restyle(token.core, next(known)) + token.tail if token.key else token.text)
    rest = words[end:]
    ways = list(hows)
    unknown = 0
    for segment in cover(rest) if rest else ():
        out += written(rest, segment)
        if segment.known:
            ways += segment.hows
        else:
            unknown += segment.end - segment.start
    changes = tuple(f"{t.text} -> {o}" for t, o in zip(words, out, strict=True) if t.text != o)
    how = worst(ways)
    score = {"exact": 0.99, "accents": 0.95, "edit": 0.82}[how]
    if unknown:
        score *= 1 - 0.4 * unknown / len(words)
    return join(out, printed), how, round(score, 3), changes


def snap_title(text: str) -> TitleMatch | None:
    """The known title a line begins with, accents corrected; None when it is no title."""
    text = " ".join(nfc(text).split()).strip(" ,;:|_*")
    if not text or len(text) > 160:
        return None
    words = list(tokens(_JOINED.sub(" ", text)))
    head = _longest(_title_words(), words)
    if head is None:
        return None
    value, how, score, changes = _spell(text, words, head)
    return TitleMatch(value, _titles()[head[0].entry], how, score, changes)


def snap_capacity(text: str) -> CapacityMatch | None:
    """The capacity line (TM., KT., TL., TUQ., Q. and whom it stands for); None when it is none."""
    text = " ".join(nfc(text).split()).strip(" ,;:|_*")
    found = _MARK.match(text)
    if found is None or len(text) > 160:
        return None
    mark = found[1].upper().replace("0", "Q") + "."
    rest = text[found.end() :]
    words = list(tokens(rest))
    if not words:
        return None
    vocabulary = _collective_words() if mark == "TM." else _title_words()
    head = _longest(vocabulary, words)
    lead = text[: found.end()]
    clean_lead = re.sub(r"^\W+", "", lead)
    clean_lead = re.sub(r"(?i)^(tm|kt|tl|tuq|tu0|q)\s?[.,:;]", mark, clean_lead)
    if head is None:
        return CapacityMatch(clean_lead + rest, mark, rest, "exact", 0.5, ())
    value, how, score, changes = _spell(rest, words, head)
    name = toml_table("titles.toml")["more"]["collective"] if mark == "TM." else _titles()
    if clean_lead != lead:
        changes = (f"{lead.strip()} -> {clean_lead.strip()}", *changes)
        score = min(score, 0.95)
    return CapacityMatch(clean_lead + value, mark, name[head[0].entry], how, score, changes)


def _deputies(chief: str) -> frozenset[str]:
    rows = toml_table("titles.toml")["pair"]
    return frozenset(d for row in rows if row["chief"] == chief for d in row["deputy"])


@cache
def chiefs() -> frozenset[str]:
    """Titles of those who head a body ("GIÁM ĐỐC", "CHI CỤC TRƯỞNG")."""
    return frozenset(row["chief"] for row in toml_table("titles.toml")["pair"])


def capacity_fits(capacity: str | None, title: str | None, agency: str | None) -> Fit:
    """Do capacity, title and agency agree (KT. CHỦ TỊCH -> PHÓ CHỦ TỊCH; TM. ỦY BAN NHÂN DÂN -> CHỦ TỊCH).

    Without a capacity a chief's title fits an agency of its kind and a deputy's is unknown.
    """
    name = snap_title(title) if title else None
    if not capacity:
        return _agency_fits(name.key, agency) if name else "unknown"
    mark = snap_capacity(capacity)
    if mark is None or name is None:
        return "unknown"
    if mark.mark == "KT.":
        if mark.object in chiefs() and any(name.key == d for d in _deputies(mark.object)):
            return "conflict" if _agency_fits(mark.object, agency) == "conflict" else "fits"
        others = {d for chief in chiefs() for d in _deputies(chief)}
        return "conflict" if mark.object in chiefs() and name.key in others | set(chiefs()) else "unknown"
    if mark.mark == "TM.":
        signers = toml_table("titles.toml")["more"]["collective_signers"]
        return "fits" if any(name.key.startswith(s) for s in signers) else "unknown"
    if mark.mark in ("TL.", "TUQ."):
        return "conflict" if name.key == mark.object and mark.mark == "TL." else "fits"
    return "unknown"


def _agency_fits(chief: str, agency: str | None) -> Fit:
    """Whether bodies of this kind are led by this title; "conflict" only where another title is known to lead them."""
    if not agency:
        return "unknown"
    rows = [row for row in toml_table("titles.toml")["pair"] if row["agencies"]]
    text = " ".join(key(w) for w in agency.replace("UBND", "Ủy ban nhân dân").split())
    leaders = {row["chief"] for row in rows for a in row["agencies"] if _names(text, a)}
    if chief in leaders:
        return "fits"
    return "unknown"


def _names(text: str, kind: str) -> bool:
    wanted = " ".join(key(w) for w in kind.split())
    return f" {text} ".startswith(f" {wanted} ") or f" {wanted} " in f" {text} "
