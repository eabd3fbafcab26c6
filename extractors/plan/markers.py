"""Dấu đầu mục: the numbering that begins a heading or an item, as printed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from extractors.plan.words import section_role

Kind = Literal["part", "letter", "roman", "article", "number", "paren", "small", "bullet", "plus"]
# Outer kinds first. What a document uses in between decides its own nesting (see outline.py).
ORDER: tuple[Kind, ...] = ("part", "letter", "roman", "article", "number", "paren", "small", "bullet", "plus")
_PATTERNS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    # "Phần thứ nhất", "PHẦN I", "Chương II"
    (
        "part",
        re.compile(
            r"(?P<mark>(?:Phần|PHẦN|Chương|CHƯƠNG)\s+(?:(?:thứ|THỨ)\s+\w+|[IVXLC]+|\d{1,2}))(?:[.:]?\s+|[.:]?$)"
        ),
    ),
    ("article", re.compile(r"(?P<mark>(?:Điều|ĐIỀU)\s+\d{1,3})\s*[.:]\s*")),
    (
        "roman",
        re.compile(r"(?P<mark>[IVX]{1,6})\s?(?:[.)]|/(?=\s))\s*(?=\S|$)|(?P<mark2>[IVX]{1,5})\s?[-–]\s+(?=[A-ZĐÀ-Ỹ])"),
    ),
    ("letter", re.compile(r"(?P<mark>[A-HĐ])\s?[.)]\s*(?=[A-ZĐÀ-Ỹ]{2})")),
    # "1.", "1.1.", "1.1 ", "2)": a year, a date or a number of thousands is none
    ("number", re.compile(r"(?P<mark>\d{1,2}(?:\.\d{1,2}){1,4})(?:[.)/]\s*|\s+)(?=[^\d\s.,%])")),
    ("number", re.compile(r"(?P<mark>\d{1,2})\s?(?:[./]\s*(?=[^\d\s.,%/])|\.$)")),
    ("paren", re.compile(r"(?P<mark>\(\d{1,2}\)|\d{1,2}\))\s*(?=\S)")),
    ("small", re.compile(r"(?P<mark>\(?[a-zđ]\d?)[.)]\s*(?=[^\s.])")),
    ("bullet", re.compile(r"(?P<mark>[-–—•●▪■◦*·»►✓])(?!\s*\d{1,2}/\d)\s*(?=[^\W_]|[“\"'(])")),
    ("plus", re.compile(r"(?P<mark>\+)\s*(?=\S)")),
)


_SPECKS = re.compile(r"\s*(?:[:;,'`|~._]{1,4}\s*(?=\d{1,2}[.,]\s)|[:;,'`|~._]{1,2}\s+)?")
# A Roman number as scans are misread ("HI.", "IL.", "HL"), before a heading in capitals that a plan has.
_BROKEN_ROMAN = re.compile(r"(?P<mark>[IVXHLTl1|]{1,5})\s?[.,)]?\s+(?=[A-ZĐÀ-Ỹ]{2,}\s+[A-ZĐÀ-Ỹ]{2,})")


@dataclass(frozen=True, slots=True)
class Marker:
    """``number`` without its punctuation ("II", "1.1", "a", "-"); ``end``: where the words begin in the line."""

    kind: Kind
    number: str
    end: int

    @property
    def depth(self) -> int:
        """Depth inside its kind: "1.1" stands under "1"."""
        return self.number.count(".") if self.kind == "number" else 0


def marker_of(text: str) -> Marker | None:
    """The marker at the beginning of a line (after spaces and specks), None when there is none."""
    lead = _SPECKS.match(text).end()  # type: ignore[union-attr]
    for kind, pattern in _PATTERNS:
        if found := pattern.match(text, lead):
            mark = found["mark"] if found["mark"] is not None else found.groupdict().get("mark2")
            return Marker(kind, (mark or "").strip("()").strip(), found.end())
    if (found := _BROKEN_ROMAN.match(text, lead)) and section_role(text[found.end() :]) is not None:
        return Marker("roman", found["mark"], found.end())
    return None
