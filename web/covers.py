"""Che trên trang: which words of a page belong to an identity number, for its text and its picture alike."""

from __future__ import annotations

import re

from review.masking import mask_text
from schemas.geometry import Box
from schemas.reading import PageReading

# "CMND số" may stand at the end of one line and its number at the beginning of the next.
_LEAD = re.compile(r"(?:CMND|CCCD|CMT|chứng minh|căn cước|định danh|tùy thân|tuỳ thân)[^\d]{0,40}$", re.IGNORECASE)


def masked_lines(page: PageReading, known: str | None) -> list[str]:
    """The lines of the page, each as long as it is, identity numbers starred. ``known``: the record's own number."""
    lines = []
    before = ""
    for line in page.lines:
        lead = _LEAD.search(before)
        head = lead.group() + " " if lead else ""
        lines.append(mask_text(head + line.text, also=known)[len(head) :])
        before = line.text
    return lines


def identity_boxes(page: PageReading, known: str | None) -> tuple[Box, ...]:
    """Places of the words on the page that belong to an identity number."""
    boxes = []
    for line, masked in zip(page.lines, masked_lines(page, known), strict=True):
        at = 0
        for word in line.words:
            if masked[at : at + len(word.text)] != word.text:
                boxes.append(word.box)
            at += len(word.text) + 1
    return tuple(boxes)
