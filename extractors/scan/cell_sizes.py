"""Cỡ chữ trong một ô: capitals, specks and semicolons told by the size of the print, which readers misjudge.

All cells of a table are printed in one size: the height of its small letters is known better than that of one word.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from extractors.imaging.cleaning import ink_mask
from extractors.imaging.pieces import pieces
from extractors.imaging.planes import Gray
from extractors.ocr.engine import OcrWord
from extractors.scan.cell_words import in_capitals

_ALIKE = frozenset("cosvxzCOSVXZ")  # letters that differ from their capitals by their size only
_UPRIGHT = frozenset("cosCOS")  # of these, letters as high in their first columns as in all
_BEGINS = frozenset("cosvxzkpuwy")  # letters whose capitals readers take for them, by their shape at least
_DASH = 1.5  # times as long as high is the shortest dash
_MARKS = ".,;:"
_SMALL, _CAPITAL = 1.12, 1.17  # heights of a first letter, in small letters (capitals of typewriters: 1.22)
_HEAD = 0.6  # of that height: columns of a first letter that hold its top and its foot
_SPECK = 0.02  # ink of a mark in squares of that height; a full stop has 0.05, a comma more
_TAIL = 1.3  # the lower part of a semicolon is higher than its dot by this
_LEAST = 12  # letters that a height is taken from, and that readers must agree with
_DISPUTED = 0.15  # of them, with which readers may not agree


@dataclass(frozen=True, slots=True)
class Blot:
    """Ink that hangs together, in pixels of its cell; ``ink``: how many of them are dark, ``head``: height of that in
    its first columns, where others hang on to it on the right."""

    x: int
    y: int
    w: int
    h: int
    ink: int
    head: int = 0


def blots_of(crop: Gray, *, columns: int = 0) -> tuple[Blot, ...]:
    """``columns`` that the heads are measured in."""
    _, labels, stats, _ = pieces(ink_mask(crop))
    found = []
    for n, (x, y, w, h, ink) in enumerate(stats[1:].tolist(), 1):
        rows = np.flatnonzero((labels[y : y + h, x : x + columns] == n).any(axis=1))
        found.append(Blot(x, y, w, h, ink, int(rows[-1] - rows[0]) + 1 if rows.size else 0))
    return tuple(found)


def letter_height(crops: Iterable[Gray], dpi: int) -> float | None:
    """The height in pixels of the small letters of these cells, the lowest that many have; None where there are few."""
    heights: Counter[int] = Counter()
    for crop in crops:
        heights.update(b.h for b in blots_of(crop) if b.h >= dpi // 20 and b.w < 3 * b.h)
    if not heights:
        return None
    score = Counter({h: heights[h] + 0.6 * (heights[h - 1] + heights[h + 1]) for h in tuple(heights)})
    many = 0.5 * max(score.values())
    usual = min(h for h, n in score.items() if n >= many and n >= score[h - 1] and n >= score[h + 1])
    near = {h: heights[h] for h in (usual - 1, usual, usual + 1)}
    count = sum(near.values())
    return sum(h * n for h, n in near.items()) / count if count >= _LEAST else None


def trusted_height(cells: Sequence[tuple[Gray, Sequence[Sequence[OcrWord]]]], dpi: int) -> float | None:
    """The height of small letters of a table's cells (picture, readings), where readers mostly see the same capitals.

    None where they do not: then it is the height that is wrong, and nothing may be put right by it.
    """
    height = letter_height((crop for crop, _ in cells), dpi)
    if height is None:
        return None
    same = other = 0
    for crop, readings in cells:
        words = [w for words in readings for w in words if w.text[:1] in _ALIKE and w.text[1:2].islower()]
        blots = blots_of(crop, columns=round(_HEAD * height)) if words else ()
        for w in words:
            size = _first_size(blots, w, height)
            same += size == ("capital" if w.text[0].isupper() else "small")
            other += size == ("small" if w.text[0].isupper() else "capital")
    return height if same >= _LEAST and other <= _DISPUTED * same else None


def right_sizes(text: str, crop: Gray, readings: Sequence[Sequence[OcrWord]], height: float | None) -> str:
    """``text`` with first letters and marks at the ends of words as large as they stand on the paper.

    ``height`` of the table's small letters. Where the readings' words cannot be found again, nothing is changed.
    """
    if height is None:
        return text
    tokens = text.split()
    wanted = [k for k, token in enumerate(tokens) if _is_measured(token) or in_capitals(tokens, k)]
    if not wanted:
        return text
    blots = blots_of(crop, columns=round(_HEAD * height))
    for k in wanted:
        words = list(_printed(tokens, k, readings))
        if in_capitals(tokens, k):
            if {_first_size(blots, w, height) for w in words} == {"small"}:
                tokens[k] = tokens[k].lower()
            elif words and all(_has_small(blots, w, height) for w in words):
                tokens[k] = tokens[k][0] + tokens[k][1:].lower()
            continue
        sizes = {_first_size(blots, w, height) for w in words}
        if sizes == {"capital"}:
            tokens[k] = tokens[k][0].upper() + tokens[k][1:]
        elif sizes == {"small"}:
            tokens[k] = tokens[k][0].lower() + tokens[k][1:]
        marks = {_mark(blots, w, height) for w in words if w.text[-1:] == tokens[k][-1]}
        if len(marks) == 1 and (mark := marks.pop()) is not None:
            tokens[k] = tokens[k][:-1] + mark
    return " ".join(tokens)


def without_specks(text: str, crop: Gray, readings: Sequence[Sequence[OcrWord]]) -> str:
    """``text`` without dashes that are specks on the paper: no longer than they are high."""
    tokens = text.split()
    if "-" not in tokens:
        return text
    blots = blots_of(crop)
    kept = []
    for k, token in enumerate(tokens):
        words = list(_printed(tokens, k, readings)) if token == "-" else []
        if token == "-" and not words and k + 1 < len(tokens):  # read as one with the word behind it
            words = [w for some in readings for w in some if w.text == f"-{tokens[k + 1]}"]
        if not words or not all(_is_speck(blots, w) for w in words):
            kept.append(token)
    return " ".join(kept)


def _is_speck(blots: Sequence[Blot], word: OcrWord) -> bool:
    end = word.x0 + (word.x1 - word.x0) / len(word.text)
    inside = [
        b for b in blots if word.x0 - 2 <= b.x + b.w / 2 <= end + 2 and word.y0 - 2 <= b.y + b.h / 2 <= word.y1 + 2
    ]
    return len(inside) == 1 and inside[0].w < _DASH * inside[0].h


def begins_small(text: str) -> bool:
    """Whether a text begins with a small letter that its capital looks like."""
    return text[:1] in _BEGINS


def _is_measured(token: str) -> bool:
    alike = token[0] in _ALIKE and token[1:2].islower()
    return len(token) > 1 and (alike or (token[-1] in _MARKS and token[-2].isalpha()))


def _printed(tokens: Sequence[str], at: int, readings: Sequence[Sequence[OcrWord]]) -> Iterator[OcrWord]:
    """The same word of each reading: the second "sở" of the text is the second one on the paper."""
    key = _key(tokens[at])
    number = sum(_key(token) == key for token in tokens[:at])
    count = number + sum(_key(token) == key for token in tokens[at:])
    for words in readings:
        there = sorted((w for w in words if _key(w.text) == key), key=lambda w: (w.line, w.x0))
        if len(there) == count:
            yield there[number]


def _key(word: str) -> str:
    return word.casefold().strip(_MARKS)


def _first_size(blots: Sequence[Blot], word: OcrWord, height: float) -> str | None:
    """Whether a word begins with a "small" letter or a "capital"; None where that cannot be told."""
    if word.text[0] not in _ALIKE:
        return None
    first = [
        b
        for b in blots
        if abs(b.x - word.x0) < 0.35 * height and word.y0 - 3 <= b.y and b.y + b.h <= word.y1 + 3
        and b.h > 0.6 * height and b.w < 3 * height
    ]  # fmt: skip
    if len(first) != 1:
        return None
    alone = first[0].w < 1.6 * height
    if not alone and word.text[0] not in _UPRIGHT:
        return None
    ratio = (first[0].h if alone else first[0].head) / height
    return "capital" if ratio > _CAPITAL else "small" if ratio < _SMALL else None


def _has_small(blots: Sequence[Blot], word: OcrWord, height: float) -> bool:
    """Whether a small letter stands in a word, behind its first one."""
    inside = [b for b in blots if word.x0 - 2 <= b.x <= word.x1 and word.y0 - 3 <= b.y and b.y + b.h <= word.y1 + 3]
    first = min((b.x for b in inside if b.h > 0.8 * height), default=word.x1)
    return any(b.x > first and 0.9 < b.h / height < _SMALL and 0.4 * height < b.w < 1.6 * height for b in inside)


def _mark(blots: Sequence[Blot], word: OcrWord, height: float) -> str | None:
    """What the mark at the end of a word is: "" for a speck, ";" for a colon with a tail; None to leave it."""
    parts = [
        b
        for b in blots
        if word.x1 - 0.35 * height < b.x + b.w and b.x < word.x1 + 2 and word.y0 - 2 < b.y < word.y1 + 4
        and b.w < 0.5 * height and b.h < 0.7 * height
    ]  # fmt: skip
    mark = word.text[-1:]
    speck = _SPECK * (2 if mark == "," else 1)
    if mark in _MARKS and len(parts) == 1 and parts[0].ink < speck * height**2:
        return ""
    if mark == ":" and len(parts) == 2:
        dot, tail = sorted(parts, key=lambda b: b.y)
        return ";" if tail.h > _TAIL * dot.h else None
    return None


__all__ = ["Blot", "begins_small", "blots_of", "letter_height", "right_sizes", "trusted_height"]
