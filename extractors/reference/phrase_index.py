"""Known agencies, kinds and cue words found in running text by spaCy's PhraseMatcher over folded tokens.

spaCy takes about a second to import, so it is loaded at the first call.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from extractors.reference.data import toml_table, tsv_rows
from extractors.reference.doc_types import all_doc_types
from extractors.reference.units import provinces
from schemas.text import fold

_WORD = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class PhraseHit:
    """A known phrase at characters start..end. ``label``: its table; ``name``: its canonical form or key there."""

    label: str
    name: str
    start: int
    end: int


class PhraseIndex:
    """Phrases over folded words (accents count: running text has them); longest match wins."""

    def __init__(self, phrases: Iterable[tuple[str, str, str]]) -> None:
        """``phrases``: (label, canonical name, printed form)."""
        import spacy
        from spacy.matcher import PhraseMatcher
        from spacy.tokens import Doc

        self._doc: Any = Doc
        self._vocab: Any = spacy.blank("xx").vocab
        self._matcher: Any = PhraseMatcher(self._vocab, attr="ORTH")
        patterns: dict[tuple[str, str], list[Any]] = {}
        for label, name, printed in phrases:
            patterns.setdefault((label, name), []).append(Doc(self._vocab, words=_words(printed)))
        self._names: dict[str, tuple[str, str]] = {}
        for (label, name), docs in patterns.items():
            match_id = f"{label}\t{name}"
            self._names[match_id] = (label, name)
            self._matcher.add(match_id, docs)

    def find(self, text: str) -> tuple[PhraseHit, ...]:
        """Hits in reading order; of overlapping ones with the same label the longest."""
        spans = [(m.start(), m.end()) for m in _WORD.finditer(text)]
        if not spans:
            return ()
        doc = self._doc(self._vocab, words=[fold(text[a:b]) or "_" for a, b in spans])
        found = []
        for match_id, first, last in self._matcher(doc):
            label, name = self._names[self._vocab.strings[match_id]]
            found.append(PhraseHit(label, name, spans[first][0], spans[last - 1][1]))
        found.sort(key=lambda h: (h.start - h.end, h.start))
        kept: list[PhraseHit] = []
        for hit in found:
            if not any(k.label == hit.label and k.start < hit.end and hit.start < k.end for k in kept):
                kept.append(hit)
        return tuple(sorted(kept, key=lambda h: (h.start, h.end)))


def _words(text: str) -> list[str]:
    return [fold(w) for w in _WORD.findall(text)]


def _agency_phrases() -> Iterable[tuple[str, str, str]]:
    table = toml_table("agencies.toml")
    for row in (*table["central"], *table["department"]):
        yield "agency", row["name"], row["name"]
    for row in table["body"][:5]:  # councils and committees, with and without their unit
        for printed in (row["name"], *row.get("short", ())):
            yield "agency", row["name"], printed
            for unit in provinces():
                yield "agency", f"{row['name']} {unit.kind} {unit.short}", f"{printed} {unit.kind} {unit.short}"
                yield "agency", f"{row['name']} {unit.kind} {unit.short}", f"{printed} {unit.short}"
    for name in ("Tỉnh ủy", "Thành ủy"):
        for unit in provinces():
            yield "agency", f"{name} {unit.short}", f"{name} {unit.short}"


def _type_phrases() -> Iterable[tuple[str, str, str]]:
    for kind in all_doc_types():
        for title in (kind.name, *kind.titles):
            yield "doc_type", kind.key, title


@cache
def citation_phrases() -> PhraseIndex:
    """Agencies and kinds of documents, as they stand around a citation."""
    return PhraseIndex([*_agency_phrases(), *_type_phrases()])


@cache
def field_phrases() -> PhraseIndex:
    """Cue phrases of lĩnh vực (label "field"), their names (label "field_name"), and cues of result kinds."""
    table = toml_table("classes.toml")
    phrases = [("field", row["field"], cue) for row in table["field"] for cue in row["cues"]]
    named = {row[2] for row in tsv_rows("procedures.tsv.gz")} | {row["field"] for row in table["field"]}
    phrases += [("field_name", name, name) for name in sorted(named) if " " in name or name == "Thuế"]
    phrases += [("result_kind", row["key"], cue) for row in table["result_kind"] for cue in row.get("cues", ())]
    return PhraseIndex(phrases)
