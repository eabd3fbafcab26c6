"""Known documents: kind and date by number, from the committed reference tables."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cache

from extractors.reference.data import toml_table, tsv_rows
from schemas.text import fold

_ZEROS = re.compile(r"^0+(?=\d)")
_YEARED = re.compile(r"^(\d+[A-ZĐ]?)/((?:19|20)\d\d)/(.+)$")
_WORD = re.compile(r"\w+")
_ALIKE = 0.6  # share of words by which two subjects are the same


@dataclass(frozen=True, slots=True)
class KnownDocument:
    """``evidence``: "header" from the document itself, "cited" from texts that cite it (``count`` times), "listed"
    from the hand-written table. ``since``: first day of ``replaced_by``."""

    number: str
    kind: str
    date: str | None
    evidence: str
    title: str
    count: int
    replaced_by: str | None = None
    since: str | None = None

    @property
    def date_is_firm(self) -> bool:
        """A date worth contradicting a text with: from the document itself, or from a number cited often."""
        return self.date is not None and (self.evidence != "cited" or self.count >= 3)


@cache
def _table() -> dict[str, tuple[KnownDocument, ...]]:
    found: dict[str, list[KnownDocument]] = defaultdict(list)
    for row in toml_table("documents_extra.toml")["document"]:
        found[_key(row["number"])].append(
            KnownDocument(
                row["number"], row["kind"], row.get("date"), "listed", row["title"], 0,
                row.get("replaced_by"), row.get("since"),
            )
        )  # fmt: skip
    for number, kind, day, evidence, title, count in tsv_rows("documents.tsv.gz"):
        listed = found[_key(number)]
        if any(d.date is None or not day or d.date == day for d in listed if d.evidence == "listed"):
            continue
        listed.append(KnownDocument(number, kind, day or None, evidence, title, int(count)))
    return {key: tuple(many) for key, many in found.items()}


@cache
def _by_ordinal() -> dict[tuple[str, str], tuple[KnownDocument, ...]]:
    """Documents whose number holds a year, by what is left without it."""
    found: dict[tuple[str, str], list[KnownDocument]] = defaultdict(list)
    for key, many in _table().items():
        if parts := _YEARED.match(key):
            found[parts[1], parts[3]] += many
    return {key: tuple(many) for key, many in found.items()}


def table_version() -> str:
    """The version of the hand-written table, a date."""
    return str(toml_table("documents_extra.toml")["version"])


def _key(number: str) -> str:
    return _ZEROS.sub("", number).upper()


def known_document(number: str, on: str | None = None) -> KnownDocument | None:
    """The document of this number; leading zeros and letter case do not count.

    A number without a year comes back every year: where ``on`` (ISO date) is given, the document's own date must
    not lie in another year.
    """
    many = _table().get(_key(number), ())
    if not many:
        return None
    if _YEARED.match(_key(number)) or on is None:
        return many[0]
    same = [d for d in many if d.date == on] or [d for d in many if d.date is not None and d.date[:4] == on[:4]]
    rest = same or [d for d in many if d.date is None]
    return rest[0] if rest else None


def likely_meant(number: str, on: str | None, subject: str | None) -> KnownDocument | None:
    """A known document whose number differs in its year only and that is about the same: a probable misprint."""
    parts = _YEARED.match(_key(number))
    if parts is None or not subject:
        return None
    for other in _by_ordinal().get((parts[1], parts[3]), ()):
        same_day = bool(on and other.date and other.date[4:] == on[4:])
        if other.title and _alike(subject, other.title) >= (_ALIKE if same_day else 0.8):
            return other
    return None


def out_of_force(known: KnownDocument, on: str | None) -> bool:
    """Whether ``known`` had been replaced on the day ``on`` (ISO; None = today)."""
    return known.since is not None and known.since <= (on or date.today().isoformat())


def _alike(a: str, b: str) -> float:
    left, right = set(_WORD.findall(fold(a))), set(_WORD.findall(fold(b)))
    return len(left & right) / max(1, min(len(left), len(right)))
