"""JSON của phần tìm kiếm: results, suggestions, related papers, hits and text of a page. Identity numbers masked."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from runtime.search.language import understand
from schemas.base import Frozen
from schemas.errors import ObjectNotFound
from schemas.extraction import BoxTuple
from schemas.record import Record
from schemas.scope import Scope
from storage.search import RelatedPaper, SearchHit
from web.api import ERRORS
from web.covers import masked_lines
from web.desk import ActorOf, Desk, DeskOf
from web.gate import ViewerOf
from web.scope import ScopeOf
from web.search.boxes import hit_boxes
from web.search.complete import Suggestion
from web.search.params import ParamsOf
from web.veil import veiled_related, veiled_results

router = APIRouter(prefix="/api", tags=["tìm kiếm"])


class SearchAnswer(Frozen):
    """The shape of ``sohoa search --json``: snippets mark hits with « and »; facets by name, then by value.

    ``left_out``: papers the asking person keys blind just now; they are no hits, whatever they say."""

    ok: bool = True
    total: int
    results: tuple[SearchHit, ...]
    facets: dict[str, dict[str, int]]
    notes: tuple[str, ...] = ()
    near: int = 0
    sampled: bool = False
    capped: bool = False
    left_out: int = 0


class Suggestions(Frozen):
    ok: bool = True
    suggestions: tuple[Suggestion, ...]


class RelatedAnswer(Frozen):
    ok: bool = True
    related: tuple[RelatedPaper, ...]


class HitPlace(Frozen):
    """One word of a hit on the paper, in fractions of the upright page; words of one hit share its number."""

    page: int
    hit: int
    bbox: BoxTuple


class HitPlaces(Frozen):
    ok: bool = True
    hits: tuple[HitPlace, ...]


class PageLine(Frozen):
    text: str
    bbox: BoxTuple


class PageLines(Frozen):
    """The lines of one page in reading order, to be selected and copied over its picture."""

    ok: bool = True
    width: float
    height: float
    lines: tuple[PageLine, ...]


@router.get("/search", responses=ERRORS)
def search_records(
    desk: DeskOf,
    actor: ActorOf,
    viewer: ViewerOf,
    scope: ScopeOf,
    params: ParamsOf,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> SearchAnswer:
    """Tìm trong toàn văn và các trường."""
    blind = desk.review.keying_blind(viewer)
    found = desk.search.find(
        params.q, actor=actor, scope=scope, filters=params.filters, limit=limit, offset=offset, sort=params.sort,
        hidden=blind,
    )  # fmt: skip
    found = veiled_results(found, blind)
    return SearchAnswer(
        total=found.total,
        results=found.results,
        facets={facet.name: {one.value: one.count for one in facet.counts} for facet in found.facets},
        notes=found.notes,
        near=found.near,
        sampled=found.sampled,
        capped=found.capped,
        left_out=len(blind),
    )


@router.get("/search/complete", responses=ERRORS)
def complete(
    desk: DeskOf, viewer: ViewerOf, scope: ScopeOf, q: Annotated[str, Query(max_length=1000)] = ""
) -> Suggestions:
    """Gợi ý cho phần đang gõ: tên bộ lọc, giá trị của bộ lọc."""
    hidden = desk.review.keying_blind(viewer)
    return Suggestions(suggestions=desk.completer.complete(q, scope=scope, hidden=hidden))


@router.get("/records/{record_id}/related", responses=ERRORS)
def related(desk: DeskOf, viewer: ViewerOf, scope: ScopeOf, record_id: str) -> RelatedAnswer:
    """Văn bản mà hồ sơ này căn cứ, thay thế, sửa đổi, thu hồi, và văn bản nói đến nó."""
    record = desk.open_for(viewer, record_id)
    found = desk.search.related(record.record_id, scope=scope)
    return RelatedAnswer(related=veiled_related(found, desk.review.keying_blind(viewer)))


@router.get("/records/{record_id}/hits", responses=ERRORS)
def hits(
    desk: DeskOf, viewer: ViewerOf, scope: ScopeOf, record_id: str, q: Annotated[str, Query(max_length=1000)]
) -> HitPlaces:
    """Chỗ khớp trên giấy, từng chữ một."""
    return HitPlaces(hits=hit_places(desk, desk.open_for(viewer, record_id), q, scope))


@router.get("/records/{record_id}/pages/{number}/text", responses=ERRORS)
def page_text(desk: DeskOf, viewer: ViewerOf, record_id: str, number: int) -> PageLines:
    """Chữ của một trang với vị trí từng dòng, số định danh được che."""
    record = desk.open_for(viewer, record_id)
    reading = desk.shelf.reading_of(record)
    pages = {page.number: page for page in reading.pages} if reading else {}
    if number not in pages:
        raise ObjectNotFound
    page = pages[number]
    texts = masked_lines(page, _owner_id(record))
    lines = (PageLine(text=text, bbox=line.box.as_tuple()) for text, line in zip(texts, page.lines, strict=True))
    return PageLines(width=page.width_pt, height=page.height_pt, lines=tuple(lines))


def hit_places(desk: Desk, record: Record, query: str, scope: Scope) -> tuple[HitPlace, ...]:
    """Where ``query`` stands on the paper of the record."""
    reading = desk.shelf.reading_of(record) if query.strip() else None
    if reading is None:
        return ()
    understood = understand(query, salt=desk.search.engine.salt, unmasked=False)
    boxes = hit_boxes(reading, understood, masked=True, known=_owner_id(record))
    return tuple(HitPlace(page=one.page, hit=one.hit, bbox=one.box.as_tuple()) for one in boxes)


def _owner_id(record: Record) -> str | None:
    known = record.fields.owner_id.value
    return known if isinstance(known, str) else None
