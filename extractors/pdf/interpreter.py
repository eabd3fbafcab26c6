"""Content streams of a page as glyphs and ruling lines.

pdfplumber (through pdfminer) opens the document, its fonts and resources; its own objects cost twice the time
of the parsing, so the page program is run here: one regular expression cuts the tokens, and glyphs are plain
tuples. Measured against ``pdfplumber.Page.chars`` on the same pages by the tests.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pdfminer.pdfdevice import PDFTextDevice
from pdfminer.pdffont import PDFUnicodeNotDefined
from pdfminer.pdfinterp import PDFPageInterpreter
from pdfminer.pdftypes import PDFStream, stream_value

from extractors.pdf.tokens import operations

_Matrix = tuple[float, float, float, float, float, float]
MAX_GLYPHS = 200_000
MAX_PATHS = 40_000
MAX_FORM_DEPTH = 12
MAX_PICTURES = 2_000


class Glyph(NamedTuple):
    """One drawn character, in points of the displayed media box, y upwards.

    ``angle`` is 0, 90, 180 or 270 (counter-clockwise); ``mode`` the PDF text rendering mode (3 = invisible);
    ``x0 y0 x1 y1`` its box, ``bx, by`` the start of its base line.
    """

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    bx: float
    by: float
    size: float
    font: str
    angle: int
    mode: int
    white: bool


@dataclass(slots=True)
class Drawing:
    """What one page draws: glyphs, straight rules (x0, y0, x1, y1), and how much else.

    fills    boxes painted in anything but white
    curves   boxes of curved strokes or fills: handwriting, seals, logos
    images   number of images
    pictures box of every image, and how many glyphs had been drawn before it (those it may cover)
    notes    "too_many_objects" when the page was not read to its end
    """

    glyphs: list[Glyph] = field(default_factory=list)
    rules: list[tuple[float, float, float, float]] = field(default_factory=list)
    fills: list[tuple[float, float, float, float]] = field(default_factory=list)
    curves: list[tuple[float, float, float, float]] = field(default_factory=list)
    images: int = 0
    pictures: list[tuple[tuple[float, float, float, float], int]] = field(default_factory=list)
    truncated: bool = False


class TooMuch(Exception):  # inner signal, never leaves draw()
    """The page draws more than any paper does."""


class Interpreter(PDFPageInterpreter):
    """pdfminer's machine with a faster tokenizer, and bounds."""

    depth = 0
    _table: dict[str, tuple[str, int] | None] = {}  # noqa: RUF012  # shared cache of method lookups

    def __init__(self, rsrcmgr: Any, recorder: Recorder) -> None:
        super().__init__(rsrcmgr, recorder)
        self.recorder = recorder

    def dup(self) -> Interpreter:
        other = Interpreter(self.rsrcmgr, self.recorder)
        other.depth = self.depth + 1
        return other

    def execute(self, streams: Sequence[object]) -> None:
        if self.depth > MAX_FORM_DEPTH:
            return
        parts = []
        self.stream_ids.clear()
        for obj in streams:
            stream = stream_value(obj)
            if stream.objid is not None:
                if stream.objid in self.parent_stream_ids:
                    continue
                self.stream_ids.add(stream.objid)
            parts.append(stream.get_data())
        for op, args in operations(b"\n".join(parts)):
            if op not in self._table:
                method = getattr(type(self), "do_" + op.replace("*", "_a").replace('"', "_w").replace("'", "_q"), None)
                self._table[op] = None if method is None else (method.__name__, method.__code__.co_argcount - 1)
            entry = self._table[op]
            if entry is None:
                continue
            name, count = entry
            if count == 0:
                if op in ("scn", "SCN", "sc", "SC"):
                    self.argstack = args
                getattr(self, name)()
                self.argstack = []
            elif len(args) >= count:
                getattr(self, name)(*args[-count:])

    def do_TJ(self, seq: Any) -> None:  # noqa: N802  # pdfminer names methods after operators
        self.recorder.text_mode = self.textstate.render
        super().do_TJ(seq)

    def do_Do(self, xobjid_arg: Any) -> None:  # noqa: N802
        if getattr(xobjid_arg, "name", None) in self.xobjmap:
            super().do_Do(xobjid_arg)

    def do_EI(self, *_args: Any) -> None:  # noqa: N802
        self.recorder.note_picture(self.ctm)


