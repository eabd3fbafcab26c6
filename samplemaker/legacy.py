"""Text layers that look right and read wrong: TCVN3 (ABC), VNI, shifted glyphs.

The fonts are made on the spot from ours: the character codes of the old encoding point to the modern glyphs.
"""

from __future__ import annotations

import tempfile
import unicodedata
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._g_l_y_f import Glyph, GlyphComponent

from samplemaker.fonts import font_path

_TCVN3_ROWS = {
    "à": "B5 B6 B7 B8 B9",
    "ằ": "BB BC BD BE C6",
    "ầ": "C7 C8 C9 CA CB",
    "è": "CC CE CF D0 D1",
    "ề": "D2 D3 D4 D5 D6",
    "ì": "D7 D8 DC DD DE",
    "ò": "DF E1 E2 E3 E4",
    "ồ": "E5 E6 E7 E8 E9",
    "ờ": "EA EB EC ED EE",
    "ù": "EF F1 F2 F3 F4",
    "ừ": "F5 F6 F7 F8 F9",
    "ỳ": "FA FB FC FD FE",
}
_MARKS = ("\u0300", "\u0309", "\u0303", "\u0301", "\u0323")  # huyền hỏi ngã sắc nặng


def _row(first: str) -> str:
    base = unicodedata.normalize("NFD", first).replace("\u0300", "")
    return "".join(unicodedata.normalize("NFC", base + mark) for mark in _MARKS)


TCVN3: dict[str, str] = {"ă": "\xa8", "â": "\xa9", "ê": "\xaa", "ô": "\xab", "ơ": "\xac", "ư": "\xad", "đ": "\xae"}
TCVN3 |= {"Ă": "\xa1", "Â": "\xa2", "Ê": "\xa3", "Ô": "\xa4", "Ơ": "\xa5", "Ư": "\xa6", "Đ": "\xa7"}
for _first, _codes in _TCVN3_ROWS.items():
    TCVN3 |= {letter: chr(int(code, 16)) for letter, code in zip(_row(_first), _codes.split(), strict=True)}

_VNI_TONES = {"\u0301": "ù", "\u0300": "ø", "\u0309": "û", "\u0303": "õ", "\u0323": "ï"}
_VNI_HAT = {"": "â", "\u0301": "á", "\u0300": "à", "\u0309": "å", "\u0303": "ã", "\u0323": "ä"}
_VNI_BREVE = {"": "ê", "\u0301": "é", "\u0300": "è", "\u0309": "ú", "\u0303": "ü", "\u0323": "ë"}
_VNI_WHOLE = {"đ": "ñ", "í": "í", "ì": "ì", "ỉ": "æ", "ĩ": "ó", "ị": "ò", "ỵ": "î"}


def vni(char: str) -> str:
    """One letter in VNI: a base and a following accent code."""
    low = char.lower()
    if low in _VNI_WHOLE:
        out = _VNI_WHOLE[low]
    else:
        parts = unicodedata.normalize("NFD", low)
        base, marks = parts[0], parts[1:]
        tone = next((m for m in marks if m in _VNI_TONES), "")
        if "\u031b" in marks:
            out = {"o": "ô", "u": "ö"}[base] + (_VNI_TONES[tone] if tone else "")
        elif "\u0302" in marks:
            out = base + _VNI_HAT[tone]
        elif "\u0306" in marks:
            out = base + _VNI_BREVE[tone]
        else:
            out = base + _VNI_TONES[tone] if tone else base
    return out.upper() if char != low else out


class Recoder:
    """Splits runs and swaps codes; ``how`` is tcvn3, vni or shifted."""

    def __init__(self, how: str, *, shift: int = 1) -> None:
        self.how, self.shift = how, shift

    def recode(self, text: str, font: str) -> list[tuple[str, str, str]]:
        """Runs of (codes, font name, font file) that show ``text``."""
        if self.how == "vni":
            codes = "".join(vni(c) for c in text)
            return [(codes, f"VNI-{font}", _vni_font(font))]
        if self.how == "shifted":
            codes = "".join(_shifted(c, self.shift) for c in text)
            return [(codes, f"Shift{self.shift}-{font}", _shifted_font(font, self.shift))]
        return [
            (codes, (".VnTimeH-" if high else ".VnTime-") + font, _tcvn3_font(font, high))
            for codes, high in _tcvn3_runs(text)
        ]


