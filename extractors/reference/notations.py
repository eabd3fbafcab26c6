"""Số, ký hiệu (doc_number): its shapes, taken apart and put together again."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import Literal

from extractors.reference.abbreviations import bodies_of, known_abbreviations, skeleton
from extractors.reference.base import How
from extractors.reference.data import tsv_rows
from extractors.reference.doc_types import all_doc_types, doc_type_by_abbreviation
from schemas.text import nfc

Style = Literal["ca_biet", "cong_van", "quy_pham", "dang", "cu", "so"]

_NUMBER = r"\d{1,8}(?:[a-zA-ZđĐ]|bis)?"
_LETTERS = r"[^\W_][^\W_&.]*(?:[&.][^\W_]+)*"  # one part of a ký hiệu: "QĐ", "SGD&ĐT", "QH14"
_PARTS = rf"{_LETTERS}(?:-{_LETTERS})*"
_YEAR_FORM = re.compile(rf"^({_NUMBER})/((?:19|20)\d\d)/({_PARTS})$")
_SLASH_FORM = re.compile(rf"^({_NUMBER})/({_PARTS})$")
_DASH_FORM = re.compile(rf"^({_NUMBER})-({_LETTERS}(?:-{_LETTERS})*)/({_PARTS})$")
_BARE_FORM = re.compile(rf"^({_NUMBER})$")
_LABEL = re.compile(r"^\s*(?:Số|SỐ|số)\s*[:.]?\s*")
_SEPARATOR_SPACES = re.compile(r"\s*([/–—‐‑-])\s*")
# Letters that readers take for one another in capitals without context.
_TWINS = str.maketrans({"0": "o", "1": "i", "l": "i", "|": "i", "5": "s", "8": "b", "q": "o", "d": "o", "ô": "o"})


@dataclass(frozen=True, slots=True)
class NotationParts:
    """A ký hiệu in parts: abbreviation of the type ("" for công văn), of the body, and of the drafting units."""

    type_abbr: str
    agency_abbr: str
    unit_abbrs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DocNumber:
    """A document number in parts.

    number    "68", "01", "12bis" as printed; notation "QĐ-UBND", "NQ/TU", "QH15" (without number and year)
    year      the year inside the number (30/2020/NĐ-CP), None elsewhere
    style     ca_biet số/LOẠI-CQ · cong_van số/CQ-ĐV · quy_pham số/năm/LOẠI-CQ · dang số-LOẠI/CQ ·
              cu số-CQ/LOẠI, older papers · so a number alone
    """

    number: str
    notation: str
    year: int | None
    style: Style

    @property
    def parts(self) -> NotationParts:
        """Type, body and unit of the notation."""
        return notation_parts(self.notation)

    @property
    def type_key(self) -> str | None:
        """doc_type implied by the notation ("QĐ-UBND" -> "quyet_dinh"; công văn for số/CQ-ĐV), or None."""
        return notation_type(self.notation)

    def __str__(self) -> str:
        if not self.notation:
            return self.number
        if self.year is not None:
            return f"{self.number}/{self.year}/{self.notation}"
        return f"{self.number}{'-' if self.style in ('dang', 'cu') else '/'}{self.notation}"


@dataclass(frozen=True, slots=True)
class NotationMatch:
    """A ký hiệu put right. ``known``: every part of it is known; changes: ("QD -> QĐ", ...)."""

    value: str
    how: How
    known: bool
    score: float
    changes: tuple[str, ...]


def tidy_number(text: str) -> str:
    """A printed number without label, inner spaces around separators and outer punctuation; dashes as "-"."""
    text = _LABEL.sub("", nfc(text)).strip(" .,;:")
    return " ".join(_SEPARATOR_SPACES.sub(lambda m: "/" if m[1] == "/" else "-", text).split())


def parse_number(text: str) -> DocNumber | None:
    """Takes "2110/QĐ-UBND" (also with spaces around its separators) apart; None when it is no number."""
    text = tidy_number(text)
    if found := _YEAR_FORM.match(text):
        return DocNumber(found[1], found[3], int(found[2]), "quy_pham")
    if found := _DASH_FORM.match(text):
        notation = f"{found[2]}/{found[3]}"
        old = doc_type_by_abbreviation(found[2]) is None and doc_type_by_abbreviation(found[3]) is not None
        return DocNumber(found[1], notation, None, "cu" if old else "dang")
    if found := _SLASH_FORM.match(text):
        if found[2].isdigit():
            return None
        return DocNumber(found[1], found[2], None, "ca_biet" if notation_parts(found[2]).type_abbr else "cong_van")
    if found := _BARE_FORM.match(text):
        return DocNumber(found[1], "", None, "so")
    return None


def notation_parts(notation: str) -> NotationParts:
    """Type, body and units of a ký hiệu. "CT-CS" is Cục Thuế, "CT-TTg" a chỉ thị: the second part decides."""
    if "/" in notation:
        left, _, right = notation.partition("/")
        if doc_type_by_abbreviation(left) is None and doc_type_by_abbreviation(right) is not None:
            left, right = right, left
        agency, *units = right.split("-")
        return NotationParts(left, agency, tuple(units))
    first, *rest = notation.split("-")
    if doc_type_by_abbreviation(first) is not None:
        taken = bool(bodies_of(first)) and bool(rest) and not bodies_of(rest[0])
        if not taken:
            return NotationParts(first, rest[0] if rest else "", tuple(rest[1:]))
    elif rest and not bodies_of(first) and doc_type_by_abbreviation(rest[0]) is not None and len(rest) == 1:
        return NotationParts(rest[0], first)  # older order: BYT-QĐ
    return NotationParts("", first, tuple(rest))


def notation_type(notation: str) -> str | None:
    """doc_type key implied by a ký hiệu; "cong_van" for số/CQ-ĐV with a known body; None when it says nothing."""
    if not notation:
        return None
    parts = notation_parts(notation)
    kind = doc_type_by_abbreviation(parts.type_abbr) if parts.type_abbr else None
    if kind is not None:
        return kind.key
    if re.fullmatch(r"(QH|UBTVQH)\d{0,2}", notation, re.IGNORECASE):
        return None  # luật, pháp lệnh or nghị quyết
    return "cong_van" if bodies_of(parts.agency_abbr) and not parts.type_abbr else None


@cache
def _known_parts() -> dict[str, str]:
    """Skeleton -> printed form of every part: types first, then bodies, then parts seen in real numbers."""
    known: dict[str, str] = {}
    for kind in all_doc_types():
        for abbr in kind.abbreviations:
            known.setdefault(skeleton(abbr), abbr)
    for plain, abbr in known_abbreviations().items():
        known.setdefault(plain, abbr)
    seen: Counter[str] = Counter()
    for notation, times in tsv_rows("notations.tsv"):
        for part in re.split(r"[-/]", notation):
            seen[part] += int(times)
    for part, count in seen.most_common():
        if count >= 2 and part.isalpha():
            known.setdefault(skeleton(part), part)
    return known


@cache
def _printed_forms() -> frozenset[str]:
    forms = {a for kind in all_doc_types() for a in kind.abbreviations}
    return frozenset(forms | set(_known_parts().values()) | _agency_forms())


def _agency_forms() -> set[str]:
    from extractors.reference.data import toml_table

    table = toml_table("agencies.toml")
    return {a for tag in ("central", "department", "body", "office") for row in table[tag] for a in row["abbr"]}


@cache
def _twins() -> dict[str, str]:
    """Look-alike skeleton -> part, only where one part has it."""
    found: dict[str, set[str]] = {}
    for plain, part in _known_parts().items():
        found.setdefault(plain.translate(_TWINS), set()).add(part)
    return {k: next(iter(v)) for k, v in found.items() if len(v) == 1 and len(k) >= 2}


def _snap_part(part: str, expected: frozenset[str]) -> tuple[str, How, bool]:
    """(value, how, known) of one part; ``expected`` abbreviations of the agency on the paper win."""
    if part in expected or part in _printed_forms():
        return part, "exact", True
    plain = skeleton(part)
    term = re.fullmatch(r"([A-ZĐ]+)(\d{1,2})", part)
    if term and skeleton(term[1]) in ("qh", "ubtvqh"):
        return part, "exact", True
    for form in sorted(expected):
        if skeleton(form) == plain:
            return form, "accents", True
    if plain in _known_parts():
        return _known_parts()[plain], "accents", True
    twin = plain.translate(_TWINS)
    for form in sorted(expected):
        if skeleton(form).translate(_TWINS) == twin and len(twin) >= 2:
            return form, "edit", True
    if twin in _twins():
        return _twins()[twin], "edit", True
    return part, "exact", False


def snap_notation(text: str, *, agency: str | None = None) -> NotationMatch | None:
    """A ký hiệu read by OCR brought to known parts (QD -> QĐ, UBNO -> UBND); None when it has no letters.

    ``agency``: the issuing agency as printed; its own abbreviation is preferred. The drafting unit (last
    part of a công văn) is not changed: its names are free.
    """
    from extractors.reference.agencies import expected_abbreviations

    text = tidy_number(text)
    if not any(c.isalpha() for c in text):
        return None
    expected = expected_abbreviations(agency) if agency else frozenset()
    pieces = re.split(r"([-/])", text)
    snapped: list[str] = []
    hows: list[How] = []
    known: list[bool] = []
    for i, piece in enumerate(pieces):
        if i % 2:
            snapped.append(piece)
            continue
        if i >= 2 and known and known[0] and not notation_parts("".join(snapped) + piece).type_abbr:
            snapped.append(piece)
            hows.append("exact")
            known.append(bool(re.fullmatch(r"[^\W_]{1,12}(?:[&.][^\W_]+)*", piece)))
            continue
        form, part_how, sure = _snap_part(piece, expected)
        snapped.append(form)
        hows.append(part_how)
        known.append(sure)
    value = "".join(snapped)
    changes = tuple(f"{a} -> {b}" for a, b in zip(pieces, snapped, strict=True) if a != b)
    how: How = "edit" if "edit" in hows else "accents" if "accents" in hows else "exact"
    base = {"exact": 0.99, "accents": 0.97, "edit": 0.85}[how]
    return NotationMatch(value, how, all(known), base if all(known) else min(base, 0.6), changes)
