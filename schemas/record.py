"""The exported record: the contract of PRODUCT.md section 5."""

from __future__ import annotations

from typing import Literal

from schemas.base import Frozen
from schemas.extraction import Citation, Classification, Extra, Fields, RecordKind
from schemas.plan import Plan
from schemas.signature import Signature

RECORD_VERSION = 1
Status = Literal["accepted", "needs_review", "confirmed", "published", "quarantined", "duplicate"]


class Source(Frozen):
    """The file as it came. ``name`` is its base name; size in bytes."""

    name: str
    sha256: str
    size: int
    media_type: str
    page_count: int


class Objects(Frozen):
    """Keys in the object store; None where that file does not exist for this record."""

    original: str | None = None
    pdfa: str | None = None
    text: str | None = None
    layout: str | None = None


class Quarantine(Frozen):
    """Why a file was set aside: error code, the Vietnamese sentence, and how to try again."""

    code: str
    message: str
    retry: str


class Version(Frozen):
    name: str
    version: str


class Process(Frozen):
    """Who made this record, by which rules, and how long it took (seconds of wall time)."""

    engine: str
    versions: tuple[Version, ...] = ()
    rule_version: str
    seconds: float


class Codes(Frozen):
    """Codes given by the stage *cấp mã* (TT 01/2023 Điều 7, 10); None until the owner and result type are known."""

    digitized_code: str | None = None
    reasons: tuple[str, ...] = ()


class Record(Frozen):
    """One document as exported, shown and kept in its package."""

    record_id: str
    status: Status
    kind: RecordKind = "procedure_result"
    source: Source
    text_origin: Literal["pdf_text", "ocr", "mixed"] | None = None
    fields: Fields = Fields()
    classification: Classification = Classification()
    citations: tuple[Citation, ...] = ()
    plan: Plan | None = None
    objects: Objects = Objects()
    quarantine: Quarantine | None = None
    review_reasons: tuple[str, ...] = ()
    codes: Codes = Codes()
    signatures: tuple[Signature, ...] = ()
    extras: tuple[Extra, ...] = ()
    process: Process
    schema_version: int = RECORD_VERSION
