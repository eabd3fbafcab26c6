"""Khung quanh chỗ khớp: the words on the paper that a question met, by the boxes of the layout."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from runtime.search.finder import NearForms, clauses_of, misread_clauses
from runtime.search.need import Understood
from schemas.geometry import Box
from schemas.reading import PageReading, Reading, Word
from storage.folding import fold_words, visible_text
from storage.misread import meant_by
from storage.snippets import Clause
from web.covers import identity_boxes

MAX_BOXES = 500  # of one record; more are not looked through by anybody


@dataclass(frozen=True, slots=True)
class HitBox:
    """One word of a hit; ``hit`` numbers the hits from 0, a phrase is one."""

    page: int
    hit: int
    box: Box


def hit_boxes(reading: Reading, understood: Understood, *, masked: bool, known: str | None) -> list[HitBox]:
    """Every word that was met, in reading order; words of an identity number only where it is not ``masked``.

    When nothing on the paper stands for any of the words, those that resemble them are taken.
    """
    pages = [(page, _words(page, masked=masked, known=known)) for page in reading.pages]
    there = {word for _, words in pages for word, _ in words}
    misread = {word: meant for word in there if (meant := meant_by(word))}
    found = _find(pages, (*clauses_of(understood), *misread_clauses(understood, misread)[0]))
    return found or _find(pages, NearForms(understood).clauses(there))


def _words(page: PageReading, *, masked: bool, known: str | None) -> list[tuple[str, Word]]:
    """Folded words of the page with the printed token each belongs to."""
    covered = set(identity_boxes(page, known)) if masked else set()
    return [
        (folded, word)
        for line in page.lines
        for word in line.words
        if word.box not in covered
        for folded in fold_words(visible_text(word.text))[1]
    ]


def _find(pages: Iterable[tuple[PageReading, list[tuple[str, Word]]]], clauses: tuple[Clause, ...]) -> list[HitBox]:
    by_first: dict[str, list[tuple[str, ...]]] = {}
    for clause in clauses:
        forms = by_first.setdefault(clause.folded[0], [])
        if clause.folded not in forms:
            forms.append(clause.folded)
    boxes: list[HitBox] = []
    hit = 0
    for page, words in pages:
        texts = [folded for folded, _ in words]
        marked: set[Box] = set()
        for at, text in enumerate(texts):
            forms = [form for form in by_first.get(text, ()) if tuple(texts[at : at + len(form)]) == form]
            if not forms:
                continue
            length = max(map(len, forms))
            new = [word.box for _, word in words[at : at + length] if word.box not in marked]
            for box in dict.fromkeys(new):
                boxes.append(HitBox(page.number, hit, box))
                marked.add(box)
            hit += bool(new)
            if len(boxes) >= MAX_BOXES:
                return boxes
    return boxes
