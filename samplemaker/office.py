"""DOCX and plain text of a paper."""

from __future__ import annotations

import io
import unicodedata
import zipfile
from collections.abc import Sequence
from datetime import datetime
from random import Random

from docx import Document
from docx.document import Document as DocumentObject
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt
from docx.table import Table as Table_

from samplemaker.model import Block, Field, Paper, Para, Table
from samplemaker.page import Page
from samplemaker.typeset.head import MOTTO, NATION
from samplemaker.typeset.markup import other_tone, split_words
from samplemaker.typeset.merged import ABOVE, BESIDE
from samplemaker.typeset.style import Style
from samplemaker.vocabulary import long_date

_ALIGN = {
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "justify": WD_ALIGN_PARAGRAPH.JUSTIFY,
}


def text_file(pages: list[Page], rng: Random) -> bytes:
    """The text as a file, in one of the encodings that turn up."""
    text = "\n".join(page.text() for page in pages) + "\n"
    how = rng.choice(["utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "nfd"])
    if how == "nfd":
        return unicodedata.normalize("NFD", text).encode()
    return text.replace("\n", "\r\n" if rng.random() < 0.5 else "\n").encode(how)


def docx_file(paper: Paper, style: Style) -> tuple[bytes, str]:
    """A word-processor file and its text in reading order."""
    document = Document()
    document.styles["Normal"].font.name = "Times New Roman"
    document.styles["Normal"].font.size = Pt(style.size)
    lines: list[str] = []
    nation = other_tone(NATION) if style.other_tones else NATION
    left = [*([paper.agency.parent] if paper.agency.parent else []), paper.agency.name]
    if paper.number:
        left.append(f"{paper.number_label} {paper.doc_number}")
    if paper.doc_type == "cong_van" and paper.summary:
        left.append(paper.summary)
    right = [nation, MOTTO, f"{paper.place}, ngày {long_date(paper.issued)}"]
    _two_cells(document, left, right, lines)
    if paper.title:
        _add(document, paper.title, lines, align="center", bold=True)
    if paper.summary and paper.doc_type != "cong_van" and not paper.summary_in_title:
        _add(document, paper.summary, lines, align="center", bold=True)
    if paper.authority:
        _add(document, paper.authority, lines, align="center", bold=True)
    if len(paper.addressees) == 1:
        _add(document, f"Kính gửi: {paper.addressees[0]}", lines, align="center")
    elif paper.addressees:
        _add(document, "Kính gửi:", lines)
        for item in paper.addressees:
            _add(document, f"- {item}", lines)
    _blocks(document, paper.body, lines)
    notes = (
        ["Nơi nhận:", *(f"- {r}" for r in paper.recipients)]
        if paper.recipients
        else [t for t in (paper.sign.left_title, paper.sign.left_name) if t]
    )
    sign = [*([paper.sign.note] if paper.sign.note else [])]
    sign += [f"Q. {paper.sign.title}"] if paper.sign.capacity == ("Q.",) else [*paper.sign.capacity, paper.sign.title]
    _two_cells(document, notes, [*sign, "", "", paper.sign.name], lines)
    if paper.appendix:
        document.add_page_break()  # type: ignore[no-untyped-call]
        _blocks(document, paper.appendix, lines)
    document.core_properties.created = document.core_properties.modified = datetime(2026, 1, 1)
    document.core_properties.author = ""
    out = io.BytesIO()
    document.save(out)
    return _same_dates(out.getvalue()), "\n".join(line for line in lines if line)


def _two_cells(document: DocumentObject, left: list[str], right: list[str], lines: list[str]) -> None:
    cells = document.add_table(rows=1, cols=2).rows[0].cells
    for cell, texts in zip(cells, (left, right), strict=True):
        for number, text in enumerate(texts):
            paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
            paragraph.alignment = (
                WD_ALIGN_PARAGRAPH.LEFT if texts and texts[0].startswith("Nơi nhận") else WD_ALIGN_PARAGRAPH.CENTER
            )
            paragraph.add_run(text).bold = text.isupper()
            lines.append(text)


def _add(
    document: DocumentObject,
    text: str,
    lines: list[str],
    *,
    align: str = "justify",
    bold: bool = False,
    italic: bool = False,
) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = _ALIGN[align]
    words = split_words(text, bold=bold, italic=italic)
    for number, word in enumerate(words):
        for index, piece in enumerate(word):
            tail = " " if index == len(word) - 1 and number < len(words) - 1 else ""
            run = paragraph.add_run(piece.text + tail)
            run.bold, run.italic = piece.bold, piece.italic
    lines.append(" ".join("".join(p.text for p in w) for w in words))


def _blocks(document: DocumentObject, blocks: list[Block], lines: list[str]) -> None:
    for block in blocks:
        if isinstance(block, Para):
            _add(document, block.text, lines, align=block.align, bold=block.bold, italic=block.italic)
        elif isinstance(block, Field):
            _add(document, f"{block.label} {block.value}".rstrip(), lines, align="left")
        elif isinstance(block, Table):
            table = document.add_table(rows=0, cols=len(block.header))
            table.style = "Table Grid"
            for row in block.heads or (block.header,), block.rows:
                _rows(table, row, lines)


def _rows(table: Table_, rows: Sequence[tuple[str, ...]], lines: list[str]) -> None:
    """Rows with their merged cells, from the cell at the top left of each."""
    first = len(table.rows)
    for _ in rows:
        table.add_row()  # type: ignore[no-untyped-call]
    for r, row in enumerate(rows):
        for i, text in enumerate(row):
            if text in (ABOVE, BESIDE):
                continue
            down, right = r, i
            while right + 1 < len(row) and row[right + 1] == BESIDE:
                right += 1
            while down + 1 < len(rows) and rows[down + 1][i] == ABOVE:
                down += 1
            cell = table.cell(first + r, i)
            if (down, right) != (r, i):
                cell = cell.merge(table.cell(first + down, right))
            cell.text = text
            lines.append(text)


def _same_dates(data: bytes) -> bytes:
    """The same ZIP with fixed times, so that the same paper gives the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for info in source.infolist():
            target.writestr(
                zipfile.ZipInfo(info.filename, (2026, 1, 1, 0, 0, 0)), source.read(info), zipfile.ZIP_DEFLATED
            )
    return out.getvalue()
