"""A DOCX as paragraphs and tables: what a reader of the printed paper would see."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
from docx.opc.exceptions import PackageNotFoundError

from extractors.intake.limits import Limits
from extractors.pdf.numbering import Numbering
from extractors.pdf.typeset import Align, Cell, Grid, Paragraph, Run
from schemas.errors import BrokenFile, TooLarge

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_SKIPPED = frozenset({_W + "del", _W + "moveFrom", _W + "instrText", _W + "delText", _MC_FALLBACK, _W + "pPr"})
_MAX_XML = 200 * 1024**2
_DEPTH = 4


def docx_blocks(path: Path, limits: Limits) -> list[Paragraph | Grid]:
    """Header, body and footer of the document in order; insertions of tracked changes count, deletions do not.

    Raises BrokenFile (E104), TooLarge (E106).
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(i.file_size for i in archive.infolist() if i.filename.endswith(".xml")) > _MAX_XML:
                raise TooLarge("DOCX")
        document = docx.Document(str(path))
    except (
        PackageNotFoundError, zipfile.BadZipFile, KeyError, ValueError, AttributeError, SyntaxError, EOFError,
        NotImplementedError,
    ) as exc:  # fmt: skip
        raise BrokenFile("DOCX") from exc
    try:
        reader = _Reader(document, limits)
        section = document.sections[0] if len(document.sections) else None
        blocks: list[Paragraph | Grid] = []
        if section is not None:
            blocks += [b for b in reader.blocks(_header(section)) if _has_text(b)]
        blocks += reader.blocks(document.element.body)
        if section is not None:
            blocks += [b for b in reader.blocks(section.footer._element) if _has_text(b)]
        return blocks
    except (KeyError, ValueError, AttributeError, IndexError, TypeError, RecursionError) as exc:
        raise BrokenFile("DOCX") from exc


def _header(section: Any) -> Any:
    first = section.different_first_page_header_footer
    return (section.first_page_header if first else section.header)._element


def _has_text(block: Paragraph | Grid) -> bool:
    return isinstance(block, Grid) or any(run.text.strip() for run in block.runs)


class _Reader:
    def __init__(self, document: Any, limits: Limits) -> None:
        self._styles = {style.style_id: style for style in document.styles}
        self._numbering = Numbering(document)
        self._left = limits.max_text_chars

    def blocks(self, parent: Any, depth: int = 0) -> list[Paragraph | Grid]:
        out: list[Paragraph | Grid] = []
        for child in parent:
            if child.tag == _W + "p":
                out.append(self._paragraph(child))
                for box in _text_boxes(child):
                    out += self.blocks(box, depth + 1) if depth < _DEPTH else []
            elif child.tag == _W + "tbl":
                out.append(self._table(child, depth))
            elif child.tag in (_W + "sdt", _W + "sdtContent", _W + "ins", _W + "smartTag", _W + "customXml"):
                out += self.blocks(child, depth)
        return out

    def _paragraph(self, p: Any) -> Paragraph:
        style = self._style(p)
        runs: list[Run] = []
        number = self._numbering.label(p)
        if number:
            runs.append(Run(number + " "))
        breaks = False
        for text, bold, italic, page in _runs(p):
            breaks = breaks or (page and not runs)
            self._left -= len(text)
            if self._left < 0:
                raise TooLarge("DOCX")
            runs.append(Run(text, style[0] if bold is None else bold, style[1] if italic is None else italic))
        return Paragraph(tuple(runs), _alignment(p, style[2]), page_break=breaks or _flag(p, "pageBreakBefore"))

    def _style(self, p: Any) -> tuple[bool, bool, Align]:
        node = p.find(f"{_W}pPr/{_W}pStyle")
        style = self._styles.get(node.get(_W + "val")) if node is not None else None
        bold = italic = False
        align: Align = "left"
        for _ in range(8):
            if style is None:
                break
            bold = bold or bool(style.font.bold)
            italic = italic or bool(style.font.italic)
            if align == "left":
                align = _alignment(style.element, "left")
            style = style.base_style
        return bold, italic, align

    def _table(self, tbl: Any, depth: int) -> Grid:
        widths = [float(c.get(_W + "w") or 0) or 1.0 for c in tbl.findall(f"{_W}tblGrid/{_W}gridCol")]
        rows: list[tuple[Cell, ...]] = []
        for tr in tbl.findall(_W + "tr"):
            cells = []
            for tc in tr.findall(_W + "tc"):
                span = tc.find(f"{_W}tcPr/{_W}gridSpan")
                merge = tc.find(f"{_W}tcPr/{_W}vMerge")
                shared = merge is not None and merge.get(_W + "val", "continue") == "continue"
                inner = self.blocks(tc, depth + 1) if depth < _DEPTH else []
                cells.append(Cell(tuple(_flat(inner)), int(span.get(_W + "val")) if span is not None else 1, shared))
            rows.append(tuple(cells))
        columns = max((sum(c.span for c in row) for row in rows), default=1)
        if len(widths) != columns:
            widths = [1.0] * columns
        return Grid(tuple(rows), tuple(widths), _ruled(tbl, self._styles))


