"""Đơn vị hành chính: provinces, districts and communes before and after 2025-07-01."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from extractors.reference.base import Fit, How, Level
from extractors.reference.data import toml_table, tsv_rows
from extractors.reference.spelling import bare, compare, join, key, restyle, tokens, worst
from schemas.text import fold, modern_tones

# Printed kind words -> kind. A longer one comes first.
KINDS: tuple[tuple[str, str], ...] = (
    ("thành phố", "thành phố"), ("thị trấn", "thị trấn"), ("thị xã", "thị xã"), ("đặc khu", "đặc khu"),
    ("tỉnh", "tỉnh"), ("huyện", "huyện"), ("quận", "quận"), ("phường", "phường"), ("xã", "xã"),
    ("tp", "thành phố"), ("tx", "thị xã"), ("tt", "thị trấn"), ("p", "phường"), ("q", "quận"), ("h", "huyện"),
)  # fmt: skip
_DISTRICT_KINDS = ("huyện", "quận", "thị xã", "thành phố")


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


def split_kind(name: str) -> tuple[str, str]:
    """("tỉnh", "Hải Dương") of "Tỉnh Hải Dương"; kind "" when none is printed. Accents of the kind may be wrong."""
    words = tokens(name)
    keys = [t.key for t in words]
    for printed, kind in KINDS:
        parts = bare(printed).split()
        if keys[: len(parts)] == parts and len(keys) > len(parts):
            if len(printed) == 1 and not words[0].tail.startswith("."):
                continue
            return kind, " ".join(t.core or t.text for t in words[len(parts) :])
    glued = name.strip()
    for mark, kind in (("TP.", "thành phố"), ("Tp.", "thành phố"), ("TX.", "thị xã"), ("T.", "tỉnh")):
        if glued.startswith(mark) and len(glued) > len(mark):
            return kind, glued[len(mark) :].strip()
    return "", " ".join(t.core or t.text for t in words)


def name_key(short: str) -> str:
    """Key of a unit's short name: words without accents, dashes and apostrophes ("Bà Rịa - Vũng Tàu")."""
    return " ".join(k for t in tokens(short) if (k := t.key))


class _Units:
    def __init__(self) -> None:
        extra = toml_table("admin_units_extra.toml")
        since: date = extra["periods"]["two_level_from"]
        until = since - timedelta(days=1)
        self.all: dict[str, Unit] = {}
        table = tsv_rows("admin_units.tsv.gz")
        shorts = {row[0]: split_kind(row[1])[1] for row in table if not row[2] or len(row[0]) == 5}
        for ident, name, province, district, heirs in table:
            kind_len = next((len(p) for p, _ in KINDS if name[: len(p)].lower() == p), 0)
            level: Level = "tinh" if not province else "huyen" if len(ident) == 5 else "xa"
            new = ident.startswith("n:")
            self._add(
                Unit(
                    ident,
                    name,
                    name[kind_len + 1 :],
                    name[:kind_len].lower(),
                    level,
                    shorts[province or ident],
                    shorts.get(district) if district else None,
                    since if new else None,
                    None if new else until,
                    tuple(heirs.split(",")) if heirs else (),
                )
            )
        now = {u.short: i for i, u in self.all.items() if i.startswith("n:") and u.level == "tinh"}
        for i, row in enumerate(extra["province"]):
            kind, short = split_kind(row["name"])
            heirs = ",".join(now[s] for s in row["successors"] if s in now)
            bounds = (row.get("from"), row.get("to"))
            self._add(
                Unit(f"x:{i:02d}", row["name"], short, kind, "tinh", short, None, *bounds, tuple(heirs.split(",")))
            )
        self.by_name: dict[str, list[Unit]] = defaultdict(list)
        for unit in self.all.values():
            self.by_name[name_key(unit.short)].append(unit)
        self.aliases: dict[str, list[str]] = defaultdict(list)
        for row in extra["alias"]:
            for printed in row["printed"]:
                self.aliases[name_key(printed)].append(row["short"])

    def _add(self, unit: Unit) -> None:
        self.all[unit.ident] = unit

    def called(self, short_key: str) -> list[Unit]:
        found = list(self.by_name.get(short_key, ()))
        for short in self.aliases.get(short_key, ()):
            found += [u for u in self.by_name[name_key(short)] if u not in found]
        return found


