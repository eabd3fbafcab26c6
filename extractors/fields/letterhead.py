"""Where the parts of the letterhead stand: agency lines, number line, place-and-date line, title, trích yếu."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from extractors.fields.cues import cue
from extractors.fields.rows import is_capitals, is_dust, is_rule, letter_count
from extractors.fields.subject import MOTTO, STAMPED, goes_on, stops_short, subject_lines, summary_under
from extractors.fields.view import Document, Spot, touch
from extractors.reference.doc_types import DocType, doc_types_by_title
from schemas.geometry import Box
from schemas.reading import Line, Region, Word
from schemas.text import bare

_NUMBER_LABEL = re.compile(r"^\W{0,3}s[o0óoéeaá]\w{0,2}\s*[:.;,]*\s*\S*\s*.{0,14}[/|]|^\W{0,3}so\b")
_HAS_NOTATION = re.compile(r"/\s*[a-z][a-z&0-9]*|[a-z]{2,}-[a-z]{2,}")
_DATE = re.compile(
    r"ng[aà]?.{0,12}th[aá]?.{0,10}n[aă]?m\s*(?:19|20|2)\d|th.ng.{0,6}n.m\s*(?:19|20)\d\d|ng.y\s*.{0,6}th.ng"
)
_YEARED = re.compile(r"ng.y.{1,12}th.ng.{1,8}n.m\W{0,3}(?:19|20|2)\d")
_LABEL = re.compile(r"^\W{0,3}ng.y\W|n.m\s?sinh|sinh\W|^\W{0,3}dang ky")


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Lines of each part; empty or None where the part was not found."""

    agency: tuple[Spot, ...]
    agency_open: bool  # a row right under the last one of the agency may belong to its name
    number: Spot | None
    date: Spot | None
    date_cut: bool  # the number's row runs into the date's: the place's first word may stand there
    title: Spot | None
    title_rest: str  # what follows the type's name on its line: "HÀNH NGHỀ THÚ Y" after "CHỨNG CHỈ"
    doc_type: DocType | None
    title_score: float
    summary: tuple[Spot, ...]
    subject: bool  # the summary is a công văn's V/v
    addressee: bool  # "Kính gửi" stands on the page
    summary_open: bool  # a line right under the last one of the trích yếu may belong to it
    unclaimed: tuple[Spot, ...]


def find_letterhead(doc: Document) -> Letterhead:
    """Take the first page's top apart. Readers claim lines; header lines nobody claimed are returned as such."""
    page = doc.first
    spots = _top_columns(_apart([s for s in doc.on_page(page) if s.region != "stamp"]))
    left = sorted((s for s in spots if s.region == "header_left"), key=lambda s: s.box.cy)
    right = [s for s in spots if s.region == "header_right"]
    top = [s for s in spots if s.box.cy < 0.42 and s.region not in ("table", "stamp")]
    number = _number_line(left) or _number_line([s for s in top if s.region != "header_right"])
    date = _date_line(right) or _date_line(top) or _closing_date(spots) or _closing_date(list(doc.spots))
    if left and number is not None and number.region != "header_left":
        left = [*left, *(s for s in top if s.region == "body" and s.box.x1 < 0.54 and s.box.cy < number.box.cy)]
    pool = left if left else _under_motto(top) or [s for s in top if s.box.cx < 0.45]
    agency = _agency_lines(_without_arrival(pool, spots), number)
    title, kind, score, rest = _title_line(spots, number, date)
    aside = subject_lines(spots, left, number)
    addressee = any(cue("addressee").search(s.key) or "kinh gui" in s.key[:20] for s in spots if s.box.cy < 0.6)
    if title is not None:
        summary, subject = summary_under(spots, title, rest), False
        if not summary and aside:
            summary, subject = aside, True
    else:
        summary, subject = aside, bool(aside)
    claimed = {id(s) for s in (*agency, *summary, number, date, title) if s is not None}
    loose = tuple(
        s for s in (*left, *right) if id(s) not in claimed and not MOTTO.search(s.key) and not is_rule(s.text)
    )
    is_open = bool(summary) and (goes_on(spots, summary[-1], aside=subject) or stops_short(summary[-1]))
    return Letterhead(
        agency=agency,
        agency_open=_agency_goes_on(pool, agency, number),
        number=number,
        date=date,
        date_cut=date is not None and any(touch(s, date) for s in left),
        title=title,
        title_rest=rest,
        doc_type=kind,
        title_score=score,
        summary=summary,
        subject=subject,
        addressee=addressee,
        summary_open=is_open,
        unclaimed=loose,
    )


def _agency_goes_on(pool: list[Spot], agency: tuple[Spot, ...], number: Spot | None) -> bool:
    """A row of capitals as near as the name's next one that was not taken for it: a stamp's frame runs into it."""
    if not agency:
        return False
    last = agency[-1]
    height = max(0.008, last.box.height)
    for s in pool:
        if s in agency or s is number or MOTTO.search(s.key) or STAMPED.match(s.key):
            continue
        near = -0.3 * height < s.box.y0 - last.box.y1 < 0.8 * height
        under = min(s.box.x1, last.box.x1) - max(s.box.x0, last.box.x0) > 0.5 * last.box.width
        if near and under and sum(c.isupper() for c in s.text) >= 5:
            return True
    return False


