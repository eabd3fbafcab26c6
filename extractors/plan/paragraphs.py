"""Đoạn văn: the lines of a reading joined to paragraphs, each character with the way back to its line."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from extractors.plan.markers import marker_of
from extractors.plan.text_tables import is_row
from extractors.scan.language import mend_phrases
from schemas.geometry import Box
from schemas.plan import PlanSource
from schemas.reading import PageReading, Reading, Region
from schemas.text import CleanText, bare, clean

_TERMINAL = re.compile(r"[.;:!?…/]\W*$")
_PAGE_NUMBER = re.compile(r"^\W*(?:trang\s*)?\d{1,3}\W*$", re.IGNORECASE)
_BARE_MARK = re.compile(r"^\s*(?:[IVX]{1,6}|\d{1,2})\s?\.\s*$")  # a number whose words stand on the next line
_RECIPIENTS = re.compile(r"^\W{0,3}noi nhan\W*$")
_RULE = re.compile(r"^[\W_]*$")
_TITLE = re.compile(r"^\W*KẾ HOẠCH\W*$")
_WRAPPED = 140  # a text file whose long lines are no longer than this was broken by a program
_FULL = 0.3  # and so many of its lines are full
_ROOM = 0.012  # air that a word needs beside its width, fractions of the page


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of the text as read. ``box`` is None in a text file; ``gap``: a blank line stands before it."""

    page: int
    line: int
    view: CleanText
    region: Region
    box: Box | None
    gap: bool
    ocr: bool = False

    @property
    def text(self) -> str:
        return self.view.text


@dataclass(slots=True)
class Paragraph:
    """Text joined over its lines by single spaces. ``rows``: (start in text, row, start in the row's text)."""

    text: str = ""
    rows: list[tuple[int, _Row, int]] = field(default_factory=list)

    @property
    def region(self) -> Region:
        return self.rows[0][1].region

    @property
    def ocr(self) -> bool:
        """Whether it was read from a picture."""
        return self.rows[0][1].ocr

    @property
    def page(self) -> int:
        return self.rows[0][1].page

    @property
    def centre(self) -> float | None:
        box = self.rows[0][1].box
        return box.cx if box else None

    def add(self, row: _Row) -> None:
        stripped = row.text.strip()
        lead = len(row.text) - len(row.text.lstrip())
        if self.text:
            self.text += " "
        self.rows.append((len(self.text), row, lead))
        self.text += stripped

    def place(self, start: int, end: int) -> PlanSource:
        """Where the characters start..end stand: on their first line, as far as they go there."""
        i = max(0, bisect_right([at for at, _, _ in self.rows], start) - 1)
        at, row, lead = self.rows[i]
        stop = self.rows[i + 1][0] - 1 if i + 1 < len(self.rows) else len(self.text)
        first = min(start, stop) - at + lead
        last = min(end, stop) - at + lead
        raw = row.view.raw_span(first, max(first, last))
        return PlanSource(page=row.page, line=row.line, start=raw[0], end=raw[1])


def read_paragraphs(reading: Reading) -> list[Paragraph]:
    """Paragraphs in reading order, tables left out. Regions are those of their first lines."""
    rows = list(_sheet_rows(reading) if reading.sheets else _page_rows(reading))
    joins = _sheet_joins(rows) if reading.sheets else _page_joins(rows)
    out: list[Paragraph] = []
    for row, joined in zip(rows, joins, strict=True):
        if not joined or not out:
            out.append(Paragraph())
        out[-1].add(row)
    return [p for p in out if p.text]


def _sheet_rows(reading: Reading) -> Iterator[_Row]:
    for number, lines in enumerate(reading.sheets, 1):
        gap = True
        for k, line in enumerate(lines, 1):
            if _RULE.match(line) or is_row(line):
                gap = True
                continue
            yield _Row(number, k, clean(line), "body", None, gap)
            gap = False


