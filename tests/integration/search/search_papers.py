"""Invented records for the search tests, in few words."""

from __future__ import annotations

from collections.abc import Sequence

from runtime.search.finder import find
from schemas.extraction import Citation, CitationSource, Classification, ClassValue, Fields, FieldValue
from schemas.record import Process, Record, Source, Status
from schemas.scope import EVERYTHING, Scope
from storage.engine import SearchEngine
from storage.entry import make_entry
from storage.search import SearchFilters, SearchResults


def record(
    number: int,
    *,
    status: Status = "accepted",
    level: str | None = None,
    field: str | None = None,
    citations: Sequence[Citation] = (),
    **fields: str,
) -> Record:
    sha256 = f"{number:064x}"
    return Record(
        record_id=f"{number:020x}",
        status=status,
        source=Source(name="a.pdf", sha256=sha256, size=1, media_type="application/pdf", page_count=1),
        fields=Fields(**{name: FieldValue(value=value) for name, value in fields.items()}),
        classification=Classification(level=ClassValue(value=level), field_name=ClassValue(value=field)),
        citations=tuple(citations),
        process=Process(engine="test", rule_version="1", seconds=0),
    )


def cited(text: str, number: str, *, date: str | None = None) -> Citation:
    """The citation of ``number`` as it stands in ``text``."""
    for page, body in enumerate(text.split("\f"), 1):
        for line, words in enumerate(body.split("\n"), 1):
            if (at := words.find(number)) >= 0:
                source = CitationSource(page=page, line=line, start=at, end=at + len(number))
                return Citation(kind="quyet_dinh", number_canonical=number, date_canonical=date, source=source)
    raise AssertionError(number)


def put(engine: SearchEngine, *papers: tuple[Record, str], revision: int = 1) -> None:
    """Take papers in; what must not be searched goes."""
    entries, gone = [], []
    for one, text in papers:
        entry = make_entry(one, text, salt=engine.salt, revision=revision)
        if entry is None:
            gone.append(one.record_id)
        else:
            entries.append(entry)
    engine.take(entries, gone)


def answer(engine: SearchEngine, query: str, *, scope: Scope = EVERYTHING, **filters: object) -> SearchResults:
    return find(engine, query, scope=scope, filters=SearchFilters.model_validate(filters))


def ids(engine: SearchEngine, query: str, *, scope: Scope = EVERYTHING, **filters: object) -> list[int]:
    """The numbers of the records found, in order."""
    found = answer(engine, query, scope=scope, **filters)
    assert found.total == len(found.results)
    return [int(hit.record_id, 16) for hit in found.results]


UBND = "Ủy ban nhân dân tỉnh Quảng Trị"
ARCHIVE: tuple[tuple[Record, str], ...] = (
    (
        record(
            1, doc_type="quyet_dinh", doc_number="2110/QĐ-UBND", issued_date="2025-09-01", issuing_agency_name=UBND,
            summary="Về việc giao đất rừng sản xuất", level="tinh", field="Đất đai", signer_name="Lê Văn Ví Dụ",
        ),
        "QUYẾT ĐỊNH\nVề việc giao đất rừng sản xuất\fĐiều 1. Giao cho ông Nguyễn Văn Thử tại xã Hòa Bình.",
    ),
    (
        record(
            2, doc_type="cong_van", doc_number="15/UBND-NC", issued_date="2024-02-29",
            issuing_agency_name="UBND xã Gio Linh", level="xa", field="Nội vụ",
        ),
        "dat rung san xuat\fUy ban nhan dan, van ban ngay 8 thang 7 nam 2020",
    ),
    (
        record(3, doc_type="quyet_dinh", doc_number="211/QĐ-SXD", owner_name="Lò Thị Mây", field="Xây dựng"),
        "Giấy phép xây dựng, rừng phòng hộ, có đất",
    ),
)  # fmt: skip
