"""Tên cũ, tên mới: which units and departments a name stands for now, and which stood for it before July 2025."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache

from extractors.reference.data import toml_table
from extractors.reference.units import Unit, unit_by_ident, units_table
from storage.folding import fold_key

_MOST = 12  # names one name is widened to
_SAME_NAME = 3  # units of one name: more, and nobody knows which is meant
# Short names that are ordinary words too: widened only behind "tỉnh".
_ORDINARY = frozenset({"hoa binh", "thai binh"})
_COMMUNE_KINDS = ("xã", "phường", "thị trấn", "đặc khu")
_TABLES = ("central", "department", "body", "office")


@dataclass(frozen=True, slots=True)
class OtherName:
    """Another name of what was typed: folded words, and the sentence that says so."""

    words: tuple[str, ...]
    note: str


def other_names(words: tuple[str, ...], *, provinces: frozenset[str] = frozenset()) -> tuple[OtherName, ...]:
    """Successors and predecessors of the unit or agency whose name these folded words are; () for none.

    ``provinces``: folded short names of provinces named beside it, to tell communes of the same name apart.
    """
    return _agency_names().get(words) or _unit_names(words, provinces)


def is_name(words: tuple[str, ...]) -> bool:
    """Whether these folded words are a name that ``other_names`` may know."""
    return words in _agency_names() or words in _unit_keys()


def longest_name() -> int:
    """Words of the longest such name."""
    return 10


def province_of(words: tuple[str, ...]) -> str | None:
    """The folded short name of the province that these words are; None for no province."""
    plain = words[1:] if words[:1] == ("tinh",) else words[2:] if words[:2] == ("thanh", "pho") else words
    key = " ".join(plain)
    return key if key in _province_keys() else None


@cache
def _agency_names() -> dict[tuple[str, ...], tuple[OtherName, ...]]:
    found: dict[tuple[str, ...], list[OtherName]] = defaultdict(list)
    for table in _TABLES:
        for row in toml_table("agencies.toml")[table]:
            heir = row.get("heir")
            if not heir:
                continue
            old, new = _words(row["name"]), _words(heir)
            until = f" (đến {row['to']:%d/%m/%Y})" if row.get("to") else ""
            found[old].append(OtherName(new, f"{row['name']}{until}: nay là {heir}"))
            found[new].append(OtherName(old, f"{heir}: trước là {row['name']}"))
    return {words: tuple(dict.fromkeys(names)) for words, names in found.items()}


def _unit_names(words: tuple[str, ...], provinces: frozenset[str]) -> tuple[OtherName, ...]:
    entries = _unit_keys().get(words, ())
    units = [unit for ident in entries if (unit := unit_by_ident(ident))]
    if provinces:
        near = [u for u in units if fold_key(u.province) in provinces or _heir_provinces(u) & provinces]
        units = near or units
    if len(units) > _SAME_NAME:
        return ()
    found: list[OtherName] = []
    for unit in units:
        if unit.valid_to is not None:
            for ident in unit.successors:
                heir = unit_by_ident(ident)
                if heir is not None and fold_key(heir.name) != fold_key(unit.name):
                    found.append(_named(heir, f"{unit.name}: nay là {heir.name}"))
        elif words[0] in ("tinh", "thanh", "xa", "phuong", "dac"):
            for ident in _before().get(unit.ident, ()):
                old = unit_by_ident(ident)
                if old is not None and fold_key(old.name) != fold_key(unit.name):
                    found.append(_named(old, f"{unit.name}: trước là {old.name}"))
    return tuple(dict.fromkeys(one for one in found if one.words != words and not one.words[-1].isdigit()))[:_MOST]


def _named(unit: Unit, note: str) -> OtherName:
    return OtherName(_words(unit.short if unit.level == "tinh" else unit.name), note)


def _heir_provinces(unit: Unit) -> frozenset[str]:
    heirs = (unit_by_ident(ident) for ident in unit.successors)
    return frozenset(fold_key(heir.province) for heir in heirs if heir is not None)


@cache
def _unit_keys() -> dict[tuple[str, ...], tuple[str, ...]]:
    """Names as typed -> idents: provinces with and without their kind, communes only with it."""
    found: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for unit in units_table():
        if unit.level == "tinh":
            found[_words(unit.name)].append(unit.ident)
            short = fold_key(unit.short)
            if unit.valid_to is not None and short not in _ORDINARY and short not in _current_provinces():
                found[_words(unit.short)].append(unit.ident)
        elif unit.level == "xa" and unit.kind in _COMMUNE_KINDS:
            found[_words(unit.name)].append(unit.ident)
    return {words: tuple(dict.fromkeys(idents)) for words, idents in found.items()}


@cache
def _current_provinces() -> frozenset[str]:
    return frozenset(fold_key(u.short) for u in units_table() if u.level == "tinh" and u.valid_to is None)


@cache
def _province_keys() -> frozenset[str]:
    return frozenset(fold_key(u.short) for u in units_table() if u.level == "tinh")


@cache
def _before() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for unit in units_table():
        for ident in unit.successors:
            found[ident].append(unit.ident)
    return {ident: tuple(idents) for ident, idents in found.items()}


def _words(name: str) -> tuple[str, ...]:
    return tuple(fold_key(name).split())
