"""Kết quả cho trang: hits with marked pieces, facets in words, how a search may be narrowed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from runtime.search.related import relation_words
from storage.search import Facet, RelatedPaper, SearchHit, SearchResults
from web import words

_MARKED = re.compile("«([^«»]*)»")
# Facet of the index -> (parameter, title).
_FACETS = {
    "doc_type": ("doc_type", "Loại văn bản"),
    "field_name": ("field", "Lĩnh vực"),
    "issuing_agency_name": ("agency", "Cơ quan ban hành"),
    "level": ("level", "Cấp"),
    "year": ("year", "Năm ban hành"),
    "status": ("status", "Trạng thái"),
}
_SHOWN = 10  # values of one facet


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a snippet; ``hit`` parts are marked."""

    text: str
    hit: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """One result; ``changes`` are papers that replaced, amended or repealed it, as (words, paper)."""

    hit: SearchHit
    snippet: tuple[Piece, ...]
    changes: tuple[tuple[str, RelatedPaper], ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One value that narrows the hits: ``name`` is the parameter of the address."""

    name: str
    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Found:
    results: SearchResults
    hits: tuple[Hit, ...]
    facets: tuple[tuple[str, tuple[Choice, ...]], ...]


def shown(results: SearchResults) -> Found:
    """What the page shows of an answer."""
    by_name = {facet.name: facet for facet in results.facets}
    facets = tuple((title, _choices(parameter, by_name.get(name))) for name, (parameter, title) in _FACETS.items())
    hits = tuple(Hit(hit, pieces(hit.snippet), with_words(hit.related)) for hit in results.results)
    return Found(results, hits, facets)


def pieces(snippet: str) -> tuple[Piece, ...]:
    """A snippet whose hits stand between « and », taken apart.

    >>> [(p.text, p.hit) for p in pieces("hộ «nghèo» năm")]
    [('hộ ', False), ('nghèo', True), (' năm', False)]
    """
    parts = _MARKED.split(snippet)
    return tuple(Piece(text, hit=index % 2 == 1) for index, text in enumerate(parts) if text)


def with_words(papers: Iterable[RelatedPaper]) -> tuple[tuple[str, RelatedPaper], ...]:
    """Related papers with what they do, in words."""
    return tuple((relation_words(paper), paper) for paper in papers)


def label_of(name: str, value: str) -> str:
    """The value of a parameter as people say it."""
    if name == "doc_type":
        return words.doc_type_name(value) or value
    if name == "status":
        return words.status_words(value)
    if name in ("date_from", "date_to"):
        return ("từ " if name == "date_from" else "đến ") + words.date_words(value)
    return words.value_words(name, value)


def _choices(parameter: str, facet: Facet | None) -> tuple[Choice, ...]:
    counts = facet.counts if facet else ()
    if parameter == "year":
        counts = tuple(sorted(counts, key=lambda c: c.value, reverse=True))
    return tuple(Choice(parameter, c.value, label_of(parameter, c.value), c.count) for c in counts[:_SHOWN])
