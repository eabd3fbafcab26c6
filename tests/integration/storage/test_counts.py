"""The kept counts say what counting would, whatever is written, changed, removed or added up in between."""

from __future__ import annotations

from collections import Counter

import pytest
from papers_kept import make_record

from schemas.record import Quarantine, Record
from schemas.scope import EVERYTHING, Scope
from storage import counts
from storage.browse import Browse, Filters
from storage.catalogue import Catalogue


def paper(number: int, *, status: str = "accepted", year: int | None = 2020, kind: str | None = "quyet_dinh") -> Record:
    record = make_record(f"giấy {number}".encode(), number=f"{number}/QĐ")
    date = f"{year}-01-{number % 28 + 1:02d}" if year else None
    values = {"issued_date": date, "doc_type": kind, "issuing_agency_name": f"Sở {number % 2}"}
    changed = {name: record.fields.get(name).model_copy(update={"value": value}) for name, value in values.items()}
    fields = record.fields.model_copy(update=changed)
    quarantine = Quarantine(code="E104", message="x", retry="y") if status == "quarantined" else None
    return record.model_copy(update={"status": status, "fields": fields, "quarantine": quarantine})


def check(catalogue: Catalogue, expected: list[Record]) -> None:
    browse = Browse(catalogue.database)
    statuses = Counter(record.status for record in expected)
    years = Counter(str(r.fields.issued_date.value)[:4] for r in expected if r.fields.issued_date.value)
    assert browse.tally("status") == statuses
    assert browse.tally("year") == years
    assert browse.count(Filters()) == len(expected)
    for status in statuses:
        of_status = [record for record in expected if record.status == status]
        assert browse.count(Filters(status=status)) == len(of_status)
        kinds = Counter(r.fields.doc_type.value for r in of_status if r.fields.doc_type.value)
        assert browse.tally("doc_type", Filters(status=status)) == kinds
    limited = browse.within(Scope(agencies=frozenset({"Sở 1"})))
    assert limited.count(Filters()) == sum(r.fields.issuing_agency_name.value == "Sở 1" for r in expected)


@pytest.mark.parametrize("added_up", [False, True])
def test_counts_follow_every_change(database_url: str, added_up: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts, "_ENOUGH", 1)
    with Catalogue(database_url) as catalogue:
        papers = [paper(n, year=2018 + n % 4) for n in range(12)] + [paper(12, year=None, kind=None)]
        catalogue.records.save_many(papers)
        check(catalogue, papers)
        if added_up:
            counts.compact(catalogue.database)
        papers[0] = paper(0, status="confirmed", year=2025, kind="giay_phep")
        papers[1] = paper(1, status="quarantined")
        catalogue.records.save_many(papers)
        check(catalogue, papers)
        gone = papers.pop()
        catalogue.records.keep_only({p.record_id for p in papers}, unless_since=catalogue.records.moment())
        assert gone.record_id not in {r.record_id for r in catalogue.records.iterate()}
        if added_up:
            counts.compact(catalogue.database)
            counts.compact(catalogue.database)
        check(catalogue, papers)
        assert Browse(catalogue.database).troubles() == {"E104": 1}


def test_pages_from_the_end_are_the_pages_from_the_beginning(database_url: str) -> None:
    with Catalogue(database_url) as catalogue:
        catalogue.records.save_many(paper(n, year=None if n % 7 == 0 else 2000 + n % 5) for n in range(25))
        browse = Browse(catalogue.database, EVERYTHING)
        whole = [one.record.record_id for one in browse.page(Filters(), limit=100)]
        assert len(set(whole)) == 25
        paged = []
        for offset in range(0, 30, 4):
            paged += [one.record.record_id for one in browse.page(Filters(), limit=4, offset=offset, total=25)]
        assert paged == whole
        dates = [str(one.record.fields.issued_date.value or "") for one in browse.page(Filters(), limit=100)]
        assert dates == sorted(dates, reverse=True)
