"""Tìm kiếm: the index's answer as the page shows it: rows, marked pieces of snippets, facets in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from review.masking import mask_record
from schemas.errors import RecordNotFound
from schemas.scope import Scope
from storage.browse import Filters
from storage.search import SearchFilters, SearchResults
from web import words
from web.shelf import Row, Shelf

_MARKED = re.compile("«([^«»]*)»")
_TITLES = {"doc_type": "Loại văn bản", "year": "Năm ban hành", "status": "Trạng thái"}
_SHOWN = 12  # values of one facet


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a snippet; ``hit`` parts are marked."""

    text: str
    hit: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """``page`` is where the snippet stands (from 1), None when only fields matched."""

    row: Row
    snippet: tuple[Piece, ...]
    page: int | None


@dataclass(frozen=True, slots=True)
class Choice:
    """One value that narrows the hits: ``name`` is the query parameter."""

    name: str
    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Found:
    total: int
    hits: tuple[Hit, ...]
    facets: tuple[tuple[str, tuple[Choice, ...]], ...]


def ask(shelf: Shelf, query: str, filters: Filters, *, scope: Scope, limit: int, offset: int = 0) -> SearchResults:
    """What the index answers, hits outside the scope left out. Raises IndexBroken (E211).

    The index does not know the scope: who is limited gets no counts of what lies outside either.
    """
    narrowed = SearchFilters(status=filters.status, doc_type=filters.doc_type, year=filters.year)
    results = shelf.search(query, narrowed, limit=limit, offset=offset)
    if scope.is_open:
        return results
    kept = tuple(hit for hit in results.results if shelf.lies_within(scope, hit.record_id))
    return SearchResults(total=len(kept), results=kept, facets=())


def search(shelf: Shelf, query: str, filters: Filters, *, scope: Scope, limit: int, offset: int = 0) -> Found:
    """The page of hits to show. A hit whose record has gone since is left out."""
    results = ask(shelf, query, filters, scope=scope, limit=limit, offset=offset)
    hits = []
    for one in results.results:
        try:
            row = Row.of(mask_record(shelf.find(one.record_id)))
        except RecordNotFound:
            continue
        hits.append(Hit(row, pieces(one.snippet), one.page))
    counts = {facet.name: {count.value: count.count for count in facet.counts} for facet in results.facets}
    facets = tuple((title, _choices(name, counts.get(name, {}))) for name, title in _TITLES.items())
    return Found(results.total, tuple(hits), facets)


def pieces(snippet: str) -> tuple[Piece, ...]:
    """A snippet whose hits stand between « and », taken apart.

    >>> [(p.text, p.hit) for p in pieces("hộ «nghèo» năm")]
    [('hộ ', False), ('nghèo', True), (' năm', False)]
    """
    parts = _MARKED.split(snippet)
    return tuple(Piece(text, hit=index % 2 == 1) for index, text in enumerate(parts) if text)


def _choices(name: str, counts: Mapping[str, int]) -> tuple[Choice, ...]:
    labels = {"doc_type": words.doc_type_choices(), "status": words.STATUS_WORDS}.get(name, {})
    return tuple(Choice(name, v, labels.get(v, v), n) for v, n in list(counts.items())[:_SHOWN])
