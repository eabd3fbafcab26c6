"""The kept counts say what counting would, whatever is written, changed, removed or added up in between."""

from __future__ import annotations

from collections import Counter

import pytest
import sqlalchemy as sa
from papers_kept import make_record

from schemas.record import Quarantine, Record
from schemas.scope import EVERYTHING, Scope
from storage import browse as browse_module
from storage import counts
from storage.browse import Browse, Filters
from storage.catalogue import Catalogue
from storage.models import items
from web.words import number_words


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
    for batch in ("mẻ một", "mẻ hai"):
        inside = Filters(batch=batch)
        whole = [one.record.record_id for one in browse.page(inside, limit=100)]
        assert browse.count(inside) == len(whole) == len(set(whole))
        here = [record for record in expected if record.record_id in set(whole)]
        assert len(here) == len(whole)
        assert browse.tally("status", inside) == Counter(record.status for record in here)
        assert browse.count(Filters(batch=batch, status="confirmed")) == sum(r.status == "confirmed" for r in here)
    limited = browse.within(Scope(agencies=frozenset({"Sở 1"})))
    assert limited.count(Filters()) == sum(r.fields.issuing_agency_name.value == "Sở 1" for r in expected)


def put_file(catalogue: Catalogue, record: Record, batch: str, *, copy: int = 1) -> None:
    sha, origin = record.source.sha256, f"/{record.record_id}-{copy}"
    catalogue.ledger.finish(
        origin, batch=batch, outcome="accepted" if copy == 1 else "duplicate", sha256=sha, record_id=record.record_id
    )


def everything(catalogue: Catalogue) -> list[object]:
    """All that is counted, added up."""
    found: list[object] = []
    with catalogue.database.read() as connection:
        for table in (counts.record_counts, counts.item_counts, counts.batch_counts, counts.task_counts):
            cell = [column for column in table.c if column.name not in ("id", "n")]
            number = sa.func.sum(table.c.n)
            query = sa.select(*cell, number).group_by(*cell).having(number != 0).order_by(*cell)
            found.append((table.name, connection.execute(query).all()))
        rows = sa.select(counts.batch_records).order_by(counts.batch_records.c.batch, counts.batch_records.c.record_id)
        found.append(connection.execute(rows).all())
    return found


@pytest.mark.parametrize("added_up", [False, True])
def test_counts_follow_every_change(database_url: str, added_up: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts, "_ENOUGH", 1)
    with Catalogue(database_url) as catalogue:
        papers = [paper(n, year=2018 + n % 4) for n in range(12)] + [paper(12, year=None, kind=None)]
        for number, one in enumerate(papers[:9]):  # some files come before their record, some after
            put_file(catalogue, one, "mẻ hai" if number % 3 else "mẻ một")
        catalogue.records.save_many(papers)
        for one in papers[6:]:
            put_file(catalogue, one, "mẻ hai", copy=2)
        assert catalogue.quality.lots() == {"mẻ một": 3, "mẻ hai": 11}
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
        with catalogue.database.write() as connection:  # a file leaves its batch; another with the record stays
            connection.execute(items.delete().where(items.c.origin.like("%-1")))
        assert Browse(catalogue.database).count(Filters(batch="mẻ một")) == 0
        check(catalogue, papers)
        kept = everything(catalogue)
        counts.recount(catalogue.database)
        assert everything(catalogue) == kept


