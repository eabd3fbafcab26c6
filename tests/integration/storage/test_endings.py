"""Revoked and replaced results leave the in-force count from their day on, on both databases."""

from __future__ import annotations

import random
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


def test_a_result_is_in_force_again_when_its_revocation_is_revoked_or_it_is_restored(
    database_url: str, tmp_path: Path
) -> None:
    store = open_store(f"folder:{tmp_path}")
    first, second, third = (date(2026, month, 15) for month in (5, 7, 9))
    with Catalogue(database_url) as catalogue:
        old = add(store, catalogue, OLD, "2024-03-01")
        says = f"Thu hồi Quyết định số {OLD} ngày 01/3/2024."
        add(store, catalogue, "99/QĐ-UBND", "2026-05-10", says=says, cites=OLD, on="2024-03-01")
        says = "Hủy bỏ Quyết định số 99/QĐ-UBND ngày 10/5/2026."
        back = add(store, catalogue, "120/QĐ-UBND", "2026-07-10", says=says, cites="99/QĐ-UBND", on="2026-05-10")
        assert standing(catalogue, first) == {"con_hieu_luc": 2, "bi_thu_hoi": 1}
        assert standing(catalogue, second) == {"con_hieu_luc": 2, "bi_thu_hoi": 1}
        shown = records_behind(catalogue, as_of=second, validities=ENDED)[1]
        assert [r.fields.doc_number.value for r in shown] == ["99/QĐ-UBND"]
        catalogue.records.save(back.model_copy(update={"status": "duplicate"}))
        catch_up_facts(store, catalogue)
        assert [r.record_id for r in records_behind(catalogue, as_of=second, validities=ENDED)[1]] == [old.record_id]
        says = f"Khôi phục hiệu lực Quyết định số {OLD} ngày 01/3/2024."
        add(store, catalogue, "150/QĐ-UBND", "2026-09-10", says=says, cites=OLD, on="2024-03-01")
        assert standing(catalogue, third) == {"con_hieu_luc": 3}
        assert standing(catalogue, second) == {"con_hieu_luc": 2, "bi_thu_hoi": 1}


def test_counts_kept_are_those_that_counting_finds(database_url: str, tmp_path: Path) -> None:
    """Records of every kind of validity, changed and removed; on any day the cells say what the records say."""
    chance = random.Random(3)
    store = open_store(f"folder:{tmp_path}")
    with Catalogue(database_url) as catalogue:
        kept = [_any_result(store, catalogue, k, chance) for k in range(30)]
        catch_up_facts(store, catalogue)
        _compare(catalogue)
        for record in chance.sample(kept, 10):
            catalogue.records.save(
                record.model_copy(update={"status": chance.choice(("published", "needs_review", "duplicate"))})
            )
        gone = {record.record_id for record in kept[:4]}
        catalogue.records.keep_only({r.record_id for r in kept} - gone, unless_since=catalogue.records.moment())
        assert catalogue.plans.count_stale() >= len(gone)
        catch_up_facts(store, catalogue)
        assert catalogue.plans.count_stale() == 0
        _compare(catalogue)
        catalogue.plans.forget()
        assert catalogue.plans.count_stale() == 26
        catch_up_facts(store, catalogue, most=20)
        assert catalogue.plans.count_stale() == 6
        catch_up_facts(store, catalogue)
        _compare(catalogue)


def _any_result(store: RemovableStore, catalogue: Catalogue, number: int, chance: random.Random) -> Record:
    record = make_record(f"kết quả {number}".encode(), number=f"{number}/GP-UBND")
    store.put(original_key(record.source.sha256), f"kết quả {number}".encode(), media_type="application/pdf")
    day = f"2026-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"
    ends = f"{chance.choice((2024, 2026, 2027))}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"
    fields = record.fields.model_copy(
        update={
            "issuing_agency_name": FieldValue(value=f"UBND xã {number % 3}"),
            "issued_date": FieldValue(value=day),
            "valid_from": FieldValue(value=chance.choice((None, day))),
            "valid_to": FieldValue(value=chance.choice((None, ends))),
            "is_perpetual": FieldValue(value=chance.choice((None, True))),
        }
    )
    changed = record.model_copy(update={"fields": fields, "status": chance.choice(("accepted", "needs_review"))})
    kept, _ = write_package(store, changed, text="x", layout=b"x", copy_pdf=None, events=make_events())
    catalogue.records.save(kept)
    return kept


def _compare(catalogue: Catalogue) -> None:
    for day in (date(2025, 6, 1), date(2026, 3, 1), date(2026, 7, 15), date(2026, 12, 31), date(2028, 1, 1)):
        wanted: Counter[tuple[object, ...]] = Counter()
        for record in catalogue.records.iterate():
            if record.status == "duplicate":
                continue
            begins, ends = record.fields.valid_from.value, record.fields.valid_to.value
            validity = "khong_ro"
            if begins and str(begins) > day.isoformat():
                validity = "chua_hieu_luc"
            elif ends:
                validity = "het_hieu_luc" if str(ends) < day.isoformat() else "con_hieu_luc"
            elif record.fields.is_perpetual.value:
                validity = "con_hieu_luc"
            wanted[record.fields.issuing_agency_name.value, record.status, validity] += 1
        found: Counter[tuple[object, ...]] = Counter()
        pages = 0
        for h in catalogue.plans.holdings(day):
            found[h.agency, h.status, h.validity] += h.records
            pages += h.pages
        assert found == wanted, day
        assert pages == sum(wanted.values()) * next(catalogue.records.iterate()).source.page_count
        for validity in ("con_hieu_luc", "het_hieu_luc", "chua_hieu_luc", "khong_ro"):
            total, shown = records_behind(catalogue, as_of=day, validities=(validity,), limit=100)
            assert total == len(shown) == sum(n for (_, _, v), n in wanted.items() if v == validity)
