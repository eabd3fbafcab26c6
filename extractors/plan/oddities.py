"""Điều lạ trong văn bản: what is not as it should be, named and left as printed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractors.plan.outline import Outline
from extractors.plan.paragraphs import Paragraph
from schemas.plan import PlanOddity
from schemas.reading import Reading
from schemas.text import fold

_NOTE = re.compile(r"(?P<code>mixed_unicode|no_break_space):(?P<page>\d+):(?P<line>\d+)(?::(?P<detail>\d+))?")
_TWICE = re.compile(r"(?<!\w)(?P<w>[^\W\d_]{2,})\s+(?P=w)(?!\w)", re.IGNORECASE)
_REDUPLICATED = frozenset(
    {
        "dần",
        "luôn",
        "mãi",
        "ngày",
        "hằng",
        "từng",
        "lâu",
        "xa",
        "hay",
        "rất",
        "đời",
        "người",
        "nhà",
        "thường",
        "ngành",
        "xanh",
        "song",
        "chung",
    }
)
_STRAY = re.compile(r"(?<!\.)\.\.(?!\.)|\.{4,}|…\.|,,|;;")
_APPENDIX = re.compile(r"(?<!\w)(?:phụ lục|biểu)(?!\w)", re.IGNORECASE)
_UNFINISHED = re.compile(r"[\w,]$")
# The last clause broken off: a word or two behind a semicolon, or an ending that wants more.
_CUT = re.compile(
    r"[;,]\s*(?:\w+\s*){0,2},?$|(?<!\w)(?:và|của|các|để|với|theo|tại|trong|về|là|những|cho|được|từ|trên)$"
)


def find_oddities(
    reading: Reading, outline: Outline, paragraphs: Sequence[Paragraph], *, has_table: bool
) -> tuple[PlanOddity, ...]:
    """In the order of their kinds; each names its page and line."""
    out = [
        PlanOddity(code=m["code"], page=int(m["page"]), line=int(m["line"]), detail=m["detail"] or "")
        for page in reading.pages
        for note in page.notes
        if (m := _NOTE.fullmatch(note))
    ]
    body = [e.paragraph for e in outline.entries]
    for e in outline.entries:
        p = e.paragraph
        if e.heading is None and len(p.text) > 40 and _UNFINISHED.search(p.text):
            code = "cut_sentence" if _CUT.search(p.text) else "missing_full_stop"
            out.append(_at(code, p, len(p.text) - 1, p.text[-40:]))
        if e.heading is not None and "~" in e.heading.id:
            out.append(
                PlanOddity(code="repeated_number", page=p.page, line=e.heading.source.line, detail=e.heading.number)
            )
    for p in (*outline.opening, *body):
        for m in _TWICE.finditer(p.text):
            if fold(m["w"]) not in _REDUPLICATED:
                out.append(_at("repeated_word", p, m.start(), m[0]))
        for m in _STRAY.finditer(p.text):
            out.append(_at("stray_punctuation", p, m.start(), m[0]))
    if not has_table:
        for p in body:
            m = _APPENDIX.search(p.text)
            if m and re.search(r"(?:tại|theo|kèm|có|chi tiết)[^.;]{0,60}$", p.text[: m.start()], re.IGNORECASE):
                out.append(_at("missing_appendix", p, m.start(), m[0]))
                break
    return tuple(out)


def _at(code: str, p: Paragraph, start: int, detail: str) -> PlanOddity:
    source = p.place(start, start + 1)
    return PlanOddity(code=code, page=source.page, line=source.line, detail=detail)
