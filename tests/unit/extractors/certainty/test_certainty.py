"""Calibrated certainty: honest chances, rules as a gate, and a committed table that follows from its evidence."""

from dataclasses import replace
from datetime import date

import pytest

from extractors.certainty.evidence import PaperEvidence, features, paper_evidence
from extractors.certainty.model import HIGHEST, LOWEST, Calibration, calibrations, parse_calibrations
from extractors.certainty.photographs import doubt_photographed
from extractors.certainty.settle import NEVER_FREE, RULED, settle, settle_field
from extractors.reference.data import json_table
from extractors.understand import read_fields
from schemas.extraction import FIELD_NAMES, FieldValue
from tests.builders import differ, paper
from tools.calibrate import EVIDENCE
from tools.evidence import Row, read_rows
from tools.fitting import FREE_UPPER, TARGET, fit, fit_weights, free_threshold, rule_threshold, upper_bound

CLEAR = PaperEvidence(layer=0.0, agreement=0.98, clarity=0.96)
MURKY = PaperEvidence(layer=0.0, agreement=0.4, clarity=0.6)
TODAY = date(2026, 11, 1)


def value(*reasons: str, sure: bool = True) -> FieldValue:
    return FieldValue(value="Quảng Trị", score=0.8, needs_review=not sure, reasons=reasons, origin="ocr")


def settled(field: FieldValue, calibration: Calibration, paper: PaperEvidence = CLEAR) -> FieldValue:
    return settle_field(field, calibration, paper, doc_type="quyet_dinh")


# --- gate and chance --------------------------------------------------------------------------------------------


def test_the_chance_becomes_the_score_and_nothing_else_of_the_value_changes():
    field = value("place_exact")
    done = settled(field, Calibration({"one": 2.0}, 0.5, None))
    assert done.score == pytest.approx(0.881, abs=0.001)
    assert done.model_copy(update={"score": field.score}) == field


def test_a_chance_is_never_nought_or_one():
    sure, hopeless = Calibration({"one": 50.0}, 0.0, None), Calibration({"one": -50.0}, 0.0, None)
    assert settled(value(), sure).score == HIGHEST < 1
    assert settled(value(), hopeless).score == LOWEST > 0


def test_what_the_rule_calls_sure_is_not_when_its_chance_is_too_low():
    calibration = Calibration({"clarity": 4.0}, 0.9, None)
    assert not settled(value(), calibration, CLEAR).needs_review
    assert settled(value(), calibration, MURKY).needs_review


def test_against_the_rule_only_where_calibration_has_a_threshold():
    doubted = value("place_edit", sure=False)
    assert settled(doubted, Calibration({"one": 9.0}, 0.0, None)).needs_review
    assert not settled(doubted, Calibration({"one": 9.0}, 0.0, 0.98)).needs_review
    assert settled(doubted, Calibration({"one": 2.0}, 0.0, 0.98)).needs_review


@pytest.mark.parametrize("code", sorted(NEVER_FREE))
def test_no_chance_outweighs_a_contradiction_a_guess_or_a_single_reader(code: str):
    assert settled(value("place_exact", code, sure=False), Calibration({"one": 9.0}, 0.0, 0.5)).needs_review


def test_secrecy_and_urgency_are_left_as_their_rules_have_them():
    reading = paper()
    _, ruled = read_fields(reading, today=TODAY)
    done = settle(ruled, reading)
    assert {name: done.get(name) for name in RULED} == {name: ruled.get(name) for name in RULED}


# --- evidence ---------------------------------------------------------------------------------------------------


def test_a_paper_on_which_the_readers_differ_is_worse_evidence():
    good = paper_evidence(paper())
    bad = paper_evidence(
        paper(agency=(differ("ỦY BAN NHÂN DÂN", tesseract="ỦY BAN NHÂN DÂN", aster="UY 8AN NHAM"), "TỈNH QUẢNG TRỊ"))
    )
    assert good.agreement == 1.0
    assert 0 < bad.agreement < good.agreement
    assert paper_evidence(paper(all_layer=True)) == PaperEvidence(layer=1.0, agreement=1.0, clarity=1.0)


def test_evidence_names_every_reason_and_whether_there_is_a_value():
    seen = features(value("one_reader", "place_exact"), CLEAR, doc_type="giay_phep")
    assert seen["r:one_reader"] == seen["r:place_exact"] == seen["rule"] == seen["kind:form"] == 1
    assert seen["absent"] == 0
    assert features(FieldValue(), CLEAR, doc_type=None)["absent"] == 1


def test_committed_evidence_holds_no_words_of_papers():
    rows = read_rows(EVIDENCE)
    names = {name for r in rows for name in r.features}
    assert len(rows) > 5000
    assert all(name.isascii() and name.replace(":", "").replace("_", "").isalnum() for name in names)
    assert all(r.paper.startswith("made:") for r in rows)


# --- the fit ----------------------------------------------------------------------------------------------------


def rows_with(code: str, *, right: int, wrong: int) -> list[Row]:
    return [
        Row(f"made:1:{code}{k}", "clean", False, "place", k < right, True, False, {"one": 1.0, f"r:{code}": 1.0})
        for k in range(right + wrong)
    ]


