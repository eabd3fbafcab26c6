"""Queue, history and quality on both databases: nothing is handed out twice, nothing is rewritten unseen."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from papers_kept import make_record

from schemas.errors import LeaseLost
from schemas.history import Deed
from schemas.scope import EVERYTHING, Scope
from storage.catalogue import Catalogue
from storage.counts import AtLeast, recount, task_counts
from storage.desk_models import history, open_items, tasks
from storage.quality import SettledRow
from storage.queue import OpenItem, Task, TaskFilters


def put(catalogue: Catalogue, number: int, *, agency: str = "Sở Y tế", stage: str = "first", priority: int = 0) -> str:
    record = make_record(f"giấy {number}".encode(), number=f"{number}/QĐ-UBND")
    record = record.model_copy(update={"status": "needs_review"})
    catalogue.records.save(record)
    task = Task(
        record_id=record.record_id, stage=stage, priority=priority, batch=f"mẻ {number % 2}", agency=agency,
        field="Khám bệnh", doc_type="quyet_dinh", sampled=False,
        since=f"2026-11-{number % 28 + 1:02d}T00:00:00.000000Z",
        done_by=(), sent_to=None, note=None, holder=None, token=None, until=None,
    )  # fmt: skip
    with catalogue.database.write() as connection:
        catalogue.queue.put_in(connection, task, [OpenItem(item="doc_number", stage=stage, value=f"{number}/QĐ")])
    return record.record_id


def take(catalogue: Catalogue, login: str, **more: object) -> Task | None:
    return catalogue.queue.take(login, scope=EVERYTHING, decides=False, lease_s=60, **more)  # type: ignore[arg-type]


def test_many_hands_at_one_queue_never_get_the_same_paper(database_url: str) -> None:
    with Catalogue(database_url) as catalogue:
        ids = {put(catalogue, number) for number in range(40)}

        def work(login: str) -> list[str]:
            found: list[str] = []
            while task := take(catalogue, login, beside=tuple(found)):
                found.append(task.record_id)
            return found

        with ThreadPoolExecutor(8) as threads:
            taken = list(threads.map(work, [f"nguoi{i}" for i in range(8)]))
        assert sorted(one for papers in taken for one in papers) == sorted(ids)


def test_order_filters_scope_and_numbers(database_url: str) -> None:
    with Catalogue(database_url) as catalogue:
        old, new = put(catalogue, 1), put(catalogue, 20)
        urgent = put(catalogue, 27, agency="Sở Xây dựng", priority=1)
        third = put(catalogue, 5, stage="third")
        mine = Scope(agencies=frozenset({"Sở Xây dựng"}))
        queue = catalogue.queue
        page = queue.page("lan", scope=EVERYTHING, decides=False, narrowed=TaskFilters())
        assert [task.record_id for task in page] == [urgent, old, new]
        assert queue.count("lan", scope=EVERYTHING, decides=True, narrowed=TaskFilters()) == 4
        assert queue.count("lan", scope=mine, decides=True, narrowed=TaskFilters()) == 1
        narrowed = TaskFilters(batch="mẻ 1", item="doc_number")
        assert {t.record_id for t in queue.page("lan", scope=EVERYTHING, decides=True, narrowed=narrowed)} == {
            old, urgent, third,
        }  # fmt: skip
        numbers = queue.numbers("lan", scope=EVERYTHING, decides=True)
        assert (numbers.waiting, numbers.third, numbers.oldest) == (4, 1, "2026-11-02T00:00:00.000000Z")
        assert queue.tally("item", "lan", scope=EVERYTHING, decides=True) == {"doc_number": 4}


def test_a_lease_is_for_its_token_until_somebody_else_takes_the_paper(database_url: str) -> None:
    with Catalogue(database_url) as catalogue:
        record_id = put(catalogue, 1)
        held = catalogue.queue.take("lan", scope=EVERYTHING, decides=False, lease_s=-1)
        assert held is not None
        catalogue.queue.renew(record_id, "lan", held.token or "", lease_s=-1)
        for login, token in (("lan", "khác"), ("minh", held.token or "")):
            with pytest.raises(LeaseLost):
                catalogue.queue.renew(record_id, login, token, lease_s=60)
        assert take(catalogue, "minh") is not None
        with pytest.raises(LeaseLost):
            catalogue.queue.renew(record_id, "lan", held.token or "", lease_s=60)


def test_deeds_of_many_at_once_make_whole_chains(database_url: str) -> None:
    with Catalogue(database_url) as catalogue:

        def work(number: int) -> None:
            for step in range(10):
                catalogue.history.append(
                    f"hồ sơ {number % 3}", [Deed(actor=f"n{number}", action="view", note=str(step))]
                )

        with ThreadPoolExecutor(6) as threads:
            list(threads.map(work, range(6)))
        assert catalogue.history.head()[0] == 60
        assert catalogue.history.verify() == ()


def test_history_cannot_be_changed_and_shows_when_it_was_all_the_same(database_url: str) -> None:
    with Catalogue(database_url) as catalogue:
        for number in range(6):
            catalogue.history.append("a" if number % 2 else "b", [Deed(actor="lan", action="keyed", new=f'"{number}"')])
        for statement in (history.update().values(new='"9"'), history.delete()):
            with pytest.raises(Exception, match="append only"), catalogue.database.engine.begin() as connection:
                connection.execute(statement)
        drop = (
            ["drop trigger history_no_update", "drop trigger history_no_delete"]
            if catalogue.database.is_sqlite
            else ["drop trigger history_append_only on history"]
        )
        with catalogue.database.write() as connection:  # who owns the database can do that
            for one in drop:
                connection.execute(sa.text(one))
            connection.execute(history.update().where(history.c.id == 2).values(new='"9"'))
        assert [(b.subject, b.kind) for b in catalogue.history.verify()] == [("a", "altered")]
        with catalogue.database.write() as connection:
            connection.execute(history.delete().where(history.c.id == 3))
        assert ("b", "missing") in {(b.subject, b.kind) for b in catalogue.history.verify()}


def test_calibration_and_shares_count_the_same_on_both(database_url: str) -> None:
    with Catalogue(database_url) as catalogue:
        rows = [("a", 0.97, True, True, True), ("b", 0.99, True, False, True), ("c", 0.6, False, True, False)]
        with catalogue.database.write() as connection:
            for record_id, score, sure, right, sampled in rows * 2:  # the same again changes nothing
                catalogue.quality.put_in(
                    connection,
                    SettledRow(
                        record_id=record_id, item="doc_number", round=1, batch="m", how="agreed", by=("lan",),
                        at="2026-11-26T00:00:00.000000Z", score=score, sure=sure, right=right, sampled=sampled,
                    ),
                )  # fmt: skip
        cells = [(c.month, c.low, c.sure, c.looked, c.right) for c in catalogue.quality.calibration()]
        assert cells == [("2026-11", 0.9, True, 2, 1), ("2026-11", 0.6, False, 1, 1)]
        (share,) = catalogue.quality.sampled_shares()["m"]
        assert (share.looked, share.wrong) == (2, 1)
        assert catalogue.queue.settled_since("2026-11-25", by="lan") == (3, 3)


def test_what_waits_for_somebody_is_told_as_if_it_were_counted_one_by_one(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Catalogue(database_url) as catalogue:
        queue = catalogue.queue
        ids = [put(catalogue, n, agency=f"Sở {n % 3}", stage=("first", "second", "third")[n % 3]) for n in range(24)]
        with catalogue.database.write() as connection:
            for record_id, changed in (
                (ids[1], {"done_by": "|lan|minh|"}),
                (ids[4], {"done_by": "|minh|"}),
                (ids[7], {"sent_to": "lan"}),
                (ids[10], {"sent_to": "minh", "done_by": "|lan|"}),
                (ids[0], {"holder": "minh", "token": "x", "until": "2999-01-01T00:00:00.000000Z"}),
                (ids[3], {"holder": "minh", "token": "x", "until": "2000-01-01T00:00:00.000000Z"}),
                (ids[6], {"holder": "lan", "token": "x", "until": "2999-01-01T00:00:00.000000Z"}),
                (ids[9], {"batch": None, "field": "Đất đai"}),
            ):
                connection.execute(tasks.update().where(tasks.c.record_id == record_id).values(**changed))
            queue.remove_in(connection, ids[12])
        for scope in (EVERYTHING, Scope(agencies=frozenset({"Sở 0", "Sở 1"})), Scope(fields=frozenset({"Đất đai"}))):
            for decides in (False, True):
                whole = queue.page("lan", scope=scope, decides=decides, narrowed=TaskFilters(), limit=100)
                paged = [
                    queue.page("lan", scope=scope, decides=decides, narrowed=TaskFilters(), limit=3, offset=offset)
                    for offset in range(0, 30, 3)
                ]
                assert [task for page in paged for task in page] == list(whole)
                known = queue.waiting("lan", scope=scope, decides=decides)
                assert known.numbers.waiting == len(whole)
                assert known.numbers.oldest == min((task.since for task in whole), default=None)
                assert known.numbers.sent == sum(task.sent_to == "lan" for task in whole)
                for kind in ("stage", "batch", "field", "doc_type"):
                    values = Counter(getattr(task, kind) for task in whole if getattr(task, kind) is not None)
                    assert known.of[kind] == values
                assert known.of["item"] == ({"doc_number": len(whole)} if whole else {})
                second = TaskFilters(stage="second", batch="mẻ 0")
                listed = queue.page("lan", scope=scope, decides=decides, narrowed=second)
                assert queue.count("lan", scope=scope, decides=decides, narrowed=second) == len(listed)
        first = queue.take("lan", scope=EVERYTHING, decides=False, lease_s=60)
        assert first is not None
        assert first.record_id == ids[6]  # what lies on the desk already
        after = queue.take("lan", scope=EVERYTHING, decides=False, lease_s=60, beside=(ids[6],))
        assert after is not None
        assert after.record_id == ids[7]  # what was sent to this person
        monkeypatch.setattr("storage.queue_lists.MANY", 3)
        office = Scope(agencies=frozenset({"Sở 0"}))
        limited = queue.waiting("tam", scope=office, decides=True)
        assert limited.numbers.waiting == 5  # one of eight is gone, two in other hands: no limit to what is kept
        for kind, values in limited.of.items():
            for value, count in values.items():
                narrowed = TaskFilters.model_validate({kind: value})
                assert limited.count(narrowed) == count
                assert len(queue.page("tam", scope=office, decides=True, narrowed=narrowed, limit=100)) == count
        assert limited.count(TaskFilters(batch="mẻ 0", stage="first")) is None
        counted = queue.count("tam", scope=office, decides=True, narrowed=TaskFilters(stage="first", item="doc_number"))
        assert isinstance(counted, AtLeast)
        with catalogue.database.write() as connection:  # it was another agency's: the open item goes along
            connection.execute(tasks.update().where(tasks.c.record_id == ids[15]).values(agency="Sở 9"))
        moved = queue.waiting("tam", scope=Scope(agencies=frozenset({"Sở 9"})), decides=True)
        assert (moved.numbers.waiting, moved.of["item"]) == (1, {"doc_number": 1})
        left = queue.waiting("tam", scope=office, decides=True)
        assert (left.numbers.waiting, left.of["item"]) == (4, {"doc_number": 4})
        kept = _kept(catalogue)
        with catalogue.database.write() as connection:  # whatever goes first, nothing is left behind
            connection.execute(tasks.delete().where(tasks.c.record_id == ids[15]))
            connection.execute(open_items.delete().where(open_items.c.record_id == ids[15]))
        assert _kept(catalogue) == {cell: n for cell, n in kept.items() if cell[2] != "Sở 9"}
        recount(catalogue.database)
        assert _kept(catalogue) == {cell: n for cell, n in kept.items() if cell[2] != "Sở 9"}


def _kept(catalogue: Catalogue) -> dict[tuple[str, str, str, str], int]:
    """What is counted, by what, value, agency and field."""
    cell = [task_counts.c[name] for name in ("what", "value", "agency", "field")]
    query = sa.select(*cell, sa.func.sum(task_counts.c.n)).group_by(*cell)
    with catalogue.database.read() as connection:
        return {(what, value, agency, field): n for what, value, agency, field, n in connection.execute(query) if n}
