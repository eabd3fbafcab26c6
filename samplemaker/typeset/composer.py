"""Puts paragraphs, form lines and tables on pages, top down."""

from __future__ import annotations

from samplemaker.fonts import text_width, variant
from samplemaker.model import Align, Break, Field, Para, Table
from samplemaker.page import Page, Rule, Text
from samplemaker.typeset.markup import Piece, Word, plain, split_words
from samplemaker.typeset.merged import set_merged
from samplemaker.typeset.style import A3, A5, Style


class Composer:
    """A cursor on a growing list of pages."""

    def __init__(self, style: Style) -> None:
        self.style = style
        self.pages: list[Page] = []
        self.size_now = style.paper
        self.y = 0.0
        self.new_page()

    @property
    def page(self) -> Page:
        """The page being set."""
        return self.pages[-1]

    @property
    def left(self) -> float:
        """Left edge of the text."""
        return self.style.margins[0]

    @property
    def right(self) -> float:
        """Right edge of the text."""
        return self.page.width - self.style.margins[2]

    @property
    def bottom(self) -> float:
        """Lowest base line."""
        return self.page.height - self.style.margins[3]

    def new_page(self) -> None:
        """Starts a page of the current size; a page number from the second on."""
        width, height = self.size_now
        self.pages.append(Page(width, height))
        self.y = self.style.margins[1]
        number, where = len(self.pages), self.style.page_number
        if number == 1 or where == "none":
            return
        size = self.style.size
        x = width / 2 if where != "right" else width - self.style.margins[2]
        y = self.y - 16 if where == "top" else height - self.style.margins[3] + 26
        if y < size or y > height - 6:
            return
        self.put(str(number), x, y, self.style.font, size, align="center")
        self.page.lines.append(str(number))

    def need(self, height: float) -> None:
        """Turns the page unless so much height is left."""
        if self.y + height > self.bottom:
            self.new_page()

    def put(
        self,
        text: str,
        x: float,
        y: float,
        font: str,
        size: float,
        *,
        align: str = "left",
        color: str = "black",
        tag: str | None = None,
    ) -> float:
        """One run at a base line; returns its width."""
        width = text_width(font, text, size)
        x -= width / 2 if align == "center" else (width if align == "right" else 0)
        self.page.items.append(Text(x, y, text, font, size, color, tag))
        return width

    def break_lines(
        self, words: list[Word], size: float, width: float, first: float = 0.0, font: str = ""
    ) -> list[list[Word]]:
        """Words to lines no wider than ``width``; the first line starts ``first`` later."""
        lines: list[list[Word]] = []
        line: list[Word] = []
        space = text_width(font or self.style.font, " ", size)
        used = first
        for word in words:
            wide = self.word_width(word, size, font)
            if line and used + space + wide > width:
                lines.append(line)
                line, used = [word], wide
            else:
                used += (space if line else 0) + wide
                line.append(word)
        return [*lines, line] if line else lines

    def piece_font(self, piece: Piece, font: str = "") -> str:
        """Font of a piece."""
        return variant(font or self.style.font, bold=piece.bold, italic=piece.italic)

    def word_width(self, word: Word, size: float, font: str = "") -> float:
        """Width of a word."""
        return sum(text_width(self.piece_font(piece, font), piece.text, size) for piece in word)

    def set_line(
        self, line: list[Word], x: float, y: float, size: float, *, gap: float, color: str = "black", font: str = ""
    ) -> float:
        """One line of words with ``gap`` between; returns where it ends."""
        for index, word in enumerate(line):
            last = index == len(line) - 1
            for number, piece in enumerate(word):
                name = self.piece_font(piece, font)
                tail = " " if number == len(word) - 1 and not last else ""
                self.page.items.append(Text(x, y, piece.text + tail, name, size, color, piece.tag))
                wide = text_width(name, piece.text, size)
                if piece.under:
                    self.page.items.append(Rule(x, y + 2, x + wide, y + 2, 0.6, color))
                x += wide
            x += 0 if last else gap
        return x

    def flow(
        self,
        text: str,
        *,
        x0: float,
        x1: float,
        size: float,
        align: Align = "left",
        first: float = 0.0,
        bold: bool = False,
        italic: bool = False,
        tag: str | None = None,
        color: str = "black",
        leading: float = 0.0,
        font: str = "",
    ) -> None:
        """A paragraph between ``x0`` and ``x1``; turns pages as needed and records the lines."""
        step = leading or size * self.style.leading
        lines = self.break_lines(split_words(text, bold=bold, italic=italic, tag=tag), size, x1 - x0, first, font)
        space = text_width(font or self.style.font, " ", size)
        for index, line in enumerate(lines):
            if self.y + step > self.bottom + 1:
                self.new_page()
            self.y += step
            start = first if index == 0 else 0.0
            natural = sum(self.word_width(w, size, font) for w in line) + space * (len(line) - 1)
            gap, x = space, x0 + start
            spare = x1 - x - natural
            if align == "justify" and index < len(lines) - 1 and len(line) > 1 and spare < 5 * size:
                gap += spare / (len(line) - 1)
            elif align == "center":
                x = x0 + (x1 - x0 - natural) / 2
            elif align == "right":
                x = x1 - natural
            self.set_line(line, x, self.y, size, gap=gap, color=color, font=font)
            self.page.lines.append(" ".join("".join(p.text for p in w) for w in line))

    def para(self, block: Para) -> None:
        """A paragraph of the body."""
        style = self.style
        size = style.size + block.size
        self.y += block.before
        if block.keep:
            self.need(size * style.leading * 3)
        align: Align = block.align
        if align == "justify" and not style.justify:
            align = "left"
        bold = block.bold and style.layout != "typewriter"
        color = style.title_color if block.color == "title" else block.color
        self.flow(
            block.text,
            x0=self.left + block.left,
            x1=self.right,
            size=size,
            align=align,
            bold=bold,
            italic=block.italic,
            first=style.indent if block.indent else 0.0,
            color=color,
        )
        self.y += style.para_gap

    def form_line(self, block: Field) -> None:
        """Label and value of a form, with dots when the style has them."""
        style, size = self.style, self.style.size
        step = size * max(style.leading, 1.3)
        if self.y + step > self.bottom:
            self.new_page()
        label = split_words(block.label)
        value_font = style.fill_font
        value_size = size * (1.25 if value_font.startswith("hand") else 1.0)
        x_value = (
            self.left
            + sum(self.word_width(w, size) for w in label)
            + text_width(style.font, " ", size) * len(label)
            + 2
        )
        words = split_words(block.value, bold=style.fill_bold)
        lines = self.break_lines(words, value_size, self.right - self.left, x_value - self.left, value_font)
        self.y += step
        top = self.y
        self.set_line(label, self.left, self.y, size, gap=text_width(style.font, " ", size))
        shown = plain(block.label)
        gap = text_width(value_font, " ", value_size)
        end = x_value
        for index, line in enumerate(lines):
            if index:
                self.y += step
                self.page.lines.append(shown)
                shown = ""
            lift = 1.5 if value_font.startswith("hand") else 0.0
            end = self.set_line(
                line,
                x_value if index == 0 else self.left,
                self.y - lift,
                value_size,
                gap=gap,
                color=style.fill_color,
                font=value_font,
            )
            shown = (shown + " " + " ".join("".join(p.text for p in w) for w in line)).strip()
        self.page.lines.append(shown)
        if style.dots == "under":
            self._dots(x_value, self.right, top + 1.5)
        elif style.dots == "after":
            self._dots(end + 3, self.right, self.y)
        self.y += style.para_gap / 2

    def _dots(self, x0: float, x1: float, y: float) -> None:
        count = int((x1 - x0) / text_width(self.style.font, ".", self.style.size))
        if count > 4:
            self.page.items.append(Text(x0, y, "." * count, self.style.font, self.style.size, "black", None))

    def turn(self, block: Break) -> None:
        """A new page, perhaps lying or of another size."""
        width, height = {"A3": A3, "A5": A5}.get(block.paper, self.style.paper)
        upright = (min(width, height), max(width, height))
        self.size_now = (upright[1], upright[0]) if block.landscape else upright
        self.new_page()

    def table(self, block: Table) -> None:
        """A ruled table; rows are kept whole, the head is repeated on a new page."""
        if block.heads:
            set_merged(self, block)
            return
        size = self.style.size - 1
        total = self.right - self.left
        widths = [w * total / sum(block.widths) for w in block.widths]
        self.y += 4
        self._row(block.header, widths, size, bold=True, centered=tuple(range(len(widths))), head=True, block=block)
        for row in block.rows:
            self._row(row, widths, size, bold=False, centered=block.centered, head=False, block=block)
        self.y += 8

    def _row(
        self,
        cells: tuple[str, ...],
        widths: list[float],
        size: float,
        *,
        bold: bool,
        centered: tuple[int, ...],
        head: bool,
        block: Table,
    ) -> None:
        pad, step = 3.5, size * 1.2
        texts = [
            self.break_lines(split_words(cell, bold=bold and self.style.layout != "typewriter"), size, w - 2 * pad)
            for cell, w in zip(cells, widths, strict=True)
        ]
        height = max(len(t) for t in texts) * step + 2 * pad
        if self.y + height > self.bottom:
            self.new_page()
            if not head:
                self._row(
                    block.header, widths, size, bold=True, centered=tuple(range(len(widths))), head=True, block=block
                )
        x, top = self.left, self.y
        space = text_width(self.style.font, " ", size)
        for index, (lines, width) in enumerate(zip(texts, widths, strict=True)):
            y = top + pad + (height - 2 * pad - len(lines) * step) / 2 - 2
            for line in lines:
                y += step
                natural = sum(self.word_width(w, size) for w in line) + space * (len(line) - 1)
                start = x + (width - natural) / 2 if index in centered else x + pad
                self.set_line(line, start, y, size, gap=space)
                self.page.lines.append(" ".join("".join(p.text for p in w) for w in line))
            self.page.items.append(Rule(x, top, x, top + height, 0.5))
            x += width
        self.page.items += [
            Rule(x, top, x, top + height, 0.5),
            Rule(self.left, top, x, top, 0.5),
            Rule(self.left, top + height, x, top + height, 0.5),
        ]
        self.y = top + height
