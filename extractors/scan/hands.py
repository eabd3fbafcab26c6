"""Looks at the number and the day of a page: print or pen? Said in the page's notes ("hand_day", "print_number")."""

from __future__ import annotations

from extractors.certainty.handwriting import Token, hand_chance, measure, slot_range
from extractors.scan.page_lines import PageLine, cut
from extractors.scan.prepare import ScanPage
from schemas.reading import Region

HAND, PRINT = 0.5, 0.2  # from the one on it is called a pen's, below the other print; nothing is said between
LONGEST = 70  # letters of a line that holds a number or a place and date


def slot_hands(page: ScanPage, line: PageLine, region: Region, text: str) -> dict[str, str]:
    """{"day": "hand_day"} or the like for a line with such a slot; nothing where it is not clear."""
    if len(text) > LONGEST or region in ("table", "sign_left", "title"):
        return {}
    if region == "body" and line.box[3] > 0.42 * page.clean.shape[0]:
        return {}
    pad = max(3, int(0.12 * (line.box[3] - line.box[1])))
    left = max(0, line.box[0] - pad - 4)  # where the cut picture begins
    slot = slot_range(_tokens(text, line, left))
    if slot is None:
        return {}
    kind, begins, ends = slot
    black = dict(page.others).get("black")
    measures = measure(cut(page.main, line.box), begins, ends, black=None if black is None else cut(black, line.box))
    note = note_of(kind, measures) if measures is not None else None
    return {kind: note} if note is not None else {}


def note_of(kind: str, measures: dict[str, float]) -> str | None:
    """The note for a slot of that kind with those measures; None where it is not clear."""
    chance = hand_chance(measures)
    return f"hand_{kind}" if chance >= HAND else f"print_{kind}" if chance <= PRINT else None


def _tokens(text: str, line: PageLine, left: int) -> list[Token]:
    """Words of the text with their places on the line's picture: the reader's own, or shares by letters."""
    words = text.split()
    if len(words) == len(line.words):
        return [Token(t, w.x0 - left, w.x1 - left) for t, w in zip(words, line.words, strict=True)]
    x0, x1 = line.box[0] - left, line.box[2] - left
    total = max(1, sum(len(w) + 1 for w in words) - 1)
    tokens, at = [], 0
    for w in words:
        tokens.append(Token(w, x0 + (x1 - x0) * at / total, x0 + (x1 - x0) * (at + len(w)) / total))
        at += len(w) + 1
    return tokens
