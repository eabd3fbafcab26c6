"""Dịch vụ tìm kiếm: what command line and web share: the engine, who asks, and what must be written down."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from runtime.search.finder import find, prepare, values_of
from runtime.search.related import related_papers
from schemas.scope import EVERYTHING, Scope
from storage.ask import Ask, Sort
from storage.catalogue import Catalogue
from storage.engine import SearchEngine
from storage.search import RelatedPaper, SearchFilters, SearchResults

_NO_FILTERS = SearchFilters()
UNFINISHED = "Chỉ mục tìm kiếm chưa dựng xong, kết quả có thể thiếu. Chạy: sohoa rebuild --index"


@dataclass(frozen=True, slots=True)
class SearchService:
    """Search for one archive. Every call takes the limits of whoever asks."""

    engine: SearchEngine
    catalogue: Catalogue

    def find(
        self,
        query: str,
        *,
        actor: str,
        scope: Scope = EVERYTHING,
        filters: SearchFilters = _NO_FILTERS,
        limit: int = 20,
        offset: int = 0,
        sort: Sort = "relevance",
        hidden: Collection[str] = (),
    ) -> SearchResults:
        """The answer; a search for an identity number by someone with the right is written down (without it).

        ``hidden``: records that are no hits, because whoever asks keys them blind.
        """
        results = find(
            self.engine, query, scope=scope, filters=filters, limit=limit, offset=offset, sort=sort, hidden=hidden
        )
        if not results.total and not self.engine.complete:
            results = results.model_copy(update={"notes": (*results.notes, UNFINISHED)})
        if scope.unmasked and self.asks_identity(query):
            detail = {"total": results.total}
            self.catalogue.records.log_event(actor, "search_identity", None, detail=detail)
        return results

    def asks_identity(self, query: str) -> bool:
        """Whether an identity number is looked for."""
        return prepare(self.engine, query, scope=EVERYTHING).understood.identity

    def ask_of(self, query: str, *, scope: Scope, filters: SearchFilters) -> Ask:
        """The exact question, for going through all of its hits in the order of ids."""
        return prepare(self.engine, query, scope=scope, filters=filters).strict

    def related(self, record_id: str, *, scope: Scope = EVERYTHING) -> tuple[RelatedPaper, ...]:
        """What the record cites and what cites it."""
        return related_papers(self.engine, record_id, scope=scope)

    def values(
        self, facet: str, *, scope: Scope = EVERYTHING, hidden: Collection[str] = ()
    ) -> tuple[tuple[str, int], ...]:
        """The values of a facet in the viewer's part of the archive."""
        return values_of(self.engine, facet, scope=scope, hidden=hidden)
