"""Page pictures drawn for a test: letters, rules, seals at known places (pixels)."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from samplemaker.fonts import pil_font

RED, BLUE, BLACK = (200, 30, 40), (30, 50, 160), (25, 25, 25)
TEXT = "Ủy ban nhân dân tỉnh yêu cầu các sở, ban, ngành thực hiện đúng quy định của pháp luật"
Place = tuple[int, int, int, int]


@dataclass
class Sheet:
    """An A4 page of white paper at ``dpi``. Places are given in millimetres, boxes come back in pixels."""

    dpi: int = 300
    wide_mm: float = 210
    tall_mm: float = 297
    colour: tuple[int, int, int] = (255, 255, 255)
    image: Image.Image = field(init=False)

    def __post_init__(self) -> None:
        self.image = Image.new("RGB", (self.px(self.wide_mm), self.px(self.tall_mm)), self.colour)

    def px(self, mm: float) -> int:
        return round(mm / 25.4 * self.dpi)

    def write(
        self, text: str, x: float, y: float, *, points: float = 14, font: str = "serif", ink: tuple[int, ...] = BLACK
    ) -> Place:
        """Write one line with its upper left corner there; the box of its ink."""
        draw = ImageDraw.Draw(self.image)
        face = pil_font(font, points * self.dpi / 72)
        at = (self.px(x), self.px(y))
        draw.text(at, text, fill=ink, font=face)
        x0, y0, x1, y1 = draw.textbbox(at, text, font=face)
        return int(x0), int(y0), int(x1), int(y1)

    def paragraph(self, x: float, y: float, *, rows: int, text: str | None = None, points: float = 14) -> list[Place]:
        """Rows of running text 7 mm apart across the text block; no two neighbours are alike."""
        words = (text or TEXT).split()
        turned = [words[5 * k % len(words) :] + words[: 5 * k % len(words)] for k in range(rows)]
        return [self.write(" ".join(row), x, y + 7 * k, points=points) for k, row in enumerate(turned)]

    def rule(self, x0: float, y0: float, x1: float, y1: float) -> None:
        ends = (self.px(x0), self.px(y0), self.px(x1), self.px(y1))
        ImageDraw.Draw(self.image).line(ends, fill=BLACK, width=max(2, self.dpi // 120))

    def grid(self, x: float, y: float, *, columns: int, rows: int, wide: float, tall: float) -> None:
        for k in range(columns + 1):
            self.rule(x + k * wide, y, x + k * wide, y + rows * tall)
        for k in range(rows + 1):
            self.rule(x, y + k * tall, x + columns * wide, y + k * tall)

    def seal(self, x: float, y: float, *, across: float = 36) -> Place:
        """A round seal of red rings with its centre there."""
        draw = ImageDraw.Draw(self.image)
        for r, width in ((across / 2, 0.9), (across / 2 - 5, 0.6), (across / 6, 1.2)):
            box = (self.px(x - r), self.px(y - r), self.px(x + r), self.px(y + r))
            draw.ellipse(box, outline=RED, width=max(2, self.px(width)))
        r = across / 2
        return self.px(x - r), self.px(y - r), self.px(x + r), self.px(y + r)

    @property
    def rgb(self) -> NDArray[np.uint8]:
        return np.asarray(self.image, np.uint8).copy()

    @property
    def gray(self) -> NDArray[np.uint8]:
        return np.asarray(self.image.convert("L"), np.uint8).copy()

    def slanted(self, degrees: float) -> NDArray[np.uint8]:
        """The gray page laid crooked: counter-clockwise positive, same size, as a scanner sees it."""
        turned = self.image.convert("L").rotate(degrees, resample=Image.Resampling.BICUBIC, fillcolor=255)
        return np.asarray(turned, np.uint8).copy()


def letterhead(sheet: Sheet) -> None:
    """Two columns that nearly touch, as on every official paper."""
    sheet.write("ỦY BAN NHÂN DÂN", 32, 20, font="serif-b", points=13)
    sheet.write("TỈNH QUẢNG TRỊ", 36, 26, font="serif-b", points=13)
    sheet.write("Số: 2110/QĐ-UBND", 36, 36, points=13)
    sheet.write("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 96, 20, font="serif-b", points=12)
    sheet.write("Độc lập - Tự do - Hạnh phúc", 112, 26, font="serif-b", points=13)
    sheet.write("Quảng Trị, ngày 12 tháng 8 năm 2021", 106, 36, font="serif-i", points=13)


def signature(sheet: Sheet, y: float) -> None:
    """Recipients at the left, signer at the right."""
    for k, text in enumerate(("Nơi nhận:", "- Như Điều 3;", "- Sở Nội vụ;", "- Lưu: VT, NN.")):
        sheet.write(text, 30, y + 5 * k, points=11)
    for k, text in enumerate(("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH")):
        sheet.write(text, 122, y + 6 * k, font="serif-b", points=13)
    sheet.write("Nguyễn Văn Mẫu", 128, y + 38, font="serif-b", points=14)


def full_page(dpi: int) -> Sheet:
    """An ordinary paper of one page: letterhead, text, recipients and signer."""
    made = Sheet(dpi=dpi)
    letterhead(made)
    made.paragraph(25, 60, rows=18, points=13)
    signature(made, 215)
    return made
