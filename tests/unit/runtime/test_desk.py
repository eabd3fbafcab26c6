"""A paper goes over the desk: keyed blind, agreed or decided, kept in its package, brought back from there."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_papers import Told, add_people, make_paper

from review.roles import Viewer
from review.work import Work
from runtime.desk import ReviewDesk
from runtime.desk_acts import mark_secret, reopen, set_aside_by_person
from runtime.desk_groups import close_group, open_group
from runtime.desk_samples import draw_sample, judge_batch, return_batch
from runtime.login import Accounts, viewer_of
from runtime.open import Workshop, open_workshop
from runtime.rebuild import rebuild_register
from runtime.settings import load_settings
from schemas.errors import GroupRefused, InvalidValue, LeaseLost, NotAllowed, RecordNotFound
from schemas.scope import Scope
from storage.package import read_record, read_review, verify_package


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    with open_workshop(load_settings({}, home=tmp_path / "home")) as workshop:
        yield workshop


@pytest.fixture
def desk(workshop: Workshop, quick_accounts: type[Accounts]) -> ReviewDesk:
    add_people(
        quick_accounts(workshop.catalogue),
        ("quan", "administrator"), ("lan", "operator"), ("minh", "operator"), ("tam", "checker"),
    )  # fmt: skip
    return ReviewDesk(workshop)


def who(desk: ReviewDesk, login: str) -> Viewer:
    return viewer_of(desk.workshop.catalogue.people.find(login))


def settle(desk: ReviewDesk, login: str, record_id: str, **typed: str | None) -> str:
    viewer = who(desk, login)
    paper = desk.open(viewer, record_id)
    return desk.submit(viewer, record_id, paper.task.token or "", typed).status


def take(desk: ReviewDesk, login: str) -> str | None:
    desk.sync()
    task = desk.take(who(desk, login))
    return task.record_id if task else None


def test_first_key_that_agrees_with_the_machine_settles(desk: ReviewDesk, tmp_path: Path) -> None:
    record = make_paper(desk.workshop, tmp_path, "a", Told(unsure=("doc_number", "summary")))
    assert take(desk, "lan") == record.record_id
    paper = desk.open(who(desk, "lan"), record.record_id)
    assert [(one.item, one.mode, one.value) for one in paper.items] == [
        ("doc_number", "blind", None),
        ("summary", "shown", "Về việc cấp giấy phép xây dựng"),
    ]
    status = settle(desk, "lan", record.record_id, doc_number="12 / qđ-ubnd", summary="Cấp giấy phép xây dựng nhà ở")
    assert status == "confirmed"
    kept = read_record(desk.workshop.store, record.record_id)
    assert kept == desk.find(record.record_id)
    assert kept.status == "confirmed"
    assert kept.review_reasons == ()
    number, summary = kept.fields.doc_number, kept.fields.summary
    assert (number.value, number.origin, number.needs_review) == ("12/QĐ-UBND", "manual", False)
    assert number.reasons == ("person_agreed",)
    assert summary.reasons == ("person_confirmed", "person_corrected")
    assert (kept.fields.code_number.value, kept.fields.code_notation.value) == ("12", "QĐ-UBND")
    work = Work.from_bytes(read_review(desk.workshop.store, record.record_id) or b"")
    assert work.machine.fields == record.fields
    assert desk.queue.get(record.record_id) is None


def test_disagreement_goes_to_a_second_and_a_third_person(
    desk: ReviewDesk, tmp_path: Path, quick_accounts: type[Accounts]
) -> None:
    record = make_paper(desk.workshop, tmp_path, "a")
    assert settle(desk, "lan", record.record_id, doc_number="13/QĐ-UBND") == "needs_review"
    assert take(desk, "lan") is None
    with pytest.raises(LeaseLost):
        desk.open(who(desk, "lan"), record.record_id)
    assert take(desk, "minh") == record.record_id
    paper = desk.open(who(desk, "minh"), record.record_id)
    assert (paper.items[0].mode, paper.items[0].stage, paper.items[0].value) == ("blind", "second", None)
    assert settle(desk, "minh", record.record_id, doc_number="14/QĐ-UBND") == "needs_review"
    add_people(quick_accounts(desk.workshop.catalogue), ("thu", "operator"))
    assert take(desk, "thu") is None  # an operator does not decide
    with pytest.raises(NotAllowed):
        desk.open(who(desk, "thu"), record.record_id)
    assert take(desk, "tam") == record.record_id
    decided = desk.open(who(desk, "tam"), record.record_id).items[0]
    assert decided.mode == "decide"
    assert [(one.who, one.value) for one in decided.readings] == [
        ("máy", "12/QĐ-UBND"), ("lan", "13/QĐ-UBND"), ("minh", "14/QĐ-UBND"),
    ]  # fmt: skip
    assert settle(desk, "tam", record.record_id, doc_number="13/QĐ-UBND") == "confirmed"
    assert desk.find(record.record_id).fields.doc_number.reasons == ("person_decided", "person_corrected")


def test_two_people_that_agree_overrule_the_machine(desk: ReviewDesk, tmp_path: Path) -> None:
    record = make_paper(desk.workshop, tmp_path, "a")
    settle(desk, "lan", record.record_id, doc_number="13/QĐ-UBND")
    assert settle(desk, "minh", record.record_id, doc_number="13/QĐ-UBND") == "confirmed"
    assert desk.find(record.record_id).fields.doc_number.value == "13/QĐ-UBND"
    rows = desk.workshop.catalogue.history.of(record.record_id)
    assert [(row.actor, row.action) for row in rows] == [("lan", "keyed"), ("minh", "keyed"), ("minh", "settled")]
    assert desk.workshop.catalogue.history.verify() == ()


def test_not_on_the_paper_needs_two_people(desk: ReviewDesk, tmp_path: Path) -> None:
    record = make_paper(desk.workshop, tmp_path, "a")
    assert settle(desk, "lan", record.record_id, doc_number=None) == "needs_review"
    assert settle(desk, "minh", record.record_id, doc_number=None) == "confirmed"
    assert desk.find(record.record_id).fields.doc_number.value is None


def test_answers_that_do_not_fit_are_told_and_nothing_is_kept(desk: ReviewDesk, tmp_path: Path) -> None:
    record = make_paper(desk.workshop, tmp_path, "a", Told(unsure=("doc_number", "issued_date")))
    viewer = who(desk, "lan")
    paper = desk.open(viewer, record.record_id)
    typed = {"doc_number": "", "issued_date": "31/02/2024", "owner_id": "079123456789", "no_field": "x"}
    with pytest.raises(InvalidValue) as caught:
        desk.submit(viewer, record.record_id, paper.task.token or "", typed)
    assert set(caught.value.problems) == {"doc_number", "issued_date", "owner_id", "no_field"}
    assert read_review(desk.workshop.store, record.record_id) is None
    assert desk.workshop.catalogue.history.of(record.record_id) == ()


def test_one_paper_is_never_in_two_hands(desk: ReviewDesk, tmp_path: Path) -> None:
    one = make_paper(desk.workshop, tmp_path, "a").record_id
    two = make_paper(desk.workshop, tmp_path, "b").record_id
    first, second = take(desk, "lan"), take(desk, "minh")
    assert {first, second} == {one, two}
    assert take(desk, "tam") is None
    assert take(desk, "lan") == first  # what is held comes back
    with pytest.raises(LeaseLost):
        desk.open(who(desk, "minh"), first or "")
    with pytest.raises(LeaseLost):
        desk.submit(who(desk, "minh"), first or "", "sai", {"doc_number": "12/QĐ-UBND"})


def test_a_paper_comes_back_when_its_holder_says_nothing(desk: ReviewDesk, tmp_path: Path) -> None:
    record_id = make_paper(desk.workshop, tmp_path, "a").record_id
    desk.rules = desk.rules.model_copy(update={"lease_s": 0.05})
    held = desk.open(who(desk, "lan"), record_id)
    time.sleep(0.1)
    assert take(desk, "minh") == record_id
    with pytest.raises(LeaseLost):
        desk.submit(who(desk, "lan"), record_id, held.task.token or "", {"doc_number": "12/QĐ-UBND"})


def test_rebuild_brings_the_work_of_people_back_from_packages_alone(
    desk: ReviewDesk, tmp_path: Path, quick_accounts: type[Accounts]
) -> None:
    done = make_paper(desk.workshop, tmp_path, "a").record_id
    half = make_paper(desk.workshop, tmp_path, "b").record_id
    settle(desk, "lan", done, doc_number="12/QĐ-UBND")
    settle(desk, "lan", half, doc_number="99/QĐ-UBND")
    before = {one: desk.find(one) for one in (done, half)}
    rows = {one: desk.workshop.catalogue.history.of(one) for one in (done, half)}
    settings = desk.workshop.settings
    desk.workshop.catalogue.close()
    for path in settings.home.glob("catalogue.db*"):
        path.unlink()
    with open_workshop(settings) as again:
        rebuild_register(again)
        add_people(
            quick_accounts(again.catalogue), ("quan", "administrator"), ("lan", "operator"), ("minh", "operator")
        )
        fresh = ReviewDesk(again)
        assert {one: fresh.find(one) for one in (done, half)} == before
        assert {one: again.catalogue.history.of(one) for one in (done, half)} == rows
        assert again.catalogue.history.verify() == ()
        assert take(fresh, "lan") is None  # lan has keyed it already
        assert take(fresh, "minh") == half
        assert settle(fresh, "minh", half, doc_number="99/QĐ-UBND") == "confirmed"
        assert verify_package(again.store, half) == ()


def test_a_catalogue_cut_off_before_it_heard_of_the_work_is_told(
    desk: ReviewDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record_id = make_paper(desk.workshop, tmp_path, "a").record_id
    viewer = who(desk, "lan")
    paper = desk.open(viewer, record_id)

    def dies(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr("runtime.desk_keeping._write_down", dies)
        with pytest.raises(KeyboardInterrupt):
            desk.submit(viewer, record_id, paper.task.token or "", {"doc_number": "12/QĐ-UBND"})
    assert desk.find(record_id).status == "needs_review"
    assert read_record(desk.workshop.store, record_id).status == "confirmed"
    desk.release(viewer, record_id)
    desk.open(who(desk, "minh"), record_id)
    assert desk.find(record_id).status == "confirmed"
    assert [row.action for row in desk.workshop.catalogue.history.of(record_id)] == ["keyed", "settled"]
    assert desk.queue.get(record_id) is None


def test_rights_by_agency_and_field(desk: ReviewDesk, tmp_path: Path, quick_accounts: type[Accounts]) -> None:
    mine = make_paper(desk.workshop, tmp_path, "a", Told(agency="Sở Xây dựng", field="Nhà ở")).record_id
    other = make_paper(desk.workshop, tmp_path, "b", Told(agency="Sở Y tế")).record_id
    scope = Scope(agencies=frozenset({"Sở Xây dựng"}), fields=frozenset({"Nhà ở"}))
    add_people(quick_accounts(desk.workshop.catalogue), ("hoa", "operator"), scope=scope)
    assert take(desk, "hoa") == mine
    assert desk.queue.numbers("hoa", scope=scope, decides=False).waiting == 1
    with pytest.raises(RecordNotFound):
        desk.open(who(desk, "hoa"), other)


def test_a_paper_sent_to_a_colleague_waits_for_that_person(desk: ReviewDesk, tmp_path: Path) -> None:
    record_id = make_paper(desk.workshop, tmp_path, "a").record_id
    viewer = who(desk, "lan")
    token = desk.open(viewer, record_id).task.token or ""
    with pytest.raises(InvalidValue):
        desk.send(viewer, record_id, token, to="lan", note="tự gửi")
    desk.send(viewer, record_id, token, to="minh", note="Chữ số cuối là 3 hay 8?")
    assert take(desk, "lan") is None
    task = desk.take(who(desk, "minh"))
    assert task is not None
    assert (task.record_id, task.note) == (record_id, "Chữ số cuối là 3 hay 8?")


def test_removed_with_a_reason_and_opened_again(desk: ReviewDesk, tmp_path: Path) -> None:
    record = make_paper(desk.workshop, tmp_path, "a")
    tam = who(desk, "tam")
    token = desk.open(tam, record.record_id).task.token or ""
    with pytest.raises(InvalidValue):
        set_aside_by_person(desk, tam, record.record_id, token, kind="not_a_result", reason=" ")
    gone = set_aside_by_person(desk, tam, record.record_id, token, kind="not_a_result", reason="Giấy mời họp")
    assert (gone.status, gone.quarantine.code if gone.quarantine else "") == ("quarantined", "E116")
    assert desk.workshop.store.stat(record.objects.original or "") is not None
    assert take(desk, "lan") is None
    with pytest.raises(NotAllowed):
        reopen(desk, who(desk, "lan"), record.record_id, reason="nhầm rồi")
    assert reopen(desk, tam, record.record_id, reason="nhầm rồi").status == "needs_review"
    assert take(desk, "lan") == record.record_id


def test_a_paper_marked_secret_shows_nothing_any_more(desk: ReviewDesk, tmp_path: Path) -> None:
    record = make_paper(desk.workshop, tmp_path, "a", Told(owner="Lò Thị Mây"))
    lan = who(desk, "lan")
    token = desk.open(lan, record.record_id).task.token or ""
    kept = mark_secret(desk, lan, record.record_id, token, reason="Dấu MẬT góc trái")
    assert kept.quarantine is not None
    assert kept.quarantine.code == "E111"
    assert kept.objects.original is not None
    assert kept.objects.original.startswith("quarantine/")
    assert kept.objects.text is None
    assert "Mây" not in kept.model_dump_json()
    assert desk.workshop.store.stat(record.objects.original or "") is None
    assert [one.remove for one in desk.workshop.catalogue.records.unindexed()] == [True]
    with pytest.raises(NotAllowed):
        reopen(desk, who(desk, "tam"), record.record_id, reason="mở lại xem")


def test_a_group_settles_what_is_not_struck_and_catches_who_does_not_look(desk: ReviewDesk, tmp_path: Path) -> None:
    desk.rules = desk.rules.model_copy(update={"plant_every": 4})
    ids = [make_paper(desk.workshop, tmp_path, f"g{i}", Told(number=f"{i}/QĐ-UBND")).record_id for i in range(1, 9)]
    desk.sync()
    tam = who(desk, "tam")
    true = {one: desk.find(one).fields.doc_number.value for one in ids}
    page = open_group(desk, tam, "doc_number")
    assert page is not None
    with pytest.raises(GroupRefused):
        close_group(desk, tam, page.id, frozenset())
    assert all(desk.find(one).status == "needs_review" for one in ids)
    with pytest.raises(LeaseLost):
        close_group(desk, tam, page.id, frozenset())
    page = open_group(desk, tam, "doc_number")
    assert page is not None
    planted = {card.record_id for card in page.cards if card.value != true[card.record_id]}
    struck = next(card.record_id for card in page.cards if card.record_id not in planted)
    result = close_group(desk, tam, page.id, frozenset({*planted, struck}))
    assert (len(planted), result.settled, result.struck) == (2, 5, 1)
    assert sum(desk.find(one).status == "confirmed" for one in ids) == 5
    assert desk.find(struck).status == "needs_review"
    assert take(desk, "lan") == struck


def test_a_sampled_batch_passes_or_goes_back(desk: ReviewDesk, tmp_path: Path) -> None:
    ids = [
        make_paper(desk.workshop, tmp_path, f"s{i}", Told(number=f"{i}/QĐ-UBND", unsure=())).record_id for i in range(3)
    ]
    quan = who(desk, "quan")
    sample = draw_sample(desk, quan, "mẻ một")
    assert (sample.lot, sample.size, sample.accept) == (3, 3, 0)
    with pytest.raises(InvalidValue):
        draw_sample(desk, quan, "mẻ một")
    for one in ids:
        paper = desk.open(who(desk, "lan"), one)
        assert {item.mode for item in paper.items} == {"blind"}
        truth = {i.item: str(desk.find(one).fields.get(i.item).value) for i in paper.items}
        wrong = {**truth, "doc_number": "77/QĐ-UBND"} if one == ids[0] else truth
        desk.submit(who(desk, "lan"), one, paper.task.token or "", wrong)
    assert judge_batch(desk, "mẻ một") is not None
    paper = desk.open(who(desk, "minh"), ids[0])
    assert [(one.item, one.stage) for one in paper.items] == [("doc_number", "second")]
    desk.submit(who(desk, "minh"), ids[0], paper.task.token or "", {"doc_number": "77/QĐ-UBND"})
    judged = judge_batch(desk, "mẻ một")
    assert judged is not None
    assert (judged.state, judged.wrong, judged.done) == ("failed", 1, 3)
    assert desk.find(ids[0]).status == "confirmed"
    assert desk.find(ids[1]).status == "accepted"
    shares = {
        one.item: (one.looked, one.wrong)
        for found in desk.workshop.catalogue.quality.sampled_shares().values()
        for one in found
    }
    assert shares["doc_number"] == (3, 1)
    assert shares["issued_date"] == (3, 0)
    assert return_batch(desk, quan, "mẻ một") == 2
    assert {desk.find(one).status for one in ids[1:]} == {"needs_review"}
    assert desk.queue.get(ids[1]) is not None


def test_calibration_says_what_sure_meant(desk: ReviewDesk, tmp_path: Path) -> None:
    for name, typed in (("a", "12/QĐ-UBND"), ("b", "13/QĐ-UBND")):
        record_id = make_paper(desk.workshop, tmp_path, name).record_id
        settle(desk, "lan", record_id, doc_number=typed)
        if typed != "12/QĐ-UBND":
            settle(desk, "minh", record_id, doc_number=typed)
    cells = desk.workshop.catalogue.quality.calibration()
    assert [(cell.low, cell.sure, cell.looked, cell.right) for cell in cells] == [(0.6, False, 2, 1)]
