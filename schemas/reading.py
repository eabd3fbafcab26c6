"""What was read from the pages of one document, before any field is understood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from schemas.geometry import Box, union
from schemas.sheet import Sheet
from schemas.signature import Signature

Origin = Literal["pdf_text", "ocr", "manual", "imported"]
PageState = Literal["text", "blank", "picture", "unreadable"]
# Blocks of a page in the words of NĐ 30/2020 Phụ lục I. A page after the first is mostly "body".
Region = Literal[
    "header_left",  # cơ quan chủ quản, cơ quan ban hành, số ký hiệu, V/v
    "header_right",  # quốc hiệu, tiêu ngữ, địa danh và ngày
    "title",  # tên loại, trích yếu
    "body",
    "table",
    "sign_left",  # nơi nhận
    "sign_right",  # quyền hạn, chức vụ, họ tên người ký
    "stamp",  # dấu ĐẾN, MẬT, KHẨN: never part of the running text of a field
    "margin",  # page numbers, marks outside the text block
]


@dataclass(frozen=True, slots=True)
class Word:
    """One printed token. ``score`` is the reader's own 0..1 certainty (1.0 for a text layer)."""

    text: str
    box: Box
    score: float
    origin: Origin


@dataclass(frozen=True, slots=True)
class LineReading:
    """Another reading of the same line: by another reader, or from another ink plane. ``score`` 0..1."""

    reader: str
    text: str
    score: float


@dataclass(frozen=True, slots=True)
class Line:
    """Words on one base line of one block, left to right; never read across two columns.

    ``readings`` are second readings of the whole line (critical slots only); their agreement with
    ``text`` is evidence of certainty.
    """

    words: tuple[Word, ...]
    region: Region = "body"
    readings: tuple[LineReading, ...] = ()

    @property
    def text(self) -> str:
        return " ".join(w.text for w in self.words)

    @property
    def box(self) -> Box:
        box = union(w.box for w in self.words)
        if box is None:
            raise ValueError("a line has at least one word")
        return box

    @property
    def score(self) -> float:
        """Mean certainty weighted by word length (0..1)."""
        total = sum(max(1, len(w.text)) for w in self.words)
        return sum(w.score * max(1, len(w.text)) for w in self.words) / total if total else 0.0


@dataclass(frozen=True, slots=True)
class Table:
    """A table as a grid of cells (None = merged away), with its place on the page.

    ``doubts``: (row, column) from 0 of cells that were read and not surely.
    """

    box: Box
    rows: tuple[tuple[str | None, ...], ...]
    doubts: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class PageReading:
    """One page, upright. ``lines`` are in reading order.

    number      from 1
    width_pt    upright page width in points (1/72 inch); height_pt likewise
    rotation    degrees clockwise the source page (as displayed) was turned to stand upright
    skew_deg    slant of the text that was removed before reading (boxes are on the slanted page)
    dpi         resolution of the scan, 0 for a page without one
    notes       short machine codes about the page: "red_ink", "black_stamp", "garbage_layer", "photographed", ...
    sheet       of a photograph: where the sheet lies in the upright picture (boxes are on the picture); the slant is
                then the flat sheet's
    """

    number: int
    width_pt: float
    height_pt: float
    lines: tuple[Line, ...]
    origin: Literal["pdf_text", "ocr", "mixed"]
    state: PageState = "text"
    tables: tuple[Table, ...] = ()
    rotation: int = 0
    skew_deg: float = 0.0
    dpi: int = 0
    notes: tuple[str, ...] = ()
    sheet: Sheet | None = None

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)


@dataclass(frozen=True, slots=True)
class Reading:
    """All pages of one document and who read them.

    versions    (name, version) pairs
    signatures  digital signatures the file bears
    sheets      of a plain text file, which has no paper, its own lines (blank ones too), sheet by sheet as form feeds
                part them; then the text and the places of citations count these lines, not those of the set pages
    """

    pages: tuple[PageReading, ...]
    engine: str
    versions: tuple[tuple[str, str], ...] = ()
    signatures: tuple[Signature, ...] = ()
    sheets: tuple[tuple[str, ...], ...] = ()

    @property
    def text(self) -> str:
        """The text in reading order, pages separated by form feeds."""
        if self.sheets:
            return "\f".join("\n".join(lines) for lines in self.sheets)
        return "\f".join(page.text for page in self.pages)

    @property
    def text_origin(self) -> Literal["pdf_text", "ocr", "mixed"]:
        origins = {page.origin for page in self.pages if page.state == "text"}
        if len(origins) == 1:
            return origins.pop()
        return "mixed" if origins else "ocr"
