"""DOCX and TXT as a reading: there is no paper, so the text is set on A4 as its PDF copy shows it."""

from __future__ import annotations

import errno
import re
import unicodedata
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

from extractors.intake.limits import DEFAULT_LIMITS, Limits
from extractors.intake.sniff import MediaType
from extractors.layout.regions import name_regions
from extractors.pdf.docx_blocks import docx_blocks
from extractors.pdf.legacy import decode_text
from extractors.pdf.plain_parts import arrange
from extractors.pdf.typeset import PAGE_HEIGHT, PAGE_WIDTH, Grid, Paragraph, Place, Run, SetPage, Setter, SetWord
from extractors.reference.titles import snap_capacity, snap_title
from schemas.errors import BrokenFile, TooLarge, TooManyPages, UnreadableFile, UnsupportedFormat
from schemas.geometry import Box
from schemas.reading import Line, PageReading, Reading, Region, Table, Word
from schemas.text import bare, nfc

_TXT_SIZE = 12.0
_HEAD = re.compile(r"cong hoa xa hoi|dang cong san|doc lap\W{1,4}tu do")
_RECIPIENTS = re.compile(r"noi nhan")


def read_office(path: Path, media_type: MediaType | str, *, limits: Limits = DEFAULT_LIMITS) -> Reading:
    """The text of a DOCX or TXT file with boxes where its PDF copy sets them.

    Raises BrokenFile (E104), TooManyPages (E105), TooLarge (E106), UnsupportedFormat (E108), UnreadableFile (E109),
    FontMissing (E208).
    """
    pages, encoding = set_office(path, MediaType(media_type), limits)
    notes = (encoding,) if encoding in ("tcvn3", "vni", "cp1258") else ()
    readings = tuple(_page(i + 1, page, notes) for i, page in enumerate(pages))
    kind = "docx" if encoding == "docx" else "txt"
    sheets: tuple[tuple[str, ...], ...] = ()
    if kind == "txt":
        sheets = _sheets(path, limits)
        notes_of_text = _letter_notes(path, limits)
        readings = (replace(readings[0], notes=(*readings[0].notes, *notes_of_text)), *readings[1:])
    return Reading(readings, f"office-{kind}", (("python-docx", version("python-docx")),), sheets=sheets)


def set_office(path: Path, kind: MediaType, limits: Limits) -> tuple[list[SetPage], str]:
    """The file set on pages, and its encoding ("docx" for a DOCX). Raises as ``read_office``."""
    if kind is MediaType.DOCX:
        blocks = arrange([_clean(block) for block in docx_blocks(path, limits)], only_columns=True)
        encoding = "docx"
    elif kind is MediaType.TXT:
        blocks, encoding = _txt_blocks(path, limits)
    else:
        raise UnsupportedFormat(kind.value)
    pages = Setter().set(blocks)
    if len(pages) > limits.max_pages:
        raise TooManyPages(f"{len(pages)} trang")
    return pages, encoding


def _txt_blocks(path: Path, limits: Limits) -> tuple[list[Paragraph | Grid], str]:
    text, encoding = _plain_text(path, limits)
    blocks: list[Paragraph | Grid] = []
    for number, sheet in enumerate(text.split("\f")):
        for i, line in enumerate(sheet.split("\n")):
            blocks.append(Paragraph((Run(line),), size=_TXT_SIZE, page_break=number > 0 and i == 0))
    return arrange(blocks), encoding


def _sheets(path: Path, limits: Limits) -> tuple[tuple[str, ...], ...]:
    """The file's own lines, sheet by sheet; a tab counts as one space."""
    text, _ = _plain_text(path, limits)
    return tuple(tuple(_printable(line).replace("\t", " ") for line in s.split("\n")) for s in text.split("\f"))


def _letter_notes(path: Path, limits: Limits) -> tuple[str, ...]:
    """``mixed_unicode:page:line`` and ``no_break_space:page:line:count`` of lines that hide such letters."""
    found = decode_text(path.read_bytes())
    if found is None:
        return ()
    out = []
    for page, sheet in enumerate(found.text.replace("\r\n", "\n").replace("\r", "\n").split("\f"), 1):
        for k, line in enumerate(sheet.split("\n"), 1):
            if unicodedata.normalize("NFC", line) != line:
                out.append(f"mixed_unicode:{page}:{k}")
            if spaces := line.count("\u00a0"):
                out.append(f"no_break_space:{page}:{k}:{spaces}")
    return tuple(out)