def _sheet_joins(rows: Sequence[_Row]) -> list[bool]:
    lengths = sorted(len(r.text.strip()) for r in rows)
    longest = lengths[int(0.95 * (len(lengths) - 1))] if lengths else 0
    full = sum(0.8 * longest < n for n in lengths)
    wrapped = 40 < longest <= _WRAPPED and full > _FULL * len(lengths)
    out = [False]
    for a, b in pairwise(rows):
        if not b.gap and _BARE_MARK.match(a.text):
            out.append(True)
        elif b.gap or marker_of(b.text) is not None or _TITLE.match(b.text) or _RECIPIENTS.match(bare(b.text)):
            out.append(False)
        elif wrapped:
            done = bool(_TERMINAL.search(a.text)) and len(a.text.strip()) < 0.75 * longest
            out.append(not done and (_caps(a.text) == _caps(b.text) or not _caps(a.text)))
        else:
            out.append(not _TERMINAL.search(a.text) and b.text.lstrip()[:1].islower())
    return out[: len(rows)]


def _caps(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    return len(letters) > 2 and all(c.isupper() for c in letters)


def _page_rows(reading: Reading) -> Iterator[_Row]:
    for page in reading.pages:
        if page.state != "text":
            continue
        last = len(page.lines)
        for k, line in enumerate(page.lines, 1):
            if line.region in ("stamp", "margin", "table") or _in_table(page, line.box):
                continue
            if _PAGE_NUMBER.match(line.text) and (k <= 2 or k == last) and (line.box.cy < 0.09 or line.box.cy > 0.9):
                continue
            ocr = any(w.origin == "ocr" for w in line.words)
            text = mend_phrases(line.text) if ocr else line.text
            yield _Row(page.number, k, clean(text), line.region, line.box, False, ocr)


def _in_table(page: PageReading, box: Box) -> bool:
    return any(box.overlap(table.box) > 0.6 for table in page.tables)


def _page_joins(rows: Sequence[_Row]) -> list[bool]:
    boxes = [r.box for r in rows if r.box is not None and r.region in ("body", "title")]
    if not boxes:
        return [False] * len(rows)
    rights = sorted(b.x1 for b in boxes)
    right = rights[int(0.9 * (len(rights) - 1))]
    lefts = sorted(b.x0 for b in boxes if b.x1 > right - 0.1) or [0.1]
    left = lefts[int(0.15 * (len(lefts) - 1))]
    steps = [
        b.box.y0 - a.box.y0
        for a, b in pairwise(rows)
        if a.box and b.box and a.page == b.page and a.region == b.region == "body" and 0 < b.box.y0 - a.box.y0 < 0.06
    ]
    step = median(steps) if steps else 0.02
    out = [False]
    for a, b in pairwise(rows):
        out.append(_continues(a, b, left=left, right=right, step=step))
    return out[: len(rows)]


def _continues(a: _Row, b: _Row, *, left: float, right: float, step: float) -> bool:
    """Does line ``b`` belong to the paragraph of line ``a``?"""
    if a.box is None or b.box is None or a.region != b.region or marker_of(b.text) is not None:
        return False
    if a.region.startswith("sign") or a.region.startswith("header") or _RECIPIENTS.match(bare(b.text)):
        return False
    same_page = a.page == b.page
    if same_page and b.box.y0 - a.box.y0 > 1.9 * step and _TERMINAL.search(a.text):
        return False
    begins_low = b.text.lstrip()[:1].islower()
    if _caps(a.text) and _caps(b.text):
        return same_page and abs(a.box.cx - b.box.cx) < 0.12
    if _caps(a.text) != _caps(b.text) and marker_of(a.text) is None and not begins_low:
        return False
    word = b.text.split()[0]
    width = b.box.width * len(word) / max(1, len(b.text))
    full = a.box.x1 + _ROOM + width > right - 0.012
    if not full:
        return begins_low and not _TERMINAL.search(a.text)
    ended = bool(re.search(r"[.;:]\W*$", a.text))
    indented = b.box.x0 > left + 0.022
    return not (ended and indented and not begins_low)
