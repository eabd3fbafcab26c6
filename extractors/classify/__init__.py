"""Phân loại: what kind of result a document is, of which procedure, field and level."""

from __future__ import annotations

from schemas.extraction import Classification, Fields, RecordKind
from schemas.reading import Reading

__all__ = ["classify"]


def classify(reading: Reading, fields: Fields) -> tuple[RecordKind, Classification]:
    """Kind of record and its four classes; a class is sure only when rules and margin agree."""
    return "procedure_result", Classification()
