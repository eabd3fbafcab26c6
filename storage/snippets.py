"""Trích đoạn: where in the text a query was met, with the hits marked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from storage.folding import fold_accents_kept, fold_bare, visible_text

WIDTH = 220  # characters of a snippet, about two lines on a screen
_MAX_HITS = 2000  # a document of a thousand pages is not counted to its end


@dataclass(frozen=True, slots=True)
class Clause:
    """Words that stand side by side where they are met; ``need`` numbers the part of the question they answer."""

    exact: tuple[str, ...]
    folded: tuple[str, ...]
    need: int = 0

    @property
    def accented(self) -> bool:
        """Whether it was typed with accents."""
        return self.exact != self.folded


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The best place: ``page`` from 1, None when the text itself has no hit; hits marked with « and »."""

    snippet: str
    page: int | None


@dataclass(frozen=True, slots=True)
class Hit:
    start: int
    end: int
    clause: int
    same_accents: bool  # as typed; what was typed without accents asks for none


def make_excerpt(text: str, clauses: tuple[Clause, ...], *, header: str = "", width: int = WIDTH) -> Excerpt:
    """The stretch of ``text`` with most of the query, and the earliest among equals.

    ``text`` is visible text (``folding.visible_text``), its pages separated by form feeds.

    When no clause stands in the text, the hits are marked in ``header`` (the record's main fields) instead.
    """
    hits = find_hits(text, clauses)
    if not hits and header:
        view = visible_text(header)
        marks = [hit for hit in find_hits(view, clauses) if hit.end <= width]
        return Excerpt(_marked(view, marks, 0, min(width, len(view))), None)
    if not hits:
        return Excerpt(_squeeze(_plain(text.split("\f", 1)[0][:width])), None)
    best, best_worth, needs = 0, (-1, -1), len({clause.need for clause in clauses})
    for i, first in enumerate(hits):
        inside = [hit for hit in hits[i : i + 32] if hit.end <= first.start + width - 40]
        if "\f" in text[first.start : first.start + width]:
            end = text.index("\f", first.start)
            inside = [hit for hit in inside if hit.end <= end]
        worth = (len({hit.clause for hit in inside}), len({hit.clause for hit in inside if hit.same_accents}))
        if worth > best_worth:
            best, best_worth = i, worth
            if worth == (needs, needs):
                break
    return _cut(text, hits, best, width)


def find_hits(text: str, clauses: tuple[Clause, ...]) -> list[Hit]:
    """Every place of ``text`` (visible already) where a clause is met, in order."""
    folded = fold_bare(text)
    hits: list[Hit] = []
    for clause in clauses:
        wanted = " ".join(clause.exact)
        for count, (start, end) in enumerate(_places(folded, clause.folded)):
            if count == _MAX_HITS:
                break
            same = True
            if clause.accented:
                same = re.sub(r"[\W_]+", " ", fold_accents_kept(text[start:end])) == wanted
            hits.append(Hit(start, end, clause.need, same))
    return sorted(hits, key=lambda hit: (hit.start, -hit.end))


def _places(folded: str, words: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """Where whole ``words`` stand one behind the other; a plain search for the first, as that is what takes time."""
    first = words[0]
    rest = _rest(words[1:]) if len(words) > 1 else None
    at = folded.find(first)
    while at >= 0:
        end = at + len(first)
        if not (at and folded[at - 1].isalnum()):
            if rest is None:
                if end == len(folded) or not folded[end].isalnum():
                    yield at, end
            elif found := rest.match(folded, end):
                yield at, found.end()
        at = folded.find(first, end)


@lru_cache(maxsize=512)
def _rest(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("".join(rf"[\W_]+{re.escape(word)}" for word in words) + r"(?![^\W_])")


def _cut(text: str, hits: list[Hit], best: int, width: int) -> Excerpt:
    page_start = text.rfind("\f", 0, hits[best].start) + 1
    page_end = text.find("\f", hits[best].start)
    page_end = len(text) if page_end < 0 else page_end
    start = max(page_start, hits[best].start - 40)
    end = min(page_end, max(start + width, hits[best].end))
    start = _word_start(text, start, hits[best].start) if start > page_start else start
    snippet = _marked(text, hits, start, end)
    return Excerpt(
        ("… " if start > page_start else "") + snippet + (" …" if end < page_end else ""),
        text.count("\f", 0, page_start) + 1,
    )


def _marked(text: str, hits: list[Hit], start: int, end: int) -> str:
    """``text[start:end]`` on one line with the hits inside it between « and »."""
    parts, at = [], start
    for hit in hits:
        if hit.start < at or hit.end > end:
            continue
        parts += [_plain(text[at : hit.start]), "«", _plain(text[hit.start : hit.end]), "»"]
        at = hit.end
    parts.append(_plain(text[at:end]))
    return _squeeze("".join(parts))


def _word_start(text: str, start: int, limit: int) -> int:
    """The next place from ``start`` on where a word begins, so that none is shown cut."""
    while start < limit and not text[start - 1].isspace():
        start += 1
    return start


def _plain(text: str) -> str:
    """Printed quotes of the marking kind give way: a mark in a snippet is always a hit."""
    return text.replace("«", '"').replace("»", '"')


def _squeeze(text: str) -> str:
    return " ".join(text.split())