def units_named(short: str) -> tuple[Unit, ...]:
    """Units of this short name (no kind word in it), accents tolerated, aliases included."""
    return tuple(_units().called(name_key(short)))


def is_alias(short: str) -> bool:
    """True for spellings of admin_units_extra.toml ("TT Huế", "Đắc Lắc")."""
    return name_key(short) in _units().aliases


@cache
def _units() -> _Units:
    return _Units()


def find_unit(name: str, *, on: date | None = None, level: Level | None = None) -> tuple[Unit, ...]:
    """Units called ``name`` (with or without "tỉnh", "TP." ...), accents tolerated; exact spellings come first."""
    kind, short = ("", name) if is_alias(name) else split_kind(name)
    found = _units().called(name_key(short))
    if kind and not found:  # the kind word belongs to the name: "Thị Trấn"
        kind, found = "", _units().called(name_key(name))
    found = [u for u in found if u.valid_on(on) and (level is None or u.level == level)]
    if kind:
        same = [u for u in found if u.kind == kind]
        found = same or ([] if level is None else found)
    printed = fold(short).replace(" - ", "-")
    return tuple(sorted(found, key=lambda u: (fold(u.short).replace(" - ", "-") != printed, _order(u))))


def _order(unit: Unit) -> int:
    return ("tinh", "huyen", "xa", "trung_uong").index(unit.level)


def near_units(name: str, *, level: Level | None = None, within: Iterable[str] = ()) -> tuple[Unit, ...]:
    """Units whose key is one edit away from ``name``; only inside the provinces ``within`` if given."""
    wanted, places = name_key(name), tuple(sorted(within))
    pool = _near_pool(level, places)
    near = process.extract(
        wanted, pool.get(wanted.count(" "), ()), scorer=Levenshtein.distance, score_cutoff=1, limit=5
    )
    return tuple(
        u
        for k, _, _ in near
        for u in _units().by_name[k]
        if (level is None or u.level == level) and (not places or u.province in places)
    )


@lru_cache(maxsize=128)
def _near_pool(level: Level | None, places: tuple[str, ...]) -> dict[int, list[str]]:
    """Keys of those units by their number of spaces."""
    pool: dict[int, list[str]] = defaultdict(list)
    for k, units in _units().by_name.items():
        if any((level is None or u.level == level) and (not places or u.province in places) for u in units):
            pool[k.count(" ")].append(k)
    return pool


@cache
def unit_words() -> frozenset[str]:
    """Folded words of units' names, many of them no Vietnamese syllables ("krông", "đắk")."""
    return frozenset(fold(t.core) for u in _units().all.values() for t in tokens(u.short) if t.key)


def units_table() -> tuple[Unit, ...]:
    """Every unit of both periods."""
    return tuple(_units().all.values())


def unit_by_ident(ident: str) -> Unit | None:
    """The unit with this key, or None."""
    return _units().all.get(ident)


def provinces(on: date | None = None) -> tuple[Unit, ...]:
    """Provinces and central cities, of that day or of both periods."""
    return tuple(u for u in _units().all.values() if u.level == "tinh" and u.valid_on(on))


def write_name(printed: str, known: str) -> tuple[str, How] | None:
    """``known`` (a unit's short name) written in the style of ``printed``; None when their words do not pair."""
    ours = [t for t in tokens(printed) if t.key]
    theirs = [t for t in tokens(known) if t.key]
    if len(ours) != len(theirs):
        return None
    words: list[str] = []
    hows: list[How] = []
    pairs = iter(zip(ours, theirs, strict=True))
    for token in tokens(printed):
        if not token.key:
            words.append(token.text)
            continue
        _, other = next(pairs)
        how = compare(token.core, other.core)
        if how is None:
            return None
        hows.append(how)
        words.append(token.lead + restyle(token.core, other.core) + token.tail)
    return join(words, printed), worst(hows)


