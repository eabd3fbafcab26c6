"""Chữ viết tắt in a ký hiệu: which bodies an abbreviation may stand for, and which it must be formed of."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cache

from extractors.reference.base import Level
from extractors.reference.data import toml_table
from extractors.reference.spelling import bare, tokens

_TAG_LEVEL: dict[str, Level | None] = {"central": "trung_uong", "department": "tinh", "body": None, "office": None}


@dataclass(frozen=True, slots=True)
class NotationAgency:
    """A body that an abbreviation in a ký hiệu may stand for."""

    name: str
    abbreviation: str
    level: Level | None
    valid_from: date | None = None
    valid_to: date | None = None


def skeleton(part: str) -> str:
    """What is left of an abbreviation when đ, case, dots and "&" do not count ("SGD&ĐT" -> "sgddt")."""
    return "".join(c for c in bare(part) if c.isalnum())


def initials(name: str) -> frozenset[str]:
    """Abbreviations a name gives by first letters, with and without its small words ("SGDĐT", "SGDVĐT")."""
    skipped = set(toml_table("agencies.toml")["rules"]["skipped_words"])
    words = [t.core for t in tokens(name) if t.key]
    short = "".join(w[0] for w in words if w.lower() not in skipped).upper()
    return frozenset({short, "".join(w[0] for w in words).upper()})


@cache
def _index() -> dict[str, tuple[NotationAgency, ...]]:
    found: dict[str, list[NotationAgency]] = defaultdict(list)
    table = toml_table("agencies.toml")
    for tag, level in _TAG_LEVEL.items():
        for row in table[tag]:
            for abbr in dict.fromkeys((*row["abbr"], *(initials(row["name"]) if tag == "department" else ()))):
                body = NotationAgency(row["name"], abbr, row.get("level", level), row.get("from"), row.get("to"))
                found[skeleton(abbr)].append(body)
    return {k: tuple(v) for k, v in found.items()}


def bodies_of(abbreviation: str) -> tuple[NotationAgency, ...]:
    """Bodies known under this abbreviation; đ and case do not count. QH14, UBTVQH15 lose their term number."""
    index = _index()
    plain = skeleton(abbreviation)
    return index.get(plain) or index.get(plain.rstrip("0123456789"), ())


@cache
def known_abbreviations() -> dict[str, str]:
    """Skeleton -> the printed form of every known agency abbreviation (the first one listed)."""
    return {k: v[0].abbreviation for k, v in _index().items()}
