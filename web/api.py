"""JSON cho chương trình: records, identity numbers masked. The contract is PRODUCT section 5."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from review.masking import mask_record
from schemas.base import Frozen
from schemas.record import Record
from storage.browse import Filters
from storage.counts import AtLeast
from web.desk import ActorOf, DeskOf
from web.gate import ViewerOf
from web.shelf import Row

router = APIRouter(prefix="/api", tags=["hồ sơ"])
PAGE_SIZE = 50


class ErrorAnswer(Frozen):
    """Every error under /api."""

    ok: bool = False
    error: str
    code: str | None = None
    errors: tuple[str, ...] = ()


class RecordRow(Frozen):
    """One record in a list. ``blind``: on the asking person's desk to be keyed blind, nothing read from it is told."""

    record_id: str
    status: str
    name: str
    doc_type: str | None
    doc_number: str | None
    issued_date: str | None
    issuing_agency_name: str | None
    summary: str | None
    page_count: int
    quarantine_code: str | None
    blind: bool = False

    @classmethod
    def of(cls, row: Row) -> RecordRow:
        return cls(
            record_id=row.record_id,
            status=row.status,
            name=row.name,
            doc_type=row.doc_type,
            doc_number=row.doc_number,
            issued_date=row.issued_date,
            issuing_agency_name=row.agency,
            summary=row.summary,
            page_count=row.pages,
            quarantine_code=row.code,
            blind=row.blind,
        )


class RecordList(Frozen):
    """``total`` counts all that the filters admit; ``more``: at least so many, counting stopped there; ``left_out``:
    papers that the asking person keys blind just now, which are in no page and no count."""

    ok: bool = True
    total: int
    more: bool = False
    page: int
    size: int
    records: tuple[RecordRow, ...]
    left_out: int = 0


def filters_of(
    status: Annotated[str | None, Query(max_length=20)] = None,
    doc_type: Annotated[str | None, Query(max_length=40)] = None,
    batch: Annotated[str | None, Query(max_length=200)] = None,
    year: Annotated[str | None, Query(pattern=r"^(\d{4})?$")] = None,
) -> Filters:
    """Query parameters as filters; an empty one is none (a form sends all its selects)."""
    return Filters(
        status=status or None, doc_type=doc_type or None, batch=batch or None, year=int(year) if year else None
    )


FiltersOf = Annotated[Filters, Depends(filters_of)]
PageNumber = Annotated[int, Query(ge=1, le=1_000_000)]
ERRORS: dict[int | str, dict[str, object]] = {
    code: {"model": ErrorAnswer} for code in (400, 401, 403, 404, 409, 422, 503)
}


@router.get("/records", responses=ERRORS)
def list_records(
    desk: DeskOf,
    viewer: ViewerOf,
    filters: FiltersOf,
    page: PageNumber = 1,
    size: Annotated[int, Query(ge=1, le=500)] = PAGE_SIZE,
) -> RecordList:
    """Danh sách hồ sơ, mới nhất trước."""
    blind = desk.review.keying_blind(viewer)
    browse = desk.shelf.browse.within(viewer.scope, without=blind)
    total = browse.count(filters)
    shown = browse.page(filters, limit=size, offset=(page - 1) * size)
    return RecordList(
        total=total,
        more=isinstance(total, AtLeast),
        page=page,
        size=size,
        records=tuple(RecordRow.of(row) for row in desk.rows_for(viewer, shown, blind=blind)),
        left_out=len(blind),
    )


@router.get("/records/{record_id}", responses=ERRORS)
def get_record(desk: DeskOf, viewer: ViewerOf, actor: ActorOf, record_id: str) -> Record:
    """Một hồ sơ, số định danh được che."""
    record = desk.open_for(viewer, record_id)
    desk.shelf.log(actor, "view", record.record_id)
    return mask_record(record)