def _tcvn3_runs(text: str) -> list[tuple[str, bool]]:
    runs: list[tuple[str, bool]] = []
    for char in text:
        low = char.lower()
        high = char != low and char not in TCVN3 and low in TCVN3
        code = TCVN3[low] if high else TCVN3.get(char, char)
        if runs and runs[-1][1] == high:
            runs[-1] = (runs[-1][0] + code, high)
        else:
            runs.append((code, high))
    return runs


def _shifted(char: str, shift: int) -> str:
    code = ord(char)
    if 33 <= code <= 126:
        return chr(33 + (code - 33 + shift) % 94)
    if char == " ":
        return " "
    return chr(0xE000 + code % 0x1800)


@cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="samplemaker-fonts-"))


def _save(font: TTFont, cmap: dict[int, str], name: str) -> str:
    """Writes the font under a name with the given codes; signs that are no letters keep their own code."""
    for code, glyph in (font.getBestCmap() or {}).items():
        if code > 0x7F and not chr(code).isalpha():
            cmap.setdefault(code, glyph)
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap = dict(cmap)
    font["cmap"].tables = [t for t in font["cmap"].tables if t.isUnicode() and t.format == 4]
    for record in font["name"].names:
        if record.nameID in (1, 3, 4, 6):
            record.string = name
    font.recalcTimestamp = False
    path = _folder() / f"{name}.ttf"
    font.save(path)
    return str(path)


def _open(font: str) -> tuple[TTFont, dict[int, str]]:
    opened = TTFont(font_path(font), recalcTimestamp=False)
    return opened, dict(opened.getBestCmap())


@cache
def _tcvn3_font(font: str, high: bool) -> str:
    opened, cmap = _open(font)
    new = {code: glyph for code, glyph in cmap.items() if code < 0x80}
    for letter, code in TCVN3.items():
        shown = letter.upper() if high else letter
        new[ord(code)] = cmap[ord(shown)]
    if high:
        new |= {code: cmap[ord(chr(code).upper())] for code in range(ord("a"), ord("z") + 1)}
    return _save(opened, new, f"VnTime{'H' if high else ''}-{font}")


_VNI_PROBE = tuple(
    unicodedata.normalize("NFC", base + mark + tone)
    for base in "aA"
    for mark in ("\u0302", "\u0306")
    for tone in _VNI_TONES
)


@cache
def _vni_font(font: str) -> str:
    opened, cmap = _open(font)
    glyf, hmtx = opened["glyf"], opened["hmtx"]
    if not all(ord(c) in cmap and glyf[cmap[ord(c)]].isComposite() for c in _VNI_PROBE):
        # Its accents cannot be taken off its letters.
        return _vni_font("serif")
    new = {code: glyph for code, glyph in cmap.items() if code < 0x80}
    for letter, code in [*_VNI_WHOLE.items(), ("ơ", "ô"), ("ư", "ö")]:
        new[ord(code)] = cmap[ord(letter)]
        new[ord(code.upper())] = cmap[ord(letter.upper())]
    rows = [(_VNI_TONES, ""), (_VNI_HAT, "\u0302"), (_VNI_BREVE, "\u0306")]
    for table, mark in rows:
        for tone, code in table.items():
            for base, shown in (("a", code), ("A", code.upper())):
                glyph = cmap[ord(unicodedata.normalize("NFC", base + mark + tone))]
                new[ord(shown)] = _accent_only(opened, glyph, cmap[ord(base)], f"vni{ord(shown):x}")
    opened.setGlyphOrder(list(glyf.glyphs.keys()))
    del hmtx
    return _save(opened, new, f"VNI-{font}")


def _accent_only(opened: TTFont, composed: str, base: str, name: str) -> str:
    """A glyph with the accents of a composed letter, drawn back over the letter before it."""
    glyf, hmtx = opened["glyf"], opened["hmtx"]
    source = glyf[composed]
    shift = hmtx[base][0]
    glyph = Glyph()
    glyph.numberOfContours = -1
    glyph.components = []
    for part in source.components[1:]:
        copy = GlyphComponent()
        copy.glyphName, copy.x, copy.y, copy.flags = part.glyphName, part.x - shift, part.y, part.flags
        glyph.components.append(copy)
    glyf[name] = glyph
    glyph.recalcBounds(glyf)
    hmtx[name] = (0, getattr(glyph, "xMin", 0))
    return name


@cache
def _shifted_font(font: str, shift: int) -> str:
    opened, cmap = _open(font)
    new = {ord(_shifted(chr(code), shift)): glyph for code, glyph in cmap.items()}
    return _save(opened, new, f"Shift{shift}-{font}")
