"""Reference data the readers check themselves against: kinds, units, agencies, titles, names, numbers."""

from extractors.reference.agencies import (
    AgencyMatch,
    NotationAgency,
    agency_fits_notation,
    level_of,
    notation_agency,
    snap_agency,
)
from extractors.reference.base import Fit, How, Level
from extractors.reference.doc_types import (
    DocType,
    DocTypeMatch,
    all_doc_types,
    doc_type_by_abbreviation,
    doc_type_by_key,
    doc_types_by_title,
)
from extractors.reference.names import name_score, valid_syllable
from extractors.reference.notations import DocNumber, NotationMatch, parse_number, snap_notation
from extractors.reference.titles import CapacityMatch, TitleMatch, capacity_fits, snap_capacity, snap_title
from extractors.reference.units import (
    PlaceMatch,
    Unit,
    find_unit,
    place_matches_agency,
    provinces,
    snap_place,
    unit_by_ident,
)

__all__ = [
    "AgencyMatch",
    "CapacityMatch",
    "DocNumber",
    "DocType",
    "DocTypeMatch",
    "Fit",
    "How",
    "Level",
    "NotationAgency",
    "NotationMatch",
    "PlaceMatch",
    "TitleMatch",
    "Unit",
    "agency_fits_notation",
    "all_doc_types",
    "capacity_fits",
    "doc_type_by_abbreviation",
    "doc_type_by_key",
    "doc_types_by_title",
    "find_unit",
    "level_of",
    "name_score",
    "notation_agency",
    "parse_number",
    "place_matches_agency",
    "provinces",
    "snap_agency",
    "snap_capacity",
    "snap_notation",
    "snap_place",
    "snap_title",
    "unit_by_ident",
    "valid_syllable",
]
