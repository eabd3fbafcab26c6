"""Luật viện dẫn không số: laws cited by their name, with a day, a year, or neither behind "Căn cứ"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

_DAY = r"ngày\s+(?P<d>\d{1,2})\s*(?:[/.-]|tháng)\s*(?P<m>\d{1,2})\s*(?:[/.-]|năm)\s*(?P<y>\d{4})"
_NAME = r"(?<![\w])(?P<name>(?:Bộ luật|Luật|Pháp lệnh)\s+[^\d;:.()\n]{2,110}?)"
_DATED = re.compile(
    _NAME + rf"\s*,?\s+(?:số\s+)?(?P<date>{_DAY}|năm\s+(?P<year>(?:19|20)\d\d)|(?P<bare>(?:19|20)\d\d)(?![\d/]))"
)
_BASIS = re.compile(rf"(?:[Cc]ăn cứ|[Tt]heo)\s+{_NAME}\s*(?=[;\n]|$)")
_SCHEMA = {"Bộ luật": "luat", "Luật": "luat", "Pháp lệnh": "khac"}
_WORDS = 18


@dataclass(frozen=True, slots=True)
class FoundLaw:
    """A law named at start..end of the text."""

    start: int
    end: int
    kind: str
    date_printed: str | None
    date_canonical: str | None


def find_laws(text: str, numbers: Sequence[tuple[int, int]]) -> Iterable[FoundLaw]:
    """Laws without a number; ``numbers`` are the places of the numbers found, which belong to other citations."""
    taken: list[tuple[int, int]] = []
    for match in (*_DATED.finditer(text), *_BASIS.finditer(text)):
        start, end = match.start("name"), match.end("name")
        # The last law word begins the name, unless it is a law that amends another.
        inner = [m.start() for m in re.finditer(r"(?<!\w)(?:Bộ luật|Luật)\s+(?!sửa đổi)", match["name"])]
        if inner and inner[-1] > 0 and not match["name"].startswith(("Luật sửa đổi", "Luật Sửa đổi")):
            start += inner[-1]
        if any(a < end and start < b for a, b in taken) or any(start <= a < match.end() for a, _ in numbers):
            continue
        name = text[start:end]
        if len(name.split()) > _WORDS or re.match(r"Luật\s+(?:này|số|sư)\b", name):
            continue
        groups = match.groupdict()
        printed = " ".join(groups["date"].split()) if groups.get("date") else None
        iso = None
        if groups.get("d"):
            printed = printed and printed.removeprefix("ngày").strip()
            try:
                iso = date(int(groups["y"]), int(groups["m"]), int(groups["d"])).isoformat()
            except ValueError:
                continue
        taken.append((start, end))
        kind = next(k for word, k in _SCHEMA.items() if name.startswith(word))
        yield FoundLaw(start, end, kind, printed, iso)
