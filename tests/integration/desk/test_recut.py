"""Pages of a badly separated scan become documents of their own, read by a real run; the original stays."""

from __future__ import annotations

import io
import subprocess
import sys
import threading
from pathlib import Path

import pikepdf
import pytest
from argon2 import PasswordHasher

sys.path.insert(0, str(Path(__file__).parents[2]))

from desk_papers import add_people

from runtime.desk import ReviewDesk
from runtime.desk_acts import reopen
from runtime.login import Accounts, viewer_of
from runtime.open import open_workshop
from runtime.recut import BATCH, Cut, recut
from runtime.settings import load_settings
from schemas.errors import LeaseLost, PagesRefused


def wait_for_readers() -> None:
    for thread in threading.enumerate():
        if thread.name == "recut":
            thread.join(240)


def test_two_letters_scanned_as_one_are_taken_apart_and_turned_and_joined_again(tmp_path: Path) -> None:
    make = [sys.executable, "-m", "samplemaker", "make", str(tmp_path / "in"), "--count", "4", "--seed", "7"]
    subprocess.run([*make, "--quality", "digital"], check=True, capture_output=True)
    sources = sorted((tmp_path / "in").glob("*.pdf"))[:2]
    (tmp_path / "scan").mkdir()
    with pikepdf.new() as whole:
        for path in sources:
            with pikepdf.open(path) as one:
                whole.pages.append(one.pages[0])
        whole.save(tmp_path / "scan" / "hai văn bản.pdf")
    home = tmp_path / "home"
    run = [sys.executable, "-m", "flows.cli", "--home", str(home), "run", str(tmp_path / "scan"), "--batch", "quét"]
    assert subprocess.run(run, check=False, capture_output=True).returncode == 0
    with open_workshop(load_settings({}, home=home, prefect="never")) as workshop:
        quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        add_people(Accounts(workshop.catalogue, hasher=quick), ("quan", "administrator"))
        desk = ReviewDesk(workshop)
        viewer = viewer_of(workshop.catalogue.people.find("quan"))
        (old,) = workshop.catalogue.records.iterate()
        original = workshop.store.get(old.objects.original or "")
        if old.status != "needs_review":
            reopen(desk, viewer, old.record_id, reason="hai văn bản trong một tệp")
        token = desk.open(viewer, old.record_id).task.token or ""
        tokens = {old.record_id: token}
        one, two = Cut(record_id=old.record_id, page=1), Cut(record_id=old.record_id, page=2, turn=180)
        for parts in ([[one]], [[one, two], []], [[one, one, two]], [[one, two.model_copy(update={"page": 3})]],
                      [[one, two.model_copy(update={"turn": 0})]]):  # fmt: skip
            with pytest.raises(PagesRefused):
                recut(desk, viewer, tokens, parts, reason="thử")
        made = recut(desk, viewer, tokens, [[one], [two]], reason="hai văn bản")
        wait_for_readers()
        buried = desk.find(old.record_id)
        assert buried.quarantine is not None
        assert buried.quarantine.code == "E118"
        assert workshop.store.get(old.objects.original or "") == original
        records = [desk.find(record_id) for record_id in made]
        assert [record.source.page_count for record in records] == [1, 1]
        assert all(record.status in ("accepted", "needs_review") for record in records)
        assert {record.fields.doc_number.value for record in records} - {None}
        turned = pikepdf.open(io.BytesIO(workshop.store.get(records[1].objects.original or "")))
        assert int(turned.pages[0].get("/Rotate", 0)) == 180
        assert {item.batch for item in workshop.catalogue.ledger.items()} == {"quét", BATCH}
        about = [row.action for row in workshop.catalogue.history.about(made[0])]
        assert "made_from" in about

        tokens = {}
        for record in records:
            if record.status != "needs_review":
                reopen(desk, viewer, record.record_id, reason="vẫn là một văn bản")
            tokens[record.record_id] = desk.open(viewer, record.record_id).task.token or ""
        pages = [Cut(record_id=made[1], page=1, turn=180), Cut(record_id=made[0], page=1)]
        with pytest.raises(LeaseLost):
            recut(desk, viewer, tokens | {made[0]: "của người khác"}, [pages], reason="thử")
        (joined,) = recut(desk, viewer, tokens, [pages], reason="một văn bản hai trang")
        wait_for_readers()
        whole = desk.find(joined)
        assert whole.source.page_count == 2
        for record in records:  # both gave their pages, and stay as they are
            buried = desk.find(record.record_id)
            assert buried.quarantine is not None
            assert buried.quarantine.code == "E118"
            assert workshop.store.get(record.objects.original or "")
            assert desk.queue.get(record.record_id) is None
            (deed,) = [row for row in workshop.catalogue.history.of(record.record_id) if row.action == "recut"]
            assert joined in (deed.note or "")
        upright = pikepdf.open(io.BytesIO(workshop.store.get(whole.objects.original or "")))
        assert [int(page.get("/Rotate", 0)) % 360 for page in upright.pages] == [0, 0]
        assert workshop.catalogue.history.verify() == ()
