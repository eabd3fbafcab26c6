"""Gains and losses by document, against what was stored."""

from __future__ import annotations

from pathlib import Path

from tools import verdicts
from tools.scoring import FIELDS
from tools.verdicts import Change, changes, counts, load, report, save, verdict


def record(**fields: tuple[object, bool]) -> dict:
    every = {n: {"value": None, "needs_review": True} for n in (*FIELDS, "issuing_agency_name", "parent_agency_name")}
    return {"fields": every | {n: {"value": v, "needs_review": not sure} for n, (v, sure) in fields.items()}}


def test_letters_tell_right_and_sure():
    truth = {"fields": {"doc_type": "quyet_dinh", "doc_number": "1/QĐ", "place": "Huế", "signer_name": "Trần Văn Mẫu"}}
    read = record(
        doc_type=("quyet_dinh", True), doc_number=("1/qđ", False), place=("Hà Nội", True), signer_name=("Mẫu", False)
    )
    letters = dict(zip(FIELDS, verdict(truth, read), strict=True))
    assert (letters["doc_type"], letters["doc_number"], letters["place"], letters["signer_name"]) == tuple("RrWw")
    assert letters["summary"] == "-"
    assert verdict(truth, None).count("w") == 4, "a document without a record is wrong everywhere, and never sure"


def test_what_was_stored_comes_back(tmp_path: Path):
    kept = {"7:1 digital cong_van": "R" * len(FIELDS)}
    save("wide", kept, folder=tmp_path)
    assert load("wide", folder=tmp_path) == kept
    assert load("other", folder=tmp_path) == {}


def test_losses_come_first_and_the_worst_above():
    before = {"a": "RRR" + "-" * 9, "b": "wRr" + "-" * 9, "gone": "R" * 12}
    after = {"a": "RWr" + "-" * 9, "b": "RRR" + "-" * 9, "new": "w" * 12}
    found = changes(before, after)
    assert found[0] == Change("a", FIELDS[1], "R", "W")
    assert found[1] == Change("a", FIELDS[2], "R", "r")
    assert [c.document for c in found if c.worth > 0] == ["b", "b"]
    said = report(before, after)
    assert "2 documents in both, 2 gains, 2 losses" in said
    assert f"| a | {FIELDS[1]} | R | W |" in said
    assert report({}, after) == "No stored score to compare with."


def test_counts_are_those_of_the_letters():
    assert counts({"a": "RrwW--------", "b": "RRRR--------"}) == (8, 6, 6, 1)


def test_stored_scores_name_no_paper():
    for path in verdicts.FOLDER.glob("*.json"):
        for name in load(path.stem):
            assert ".pdf" not in name
            assert ".jpg" not in name
