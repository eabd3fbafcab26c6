"""Loại văn bản (doc_type): the kinds of NĐ 30/2020 Phụ lục III and the result papers, as data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from extractors.reference.base import How
from extractors.reference.data import toml_table
from extractors.reference.spelling import compare, tokens, worst


@dataclass(frozen=True, slots=True)
class DocType:
    """One kind of document.

    key            value of ``fields.doc_type``; titles: printed names in capitals, the usual one first
    abbreviations  as they stand in the ký hiệu ("QĐ", "TTr"); in_nd30: one of the 29 kinds of NĐ 30
    result_kind    key of DOMAIN section 2.4 that this kind usually is, None when it depends
    """

    key: str
    name: str
    titles: tuple[str, ...]
    abbreviations: tuple[str, ...]
    in_nd30: bool
    result_kind: str | None
    source: str


@dataclass(frozen=True, slots=True)
class DocTypeMatch:
    """``title`` is the known title that the printed line begins with; ``rest`` what follows it on the line."""

    doc_type: DocType
    title: str
    how: How
    score: float
    rest: str


@cache
def all_doc_types() -> tuple[DocType, ...]:
    """Every known kind, in the order of the table."""
    return tuple(
        DocType(
            row["key"],
            row["name"],
            tuple(row["titles"]),
            tuple(row["abbreviations"]),
            row["in_nd30"],
            row.get("result_kind"),
            row["source"],
        )
        for row in toml_table("doc_types.toml")["doc_type"]
    )


def doc_type_by_key(key: str) -> DocType | None:
    """The kind with this key, or None."""
    return next((kind for kind in all_doc_types() if kind.key == key), None)


def doc_types_by_title(text: str) -> tuple[DocTypeMatch, ...]:
    """Kinds whose printed title the line begins with, best first; accents may be wrong.

    A longer title wins; of equal length the one with fewer changes.
    """
    printed = tokens(text)
    words = [t for t in printed if t.key]
    found: list[tuple[int, float, DocTypeMatch]] = []
    for kind in all_doc_types():
        for title in kind.titles:
            known = title.split()
            if len(known) > len(words):
                continue
            hows: list[How] = []
            for token, word in zip(words, known, strict=False):
                how = compare(token.core, word)
                if how is None:
                    break
                hows.append(how)
            if len(hows) < len(known) or hows.count("edit") > 1:
                continue
            how = worst(hows)
            score = {"exact": 0.99, "accents": 0.95, "edit": 0.85}[how] - (0.02 if how != "exact" else 0)
            rest = " ".join(t.text for t in words[len(known) :])
            found.append((len(known), score, DocTypeMatch(kind, title, how, score, rest)))
    found.sort(key=lambda item: (-item[0], -item[1]))
    best: dict[str, DocTypeMatch] = {}
    for _, _, match in found:
        best.setdefault(match.doc_type.key, match)
    return tuple(best.values())


@cache
def _by_abbreviation() -> dict[str, DocType]:
    return {abbr: kind for kind in reversed(all_doc_types()) for abbr in kind.abbreviations}


def doc_type_by_abbreviation(abbreviation: str) -> DocType | None:
    """The kind an abbreviation in a ký hiệu stands for ("QĐ" -> quyet_dinh, "TTR" -> to_trinh), or None."""
    table = _by_abbreviation()
    exact = table.get(abbreviation)
    if exact is not None:
        return exact
    return next((kind for abbr, kind in table.items() if abbr.upper() == abbreviation), None)
