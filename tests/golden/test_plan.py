"""The published plan, read: every citation, target, task and duty that a person reading it line by line finds."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from extractors.pdf.office import read_office
from extractors.understand import understand
from schemas.extraction import Extraction
from schemas.text import nfc

CASE = Path(__file__).parent / "plan_text"
TRUTH: dict[str, Any] = tomllib.loads((CASE / "truth.toml").read_text("utf-8"))
LINES = [nfc(line) for line in (CASE / "source.txt").read_text("utf-8").split("\n")]


@cache
def extraction() -> Extraction:
    return understand(read_office(CASE / "source.txt", "text/plain"))


def plan():
    found = extraction().plan
    assert found is not None
    return found


def test_head_is_as_printed_and_nothing_is_invented() -> None:
    assert extraction().kind == "plan"
    got = plan()
    for name in ("title", "issuer", "period", "signer", "signer_title"):
        assert getattr(got, name) == TRUTH[name]
    for name in TRUTH["not_printed"]:
        assert extraction().fields.get(name).value is None, name
    assert extraction().fields.doc_type.value == "ke_hoach"
    assert len(got.recipients) == 12
    assert got.recipients[4] == "Các cơ quan chuyên môn, cơ quan thuộc UBND tỉnh;"
    assert "có thẩm quyền giao" in (got.funding_text or "")


def test_every_numbered_citation_stands_where_it_is_printed() -> None:
    numbered = [c for c in extraction().citations if c.number_printed]
    got = [
        [c.source.line, c.number_printed, c.number_canonical, c.date_printed or "", c.issuer or "", c.kind]
        for c in numbered
    ]
    assert got == TRUTH["citations"]
    for c in numbered:
        assert c.source.page == 1
        assert LINES[c.source.line - 1][c.source.start : c.source.end] == c.number_printed
    assert next(c for c in numbered if c.number_printed == "01-NQ-TU").source.start == 266


def test_what_is_wrong_with_citations_is_named_and_not_corrected() -> None:
    by_place = {(c.source.line, c.number_printed): c for c in extraction().citations}
    for line, number, anomaly in TRUTH["anomalies"]:
        assert anomaly in by_place[line, number].anomalies
    for line, number, likely in TRUTH["likely"]:
        assert by_place[line, number].likely_number == likely
        assert by_place[line, number].number_canonical == number
    unnumbered = [[c.source.line, c.subject, c.date_printed] for c in extraction().citations if not c.number_printed]
    assert unnumbered == TRUTH["laws"]


def test_every_quantified_target_and_nothing_that_only_looks_like_one() -> None:
    targets = plan().targets
    assert [(t.source.line, t.operator, t.value, t.unit, t.period, t.baseline or "") for t in targets] == [
        (line, op, float(value), unit, period, base) for line, _, op, value, unit, period, base, _ in TRUTH["targets"]
    ]
    for target, (_, words, *_rest, shown) in zip(targets, TRUTH["targets"], strict=True):
        assert words in target.indicator
        source = target.source
        assert LINES[source.line - 1][source.start : source.end] == shown
    assert targets[1].parent_id == targets[0].id
    assert targets[5].lead == "Sở Nội vụ"


def test_sections_keep_the_printed_numbering() -> None:
    assert [[s.id, s.source.line, s.title] for s in plan().sections] == TRUTH["sections"]
    assert {s.id: s.number for s in plan().sections}["III.10"] == "10"


def test_bullet_tasks_with_their_sections_and_words() -> None:
    got: dict[str, list[int]] = {}
    for task in plan().tasks:
        got.setdefault(task.section or "", []).append(task.source.line)
        line = LINES[task.source.line - 1]
        assert task.text == " ".join(line.strip().removeprefix("-").split(" ")).strip()
        assert line[task.source.start : task.source.end] == task.text
    assert got == TRUTH["tasks"]
    assert [t.ordinal for t in plan().tasks if t.section == "II.4"] == list(range(1, 8))
    assert len({t.id for t in plan().tasks}) == 47


def test_duties_by_agency_with_role_and_line() -> None:
    got: dict[str, list[list[object]]] = {}
    for duty in plan().duties:
        got.setdefault(duty.agency, []).append([duty.source.line, duty.role])
        assert LINES[duty.source.line - 1][duty.source.start :].startswith(duty.text[:30])
    assert got == TRUTH["duties"]
    assert next(d for d in plan().duties if d.source.line == 145).agencies == ("Sở Giáo dục và Đào tạo", "Sở Y tế")


@pytest.mark.parametrize("code", sorted(TRUTH["oddities"]))
def test_oddities_are_named_with_their_lines(code: str) -> None:
    got = [o.line for o in plan().oddities if o.code == code]
    assert set(TRUTH["oddities"][code]) <= set(got)
    if code != "repeated_word":  # "năm năm" of line 92 is no slip, but a machine cannot know
        assert got == TRUTH["oddities"][code]


def test_the_text_of_a_text_file_is_its_own_lines() -> None:
    reading = read_office(CASE / "source.txt", "text/plain")
    assert reading.text.split("\n") == LINES
