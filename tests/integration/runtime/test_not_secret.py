"""What a worker makes of a paper that somebody says is not secret: its twin, a trouble in between, second thoughts."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import papers
import pytest

from review.roles import RIGHTS, Viewer
from runtime import worker
from runtime.desk import ReviewDesk
from runtime.desk_acts import mark_secret, reopen
from runtime.fixity import verify_packages
from runtime.open import Workshop
from runtime.outcomes import Captured, Item, Outcome
from runtime.settings import Settings
from schemas.scope import EVERYTHING
from schemas.secrecy import NOT_SECRET, Statement
from storage.brief import read_brief
from storage.entry import is_searchable
from storage.keys import OriginalKey, parse_key

SAID = Statement(by="Trần Văn Bách, Chánh Văn phòng", reason="Đóng nhầm dấu", account="may-quet")
TAM = Viewer(login="tam", name="Tâm", role="checker", rights=RIGHTS["checker"], scope=EVERYTHING)


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    worker.prepare_worker(Settings(home=tmp_path / "nhà"))
    try:
        yield worker._tools()
    finally:
        worker._open.close()


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    path = tmp_path / "a.txt"
    path.write_text("MẬT\n" + papers.decision(1), encoding="utf-8")
    return path


def read(path: Path, said: Statement | None = None, *, touched: bool = False) -> str:
    """Both tasks of a worker; the code of its trouble, else the status. ``touched`` in between: a trouble (E110)."""
    found = worker.capture_item(Item(path, str(path), path.name, statement=said), "đợt")
    if isinstance(found, Captured):
        if touched:
            os.utime(path, ns=(1, 1))
        found = worker.digitize_item(found, "đợt")
    assert isinstance(found, Outcome)
    return found.trouble.code if found.trouble else found.status


def places(workshop: Workshop) -> list[str]:
    assert verify_packages(workshop).problems == ()
    keys = [parse_key(key) for key in workshop.store.list("")]
    return [key.place for key in keys if isinstance(key, OriginalKey)]


def test_a_trouble_in_between_does_not_lose_the_word(workshop: Workshop, paper: Path) -> None:
    assert read(paper) == "E111"
    assert read(paper, SAID, touched=True) == "E110"
    assert places(workshop) == ["originals"]
    assert read(paper) == "needs_review"  # tried again without the word: it lies in the package
    (record,) = workshop.catalogue.records.iterate()
    assert record.fields.secrecy.needs_review
    rows = workshop.catalogue.history.of(record.record_id)
    assert [(row.actor, row.action, row.note) for row in rows] == [("may-quet", NOT_SECRET, "Đóng nhầm dấu")]
    assert workshop.catalogue.history.verify() == ()
    assert places(workshop) == ["originals"]


def test_said_of_the_twin_that_is_at_hand(workshop: Workshop, paper: Path, tmp_path: Path) -> None:
    twin = tmp_path / "b.txt"
    twin.write_bytes(paper.read_bytes())
    assert (read(paper), read(twin)) == ("E111", "duplicate")
    assert read(twin) == "duplicate"
    assert read(twin, SAID) == "needs_review"
    assert read(paper) == "duplicate"
    assert places(workshop) == ["originals"]


def test_said_before_it_was_ever_set_aside(workshop: Workshop, paper: Path) -> None:
    assert read(paper, SAID) == "needs_review"
    assert read(paper, SAID) == "needs_review"  # again: nothing is done, nothing is written
    (record,) = workshop.catalogue.records.iterate()
    assert len(workshop.catalogue.history.of(record.record_id)) == 1
    assert places(workshop) == ["originals"]


def test_others_in_the_same_run_are_set_aside_as_ever(workshop: Workshop, paper: Path, tmp_path: Path) -> None:
    other = tmp_path / "b.txt"
    other.write_text("TỐI MẬT\n" + papers.decision(2), encoding="utf-8")
    assert (read(paper, SAID), read(other)) == ("needs_review", "E111")
    assert sorted(places(workshop)) == ["originals", "quarantine"]


def test_a_person_marks_it_secret_and_the_word_must_be_said_anew(workshop: Workshop, paper: Path) -> None:
    desk, tam = ReviewDesk(workshop), TAM
    assert read(paper, SAID) == "needs_review"
    (record,) = workshop.catalogue.records.iterate()
    desk.sync()
    opened = desk.open(tam, record.record_id)
    assert "secrecy" in [one.item for one in opened.items]
    typed = {one.item: None if one.item == "secrecy" else str(one.value) for one in opened.items}
    assert desk.submit(tam, record.record_id, opened.task.token or "", typed).status == "confirmed"
    assert reopen(desk, tam, record.record_id, reason="nhìn lại").status == "needs_review"
    token = desk.open(tam, record.record_id).task.token or ""
    mark_secret(desk, tam, record.record_id, token, reason="mật thật")
    assert read(paper) == "E111"
    assert places(workshop) == ["quarantine"]
    assert read(paper, SAID) == "needs_review"
    (again,) = workshop.catalogue.records.iterate()
    assert not is_searchable(again)
    desk.sync()
    assert [one.item for one in desk.open(tam, record.record_id).items][-1] == "secrecy"
    assert places(workshop) == ["originals"]
    assert workshop.catalogue.history.verify() == ()


def test_a_stamp_only_a_person_saw_is_asked_of_a_person(workshop: Workshop, tmp_path: Path) -> None:
    desk, tam = ReviewDesk(workshop), TAM
    path = tmp_path / "c.txt"
    path.write_text(papers.decision(3).replace("QUYẾT ĐỊNH\n", "\n"), encoding="utf-8")
    assert read(path) == "needs_review"
    (record,) = workshop.catalogue.records.iterate()
    desk.sync()
    token = desk.open(tam, record.record_id).task.token or ""
    mark_secret(desk, tam, record.record_id, token, reason="dấu ở mặt sau")
    assert read(path, SAID) == "needs_review"
    (again,) = workshop.catalogue.records.iterate()
    assert (again.fields.secrecy.value, "unsure:secrecy" in again.review_reasons) == (None, True)
    assert not is_searchable(again)
    assert not is_searchable(read_brief(again.model_dump_json()))