def _plain_text(path: Path, limits: Limits) -> tuple[str, str]:
    """The text in NFC with plain line ends, and its encoding."""
    try:
        if path.stat().st_size > 4 * limits.max_text_chars:
            raise TooLarge("TXT")
        data = path.read_bytes()
    except OSError as exc:
        raise UnreadableFile(errno.errorcode.get(exc.errno or 0, "EIO")) from exc
    found = decode_text(data)
    if found is None:
        raise BrokenFile("không nhận ra bảng mã của văn bản")
    text = "\t".join(map(nfc, found.text.split("\t"))).replace("\r\n", "\n").replace("\r", "\n").replace("\x1a", "")
    return text, found.encoding


def _clean(block: Paragraph | Grid) -> Paragraph | Grid:
    """Every text NFC; control characters gone."""
    if isinstance(block, Paragraph):
        runs = tuple(Run(_printable(run.text), run.bold, run.italic) for run in block.runs)
        return Paragraph(runs, block.align, block.size, block.indent, block.page_break)
    rows = tuple(
        tuple(
            type(cell)(
                tuple(p for p in map(_clean, cell.paragraphs) if isinstance(p, Paragraph)), cell.span, cell.shared
            )
            for cell in row
        )
        for row in block.rows
    )
    return Grid(rows, block.widths, block.ruled)


def _printable(text: str) -> str:
    """``nfc`` would make a tab a space; here it is a gap."""
    return "\t".join("".join(c for c in nfc(part) if c >= " " or c == "\n") for part in text.split("\t"))


def _page(number: int, page: SetPage, notes: tuple[str, ...]) -> PageReading:
    lines = tuple(
        Line(tuple(Word(w.text, _box(w), 1.0, "pdf_text") for w in _joined(words)), region=_region(place))
        for words, place in page.lines
    )
    tables = tuple(
        Table(Box(x0 / PAGE_WIDTH, min(y0, y1) / PAGE_HEIGHT, x1 / PAGE_WIDTH, max(y0, y1) / PAGE_HEIGHT), rows)
        for (x0, y0, x1, y1), rows in page.tables
    )
    lines = _named(lines, [place for _, place in page.lines], first=number == 1)
    state = "text" if lines else "blank"
    return PageReading(
        number, PAGE_WIDTH, PAGE_HEIGHT, lines, "pdf_text", state="blank" if state == "blank" else "text",
        tables=tables, notes=notes,
    )  # fmt: skip


def _region(place: Place) -> Region:
    return "table" if place.side == "table" else "body"


def _named(lines: tuple[Line, ...], places: list[Place], *, first: bool) -> tuple[Line, ...]:
    """Lines with the block they stand in: by the tables without rules they were typed in, else by their columns."""
    parts: dict[int, str] = {}
    for block in dict.fromkeys(p.block for p in places if p.side in ("left", "right")):
        inside = [q for q, p in zip(lines, places, strict=True) if p.block == block]
        key = bare(" ".join(q.text for q in inside))
        if first and _HEAD.search(key):
            parts[block] = "header"
        elif _RECIPIENTS.search(key) or any(_in_office(q.text) for q in inside):
            parts[block] = "sign"
    named: list[Line] = []
    for line, guess, place in zip(lines, name_regions(lines), places, strict=True):
        part = parts.get(place.block) if place.side in ("left", "right") else None
        region: Region = guess.region
        if part == "header":
            region = "header_left" if place.side == "left" else "header_right"
        elif part == "sign":
            region = "sign_left" if place.side == "left" else "sign_right"
        elif region.partition("_")[0] in parts.values():
            region = "body"  # the columns of that block are known: this line is not in them
        named.append(replace(line, region=region))
    return tuple(named)


def _in_office(text: str) -> bool:
    return text.isupper() and (snap_capacity(text) is not None or snap_title(text) is not None)


def _joined(words: list[SetWord]) -> list[SetWord]:
    """Pieces of one word that differ in face only, as one word."""
    out: list[SetWord] = []
    for w in words:
        if out and abs(out[-1].x1 - w.x0) < 0.05:
            last = out[-1]
            out[-1] = SetWord(last.text + w.text, last.x0, last.base, w.x1, last.size, last.bold, last.italic)
        else:
            out.append(w)
    return out


def _box(w: SetWord) -> Box:
    top, bottom = w.base - 0.9 * w.size, w.base + 0.22 * w.size
    return Box(w.x0 / PAGE_WIDTH, top / PAGE_HEIGHT, min(1.0, w.x1 / PAGE_WIDTH), bottom / PAGE_HEIGHT)
