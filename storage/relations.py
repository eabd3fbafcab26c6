"""Văn bản liên quan: what a paper does to those it cites: rests on them, replaces, amends or repeals them."""

from __future__ import annotations

import re
from functools import cache

from schemas.base import Frozen
from schemas.record import Record
from storage.brief import Brief
from storage.folding import fold_text, number_key
from storage.search_tables import search_table

_BEFORE = 160  # characters before a cited number that may say why it is cited
_AFTER = 60


class Relation(Frozen):
    """``kind``: can_cu, thay_the, sua_doi, thu_hoi, or nhac_den (merely named). ``number`` as canonical as known."""

    kind: str
    number: str
    key: str
    date: str | None = None


def relations_of(record: Record | Brief, text: str) -> tuple[Relation, ...]:
    """The papers that ``record`` cites by number, each once with the strongest thing said of it."""
    pages = [page.split("\n") for page in text.split("\f")] if record.citations else []
    found: dict[tuple[str, str | None], Relation] = {}
    for citation in record.citations:
        number = citation.number_canonical or citation.number_printed
        if not number or not (key := number_key(number)):
            continue
        kind = _kind(pages, citation.source.page, citation.source.line, citation.source.start, citation.source.end)
        relation = Relation(kind=kind, number=number, key=key, date=citation.date_canonical)
        known = found.get((key, relation.date))
        if known is None or _ORDER.index(kind) < _ORDER.index(known.kind):
            found[key, relation.date] = relation
    return tuple(found.values())


_ORDER = ("thay_the", "thu_hoi", "sua_doi", "can_cu", "nhac_den")


def _kind(pages: list[list[str]], page: int, line: int, start: int, end: int) -> str:
    lines = pages[page - 1] if 0 < page <= len(pages) else []
    if not 0 < line <= len(lines):
        return "nhac_den"
    this = lines[line - 1]
    before = " ".join([*lines[max(0, line - 3) : line - 1], this[:start]])
    after = " ".join([this[end:], *lines[line : line + 1]])
    before = re.split(r"[;.](?=\s)", before)[-1][-_BEFORE:]
    after = re.split(r"[;,.](?=\s)", after)[0][:_AFTER]
    for kind, pattern in _cues("relation_after"):
        if pattern.search(fold_text(after).folded):
            return kind
    best, at = "nhac_den", -1
    folded = fold_text(before).folded
    for kind, pattern in _cues("relation"):
        for match in pattern.finditer(folded):
            if match.start() > at:
                best, at = kind, match.start()
    return best


@cache
def _cues(table: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    made = []
    for kind, phrases in search_table()[table].items():
        words = sorted((fold_text(phrase).folded for phrase in phrases), key=len, reverse=True)
        either = "|".join(r"\s+".join(map(re.escape, phrase.split())) for phrase in words)
        made.append((kind, re.compile(rf"\b(?:{either})\b")))
    return tuple(made)
