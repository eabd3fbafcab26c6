"""Màn che: what lists show of papers that whoever looks has to key blind. The one place that knows what is left out.

A paper on the viewer's desk with something to be keyed blind is closed (E313). What is found, filtered or ordered by
what was read leaves it out, and says so: that it is there would tell whether a guess was right. Where a row of it
stands for another reason, it tells the file's name and no reading: a trích yếu may hold the very number. The queue is
only seen by those who will key what is in it, so there each blind item is left out from the beginning.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from schemas.record import Record
from storage.queue import Task
from storage.search import RelatedPaper, SearchResults
from web.shelf import Row

KEYED = "đang gõ kín"  # in the place of a reading


def veiled_row(row: Row, blind: Collection[str]) -> Row:
    """The row without anything read from the paper, when its record is one of ``blind``."""
    return row.closed() if row.record_id in blind else row


def veiled_results(found: SearchResults, blind: Collection[str], *, said: str = "") -> SearchResults:
    """An answer whose hits name papers of ``blind`` (they are no hits themselves) without their numbers."""
    hits = tuple(
        hit.model_copy(update={"related": veiled_related(hit.related, blind, said=said)}) for hit in found.results
    )
    return found.model_copy(update={"results": hits})


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
