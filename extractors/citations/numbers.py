"""Numbers of cited documents in running text: where they stand, and what they should look like."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from extractors.reference.abbreviations import bodies_of
from extractors.reference.doc_types import doc_type_by_abbreviation
from extractors.reference.notations import DocNumber, notation_parts, parse_number, snap_notation

_PART = r"[A-ZĐ][A-ZĐ\d&]*(?:[a-zđ]{1,2}[A-ZĐ\d&]*){0,3}"
# "76/NQ-CP", "45/2020/NĐ-CP", "01-NQ/TU", "01-NQ-TU", "23/CT-TTG", "3759 / BNV - CCHC"
_NUMBER = re.compile(
    rf"(?<![\w/.,:-])(?P<number>\d{{1,6}}[a-zA-ZđĐ]?)\s?(?P<sep>[/-])\s?"
    rf"(?:(?P<year>(?:19|20)\d\d)\s?(?P<sep2>[/-])\s?)?"
    rf"(?P<notation>{_PART}(?:\s?[-/]\s?{_PART}){{0,7}})(?!\w)"
)
_SEPARATOR = re.compile(r"\s?([-/])\s?")
_PARTY = frozenset({"TU", "TW", "ĐU", "HU", "QU"})
_LABEL_BEFORE = re.compile(r"\bsố\s*:?\s*$", re.IGNORECASE)
# A known kind of normative notation: when such a number is not in the table, that is worth a look.
_CENTRAL = re.compile(
    r"^(NĐ-CP|NQ-CP|(QĐ|CT)-TTg|TT-[A-ZĐ]+|TTLT-.+|QH\d+|NQ-UBTVQH\d+|PL-UBTVQH\d+|NQ/TW|CT/TW|KL/TW)$"
)


@dataclass(frozen=True, slots=True)
class FoundNumber:
    """A number at start..end of the text; ``parsed`` is its canonical form, anomalies what was put right."""

    start: int
    end: int
    printed: str
    parsed: DocNumber
    anomalies: tuple[str, ...]


def _cut(notation: str) -> str:
    """The leading parts that can be abbreviations: two capitals or digits each ("QĐ-UBND - Sở" -> "QĐ-UBND")."""
    pieces = re.split(r"(\s?[-/]\s?)", notation)
    kept = ""
    for i in range(0, len(pieces), 2):
        part = pieces[i]
        if sum(c.isupper() or c.isdigit() for c in part) < 2 and not doc_type_by_abbreviation(part):
            break
        kept += ("" if i == 0 else pieces[i - 1]) + part
    return kept


def canonical(number: str, sep: str, year: str | None, sep2: str | None, notation: str) -> tuple[str, tuple[str, ...]]:
    """(canonical form, anomalies) of a printed number in pieces."""
    anomalies: list[str] = []
    parts = [p.strip() for p in _SEPARATOR.split(notation)]
    words, marks = parts[0::2], parts[1::2]
    if any(s and s != "/" for s in (sep2,)) or (year and sep != "/"):
        anomalies.append("wrong_separator")
    if not year and words and words[-1] in _PARTY and len(words) == 2:
        if sep != "-" or marks != ["/"]:
            anomalies.append("wrong_separator")
        return f"{number}-{words[0]}/{words[1]}", tuple(anomalies)
    first = doc_type_by_abbreviation(words[0])
    if len(words) == 1 and first is None and year:
        glued = _unglue(words[0])
        if glued:
            words, marks = list(glued), ["-"]
            anomalies.append("wrong_separator")
    elif "/" in marks and first is not None and sep == "/":  # 23/CT/TTg
        marks = ["-" for _ in marks]
        anomalies.append("wrong_separator")
    elif sep == "-" and not year and first is not None and "/" not in marks and len(words) > 1:  # 30-QĐ-UBND
        sep = "/"
        anomalies.append("wrong_separator")
    spelled = words[0] + "".join(m + w for m, w in zip(marks, words[1:], strict=True))
    snapped = snap_notation(spelled)
    if snapped is not None and snapped.known and snapped.how == "accents":
        if snapped.value.upper() != spelled.upper():
            anomalies.append("misspelt_notation")
        spelled = snapped.value
    head = f"{number}/{year}/" if year else f"{number}{sep}"
    return head + spelled, tuple(dict.fromkeys(anomalies))


def _unglue(word: str) -> tuple[str, str] | None:
    """("NĐ", "CP") of "NĐCP": a type and a body printed without their dash."""
    if bodies_of(word):
        return None
    for cut in (4, 3, 2):
        left, right = word[:cut], word[cut:]
        if doc_type_by_abbreviation(left) and any(b.abbreviation == right for b in bodies_of(right)):
            return left, right
    return None


def find_numbers(text: str) -> Iterable[FoundNumber]:
    """Document numbers in reading order. A number needs a known type, a known body, or the word "số" before it.

    Of "Nghị định số 107, 108/2020/NĐ-CP" both are found: the first is named ``short_form``; the ends of "từ số 10
    đến số 15/QĐ-UBND" have the anomaly ``range``.
    """
    for found in _full_numbers(text):
        shorts = tuple(_short_forms(text, found))
        yield from shorts
        ranged = shorts and "range" in shorts[-1].anomalies
        yield replace(found, anomalies=(*found.anomalies, "range")) if ranged else found


# "107, ", "12/2020, ", "84 và " before a full number; "từ số 10 đến số "
_SHORT = re.compile(
    r"(?<![\w/.,:%-])(?P<number>\d{1,6}[a-zđ]?)(?:/(?P<year>(?:19|20)\d\d))?\s*(?P<glue>,|;|và|đến|-|–)\s*(?:số\s*)?$",
    re.IGNORECASE,
)
_SHORT_LEAD = re.compile(
    r"(?:\bsố|\bcác|\btừ|Nghị định|Nghị quyết|Quyết định|Kế hoạch|Thông tư|Chỉ thị|Công văn|Thông báo|Báo cáo|Tờ trình|"
    r"Hướng dẫn|Chương trình|Kết luận|Quy định)\s*:?\s*$",
    re.IGNORECASE,
)


def _short_forms(text: str, full: FoundNumber) -> Iterable[FoundNumber]:
    """Numbers that lend the rest of theirs from the full one behind them."""
    found: list[FoundNumber] = []
    at = full.start
    while len(found) < 20 and (match := _SHORT.search(text, max(0, at - 24), at)):
        year = full.parsed.year
        if (match["year"] is None) != (year is None) and match["year"] is not None:
            break
        parsed = replace(full.parsed, number=match["number"], year=int(match["year"]) if match["year"] else year)
        ranged = match["glue"] in ("đến", "-", "–")
        if ranged and int(re.sub(r"\D", "", match["number"])) >= int(re.sub(r"\D", "", full.parsed.number)):
            break
        end = match.end("year") if match["year"] else match.end("number")
        anomalies = ("short_form", "range") if ranged else ("short_form",)
        found.append(FoundNumber(match.start(), end, text[match.start() : end], parsed, anomalies))
        at = match.start()
    if not found or not _SHORT_LEAD.search(text[max(0, at - 16) : at]):
        return
    yield from reversed(found)


def _full_numbers(text: str) -> Iterable[FoundNumber]:
    for match in _NUMBER.finditer(text):
        notation = _cut(match["notation"])
        if not notation:
            continue
        end = match.start("notation") + len(notation)
        form, anomalies = canonical(match["number"], match["sep"], match["year"], match["sep2"], notation)
        parsed = parse_number(form)
        if parsed is None:
            continue
        parts = notation_parts(parsed.notation)
        labelled = bool(_LABEL_BEFORE.search(text[max(0, match.start() - 8) : match.start()]))
        term = re.fullmatch(r"QH\d{1,2}", parsed.notation)
        if not (labelled or term or (parts.type_abbr and bodies_of(parts.agency_abbr))):
            continue
        yield FoundNumber(match.start(), end, text[match.start() : end], parsed, anomalies)


def is_central(parsed: DocNumber) -> bool:
    """True for numbers of laws, decrees, circulars and the like, which a full table would hold."""
    return bool(_CENTRAL.match(parsed.notation))
