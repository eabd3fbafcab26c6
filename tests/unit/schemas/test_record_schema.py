"""The exported record keeps its names: the committed JSON schema is what the code says, and holds the contract."""

import json

import jsonschema
import pytest
from pydantic import ValidationError

from schemas.extraction import FIELD_NAMES, REQUIRED_FIELDS, Citation, CitationSource, Fields, FieldValue
from schemas.record import Process, Quarantine, Record, Source
from tools import schema

# PRODUCT section 5, in its order. Written out here on purpose: the test must not take the names from the code.
RECORD_NAMES = {
    "record_id", "status", "kind", "source", "text_origin", "fields", "classification", "citations", "plan",
    "objects", "quarantine", "review_reasons", "process",
}  # fmt: skip
FIELDS_IN_ORDER = (
    "doc_type", "doc_number", "code_number", "code_notation", "issued_date", "place", "issuing_agency_name",
    "parent_agency_name", "summary", "signing_capacity", "signer_title", "signer_name", "recipients", "owner_name",
    "owner_id", "owner_id_type", "owner_kind", "valid_from", "valid_to", "is_perpetual", "secrecy", "urgency",
)  # fmt: skip
PARTS = {
    "Source": {"name", "sha256", "size", "media_type", "page_count"},
    "FieldValue": {"value", "raw_text", "page", "bbox", "score", "origin", "needs_review", "reasons"},
    "Classification": {"result_kind", "procedure_code", "field_name", "level"},
    "ClassValue": {"value", "score", "needs_review", "candidates"},
    "Candidate": {"code", "name", "score"},
    "Citation": {
        "kind", "number_printed", "number_canonical", "date_printed", "date_canonical", "issuer", "resolved",
        "anomalies", "source",
    },
    "CitationSource": {"page", "line", "start", "end"},
    "Objects": {"original", "pdfa", "text", "layout"},
    "Process": {"engine", "versions", "rule_version", "seconds"},
}  # fmt: skip


@pytest.fixture(scope="module")
def committed() -> dict:
    return json.loads(schema.PATH.read_text(encoding="utf-8"))


@pytest.fixture
def record() -> Record:
    return Record(
        record_id="r1",
        status="needs_review",
        source=Source(name="a.pdf", sha256="0" * 64, size=1, media_type="application/pdf", page_count=1),
        text_origin="ocr",
        fields=Fields(
            recipients=FieldValue(value=("Như Điều 3;", "Lưu: VT."), page=1, bbox=(0.1, 0.8, 0.4, 0.9)),
            is_perpetual=FieldValue(value=True),
        ),
        citations=(Citation(kind="nghi_dinh", source=CitationSource(page=1, line=2, start=3, end=4)),),
        quarantine=Quarantine(code="E104", message="Tệp bị hỏng.", retry="Quét lại."),
        process=Process(engine="tesseract", rule_version="1", seconds=1.2),
    )


def test_the_committed_schema_is_current():
    assert schema.is_current(), "run `python -m tools.schema`, read the diff: every changed name is a changed contract"


def test_every_name_of_the_contract_is_there(committed: dict):
    assert set(committed["properties"]) >= RECORD_NAMES
    for part, names in PARTS.items():
        assert set(committed["$defs"][part]["properties"]) >= names, part


def test_fields_are_those_of_the_contract_in_its_order(committed: dict):
    assert FIELD_NAMES == FIELDS_IN_ORDER
    assert tuple(committed["$defs"]["Fields"]["properties"]) == FIELDS_IN_ORDER
    assert tuple(Fields().model_dump()) == FIELDS_IN_ORDER
    assert set(REQUIRED_FIELDS) <= set(FIELDS_IN_ORDER)


def test_every_outcome_has_a_status(committed: dict):
    wanted = ["accepted", "needs_review", "confirmed", "published", "quarantined", "duplicate"]
    assert committed["properties"]["status"]["enum"] == wanted


def test_an_exported_line_obeys_the_schema(committed: dict, record: Record):
    line = json.loads(record.model_dump_json())
    jsonschema.validate(line, committed)
    assert Record.model_validate(line) == record


@pytest.mark.parametrize(
    ("name", "value"), [("status", "done"), ("kind", "letter"), ("record_id", 7), ("source", {"name": "a.pdf"})]
)
def test_the_schema_refuses_what_is_no_record(committed: dict, record: Record, name: str, value: object):
    line = {**json.loads(record.model_dump_json()), name: value}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(line, committed)


def test_unknown_names_are_refused(committed: dict, record: Record):
    line = {**json.loads(record.model_dump_json()), "so_ky_hieu": "2110/QĐ-UBND"}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(line, committed)
    with pytest.raises(ValidationError):
        Record.model_validate(line)


def test_a_field_not_looked_for_asks_for_review():
    assert FieldValue().value is None
    assert FieldValue().needs_review
    assert all(Fields().get(name).needs_review for name in FIELD_NAMES)


def test_values_do_not_change():
    with pytest.raises(ValidationError):
        FieldValue(value="a").value = "b"  # type: ignore[misc]


@pytest.mark.parametrize(
    "wrong", [{"score": 1.01}, {"score": -0.1}, {"page": 0}, {"origin": "guess"}, {"bbox": (0, 0)}]
)
def test_impossible_evidence_is_refused(wrong: dict):
    with pytest.raises(ValidationError):
        FieldValue(value="a", **wrong)


def test_a_name_that_is_no_field_is_an_error():
    assert Fields(place=FieldValue(value="Quảng Trị")).get("place").value == "Quảng Trị"
    with pytest.raises(KeyError):
        Fields().get("model_fields")
