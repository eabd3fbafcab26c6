"""When a value stands, who still has to key, and what people's work does to a record."""

from __future__ import annotations

from pathlib import Path

import pytest

from review.keying import Answer, How, items_needed, items_sampled, load_rules, standing
from review.roles import KEEPER, RIGHTS, ROLES, Viewer, admits
from review.values import Value, clean, same
from review.work import Work, add_answers, apply_work, rejoin
from schemas.errors import BadSettings, InvalidValue, NotAllowed
from schemas.extraction import Fields, FieldValue
from schemas.record import Process, Record, Source
from schemas.scope import Scope

RULES = load_rules()


def answer(value: Value, by: str, *, how: How = "keyed", item: str = "doc_number") -> Answer:
    return Answer(item=item, value=value, by=by, at="2026-11-26T08:00:00.000000Z", how=how, blind=how == "keyed")


def record_of(**fields: FieldValue) -> Record:
    return Record(
        record_id="a" * 20,
        status="needs_review",
        source=Source(name="a.pdf", sha256="a" * 64, size=1, media_type="application/pdf", page_count=2),
        fields=Fields(**fields),
        review_reasons=("unsure:doc_number", "unreadable_page:2"),
        process=Process(engine="e", rule_version="1", seconds=1.0),
    )


@pytest.mark.parametrize(
    ("machine", "answers", "stage", "value"),
    [
        ("1/QĐ", [], "first", None),
        ("1/QĐ", [("1/QĐ", "lan")], None, "1/QĐ"),
        ("1/QĐ", [("2/QĐ", "lan")], "second", None),
        ("1/QĐ", [("2/QĐ", "lan"), ("2/QĐ", "lan")], "second", None),  # the same person is no second one
        ("1/QĐ", [("2/QĐ", "lan"), ("2/QĐ", "minh")], None, "2/QĐ"),
        ("1/QĐ", [("2/QĐ", "lan"), ("1/qđ", "minh")], None, "1/QĐ"),
        ("1/QĐ", [("2/QĐ", "lan"), ("3/QĐ", "minh")], "third", None),
        (None, [(None, "lan")], "second", None),  # silence of the machine is no reading
        (None, [(None, "lan"), (None, "minh")], None, None),
        (None, [("2/QĐ", "lan")], "second", None),
    ],
)
def test_two_of_three_settle(machine: Value, answers: list[tuple[Value, str]], stage: str | None, value: Value) -> None:
    stands = standing("doc_number", machine, [answer(v, by) for v, by in answers], RULES)
    assert (stands.stage, stands.value) == (stage, value)


def test_a_decision_ends_it() -> None:
    said = [answer("2/QĐ", "lan"), answer("3/QĐ", "minh"), answer("4/QĐ", "tam", how="decided")]
    stands = standing("doc_number", "1/QĐ", said, RULES)
    assert (stands.is_settled, stands.value, stands.how, stands.by) == (True, "4/QĐ", "decided", ("tam",))


def test_rules_can_ask_two_people_always_or_one_only() -> None:
    strict = RULES.model_copy(update={"machine_counts": False})
    assert standing("doc_number", "1/QĐ", [answer("1/QĐ", "lan")], strict).stage == "second"
    single = RULES.model_copy(update={"people": "one"})
    stands = standing("doc_number", "1/QĐ", [answer("2/QĐ", "lan")], single)
    assert (stands.value, stands.how) == ("2/QĐ", "keyed")


