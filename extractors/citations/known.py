"""Known documents: kind and date by number, from the committed reference table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from extractors.reference.data import tsv_rows

_ZEROS = re.compile(r"^0+(?=\d)")


@dataclass(frozen=True, slots=True)
class KnownDocument:
    """``evidence``: "header" from the document itself, "cited" from texts that cite it (``count`` times)."""

    number: str
    kind: str
    date: str | None
    evidence: str
    title: str
    count: int

    @property
    def date_is_firm(self) -> bool:
        """A date worth contradicting a text with: from the document itself, or from a number cited often."""
        return self.date is not None and (self.evidence == "header" or self.count >= 3)


@cache
def _table() -> dict[str, KnownDocument]:
    found: dict[str, KnownDocument] = {}
    for number, kind, date, evidence, title, count in tsv_rows("documents.tsv.gz"):
        found[_key(number)] = KnownDocument(number, kind, date or None, evidence, title, int(count))
    return found


def _key(number: str) -> str:
    return _ZEROS.sub("", number).upper()


def known_document(number: str) -> KnownDocument | None:
    """The document of this number; leading zeros and letter case do not count."""
    return _table().get(_key(number))
