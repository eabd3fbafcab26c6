"""Plans of other layouts than the published one, read as a person reads them: numbers behind every wording."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from extractors.pdf.office import read_office
from extractors.understand import understand
from schemas.plan import Plan

FOLDER = Path(__file__).parent
CASES = ("plan_points", "plan_articles", "plan_bullets")


@cache
def truth(case: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / case / "truth.toml").read_text("utf-8"))


@cache
def plan(case: str) -> Plan:
    found = understand(read_office(FOLDER / case / "source.txt", "text/plain")).plan
    assert found is not None
    return found


@pytest.mark.parametrize("case", CASES)
def test_head_and_end(case: str) -> None:
    got = plan(case)
    for name in ("title", "issuer", "period", "signer", "signer_title"):
        assert getattr(got, name) == truth(case)[name]
    assert list(got.recipients) == truth(case)["recipients"]


@pytest.mark.parametrize("case", CASES)
def test_sections_as_numbered(case: str) -> None:
    got = [[s.id, s.source.line, s.title] for s in plan(case).sections if not s.id.startswith("PL")]
    assert got == truth(case)["sections"]


@pytest.mark.parametrize("case", CASES)
def test_every_target_and_no_other_number(case: str) -> None:
    targets = plan(case).targets
    assert [
        [t.source.line, t.operator, t.value, t.value_to or 0, t.unit, t.period, t.baseline or ""] for t in targets
    ] == [row[:-1] for row in truth(case)["targets"]]
    for target, (*_, words) in zip(targets, truth(case)["targets"], strict=True):
        assert target.indicator.endswith(words)
        assert len(target.indicator) <= len(words) + 40


@pytest.mark.parametrize("case", CASES)
def test_tasks_with_who_when_and_what(case: str) -> None:
    got = [
        [t.source.line, t.text, list(t.lead_agencies), list(t.coordinating_agencies), t.deadline or "",
         t.deadline_date or "", t.product or ""]
        for t in plan(case).tasks
    ]  # fmt: skip
    assert got == truth(case)["tasks"]


@pytest.mark.parametrize("case", CASES)
def test_duties_of_each_agency(case: str) -> None:
    assert [[d.source.line, d.agency, d.role] for d in plan(case).duties] == truth(case)["duties"]