def test_chances_follow_the_share_that_was_right():
    weights = fit_weights([*rows_with("good", right=95, wrong=5), *rows_with("bad", right=20, wrong=80)])
    model = Calibration(weights, 0.0, None)
    assert model.chance({"one": 1.0, "r:good": 1.0}) == pytest.approx(0.95, abs=0.03)
    assert model.chance({"one": 1.0, "r:bad": 1.0}) == pytest.approx(0.20, abs=0.03)
    assert model.chance({"one": 1.0, "r:never_seen": 1.0}) < 0.95


@pytest.mark.parametrize(
    ("wrong", "n", "bound"), [(0, 59, 0.0495), (0, 299, 0.00997), (1, 100, 0.0466), (0, 0, 1.0), (5, 5, 1.0)]
)
def test_the_upper_bound_is_clopper_pearsons(wrong: int, n: int, bound: float):
    assert upper_bound(wrong, n) == pytest.approx(bound, abs=0.0002)


def test_a_rule_is_overruled_only_after_enough_papers_without_an_error():
    chances = [HIGHEST] * 120 + [0.98] * 30 + [0.6] * 50
    assert free_threshold(chances[:60], [True] * 60)[0] is None  # too few
    threshold, _, wrong = free_threshold(chances, [True] * 150 + [False] * 50)
    assert threshold is not None
    assert 0.98 < threshold <= HIGHEST  # the lowest that was all right, and a margin
    assert wrong == 0
    assert free_threshold([0.99] * 150, [True] * 150)[0] is None  # nothing is left above the margin
    assert free_threshold(chances, [k % 10 != 0 for k in range(200)])[0] is None  # one in ten wrong


def test_a_rule_that_errs_is_held_to_higher_chances():
    threshold, n, wrong = rule_threshold([0.99] * 300 + [0.7] * 20, [True] * 300 + [False] * 20)
    assert (n, wrong) == (300, 0)
    assert threshold > 0.7


def test_the_committed_table_follows_from_the_committed_evidence():
    table = json_table("certainty.json")
    again = fit(read_rows(EVIDENCE), provenance=table["provenance"])
    assert sorted(again["fields"]) == sorted(table["fields"])
    for name, row in table["fields"].items():
        other = again["fields"][name]
        assert other["evidence"] == row["evidence"], f"{name}: run `python -m tools.calibrate --fit`"
        assert other["weights"] == pytest.approx(row["weights"], abs=0.002)


def test_every_field_has_a_calibration_and_no_threshold_rests_on_too_little():
    table = json_table("certainty.json")["fields"]
    assert set(table) == set(FIELD_NAMES) - RULED
    for name, row in table.items():
        for way in ("rule", "free"):
            seen = row["evidence"][way]
            assert seen["wrong"] <= TARGET * max(1, seen["n"]), (name, way)
        if row["free_min"] is not None:
            assert row["evidence"]["free"]["upper"] <= FREE_UPPER, name
    assert parse_calibrations({"fields": table}) == calibrations()


def test_slots_that_hands_fill_are_never_freed():
    known = calibrations()
    assert [n for n in ("doc_number", "code_number", "issued_date") if known[n].free_min is not None] == []


def test_an_ordinary_paper_stays_sure_and_scores_higher_than_a_poor_one():
    good, poor = (
        paper(),
        paper(summary=(differ("Về việc cấp đất", tesseract="Về việc cắp đát", aster="Về việc cấp đất"),)),
    )
    fields = {True: settle(read_fields(good)[1], good), False: settle(read_fields(poor)[1], poor)}
    assert not fields[True].summary.needs_review
    assert fields[False].summary.needs_review
    assert fields[True].summary.score > fields[False].summary.score + 0.1


def test_no_evidence_at_all_is_a_low_chance():
    for name in ("doc_number", "summary", "signer_name"):
        field = settled(FieldValue(reasons=("not_found",)), replace(calibrations()[name]), MURKY)
        assert field.score < 0.5, name


@pytest.mark.parametrize(
    ("reasons", "sure"),
    [(("title_printed", "notation_agrees"), True), (("title_printed", "notation_open"), False)],
)
def test_on_a_photograph_only_what_was_checked_stays_sure(reasons: tuple[str, ...], sure: bool):
    field = FieldValue(value="cong_van", score=0.995, needs_review=False, reasons=reasons)
    settled = doubt_photographed(field)
    assert settled.needs_review is not sure
    assert ("photographed" in settled.reasons) is not sure


def test_on_a_photograph_nothing_becomes_sure():
    field = FieldValue(value="cong_van", score=0.4, needs_review=True, reasons=("title_printed",))
    assert doubt_photographed(field) == field


def test_the_same_evidence_is_enough_on_a_scan_and_not_on_a_photograph():
    field = FieldValue(value="cong_van", score=0.995, needs_review=False, reasons=("title_printed", "notation_open"))
    known = calibrations()["doc_type"]
    assert not settle_field(field, known, CLEAR, doc_type="cong_van").needs_review
    on_photo = settle_field(field, known, replace(CLEAR, photographed=True), doc_type="cong_van")
    assert on_photo.needs_review
    assert "photographed" in on_photo.reasons
