"""What the templates show, made ready: plain values, no logic left for the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from schemas.extraction import BoxTuple, Fields
from schemas.reading import PageReading, Reading
from schemas.record import Record
from storage.browse import Browse, Filters, TallyOf
from storage.counts import AtLeast
from web import words
from web.covers import masked_lines
from web.words import Certainty, Reason

TABS = {"fields": "Trường", "text": "Văn bản", "classes": "Phân loại", "related": "Liên quan", "files": "Tệp, lịch sử"}
TEXT_PAGES = 10  # pages of running text shown at once


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field beside the paper. ``score`` in percent; ``box`` in fractions of the page."""

    name: str
    label: str
    value: str
    certainty: Certainty
    certainty_word: str
    score: int
    origin: str
    page: int | None
    box: BoxTuple | None
    raw: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class LineView:
    text: str
    page: int
    box: BoxTuple
    region: str


@dataclass(frozen=True, slots=True)
class PageText:
    """The text of one page in reading order; ``note`` says why there is none."""

    number: int
    lines: tuple[LineView, ...]
    note: str


def field_views(fields: Fields) -> list[FieldView]:
    """Every field, in the order of the paper."""
    views = []
    for name, label in words.field_labels().items():
        field = fields.get(name)
        certainty = words.certainty(name, field)
        value = words.value_words(name, field.value)
        raw = field.raw_text or ""
        views.append(
            FieldView(
                name=name,
                label=label,
                value=value,
                certainty=certainty,
                certainty_word=words.CERTAINTY_WORDS[certainty],
                score=round(field.score * 100),
                origin=words.ORIGIN_WORDS.get(field.origin or "", ""),
                page=field.page,
                box=field.bbox,
                raw=raw if raw != value else "",
                reasons=tuple(words.reasons(field.reasons)),
            )
        )
    return views


def cited_boxes(record: Record, reading: Reading | None) -> list[BoxTuple | None]:
    """For each citation the place of the line it stands on, None where the line is not known."""
    pages = {page.number: page.lines for page in reading.pages} if reading else {}
    places = []
    for citation in record.citations:
        lines = pages.get(citation.source.page, ())
        index = citation.source.line - 1
        places.append(lines[index].box.as_tuple() if 0 <= index < len(lines) else None)
    return places


_STATES = {
    "blank": "Trang trắng.",
    "picture": "Trang chỉ có hình, không có chữ.",
    "unreadable": "Máy không đọc được trang này.",
}


def page_texts(reading: Reading, page: int, *, masked: bool, known: str | None) -> list[PageText]:
    """The texts of the ten pages around ``page``."""
    first = (page - 1) // TEXT_PAGES * TEXT_PAGES
    return [_page_text(p, masked=masked, known=known) for p in reading.pages[first : first + TEXT_PAGES]]


def _page_text(page: PageReading, *, masked: bool, known: str | None) -> PageText:
    texts = masked_lines(page, known) if masked else [line.text for line in page.lines]
    lines = tuple(
        LineView(
            text=text,
            page=page.number,
            box=line.box.as_tuple(),
            region=line.region,
        )
        for line, text in zip(page.lines, texts, strict=True)
    )
    return PageText(page.number, lines, _STATES.get(page.state, ""))


def title_of(record: Record) -> str:
    """What a clerk would call the paper: kind and number, else the file's name."""
    kind = words.doc_type_name(_string(record, "doc_type"))
    number = _string(record, "doc_number")
    if record.quarantine or not (kind or number):
        return record.source.name
    return " ".join(part for part in (kind or "Văn bản", number) if part)


def _string(record: Record, name: str) -> str | None:
    value = record.fields.get(name).value
    return value if isinstance(value, str) else None


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a select; ``count`` None where that would take long to say."""

    value: str
    label: str
    count: int | None
    chosen: bool


def choices(browse: Browse, filters: Filters) -> dict[str, list[Choice]]:
    """The selects over a list, each entry with how many records it would leave beside the other filters."""

    def made(by: TallyOf, chosen: str | None, label: Mapping[str, str] | None = None) -> list[Choice]:
        names = label or {}
        counts = browse.tally(by, filters.model_copy(update={by: None}))
        listed = [Choice(key, names.get(key, key), count, key == chosen) for key, count in counts.items()]
        if chosen is not None and chosen not in counts:
            listed.append(Choice(chosen, names.get(chosen, chosen), 0, True))
        return sorted(listed, key=lambda c: c.label.lower(), reverse=by == "year")

    return {
        "status": made("status", filters.status, words.STATUS_WORDS),
        "doc_type": made("doc_type", filters.doc_type, words.doc_type_choices()),
        "year": made("year", str(filters.year) if filters.year else None),
        "batch": made("batch", filters.batch),
    }


@dataclass(frozen=True, slots=True)
class Pager:
    """Which slice of a list is shown; pages from 1."""

    page: int
    pages: int
    total: int
    size: int
    query: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, total: int, page: int, size: int, query: Mapping[str, str | None]) -> Pager:
        pages = max(1, -(-total // size))
        if isinstance(total, AtLeast):
            pages = AtLeast(total // size)
        kept = tuple((key, value) for key, value in query.items() if value)
        return cls(min(max(1, page), pages), pages, total, size, kept)

    @property
    def start(self) -> int:
        return (self.page - 1) * self.size

    def link(self, page: int) -> str:
        return "?" + urlencode([*self.query, ("page", str(page))])
