"""Màn che: what lists show of papers that whoever looks has to key blind. The one place that knows what is left out.

A paper on the viewer's desk with something to be keyed blind is closed (E313), so its rows tell the file's name and no
reading: a trích yếu or a snippet may hold the very number. The queue is only seen by those who will key what is in it,
so there each blind item is left out from the beginning.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from schemas.record import Record
from storage.queue import Task
from storage.search import RelatedPaper, SearchHit, SearchResults
from web.shelf import Row

KEYED = "đang gõ kín"  # in the place of a reading
NOTE = "Hồ sơ đang trên bàn rà soát của bạn và được gõ từ ảnh, nên giá trị máy đọc tạm ẩn."


def veiled_row(row: Row, blind: Collection[str]) -> Row:
    """The row without anything read from the paper, when its record is one of ``blind``."""
    return row.closed() if row.record_id in blind else row


def veiled_results(found: SearchResults, blind: Collection[str], *, said: str = "") -> SearchResults:
    """An answer without what was read of papers of ``blind``: fields, snippet, page, what the words met.

    The facets go too while such a paper is among the hits: of few hits they would tell its values.
    """
    hits = tuple(_hit(hit, blind, said) for hit in found.results)
    told = any(hit.record_id in blind for hit in hits)
    return found.model_copy(update={"results": hits, "facets": () if told else found.facets})


def _hit(hit: SearchHit, blind: Collection[str], said: str) -> SearchHit:
    if hit.record_id in blind:
        return SearchHit(record_id=hit.record_id, score=0.0, notes=(NOTE,))
    return hit.model_copy(update={"related": veiled_related(hit.related, blind, said=said)})


def veiled_related(
    papers: Iterable[RelatedPaper], blind: Collection[str], *, said: str = ""
) -> tuple[RelatedPaper, ...]:
    """Related papers; of those of ``blind`` only how they are related, with ``said`` in the place of the number."""
    return tuple(
        RelatedPaper(kind=one.kind, incoming=one.incoming, number=said, record_id=one.record_id, sure=one.sure)
        if one.record_id in blind
        else one
        for one in papers
    )


def veiled_task(task: Task, items: Collection[str]) -> Task:
    """The task without the machine's value of the blind ``items``."""
    hidden = {"issuing_agency_name": "agency", "field_name": "field", "doc_type": "doc_type"}
    return task.model_copy(update={column: None for item, column in hidden.items() if item in items})


def veiled_fields(record: Record, items: Collection[str]) -> Record:
    """The record without the values of the blind ``items``, for its title."""
    names = [name for name in items if name in type(record.fields).model_fields]
    emptied = {name: record.fields.get(name).model_copy(update={"value": None, "raw_text": None}) for name in names}
    return record.model_copy(update={"fields": record.fields.model_copy(update=emptied)})