def test_pages_from_the_end_are_the_pages_from_the_beginning(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Catalogue(database_url) as catalogue:
        catalogue.records.save_many(paper(n, year=None if n % 7 == 0 else 2000 + n % 5) for n in range(25))
        browse = Browse(catalogue.database, EVERYTHING)
        whole = [one.record.record_id for one in browse.page(Filters(), limit=100)]
        assert len(set(whole)) == 25
        paged = []
        monkeypatch.setattr(browse_module, "_NEAR", 0)  # years are skipped, from both ends
        for offset in range(0, 30, 4):
            paged += [one.record.record_id for one in browse.page(Filters(), limit=4, offset=offset)]
        assert paged == whole
        dates = [str(one.record.fields.issued_date.value or "") for one in browse.page(Filters(), limit=100)]
        assert dates == sorted(dates, reverse=True)


def test_lists_without_some_records_are_the_lists_as_if_these_were_not_there(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Catalogue(database_url) as catalogue:
        papers = [paper(n, year=None if n % 7 == 0 else 2000 + n % 5, kind=("a", "b", None)[n % 3]) for n in range(25)]
        papers += [paper(25, year=1999, kind="c")]
        catalogue.records.save_many(papers)
        for one in papers:
            put_file(catalogue, one, "mẻ một")
        put_file(catalogue, papers[3], "mẻ hai", copy=2)
        gone = [papers[n].record_id for n in (3, 14, 25)]  # in two batches; without a date; the only one of its kind
        cases = (Filters(), Filters(doc_type="a"), Filters(year=2003), Filters(batch="mẻ một"), Filters(batch="mẻ hai"))
        scopes = (EVERYTHING, Scope(agencies=frozenset({"Sở 1"})), Scope(agencies=frozenset({"Sở 0", "Sở 1"})))
        found = {}
        for left in (True, False):
            if not left:  # now they are really not there
                catalogue.records.keep_only(
                    {p.record_id for p in papers} - set(gone), unless_since=catalogue.records.moment()
                )
            for number, scope in enumerate(scopes):
                browse = Browse(catalogue.database).within(scope, without=gone if left else ())
                for filters in cases:
                    for near in (1000, 0):  # years are skipped, from both ends
                        monkeypatch.setattr(browse_module, "_NEAR", near)
                        pages = [browse.page(filters, limit=4, offset=offset) for offset in range(0, 28, 4)]
                        ids = [one.record.record_id for page in pages for one in page]
                        tallies = [
                            browse.tally(by, filters.model_copy(update={by: None}))
                            for by in ("status", "doc_type", "year", "batch")
                        ]
                        said = (ids, browse.count(filters), tallies)
                        assert found.setdefault((number, filters, near), said) == said
                        assert browse.count(filters) == len(ids)


def test_limited_people_are_counted_so_far_and_no_further(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (counts, browse_module):
        monkeypatch.setattr(module, "MANY", 5)
    with Catalogue(database_url) as catalogue:
        papers = [paper(n, year=2018 + n % 4) for n in range(16)]
        catalogue.records.save_many(papers)
        for one in papers:
            put_file(catalogue, one, "mẻ một")
        browse = Browse(catalogue.database)
        for scope in (Scope(agencies=frozenset({"Sở 1"})), Scope(agencies=frozenset({"Sở 1", "Sở 7"}))):
            limited = browse.within(scope)
            count = limited.count(Filters())
            assert isinstance(count, counts.AtLeast)
            assert (int(count), number_words(count)) == (5, "hơn 5")
            assert limited.tally("doc_type") == {"quyet_dinh": None}
            assert limited.tally("batch") == {"mẻ một": None}
            assert limited.statuses() == {"accepted": 5}
            mine = [r for r in papers if r.fields.issuing_agency_name.value == "Sở 1"]
            mine.sort(key=lambda r: (str(r.fields.issued_date.value), r.record_id), reverse=True)
            for filters in (Filters(), Filters(batch="mẻ một")):
                paged = [limited.page(filters, limit=2, offset=offset) for offset in (0, 2, 4, 6)]
                ids = [one.record.record_id for page in paged for one in page]
                assert ids == [record.record_id for record in mine][:6]  # no page begins beyond what is counted
        narrow = browse.within(Scope(agencies=frozenset({"Sở 1"}))).count(Filters(year=2019))
        assert narrow == 4
        assert not isinstance(narrow, counts.AtLeast)
        nobody = browse.within(Scope(agencies=frozenset()))
        assert nobody.count(Filters()) == 0
        assert nobody.page(Filters(), limit=9) == ()
        assert browse.names("agency") == ("Sở 0", "Sở 1")
