"""Đơn vị hành chính: provinces, districts and communes before and after 2025-07-01."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from extractors.reference.base import Fit, How, Level


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit in one period. ``valid_from`` None = before our table begins; ``valid_to`` None = still in force.

    ident       unique key ("o:31150" before, "n:31150" since 2025-07-01); successors are such keys
    name        "Tỉnh Hải Dương"; short "Hải Dương"; kind "tỉnh", "thành phố", "huyện", "xã" ...
    province    short name of the province it lies in; district likewise (None for other levels)
    """

    ident: str
    name: str
    short: str
    kind: str
    level: Level
    province: str
    district: str | None
    valid_from: date | None
    valid_to: date | None
    successors: tuple[str, ...] = ()

    def valid_on(self, on: date | None) -> bool:
        """True when the unit existed on that day; always for None."""
        if on is None:
            return True
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True, slots=True)
class PlaceMatch:
    """A place name with its accents put right, in the printed style ("TP. Hồ Chí Minh" stays short)."""

    value: str
    how: How
    score: float
    units: tuple[Unit, ...]


def find_unit(name: str, *, on: date | None = None, level: Level | None = None) -> tuple[Unit, ...]:
    """Units called ``name`` (with or without "tỉnh", "TP." ...), accents tolerated; exact spellings come first."""
    return ()


def unit_by_ident(ident: str) -> Unit | None:
    """The unit with this key, or None."""
    return None


def provinces(on: date | None = None) -> tuple[Unit, ...]:
    """Provinces and central cities, of that day or of both periods."""
    return ()


def snap_place(text: str, *, on: date | None = None) -> PlaceMatch | None:
    """The địa danh of a document ("Hài Dương" -> "Hải Dương"), None when no unit is called so."""
    return None


def place_matches_agency(place: str, agency: str, on: date | None = None) -> Fit:
    """Does the địa danh suit the agency: same unit, or inside it, or Hà Nội for central bodies."""
    return "unknown"
