"""Chữ trong một ô: what several readings of a table's cell say together, and whether they agree.

Two readings of the page reader at different sizes; where they differ, or a Roman number is counted in strokes, the line
reader is asked and the words are voted on. What no two of them agree on is kept as the likeliest, and is a doubt.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence

import cv2
import numpy as np
from rapidfuzz.distance import Indel

from extractors.imaging.cleaning import ink_mask
from extractors.imaging.planes import Gray
from extractors.ocr.engine import LineReader, OcrWord
from extractors.reference.names import valid_syllable
from extractors.scan.cell_sizes import begins_small, right_sizes, without_specks
from extractors.scan.cell_strokes import count_strokes
from extractors.scan.cell_words import finish, is_odd, is_weak, likelier, name_departments, split_words, tokens_of
from extractors.scan.language import likelihood
from schemas.text import bare

UNREAD = "?"  # a cell with ink that nobody could read


def settle(
    crop: Gray, readings: Sequence[Sequence[OcrWord]], reader: LineReader | None, *, height: float | None = None
) -> tuple[str, bool]:
    """(text, whether it is sure) of one cell. ``readings``: words in pixels of ``crop``; ``height`` of small letters of
    its table."""
    seen = [tokens_of(words) for words in readings]
    doubtful = len({tuple(s) for s in seen}) > 1 or not any(seen)
    if reader is not None and (doubtful or any(map(is_weak, readings))):
        seen.append([token for line in lines_of(crop, readings) for token in _line_again(crop, line, readings, reader)])
    tokens, sure = vote([s for s in seen if s])
    text, counted = count_strokes(finish(tokens), crop, readings)
    read, text = text, name_departments(without_specks(text, crop, readings))
    text = right_sizes(text, crop, readings, height)
    agreed = [t.strip(".,;:") for t in read.split()] == [t.strip(".,;:") for t in text.split()]  # readers and print
    better = likelier(text)
    odd = is_odd(text) or begins_small(text) or better != text
    sure = sure and counted and agreed and bool(text) and not odd
    return better or UNREAD, sure


def lines_of(crop: Gray, readings: Sequence[Sequence[OcrWord]]) -> list[tuple[int, int, int, int]]:
    """Boxes of the lines of a cell, cut where the ink is thinnest between two lines that a reading saw."""
    ink = ink_mask(crop)
    profile = ink.sum(axis=1)
    rows = np.flatnonzero(profile)
    if rows.size == 0:
        return []
    middles: list[float] = []
    for words in readings:
        lines: dict[int, list[OcrWord]] = {}
        for w in words:
            if any(c.isalnum() for c in w.text):
                lines.setdefault(w.line, []).append(w)
        found = sorted(float(np.median([(w.y0 + w.y1) / 2 for w in ws])) for ws in lines.values())
        if len(found) > len(middles):
            middles = found
    cuts = [int(rows[0])]
    for a, b in itertools.pairwise(middles):
        lo = min(int(a), profile.size - 1)  # a reader may see a line where the cell's picture has ended
        hi = max(lo + 1, int(b))
        part = profile[lo:hi]
        thin = np.flatnonzero(part == part.min())
        cuts.append(lo + int(thin[thin.size // 2]))
    cuts.append(int(rows[-1]) + 1)
    boxes = []
    for y0, y1 in itertools.pairwise(cuts):
        columns = np.flatnonzero(ink[y0:y1].sum(axis=0))
        if y1 - y0 >= 8 and columns.size:
            boxes.append((int(columns[0]), y0, int(columns[-1]) + 1, y1))
    return boxes


def _line_again(
    crop: Gray, box: tuple[int, int, int, int], readings: Sequence[Sequence[OcrWord]], reader: LineReader
) -> list[str]:
    """One line's tokens by the line reader; by the others where all of them say the same: it could change nothing."""
    inside = [[w for w in words if box[1] <= (w.y0 + w.y1) / 2 < box[3]] for words in readings]
    said = {tuple(tokens_of(words)) for words in inside}
    if len(inside) > 1 and len(said) == 1 and (tokens := next(iter(said))) and not any(map(is_weak, inside)):
        return list(tokens)
    return split_words(_again(crop, box, reader))


def _again(crop: Gray, box: tuple[int, int, int, int], reader: LineReader) -> str:
    x0, y0, x1, y1 = box
    inside = np.flatnonzero(ink_mask(crop[y0:y1, x0:x1]).sum(axis=1))
    if inside.size:
        y0, y1 = y0 + int(inside[0]), y0 + int(inside[-1]) + 1
    pad = max(3, (y1 - y0) // 8)
    picture = cv2.copyMakeBorder(crop[y0:y1, x0:x1], pad, pad, pad + 4, pad + 4, cv2.BORDER_CONSTANT, value=255)
    (seen,) = reader.read_lines([np.ascontiguousarray(picture).astype(np.uint8)])
    return seen.text


def vote(readings: Sequence[Sequence[str]]) -> tuple[list[str], bool]:
    """Word by word what most readings say, and whether everywhere two of them (or the only one) agree."""
    if not readings:
        return [], False
    if len(readings) == 1:
        return list(readings[0]), False
    table: list[list[str]] = [[token] for token in readings[0]]
    for n, tokens in enumerate(readings[1:], 1):
        table = _aligned(table, tokens, n)
    out: list[str] = []
    sure = True
    for column in table:
        word, agreed = _choose(column, out[-1] if out else None)
        sure = sure and agreed
        if word:
            out.append(word)
    return out, sure


def _aligned(table: list[list[str]], tokens: Sequence[str], count: int) -> list[list[str]]:
    """The columns of words with one more reading beside them; "" where a reading has no such word."""
    n, m = len(table), len(tokens)
    best = [[0.0] * (m + 1) for _ in range(n + 1)]
    like = [[max(_like(w, token) for w in column) for token in tokens] for column in table]
    for i in range(n - 1, -1, -1):
        for j in range(m - 1, -1, -1):
            best[i][j] = max(best[i + 1][j], best[i][j + 1], best[i + 1][j + 1] + like[i][j])
    out: list[list[str]] = []
    i = j = 0
    while i < n or j < m:
        if i < n and j < m and like[i][j] > 0 and best[i][j] == best[i + 1][j + 1] + like[i][j]:
            out.append([*table[i], tokens[j]])
            i, j = i + 1, j + 1
        elif i < n and (j == m or best[i][j] == best[i + 1][j]):
            out.append([*table[i], ""])
            i += 1
        else:
            out.append([*([""] * count), tokens[j]])
            j += 1
    return out


def _like(a: str, b: str) -> float:
    if not a or not b:
        return 0.0
    if a == b:
        return 1.0
    ratio = Indel.normalized_similarity(bare(a), bare(b))
    return 0.95 * ratio if ratio >= 0.4 else 0.05


def _choose(column: Sequence[str], before: str | None) -> tuple[str, bool]:
    """The word that most readings have; among equals the one that makes most sense."""
    votes = Counter(column)
    word, most = votes.most_common(1)[0]
    if most > len(column) / 2:
        return word, True
    shown = [w for w in votes if w]
    return max(shown, key=lambda w: (votes[w], _sense(w, before))), False


def _sense(word: str, before: str | None) -> float:
    core = word.strip(".,;:()-\"'")
    if not core:
        return -1.0
    if not core.isalpha():
        return 0.5 if re.fullmatch(r"[\w./,%()-]+", core) else 0.0
    if len(core) > 1 and not valid_syllable(core) and not core.isupper():
        return 0.0
    left = before.strip(".,;:()") if before else None
    return 1.0 + 0.01 * likelihood(left if left and left.isalpha() else None, core, None)
