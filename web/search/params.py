"""Câu hỏi trong địa chỉ: what the address bar of a search holds."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Query

from schemas.base import Frozen
from storage.ask import Sort
from storage.search import SearchFilters

SORTS: dict[Sort, str] = {"relevance": "Khớp nhất", "newest": "Mới nhất", "oldest": "Cũ nhất"}


class SearchParams(Frozen):
    """One search as its address says it; an empty parameter is none (a form sends all its fields)."""

    q: str = ""
    doc_type: str | None = None
    agency: str | None = None
    field: str | None = None
    level: str | None = None
    year: str | None = None
    date_from: str | None = None
    date_to: str | None = None
    status: str | None = None
    kind: str | None = None
    batch: str | None = None
    sort: Sort = "relevance"

    @property
    def filters(self) -> SearchFilters:
        return SearchFilters(
            doc_type=self.doc_type, issuing_agency_name=self.agency, field_name=self.field, level=self.level,
            year=int(self.year) if self.year else None, date_from=self.date_from, date_to=self.date_to,
            status=self.status, kind=self.kind, batch=self.batch,
        )  # fmt: skip

    @property
    def chosen(self) -> dict[str, str]:
        """The filters that are set, by parameter."""
        values = self.model_dump(exclude={"q", "sort"})
        return {name: value for name, value in values.items() if value}

    @property
    def query(self) -> dict[str, str]:
        """Every parameter that is set."""
        sort = {"sort": self.sort} if self.sort != "relevance" else {}
        return {"q": self.q, **self.chosen, **sort}

    @property
    def address(self) -> str:
        return urlencode(self.query)


def params_of(
    q: Annotated[str, Query(max_length=1000, description="Gõ không dấu cũng được.")] = "",
    doc_type: Annotated[str, Query(max_length=40)] = "",
    agency: Annotated[str, Query(max_length=300)] = "",
    field: Annotated[str, Query(max_length=200)] = "",
    level: Annotated[str, Query(max_length=20)] = "",
    year: Annotated[str, Query(pattern=r"^(\d{4})?$")] = "",
    date_from: Annotated[str, Query(max_length=10)] = "",
    date_to: Annotated[str, Query(max_length=10)] = "",
    status: Annotated[str, Query(max_length=20)] = "",
    kind: Annotated[str, Query(max_length=32)] = "",
    batch: Annotated[str, Query(max_length=200)] = "",
    sort: Annotated[str, Query(max_length=12)] = "",
) -> SearchParams:
    """The parameters as a search; a date or an order that makes no sense counts as not given."""
    return SearchParams(
        q=q, doc_type=doc_type or None, agency=agency or None, field=field or None, level=level or None,
        year=year or None, date_from=_date(date_from), date_to=_date(date_to), status=status or None,
        kind=kind or None, batch=batch or None, sort=_sort(sort),
    )  # fmt: skip


def _sort(text: str) -> Sort:
    return next((known for known in SORTS if known == text), "relevance")


def _date(text: str) -> str | None:
    try:
        return text if date.fromisoformat(text).isoformat() == text else None
    except ValueError:
        return None


ParamsOf = Annotated[SearchParams, Depends(params_of)]
