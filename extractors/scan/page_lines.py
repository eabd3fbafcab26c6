"""Lines of a page picture: words gathered into lines, rows nobody read found, line pictures cut out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from extractors.layout.blocks import Block
from extractors.layout.segments import PageSegments
from extractors.ocr.engine import Gray, OcrWord
from extractors.scan.stack import Stack
from schemas.geometry import Box
from schemas.reading import Word

_STROKES = re.compile(r"[|¦\[\]{}~_=«»<>\\‹›—]+")


@dataclass(frozen=True, slots=True)
class PageLine:
    """Words of one line of one block in page pixels; ``box`` also holds ink beside the words (handwriting)."""

    block: int
    words: tuple[OcrWord, ...]
    box: tuple[int, int, int, int]
    faded: tuple[OcrWord, ...] = ()  # the same line as read without coloured ink

    @property
    def text(self) -> str:
        return " ".join(w.text for w in self.words)


def gather_lines(stacked: Stack, words: Iterable[OcrWord], blocks: Sequence[Block]) -> list[PageLine]:
    """Words of a stacked picture as lines of the page, block by block in reading order, top to bottom."""
    grouped: dict[tuple[int, int], list[OcrWord]] = {}
    for word in words:
        found = stacked.locate(word)
        if found is not None and not is_junk(word):
            key, placed = found
            grouped.setdefault((key, placed.line), []).append(placed)
    lines = []
    for (key, _), members in grouped.items():
        if key >= len(blocks):
            continue
        members.sort(key=lambda w: w.x0)
        lines.append(PageLine(key, tuple(members), word_box(members)))
    if not any(b.region == "table" for b in blocks):
        lines = _join_split_rows(lines)
    return sorted(lines, key=lambda q: (q.block, _middle(q.box)))


def is_junk(word: OcrWord) -> bool:
    """Rules, frames and pen strokes read as characters: no letter or digit, and only such marks or no certainty."""
    if any(c.isalnum() for c in word.text):
        return False
    return bool(_STROKES.fullmatch(word.text)) or (word.score < 0.35 and word.text not in "-–:;.,()/")


def add_faded(
    lines: list[PageLine], stacked: Stack, words: Iterable[OcrWord], *, first: int, blocks_again: Sequence[int]
) -> list[PageLine]:
    """Give lines of signature blocks what was read there without coloured ink; rows only seen so become lines."""
    grouped: dict[tuple[int, int], list[OcrWord]] = {}
    for word in words:
        found = stacked.locate(word)
        if found is not None and found[0] >= first:
            grouped.setdefault((blocks_again[found[0] - first], found[1].line), []).append(found[1])
    out = list(lines)
    for (block, _), members in grouped.items():
        members.sort(key=lambda w: w.x0)
        box = word_box(members)
        tall = box[3] - box[1]
        if tall < 14 or sum(c.isalpha() for w in members for c in w.text) < 3:
            continue
        for k, line in enumerate(out):
            lap = min(line.box[3], box[3]) - max(line.box[1], box[1])
            if line.block == block and lap > 0.5 * min(tall, line.box[3] - line.box[1]):
                out[k] = PageLine(block, line.words, line.box, tuple(members))
                break
        else:
            out.append(PageLine(block, (), box, tuple(members)))
    return sorted(out, key=lambda q: (q.block, _middle(q.box)))


def word_box(words: Sequence[OcrWord]) -> tuple[int, int, int, int]:
    return (min(w.x0 for w in words), min(w.y0 for w in words), max(w.x1 for w in words), max(w.y1 for w in words))


def _middle(box: tuple[int, int, int, int]) -> float:
    return (box[1] + box[3]) / 2


def _join_split_rows(lines: list[PageLine]) -> list[PageLine]:
    """Join what the reader took for two lines although it stands on one row of one block."""
    out: list[PageLine] = []
    for line in sorted(lines, key=lambda q: (q.block, _middle(q.box), q.box[0])):
        if out and out[-1].block == line.block:
            a, b = out[-1].box, line.box
            lap = min(a[3], b[3]) - max(a[1], b[1])
            apart = a[2] <= b[0] + 2 or b[2] <= a[0] + 2
            if apart and lap > 0.6 * min(a[3] - a[1], b[3] - b[1]):
                words = sorted((*out[-1].words, *line.words), key=lambda w: w.x0)
                out[-1] = PageLine(line.block, tuple(words), word_box(words))
                continue
        out.append(line)
    return out


def widen(lines: list[PageLine], page: PageSegments, blocks: Sequence[Block]) -> list[PageLine]:
    """Give every line the ink that stands on its row in its block, read or not (a handwritten number)."""
    out = []
    for line in lines:
        block = blocks[line.block]
        x0, y0, x1, y1 = line.box
        for sx0, sy0, sx1, sy1 in segment_boxes(page):
            inside = block.x0 <= (sx0 + sx1) / 2 <= block.x1
            lap = min(sy1, y1) - max(sy0, y0)
            reach = (3.5 if block.region.startswith("header") else 1.5) * (line.box[3] - line.box[1])
            inside &= sx0 - x1 < reach and x0 - sx1 < reach
            if inside and lap > 0.55 * min(sy1 - sy0, y1 - y0) and sy1 - sy0 < 2.2 * (y1 - y0):
                x0, x1 = min(x0, sx0), max(x1, sx1)
        out.append(PageLine(line.block, line.words, (x0, y0, x1, y1), line.faded))
    return out


def segment_boxes(page: PageSegments) -> list[tuple[int, int, int, int]]:
    """Segment boxes in page pixels."""
    k = 1 / page.scale
    return [(int(s.x0 * k), int(s.y0 * k), int(s.x1 * k), int(s.y1 * k)) for s in page.segments]


def unread_rows(lines: Sequence[PageLine], page: PageSegments, blocks: Sequence[Block]) -> list[PageLine]:
    """Rows of text-like ink in letterhead and signature blocks where the reader saw nothing."""
    rows: list[PageLine] = []
    for key, block in enumerate(blocks):
        if block.region not in ("header_left", "header_right", "sign_right", "sign_left"):
            continue
        for x0, y0, x1, y1 in segment_boxes(page):
            if not (block.x0 <= (x0 + x1) / 2 <= block.x1 and block.y0 <= (y0 + y1) / 2 <= block.y1):
                continue
            if not 22 <= y1 - y0 <= 110 or x1 - x0 < 2.2 * (y1 - y0):
                continue
            covered = any(
                q.block == key and min(q.box[3], y1) - max(q.box[1], y0) > 0.4 * min(y1 - y0, q.box[3] - q.box[1])
                for q in lines
            )
            if not covered:
                rows.append(PageLine(key, (), (x0, y0, x1, y1)))
    return rows


def cut(picture: Gray, box: tuple[int, int, int, int]) -> Gray:
    """The line's picture with a little paper around it."""
    x0, y0, x1, y1 = box
    pad = max(3, int(0.12 * (y1 - y0)))
    rows, columns = picture.shape
    part = picture[max(0, y0 - pad) : min(rows, y1 + pad), max(0, x0 - pad - 4) : min(columns, x1 + pad + 4)]
    return np.ascontiguousarray(part)


def spread_words(text: str, score: float, box: Box) -> tuple[Word, ...]:
    """Words of a line known only as a whole, each with its share of the line's box (page fractions) by letters."""
    tokens = text.split()
    total = sum(len(t) + 1 for t in tokens) - 1
    words, at = [], 0
    for t in tokens:
        x0, x1 = box.x0 + box.width * at / total, box.x0 + box.width * (at + len(t)) / total
        words.append(Word(t, Box(x0, box.y0, x1, box.y1), round(score, 3), "ocr"))
        at += len(t) + 1
    return tuple(words)
