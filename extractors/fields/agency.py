"""Cơ quan ban hành and cơ quan chủ quản, from the capital lines at the upper left."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from extractors.fields.cues import cue
from extractors.fields.view import LAYER, Spot, family, value_of
from extractors.fields.wording import all_syllables, letters, line_certainty, tidy
from extractors.reference.agencies import agency_fits_notation, snap_agency
from extractors.reference.units import provinces
from schemas.extraction import FieldValue
from schemas.text import bare

_UNIT_KINDS = "TỈNH|THÀNH PHỐ|HUYỆN|QUẬN|THỊ XÃ|XÃ|PHƯỜNG|THỊ TRẤN"
_UNIT_ALONE = re.compile(r"(xa|phuong|thi tran|huyen|quan|thi xa|thanh pho|tinh)\b")
_SMALLER_AFTER_LARGER = re.compile(
    r"(?:uy ban nhan dan|ubnd) (?:tinh|thanh pho|tp|quan|huyen|thi xa)"
    r" (?:(?!nhan dan|ubnd).)*? (?:phuong|thi tran|(?<!thi )xa) "
)
_UNNAMED = re.compile(r"thanh tra (tinh|huyen|thanh pho)")  # which one stands in the line above


def read_agency(
    spots: Sequence[Spot], *, place: str | None, notation: str | None, on: date | None, goes_on: bool = False
) -> tuple[FieldValue, FieldValue]:
    """(issuing_agency_name, parent_agency_name) with accents put right where the name is a known one.

    ``goes_on``: a row under the last one may belong to the name.
    """
    if not spots:
        return FieldValue(reasons=("not_found",)), FieldValue(reasons=("not_found",))
    cut = _split(spots)
    issuer = _named(spots[cut:], place=place, notation=notation, on=on)
    headless = cut == 0 and isinstance(issuer.value, str) and _unnamed(issuer.value)
    if _bare_unit(issuer.value) or headless or _holes(spots) or goes_on:
        issuer = _doubted(issuer, "agency_incomplete")
    if cut == 0:
        return issuer, FieldValue(needs_review=issuer.needs_review, score=issuer.score, reasons=("not_printed",))
    parent = _named(spots[:cut], place=place, notation=None, on=on)
    if parent.needs_review:  # the two lines are one name on the paper: half of it in doubt is all of it in doubt
        issuer = _doubted(issuer, "parent_doubtful")
    return issuer, parent


def _unnamed(name: str) -> bool:
    """A department without its unit ("SỞ XÂY DỰNG", "PHÒNG KINH TẾ"): the line above that says whose was not read."""
    key = bare(name)
    if _UNNAMED.fullmatch(key):
        return True
    if not re.match(r"(so|phong|chi cuc|thanh tra so|van phong (so|dang ky))\b", key):
        return False
    return not re.search(r"\b(tinh|huyen|quan|thi xa|thanh pho|xa|phuong)\b", key) and not any(
        re.search(rf"\b{re.escape(bare(unit.short))}\b", key) for unit in provinces()
    )


def _doubted(field: FieldValue, why: str) -> FieldValue:
    return field.model_copy(
        update={"needs_review": True, "score": min(field.score, 0.5), "reasons": (*field.reasons, why)}
    )


def _bare_unit(value: object) -> bool:
    """Only a unit's name, alone or after the committee of a larger one: the words ỦY BAN NHÂN DÂN were not read."""
    return isinstance(value, str) and bool(_UNIT_ALONE.match(bare(value)) or _SMALLER_AFTER_LARGER.search(bare(value)))


def _holes(spots: Sequence[Spot]) -> bool:
    """Room for a line nobody read between two lines of the block."""
    return any(b.box.y0 - a.box.y1 > 1.1 * max(a.box.height, b.box.height) for a, b in pairwise(spots))


def _split(spots: Sequence[Spot]) -> int:
    """Index of the first line of the issuer; 0 when the whole block is one agency."""
    for i in range(len(spots) - 1, 0, -1):
        key = bare(spots[i].text).strip(" .,;:-_'\"|")
        above = bare(spots[i - 1].text).strip(" .,;:-_'\"|")
        goes_on = cue("continues").search(above) and not re.match(r"^(tinh|thanh pho|ubnd|uy ban)", above)
        if not cue("new_body").search(key) or goes_on:
            continue
        if re.match(r"^ban\b", key) and above.endswith(("uy", "hoi dong")):
            continue
        if re.match(r"^(nhan dan|dan)\b", key):
            continue
        return i
    return 0


