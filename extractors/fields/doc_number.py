"""Số, ký hiệu (doc_number): number and notation as printed, from every reading of the number line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from extractors.fields.view import LAYER, Spot, backed_by_twins, family, take_vote, value_of
from extractors.reference.agencies import agency_fits_notation
from extractors.reference.notations import notation_type, snap_notation
from schemas.extraction import FieldValue

_LABEL = re.compile(
    r"^\W{0,3}(?:m[ãa]\s)?[sS5][ốôồổỗộoóòỏõọ0éêếđáâấớơ6e]{0,2}[\s:.,;]{0,4}(?=[\d|/\\lIiOoĐđ?†‡({\[»«_\s.,:;~]|$)",
    re.IGNORECASE,
)
_FORMS = frozenset({"giay_phep", "giay_chung_nhan", "giay_xac_nhan", "chung_chi", "trich_luc", "giay_moi"})
_DASH = str.maketrans({"–": "-", "—": "-", "‐": "-", "−": "-", "\\": "/"})
_DIGIT_TWINS = str.maketrans(
    {"O": "0", "o": "0", "l": "1", "I": "1", "|": "1", "i": "1", "Z": "2", "z": "2", "S": "5", "B": "8"}
)


@dataclass(frozen=True, slots=True)
class NumberSlot:
    """What one reading of the line says: digits ("" when unread), the year inside it, the notation as read."""

    number: str
    year: str
    notation: str
    clean: bool  # digits stood there as digits, nothing was guessed
    whole: bool = True  # every sign became a digit, none was dropped


def parse_slot(text: str) -> NumberSlot | None:
    """Take "Số: 68 /QĐ-UBND" apart; None when the text has no notation at all."""
    text = " ".join(text.translate(_DASH).split())
    label = _LABEL.match(text)
    rest = text[label.end() :] if label else text
    smudged = bool(re.match(r"[ .,:;_]*[|'\"`~!\[({\\‘’“”]", rest))  # a pen stroke there may be a lost digit
    rest = rest.strip(" .,:;|_~'\"")
    party = re.match(r"^(\d{1,5})\s*-\s*([A-ZĐ]{2,4}[A-Za-zĐđ]*)\s*/\s*([A-ZĐ&\-]{2,12})$", rest)
    if party:
        return NumberSlot(party[1], "", f"{party[2]}/{party[3]}", True)
    parts = [p.strip() for p in rest.split("/")]
    if len(parts) < 2:
        found = re.match(r"^([\d .]{1,8})\s*([A-ZĐ][A-Za-zĐđ&]*-[A-ZĐa-zđ\-&]+)$", rest)
        code = re.fullmatch(r"[0-9A-Z][0-9A-Z.\-]{3,17}", rest) if label else None
        if code and sum(c.isdigit() for c in rest) >= 4:
            return NumberSlot(rest, "", "", True)  # a register number alone: "Số: 21F8497969"
        if not found:
            return None
        parts = [found[1].strip(), found[2]]
    notation = re.sub(r"\s*-\s*", "-", parts[-1])
    notation = notation.split(" ")[0].strip(" .,:;_'\"|") if " " in notation else notation.strip(" .,:;_'\"|")
    if not re.search(r"[A-ZĐa-zđ]{2}", notation):
        return None
    notation = "-".join(_capitals(part) for part in notation.split("-"))
    year = ""
    digits = parts[:-1]
    if len(digits) >= 2 and re.fullmatch(r"(19|20)\d\d", digits[-1]):
        year = digits[-1]
        digits = digits[:-1]
    raw = "/".join(digits).strip(" .,:;_'\"~-")
    number = raw.replace(" ", "")
    clean = bool(re.fullmatch(r"\d{1,6}", number)) and not smudged
    whole = clean
    if not clean:
        mended = number.translate(_DIGIT_TWINS).replace("/", "1")
        number = re.sub(r"[^\d]", "", mended)[:6]
        whole = number == mended and not smudged
    return NumberSlot(number, year, notation, clean, whole)


def _capitals(part: str) -> str:
    """A part whose capitals a reader lost: "qđ", "Qlvh". "TTr" and "GDTrH" stay."""
    lost = part.islower() or (len(part) >= 4 and part[0].isupper() and part[1:].islower())
    return part.upper() if lost else part


@dataclass(frozen=True, slots=True)
class NumberFields:
    doc_number: FieldValue
    code_number: FieldValue
    code_notation: FieldValue
    implied_type: str | None
    handwritten: bool


def read_doc_number(
    spot: Spot | None, *, agency: str | None, doc_type: str | None, on: date | None, pen: bool | None = None
) -> NumberFields:
    """The number line as three fields. Sure only when two readers see the same digits and the notation is known.

    ``pen``: the number is written by hand (None: unknown); then look-alikes are no corroboration.
    """
    if spot is None:
        missing = FieldValue(reasons=("not_found",))
        return NumberFields(missing, missing, missing, None, False)
    slots = take_vote(spot, parse_slot)
    if not slots:
        missing = value_of(None, (spot,), score=0.0, sure=False, reasons=("unreadable",))
        return NumberFields(missing, missing, missing, None, False)
    notation, notation_ok, notation_why = _notation(spot, agency, on)
    numbers = take_vote(spot, lambda t: _digits(parse_slot(t)))
    clean = take_vote(spot, lambda t: _digits(parse_slot(t), only_clean=True))
    years = take_vote(spot, lambda t: (parse_slot(t) or NumberSlot("", "", "", False)).year or None)
    year = years[0][0] if years else ""
    implied = notation_type(notation) if notation else None
    reasons = list(notation_why)
    pick = clean or numbers
    number = pick[0][0] if pick else ""
    vote = pick[0][1] if pick else None
    echoed = (
        bool(clean)
        and vote is not None
        and not vote.corroborated
        and backed_by_twins(spot, number, vote, lambda t: _digits(parse_slot(t), only_whole=True))
    )
    corroborated = bool(clean) and vote is not None and (vote.corroborated or echoed) and not vote.against
    if vote is not None and vote.corroborated:
        reasons.append("readers_agree")
    elif echoed:
        reasons.append("twins_agree")
    elif vote is not None:
        reasons.append("one_reader" if not vote.against else "readers_differ")
    if pen is not None:
        reasons.append("strokes_pen" if pen else "strokes_print")
    if pen and echoed:
        corroborated = False
    handwritten = spot.origin == "ocr" and not corroborated and pen is not False
    if handwritten:
        reasons.append("maybe_handwritten")
    if implied == "cong_van" and doc_type in _FORMS:
        implied = None  # "87/UBND-XNTTHN" on a form: numbered like a letter, its type is what the form says
    type_ok = implied is None or doc_type is None or implied == doc_type
    reasons.append("type_fits" if implied and doc_type and type_ok else "type_conflict" if not type_ok else "type_open")
    fit = agency_fits_notation(agency, notation, on=on) if agency and notation else "unknown"
    reasons.append(f"agency_{fit}")
    sure_notation = notation_ok and type_ok and fit != "conflict"
    sure = corroborated and sure_notation and bool(number) and not (year and on and int(year) != on.year)
    score = _score(corroborated, sure_notation, fit, vote.score if vote else 0.0)
    separator = "-" if "/" in (notation or "") else "/"
    full = None
    if (
        number
        and notation is None
        and not any((parse_slot(t) or NumberSlot("", "", "x", False)).notation for _, t, _ in spot.texts())
    ):
        full = number
        sure = corroborated
    elif number and notation:
        full = f"{number}/{year}/{notation}" if year else f"{number}{separator}{notation}"
    return NumberFields(
        value_of(full, (spot,), score=score, sure=sure and full is not None, reasons=reasons),
        value_of(number or None, (spot,), score=score, sure=corroborated and bool(number), reasons=reasons),
        value_of(notation, (spot,), score=0.97 if sure_notation else 0.6, sure=sure_notation, reasons=notation_why),
        implied,
        handwritten,
    )


def _digits(slot: NumberSlot | None, *, only_clean: bool = False, only_whole: bool = False) -> str | None:
    if slot is None or not slot.number or (only_clean and not slot.clean) or (only_whole and not slot.whole):
        return None
    return slot.number


def _notation(spot: Spot, agency: str | None, on: date | None) -> tuple[str | None, bool, tuple[str, ...]]:
    """The notation with reading errors mended against known parts; (value, corroborated, why)."""
    candidates: dict[str, tuple[set[str], float, bool]] = {}
    seen = [(family(reader), parse_slot(text), score) for reader, text, score in spot.texts()]
    printed = [(who, slot.notation, score) for who, slot, score in seen if slot is not None and slot.notation]
    for who, notation, score in printed:
        match = snap_notation(notation, agency=agency)
        value, known = (match.value, match.known) if match else (notation, False)
        alike = {other for other, text, _ in printed if text == notation}
        if (who == LAYER or len(alike) >= 2) and notation.count("Đ") > value.count("Đ"):
            value, known = notation, False  # nobody types Đ for D, nor do two see its bar: "ĐT" may be Đồng Tháp
        worth = (match.score if match else 0.3) * (0.5 + 0.5 * score)
        witnesses, best, was = candidates.get(value, (set(), 0.0, False))
        witnesses.add(who)
        candidates[value] = (witnesses, max(best, worth), was or known)
    if not candidates:
        return None, False, ("notation_unread",)

    def rank(item: tuple[str, tuple[set[str], float, bool]]) -> tuple[bool, int, float]:
        value, (witnesses, worth, known) = item
        fits = bool(agency) and agency_fits_notation(agency or "", value, on=on) == "fits"
        return fits, len(witnesses) + known, worth

    value, (witnesses, _, known) = max(candidates.items(), key=rank)
    agreed = len(witnesses) >= 2 or "pdf_text" in witnesses
    fits = bool(agency) and agency_fits_notation(agency or "", value, on=on) == "fits"
    why = ["notation_known"] if known else ["notation_unknown"]
    if agreed:
        why.append("notation_agreed")
    # A rival reading of the letters speaks against a single witness, unless the type's letters stand before it, too.
    alone = len(candidates) == 1 or notation_type(value) not in (None, "cong_van")
    return value, (agreed and (known or fits)) or (alone and known and fits) or "pdf_text" in witnesses, tuple(why)


def _score(corroborated: bool, notation_ok: bool, fit: str, reading: float) -> float:
    score = 0.35 + 0.25 * reading
    if corroborated:
        score += 0.25
    if notation_ok:
        score += 0.1
    if fit == "fits":
        score += 0.04
    elif fit == "conflict":
        score -= 0.2
    return score