_MOTTO_START = re.compile(r"c.ng\s?h.{1,2}a\s?x.\s?h.i|d.c\s?l.p\W{1,4}t.\s?do\b")
_TOP = 0.3  # of the page's height: two columns that begin here are no signature block
_RECIPIENTS = re.compile(r"no[ij]\s?nh[aâ]n")


def _top_columns(spots: list[Spot]) -> list[Spot]:
    """Columns found a second time at the head of the page ("recipients" and "signature" over the title): their lines
    down to number and date are the letterhead's, those below are text."""
    columns = [s for s in spots if s.region in ("sign_left", "sign_right") and s.box.cy < _TOP]
    if not columns or any(_RECIPIENTS.search(s.key[:16]) for s in columns):
        return spots
    top = [s for s in spots if s.box.cy < _TOP]
    ends = [s.box.cy for s in (_number_line(top), _date_line(top)) if s is not None]
    level = max(ends, default=0.0)
    out: list[Spot] = []
    for s in spots:
        if s in columns:
            region: Region = (
                "body" if s.box.cy > level else "header_left" if s.region == "sign_left" else "header_right"
            )
            s = replace(s, line=replace(s.line, region=region))
        out.append(s)
    return out


def _apart(spots: list[Spot]) -> list[Spot]:
    """The agency's line without the motto beside it, where both were read as one row."""
    out: list[Spot] = []
    for s in spots:
        found = _MOTTO_START.search(s.key) if s.box.cy < 0.2 else None
        if found is None or letter_count(s.text[: found.start()]) < 4:
            out.append(s)
            continue
        kept: list[Word] = []
        at = 0
        for w in s.line.words:
            text = w.text[: max(0, found.start() - at)]
            if text.strip():
                kept.append(replace(w, text=text))
            at += len(w.text) + 1
        if kept:
            line = Line(tuple(kept), "header_left")
            x1 = s.box.x0 + s.box.width * found.start() / max(1, len(s.text))
            out.append(Spot(s.page, s.number, line, Box(s.box.x0, s.box.y0, x1, s.box.y1)))
    return out


def _number_line(spots: list[Spot]) -> Spot | None:
    best: tuple[float, Spot] | None = None
    for s in spots:
        worth = 0.0
        for _, text, _ in s.texts():
            key = bare(text)
            if MOTTO.search(key) or len(key) > 45:
                continue
            point = 1.0 * bool(re.match(r"^\W{0,3}s[o0óéeaá6]", key)) + 1.0 * bool(_HAS_NOTATION.search(key))
            point += 2.0 * bool(re.match(r"^\W{0,3}ma so\s*[:.]\s*[0-9a-z]{8,14}\W*$", key))
            point += 0.6 * bool(re.search(r"[/|]\s*[A-ZĐ]{2}", text)) + 0.4 * bool(re.search(r"\d", key))
            point += 0.4 * bool(re.match(r"^\W{0,3}s[oô6]\s*[:.;]", key))
            point += 0.6 * bool(re.match(r"^\W{0,3}s[o6]\s*[:.]\s*(?=\S*\d\S*\d\S*\d)[0-9a-z.\-]{5,18}\W*$", key))
            worth = max(worth, point)
        if worth >= 1.9 and (best is None or worth > best[0] + 0.01):
            best = (worth, s)
    return best[1] if best else None


_GROUNDS = re.compile(r"^\W{0,3}(can cu|xet|theo|thuc hien)\b")  # "Căn cứ Luật ... ngày ...": another paper's date


def _date_line(spots: list[Spot]) -> Spot | None:
    """The line "nơi, ngày .. tháng .. năm ..". A form's own label "Ngày, tháng, năm sinh" is none."""
    for s in spots:
        for _, text, _ in s.texts():
            key = bare(text)
            if _DATE.search(key) and "," in text[:40] and not _LABEL.search(key) and not _GROUNDS.search(key):
                return s
    for s in spots:
        keys = [bare(t) for _, t, _ in s.texts()]
        if any(map(_GROUNDS.search, keys)):
            continue
        if len(s.text) < 60 and any(_YEARED.search(k) and not _LABEL.search(k) for k in keys):
            return s
    return None


def _closing_date(spots: list[Spot]) -> Spot | None:
    """Licences and certificates bear place and date at the end, right above the signature."""
    for s in spots:
        if s.box.cx < 0.5 or s.box.x0 < 0.3 or len(s.text) > 60 or s.region == "table":
            continue
        for _, text, _ in s.texts():
            if re.search(r"^\W{0,3}\w[^:]{2,30},?\s*ng.y.{1,12}th.ng.{1,8}n.m", bare(text)):
                return s
    return None


