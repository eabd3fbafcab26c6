"""The reference data against the transcribed samples and the published plan (not in the repository)."""

import json
from pathlib import Path

import pytest

from extractors.citations import find_citations
from extractors.reference import (
    agency_fits_notation,
    capacity_fits,
    name_score,
    parse_number,
    place_matches_agency,
    snap_agency,
    snap_place,
    snap_title,
)
from schemas.geometry import Box
from schemas.reading import Line, PageReading, Reading, Word

SAMPLES = Path(__file__).resolve().parents[5] / "shared" / "samples"
pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples (../shared/samples) are not here")


def truths():
    for line in (SAMPLES / "truth.jsonl").read_text("utf-8").splitlines():
        document = json.loads(line)
        yield document["file"], document["fields"]


def test_true_values_are_left_as_they_are():
    for name, fields in truths():
        agency = snap_agency(fields["issuing_agency"], place=fields["place"])
        assert agency is not None, name
        assert (agency.value, agency.how) == (fields["issuing_agency"], "exact"), name
        place = snap_place(fields["place"])
        assert place is not None, name
        assert (place.value, place.how) == (fields["place"], "exact"), name
        title = snap_title(fields["signer_title"])
        assert title is not None, name
        assert title.value == fields["signer_title"], name
        assert name_score(fields["signer_name"]) >= 0.7, name


def test_true_values_never_contradict_each_other():
    fitting = 0
    for name, fields in truths():
        number = parse_number(fields["doc_number"])
        assert number is not None, name
        assert str(number) == fields["doc_number"], name
        assert number.type_key in (fields["doc_type"], None), name
        fit = agency_fits_notation(fields["issuing_agency"], number.notation)
        assert fit != "conflict", name
        fitting += fit == "fits"
        assert place_matches_agency(fields["place"], fields["issuing_agency"]) == "fits", name
        capacity = capacity_fits(fields.get("signing_capacity"), fields["signer_title"], fields["issuing_agency"])
        assert capacity != "conflict", name
    assert fitting >= 29


def test_citations_of_the_published_plan():
    text = next((SAMPLES / "plan").glob("*.txt")).read_text("utf-8")
    box = Box(0, 0, 1, 1)
    lines = tuple(Line(tuple(Word(w, box, 1.0, "pdf_text") for w in line.split(" "))) for line in text.split("\n"))
    page = PageReading(1, 595, 842, lines, "pdf_text")
    found = find_citations(Reading((page,), engine="test"))
    assert len([c for c in found if c.number_printed]) == 37
    for citation in found:
        line = page.lines[citation.source.line - 1].text
        assert line[citation.source.start : citation.source.end] == (citation.number_printed or citation.subject)
    (odd,) = [c for c in found if c.number_printed == "01-NQ-TU"]
    assert (odd.number_canonical, odd.anomalies) == ("01-NQ/TU", ("wrong_separator",))
    assert (odd.source.line, odd.source.start, odd.source.end) == (26, 266, 274)