def test_rules_of_a_file_take_precedence_and_mistakes_are_told(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text('blind = ["owner_id"]\nlease_s = 60\n', encoding="utf-8")
    rules = load_rules(path)
    assert (rules.blind, rules.lease_s, rules.people) == (("owner_id",), 60.0, "two")
    for wrong in ('blind = ["so_ky_hieu"]', "people = 3", "khong_co = 1", "blind = ["):
        path.write_text(wrong, encoding="utf-8")
        with pytest.raises(BadSettings):
            load_rules(path)


def test_only_what_needs_a_person_is_asked() -> None:
    unsure = FieldValue(value="x", score=0.5)
    sure = FieldValue(value="x", score=0.99, needs_review=False, origin="ocr")
    record = record_of(doc_number=unsure, place=unsure, owner_name=unsure, issued_date=sure)
    assert items_needed(record, RULES) == (
        "doc_type", "doc_number", "issuing_agency_name", "summary", "owner_name", "unreadable_page:2",
    )  # fmt: skip
    assert items_sampled(record, RULES) == ("issued_date",)


def test_machine_and_human_reading_stay_side_by_side_when_a_better_engine_reads_again() -> None:
    sure = FieldValue(value="x", score=0.99, needs_review=False)
    others = {"doc_type": sure, "issued_date": sure, "issuing_agency_name": sure}
    record = record_of(
        doc_number=FieldValue(value="1/QĐ", score=0.5), summary=FieldValue(value="cũ", score=0.5), **others
    )
    work = Work.begin(record, RULES)
    work = add_answers(work, (answer("2/QĐ", "lan"),), RULES)
    work = add_answers(work, (answer("2/QĐ", "minh"),), RULES)
    half = apply_work(record, work, RULES)
    assert half.status == "needs_review"
    assert half.fields.doc_number.value == "2/QĐ"
    fresh = record_of(
        doc_number=FieldValue(value="1/QĐ-UBND", score=0.99, needs_review=False),
        summary=FieldValue(value="mới", score=0.99, needs_review=False), **others,
    ).model_copy(update={"review_reasons": ()})  # fmt: skip
    joined, work = rejoin(fresh, work, RULES)
    assert joined.fields.doc_number.value == "2/QĐ"  # a person's work is kept
    assert joined.fields.summary.value == "mới"  # what nobody had settled is read anew
    assert joined.status == "confirmed"
    assert [one.fields.doc_number.value for one in (*work.earlier, work.machine)] == ["1/QĐ", "1/QĐ-UBND"]
    assert Work.from_bytes(work.to_bytes()) == work


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("issued_date", "5/2/2022", "2022-02-05"),
        ("issued_date", "05022022", "2022-02-05"),
        ("issued_date", "ngày 05 tháng 02 năm 2022", "2022-02-05"),
        ("issued_date", "2022-02-05", "2022-02-05"),
        ("doc_number", "Số:  12 / QĐ - UBND", "12/QĐ-UBND"),
        ("doc_type", "quyet dinh", "quyet_dinh"),
        ("owner_id", "079 123 456 789", "079123456789"),
        ("recipients", "Như Điều 3\n\nLưu: VT", ("Như Điều 3", "Lưu: VT")),
        ("is_perpetual", "Có", True),
        ("signer_name", "Nguyễn  Văn An", "Nguyễn Văn An"),
        ("summary", "   ", None),
    ],
)
def test_typed_values_become_what_the_record_keeps(name: str, typed: str, value: Value) -> None:
    assert clean(name, typed) == value


@pytest.mark.parametrize(
    ("name", "typed"),
    [("issued_date", "31/02/2022"), ("issued_date", "hôm qua"), ("issued_date", "1/1/0022"), ("owner_id", "12345"),
     ("doc_type", "thơ"), ("doc_number", "QĐ-UBND"), ("is_perpetual", "chắc"), ("khong_co", "x"),
     ("summary", "a" * 2001), ("place", "a\x00b"), ("signer_name", "12345")],
)  # fmt: skip
def test_values_that_do_not_fit_are_refused(name: str, typed: str) -> None:
    with pytest.raises(InvalidValue):
        clean(name, typed)


@pytest.mark.parametrize(
    ("name", "one", "other", "alike"),
    [
        ("doc_number", "12/QĐ-UBND", "12 / qđ-ubnd", True),
        ("doc_number", "12/QĐ-UBND", "12/QD-UBND", False),
        ("owner_name", "LÒ THỊ HOÀ", "Lò Thị Hòa", True),
        ("owner_name", "Lò Thị Hòa", "Lò Thị Hoa", False),
        ("issued_date", "2022-02-05", "2022-05-02", False),
    ],
)
def test_what_counts_as_the_same_reading(name: str, one: str, other: str, alike: bool) -> None:
    assert same(name, one, other) is alike


def test_roles_do_what_they_say() -> None:
    assert {role for role in ROLES if "key" in RIGHTS[role]} == {"operator", "checker", "administrator"}
    assert {role for role in ROLES if "decide" in RIGHTS[role]} == {"checker", "administrator"}
    assert {role for role in ROLES if "people" in RIGHTS[role]} == {"administrator"}
    assert not KEEPER.may("key")
    with pytest.raises(NotAllowed):
        Viewer(login="lan", name="Lan", role="operator", rights=RIGHTS["operator"]).need("remove")


def test_an_unread_agency_is_not_for_who_is_limited_to_some() -> None:
    scope = Scope(agencies=frozenset({"Sở Y tế"}))
    assert admits(scope, "Sở Y tế", None)
    assert not admits(scope, None, None)
    assert not admits(Scope(fields=frozenset()), "Sở Y tế", "Khám bệnh")
    assert admits(Scope(), None, None)