def _flat(blocks: list[Paragraph | Grid]) -> Iterator[Paragraph]:
    """Paragraphs of a cell; a table inside a cell is read row by row."""
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block
        else:
            for row in block.rows:
                for cell in row:
                    yield from cell.paragraphs


def _runs(p: Any) -> Iterator[tuple[str, bool | None, bool | None, bool]]:
    """(text, bold, italic, page break before) of a paragraph, text boxes left out."""
    stack = [iter(p)]
    bold: bool | None = None
    italic: bool | None = None
    while stack:
        node = next(stack[-1], None)
        if node is None:
            stack.pop()
            continue
        tag = node.tag
        if tag in _SKIPPED or tag == _W + "txbxContent":
            continue
        if tag == _W + "rPr":
            bold, italic = _toggle(node, "b"), _toggle(node, "i")
        elif tag == _W + "t":
            yield node.text or "", bold, italic, False
        elif tag == _W + "tab":
            yield "\t", bold, italic, False
        elif tag in (_W + "br", _W + "cr"):
            page = node.get(_W + "type") == "page"
            yield "" if page else "\n", bold, italic, page
        elif tag == _W + "noBreakHyphen":
            yield "-", bold, italic, False
        elif tag == _W + "sym":
            yield "•", bold, italic, False
        else:
            if tag == _W + "r":
                bold = italic = None
            if isinstance(tag, str):
                stack.append(iter(node))


def _text_boxes(p: Any) -> list[Any]:
    found = []
    for box in p.iter(_W + "txbxContent"):
        if not any(a.tag == _MC_FALLBACK for a in box.iterancestors()):
            inside = next((a for a in box.iterancestors(_W + "txbxContent")), None)
            if inside is None or not any(a is p for a in inside.iterancestors()):
                found.append(box)
    return found


def _toggle(properties: Any, name: str) -> bool | None:
    node = properties.find(_W + name)
    return None if node is None else node.get(_W + "val", "1") not in ("0", "false", "off")


def _flag(p: Any, name: str) -> bool:
    properties = p.find(_W + "pPr")
    return properties is not None and bool(_toggle(properties, name))


def _alignment(element: Any, default: Align) -> Align:
    node = element.find(f"{_W}pPr/{_W}jc")
    value = node.get(_W + "val") if node is not None else None
    if value == "center":
        return "center"
    if value in ("right", "end"):
        return "right"
    return default if value is None else "left"


def _ruled(tbl: Any, styles: dict[str, Any]) -> bool:
    """Whether the table's rules are printed: a letterhead is a table without any."""
    own = tbl.find(f"{_W}tblPr/{_W}tblBorders")
    if own is not None:
        return any(b.get(_W + "val") not in ("nil", "none", None) for b in own)
    if any(b.get(_W + "val") not in ("nil", "none", None) for borders in tbl.iter(_W + "tcBorders") for b in borders):
        return True
    node = tbl.find(f"{_W}tblPr/{_W}tblStyle")
    style = styles.get(node.get(_W + "val")) if node is not None else None
    while style is not None:
        if any(
            b.get(_W + "val") not in ("nil", "none", None) for bs in style.element.iter(_W + "tblBorders") for b in bs
        ):
            return True
        style = style.base_style
    return False
