"""Loại văn bản (doc_type): the kinds of NĐ 30/2020 Phụ lục III and the result papers, as data."""

from __future__ import annotations

from dataclasses import dataclass

from extractors.reference.base import How


@dataclass(frozen=True, slots=True)
class DocType:
    """One kind of document.

    key            value of ``fields.doc_type``; titles: printed names in capitals, the usual one first
    abbreviations  as they stand in the ký hiệu ("QĐ", "TTr"); in_nd30: one of the 29 kinds of NĐ 30
    result_kind    key of DOMAIN section 2.4 that this kind usually is, None when it depends
    """

    key: str
    name: str
    titles: tuple[str, ...]
    abbreviations: tuple[str, ...]
    in_nd30: bool
    result_kind: str | None
    source: str


@dataclass(frozen=True, slots=True)
class DocTypeMatch:
    """``title`` is the known title that the printed line begins with; ``rest`` what follows it on the line."""

    doc_type: DocType
    title: str
    how: How
    score: float
    rest: str


def all_doc_types() -> tuple[DocType, ...]:
    """Every known kind, in the order of the table."""
    return ()


def doc_type_by_key(key: str) -> DocType | None:
    """The kind with this key, or None."""
    return None


def doc_types_by_title(text: str) -> tuple[DocTypeMatch, ...]:
    """Kinds whose printed title the line begins with, best first; accents may be wrong."""
    return ()


def doc_type_by_abbreviation(abbreviation: str) -> DocType | None:
    """The kind an abbreviation in a ký hiệu stands for ("QĐ" -> quyet_dinh), or None."""
    return None
