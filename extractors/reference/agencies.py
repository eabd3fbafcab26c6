"""Cơ quan, tổ chức ban hành: known names composed from body types and units, and their ký hiệu."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from extractors.reference.abbreviations import NotationAgency, bodies_of, initials, skeleton
from extractors.reference.base import Fit, How, Level
from extractors.reference.data import toml_table
from extractors.reference.notations import notation_parts
from extractors.reference.spelling import Token, join, tokens, worst
from extractors.reference.units import Unit
from extractors.reference.vocabulary import Segment, cover, province_names, written
from schemas.text import fold

__all__ = [
    "AgencyMatch",
    "NotationAgency",
    "agency_fits_notation",
    "agency_units",
    "expected_abbreviations",
    "level_of",
    "notation_agency",
    "snap_agency",
]

_BODY_TAGS = ("central", "department", "body", "office", "head")


@dataclass(frozen=True, slots=True)
class AgencyMatch:
    """An agency line with its accents put right, in the style it was printed.

    value     as printed ("UBND TỈNH PHÚ THỌ" stays short; UỶ stays UỶ)
    name      canonical running form: "Ủy ban nhân dân tỉnh Phú Thọ"
    score     0..1; changes: ("NHẦN -> NHÂN", ...); known: every part of the line is known
              vocabulary, and no unit in it has a twin that differs in accents only (unless the place decides)
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


@lru_cache(maxsize=1024)
def _understand(text: str, near: tuple[str, ...], on: date | None) -> tuple[tuple[Token, ...], tuple[Segment, ...]]:
    words = list(tokens(text))
    segments = cover(words, near=near, on=on)
    unknown = sum(s.end - s.start for s in segments if not s.known)
    if unknown and len(words) <= 14:
        split = _unglue(words)
        if split is not None:
            again = cover(split, near=near, on=on)
            if sum(s.end - s.start for s in again if not s.known) < unknown:
                return tuple(split), again
    return tuple(words), segments


def _unglue(words: list[Token]) -> list[Token] | None:
    """Words that stand for two known ones ("UBNDTỈNH", "DÂNTỈNH") taken apart; None when there are none."""
    heads = ("UBND", "HĐND", "DÂN", "PHỐ", "TỈNH", "HUYỆN", "XÃ", "PHƯỜNG", "BAN", "NHÂN", "ỦY", "SỞ", "BỘ")
    out: list[Token] = []
    changed = False
    for word in words:
        cut = next(
            (len(h) for h in heads if len(word.core) >= len(h) + 3 and fold(word.core[: len(h)]) == fold(h)), None
        )
        if cut is None:
            out.append(word)
            continue
        out += tokens(f"{word.lead}{word.core[:cut]} {word.core[cut:]}{word.tail}")
        changed = True
    return out if changed else None


def snap_agency(
    text: str, *, place: str | None = None, notation: str | None = None, on: date | None = None
) -> AgencyMatch | None:
    """The known form of an agency line read with wrong accents; None when its body type is not known.

    Letters change beyond accents only by one edit on a long word, and only when a known agency results.
    """
    text = " ".join(text.split()).strip(" .,;:|_")
    if not text or len(text) > 300:
        return None
    words, segments = _understand(text, province_names(place, on), on)
    if not segments or not _begins_as_agency(segments):
        return None
    out: list[str] = []
    for segment in segments:
        out += written(list(words), segment)
    before = [t.text for t in words]
    changes = tuple(f"{a} -> {b}" for a, b in zip(before, out, strict=True) if a != b)
    if len(before) != len(tokens(text)):
        changes += ("khoảng trắng",)
    how = worst([h for s in segments if s.known for h in s.hows])
    letters = sum(len(words[i].core) for s in segments for i in range(s.start, s.end))
    unknown = sum(len(words[i].core) for s in segments if not s.known for i in range(s.start, s.end))
    known = unknown == 0 and not any(s.rivals for s in segments)
    score = {"exact": 0.99, "accents": 0.96 - 0.01 * min(len(changes), 6), "edit": 0.84}[how]
    if changes and how == "exact":
        score = 0.95
    if not known:
        score = min(score, 0.9) * (1 - 0.5 * unknown / max(1, letters))
    if notation and agency_fits_notation(text, notation, on=on) == "conflict":
        score = min(score, 0.5)
    units = [u for s in segments for u in s.units]
    return AgencyMatch(
        join(out, text),
        _running_name(words, segments, out),
        round(score, 3),
        how,
        changes,
        known,
        _level(segments, on),
        _pick_unit(segments, units, on),
    )


