"""Finds citations: number, kind before it, date, issuer and subject after it, also across a line end."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from extractors.citations.issuers import issuer_at
from extractors.citations.known import known_document, likely_meant, out_of_force
from extractors.citations.laws import find_laws
from extractors.citations.numbers import FoundNumber, find_numbers, is_central
from extractors.citations.pagetext import PageText, page_texts
from extractors.reference.phrase_index import PhraseHit, citation_phrases
from schemas.extraction import Citation, CitationSource
from schemas.reading import Reading

# "02 tháng 8 năm 2021", "15/7/2021"
DAY = r"(?P<date>(?P<d>\d{1,2})\s*(?:[/.-]|tháng)\s*(?P<m>\d{1,2})\s*(?:[/.-]|năm)\s*(?P<y>\d{4}))(?!\d)"
_DATE = re.compile(r"\s*,?\s*\(?(?:ký\s+|được ban hành\s+|ban hành\s+)?ngày\s*" + DAY + r"\)?")
_KIND_GAP = re.compile(r"\s*(?:số)?\s*:?\s*$", re.IGNORECASE)
_OWN_NUMBER = re.compile(r"^\W{0,3}Số\s*[:.]?\s*$", re.IGNORECASE)
_LAW_WORDS = re.compile(r"(Bộ luật|Luật|Pháp lệnh|Nghị quyết)\s[^;]{0,160}$")
_LIST_GLUE = re.compile(r"\s*(?:,|;|và|hoặc)?\s*(?:các\s+)?(?:\w+\s+){0,3}(?:số\s*)?:?\s*", re.IGNORECASE)
_SUBJECT = re.compile(
    r"\s*,?\s*(?:\([^)]{0,60}\)\s*)?(?P<subject>(?:về\b|ban hành|phê duyệt|quy định|sửa đổi|hướng dẫn|công bố|v/v)"
    r"[^;.()\n]{3,220})",
    re.IGNORECASE,
)
_SUBJECT_ENDS = re.compile(
    r"\s*(?:,\s*(?:tập trung|trong đó)\b|\bnhằm\b|,?\s+và\s+(?:Nghị|Quyết|Kế|Thông|Chỉ|Công)\b).*$|\s*[,:]?\s*$"
)


def find_citations(reading: Reading) -> tuple[Citation, ...]:
    """Citations in reading order; ``line[start:end] == number_printed`` for each that has a number.

    The document's own number ("Số: ..." at the beginning of a line of page 1) is left out. A number that runs
    over a line end has the anomaly ``split_line`` and its source covers the part on the first line. A law cited
    by name only has no number, and its source covers the name.
    """
    found: list[Citation] = []
    for whole in page_texts(reading):
        found += _page_citations(whole)
    return tuple(found)


def _page_citations(whole: PageText) -> Iterable[Citation]:
    text = whole.text
    if not any(c.isdigit() for c in text) and "uật " not in text:
        return
    numbers = [n for n in find_numbers(text) if not (whole.number == 1 and _is_own(whole, n.start))]
    hits = citation_phrases().find(text) if numbers else ()
    made: list[tuple[int, Citation]] = []
    starts = [n.start for n in numbers] + [len(text)]
    for number, upto in zip(numbers, starts[1:], strict=True):
        made.append((number.start, _citation(whole, number, hits, upto)))
    made = _share_issuers(text, numbers, made)
    for law in find_laws(text, [(n.start, n.end) for n in numbers]):
        line, start, end, fits = whole.place(law.start, law.end)
        made.append(
            (
                law.start,
                Citation(
                    kind=law.kind,
                    date_printed=law.date_printed,
                    date_canonical=law.date_canonical,
                    resolved=False,
                    anomalies=() if fits else ("split_line",),
                    source=CitationSource(page=whole.number, line=line + 1, start=start, end=end),
                    subject=" ".join(text[law.start : law.end].split()),
                ),
            )
        )
    yield from (citation for _, citation in sorted(made, key=lambda t: t[0]))


def _is_own(whole: PageText, start: int) -> bool:
    line, raw_start, _, _ = whole.place(start, start + 1)
    view = whole.lines[line]
    return line < 40 and bool(_OWN_NUMBER.match(view.text[: start - whole.starts[line]])) and raw_start >= 0


def _dates(match: re.Match[str]) -> tuple[str, str | None]:
    try:
        return match["date"], date(int(match["y"]), int(match["m"]), int(match["d"])).isoformat()
    except ValueError:
        return match["date"], None


def _citation(whole: PageText, number: FoundNumber, hits: tuple[PhraseHit, ...], upto: int) -> Citation:
    text, anomalies = whole.text, list(number.anomalies)
    line, start, end, fits = whole.place(number.start, number.end)
    raw = whole.raw[line][start:end]
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
    known = known_document(canonical, date_canonical)
    if known is not None and known.number.upper() == canonical.upper():
        canonical = known.number if number.parsed.notation.upper() == canonical.upper() else canonical
    shown = _spaceless(number.printed)
    if canonical != shown and canonical.upper() == shown.upper():
        anomalies.append("wrong_case")
    if date_canonical is not None:
        firm = known.date if known is not None and known.date_is_firm else None
        year = number.parsed.year
        if (firm is not None and firm != date_canonical) or (year is not None and str(year) != date_canonical[:4]):
            anomalies.append("date_mismatch")
    issuer, after = issuer_at(text, after, hits)
    subject = _subject(text, after, upto)
    likely = likely_meant(canonical, date_canonical, subject) if known is None else None
    if likely is not None:
        anomalies.append("number_mismatch")
    if known is None and is_central(number.parsed):
        anomalies.append("unknown")
    if known is not None and out_of_force(known, None):
        anomalies.append("replaced")
    return Citation(
        kind=_kind(text, number, hits),
        number_printed=raw if fits else number.printed,
        number_canonical=canonical,
        date_printed=date_printed,
        date_canonical=date_canonical,
        issuer=issuer,
        resolved=known is not None,
        anomalies=tuple(dict.fromkeys(anomalies)),
        source=CitationSource(page=whole.number, line=line + 1, start=start, end=end),
        subject=subject,
        replaced_by=known.replaced_by if known is not None and out_of_force(known, None) else None,
        likely_number=likely.number if likely else None,
    )


def _spaceless(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _subject(text: str, after: int, upto: int) -> str | None:
    """What follows as its name ("về ...", "ban hành ..."), to the end of the clause; None when nothing does."""
    found = _SUBJECT.match(text, after, upto)
    if found is None:
        return None
    subject = " ".join(_SUBJECT_ENDS.sub("", found["subject"]).split())
    return subject if len(subject.split()) > 1 else None


def _share_issuers(
    text: str, numbers: list[FoundNumber], made: list[tuple[int, Citation]]
) -> list[tuple[int, Citation]]:
    """In a list the issuer is printed once, behind the last number of its kind."""
    out = list(made)
    for k in range(len(out) - 2, -1, -1):
        here, there = out[k][1], out[k + 1][1]
        if here.issuer is not None or there.issuer is None or here.date_printed is not None:
            continue
        same = numbers[k].parsed.notation == numbers[k + 1].parsed.notation
        if same and _LIST_GLUE.fullmatch(text[numbers[k].end : numbers[k + 1].start]):
            out[k] = (out[k][0], here.model_copy(update={"issuer": there.issuer}))
    return out


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
