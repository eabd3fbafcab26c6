"""Which lines are the trích yếu: centred ones under the title, or V/v in the left column; and does it go on below?"""

from __future__ import annotations

import re

from extractors.fields.cues import cue
from extractors.fields.rows import is_rule, letter_count
from extractors.fields.view import Spot

MOTTO = re.compile(
    r"c.{0,2}ng h.{0,2}a x.{0,2} h.{0,2}i|ch.{0,2} ngh.{0,2}a vi.{0,2}t|doc.{0,2}l.{1,2}p.{0,6}t.{0,2} do|hanh phuc"
)
STAMPED = re.compile(r"^\W*(den|mat|toi mat|tuyet mat|khan|thuong khan|hoa toc|hoa toc hen gio|sao y)\W*$")
_UNFINISHED = re.compile(
    r"\b(so|ngay|thang|nam|cua|va|ve|cho|tai|voi|cac|theo|doi|trong|thuc|cong van|quyet dinh so)\W*$"
)


def stops_short(last: Spot) -> bool:
    """The last words want more: "... Công văn số", "... của"."""
    return bool(_UNFINISHED.search(last.key))


def goes_on(spots: list[Spot], last: Spot, *, aside: bool) -> bool:
    """A short line as near as the next line of the same text that is neither a rule nor the body's beginning.

    ``aside``: the text stands in the left column (V/v) and not centred.
    """
    height = max(0.008, last.box.height)
    if any(s.region == "body" and 0 < s.box.y0 - last.box.y1 < 2 * height and s.text[:2].islower() for s in spots):
        return not aside  # the next line goes on small: in the middle of a sentence, wherever it stands
    for s in spots:
        if s is last or not -0.3 * height <= s.box.y0 - last.box.y1 < 1.05 * height:
            continue
        x0, x1 = _lettered(s)
        short = len(s.text) < 0.6 * len(last.text)  # a speck at the margin makes a short line look long
        inside = ((x0 > 0.17 and (x1 < 0.88 or short)) or x1 - x0 < 0.55) and s.region in ("body", "title")
        if aside:
            inside = x0 < last.box.x1 - 0.05 and s.region in ("body", "header_left") and not STAMPED.match(s.key)
        starts = cue("body_start").search(s.key) or cue("authority").search(s.key) or cue("addressee").search(s.key)
        if inside and not starts and letter_count(s.text) >= 2:
            return True
    return False


def _lettered(s: Spot) -> tuple[float, float]:
    """Left and right end of the line's words of letters or digits; specks far beside them do not count."""
    boxes = [w.box for w in s.line.words if any(c.isalnum() for c in w.text)] or [s.line.box]
    return min(b.x0 for b in boxes), max(b.x1 for b in boxes)


def summary_under(spots: list[Spot], title: Spot, rest: str) -> tuple[Spot, ...]:
    """Centred lines right under the title, until the body, an authority line or a wide gap.

    Where the title goes on beside the type's name, lines below belong to it only in the same capitals.
    """
    start = next(i for i, s in enumerate(spots) if s is title) + 1
    out: list[Spot] = []
    last = title
    for s in spots[start:]:
        if s.region in ("sign_left", "sign_right", "table", "header_left"):
            continue
        if is_rule(s.text):
            if out:
                break
            continue
        height = max(0.008, last.box.height)
        gap = s.box.y0 - last.box.y1
        if out and gap > 1.35 * height:
            break
        if not out and gap > 3.2 * height:
            break
        if MOTTO.search(s.key):
            continue
        if (rest and not _capitals(s)) or s.text.lstrip().startswith("(") or re.match(r"^\W{0,3}s[oố]\s*[:.]", s.key):
            break
        if cue("addressee").search(s.key) or cue("body_surely").search(s.key):
            break
        if cue("authority").search(s.key) and _capitals(s) and not _starts_subject(s):
            break
        x0, x1 = _lettered(s)
        centred = abs((x0 + x1) / 2 - 0.52) < 0.09
        at_margin = x0 < 0.2 and x1 > 0.84
        if out and s.text.rstrip().endswith(":"):
            break  # "... như sau:" opens the body
        first = not out and centred and x0 > 0.17 and x1 < 0.88  # "Đề nghị ...", "Thực hiện ..." right under the title
        if (
            cue("body_start").search(s.key)
            and not (out and s.text.lstrip()[:1].islower())  # "cấp Giấy / chứng nhận ...": a sentence that goes on
            and not (first and gap < 1.2 * height)
            and (not centred or at_margin or gap > 0.6 * height or (not _capitals(s) and s.box.x0 < 0.2))
        ):
            break
        if out and _capitals(s) and not any(map(_capitals, out)):
            break  # who issues stands in capitals under a trích yếu that does not
        if not centred or (at_margin and out and gap > 0.9 * height) or (out and _opens_paragraph(spots, s, last)):
            break
        out.append(s)
        last = s
        if len(out) >= 8:
            break
    return tuple(out)


def _opens_paragraph(spots: list[Spot], s: Spot, last: Spot) -> bool:
    """The indented first line of a text, under a short line on which its beginning would have had room.

    It ends where full lines end but begins further in than one of them, or as far in as other paragraphs do; what is
    centred and so wide would begin at the margin.
    """
    (x0, x1), above = _lettered(s), _lettered(last)
    if x1 < 0.84 or _capitals(s) or above[1] - above[0] > 0.75 * (x1 - x0):
        return False
    below = [_lettered(t) for t in spots if t.region == "body" and 0 < t.box.y0 - s.box.y0 < 0.3]
    full = any(left < x0 - 0.03 and abs(right - x1) < 0.025 for left, right in below)
    return full or sum(abs(left - x0) < 0.012 for left, _ in below) >= 2


def _capitals(s: Spot) -> bool:
    letters = [c for c in s.text if c.isalpha()]
    return bool(letters) and sum(c.isupper() for c in letters) > 0.8 * len(letters)


def _starts_subject(s: Spot) -> bool:
    return bool(cue("subject").search(s.key))


def subject_lines(spots: list[Spot], left: list[Spot], number: Spot | None) -> tuple[Spot, ...]:
    """V/v lines under the number, in the left column."""
    pool = list(left)
    if number is not None:
        below = [s for s in spots if s.region == "body" and s.box.x1 < 0.56 and s.box.y0 > number.box.y0 - 0.005]
        pool += [s for s in below if s not in pool and s.box.cy < 0.45]
    pool = [s for s in pool if number is None or s.box.cy > number.box.cy + 0.3 * number.box.height]
    pool.sort(key=lambda s: s.box.cy)
    begin = next((i for i, s in enumerate(pool) if cue("subject").search(s.key)), None)
    if begin is None:
        return ()
    out = [pool[begin]]
    for s in pool[begin + 1 :]:
        gap = s.box.y0 - out[-1].box.y1
        if STAMPED.match(s.key) and s.text.upper() == s.text:
            break
        if cue("addressee").search(s.key) or gap > 1.2 * max(0.008, out[-1].box.height) or is_rule(s.text):
            break
        if MOTTO.search(s.key):
            break  # a text of one column: the letterhead's right side comes under its left one
        out.append(s)
    return tuple(out)
