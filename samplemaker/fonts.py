"""The fonts that come with the package: measures for setting, and objects for drawing."""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path

from fontTools.ttLib import TTFont
from PIL import ImageFont

HANDS_LATIN = tuple(f"hand{i}" for i in range(1, 7))
HANDS_VIETNAMESE = tuple(f"hand{i}" for i in range(7, 11))
ASCENT, DESCENT = 0.92, 0.24  # of the size, roomy enough for Ẩ and ự


def font_path(name: str) -> Path:
    """File of a font by its short name (serif-b, mono, hand3 ...)."""
    return Path(str(files("samplemaker") / "data" / "fonts" / f"{name}.ttf"))


@cache
def _advances(name: str) -> tuple[dict[int, float], float]:
    """Advance of each character as a fraction of the size, and that of a missing one."""
    font = TTFont(font_path(name))
    widths, upem = font["hmtx"], font["head"].unitsPerEm
    table = {code: widths[glyph][0] / upem for code, glyph in font.getBestCmap().items()}
    return table, widths[".notdef"][0] / upem


def has_glyphs(name: str, text: str) -> bool:
    """True when the font can show every character of the text."""
    table, _ = _advances(name)
    return all(ord(char) in table for char in text)


def text_width(name: str, text: str, size: float) -> float:
    """Width in the unit of ``size``."""
    table, missing = _advances(name)
    return sum(table.get(ord(char), missing) for char in text) * size


@lru_cache(maxsize=256)
def pil_font(name: str, pixels: float) -> ImageFont.FreeTypeFont:
    """The font for drawing at a height in pixels."""
    return ImageFont.truetype(str(font_path(name)), pixels, layout_engine=ImageFont.Layout.BASIC)


def variant(base: str, *, bold: bool, italic: bool) -> str:
    """Name of the bold or italic member of a family; families lacking it stay upright."""
    if base == "serif":
        return "serif" + ("-" if bold or italic else "") + ("b" if bold else "") + ("i" if italic else "")
    if base in ("sans", "mono"):
        return base + ("-b" if bold else "")
    return base
