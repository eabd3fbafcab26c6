"""The contract of the catalogue, on SQLite and on a real PostgreSQL server."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from papers_kept import make_record

from schemas.errors import AmbiguousRecord, RecordNotFound
from schemas.extraction import Fields, FieldValue
from schemas.record import Quarantine, Record
from storage.catalogue import Catalogue
from storage.holders import holder_of

SHA = "ab" * 32
OTHER = "ab" * 6 + "cd" * 26
ME = holder_of(os.getpid())
ELSEWHERE = "máy khác/01234567-89ab/4026531836/77/123"


@pytest.fixture
def catalogue(database_url: str) -> Iterator[Catalogue]:
    with Catalogue(database_url) as catalogue:
        yield catalogue


@pytest.fixture(scope="session")
def dead() -> str:
    """The name of a process that has ended."""
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    holder = holder_of(child.pid)
    child.communicate(b"\n")
    return holder


def record_of(sha256: str, *, quarantined: bool = False) -> Record:
    record = make_record(b"x")
    source = record.source.model_copy(update={"sha256": sha256})
    changes: dict[str, object] = {"record_id": sha256[:20], "source": source}
    if quarantined:
        changes |= {"status": "quarantined", "quarantine": Quarantine(code="E112", message="không đọc", retry="quét")}
    return record.model_copy(update=changes)


def with_fields(record: Record, **values: str) -> Record:
    return record.model_copy(update={"fields": Fields(**{k: FieldValue(value=v) for k, v in values.items()})})


# Who may work on what


def test_first_claimer_wins_and_the_second_place_is_a_twin(catalogue: Catalogue) -> None:
    first = catalogue.ledger.claim(SHA, "/a/một.pdf", batch="đợt 1", holder=ME)
    second = catalogue.ledger.claim(SHA, "/a/hai.pdf", batch="đợt 1", holder=ME)
    assert (first.kind, first.origin) == ("mine", "/a/một.pdf")
    assert (second.kind, second.origin) == ("twin", "/a/một.pdf")


def test_the_same_run_may_ask_again(catalogue: Catalogue) -> None:
    catalogue.ledger.claim(SHA, "/a", batch="b", holder=ME)
    again = catalogue.ledger.claim(SHA, "/a", batch="b", holder=ME)
    assert (again.kind, again.attempts) == ("mine", 2)


def test_claim_of_a_dead_run_is_taken_over_at_once(catalogue: Catalogue, dead: str) -> None:
    catalogue.ledger.claim(SHA, "/a", batch="b", holder=dead)
    assert catalogue.ledger.claim(SHA, "/khác", batch="b", holder=ME).kind == "mine"
    assert catalogue.ledger.claim(SHA, "/a", batch="b", holder=ME).kind == "twin"


def test_claim_of_a_living_run_is_respected(catalogue: Catalogue) -> None:
    parent = holder_of(os.getppid())
    catalogue.ledger.claim(SHA, "/a", batch="b", holder=parent)
    assert catalogue.ledger.claim(SHA, "/a", batch="b", holder=ME).kind == "busy"
    assert catalogue.ledger.claim(SHA, "/khác", batch="b", holder=ME).kind == "twin"


def test_claim_from_another_machine_holds_until_its_time_is_over(catalogue: Catalogue) -> None:
    catalogue.ledger.claim(SHA, "/a", batch="b", holder=ELSEWHERE)
    assert catalogue.ledger.claim(SHA, "/a", batch="b", holder=ME).kind == "busy"
    with catalogue.database.write() as connection:
        connection.execute(sa.text("update claims set claimed_until = '2020-01-01T00:00:00.000000Z'"))
    assert catalogue.ledger.claim(SHA, "/a", batch="b", holder=ME).kind == "mine"


def test_a_paper_that_is_a_record_stays_with_its_first_place(catalogue: Catalogue, dead: str) -> None:
    catalogue.ledger.claim(SHA, "/a", batch="b", holder=dead)
    catalogue.records.save(record_of(SHA))
    assert catalogue.ledger.claim(SHA, "/khác", batch="b", holder=ME).kind == "twin"
    assert catalogue.ledger.claim(SHA, "/a", batch="b", holder=ME).kind == "mine"


def test_a_paper_in_quarantine_is_tried_again_from_where_it_was_moved(catalogue: Catalogue, dead: str) -> None:
    for origin in ("/vào/a", "/vào/bản sao"):
        catalogue.ledger.claim(SHA, origin, batch="b", holder=dead)
    catalogue.records.save(record_of(SHA, quarantined=True))
    assert catalogue.ledger.claim(SHA, "/vào/bản sao", batch="b", holder=ME).kind == "twin"
    assert catalogue.ledger.claim(SHA, "/loi/a", batch="b", holder=ME).kind == "mine"


def test_items_of_a_dead_run_are_handed_out_once(catalogue: Catalogue, dead: str) -> None:
    for number in range(3):
        catalogue.ledger.claim(f"{number}" * 64, f"/{number}", batch="b", holder=dead)
    catalogue.ledger.finish("/0", batch="b", outcome="accepted", sha256="0" * 64, record_id="0" * 20)
    taken = catalogue.ledger.take_next("b", holder=ME, limit=1)
    assert [item.origin for item in taken] == ["/1"]
    assert [item.origin for item in catalogue.ledger.take_next("b", holder=ME, limit=9)] == ["/2"]
    assert catalogue.ledger.take_next("b", holder=ME, limit=9) == ()


def test_a_run_that_ends_gives_its_claims_up(catalogue: Catalogue) -> None:
    parent = holder_of(os.getppid())
    catalogue.ledger.claim(SHA, "/a", batch="b", holder=parent)
    assert catalogue.ledger.release(parent) == 1
    assert catalogue.ledger.claim(SHA, "/a", batch="b", holder=ME).kind == "mine"


# What became of every file


def test_every_file_has_one_line_and_one_outcome(catalogue: Catalogue) -> None:
    ledger = catalogue.ledger
    ledger.begin_items("b", ("/a", "/b", "/c"))
    assert [item.state for item in ledger.items()] == ["pending"] * 3
    ledger.claim(SHA, "/a", batch="b", holder=ME, size=7, mtime_ns=1_700_000_000_123_456_789)
    ledger.finish("/a", batch="b", outcome="accepted", sha256=SHA, record_id=SHA[:20])
    ledger.claim(SHA, "/b", batch="b", holder=ME)
    ledger.finish("/b", batch="b", outcome="duplicate", sha256=SHA, record_id=SHA[:20])
    ledger.finish("/c", batch="b", outcome="quarantined", error_code="E109", message="Không đọc được tệp.")
    lines = {item.origin: item for item in ledger.items(batch="b")}
    assert {origin: item.outcome for origin, item in lines.items()} == {
        "/a": "accepted", "/b": "duplicate", "/c": "quarantined",
    }  # fmt: skip
    assert (lines["/a"].size, lines["/a"].mtime_ns) == (7, 1_700_000_000_123_456_789)
    assert (lines["/c"].sha256, lines["/c"].error_code) == (None, "E109")
    (batch,) = ledger.batches()
    assert (batch.name, batch.accepted, batch.duplicate, batch.quarantined, batch.unfinished) == ("b", 1, 1, 1, 0)
    assert [item.origin for item in ledger.items(outcome="duplicate")] == ["/b"]


def test_running_again_adds_nothing_and_keeps_the_first_batch(catalogue: Catalogue) -> None:
    ledger = catalogue.ledger
    for batch, known in (("sáng", False), ("chiều", True)):
        ledger.claim(SHA, "/a", batch=batch, holder=ME)
        ledger.finish("/a", batch=batch, outcome="accepted", sha256=SHA, record_id=SHA[:20], known=known)
    (item,) = ledger.items()
    assert (item.batch, item.outcome) == ("sáng", "accepted")
    assert {batch.name: batch.accepted for batch in ledger.batches()} == {"sáng": 1, "chiều": 0}


def test_owner_is_never_a_duplicate_of_itself(catalogue: Catalogue) -> None:
    ledger = catalogue.ledger
    ledger.claim(SHA, "/a", batch="b", holder=ME)
    ledger.finish("/a", batch="b", outcome="needs_review", sha256=SHA, record_id=SHA[:20])
    ledger.finish("/a", batch="b", outcome="duplicate", sha256=SHA, record_id=SHA[:20])
    assert ledger.outcome_of("/a") == "needs_review"


def test_a_file_that_could_not_be_read_has_one_line_once_it_can(catalogue: Catalogue) -> None:
    ledger = catalogue.ledger
    ledger.finish("/a", batch="b", outcome="quarantined", error_code="E109", message="không đọc được")
    assert ledger.outcome_of("/a") == "quarantined"
    ledger.claim(SHA, "/a", batch="b", holder=ME)
    ledger.finish("/a", batch="b", outcome="accepted", sha256=SHA, record_id=SHA[:20])
    (item,) = ledger.items()
    assert (item.outcome, item.error_code) == ("accepted", None)


def test_new_content_at_an_old_place_is_a_new_line(catalogue: Catalogue) -> None:
    for sha in (SHA, OTHER):
        catalogue.ledger.claim(sha, "/a", batch="b", holder=ME)
        catalogue.ledger.finish("/a", batch="b", outcome="accepted", sha256=sha, record_id=sha[:20])
    assert [item.sha256 for item in catalogue.ledger.items()] == [SHA, OTHER]


@pytest.mark.parametrize(
    "origin",
    ["/quét/số 1.pdf", "/quét/\udcff\udc80.pdf", "/a\\xff", "/dòng\nmới\x00", "/" + "d" * 4000, "/lẻ\ud800"],
    ids=["tiếng Việt", "not UTF-8", "backslash", "control", "long", "lone surrogate"],
)
def test_any_path_comes_back_as_it_was(catalogue: Catalogue, origin: str) -> None:
    catalogue.ledger.claim(SHA, origin, batch="b", holder=ME)
    catalogue.ledger.finish(origin, batch="b", outcome="accepted", sha256=SHA, record_id=SHA[:20])
    assert [item.origin for item in catalogue.ledger.items()] == [origin]
    assert catalogue.ledger.outcome_of(origin) == "accepted"


def test_items_whose_record_never_came_are_named(catalogue: Catalogue) -> None:
    for sha in (SHA, OTHER):
        catalogue.ledger.finish(f"/{sha}", batch="b", outcome="duplicate", sha256=sha, record_id=sha[:20])
    catalogue.records.save(record_of(SHA))
    assert [item.origin for item in catalogue.ledger.orphans()] == [f"/{OTHER}"]


# Records


def test_a_record_comes_back_equal(catalogue: Catalogue) -> None:
    record = with_fields(record_of(SHA), summary="V/v hòa giải \x00 “đất đai”", doc_number="1" * 3000)
    catalogue.records.save(record)
    assert catalogue.records.of_source(SHA) == record
    assert list(catalogue.records.iterate()) == [record]
    assert catalogue.records.of_source(OTHER) is None


def test_records_are_found_by_the_beginning_of_id_or_hash(catalogue: Catalogue) -> None:
    one, two = record_of(SHA), record_of(OTHER)
    catalogue.records.save_many((one, two))
    assert catalogue.records.find(SHA[:20]) == one
    assert catalogue.records.find(SHA) == one
    assert catalogue.records.find(OTHER[:30].upper()) == two
    assert catalogue.records.find(OTHER[:13]) == two
    with pytest.raises(AmbiguousRecord):
        catalogue.records.find("abab")
    for nothing in ("", "  ", "%", "_" * 20, "ab%", "ab_b", "cd", "ff", "'; drop table records; --", "g"):
        with pytest.raises(RecordNotFound):
            catalogue.records.find(nothing)


def test_iterating_goes_beyond_one_chunk_while_others_write(catalogue: Catalogue) -> None:
    catalogue.records.save_many(record_of(f"{n:064x}"[::-1]) for n in range(520))
    seen = 0
    for record in catalogue.records.iterate():
        seen += 1
        if seen == 1:
            catalogue.records.save(with_fields(record, summary="viết trong khi đọc"))
    assert seen == catalogue.records.count() == 520
    assert catalogue.records.count_by_status() == {"accepted": 520}


def test_index_is_told_of_every_change_once(catalogue: Catalogue) -> None:
    records = catalogue.records
    records.save(record_of(SHA))
    (todo,) = records.unindexed()
    records.save(with_fields(record_of(SHA), summary="đã sửa"))  # while the index takes the first one in
    records.mark_indexed([todo])
    (todo,) = records.unindexed()
    assert (todo.revision, todo.remove) == (2, False)
    records.mark_indexed([todo])
    assert records.unindexed() == ()
    records.save(with_fields(record_of(SHA), summary="đã sửa"))
    assert records.unindexed() == (), "the same record again is no change"
    records.save(record_of(SHA, quarantined=True))
    assert [one.remove for one in records.unindexed()] == [True]
    records.save(record_of(OTHER))
    records.forget_indexed()
    assert len(records.unindexed(limit=1)) == 1
    assert len(records.unindexed()) == 2


def test_rows_without_a_package_go_but_not_those_written_since(catalogue: Catalogue) -> None:
    third = "12" * 32
    catalogue.records.save_many((record_of(SHA), record_of(OTHER)))
    moment = catalogue.records.moment()
    catalogue.records.save(record_of(third))
    assert catalogue.records.keep_only({SHA[:20]}, unless_since=moment) == 1
    assert {record.record_id for record in catalogue.records.iterate()} == {SHA[:20], third[:20]}


# Events


def test_events_are_kept_in_order_and_cannot_be_changed(catalogue: Catalogue) -> None:
    catalogue.records.log_event("lan", "unmask", "r1")
    catalogue.records.log_event("lan", "export", None, detail={"count": 3})
    assert [(e.action, e.detail) for e in catalogue.records.events()] == [("unmask", None), ("export", {"count": 3})]
    assert [e.action for e in catalogue.records.events("r1")] == ["unmask"]
    for statement in ("update events set actor = 'ai đó'", "delete from events"):
        with pytest.raises(sa.exc.DBAPIError, match="append only"), catalogue.database.engine.begin() as connection:
            connection.execute(sa.text(statement))
    assert len(catalogue.records.events()) == 2
