"""Địa danh và ngày ban hành (place, issued_date) from the line under the motto."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from extractors.fields.view import LAYER, Spot, backed_by_twins, family, take_vote, value_of
from extractors.reference.units import find_unit, place_matches_agency, snap_place
from schemas.extraction import FieldValue
from schemas.text import bare, fold

# Matched on the text without accents, offsets are those of the text itself. "Ngãi" is a place (Quảng Ngãi), no "ngày".
_DATE = re.compile(
    r"ng(?!ai\b)[a-z]{1,2}[\s.:,;]{0,3}(?P<day>.{0,8}?)[\s.:,;]{0,2}\s*t[nh]{1,2}[a-z]{1,2}g[\s.:,;]{0,3}"
    r"(?P<month>.{0,6}?)[\s.:,;]{0,2}\s*n[a-z]m[\s.:,;]{0,3}(?P<year>[\dolisz ]{4,6})"
)
_TWINS = str.maketrans(
    {"o": "0", "l": "1", "i": "1", "|": "1", "z": "2", "s": "5", "/": "1", "!": "1", "q": "9", "b": "6"}
)
FIRST_YEAR = 1945
AS_PRINT = 0.9999  # of 31 written days on which both readers agreed, the one that was wrong scored less


@dataclass(frozen=True, slots=True)
class DateSlot:
    """Day, month and year as one reading saw them; ``clean`` when all were digits as they stand."""

    day: int
    month: int
    year: int
    clean: bool
    whole: bool = True  # every sign became a digit, none was dropped

    def as_date(self) -> date | None:
        try:
            return date(self.year, self.month, self.day)
        except ValueError:
            return None


def parse_date(text: str) -> DateSlot | None:
    """Take "Hà Nội, ngày 08 tháng 7 năm 2019" apart; None when no year stands there."""
    m = _DATE.search(bare(text))
    if not m:
        return None
    raw = [m["day"], m["month"], m["year"]]
    mended = [re.sub(r"[\s.,:;_'\"`~-]", "", r).translate(_TWINS) for r in raw]
    digits = [re.sub(r"\D", "", r) for r in mended]
    whole = digits == mended
    clean = all(re.fullmatch(r"\d{1,4}", r.strip(" .,:;_'\"`~-")) for r in raw)
    if not digits[2] or len(digits[2]) != 4:
        return None
    day, month, year = (int(d[:4]) if d else 0 for d in digits)
    return DateSlot(day, month, year, clean, whole)


def read_date(spot: Spot | None, *, latest: date, pen: bool | None = None) -> tuple[FieldValue, date | None]:
    """Ngày ban hành. Sure only when two readers agree on day, month and year. ``latest``: no later date is possible.

    ``pen``: the day is written by hand (None: unknown); then the line reader must be as sure as of print, too.
    """
    if spot is None:
        return FieldValue(reasons=("not_found",)), None
    votes = take_vote(spot, lambda t: _real(parse_date(t), latest, only_clean=True))
    if votes:
        value, vote = votes[0]
        echoed = not vote.corroborated and backed_by_twins(
            spot, value, vote, lambda t: _real(parse_date(t), latest, only_whole=True)
        )
        sure = (vote.corroborated or echoed) and not vote.against
        reasons = ["readers_agree" if vote.corroborated else "twins_agree" if echoed else "one_reader"]
        if vote.against:
            reasons.append("readers_differ")
        if pen is not None:
            reasons.append("strokes_pen" if pen else "strokes_print")
        if pen and vote.score < AS_PRINT:
            sure = False
        if spot.origin == "ocr" and not sure and pen is not False:
            reasons.append("maybe_handwritten")
        score = 0.97 if sure else 0.45 + 0.35 * vote.score - 0.1 * bool(vote.against)
        return value_of(value.isoformat(), (spot,), score=score, sure=sure, reasons=reasons), value
    guesses = take_vote(spot, lambda t: _real(parse_date(t), latest))
    if guesses:
        value, vote = guesses[0]
        reasons = ["guessed_digits", *(() if pen is False else ("maybe_handwritten",))]
        return value_of(value.isoformat(), (spot,), score=0.3 * vote.score, sure=False, reasons=reasons), value
    return value_of(None, (spot,), score=0.0, sure=False, reasons=("unreadable", "maybe_handwritten")), None


def _real(slot: DateSlot | None, latest: date, *, only_clean: bool = False, only_whole: bool = False) -> date | None:
    if slot is None or (only_clean and not slot.clean) or (only_whole and not slot.whole):
        return None
    value = slot.as_date()
    return value if value and value.year >= FIRST_YEAR and value <= latest else None


def read_place(spot: Spot | None, *, agency: str | None, on: date | None, cut: bool = False) -> FieldValue:
    """Địa danh: a known unit's name, accents put right; sure when it suits the agency or readers agree.

    ``cut``: the line beside runs into this one, so that the first word ("TP.") may have been read over there.
    """
    if spot is None:
        return FieldValue(reasons=("not_found",))
    candidates: dict[str, tuple[set[str], float, str]] = {}
    for reader, text, score in spot.texts():
        printed = _before_date(text)
        if not printed:
            continue
        match = snap_place(printed, on=on)
        value, how, worth = (match.value, match.how, match.score) if match else (printed, "unknown", 0.3)
        witnesses, best, _ = candidates.get(value, (set(), 0.0, how))
        witnesses.add(family(reader))
        candidates[value] = (witnesses, max(best, worth * (0.5 + 0.5 * score)), how)
    if not candidates:
        return value_of(None, (spot,), score=0.0, sure=False, reasons=("unreadable",))
    value, (witnesses, worth, how) = max(
        candidates.items(), key=lambda c: (c[1][2] != "unknown", len(c[1][0]), c[1][1])
    )
    agreed = LAYER in witnesses or len(witnesses) >= 2
    if agency and not agreed and (spelled := _as_spelled_in(agency, value)):
        value, how = spelled, "accents"
    fit = place_matches_agency(value, agency, on) if agency else "unknown"
    known = how != "unknown"
    sure = fit != "conflict" and known and (fit == "fits" or agreed)
    reasons = [f"place_{how}", f"agency_{fit}", "readers_agree" if agreed else "one_reader"]
    if cut and spot.origin == "ocr":
        sure, reasons = False, [*reasons, "cut_off"]
    score = 0.4 + 0.3 * worth + 0.15 * agreed + 0.14 * (fit == "fits") - 0.2 * (fit == "conflict")
    return value_of(value, (spot,), score=score, sure=sure, reasons=reasons)


def _as_spelled_in(agency: str, place: str) -> str | None:
    """The place as the agency's own name has it, where both have the same letters and other accents: a Lang Sơn
    exists, but the agency is Lạng Sơn's. A spelling that no unit has ("LẠNG SON") is a misreading of the letterhead."""
    m = re.search(rf"\b{re.escape(bare(place))}\b", bare(agency))
    if m is None or fold(agency[m.start() : m.end()]) == fold(place):
        return None
    spelled = " ".join(word.capitalize() for word in agency[m.start() : m.end()].split())
    return spelled if any(fold(unit.short) == fold(spelled) for unit in find_unit(spelled)) else None


def _before_date(text: str) -> str | None:
    """What stands before "ngày": the place, without dust and the comma."""
    key = bare(text)  # the comma decides: "Ngân Sơn, ngày", "Quảng Ngãi, ngày"
    m = re.search(r",\s*n[gq]", key) or re.search(r"\s*\bng(?!ai\b)[a-z]{1,2}\W?[\s\d{|(/]", key)
    end = m.start() if m else text.find(",")
    if end <= 1:
        return None
    printed = re.sub(r"^[^\w]+", "", text[:end]).strip(" ,.;:'\"-_")
    return printed if len(fold(printed)) >= 3 else None