def snap_place(text: str, *, on: date | None = None) -> PlaceMatch | None:
    """The địa danh of a document ("Hài Dương" -> "Hải Dương"), None when no unit is called so.

    Never decides between two known names with the same letters: then the printed one stays, at a lower score.
    """
    printed = " ".join(text.split()).strip(" ,.;")
    if not printed:
        return None
    units = find_unit(printed, on=on) or find_unit(printed)
    kind, short = split_kind(printed)
    if not units and len(name_key(printed)) >= 6:
        units = near_units(short, level="tinh")
    if not units:
        return None
    if name_key(short) in _units().aliases and not any(name_key(u.short) == name_key(short) for u in units):
        return PlaceMatch(printed, "exact", 0.95, units)
    spelled: dict[str, tuple[How, list[Unit]]] = {}
    for unit in units:
        written = write_name(short, modern_tones(unit.short))
        if written:
            spelled.setdefault(written[0], (written[1], []))[1].append(unit)
    if not spelled:
        return None
    exact = {s: v for s, v in spelled.items() if v[0] == "exact"}
    top = {s: v for s, v in spelled.items() if any(u.level == "tinh" for u in v[1])}
    chosen = exact or (top if len(top) == 1 else spelled)
    if len(chosen) > 1:
        return PlaceMatch(printed, "exact", 0.5, units)
    value, (how, found) = next(iter(chosen.items()))
    if kind:
        head = printed[: len(printed) - len(short)] if printed.endswith(short) else ""
        value = _kind_words(head, kind) + value
    level_top = any(u.level == "tinh" for u in found)
    score = {"exact": 0.99, "accents": 0.95 if level_top else 0.85, "edit": 0.8}[how]
    if not any(u.valid_on(on) for u in found):
        score -= 0.1
    return PlaceMatch(value, how, score, tuple(found))


def _kind_words(printed: str, kind: str) -> str:
    """The kind before a name, accents corrected in its printed style; abbreviations stay."""
    words = tokens(printed)
    known = kind.split()
    if [t.key for t in words] != [key(k) for k in known]:
        return printed
    return " ".join(restyle(t.core, k) for t, k in zip(words, known, strict=True)) + " "


def place_matches_agency(place: str, agency: str, on: date | None = None) -> Fit:
    """Does the địa danh suit the agency: same unit, or inside it, or Hà Nội for central bodies."""
    from extractors.reference.agencies import agency_units, level_of

    named = agency_units(agency, on=on)
    where = find_unit(place, on=on) or find_unit(place)
    if not where:
        return "unknown"
    if not named:
        if level_of(agency, on) == "trung_uong" and any(u.short == "Hà Nội" for u in where):
            return "fits"
        return "unknown"
    for a in named:
        for p in where:
            if a.ident == p.ident or (a.short == p.short and a.province == p.province):
                return "fits"
            if p.level == "tinh" and {p.short, *_heirs(p)} & {a.province, *_province_heirs(a.province)}:
                return "fits"
            if p.level != "tinh" and (
                a.province == p.province or {a.province, *_province_heirs(a.province)} & {p.province}
            ):
                return "fits" if a.level in ("tinh", "huyen") or p.level == "huyen" else "unknown"
    return "conflict"


def _heirs(unit: Unit) -> tuple[str, ...]:
    return tuple(u.short for i in unit.successors if (u := unit_by_ident(i)))


@cache
def _province_heirs(short: str) -> tuple[str, ...]:
    return tuple(h for u in find_unit(short, level="tinh") if u.short == short for h in _heirs(u))