class Recorder(PDFTextDevice):
    """Writes down what the machine draws."""

    def __init__(self, rsrcmgr: Any) -> None:
        super().__init__(rsrcmgr)
        self.drawing = Drawing()
        self.text_mode = 0
        self._paths = 0
        self._fonts: dict[int, tuple[dict[int, tuple[str, float]], str, float, bool, Any]] = {}

    def begin_page(self, page: Any, ctm: Any) -> None: ...
    def end_page(self, page: Any) -> None: ...
    def begin_figure(self, name: str, bbox: Any, matrix: Any) -> None: ...
    def end_figure(self, name: str) -> None: ...
    def begin_tag(self, tag: Any, props: Any = None) -> None: ...
    def end_tag(self) -> None: ...
    def do_tag(self, tag: Any, props: Any = None) -> None: ...

    def render_image(self, name: str, stream: PDFStream) -> None:
        self.note_picture(self.ctm or (1.0, 0.0, 0.0, 1.0, 0.0, 0.0))

    def note_picture(self, matrix: _Matrix) -> None:
        """An image fills the unit square under ``matrix``."""
        a, b, c, d, e, f = matrix
        xs, ys = (e, e + a, e + c, e + a + c), (f, f + b, f + d, f + b + d)
        self.drawing.images += 1
        if len(self.drawing.pictures) < MAX_PICTURES:
            self.drawing.pictures.append(((min(xs), min(ys), max(xs), max(ys)), len(self.drawing.glyphs)))

    def _font(self, font: Any) -> tuple[dict[int, tuple[str, float]], str, float, bool, Any]:
        entry = self._fonts.get(id(font))
        if entry is None:
            name = font.fontname
            name = name.decode("latin-1") if isinstance(name, bytes) else str(name)
            if len(name) > 7 and name[6] == "+":
                name = name[7:]
            entry = ({}, name, float(font.get_descent()), bool(font.is_vertical()), font)
            self._fonts[id(font)] = entry
        return entry

    def render_string_horizontal(
        self,
        seq: Any,
        matrix: _Matrix,
        pos: tuple[float, float],
        font: Any,
        fontsize: float,
        scaling: float,
        charspace: float,
        wordspace: float,
        rise: float,
        dxscale: float,
        ncs: Any,
        graphicstate: Any,
    ) -> tuple[float, float]:
        x, y = pos
        a, b, c, d, e, f = matrix
        known, name, descent, _vertical, _keep = self._font(font)
        low, high = descent * fontsize + rise, descent * fontsize + rise + fontsize
        flat = abs(b) < 1e-6 * abs(a) and abs(c) < 1e-6 * abs(d or 1)
        angle = 0 if flat and a * scaling > 0 else _angle(a, b)
        white = _is_white(graphicstate.ncolor, ncs)
        mode = self.text_mode
        glyphs = self.drawing.glyphs
        width_scale = fontsize * scaling
        size = abs(fontsize) * (abs(d) if flat else (c * c + d * d) ** 0.5)
        spaced = False
        for item in seq:
            if isinstance(item, int | float):
                x -= item * dxscale
                spaced = True
                continue
            if not isinstance(item, bytes):
                continue
            for cid in font.decode(item):
                if spaced:
                    x += charspace
                spaced = True
                entry = known.get(cid)
                if entry is None:
                    try:
                        text = font.to_unichr(cid)
                    except PDFUnicodeNotDefined:
                        text = f"(cid:{cid})"
                    if cid == 0xAD and text.isspace() and not font.is_multibyte() and font.unicode_map is None:
                        text = "\u00ad"  # pdfminer's table has a space here; old fonts have their ư
                    entry = known[cid] = (text, font.char_width(cid))
                text, advance = entry
                advance *= width_scale
                if flat:
                    gx0, gx1 = a * x + e, a * (x + advance) + e
                    gy0, gy1 = d * (y + low) + f, d * (y + high) + f
                    by = d * (y + rise) + f
                    bx = gx0
                else:
                    xs = [a * u + c * v + e for u in (x, x + advance) for v in (y + low, y + high)]
                    ys = [b * u + d * v + f for u in (x, x + advance) for v in (y + low, y + high)]
                    gx0, gx1, gy0, gy1 = min(xs), max(xs), min(ys), max(ys)
                    bx, by = a * x + c * y + e, b * x + d * y + f
                if gx1 < gx0:
                    gx0, gx1 = gx1, gx0
                if gy1 < gy0:
                    gy0, gy1 = gy1, gy0
                glyphs.append(Glyph(text, gx0, gy0, gx1, gy1, bx, by, size, name, angle, mode, white))
                x += advance
                if cid == 32 and wordspace:
                    x += wordspace
        if len(glyphs) > MAX_GLYPHS:
            raise TooMuch
        return x, y

    def render_char(self, matrix: _Matrix, font: Any, fontsize: float, *rest: Any) -> float:
        """Vertical writing only: never Vietnamese, kept so that the page is not lost."""
        scaling, rise, cid, _ncs, _state = rest
        self.render_string_horizontal(
            [bytes((cid & 255,))], matrix, (0, 0), font, fontsize, scaling, 0, 0, rise, 0, _ncs, _state
        )
        return float(font.char_width(cid) * fontsize * scaling)

    def paint_path(self, gstate: Any, stroke: bool, fill: bool, evenodd: bool, path: Sequence[Any]) -> None:
        if _is_white(gstate.scolor if stroke else gstate.ncolor, None) or self.ctm is None:
            return
        a, b, c, d, e, f = self.ctm
        points: list[tuple[float, float]] = []
        curved = False
        for step in path:
            op = step[0]
            if op == "h":
                continue
            if op == "m" and points:
                self._one_path(points, curved, stroke)
                points, curved = [], False
            curved = curved or op in "cvy"
            px, py = step[-2], step[-1]
            points.append((a * px + c * py + e, b * px + d * py + f))
        if points:
            self._one_path(points, curved, stroke)

    def _one_path(self, points: list[tuple[float, float]], curved: bool, stroke: bool) -> None:
        self._paths += 1
        if self._paths > MAX_PATHS:
            raise TooMuch
        xs, ys = [p[0] for p in points], [p[1] for p in points]
        x0, y0, x1, y1 = box = (min(xs), min(ys), max(xs), max(ys))
        width, height = x1 - x0, y1 - y0
        rules = self.drawing.rules
        if min(width, height) <= 3 and max(width, height) <= 3:
            return  # a dot, or the corner piece of a ruled table
        if min(width, height) <= 3 and len(points) <= 12:
            middle_x, middle_y = (x0 + x1) / 2, (y0 + y1) / 2
            rules.append((x0, middle_y, x1, middle_y) if height <= width else (middle_x, y0, middle_x, y1))
        elif curved or len(points) > 12:
            self.drawing.curves.append(box)
        elif stroke:
            for (ax, ay), (bx, by) in zip(points, points[1:] + points[:1], strict=True):
                if abs(bx - ax) <= 1 or abs(by - ay) <= 1:
                    rules.append((min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)))
        else:
            self.drawing.fills.append(box)


def _angle(a: float, b: float) -> int:
    if abs(a) >= abs(b):
        return 0 if a > 0 else 180
    return 90 if b > 0 else 270


def _is_white(color: Any, space: Any) -> bool:
    """White in grey, RGB or CMYK; a spot colour is ink whatever its number."""
    if space is not None and getattr(space, "name", "") in ("Separation", "DeviceN", "Indexed", "Pattern"):
        return False
    if isinstance(color, int | float):
        return color >= 0.98
    if isinstance(color, tuple | list) and color and all(isinstance(v, int | float) for v in color):
        if len(color) == 4:
            return all(v <= 0.02 for v in color)
        return all(v >= 0.98 for v in color)
    return False


def draw(page: Any, rsrcmgr: Any) -> Drawing:
    """Run the program of a pdfminer page. Raises whatever pdfminer raises on a broken one."""
    device = Recorder(rsrcmgr)
    try:
        Interpreter(rsrcmgr, device).process_page(page)
    except TooMuch:
        device.drawing.truncated = True
    return device.drawing


__all__ = ["Drawing", "Glyph", "Interpreter", "draw"]
