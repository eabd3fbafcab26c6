"""Golden documents: made by seed, read by the real readers, compared with what was read when somebody last looked."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from samplemaker import MadeDocument, make_documents
from schemas.extraction import FIELD_NAMES, Extraction
from schemas.reading import Reading
from tools.scoring import FIELDS, of_record, same

GOLDEN = Path(__file__).resolve().parents[2] / "golden"
CASES = sorted(p.parent.name for p in GOLDEN.glob("*/case.toml"))
# Least number of the scorer's twelve fields that must be exact, by quality: a mean over the cases of that quality.
FLOORS = {
    "clean": 9.6,
    "office": 9,
    "poor": 5,
    "digital": 12,
    "hybrid": 9,
    "tcvn3": 12,
    "badocr": 9,
    "docx": 12,
    "txt": 12,
}
# Fields the scorer does not count, but the sample maker knows.
MORE = (
    "code_number",
    "code_notation",
    "issuing_agency_name",
    "parent_agency_name",
    "owner_id",
    "valid_from",
    "secrecy",
    "urgency",
)


@dataclass(frozen=True)
class Case:
    """A golden document with its truth and what was read from it now."""

    name: str
    quality: str
    made: MadeDocument
    reading: Reading
    extraction: Extraction

    @property
    def record(self) -> dict[str, Any]:
        return {"fields": json.loads(self.extraction.fields.model_dump_json())}

    @property
    def read(self) -> dict[str, Any]:
        """What goes into expected.json: every field's value, and whether it is sure."""
        fields = self.record["fields"]
        shown = {n: {"value": fields[n]["value"], "sure": not fields[n]["needs_review"]} for n in FIELD_NAMES}
        return {"paper": self.made.truth["fields"]["doc_number"], "fields": shown}

    def right(self, name: str, record: dict[str, Any] | None = None) -> bool:
        value, _ = of_record(record or self.record, name)
        return same(name, self.made.truth["fields"][name], value)

    def exact(self) -> list[str]:
        return [name for name in FIELDS if self.right(name)]


@pytest.fixture(scope="session")
def cases(
    tmp_path_factory: pytest.TempPathFactory, read_file: Callable[[Path], tuple[Reading, Extraction]]
) -> Callable[[str], Case]:
    made: dict[str, Case] = {}

    def case(name: str) -> Case:
        if name not in made:
            told = tomllib.loads((GOLDEN / name / "case.toml").read_text(encoding="utf-8"))
            (document,) = make_documents(
                tmp_path_factory.mktemp(name),
                count=1,
                seed=told["seed"],
                kinds=[told["kind"]],
                qualities=[told["quality"]],
                layouts=[told["layout"]],
            )
            made[name] = Case(name, told["quality"], document, *read_file(document.path))
        return made[name]

    return case


def as_record(expected: dict[str, Any]) -> dict[str, Any]:
    """expected.json in the shape of an exported record."""
    fields = {n: {"value": f["value"], "needs_review": not f["sure"]} for n, f in expected["fields"].items()}
    return {"fields": fields}


def test_the_switch_is_off(request: pytest.FixtureRequest):
    assert not request.config.getoption("--bless"), "expected.json was written anew: read `git diff tests/golden`"


def test_every_case_says_why_it_exists():
    assert len(CASES) >= 12
    for name in CASES:
        told = tomllib.loads((GOLDEN / name / "case.toml").read_text(encoding="utf-8"))
        assert len(told["why"]) > 30, name
        assert told["quality"] in FLOORS, f"{name}: add a floor for {told['quality']}"


@pytest.mark.parametrize("name", CASES)
def test_a_golden_document_reads_as_before(name: str, cases: Callable[[str], Case], request: pytest.FixtureRequest):
    case, path = cases(name), GOLDEN / name / "expected.json"
    if request.config.getoption("--bless"):
        path.write_text(json.dumps(case.read, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        pytest.fail(f"{name}: expected.json written anew, read its diff")
    assert path.is_file(), "run with --bless"
    expected = json.loads(path.read_text(encoding="utf-8"))
    assert expected["paper"] == case.read["paper"], "the sample maker makes another paper of this seed: --bless"
    if case.reading.text_origin == "pdf_text":
        assert case.read == expected, "read otherwise than before: mend it, or run with --bless and read the diff"
    before = as_record(expected)
    lost = [n for n in FIELDS if case.right(n, before) and not case.right(n)]
    assert lost == [], "read rightly before: mend it, or run with --bless and account for the loss"


@pytest.mark.parametrize("name", CASES)
def test_nothing_sure_is_wrong(name: str, cases: Callable[[str], Case]):
    case = cases(name)
    truth = case.made.truth["fields"]
    wrong = []
    for field in FIELDS:
        value, sure = of_record(case.record, field)
        if sure and not case.right(field):
            wrong.append((field, value, truth[field]))
    more = case.made.truth["more"]
    for field in MORE:
        value = case.extraction.fields.get(field)
        if not value.needs_review and not same(field, more[field], value.value):
            wrong.append((field, value.value, more[field]))
    assert wrong == []


@pytest.mark.parametrize("quality", sorted(FLOORS))
def test_floors_of_exact_fields(quality: str, cases: Callable[[str], Case]):
    here = [cases(n) for n in CASES if cases(n).quality == quality]
    assert here, f"no case of quality {quality}: take its floor away or add one"
    exact = {c.name: len(c.exact()) for c in here}
    assert sum(exact.values()) / len(here) >= FLOORS[quality], exact


@pytest.mark.parametrize("name", CASES)
def test_every_value_lies_where_the_paper_has_it(name: str, cases: Callable[[str], Case]):
    """The box of a value read rightly meets the box in which it was printed, whichever way the page lay."""
    case = cases(name)
    told = {"doc_number": "doc_number", "signer_name": "signer_name", "summary": "summary", "place": "place"}
    for field, key in told.items():
        value, box = case.extraction.fields.get(field), case.made.truth["boxes"].get(key)
        if value.value is None or box is None or not case.right(field):
            continue
        assert value.page == box["page"], field
        assert value.bbox is not None
        x0, y0, x1, y1 = value.bbox
        u0, v0, u1, v1 = box["bbox"]
        assert x0 < u1, field
        assert u0 < x1, field
        assert abs((y0 + y1) / 2 - (v0 + v1) / 2) < 0.012 + (v1 - v0) / 2, (field, value.bbox, box)
        assert 0 <= x0 < x1 <= 1
        assert 0 <= y0 < y1 <= 1


def test_pages_laid_wrongly_are_told_as_turned(cases: Callable[[str], Case]):
    for name in ("office_upside_down", "office_sideways"):
        case = cases(name)
        turned = [page.rotation for page in case.reading.pages]
        # The truth tells how the scan lies (clockwise), the reading by how much it was turned back.
        assert [(a + b) % 360 for a, b in zip(turned, case.made.truth["rotation"], strict=True)] == [0] * len(turned)


def test_where_the_text_comes_from(cases: Callable[[str], Case]):
    assert cases("tcvn3_letter").reading.text_origin == "pdf_text"
    assert cases("badocr_decision").reading.text_origin == "ocr"
    assert cases("clean_letter").reading.text_origin == "ocr"


def test_readers_are_named_with_their_versions(cases: Callable[[str], Case]):
    versions = dict(cases("clean_letter").reading.versions)
    assert set(versions) == {"tesserocr", "asterocr"}
    assert all(any(c.isdigit() for c in v) for v in versions.values())
