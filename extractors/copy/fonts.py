"""Fonts that a PDF names but does not carry: embedded from free twins with the same widths.

Word leaves Times New Roman out; every viewer then draws a twin of it. PDF/A wants it inside, and Tinos, Arimo and
Cousine (Debian package fonts-croscore) were drawn to the same widths, so the page stays as it was.
"""

from __future__ import annotations

import re
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

FONT_FOLDERS = (Path("/usr/share/fonts/truetype/croscore"), Path("/usr/share/fonts/truetype/crosextra"))
_TWINS = (
    (re.compile(r"^(times|timesnewroman)", re.IGNORECASE), "Tinos"),
    (re.compile(r"^(arial(?!narrow|unicode|black)|helvetica)", re.IGNORECASE), "Arimo"),
    (re.compile(r"^courier", re.IGNORECASE), "Cousine"),
    (re.compile(r"^calibri", re.IGNORECASE), "Carlito"),
    (re.compile(r"^cambria(?!math)", re.IGNORECASE), "Caladea"),
)
_UNDEFINED = frozenset({127, 129, 141, 143, 144, 157, 160, 173})  # drawn by nothing, or by something else
_WIDTH_SLACK = 12  # thousandths: what differs more would be drawn differently


def embed_missing_fonts(pdf: pikepdf.Pdf) -> int:
    """Embed what can be embedded faithfully; returns how many fonts were. The rest is left for the validator."""
    done = 0
    for obj in pdf.objects:
        if not isinstance(obj, pikepdf.Dictionary):
            continue
        if "/CIDSet" in obj and obj.get("/Type", Name.FontDescriptor) == Name.FontDescriptor:
            del obj["/CIDSet"]  # optional in PDF/A-2, and often wrong
        if obj.get("/Type") == Name.Font and obj.get("/Subtype") in (Name.TrueType, Name.Type1):
            done += _embed(pdf, obj)
    return done


def twin_file(base_font: str) -> Path | None:
    """The font file with the widths of ``base_font`` (a PDF font name), when it is installed."""
    name = re.sub(r"^[A-Z]{6}\+", "", base_font.lstrip("/")).replace(" ", "")
    low = name.lower()
    style = ("Bold" if "bold" in low else "") + ("Italic" if "italic" in low or "oblique" in low else "")
    for pattern, family in _TWINS:
        if pattern.match(name):
            for folder in FONT_FOLDERS:
                path = folder / f"{family}-{style or 'Regular'}.ttf"
                if path.is_file():
                    return path
    return None


def _embed(pdf: pikepdf.Pdf, font: Any) -> int:
    descriptor = font.get("/FontDescriptor")
    if isinstance(descriptor, pikepdf.Dictionary) and any(f"/FontFile{n}" in descriptor for n in ("", "2", "3")):
        return 0
    encoding = font.get("/Encoding", Name.WinAnsiEncoding)
    path = twin_file(str(font.get("/BaseFont", "")))
    if path is None or encoding != Name.WinAnsiEncoding:
        return 0
    program, widths = _subset(str(path))
    first = int(font.get("/FirstChar", 32))
    if "/Widths" in font:
        stated = [float(w) for w in font.Widths]
        fits = all(
            abs(w - widths[first + i]) <= _WIDTH_SLACK
            for i, w in enumerate(stated)
            if 0 <= first + i < 256 and w and widths[first + i] and (first + i) not in _UNDEFINED
        )
        if not fits:
            return 0
    stream = Stream(pdf, program)
    stream.Length1 = len(program)
    font.Subtype, font.Encoding = Name.TrueType, Name.WinAnsiEncoding
    font.FirstChar, font.LastChar, font.Widths = 32, 255, Array(widths[32:])
    font.FontDescriptor = pdf.make_indirect(
        Dictionary(
            Type=Name.FontDescriptor,
            FontName=font.BaseFont,
            Flags=32,
            FontBBox=Array([-600, -300, 2000, 1000]),
            ItalicAngle=-12 if "Italic" in path.stem else 0,
            Ascent=891,
            Descent=-216,
            CapHeight=662,
            StemV=80,
            FontFile2=pdf.make_indirect(stream),
        )
    )
    return 1


@lru_cache(maxsize=16)
def _subset(path: str) -> tuple[bytes, list[int]]:
    """The font cut down to code page 1252, and its 256 widths in thousandths."""
    from fontTools import subset
    from fontTools.ttLib import TTFont

    codes = {i: ord(bytes((i,)).decode("cp1252", errors="ignore") or " ") for i in range(32, 256)}
    options = subset.Options()
    options.layout_features, options.name_IDs, options.hinting = [], [1, 2, 6], False
    options.notdef_outline, options.glyph_names = True, False
    font: Any = TTFont(path)
    units = font["head"].unitsPerEm
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=set(codes.values()))
    cutter.subset(font)
    cmap, metrics = font.getBestCmap(), font["hmtx"].metrics
    widths = [0] * 256
    for code, char in codes.items():
        glyph = cmap.get(char)
        widths[code] = round((metrics[glyph] if glyph else metrics[".notdef"])[0] * 1000 / units)
    # PDF takes the hyphen for the soft hyphen and the space for the no-break space (WinAnsiEncoding).
    widths[0xA0], widths[0xAD] = widths[0x20], widths[0x2D]
    out = BytesIO()
    font.save(out)
    return out.getvalue(), widths
