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
from extractors.scan.language import likelihood, mend_accents, mend_phrases
from schemas.text import bare

UNREAD = "?"  # a cell with ink that nobody could read
_SURE_GAIN = 8.0  # log by which other accents must be likelier between their neighbours
_RULES = re.compile(r"^[|¦_—=]+$")
_JUNK = re.compile(r"^[|_\-—–=~.,;:'\"`´‘’“”\[\](){}<>\\/¡!]+$")
_NEVER = re.compile(r"[ñÑ](?=[^\W\d_])")  # no Vietnamese letter: the n beside it, read twice
_EDGES = " -–—_|'`“”\"‘’:•»«"
_QUARTER = re.compile(r"^[Qq]u[ýyỳỷ]$")
_ROMAN = re.compile(r"^[IVHUTNMWil1|!ỉíìị]{1,6}(?=$|[/,.])")
_COLON = re.compile(r"[a-zà-ỹđ]: [a-zà-ỹđ]")
_RUN_ON = re.compile(r"^[IHUTNMWil1|!L]{1,5}(?P<year>(?:19|20)\d\d)$")  # the slash read as one more stroke
_ALIKE = frozenset("cosvxzCOSVXZ")  # letters that differ from their capitals by their size only
_LOW = frozenset("aceosuvxzmnrwạẹọụ")  # letters with nothing above that could make them higher
_COUNTED = {1: "I", 2: "II", 3: "III"}


def settle(crop: Gray, readings: Sequence[Sequence[OcrWord]], reader: LineReader | None) -> tuple[str, bool]:
    """(text, whether it is sure) of one cell. ``readings``: words in pixels of ``crop``."""
    seen = [tokens_of(words) for words in readings]
    doubtful = len({tuple(s) for s in seen}) > 1 or not any(seen)
    if reader is not None and (doubtful or any(map(_is_weak, readings))):
        seen.append([token for line in lines_of(crop, readings) for token in _line_again(crop, line, readings, reader)])
    tokens, sure = vote([s for s in seen if s])
    text, counted = _count_strokes(finish(tokens), crop, readings)
    text = _right_size(text, crop, readings)
    return (text or UNREAD), sure and counted and bool(text) and not _is_odd(text)


def _is_odd(text: str) -> bool:
    """No Vietnamese: accented letters that make no syllable ("SởNộivụ"), a colon inside a phrase ("lộ: trình")."""
    cores = (token.strip(".,;:()-\"'/") for token in text.split())
    return bool(_COLON.search(text)) or any(
        core.isalpha() and not core.isascii() and not core.isupper() and not valid_syllable(core) for core in cores
    )


def tokens_of(words: Sequence[OcrWord]) -> list[str]:
    """The words of a reading, line by line; specks and remains of rules left out."""
    lines: dict[int, list[OcrWord]] = {}
    for w in words:
        if _RULES.match(w.text) or (_JUNK.match(w.text) and w.text != "-" and w.score < 0.7):
            continue
        lines.setdefault(w.line, []).append(w)
    ordered = sorted(lines.values(), key=lambda ws: min(w.y0 for w in ws))
    return _split(" ".join(w.text for line in ordered for w in sorted(line, key=lambda w: w.x0)))


def _split(text: str) -> list[str]:
    """Tokens as they are compared: one kind of dash and slash, dashes and numbers apart from the words beside them."""
    text = _NEVER.sub("", text.replace("⁄", "/").replace("–", "-").replace("—", "-"))
    text = re.sub(r"/{2,}", "/", text)
    text = re.sub(r"(?<=[^\W\d_]{2})-(?=\s|$)|(?:(?<=\s)|^)-(?=[^\W\d_]{2})", " - ", text)
    text = re.sub(r"(?<=[a-zà-ỹ]{2})(?=\d{4}(?!\d))", " ", text)
    return [part for token in text.split() for part in _parted(token)]


def _parted(token: str) -> tuple[str, ...]:
    """Two syllables read without the space between them ("Thanhtra"); a word that is one syllable stays."""
    core = token.rstrip(".,;:)")
    if len(core) < 5 or not core.isalpha() or core.isupper() or valid_syllable(core):
        return (token,)
    cuts = [k for k in range(2, len(core) - 1) if valid_syllable(core[:k]) and valid_syllable(core[k:])]
    return (token[: cuts[0]], token[cuts[0] :]) if len(cuts) == 1 else (token,)


def _is_weak(words: Sequence[OcrWord]) -> bool:
    """Words that two sizes of one reader may get wrong alike: no Vietnamese syllables, or letters hardly made out."""
    for w in words:
        core = w.text.strip(".,;:()-")
        if w.score < 0.6 or (core.isalpha() and len(core) > 1 and not core.isupper() and not valid_syllable(core)):
            return True
    return False


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
    if len(inside) > 1 and len(said) == 1 and (tokens := next(iter(said))) and not any(map(_is_weak, inside)):
        return list(tokens)
    return _split(_again(crop, box, reader))


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


