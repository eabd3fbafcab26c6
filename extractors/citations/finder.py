"""Finds citations: number, kind before it, date and issuer after it, also across a line end."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from extractors.citations.known import known_document
from extractors.citations.numbers import FoundNumber, find_numbers, is_central
from extractors.citations.pagetext import PageText, page_text
from extractors.reference.phrase_index import PhraseHit, citation_phrases
from schemas.extraction import Citation, CitationSource
from schemas.reading import PageReading, Reading

# "02 tháng 8 năm 2021", "15/7/2021"
_DAY = r"(?P<date>(?P<d>\d{1,2})\s*(?:[/.-]|tháng)\s*(?P<m>\d{1,2})\s*(?:[/.-]|năm)\s*(?P<y>\d{4}))"
_DATE = re.compile(r"\s*,?\s*(?:ký\s+|được ban hành\s+)?ngày\s*" + _DAY)
_BY = re.compile(
    r"\s*,?\s*(?:của|do)\s+"
    r"(?:(?:Bộ trưởng|Chủ tịch|Thống đốc|Giám đốc|Tổng Kiểm toán|Ban Thường vụ|Hội nghị[^,;.]{0,30}?)\s+)?"
)
_AFTER_UNIT = re.compile(r"\s+(tỉnh|thành phố|huyện|xã)(?![\w])")
_KIND_GAP = re.compile(r"\s*(?:số)?\s*:?\s*$", re.IGNORECASE)
_OWN_NUMBER = re.compile(r"^\W{0,3}Số\s*[:.]?\s*$", re.IGNORECASE)
_UNNUMBERED = re.compile(r"(?P<name>(?:Bộ luật|Luật|Pháp lệnh) [^\d;:.()]{3,90}?)\s+ngày\s+" + _DAY)
_LAW_WORDS = re.compile(r"(Bộ luật|Luật|Pháp lệnh|Nghị quyết)\s[^;]{0,160}$")


def find_citations(reading: Reading) -> tuple[Citation, ...]:
    """Citations in reading order; ``line.text[start:end] == number_printed`` for each.

    The document's own number ("Số: ..." at the beginning of a line of page 1) is left out. A number that runs
    over a line end has the anomaly ``split_line`` and its source covers the part on the first line. A law cited
    by name and date only has no number, and its source covers the name.
    """
    found: list[Citation] = []
    for page in reading.pages:
        if page.state == "text":
            found += _page_citations(page)
    return tuple(found)


def _page_citations(page: PageReading) -> Iterable[Citation]:
    whole = page_text(page)
    if not any(c.isdigit() for c in whole.text):
        return
    hits: tuple[PhraseHit, ...] | None = None
    taken: list[tuple[int, Citation]] = []
    for number in find_numbers(whole.text):
        if page.number == 1 and _is_own(whole, number.start):
            continue
        if hits is None:
            hits = citation_phrases().find(whole.text)
        taken.append((number.start, _citation(page, whole, number, hits)))
    spans = [n for n, _ in taken]
    for match in _UNNUMBERED.finditer(whole.text):
        if any(match.start() <= n <= match.end() for n in spans):
            continue
        line, start, end, fits = whole.place(match.start("name"), match.end("name"))
        printed, iso = _dates(match)
        if iso is None:
            continue
        taken.append(
            (
                match.start(),
                Citation(
                    kind="luat",
                    date_printed=printed,
                    date_canonical=iso,
                    resolved=False,
                    anomalies=() if fits else ("split_line",),
                    source=CitationSource(page=page.number, line=line + 1, start=start, end=end),
                ),
            )
        )
    yield from (citation for _, citation in sorted(taken, key=lambda t: t[0]))


def _is_own(whole: PageText, start: int) -> bool:
    line, raw_start, _, _ = whole.place(start, start + 1)
    view = whole.lines[line]
    return line < 15 and bool(_OWN_NUMBER.match(view.text[: start - whole.starts[line]])) and raw_start >= 0


def _dates(match: re.Match[str]) -> tuple[str, str | None]:
    try:
        return match["date"], date(int(match["y"]), int(match["m"]), int(match["d"])).isoformat()
    except ValueError:
        return match["date"], None


def _citation(page: PageReading, whole: PageText, number: FoundNumber, hits: tuple[PhraseHit, ...]) -> Citation:
    text, anomalies = whole.text, list(number.anomalies)
    line, start, end, fits = whole.place(number.start, number.end)
    raw = page.lines[line].text[start:end]
    if not fits:
        anomalies.append("split_line")
    after = number.end
    date_printed: str | None = None
    date_canonical: str | None = None
    if dated := _DATE.match(text, after):
        date_printed, date_canonical = _dates(dated)
        if date_canonical is None:
            anomalies.append("impossible_date")
        after = dated.end()
    canonical = str(number.parsed)
    known = known_document(canonical)
    if known is not None and known.number.upper() == canonical.upper():
        canonical = known.number if number.parsed.notation.upper() == canonical.upper() else canonical
    if date_canonical is not None:
        firm = known.date if known is not None and known.date_is_firm else None
        year = number.parsed.year
        if (firm is not None and firm != date_canonical) or (year is not None and str(year) != date_canonical[:4]):
            anomalies.append("date_mismatch")
    if known is None and is_central(number.parsed):
        anomalies.append("unknown")
    return Citation(
        kind=_kind(text, number, hits),
        number_printed=raw if fits else number.printed,
        number_canonical=canonical,
        date_printed=date_printed,
        date_canonical=date_canonical,
        issuer=_issuer(text, after, hits),
        resolved=known is not None,
        anomalies=tuple(dict.fromkeys(anomalies)),
        source=CitationSource(page=page.number, line=line + 1, start=start, end=end),
    )


def _kind(text: str, number: FoundNumber, hits: tuple[PhraseHit, ...]) -> str:
    """Kind by the word right before the number, else by the notation, else by the nearest law word; else "khac"."""
    before = [h for h in hits if h.label == "doc_type" and h.end <= number.start and number.start - h.end <= 12]
    for hit in reversed(before):
        if _KIND_GAP.fullmatch(text[hit.end : number.start]):
            return hit.name
    implied = number.parsed.type_key
    if implied is not None:
        return implied
    if law := _LAW_WORDS.search(text[max(0, number.start - 200) : number.start]):
        words = re.findall(r"Bộ luật|Luật|Pháp lệnh|Nghị quyết", law[0])
        return {"Nghị quyết": "nghi_quyet", "Pháp lệnh": "khac"}.get(words[-1], "luat")
    return "khac"


def _issuer(text: str, after: int, hits: tuple[PhraseHit, ...]) -> str | None:
    """The agency named right behind ("của Bộ Nội vụ"), as printed; None when none is known there."""
    by = _BY.match(text, after)
    if by is None:
        return None
    at = [h for h in hits if h.label == "agency" and h.start == by.end()]
    if not at:
        return None
    end = max(h.end for h in at)
    if unit := _AFTER_UNIT.match(text, end):
        end = unit.end()
    return text[by.end() : end]
