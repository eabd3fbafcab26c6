"""Reading order by blocks: letterhead and signature columns are read one after the other, never across."""

from __future__ import annotations

import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from extractors.pdf.words import Row, Token

_NUMBER = re.compile(r"\W{0,3}(?:Mã s|S|s)ố\s*:?\s*(?:[\w./-]*\d[\w./-]*|\S*\s*/\s*\S+)$")
_MOTTO = re.compile(r"CỘNG H(?:ÒA|OÀ) XÃ|ĐẢNG CỘNG SẢN|Độc lập\W")
_GLUED = re.compile(r"(\w+)(CỘNG)$")
_HOA = re.compile(r"H(?:ÒA|OÀ)$")
_DAY = re.compile(r"\bngày\b.{1,14}tháng.{1,10}năm", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Segment:
    """Words of one row without a wide gap between them."""

    tokens: tuple[Token, ...]

    @property
    def x0(self) -> float:
        return self.tokens[0].x0

    @property
    def x1(self) -> float:
        return self.tokens[-1].x1

    @property
    def base(self) -> float:
        return self.tokens[0].base

    @property
    def size(self) -> float:
        return max(t.size for t in self.tokens)


def split_row(row: Row) -> list[Segment]:
    """Cut a row at gaps that are wide, and wider than this row's word spaces (justified lines stretch)."""
    row = _unglued(row)
    if not row:
        return []
    gaps = [b.x0 - a.x1 for a, b in pairwise(row)]
    usual = statistics.median(gaps) if gaps else 0.0
    mottos = [row[k] for k in range(1, len(row) - 2) if _MOTTO.match(" ".join(t.text for t in row[k : k + 3]))]
    segments: list[list[Token]] = [[row[0]]]
    for gap, token in zip(gaps, row[1:], strict=True):
        if gap > max(0.62 * token.size, 2.2 * usual if len(gaps) > 2 else 0.0) or token in mottos:
            segments.append([token])
        else:
            segments[-1].append(token)
    return [Segment(tuple(s)) for s in segments]


def _unglued(row: Row) -> Row:
    """An agency's name and the motto, set without any gap, as two words: "HUẾCỘNG HÒA XÃ HỘI"."""
    for k, token in enumerate(row[:-1]):
        m = _GLUED.match(token.text)
        if m is None or not _HOA.match(row[k + 1].text):
            continue
        cut = token.x0 + (token.x1 - token.x0) * len(m[1]) / len(token.text)
        left, right = replace(token, text=m[1], x1=cut, parts=()), replace(token, text=m[2], x0=cut, parts=())
        return [*row[:k], left, right, *row[k + 1 :]]
    return row


def in_reading_order(rows: Sequence[Row], *, width: float) -> list[list[Token]]:
    """Lines in reading order. ``width`` of the page in points.

    Rows are taken from the top; where a white gutter in the middle of the page separates what stands left and
    right of it over a stretch of rows, the left column is read first, then the right one.
    """
    pieces = [split_row(row) for row in rows]
    lines: list[list[Token]] = []
    i = 0
    while i < len(pieces):
        end, gutter = _band(pieces, i, width)
        if end > i:
            columns: list[list[Segment]] = []
            for left in (True, False):
                sides = ([s for s in piece if (_middle(s) < gutter) == left] for piece in pieces[i:end])
                column = [Segment(tuple(line)) for side in sides if side for line in _one_row(side)]
                columns.append(column)
            more = _left_goes_on(columns[0], columns[1], pieces[end:], width)
            columns[0] += more
            lines += [list(s.tokens) for column in columns for s in column]
            i = end + len(more)
        else:
            lines += _one_row(pieces[i])
            i += 1
    return lines


def _one_row(piece: list[Segment]) -> list[list[Token]]:
    """A row of its own is one line, save where two parts of a letterhead stand side by side: agency and motto, number
    and day, or words of plainly different sizes (a signing program's box beside the text)."""
    row = [t for s in piece for t in s.tokens]
    for k in range(1, len(row) - 2):
        if _MOTTO.match(" ".join(t.text for t in row[k : k + 3])):
            return [row[:k], row[k:]]
    for k in range(1, len(piece)):
        left = " ".join(t.text for s in piece[:k] for t in s.tokens)
        right = " ".join(t.text for s in piece[k:] for t in s.tokens)
        sizes = max(s.size for s in piece[:k]), max(s.size for s in piece[k:])
        apart = piece[k].x0 - piece[k - 1].x1 > 1.2 * max(sizes) and max(sizes) > 1.22 * min(sizes)
        if apart or (_NUMBER.match(left) and _DAY.search(right)):
            return [[t for s in part for t in s.tokens] for part in (piece[:k], piece[k:])]
    return [[t for s in piece for t in s.tokens]]


def _left_goes_on(
    left: Sequence[Segment], right: Sequence[Segment], after: Sequence[list[Segment]], width: float
) -> list[Segment]:
    """Rows below the columns that go on the left one though they reach under the right one (a long V/v)."""
    more: list[Segment] = []
    last = left[-1]
    for piece in after[:4]:
        s = piece[0]
        aligned = abs(s.x0 - last.x0) < 4 or abs(_middle(s) - _middle(last)) < 8
        near = 0 < s.base - last.base < 1.45 * last.size and abs(s.size - last.size) < 0.6
        if len(piece) != 1 or not aligned or not near or s.x1 > 0.62 * width or last.base < right[-1].base - 2:
            break
        more.append(s)
        last = s
    return more


def _middle(segment: Segment) -> float:
    return (segment.x0 + segment.x1) / 2


def _band(pieces: Sequence[list[Segment]], start: int, width: float) -> tuple[int, float]:
    """The longest stretch of rows from ``start`` with one gutter, as (end, x); end == start when there is none."""
    free: list[tuple[float, float]] = [(0.2 * width, 0.8 * width)]
    best: tuple[int, float] = (start, 0.0)
    last_base: float | None = None
    for end in range(start, min(len(pieces), start + 40)):
        piece = pieces[end]
        size = max(s.size for s in piece)
        if last_base is not None and piece[0].base - last_base > 9 * size:
            break
        last_base = max(s.base for s in piece)
        for s in piece:
            free = _cut(free, s.x0, s.x1)
        free = [(a, b) for a, b in free if b - a >= 0.4 * size]
        if not free:
            break
        gutter = _gutter(pieces[start : end + 1], free)
        if gutter is not None:
            best = (end + 1, gutter)
    return best


def _cut(free: list[tuple[float, float]], x0: float, x1: float) -> list[tuple[float, float]]:
    out = []
    for a, b in free:
        if x1 <= a or x0 >= b:
            out.append((a, b))
            continue
        if x0 > a:
            out.append((a, x0))
        if x1 < b:
            out.append((x1, b))
    return out


def _gutter(pieces: Sequence[list[Segment]], free: list[tuple[float, float]]) -> float | None:
    """The middle of a free strip with columns on both sides that stand next to each other."""
    segments = [s for piece in pieces for s in piece]
    best: tuple[float, float] | None = None
    for a, b in free:
        x = (a + b) / 2
        left = [s for s in segments if s.x1 <= x]
        right = [s for s in segments if s.x0 >= x]
        if not left or not right or not _columns(left) or not _columns(right):
            continue
        rows = len({round(s.base) for s in left}) + len({round(s.base) for s in right})
        beside = any(abs(p.base - q.base) < 0.8 * max(p.size, q.size) for p in left for q in right)
        # One row alone is no pair of columns, only a gap; two lines side by side with one of them are.
        if rows < 3 or not beside:
            continue
        if best is None or b - a > best[0]:
            best = (b - a, x)
    return best[1] if best else None


def _columns(side: list[Segment]) -> bool:
    """A side holds words, not only numbers of a list or a dash."""
    return any(any(c.isalpha() for c in t.text) and len(t.text) > 1 for s in side for t in s.tokens)