def _begins_as_agency(segments: tuple[Segment, ...]) -> bool:
    first = segments[0]
    return bool(first.units and first.kind) or (first.phrase is not None and first.phrase.tag in _BODY_TAGS)


def _pick_unit(segments: tuple[Segment, ...], units: list[Unit], on: date | None) -> Unit | None:
    """The lowest unit named; of several units of one name none, unless one is a province."""
    named = [s for s in segments if s.units]
    if not named:
        return None
    rank = {"xa": 0, "huyen": 1, "tinh": 2, "trung_uong": 3}
    lowest = min(named, key=lambda s: min(rank[u.level] for u in s.units) if s.kind else 2)
    pool = [u for u in lowest.units if u.valid_on(on)] or list(lowest.units)
    tops = [u for u in pool if u.level == "tinh"]
    if tops:
        return tops[-1]
    others = {u.province for s in named if s is not lowest for u in s.units if u.level == "tinh"}
    inside = [u for u in pool if u.province in others] or pool
    return inside[0] if len({(u.province, u.district) for u in inside}) == 1 else None


def _running_name(words: tuple[Token, ...], segments: tuple[Segment, ...], out: list[str]) -> str:
    parts: list[str] = []
    table = toml_table("agencies.toml")
    for segment in segments:
        phrase = segment.phrase
        if phrase and phrase.tag in ("central", "department", "body", "office"):
            parts.append(table[phrase.tag][phrase.entry]["name"])
        elif segment.units:
            count = len(segment.words) - len(segment.units[0].short.replace(" - ", " ").split())
            kind = " ".join(w.lower() for w in segment.words[: max(0, count)])
            parts.append(f"{segment.kind or kind} {segment.units[0].short}".strip())
        elif phrase and phrase.tag == "joint":
            parts += [w.lower() if len(w) > 3 or not w.isupper() else w for w in out[segment.start : segment.end]]
        elif phrase:
            parts.append(table["vocabulary"]["heads" if phrase.tag == "head" else "fields"][phrase.entry])
        else:
            parts += [w.title() if w.isupper() and len(w) > 1 else w for w in out[segment.start : segment.end]]
    return " ".join(parts)


def _issuing(segments: tuple[Segment, ...]) -> list[Segment]:
    """Segments of the last body of the line ("UBND TỈNH X SỞ Y" -> those of SỞ Y)."""
    starts = [i for i, s in enumerate(segments) if s.phrase and s.phrase.tag in ("central", "department", "body")]
    starts += [i for i, s in enumerate(segments) if s.phrase and s.phrase.tag in ("office", "head")]
    if not starts:
        return list(segments)
    last = max(starts)
    first = min(starts)
    # "VĂN PHÒNG UBND TỈNH", "CÔNG AN": a body right behind a head belongs to the head
    while last > first and _glued(segments, last):
        last = max(i for i in starts if i < last)
    return list(segments[last:])


def _glued(segments: tuple[Segment, ...], i: int) -> bool:
    before = segments[i - 1]
    return before.phrase is not None and before.phrase.tag in ("head", "joint", "body", "field", "office")


def _row(segment: Segment) -> dict[str, Any] | None:
    phrase = segment.phrase
    if phrase is None or phrase.tag not in ("central", "department", "body", "office"):
        return None
    row: dict[str, Any] = toml_table("agencies.toml")[phrase.tag][phrase.entry]
    return row


def expected_abbreviations(agency: str) -> frozenset[str]:
    """Abbreviations the issuing agency (as printed) may use in its ký hiệu: the table's and those by initials."""
    words, segments = _understand(" ".join(agency.split()), (), None)
    if not segments:
        return frozenset()
    own = _issuing(segments)
    found: set[str] = set()
    for segment in own[:3]:
        row = _row(segment)
        if row is not None:
            found.update(row["abbr"])
    text = [t.core for s in own for t in words[s.start : s.end] if t.key]
    bodily = [t.core for s in own if not s.units for t in words[s.start : s.end] if t.key]
    for name in (" ".join(text), " ".join(bodily), " ".join(bodily[1:])):
        found |= {i for i in initials(name) if len(i) >= 2}
    return frozenset(found)


