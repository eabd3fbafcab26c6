"""Tìm kiếm: what is asked and what is answered (PRODUCT section 5). No engine here."""

from __future__ import annotations

import re
from dataclasses import dataclass

from schemas.base import Frozen
from storage.folding import WORD, fold_text, number_key

MAX_QUERY = 1000  # characters of a query that count
MAX_CLAUSES = 32
FACET_NAMES = ("doc_type", "issuing_agency_name", "year", "status", "kind")

_PART = re.compile(r'"([^"]*)"?|(\S+)')
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"'})


class SearchFilters(Frozen):
    """What a hit must be besides matching; None asks nothing. Dates ISO 8601, both ends included.

    ``issuing_agency_name`` is compared without accents and case.
    """

    doc_type: str | None = None
    issuing_agency_name: str | None = None
    year: int | None = None
    date_from: str | None = None
    date_to: str | None = None
    status: str | None = None
    kind: str | None = None
    field_name: str | None = None
    level: str | None = None


class SearchHit(Frozen):
    """One record found. ``page`` is where the snippet stands (from 1), None when only its fields matched.

    The snippet marks hits with « and ».
    """

    record_id: str
    score: float
    doc_type: str | None = None
    doc_number: str | None = None
    issued_date: str | None = None
    issuing_agency_name: str | None = None
    summary: str | None = None
    snippet: str = ""
    page: int | None = None


class FacetCount(Frozen):
    value: str
    count: int


class Facet(Frozen):
    """How the hits spread over the values of one field, most frequent first."""

    name: str
    counts: tuple[FacetCount, ...]


class SearchResults(Frozen):
    """``total`` counts all hits, ``results`` holds the page asked for, best first."""

    total: int
    results: tuple[SearchHit, ...]
    facets: tuple[Facet, ...] = ()

    def as_json(self) -> dict[str, object]:
        """The shape of ``sohoa search --json`` (PRODUCT section 5): facets by name, then by value."""
        return {
            "total": self.total,
            "results": [hit.model_dump(mode="json") for hit in self.results],
            "facets": {facet.name: {c.value: c.count for c in facet.counts} for facet in self.facets},
        }


@dataclass(frozen=True, slots=True)
class Clause:
    """Words that must stand side by side: one word, a quoted phrase, or a number like 2110/QĐ-UBND.

    ``accented`` when it was typed with accents; ``number`` is its key when it may be a số ký hiệu.
    """

    exact: tuple[str, ...]
    folded: tuple[str, ...]
    number: str | None = None

    @property
    def accented(self) -> bool:
        return self.exact != self.folded


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """A query taken apart. ``blank``: nothing was typed, everything is asked for. ``number``: the whole as a key."""

    clauses: tuple[Clause, ...]
    blank: bool
    number: str | None


def parse_query(query: str) -> ParsedQuery:
    """Take any text apart; never raises. An open quote ends with the query; marks without words ask for nothing."""
    query = query[:MAX_QUERY].translate(_QUOTES)
    clauses: list[Clause] = []
    for found in _PART.finditer(query):
        words = tuple(fold_text(found[1] if found[1] is not None else found[2]).words())
        if not words:
            continue
        exact, folded = zip(*words, strict=True)
        part = found[1] if found[1] is not None else found[2]
        clause = Clause(exact, folded, _as_number(part))
        if clause not in clauses:
            clauses.append(clause)
        if len(clauses) == MAX_CLAUSES:
            break
    return ParsedQuery(tuple(clauses), blank=not query.strip(), number=_as_number(query))


def _as_number(text: str) -> str | None:
    """The key of what may be a số ký hiệu: at least a digit and a letter, few words, starting with the number."""
    words = WORD.findall(fold_text(text).folded)
    if not 2 <= len(words) <= 8 or not words[0][0].isdigit() or not any(w.isalpha() for w in words):
        return None
    return number_key(text)
