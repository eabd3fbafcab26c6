"""Fields, classes and citations understood from a reading (DOMAIN.md section 3 names them)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from schemas.base import Frozen
from schemas.plan import Plan
from schemas.reading import Origin

BoxTuple = tuple[float, float, float, float]


class FieldValue(Frozen):
    """One field: the value as one would type it, and where it was read.

    value         None = looked for, not found; ``recipients`` holds a tuple, ``is_perpetual`` a bool
    raw_text      the words as read, before any cleaning
    page, bbox    page from 1 and fractions of the upright page, origin top left
    score         calibrated chance (0..1) that the value is right
    needs_review  False only when the value is corroborated: "sure"
    reasons       machine codes of what speaks for or against the value (see docs/cookbook.md)
    """

    value: str | bool | tuple[str, ...] | None = None
    raw_text: str | None = None
    page: int | None = Field(default=None, ge=1)
    bbox: BoxTuple | None = None
    score: float = Field(default=0.0, ge=0, le=1)
    origin: Origin | None = None
    needs_review: bool = True
    reasons: tuple[str, ...] = ()


class Fields(Frozen):
    """Every field of PRODUCT.md section 5, always all of them, in this order."""

    doc_type: FieldValue = FieldValue()
    doc_number: FieldValue = FieldValue()
    code_number: FieldValue = FieldValue()
    code_notation: FieldValue = FieldValue()
    issued_date: FieldValue = FieldValue()
    place: FieldValue = FieldValue()
    issuing_agency_name: FieldValue = FieldValue()
    parent_agency_name: FieldValue = FieldValue()
    summary: FieldValue = FieldValue()
    signing_capacity: FieldValue = FieldValue()
    signer_title: FieldValue = FieldValue()
    signer_name: FieldValue = FieldValue()
    recipients: FieldValue = FieldValue()
    owner_name: FieldValue = FieldValue()
    owner_id: FieldValue = FieldValue()
    owner_id_type: FieldValue = FieldValue()
    owner_kind: FieldValue = FieldValue()
    valid_from: FieldValue = FieldValue()
    valid_to: FieldValue = FieldValue()
    is_perpetual: FieldValue = FieldValue()
    secrecy: FieldValue = FieldValue()
    urgency: FieldValue = FieldValue()

    def get(self, name: str) -> FieldValue:
        """The field called ``name``. Raises KeyError for a name that is not a field."""
        if name not in type(self).model_fields:
            raise KeyError(name)
        value: FieldValue = getattr(self, name)
        return value


FIELD_NAMES: tuple[str, ...] = tuple(Fields.model_fields)
# Without these a record is not `accepted` (DOMAIN section 3.1, column Req = R, that a paper prints itself).
REQUIRED_FIELDS: tuple[str, ...] = (
    "doc_type",
    "doc_number",
    "issued_date",
    "issuing_agency_name",
    "summary",
)


class Extra(FieldValue):
    """A particular beside the listed fields (địa chỉ, lệ phí, thửa đất): ``name`` for programs, ``label`` for people.

    Names are those of schemas/data/extra_rules.toml; one that is not there was not found.
    """

    name: str
    label: str


class Candidate(Frozen):
    """A possible code with its name and score (0..1)."""

    code: str
    name: str
    score: float = Field(ge=0, le=1)


class ClassValue(Frozen):
    """One class of the document, with what else it might be."""

    value: str | None = None
    score: float = Field(default=0.0, ge=0, le=1)
    needs_review: bool = True
    reasons: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()


class Classification(Frozen):
    """Nhóm kết quả, thủ tục, lĩnh vực, cấp (DOMAIN sections 2.4 and 3.1)."""

    result_kind: ClassValue = ClassValue()
    procedure_code: ClassValue = ClassValue()
    field_name: ClassValue = ClassValue()
    level: ClassValue = ClassValue()


class CitationSource(Frozen):
    """Page from 1; line from 1 in the page's text as read; characters start..end of that line."""

    page: int
    line: int
    start: int
    end: int


class Citation(Frozen):
    """A document cited in the text: as printed, and in canonical form; never silently corrected.

    ``subject``: its name or what it is about, as printed. ``replaced_by``: the number of the document that replaced
    it, by the reference table. ``likely_number``: what was probably meant where the number seems wrong; a proposal.
    """

    kind: str
    number_printed: str | None = None
    number_canonical: str | None = None
    date_printed: str | None = None
    date_canonical: str | None = None
    issuer: str | None = None
    resolved: bool = False
    anomalies: tuple[str, ...] = ()
    source: CitationSource
    subject: str | None = None
    replaced_by: str | None = None
    likely_number: str | None = None


RecordKind = Literal["procedure_result", "plan", "other"]


class Extraction(Frozen):
    """Everything understood from one reading."""

    kind: RecordKind = "procedure_result"
    fields: Fields = Fields()
    classification: Classification = Classification()
    citations: tuple[Citation, ...] = ()
    plan: Plan | None = None
    issues: tuple[str, ...] = ()
    extras: tuple[Extra, ...] = ()
    rule_version: str