def finish(tokens: Sequence[str]) -> str:
    """The words as one would type them: lone marks that belong to nothing go, accents that cannot be are put right."""
    kept = [
        t
        for k, t in enumerate(tokens)
        if any(c.isalnum() for c in t) or t in ("%", "&") or (t == "-" and 0 < k < len(tokens) - 1)
    ]
    text = " ".join(kept).strip(_EDGES).lstrip(".,;!")
    text = re.sub(r"(?<=[a-zà-ỹđ]{2})\.(?= [a-zà-ỹđ]{2})", "", text)  # no sentence begins small: a speck
    return mend_phrases(mend_accents(text.strip(), least=_SURE_GAIN))


def _count_strokes(text: str, crop: Gray, readings: Sequence[Sequence[OcrWord]]) -> tuple[str, bool]:
    """Quarters in Roman numbers (Quý II, Quý III) by the strokes of the print: readers lose and add one.

    Returns the text and whether the count is certain. One stroke stays as it was read: I or 1.
    """
    tokens = text.split()
    at = next((k for k in range(1, len(tokens)) if _QUARTER.match(tokens[k - 1]) and _is_roman(tokens[k])), None)
    if at is None or "V" in tokens[at]:
        return text, True
    found = {count_bars(crop, box) for words in readings if (box := _roman_box(words)) is not None}
    old = _ROMAN.match(tokens[at])
    if len(found) != 1 or (strokes := found.pop()) not in _COUNTED:
        return text, False
    if old is None:
        run_on = _RUN_ON.match(tokens[at])
        assert run_on is not None
        tokens[at] = f"{_COUNTED[strokes]}/{run_on['year']}"
        return " ".join(tokens), True
    if strokes > 1 or old[0] not in ("I", "1"):
        tokens[at] = _COUNTED[strokes] + tokens[at][old.end() :]
    return " ".join(tokens), True


def _is_roman(token: str) -> bool:
    return _ROMAN.match(token) is not None or _RUN_ON.match(token) is not None


def _roman_box(words: Sequence[OcrWord]) -> OcrWord | None:
    ordered = sorted(words, key=lambda w: (w.line, w.x0))
    for a, b in itertools.pairwise(ordered):
        if _QUARTER.match(a.text) and _is_roman(b.text.replace("⁄", "/")):
            return b
    return None


def count_bars(crop: Gray, word: OcrWord) -> int:
    """How many upright strokes a word begins with, before anything else: the I's of a Roman number."""
    part = crop[max(0, word.y0 - 1) : word.y1 + 1, max(0, word.x0 - 2) : word.x1 + 2]
    if min(part.shape, default=0) < 10:
        return 0
    big = cv2.resize(part, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC)
    ink = ink_mask(np.asarray(big, np.uint8))
    rows = np.flatnonzero(ink.sum(axis=1))
    if rows.size == 0:
        return 0
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    tall = bottom - top
    band = ink[top + int(0.3 * tall) : top + int(0.62 * tall)]
    share = band.mean(axis=0)
    bars = x = 0
    while x < share.size:
        if share[x] < 0.15:
            x += 1
            continue
        begin = x
        while x < share.size and share[x] >= 0.15:
            x += 1
        full = int((share[begin:x] > 0.85).sum())
        if full < 0.75 * (x - begin) or x - begin > 0.24 * tall:  # a slash, a V, a figure
            break
        bars += 1
    return bars


def _right_size(text: str, crop: Gray, readings: Sequence[Sequence[OcrWord]]) -> str:
    """Words whose first letter differs from its capital by size only ("cơ", "Cơ"): by its height on the paper."""
    tokens = text.split()
    for k, token in enumerate(tokens):
        if len(token) < 2 or token[0] not in _ALIKE or not token[1].islower() or bare(token[1])[:1] not in _LOW:
            continue
        sizes = {
            size
            for words in readings
            for w in words
            if w.text.casefold() == token.casefold() and (size := _first_letter(crop, w)) is not None
        }
        if sizes == {"capital"}:
            tokens[k] = token[0].upper() + token[1:]
        elif sizes == {"small"} and token[1] in _LOW:
            tokens[k] = token[0].lower() + token[1:]
    return " ".join(tokens)


def _first_letter(crop: Gray, word: OcrWord) -> str | None:
    """Whether a word begins with a letter as high as its second one ("small") or clearly higher ("capital")."""
    part = crop[max(0, word.y0 - 2) : word.y1 + 2, max(0, word.x0 - 1) : word.x1 + 1]
    if min(part.shape, default=0) < 8:
        return None
    big = cv2.resize(part, None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC)
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink_mask(np.asarray(big, np.uint8)), connectivity=8)
    tall = big.shape[0]
    letters = sorted((int(x), int(y), int(w), int(h)) for x, y, w, h, _ in stats[1:] if h > 0.25 * tall and w < tall)
    if len(letters) < 2:
        return None
    (x, _, w, h), (x2, _, _, h2) = letters[:2]
    if x > 0.5 * tall or x2 < x + 0.6 * w:  # not the first letter, or one over another
        return None
    ratio = h / h2
    return "capital" if 1.2 < ratio < 1.7 else "small" if 0.8 < ratio < 1.1 else None