def _without_arrival(pool: list[Spot], spots: list[Spot]) -> list[Spot]:
    """The lines without those of a receiver's arrival stamp: its agency stands right over the word ĐẾN."""
    arrivals = [s for s in spots if re.match(r"^\W{0,2}d[eé]n\b", s.key) and s.text.lstrip(" \"'|")[:2].isupper()]

    def stamped(s: Spot) -> bool:
        return any(
            0 <= a.box.y0 - s.box.y0 < 0.05 and min(a.box.x1, s.box.x1) - max(a.box.x0, s.box.x0) > 0.03
            for a in arrivals
        )

    return [s for s in pool if not stamped(s)]


def _under_motto(top: list[Spot]) -> list[Spot]:
    """Forms set in one column: the agency stands centred under a centred motto."""
    mottos = [s for s in top if MOTTO.search(s.key)]
    if not mottos or any(abs((s.box.x0 + s.box.x1) / 2 - 0.5) > 0.1 for s in mottos):
        return []
    bottom = max(s.box.y1 for s in mottos)
    out: list[Spot] = []
    for s in top:
        if s.box.y0 < bottom - 0.003 or abs(s.box.cx - 0.5) >= 0.08:
            continue
        if _names_type(s, 0.6):
            break
        out.append(s)
    return out


def _names_type(s: Spot, least: float) -> bool:
    """Whether the line is the name of a type of document: THÔNG BÁO."""
    return any(m.score >= least for _, t, _ in s.texts() for m in doc_types_by_title(t.strip(" .,;:'\""))[:1])


_SPACED = re.compile(r"\w(?:\s\w){2,}")  # "B I Ê N": the type's name of an old paper, set in letters apart


def _agency_lines(left: list[Spot], number: Spot | None) -> tuple[Spot, ...]:
    """Capital lines above the number line."""
    out: list[Spot] = []
    for s in left:
        if number is not None and s is number:
            break
        if number is not None and s.box.cy > number.box.cy:
            continue
        if MOTTO.search(s.key) or is_rule(s.text):
            continue
        if not is_capitals(s.text, share=0.7, least=2):
            if out:
                break
            continue
        if STAMPED.match(s.key) or _SPACED.fullmatch(s.text.strip()):
            continue
        if is_dust(s) and not out:
            continue
        if _names_type(s, 0.95):
            break  # a paper without a number line, its title below the agency at the left
        if out and abs(s.box.cx - out[0].box.cx) > 0.12:
            continue  # the lines of a letterhead are centred on each other; a stamp beside them is not
        out.append(s)
    return tuple(out[:5])


def _title_line(
    spots: list[Spot], number: Spot | None, date: Spot | None
) -> tuple[Spot | None, DocType | None, float, str]:
    """The line that is the printed name of a type: capitals, centred, in the upper half; with what follows on it."""
    floor = max([s.box.y0 for s in (number, date) if s is not None and s.box.cy < 0.3], default=0.0)
    template = floor == 0.0 or number is None or number.region != "header_left"
    stamped: tuple[Spot, DocType, float, str] | None = None
    for s in spots:
        if s.region in ("header_left", "table", "sign_left", "sign_right") or s.box.cy > 0.62:
            continue
        if (s.box.y1 < floor and not template) or s.box.cx < 0.36:
            continue
        best: tuple[float, DocType, str] | None = None
        for _, text, _ in s.texts():
            stripped = text.strip(" .,;:-–_'\"*|")
            if not is_capitals(stripped, share=0.8, least=4) or len(stripped) > 90:
                continue
            if re.search(r":\W{0,2}\w?\W{0,2}$", text) and _after_grounds(spots, s):
                continue  # "QUYẾT ĐỊNH:" between the grounds and the articles is no title
            for match in doc_types_by_title(stripped)[:1]:
                rest = _after_type(stripped, match.doc_type.name)
                if rest is None:
                    rest = match.rest.strip(" .,;:-–_'\"*|0123456789")
                if match.score >= 0.6 and len(rest.split()) <= 9 and (best is None or match.score > best[0]):
                    best = (match.score, match.doc_type, rest)
        if best is not None and best[1].key == "cong_van":
            # A công văn bears no title (NĐ 30): the words are mostly of a stamp "CÔNG VĂN ĐẾN"; the title comes yet.
            if stamped is None and not best[2] and abs(s.box.cx - 0.5) < 0.1:
                stamped = s, best[1], best[0], best[2]
            continue
        if best is not None:
            return s, best[1], best[0], best[2]
        if cue("body_start").search(s.key) and s.box.cy > 0.3 and s.region == "body" and not template:
            break
    return stamped or (None, None, 0.0, "")


def _after_grounds(spots: list[Spot], s: Spot) -> bool:
    """Do the grounds ("Căn cứ ...", "Xét đơn ...") stand above the line?"""
    return any(
        o.box.cy < s.box.cy and re.search(r"^\W{0,3}(can cu|xet)\b|\bxet don\b|de nghi cap", o.key) for o in spots
    )


def _after_type(line: str, name: str) -> str | None:
    """What the line says after the plain name of the type ("CHỨNG CHỈ HÀNH NGHỀ DƯỢC" -> "HÀNH NGHỀ DƯỢC")."""
    words = line.split()
    count = len(name.split())
    if bare(" ".join(words[:count])) != bare(name):
        return None
    return " ".join(words[count:]).strip(" .,;:-–_'\"*|0123456789")
