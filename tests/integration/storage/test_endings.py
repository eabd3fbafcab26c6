"""Revoked and replaced results leave the in-force count from their day on, on both databases."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

from papers_kept import make_events, make_record

from runtime.progress import catch_up_facts, records_behind
from schemas.extraction import Citation, CitationSource, FieldValue
from schemas.progress import ENDED
from schemas.record import Record
from storage.catalogue import Catalogue
from storage.keys import original_key
from storage.package import write_package
from storage.store import RemovableStore, open_store

OLD = "12/QĐ-UBND"


def add(
    store: RemovableStore, catalogue: Catalogue, number: str, issued: str | None, *, says: str = "Quyết định.",
    cites: str = "", on: str | None = None, agency: str = "UBND xã A", status: str = "accepted",
) -> Record:  # fmt: skip
    """A kept record; its text ``says`` something, and it cites the number that stands there."""
    original = f"{number} {issued} {agency}".encode()
    record = make_record(original, number=number)
    store.put(original_key(record.source.sha256), original, media_type="application/pdf")
    start = says.find(cites) if cites else 0
    place = CitationSource(page=1, line=1, start=start, end=start + len(cites))
    cited = (
        (Citation(kind="quyet_dinh", number_printed=cites, number_canonical=cites, date_canonical=on, source=place),)
        if cites
        else ()
    )
    fields = record.fields.model_copy(
        update={"issued_date": FieldValue(value=issued), "issuing_agency_name": FieldValue(value=agency)}
    )
    changed = record.model_copy(update={"fields": fields, "citations": cited, "status": status})
    kept, _ = write_package(store, changed, text=says, layout=b"x", copy_pdf=None, events=make_events())
    catalogue.records.save(kept)
    catch_up_facts(store, catalogue)
    return kept


def standing(catalogue: Catalogue, day: date) -> Counter[str]:
    found: Counter[str] = Counter()
    for holding in catalogue.plans.holdings(day):
        found[holding.validity] += holding.records
    return found


def test_a_revoked_result_leaves_the_count_on_the_day_of_the_revocation(database_url: str, tmp_path: Path) -> None:
    store = open_store(f"folder:{tmp_path}")
    with Catalogue(database_url) as catalogue:
        old = add(store, catalogue, OLD, "2024-03-01")
        add(store, catalogue, OLD, "2023-03-01")  # the same number of another year stays
        says = f"Thu hồi Quyết định số {OLD} ngày 01/3/2024."
        add(store, catalogue, "99/QĐ-UBND", "2026-05-10", says=says, cites=OLD, on="2024-03-01")
        assert standing(catalogue, date(2026, 5, 9)) == {"con_hieu_luc": 3}
        assert standing(catalogue, date(2026, 5, 10)) == {"con_hieu_luc": 2, "bi_thu_hoi": 1}
        total, shown = records_behind(catalogue, as_of=date(2026, 5, 10), validities=ENDED)
        assert (total, [r.record_id for r in shown]) == (1, [old.record_id])
        assert records_behind(catalogue, as_of=date(2026, 5, 9), validities=ENDED)[0] == 0


def test_a_replaced_result_is_found_when_it_comes_after_the_paper_that_replaces_it(
    database_url: str, tmp_path: Path
) -> None:
    store = open_store(f"folder:{tmp_path}")
    with Catalogue(database_url) as catalogue:
        says = f"Quyết định này thay thế Quyết định số {OLD}."
        add(store, catalogue, "99/QĐ-UBND", "2026-05-10", says=says, cites=OLD)
        assert standing(catalogue, date(2026, 6, 1)) == {"con_hieu_luc": 1}
        add(store, catalogue, OLD, "2024-03-01", agency="UBND xã B")  # another agency's, and no day was cited
        assert standing(catalogue, date(2026, 6, 1)) == {"con_hieu_luc": 2}
        add(store, catalogue, OLD, "2024-04-01")
        assert standing(catalogue, date(2026, 6, 1)) == {"con_hieu_luc": 2, "bi_thay_the": 1}
        add(store, catalogue, OLD, "2022-04-01")  # now nobody can tell which one is meant
        assert standing(catalogue, date(2026, 6, 1)) == {"con_hieu_luc": 4}


def test_a_paper_set_aside_ends_nothing(database_url: str, tmp_path: Path) -> None:
    store = open_store(f"folder:{tmp_path}")
    with Catalogue(database_url) as catalogue:
        add(store, catalogue, OLD, "2024-03-01")
        says = f"Bãi bỏ Quyết định số {OLD} ngày 01/3/2024."
        ender = add(store, catalogue, "99/QĐ-UBND", "2026-05-10", says=says, cites=OLD, on="2024-03-01")
        assert standing(catalogue, date(2026, 6, 1))["bi_thu_hoi"] == 1
        catalogue.records.save(ender.model_copy(update={"status": "duplicate"}))
        catch_up_facts(store, catalogue)
        assert standing(catalogue, date(2026, 6, 1)) == {"con_hieu_luc": 1}
