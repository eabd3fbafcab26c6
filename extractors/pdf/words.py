"""Glyphs to words on base lines: doubled, hidden and white ones dropped, spaces mended."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from extractors.pdf.interpreter import Glyph
from schemas.text import nfc

# As drawn: a soft hyphen that has a glyph is a hyphen.
_DRAWN = str.maketrans({"\u00ad": "-", "ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
_SPACES = frozenset(" \t\r\n\x00\xa0\u2002\u2003\u2009\u202f\u2007\u3000")


@dataclass(frozen=True, slots=True)
class Token:
    """One word, in points of the displayed page, y downwards; ``base`` is its base line, ``size`` its type size.

    ``parts`` are (font, characters as drawn) of a word set in several fonts, or with a soft hyphen in it: old
    Vietnamese fonts keep capitals with accents in a font of their own, and a letter on the soft hyphen.
    """

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    base: float
    size: float
    font: str
    parts: tuple[tuple[str, str], ...] = ()


Row = list[Token]


def clean_glyphs(glyphs: Sequence[Glyph], *, keep_hidden: bool = False) -> tuple[list[Glyph], set[str]]:
    """Visible glyphs, each once; and notes on what was left out."""
    notes: set[str] = set()
    kept: list[Glyph] = []
    seen: dict[tuple[str, int, int], tuple[float, float]] = {}
    doubled = 0
    for g in glyphs:
        if g.mode in (3, 7) and not keep_hidden:
            notes.add("hidden_text")
            continue
        if g.white and not keep_hidden:
            if g.text not in _SPACES:
                notes.add("white_text")
            continue
        if g.text in _SPACES:
            kept.append(g)
            continue
        near = max(0.6, 0.08 * g.size)  # fake bold and shadows are drawn a hair aside
        cx, cy = round(g.bx / 2), round(g.by / 2)
        twin = False
        for dx in (0, -1, 1):
            for dy in (0, -1, 1):
                at = seen.get((g.text, cx + dx, cy + dy))
                if at is not None and abs(at[0] - g.bx) <= near and abs(at[1] - g.by) <= near:
                    twin = True
        if twin:
            doubled += 1
            continue
        seen[(g.text, cx, cy)] = (g.bx, g.by)
        kept.append(g)
    if doubled > 3:
        notes.add("doubled_text")
    return kept, notes


def build_rows(glyphs: Iterable[Glyph], *, height: float) -> list[Row]:
    """Words of upright glyphs, row by row from the top; each row from left to right.

    ``height`` turns y downwards. A row is one base line across the whole page: columns are told apart later.
    """
    ordered = sorted(glyphs, key=lambda g: (-g.by, g.bx))
    lines: list[list[Glyph]] = []
    base = 0.0
    for g in ordered:
        if lines and base - g.by <= 0.3 * min(g.size, lines[-1][-1].size, 14.0):
            lines[-1].append(g)
        else:
            lines.append([g])
            base = g.by
    rows = [row for line in _rejoin_raised(lines) if (row := _words(line, height))]
    rows.sort(key=lambda row: statistics.fmean(t.base for t in row))
    return rows


def _rejoin_raised(lines: list[list[Glyph]]) -> list[list[Glyph]]:
    """Small raised or lowered signs (m², footnote marks) go back to the line they hang on."""
    out: list[list[Glyph]] = []
    small: list[list[Glyph]] = []
    for line in lines:
        ink = [g for g in line if g.text not in _SPACES]
        if ink:
            (small if len(ink) <= 4 else out).append(line)
    for line in small:
        ink = [g for g in line if g.text not in _SPACES]
        home = None
        for other in out:
            first = other[0]
            if abs(first.by - ink[0].by) > 0.75 * first.size or ink[0].size > 0.8 * first.size:
                continue
            if any(-0.3 * o.size <= ink[0].x0 - o.x1 <= 0.35 * o.size for o in other if o.text not in _SPACES):
                home = other
                break
        if home is not None:
            home.extend(ink)
        else:
            out.append(line)
    return out


def _words(line: list[Glyph], height: float) -> Row:
    # An accent of a legacy font has no width: it stays with the letter before it, whatever begins at the same place.
    line.sort(key=lambda g: g.x0 - 0.02 * g.size if g.x1 - g.x0 < 0.01 else g.x0)
    explicit = any(g.text in _SPACES for g in line)
    words: list[list[Glyph]] = []
    space = False
    edge = 0.0
    for g in line:
        if g.text in _SPACES:
            space = space or not words or g.x1 > edge + 0.08 * g.size
            continue
        gap = g.x0 - edge
        wide = 0.35 if explicit else 0.17
        if not words or space or gap > wide * g.size:
            words.append([g])
        else:
            words[-1].append(g)
        edge = max(edge, g.x1) if words and len(words[-1]) > 1 else g.x1
        space = False
    words = _close_spaced_out(words)
    return [token for w in words if (token := _token(w, height)) is not None]


def _close_spaced_out(words: list[list[Glyph]]) -> list[list[Glyph]]:
    """Q U Y Ế T  Đ Ị N H, set letter by letter, becomes two words."""
    run = [i for i, w in enumerate(words) if len(w) == 1 and w[0].text.isalpha()]
    if len(run) < 5 or len(run) < 0.8 * len(words):
        return words
    gaps = [b[0].x0 - a[-1].x1 for a, b in pairwise(words)]
    usual = statistics.median(gaps)
    if usual > 1.2 * words[0][0].size:
        return words
    out = [list(words[0])]
    for gap, word in zip(gaps, words[1:], strict=True):
        if gap > max(1.6 * usual, usual + 0.2 * word[0].size):
            out.append(list(word))
        else:
            out[-1].extend(word)
    return out


def _token(glyphs: list[Glyph], height: float) -> Token | None:
    text = nfc("".join(g.text for g in glyphs).translate(_DRAWN)).strip()
    if not text:
        return None
    main = max(glyphs, key=lambda g: g.size)
    return Token(
        text,
        min(g.x0 for g in glyphs),
        height - max(g.y1 for g in glyphs),
        max(g.x1 for g in glyphs),
        height - min(g.y0 for g in glyphs),
        height - main.by,
        main.size,
        main.font,
        _parts(glyphs),
    )


def _parts(glyphs: list[Glyph]) -> tuple[tuple[str, str], ...]:
    fonts = {g.font for g in glyphs}
    if len(fonts) == 1 and not any(g.text == "\u00ad" for g in glyphs):
        return ()
    parts: list[tuple[str, str]] = []
    for g in glyphs:
        if parts and parts[-1][0] == g.font:
            parts[-1] = (g.font, parts[-1][1] + g.text)
        else:
            parts.append((g.font, g.text))
    return tuple(parts)


def turn_glyphs(glyphs: Iterable[Glyph], angle: int, width: float, height: float) -> list[Glyph]:
    """Glyphs that run at ``angle`` as if the page were turned so that they run to the right."""
    out = []
    for g in glyphs:
        if angle == 90:
            x0, y0, x1, y1, bx, by = g.y0, width - g.x1, g.y1, width - g.x0, g.by, width - g.bx
        elif angle == 180:
            x0, y0, x1, y1, bx, by = (
                width - g.x1,
                height - g.y1,
                width - g.x0,
                height - g.y0,
                width - g.bx,
                height - g.by,
            )
        else:
            x0, y0, x1, y1, bx, by = height - g.y1, g.x0, height - g.y0, g.x1, height - g.by, g.bx
        out.append(g._replace(x0=x0, y0=y0, x1=x1, y1=y1, bx=bx, by=by, angle=0))
    return out
