"""The invisible text of one page: every word where it stands on the paper."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence

from extractors.copy.textfont import WIDTH, encode
from schemas.reading import PageReading, Word

FONT_KEY = "/SohoaText"
_SLANTED = 0.15  # degrees from which each word keeps its own height on the page


def overlay_stream(
    page: PageReading,
    *,
    crop: tuple[float, float, float, float],
    rotate: int,
    only_ocr: bool = False,
) -> bytes:
    """PDF operators that write the words of ``page`` in rendering mode 3.

    ``crop``      the page's crop box in its own, unrotated space (points)
    ``rotate``    the /Rotate of the finished page (0, 90, 180, 270)
    ``only_ocr``  only words that were read from the picture (the rest stands there as text already)
    Empty when there is nothing to write.
    """
    x0, y0, x1, y1 = crop
    width, height = (y1 - y0, x1 - x0) if rotate % 180 else (x1 - x0, y1 - y0)
    out: list[str] = []
    for line in page.lines:
        words = [w for w in line.words if w.text.strip() and (w.origin == "ocr" or not only_ocr)]
        slanted = page.sheet is not None or abs(page.skew_deg) > _SLANTED
        out += _line_operators(words, width, height, slanted=slanted)
    if not out:
        return b""
    return "\n".join([f"q {_upright_to_page(crop, rotate)} cm BT 3 Tr", *out, "ET Q\n"]).encode("ascii")


def _upright_to_page(crop: tuple[float, float, float, float], rotate: int) -> str:
    """The matrix from the upright page (origin lower left) to the page's own space."""
    x0, y0, x1, y1 = crop
    matrix = {
        0: (1, 0, 0, 1, x0, y0),
        90: (0, 1, -1, 0, x1, y0),
        180: (-1, 0, 0, -1, x1, y1),
        270: (0, -1, 1, 0, x0, y1),
    }[rotate % 360]
    return " ".join(_number(v) for v in matrix)


def _line_operators(words: Sequence[Word], width: float, height: float, *, slanted: bool) -> Iterable[str]:
    if not words:
        return []
    if slanted:
        size = statistics.median(w.box.height for w in words) * height
    else:
        top, bottom = min(w.box.y0 for w in words), max(w.box.y1 for w in words)
        size = (bottom - top) * height
    size = max(1.0, size)
    out = [f"{FONT_KEY} {_number(size)} Tf"]
    for word, following in zip(words, [*words[1:], None], strict=True):
        bottom_y = word.box.cy * height + size / 2 if slanted else bottom * height
        text = word.text.strip()
        x, y = word.box.x0 * width, height - bottom_y + 0.2 * size
        out.append(f"{_stretch(word.box.width * width, len(text), size)} Tz 1 0 0 1 {_number(x)} {_number(y)} Tm")
        out.append(f"<{encode(text).hex().upper()}> Tj")
        if following is not None and following.box.x0 > word.box.x1:  # a space as wide as the gap
            gap = (following.box.x0 - word.box.x1) * width
            out.append(f"{_stretch(gap, 1, size)} Tz <0020> Tj")
    return out


def _stretch(width: float, characters: int, size: float) -> str:
    """Horizontal scaling (per cent) that makes so many blank glyphs as wide as ``width`` points."""
    natural = characters * size * WIDTH / 1000
    return _number(max(1.0, 100 * max(0.5, width) / natural))


def _number(value: float) -> str:
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