def notation_agency(notation: str, *, on: date | None = None) -> tuple[NotationAgency, ...]:
    """Bodies that a ký hiệu points to: "QĐ-BGDĐT" -> Bộ Giáo dục và Đào tạo; "STTTT-CNTT" -> Sở Thông tin ...

    With ``on``, bodies that existed that day; when none did, all of them (papers are late with new names).
    """
    if not notation:
        return ()
    parts = notation_parts(notation)
    found = bodies_of(parts.agency_abbr) or bodies_of("".join((parts.agency_abbr, *parts.unit_abbrs)))
    valid = tuple(
        b for b in found if on is None or ((b.valid_from or date.min) <= on and on <= (b.valid_to or date.max))
    )
    return valid or found


def agency_fits_notation(agency: str, notation: str, *, on: date | None = None) -> Fit:
    """Does the issuing agency (as printed) suit the ký hiệu.

    "conflict" only when the abbreviation is known to belong to other bodies and cannot be formed from this name.
    """
    if not notation or not agency:
        return "unknown"
    parts = notation_parts(notation)
    expected = {skeleton(a) for a in expected_abbreviations(agency)}
    if not expected:
        return "unknown"
    marks = [m for m in (parts.agency_abbr, *parts.unit_abbrs) if m]
    plain = [skeleton(m).rstrip("0123456789") or skeleton(m) for m in marks]
    if any(p in expected for p in (*plain[:1], "".join(plain))) or any(p in expected and len(p) > 2 for p in plain):
        return "fits"
    if not plain:
        return "unknown"
    first = plain[0]
    if any(_shortened(first, e) or (len(e) >= 3 and (first.endswith(e) or first.startswith(e))) for e in expected):
        return "fits"
    owners = bodies_of(parts.agency_abbr)
    if owners and len(first) >= 3 and _known_body(agency):
        return "conflict"
    return "unknown"


def _shortened(short: str, full: str) -> bool:
    """``short`` leaves some letters of ``full`` out (SNN of SNNPTNT, TCKH of PTCKH), at least half remain."""
    if len(short) < 2 or len(short) * 2 < len(full):
        return False
    letters = iter(full)
    return all(c in letters for c in short)


def _known_body(agency: str) -> bool:
    _, segments = _understand(" ".join(agency.split()), (), None)
    return any(_row(s) is not None for s in _issuing(segments))


def agency_units(agency: str, *, on: date | None = None) -> tuple[Unit, ...]:
    """Units named in an agency line (all units of that name), the lowest level first."""
    _, segments = _understand(" ".join(agency.split()), (), on)
    named = [s.units for s in segments if s.units]
    rank = {"xa": 0, "huyen": 1, "tinh": 2, "trung_uong": 3}
    named.sort(key=lambda us: min(rank[u.level] for u in us))
    return tuple(u for us in named for u in us)


def level_of(agency: str, on: date | None = None, *, parent: str | None = None) -> Level | None:
    """Cấp of the issuing agency; ``parent`` (cơ quan chủ quản) helps where the agency names no unit."""
    _, segments = _understand(" ".join(agency.split()), (), on)
    level = _level(segments, on)
    if level is None and parent:
        _, above = _understand(" ".join(parent.split()), (), on)
        level = _level(above, on)
    return level


def _level(segments: tuple[Segment, ...], on: date | None) -> Level | None:
    own = _issuing(segments)
    if not own:
        return None
    row, phrase = _row(own[0]), own[0].phrase
    if phrase and phrase.tag == "central":
        named = [s for s in own[1:] if s.units or s.kind]
        return "trung_uong" if not named else _unit_level(named[-1], on)
    if phrase and phrase.tag == "department":
        return "tinh"
    if row is not None and "level" in row:
        level: Level = row["level"]
        return level
    named = [s for s in own if s.units or s.kind] or [s for s in segments if s.units or s.kind]
    if named:
        return _unit_level(named[-1], on)
    first = next((s for s in segments if s.phrase and s.phrase.tag in ("central", "department")), None)
    if first is not None and first.phrase is not None:
        return "trung_uong" if first.phrase.tag == "central" else "tinh"
    return None


def _unit_level(segment: Segment, on: date | None) -> Level | None:
    if segment.kind in ("tỉnh", "quận", "huyện", "thị xã", "xã", "phường", "thị trấn", "đặc khu"):
        levels: dict[str, Level] = {"tỉnh": "tinh", "quận": "huyen", "huyện": "huyen", "thị xã": "huyen"}
        return levels.get(segment.kind, "xa")
    pool = [u for u in segment.units if u.valid_on(on)] or list(segment.units)
    found = {u.level for u in pool}
    if "tinh" in found:
        return "tinh"
    return found.pop() if len(found) == 1 else None
