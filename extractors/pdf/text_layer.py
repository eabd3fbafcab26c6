"""The text a page carries itself: read, put in order, and judged; never trusted unseen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from extractors.pdf.interpreter import Drawing, Glyph
from extractors.pdf.legacy import convert, mend_capitals, which_legacy
from extractors.pdf.order import in_reading_order, split_row
from extractors.pdf.tables import Grid, find_grids, row_text, take_cells
from extractors.pdf.vietnamese import judge
from extractors.pdf.words import Row, Token, build_rows, clean_glyphs, turn_glyphs
from schemas.geometry import Box
from schemas.reading import Line, Region, Table, Word
from schemas.text import nfc

Verdict = Literal["good", "empty", "garbage", "scanner_ocr", "partial"]
_FULL_PAGE = 0.75
# A place left open for a handwritten number or day: "Số:      /QĐ-UBND", "ngày    tháng 9".
_OPEN_NUMBER = re.compile(r"\bSố\s*:?\s*(?:\.{2,}|…+|_+)?\s*/\s*[A-ZĐ]", re.UNICODE)
_OPEN_DATE = re.compile(r",\s*ngày\s*(?:\.{2,}|…+)?\s*tháng|tháng\s*(?:\.{2,}|…+)?\s*năm", re.IGNORECASE | re.UNICODE)


@dataclass(frozen=True, slots=True)
class TextLayer:
    """The text layer of one page.

    lines    in reading order, block by block; ``region`` is "table" or "body"
    tables   ruled tables as grids
    pictures boxes of the images on the page
    verdict  good: born-digital Vietnamese text; empty: no text; garbage: text that is not what the eye sees;
             scanner_ocr: some scanner's reading laid under a picture; partial: good, but the page also holds
             pictures or strokes where a number, a date or a signer may stand
    notes    short machine codes: "tcvn3", "vni" (converted), "hidden_text", "white_text", "doubled_text" (left
             out), "sideways_text", "form_values", "second_source" (read by PDFium), "images", "strokes",
             "annotations", "signature" (a visible digital one), "open_number", "open_date" (why partial),
             "not_vietnamese", "odd_characters", "too_many_objects", "unreadable_layer" (why garbage)
    """

    lines: tuple[Line, ...] = ()
    tables: tuple[Table, ...] = ()
    verdict: Verdict = "empty"
    notes: tuple[str, ...] = ()
    pictures: tuple[Box, ...] = ()

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)

    def notes_any(self, *codes: str) -> bool:
        return any(code in self.notes for code in codes)


EMPTY_LAYER = TextLayer()


@dataclass(frozen=True, slots=True)
class Frame:
    """How the displayed page lies in the displayed media box, in points: offset of its lower left corner, size."""

    left: float
    bottom: float
    width: float
    height: float


def read_layer(
    drawing: Drawing, frame: Frame, *, image_coverage: float, extra: Sequence[Token] = (), notes: Iterable[str] = ()
) -> TextLayer:
    """The layer from what the page draws; ``extra`` words are form values, ``notes`` what is known already."""
    marks = set(notes)
    glyphs = [_shift(g, frame) for g in drawing.glyphs if _inside(g, frame)]
    visible, left_out = clean_glyphs(glyphs)
    marks |= left_out
    ink = sum(1 for g in visible if not g.text.isspace())
    hidden = sum(1 for g in glyphs if g.mode in (3, 7) and not g.text.isspace())
    if not ink and not hidden and not extra:
        return TextLayer(notes=tuple(sorted(marks)))
    behind_picture = hidden > ink or (image_coverage >= _FULL_PAGE and ink > 0 and not _over_pictures(drawing, frame))
    if hidden > ink:
        visible, _ = clean_glyphs(glyphs, keep_hidden=True)
    if drawing.truncated:
        marks.add("too_many_objects")
    upright = [g for g in visible if g.angle == 0]
    rows = build_rows(upright, height=frame.height)
    if extra:
        rows = _merge_rows(rows, extra)
    rows, legacy = _mend_encoding(rows)
    marks |= legacy
    rules = [] if behind_picture else [_shift_box(r, frame) for r in drawing.rules]
    lines, tables = _lines(rows, find_grids(rules, width=frame.width, height=frame.height), frame)
    sideways = [g for g in visible if g.angle != 0]
    if sideways:
        lines += _sideways(sideways, frame)
        marks.add("sideways_text")
    verdict = _verdict(lines, marks, behind_picture, len(sideways) > len(upright))
    if verdict == "good" and _is_partial(lines, drawing, frame, image_coverage, marks):
        verdict = "partial"
    pictures = tuple(_picture_box(box, frame) for box, _ in drawing.pictures)
    return TextLayer(tuple(lines), tuple(tables), verdict, tuple(sorted(marks)), pictures)


def _over_pictures(drawing: Drawing, frame: Frame) -> bool:
    """The words are printed on a picture (the frame of a certificate), not hidden behind one (a scan)."""
    large = [before for box, before in drawing.pictures if _area(box) >= 0.25 * frame.width * frame.height]
    return bool(large) and max(large) <= 0.05 * len(drawing.glyphs)


def _area(box: tuple[float, float, float, float]) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _picture_box(box: tuple[float, float, float, float], frame: Frame) -> Box:
    x0, y0, x1, y1 = _shift_box(box, frame)
    return _box((x0, frame.height - y1, x1, frame.height - y0), frame)


def _verdict(lines: Sequence[Line], marks: set[str], behind_picture: bool, mostly_sideways: bool) -> Verdict:
    if behind_picture:
        return "scanner_ocr"
    if not lines:
        return "empty"
    found = judge("\n".join(line.text for line in lines))
    if found.odd >= 0.02:
        marks.add("odd_characters")
        return "garbage"
    if mostly_sideways or "too_many_objects" in marks:
        return "garbage"
    if found.tokens >= 8 and not found.is_vietnamese:
        # Lists of codes, foreign names and units carry fewer marks; words that are no syllables give rubbish away.
        few = found.tokens < 40 and found.known >= 0.6 and found.accented >= 0.25
        if not few:
            marks.add("not_vietnamese")
            return "garbage"
    return "good"


def _is_partial(lines: Sequence[Line], drawing: Drawing, frame: Frame, coverage: float, marks: set[str]) -> bool:
    if drawing.images or coverage > 0.001:
        marks.add("images")
    area = frame.width * frame.height
    strokes = [c for c in drawing.curves if (c[2] - c[0]) * (c[3] - c[1]) < 0.3 * area]
    if len(strokes) >= 3:
        marks.add("strokes")
    text = "\n".join(line.text for line in lines)
    if _OPEN_NUMBER.search(text):
        marks.add("open_number")
    if _OPEN_DATE.search(text):
        marks.add("open_date")
    return bool(marks & {"images", "strokes", "open_number", "open_date", "annotations", "signature"})


def _mend_encoding(rows: list[Row]) -> tuple[list[Row], set[str]]:
    """Legacy fonts as Unicode where that is certain: by font name where the names tell, else the page as one."""
    whole_text = "\n".join(row_text(row) for row in rows)
    if all(ord(c) < 0x80 for c in whole_text):
        return rows, set()
    by_font: dict[str, list[str]] = {}
    for row in rows:
        for token in row:
            for font, text in token.parts or ((token.font, token.text),):
                by_font.setdefault(font, []).append(text)
    kinds: dict[str, str] = {}
    whole = which_legacy(whole_text, fonts=frozenset(by_font))
    for font, words in by_font.items():
        low = font.lower()
        own = which_legacy(" ".join(words), fonts=frozenset({font}))
        named = "tcvn3" if low.startswith(".vn") else "vni" if low.startswith("vni") else None
        kind = (
            own or (named if whole == named else None) or (whole if not judge(" ".join(words)).is_vietnamese else None)
        )
        if kind:
            kinds[font] = kind
    if not kinds:
        return rows, set()
    mended = [[_converted(t, kinds) for t in row] for row in rows]
    if "tcvn3" in kinds.values():
        mended = [[t for part in split_row(row) for t in _in_capitals(part.tokens)] for row in mended]
    return mended, set(kinds.values())


def _converted(t: Token, kinds: dict[str, str]) -> Token:
    """The word in Unicode, each part of it by its own font."""
    if not t.parts:
        return t if t.font not in kinds else _retext(t, convert(t.text, kinds[t.font], font=t.font))
    if not any(font in kinds for font, _ in t.parts):
        return t
    text = "".join(convert(part, kinds[font], font=font) if font in kinds else part for font, part in t.parts)
    text = nfc(text.replace("\u00ad", "-")).strip()
    return _retext(t, mend_capitals(text) if "tcvn3" in kinds.values() else text)


def _in_capitals(tokens: Sequence[Token]) -> list[Token]:
    """TCVN3 has no capitals with accents outside a font of their own: where every plain letter is one, all are."""
    plain = [c for t in tokens for c in t.text if c.isascii() and c.isalpha()]
    if len(plain) < 3 or not all(c.isupper() for c in plain) or tokens[0].text.startswith("Số"):
        return list(tokens)
    return [_retext(t, t.text.upper()) for t in tokens]


def _retext(t: Token, text: str) -> Token:
    return Token(text, t.x0, t.y0, t.x1, t.y1, t.base, t.size, t.font)


def _lines(rows: list[Row], grids: Sequence[Grid], frame: Frame) -> tuple[list[Line], list[Table]]:
    blocks: list[tuple[float, list[Line]]] = []
    tables: list[Table] = []
    for grid in grids:
        cells, rest = take_cells(rows, grid)
        inside = [line for row in cells for cell in row for line in _cell_lines(cell, frame)]
        if len([1 for row in cells for cell in row if cell]) < 2:
            continue  # an empty frame, or a box round one paragraph
        rows = rest
        texts = tuple(
            tuple(
                None if box is None else "\n".join(row_text(r) for r in cell)
                for box, cell in zip(boxes, row, strict=True)
            )
            for boxes, row in zip(grid.rows, cells, strict=True)
        )
        tables.append(Table(_box(grid.box, frame), texts))
        blocks.append((grid.box[1], inside))
    lines: list[Line] = []
    for top, inside in sorted(blocks, key=lambda b: b[0]):
        above = [row for row in rows if row[0].base <= top]
        rows = [row for row in rows if row[0].base > top]
        lines += [_line(t, frame, "body") for t in in_reading_order(above, width=frame.width)]
        lines += inside
    lines += [_line(t, frame, "body") for t in in_reading_order(rows, width=frame.width)]
    return lines, tables


def _cell_lines(cell: Sequence[Row], frame: Frame) -> list[Line]:
    return [_line(row, frame, "table") for row in cell]


def _sideways(glyphs: Sequence[Glyph], frame: Frame) -> list[Line]:
    """Text that runs up, down or upside down: read in its own direction, after everything else."""
    lines: list[Line] = []
    for angle in (90, 180, 270):
        some = [g for g in glyphs if g.angle == angle]
        if not some:
            continue
        across = angle != 180
        height = frame.width if across else frame.height
        for row in build_rows(turn_glyphs(some, angle, frame.width, frame.height), height=height):
            words = []
            for t in row:
                y0, y1 = height - t.y1, height - t.y0
                if angle == 90:  # undo turn_glyphs
                    box = (frame.width - y1, t.x0, frame.width - y0, t.x1)
                elif angle == 180:
                    box = (frame.width - t.x1, frame.height - y1, frame.width - t.x0, frame.height - y0)
                else:
                    box = (y0, frame.height - t.x1, y1, frame.height - t.x0)
                upside = (box[0], frame.height - box[3], box[2], frame.height - box[1])
                words.append(Word(t.text, _box(upside, frame), 1.0, "pdf_text"))
            lines.append(Line(tuple(words)))
    return lines


def _line(tokens: Sequence[Token], frame: Frame, region: Region) -> Line:
    words = tuple(Word(t.text, _box((t.x0, t.y0, t.x1, t.y1), frame), 1.0, "pdf_text") for t in tokens)
    return Line(words, region=region)


def _box(box: tuple[float, float, float, float], frame: Frame) -> Box:
    def unit(value: float) -> float:
        return min(1.0, max(0.0, value))

    w, h = frame.width, frame.height
    return Box(unit(box[0] / w), unit(box[1] / h), unit(box[2] / w), unit(box[3] / h))


def _merge_rows(rows: list[Row], extra: Sequence[Token]) -> list[Row]:
    rows = [list(row) for row in rows]
    for token in extra:
        home = next((r for r in rows if abs(r[0].base - token.base) <= 0.45 * max(token.size, r[0].size)), None)
        if home is None:
            rows.append([token])
        else:
            home.append(token)
    for row in rows:
        row.sort(key=lambda t: t.x0)
    return sorted(rows, key=lambda r: r[0].base)


def _inside(g: Glyph, frame: Frame) -> bool:
    cx, cy = (g.x0 + g.x1) / 2 - frame.left, (g.y0 + g.y1) / 2 - frame.bottom
    return -1 <= cx <= frame.width + 1 and -1 <= cy <= frame.height + 1


def _shift(g: Glyph, frame: Frame) -> Glyph:
    if not frame.left and not frame.bottom:
        return g
    dx, dy = frame.left, frame.bottom
    return g._replace(x0=g.x0 - dx, y0=g.y0 - dy, x1=g.x1 - dx, y1=g.y1 - dy, bx=g.bx - dx, by=g.by - dy)


def _shift_box(box: tuple[float, float, float, float], frame: Frame) -> tuple[float, float, float, float]:
    return box[0] - frame.left, box[1] - frame.bottom, box[2] - frame.left, box[3] - frame.bottom
