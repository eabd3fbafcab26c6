"""Tìm kiếm: what comes back (PRODUCT section 5), and the filters that may be set beside the words. No engine here."""

from __future__ import annotations

from schemas.base import Frozen

FACET_NAMES = ("doc_type", "field_name", "issuing_agency_name", "level", "year", "status", "kind")


class SearchFilters(Frozen):
    """What a hit must be besides matching; None asks nothing. Dates ISO 8601, both ends included.

    Names (agency, field, batch) are compared without accents and case.
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
    batch: str | None = None


class RelatedPaper(Frozen):
    """A paper that this one names, or that names it. ``record_id`` None: it is not in the archive (or not for you).

    ``kind``: can_cu, thay_the, sua_doi, thu_hoi, nhac_den; ``incoming``: the other paper says it of this one.
    ``sure`` is False when only the number was compared and several issuers may have used it.
    """

    kind: str
    incoming: bool
    number: str
    date: str | None = None
    record_id: str | None = None
    summary: str | None = None
    agency: str | None = None
    sure: bool = True


class SearchHit(Frozen):
    """One record found. ``page`` is where the snippet stands (from 1), None when only its fields matched.

    The snippet marks hits with « and ». ``notes``: sentences on why it is here when not for the very words typed;
    ``related``: what replaced, amended or repealed it.
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
    notes: tuple[str, ...] = ()
    related: tuple[RelatedPaper, ...] = ()


class FacetCount(Frozen):
    value: str
    count: int


class Facet(Frozen):
    """How the hits spread over the values of one field, most frequent first."""

    name: str
    counts: tuple[FacetCount, ...]


class SearchResults(Frozen):
    """``total`` counts all hits, ``results`` holds the page asked for, best first.

    ``notes``: how the question was understood where that is not plain. ``near``: how many of all hits only
    resemble what was typed (they come last). ``sampled``: facets are estimates, there was so much. ``capped``: there
    are more than ``total``, they were not counted to the end.
    """

    total: int
    results: tuple[SearchHit, ...]
    facets: tuple[Facet, ...] = ()
    notes: tuple[str, ...] = ()
    near: int = 0
    sampled: bool = False
    capped: bool = False

    def as_json(self) -> dict[str, object]:
        """The shape of ``sohoa search --json`` (PRODUCT section 5): facets by name, then by value."""
        return {
            "total": self.total,
            "results": [hit.model_dump(mode="json") for hit in self.results],
            "facets": {facet.name: {c.value: c.count for c in facet.counts} for facet in self.facets},
            "notes": list(self.notes),
            "near": self.near,
            "sampled": self.sampled,
            "capped": self.capped,
        }
