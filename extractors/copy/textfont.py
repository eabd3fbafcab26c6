"""A font without outlines for invisible text: every character has one width and a way back to Unicode.

Run ``python -m extractors.copy.textfont`` to write ``data/blank.ttf`` again (needs fonttools); the test compares.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

UNITS = 1000
WIDTH = 500  # of every glyph, in thousandths of the type size
ASCENT, DESCENT = 800, -200  # one type size high, so that a character's box is its word's box
FONT_NAME = "SohoaBlank"


def build_blank_font() -> bytes:
    """The font program: two empty glyphs. The same bytes every time."""
    from fontTools.fontBuilder import FontBuilder
    from fontTools.ttLib.tables._g_l_y_f import Glyph

    builder = FontBuilder(UNITS, isTTF=True)
    builder.setupGlyphOrder([".notdef", "blank"])
    builder.setupCharacterMap({0x20: "blank"})
    builder.setupGlyf({".notdef": Glyph(), "blank": Glyph()})
    builder.setupHorizontalMetrics({".notdef": (WIDTH, 0), "blank": (WIDTH, 0)})
    builder.setupHorizontalHeader(ascent=ASCENT, descent=DESCENT)
    builder.setupNameTable({"familyName": FONT_NAME, "styleName": "Regular", "psName": FONT_NAME})
    builder.setupOS2(sTypoAscender=ASCENT, sTypoDescender=DESCENT, usWinAscent=ASCENT, usWinDescent=-DESCENT)
    builder.setupPost()
    builder.font["head"].created = builder.font["head"].modified = 3_786_912_000  # 2024-01-01, for equal bytes
    builder.font.recalcTimestamp = False
    out = BytesIO()
    builder.save(out)
    return out.getvalue()


@cache
def _font_program() -> bytes:
    return files(__package__).joinpath("data/blank.ttf").read_bytes()


def add_text_font(pdf: pikepdf.Pdf) -> pikepdf.Object:
    """Put the font into ``pdf`` once; returns the font object for a page's resources."""
    program = _font_program()
    stream = Stream(pdf, program)
    stream.Length1 = len(program)
    descriptor = Dictionary(
        Type=Name.FontDescriptor,
        FontName=Name("/" + FONT_NAME),
        Flags=4,
        FontBBox=Array([0, DESCENT, WIDTH, ASCENT]),
        ItalicAngle=0,
        Ascent=ASCENT,
        Descent=DESCENT,
        CapHeight=ASCENT,
        StemV=80,
        FontFile2=pdf.make_indirect(stream),
    )
    descendant = Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType2,
        BaseFont=Name("/" + FONT_NAME),
        CIDSystemInfo=Dictionary(Registry=pikepdf.String("Adobe"), Ordering=pikepdf.String("Identity"), Supplement=0),
        FontDescriptor=pdf.make_indirect(descriptor),
        DW=WIDTH,
        CIDToGIDMap=pdf.make_indirect(Stream(pdf, b"\x00\x01" * 65536)),
    )
    font = Dictionary(
        Type=Name.Font,
        Subtype=Name.Type0,
        BaseFont=Name("/" + FONT_NAME),
        Encoding=Name("/Identity-H"),
        DescendantFonts=Array([pdf.make_indirect(descendant)]),
        ToUnicode=pdf.make_indirect(Stream(pdf, _to_unicode())),
    )
    return pdf.make_indirect(font)


def _to_unicode() -> bytes:
    """Character code = UTF-16 code unit; ranges may not cross a first byte, so there is one for each."""
    ranges = [f"<{high:02X}00> <{high:02X}FF> <{high:02X}00>" for high in range(256) if not 0xD8 <= high <= 0xDF]
    ranges[0] = "<0001> <00FF> <0001>"  # no way back to U+0000
    parts = []
    for start in range(0, len(ranges), 100):
        block = ranges[start : start + 100]
        parts.append(f"{len(block)} beginbfrange\n" + "\n".join(block) + "\nendbfrange\n")
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n" + "".join(parts) + "endcmap\n"
        "CMapName currentdict /CMap defineresource pop\nend\nend\n"
    ).encode("ascii")


def encode(text: str) -> bytes:
    """Character codes of ``text``; characters beyond the basic plane or unassigned become "?"."""
    kept = "".join(c if 0 < ord(c) < 0xD800 or 0xDFFF < ord(c) < 0xFFFE else "?" for c in text)
    return kept.encode("utf-16-be")


if __name__ == "__main__":
    target = Path(__file__).with_name("data") / "blank.ttf"
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(build_blank_font())
