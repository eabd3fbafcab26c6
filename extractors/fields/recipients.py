"""Nơi nhận (recipients) as a clean list."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from extractors.fields.view import LAYER, Document, Spot, touch, value_of
from extractors.fields.wording import line_certainty, mended, tidy
from extractors.scan.language import plainly_read
from schemas.extraction import FieldValue
from schemas.text import bare

_HEAD = re.compile(r"no[ij]\s?nh[aâ]n")
_ITEM = re.compile(r"^\W{0,2}[-–—−•*+~]\s*(?=\S)|^[-–—](?=\w)")
_FILE = re.compile(r"^\W*luu\b")
_TRACE = re.compile(r"n.{1,2} nh.n|^\W*l.{1,2}u\W|^\W*[-–*+]\s*\S.{3,40};$")  # what is left of a list nobody could read
_SIGNING = re.compile(r"^\W*(t\s?m|k\s?t|t\s?l|t\s?u\s?q|q)\s?[.,]")  # thẩm quyền ký, read across into the list
_BEHIND = re.compile(r"(?<=;)\s*\S{1,4}$|(?<=\)\.)\s*\S{1,3}$")  # strokes of pen and seal behind the closing mark
_BEHIND_ALL = re.compile(r"(?<=\w\.)\s+[^\s\d.]{1,2}$")  # the same at the end of the list
_LOAN = re.compile(
    r"\b(Website|website|Email|email)(?=[^\W\d_]{2})"
)  # a space lost behind it: no word of ours begins so
_STOP = re.compile(r"^\W*(phu luc|danh sach|bieu|mau so|\(?kem theo)")


def read_recipients(doc: Document) -> FieldValue:
    """Items under "Nơi nhận:" with their closing marks as printed; a line without a dash goes on with the last item."""
    for page in doc.reading.pages:  # the paper's own list comes first; annexes may bring theirs
        spots = [s for s in doc.on_page(page.number) if s.region in ("sign_left", "body", "header_left")]
        head = next((i for i, s in enumerate(spots) if _HEAD.search(s.key[:16]) and len(s.key) < 60), None)
        if head is None:
            continue
        return _items(spots, head, beside=doc.on_page(page.number, "sign_right"))
    if any(_TRACE.search(s.key) for s in doc.spots):
        return FieldValue(reasons=("not_found",))
    typed = bool(doc.spots) and all(s.origin == "pdf_text" for s in doc.spots)  # every word of the paper is known
    return FieldValue(reasons=("not_found", "no_mention"), needs_review=not typed)


def _items(spots: list[Spot], head: int, *, beside: Sequence[Spot]) -> FieldValue:
    first = spots[head]
    items: list[str] = []
    used: list[Spot] = []
    after = (
        re.sub(r"^.*?nh\S{1,3}?\s*(?:[:;._]|(?=\s))[\s:;._]*", "", first.text, count=1) if len(first.text) > 14 else ""
    )
    if after and not _signs(after):
        items.append(_clean(after))
        used.append(first)
    last = first
    for s in spots[head + 1 :]:
        if s.box.cx > 0.55 or (s.region != first.region and first.region == "sign_left"):
            continue
        gap = s.box.y0 - last.box.y1
        if gap > 2.2 * max(0.008, last.box.height) or _STOP.match(s.key):
            break
        if sum(c.isalnum() for c in s.text) < 2 or (s.line.score < 0.5 and not _ITEM.match(s.text)):
            continue
        if _signs(s.text):
            continue
        if _ITEM.match(s.text) or not items or (_closed(items[-1]) and not s.text[:1].islower()):
            items.append(_clean(s.text))
        else:
            items[-1] = f"{items[-1]} {_clean(s.text)}"
        used.append(s)
        last = s
        if _FILE.match(re.sub(r"^\W+", "", s.key)) and s.text.rstrip().endswith((".", ")", "”", '"')):
            break
    items = [i for i in items if i]
    if not items:
        return FieldValue(reasons=("unreadable",))
    certainty = [_line_certainty(s) for s in used]
    checked = [mended(i, used) for i in items]
    items = [text for text, _, _ in checked]
    scanned = any(s.origin != LAYER for s in used)
    cut = scanned and _cut_off(items, used, beside)
    gaps = [b.box.y0 - a.box.y1 for a, b in pairwise([first, *used])]
    whole = all(g < 1.3 * max(0.008, first.box.height) for g in gaps)
    sure = (
        whole
        and not cut
        and all(ok for ok, _, _ in certainty)
        and all(ok for _, ok, _ in checked)
        and any(_FILE.match(i.lower().replace("ư", "u")) for i in items)
    )
    why = sorted({w for ok, _, w in certainty if not ok})
    if not why:
        plain = any(w == "read_plainly" for _, _, w in certainty)
        why = ["read_plainly" if plain else "readers_agree"] if whole else ["hole_in_list"]
    if cut:
        why.append("cut_off")
    return value_of(tuple(items), used, score=min(s for _, s, _ in certainty), sure=sure, reasons=why)


def _cut_off(items: Sequence[str], used: Sequence[Spot], beside: Sequence[Spot]) -> bool:
    """An item without its closing mark among others that have theirs, or a line that runs into the signature's column:
    its last words were lost, or read over there."""
    closed = [_closed(i) or i.rstrip().endswith(")") for i in items]
    if items[-1].rstrip().endswith(",") or (any(closed[:-1]) and not all(closed[:-1])):
        return True
    return any(touch(s, other) for s in used for other in beside)


def _line_certainty(spot: Spot) -> tuple[bool, float, str]:
    """As for any running text; a line the page reader had no doubt about was not read twice and needs not be."""
    found = line_certainty(spot)
    if (
        found[2] == "one_reader"
        and not spot.line.readings
        and plainly_read([(w.text, w.score) for w in spot.line.words])
    ):
        return True, 0.95, "read_plainly"
    return found


def _signs(text: str) -> bool:
    return text.isupper() and bool(_SIGNING.match(bare(text)))


def _clean(text: str) -> str:
    text = _ITEM.sub("", text, count=1)
    text = re.sub(r'"([^"]*)"', r"“\1”", text)
    text = re.sub(r"(?<=[.)])\s*\S{1,3}$", "", tidy(text)) if re.search(r"[.)]\s*\d{1,3}$", text) else tidy(text)
    text = re.sub(r"(?<=[.;])\s*[^\w\s.;)”\"]{1,3}$", "", text)  # pen strokes behind the closing mark
    text = _LOAN.sub(r"\1 ", _BEHIND.sub("", text))
    if _FILE.match(bare(text)):
        text = _BEHIND_ALL.sub("", text)
    return text.lstrip(" .,-–").rstrip(" -–")


def _closed(item: str) -> bool:
    return item.rstrip().endswith((";", ".", ":", ","))