def _named(spots: Sequence[Spot], *, place: str | None, notation: str | None, on: date | None) -> FieldValue:
    """One agency over one or more lines; the best known name among all readings."""
    best: tuple[float, str, set[str], bool, str] | None = None
    readers = sorted({family(r) for s in spots for r, _, _ in s.texts()}) or [LAYER]
    texts: dict[str, set[str]] = {}
    for reader in readers:
        parts = [_without_dust(_by(s, reader)) for s in spots]
        texts.setdefault(tidy(" ".join(parts)).upper(), set()).add(reader)  # a reader may lose the case of capitals
    shown = tidy(" ".join(_without_dust(s.text) for s in spots)).upper()
    texts.setdefault(shown, set())
    values: dict[str, tuple[set[str], float, bool, str]] = {}
    official: set[str] = set()
    for text, witnesses in texts.items():
        if not text:
            continue
        match = snap_agency(_strip(text), place=place, notation=notation, on=on)
        value, score, known, how = (
            (match.value, match.score, match.known, match.how) if match else (_strip(text), 0.3, False, "unknown")
        )
        typed = LAYER in witnesses  # not read: accents are as they are, whatever the list says
        if typed and ((not known and bare(value) == bare(_strip(text))) or (how == "accents" and all_syllables(text))):
            value = _strip(text)
        if match is not None and known and _marks(value) == _marks(match.name):
            official.add(value)
        old = values.get(value, (set(), 0.0, False, how))
        values[value] = (old[0] | witnesses, max(old[1], score), old[2] or known, how)
    for value, (witnesses, score, known, how) in values.items():
        rank = score + 0.05 * len(witnesses) + 0.3 * known + (0.02 if letters(value) == letters(shown) else 0.0)
        rank += 0.1 * (value in official)
        if best is None or rank > best[0]:
            best = (rank, value, witnesses, known, how)
    if best is None:
        return FieldValue(reasons=("unreadable",))
    _, value, witnesses, known, how = best
    fit = agency_fits_notation(value, notation, on=on) if notation else "unknown"
    spelled_alike = sum(any(letters(_strip(t)) == letters(value) for t, w in texts.items() if r in w) for r in readers)
    agreed = LAYER in witnesses or len(witnesses) >= 2
    # A unit's name that no list knows is most likely cut short ("TỈNH QUẢNG").
    complete = _complete(value) and (known or not re.search(r"\b(tinh|huyen|xa|phuong|thanh pho)\b", bare(value)))
    lines_ok = all(line_certainty(s)[0] for s in spots)
    # A comma to one reader, a dash to another, and the list knows neither.
    marks_open = value not in official and any(
        letters(v) == letters(value) and _marks(v) != _marks(value) for v in values
    )
    sure = (
        complete
        and not marks_open
        and fit != "conflict"
        and ((known and (agreed or spelled_alike >= 2 or (fit == "fits" and how != "edit"))) or (agreed and lines_ok))
    )
    reasons = [
        f"agency_{how}" if known else "agency_unknown",
        f"notation_{fit}",
        "readers_agree" if agreed else "one_reader",
    ]
    if not complete:
        reasons.append("agency_incomplete")
    if marks_open:
        reasons.append("marks_differ")
    score = (
        0.45 * (1.0 if complete else 0.6)
        + 0.25 * known
        + 0.15 * agreed
        + 0.1 * (fit == "fits")
        - 0.25 * (fit == "conflict")
    )
    return value_of(value, spots, score=min(score, 0.99), sure=sure, reasons=reasons)


def _marks(name: str) -> list[str]:
    """Commas and dashes of a name, in order."""
    return re.findall(r"[,-]", name.replace("–", "-").replace("—", "-"))


def _complete(value: str) -> bool:
    """A name that does not stop in the middle: not "SỞ ... VÀ", not a People's Committee without its unit."""
    key = bare(value)
    if not re.fullmatch(r"[^\W_\d][^_|~*<>=]*", value) or " " not in value or "--" in value:
        return False
    if re.search(r"\b(va|cua|cac|ve|nhan dan|tinh|huyen|xa|phuong|thanh pho)\W*$", key):
        return bool(_UNNAMED.fullmatch(key))
    return value.isupper() and not re.fullmatch(r"\W*(ubnd|uy ban|hdnd|hoi dong)\W*", key)


def _by(spot: Spot, reader: str) -> str:
    """What one reader saw on the line (its surest plane); the shown text when it did not read this line."""
    own = [(score, text) for r, text, score in spot.texts() if family(r) == reader]
    return max(own)[1] if own else spot.text


def _without_dust(text: str) -> str:
    """One line of a name; a dash or comma at its end belongs to the name ("BÀ RỊA -", "VĂN HÓA, THỂ THAO,")."""
    return re.sub(r"^[^\w(\-–]+", "", text).strip(" \"'“”‘’`|_~¬«»*^•·\\")


def _strip(text: str) -> str:
    """Dust before and after the capitals of an agency line."""
    text = re.sub(r"^[^\wÀ-ỹ]+|[^\wÀ-ỹ).]+$", "", text)
    text = re.sub(r"^(?:[^\W\d_]{1,2}[.,;:'\"-]+\s+)+(?=[A-ZĐÀ-Ỹ]{2})", "", text)
    text = re.sub(r"(?<!\w)['‘’\"“”`]+(?=\w)", "", text)
    text = re.sub(r"[:;]", "", text)
    # A speck before a word or between two: "PHỐ.HỒ", but not "TP.HỒ".
    text = re.sub(r"(?<=\s)[.,'](?=[^\W\d_]{2})", "", text)
    text = re.sub(r"(?<=[^\W\d_]{3})\.(?=[^\W\d_]{2})", " ", text)
    text = re.sub(rf"(?<=NHÂN DÂN)[\s.,–-]+(?=(?:{_UNIT_KINDS})\b)", " ", text)  # specks between the two lines
    text = re.sub(r"(?<=\bVÀ)[.,'](?=\s)", "", text)  # no mark stands behind "và": a speck
    return tidy(text)
