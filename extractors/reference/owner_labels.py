"""Labels under which papers name their owner and the owner's identity number (schemas/data/owner_rules.toml)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from extractors.reference.data import toml_table

FIRST_ARTICLE = re.compile(r"^\W{0,3}Điều 1\b")  # a decision says there whom it is about
ARTICLE = re.compile(r"^\W{0,3}Điều \d")


@dataclass(frozen=True, slots=True)
class OwnerLabel:
    """``pattern`` finds a printed line and its group ``name``; ``kind`` hints at what the owner is."""

    pattern: re.Pattern[str]
    kind: str


@dataclass(frozen=True, slots=True)
class IdLabel:
    """``pattern`` finds a printed line and its group ``id``; ``type`` is the kind of number ("cccd", "mst", ...)."""

    pattern: re.Pattern[str]
    type: str


@cache
def owner_labels() -> tuple[OwnerLabel, ...]:
    """In the order in which they are tried."""
    rows = toml_table("owner_rules.toml")["owner"]
    return tuple(OwnerLabel(re.compile(r["pattern"], re.IGNORECASE), r["kind"]) for r in rows)


@cache
def id_labels() -> tuple[IdLabel, ...]:
    """In the order in which they are tried."""
    rows = toml_table("owner_rules.toml")["id"]
    return tuple(IdLabel(re.compile(r["pattern"], re.IGNORECASE), r["type"]) for r in rows)
