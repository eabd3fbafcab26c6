"""Hai văn bản trong một lần quét: a later page that begins with a letterhead of its own."""

from __future__ import annotations

import re

from extractors.fields.view import Document, Spot

_NATION = re.compile(r"cong h\w{1,2} xa h\w{1,2} chu nghia")
_MOTTO = re.compile(r"doc lap\W{1,5}tu do")
# A number that is filled in: forms and annexes carry "Số: ...../" and nation and motto, too.
_NUMBER = re.compile(r"^\W{0,3}so\s*[:.]?\s*\d{1,5}\s*/\s*[a-z0-9]")
_HEAD = 0.35  # of the page's height


def pages_that_begin_another(doc: Document) -> tuple[int, ...]:
    """Pages after the first with nation, motto and a number at their head, not the first page's number again."""
    numbers: set[str] = set()
    found = []
    for page in doc.reading.pages:
        top = [s for s in doc.on_page(page.number) if s.box.cy < _HEAD and s.region not in ("table", "stamp")]
        number = next((_squeezed(s) for s in top if _NUMBER.match(s.key)), None)
        if number is None or not any(_NATION.search(s.key) for s in top) or not any(_MOTTO.search(s.key) for s in top):
            continue
        if (numbers and number not in numbers) or (not numbers and page.number != doc.first):
            found.append(page.number)
        numbers.add(number)
    return tuple(found)


def _squeezed(spot: Spot) -> str:
    return re.sub(r"\W", "", spot.key)
