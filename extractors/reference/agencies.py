"""Cơ quan, tổ chức ban hành: known names composed from body types and units, and their ký hiệu."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from extractors.reference.base import Fit, How, Level
from extractors.reference.units import Unit


@dataclass(frozen=True, slots=True)
class AgencyMatch:
    """An agency line with its accents put right, in the style it was printed.

    value     as printed ("UBND TỈNH PHÚ THỌ" stays short; UỶ stays UỶ)
    name      canonical running form: "Ủy ban nhân dân tỉnh Phú Thọ"
    score     0..1; changes: ("NHẦN -> NHÂN", ...); known: every part of the line is known vocabulary
    unit      the administrative unit named in it, None for central bodies and when none is named
    """

    value: str
    name: str
    score: float
    how: How
    changes: tuple[str, ...]
    known: bool
    level: Level | None
    unit: Unit | None


@dataclass(frozen=True, slots=True)
class NotationAgency:
    """A body that an abbreviation in a ký hiệu may stand for."""

    name: str
    abbreviation: str
    level: Level | None
    valid_from: date | None = None
    valid_to: date | None = None


def snap_agency(
    text: str, *, place: str | None = None, notation: str | None = None, on: date | None = None
) -> AgencyMatch | None:
    """The known form of an agency line read with wrong accents; None when its body type is not known.

    Letters change beyond accents only by one edit on a long word, and only when a known agency results.
    """
    return None


def notation_agency(notation: str, *, on: date | None = None) -> tuple[NotationAgency, ...]:
    """Bodies that a ký hiệu points to: "QĐ-BGDĐT" -> Bộ Giáo dục và Đào tạo; "STTTT-CNTT" -> Sở Thông tin ..."""
    return ()


def agency_fits_notation(agency: str, notation: str, *, on: date | None = None) -> Fit:
    """Does the issuing agency (as printed) suit the ký hiệu."""
    return "unknown"


def level_of(agency: str, on: date | None = None, *, parent: str | None = None) -> Level | None:
    """Cấp of the issuing agency; ``parent`` (cơ quan chủ quản) helps where the agency names no unit."""
    return None
