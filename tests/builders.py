"""Readings made by hand, line by line, with what each reader saw: papers for the field readers without any OCR."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from schemas.geometry import Box
from schemas.reading import Line, LineReading, PageReading, Reading, Region, Word

HEIGHT = 0.014  # of a line, fraction of the page
STEP = 0.020
WIDTH_PT, HEIGHT_PT = 595.0, 842.0


@dataclass(frozen=True, slots=True)
class Said:
    """A line as shown, and what the page reader (``tesseract``) and the line reader (``aster``) made of it.

    None: that reader did not read the line. ``layer``: the words of a text layer, nobody had to read them.
    """

    text: str
    tesseract: str | None
    aster: str | None
    score: float = 0.97
    layer: bool = False


def both(text: str, *, score: float = 0.97) -> Said:
    """Two readers agree on every letter."""
    return Said(text, text, text, score)


def one(text: str, *, score: float = 0.97) -> Said:
    """Only the page reader read it."""
    return Said(text, text, None, score)


def differ(shown: str, *, tesseract: str, aster: str, score: float = 0.97) -> Said:
    return Said(shown, tesseract, aster, score)


def layer(text: str) -> Said:
    return Said(text, None, None, 1.0, layer=True)


Text = str | Said


def line(said: Text, box: Box, region: Region = "body") -> Line:
    """One line; words share its width by their letters. Plain text means that both readers agree."""
    said = both(said) if isinstance(said, str) else said
    tokens = said.text.split()
    total = sum(len(t) + 1 for t in tokens) - 1
    words, at = [], 0
    for t in tokens:
        x0, x1 = box.x0 + box.width * at / total, box.x0 + box.width * (at + len(t)) / total
        words.append(Word(t, Box(x0, box.y0, x1, box.y1), said.score, "pdf_text" if said.layer else "ocr"))
        at += len(t) + 1
    seen = [("tesseract", said.tesseract), ("asterocr@main", said.aster)]
    readings = () if said.layer else tuple(LineReading(r, t, said.score) for r, t in seen if t is not None)
    return Line(tuple(words), region, readings)


def column(texts: Sequence[Text], region: Region, *, centre: float, top: float, widest: float = 0.4) -> list[Line]:
    """Centred lines under one another; a line's width follows its length."""
    out = []
    for k, said in enumerate(texts):
        text = said if isinstance(said, str) else said.text
        half = min(widest, 0.0085 * len(text)) / 2
        y = top + k * STEP
        out.append(line(said, Box(centre - half, y, centre + half, y + HEIGHT), region))
    return out


def margin(texts: Sequence[Text], region: Region, *, left: float, right: float, top: float) -> list[Line]:
    """Lines that begin at the left margin; the long ones go to the right one."""
    out = []
    for k, said in enumerate(texts):
        text = said if isinstance(said, str) else said.text
        y = top + k * STEP
        out.append(line(said, Box(left, y, min(right, left + 0.0095 * len(text)), y + HEIGHT), region))
    return out


MOTTO: tuple[Text, ...] = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
AGENCY: tuple[Text, ...] = ("ỦY BAN NHÂN DÂN", "TỈNH QUẢNG TRỊ")
SUMMARY: tuple[Text, ...] = ("Về việc cho phép chuyển mục đích sử dụng đất",)
BODY: tuple[Text, ...] = (
    "Căn cứ Luật Tổ chức chính quyền địa phương ngày 19 tháng 6 năm 2015 và các văn bản sửa đổi, bổ sung;",
    "Căn cứ Luật Đất đai ngày 29 tháng 11 năm 2013 và các nghị định của Chính phủ hướng dẫn thi hành;",
)
RECIPIENTS: tuple[Text, ...] = ("Nơi nhận:", "- Như Điều 3;", "- Sở Tài nguyên và Môi trường;", "- Lưu: VT, NN.")
SIGNATURE: tuple[Text, ...] = ("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH", "", "Nguyễn Văn Mẫu")


def paper(
    *,
    agency: Sequence[Text] = AGENCY,
    number: Text | None = "Số: 2110/QĐ-UBND",
    under_number: Sequence[Text] = (),
    date_line: Text | None = "Quảng Trị, ngày 12 tháng 8 năm 2021",
    title: Sequence[Text] = ("QUYẾT ĐỊNH",),
    summary: Sequence[Text] = SUMMARY,
    authority: Sequence[Text] = ("CHỦ TỊCH ỦY BAN NHÂN DÂN TỈNH",),
    body: Sequence[Text] = BODY,
    recipients: Sequence[Text] = RECIPIENTS,
    signature: Sequence[Text] = SIGNATURE,
    stamps: Sequence[Text] = (),
    all_layer: bool = False,
) -> Reading:
    """A one-page decision of two columns, body, recipients and signature; every part can be said otherwise.

    ``stamps`` stand under the left column as lines of their own. An empty string leaves a row free.
    """
    rows = [*agency, *([number] if number is not None else []), *under_number]
    lines = column(rows, "header_left", centre=0.27, top=0.05, widest=0.34)
    lines += column([*MOTTO, *([date_line] if date_line is not None else [])], "header_right", centre=0.72, top=0.05)
    under = 0.05 + STEP * max(len(rows), 3)
    for k, said in enumerate(stamps):
        y = under + 0.01 + k * STEP
        lines.append(line(said, Box(0.15, y, 0.15 + 0.0095 * len(_text(said)), y + HEIGHT), "body"))
    top = max(0.17, under + 0.02 + STEP * len(stamps))
    for k, said in enumerate([*title, *summary]):
        region: Region = "title" if k < len(title) else "body"
        lines += column([said], region, centre=0.52, top=top + k * STEP, widest=0.6)
    top += STEP * (len(title) + len(summary)) + 0.03
    lines += column(authority, "body", centre=0.52, top=top, widest=0.6)
    top += STEP * len(authority) + 0.01
    lines += margin(body, "body", left=0.13, right=0.92, top=top)
    top = max(0.7, top + STEP * len(body) + 0.03)
    lines += margin([r for r in recipients if r], "sign_left", left=0.13, right=0.5, top=top)
    for k, said in enumerate(signature):
        if said:
            lines += column([said], "sign_right", centre=0.72, top=top + k * STEP)
    if all_layer:
        lines = [_as_layer(q) for q in lines]
    page = PageReading(1, WIDTH_PT, HEIGHT_PT, tuple(lines), "pdf_text" if all_layer else "ocr")
    return Reading((page,), "builder")


def _text(said: Text) -> str:
    return said if isinstance(said, str) else said.text


def _as_layer(q: Line) -> Line:
    return Line(tuple(Word(w.text, w.box, 1.0, "pdf_text") for w in q.words), q.region)
