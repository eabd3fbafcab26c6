"""Tìm: one question of one viewer over one engine, answered with snippets, reasons, facets and related papers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from runtime.search.asking import filter_tests, joined_words, near_ask, scope_tests, strict_ask
from runtime.search.language import understand
from runtime.search.need import Need, Understood
from runtime.search.related import replacements_of
from schemas.scope import EVERYTHING, Scope
from storage.ask import Ask, Expr, Sort, all_of
from storage.engine import Found, SearchEngine, Stored
from storage.entry import header_of
from storage.folding import read_words
from storage.search import Facet, FacetCount, SearchFilters, SearchHit, SearchResults
from storage.snippets import Clause, find_hits, make_excerpt

FEW = 10  # exact hits; with fewer, papers with reading errors are looked for as well
_MANY_PAIRS = 4  # neighbours in a question so long that one paper with all of them is the one that is meant
_LOOKED_AT = 40  # hits of either kind that are put in order one by one
_MOST_WEAK = 20_000  # exact hits; with more, nothing that only resembles is looked for
_STRONG = 0.6  # share of neighbours that are neighbours in the paper
_NO_FILTERS = SearchFilters()
NEAR_NOTE = "Gần giống với chữ đã gõ (có thể do đọc hoặc gõ sai)."


@dataclass(frozen=True, slots=True)
class Asked:
    """A question ready to be put: ``near`` is what may follow the exact hits, tried in this order."""

    understood: Understood
    strict: Ask
    near: tuple[Ask, ...]


def prepare(
    engine: SearchEngine, query: str, *, scope: Scope, filters: SearchFilters = _NO_FILTERS, sort: Sort = "relevance"
) -> Asked:
    """Take a question apart for this viewer. Never raises for any text."""
    asked = understand(query, salt=engine.salt, unmasked=scope.unmasked)
    tests = (*scope_tests(scope), *filter_tests(filters))
    plain = not asked.needs and not any(need.widened for need in asked.tested)
    strict = strict_ask(asked, tests, sort="newest" if plain and sort == "relevance" else sort)
    near = []
    if asked.needs:
        for loose in (False, True):
            ask = near_ask(asked, tests, loose=loose)
            if ask is not None:
                near.append(ask)
    return Asked(asked, strict, tuple(near))


def find(
    engine: SearchEngine,
    query: str,
    *,
    scope: Scope = EVERYTHING,
    filters: SearchFilters = _NO_FILTERS,
    limit: int = 20,
    offset: int = 0,
    sort: Sort = "relevance",
    facets: bool = True,
) -> SearchResults:
    """The answer to any text. A blank question lists everything, newest first.

    Exact hits come first (a number typed whole, then the very accents, then without regard to them, then other
    names of the same); when they are few, papers that only resemble the question follow.
    Raises IndexBroken (E211) or what the catalogue raises.
    """
    asked = prepare(engine, query, scope=scope, filters=filters, sort=sort)
    understood = asked.understood
    if not understood.blank and not (understood.needs or understood.tests or understood.without):
        return SearchResults(total=0, results=(), notes=_notes(understood))
    strict = engine.search(asked.strict, limit=limit, offset=offset, facets=facets)
    near, hits, stored = None, None, strict.hits
    if sort == "relevance" and asked.near and _may_be_better(engine, asked, strict, offset):
        window = _Window.of(engine, asked, strict.total, facets=facets)
        if window is not None:
            near = window.near
            stored = window.page(engine, limit=limit, offset=offset)
            hits = [
                _near_hit(one, understood) if one.record_id in window.near_ids else _hit(one, understood)
                for one in stored
            ]
    if hits is None:
        hits = [_hit(one, understood) for one in strict.hits]
    near_total = near.total if near else 0
    found = strict
    if near:
        found = Found(strict.total + near_total, (), _added(strict, near), strict.sampled or near.sampled)
    hits = _with_replacements(engine, hits, stored, scope)
    notes = list(_notes(understood))
    if near_total and not strict.total:
        notes.append("Không có hồ sơ khớp đúng; đây là các hồ sơ gần giống.")
    return SearchResults(
        total=found.total,
        results=tuple(hits),
        facets=_facets(found),
        notes=tuple(notes),
        near=near_total,
        sampled=found.sampled,
    )


def _may_be_better(engine: SearchEngine, asked: Asked, strict: Found, offset: int) -> bool:
    """Whether papers with reading errors are worth looking for: few hits, or none where the words stand together."""
    pairs = len(_pairs(asked.understood.needs))
    if strict.total < FEW and (not strict.total or pairs < _MANY_PAIRS):
        return True
    if strict.total > _MOST_WEAK or not pairs:
        return False
    best = strict.hits[:1] if not offset else engine.search(asked.strict, limit=1, facets=False).hits
    clauses = clauses_of(asked.understood)
    return all(_strength(one, asked.understood, clauses) < _STRONG for one in best)


@dataclass(frozen=True, slots=True)
class _Window:
    """The first exact hits and the first that only resemble, put in one order: exact ones whose words stand together,
    resembling ones whose words do, then the others of both. Behind them the engine's order goes on."""

    asked: Asked
    near_ask: Ask
    strict_total: int
    near: Found
    hits: tuple[Stored, ...]
    strict_count: int
    near_ids: frozenset[str]

    @classmethod
    def of(cls, engine: SearchEngine, asked: Asked, strict_total: int, *, facets: bool) -> _Window | None:
        """None when nothing resembles."""
        understood = asked.understood
        strict = engine.search(asked.strict, limit=_LOOKED_AT, facets=False).hits if strict_total else ()
        clauses = clauses_of(understood)
        exact = [
            (_strength(one, understood, clauses) >= _STRONG or not _pairs(understood.needs), one) for one in strict
        ]
        best: tuple[float, Ask, Found, list[tuple[float, Stored]]] | None = None
        for ask in asked.near:
            found = engine.search(ask, limit=_LOOKED_AT, facets=False)
            rated = [(_near_strength(one, understood), one) for one in found.hits]
            top = max((rate for rate, _ in rated), default=-1.0)
            if found.total and (best is None or top > best[0]):
                best = (top, ask, found, rated)
            if top >= _STRONG or (strict_total and not _pairs(understood.needs)):
                break
        if best is None:
            return (
                None
                if all(strong for strong, _ in exact)
                else cls(asked, asked.near[0], strict_total, Found(0), _strong_first(exact), len(strict), frozenset())
            )
        _, ask, found, rated = best
        if facets:
            counted = engine.search(ask, limit=0)
            found = replace(found, facets=counted.facets, sampled=counted.sampled)
        rated.sort(key=lambda pair: -pair[0])
        near_strong = [one for rate, one in rated if rate >= _STRONG]
        near_weak = [one for rate, one in rated if rate < _STRONG]
        strong = [one for good, one in exact if good]
        weak = [one for good, one in exact if not good]
        hits = (*strong, *near_strong, *weak, *near_weak)
        near_ids = frozenset(one.record_id for _, one in rated)
        return cls(asked, ask, strict_total, found, hits, len(strict), near_ids)

    def page(self, engine: SearchEngine, *, limit: int, offset: int) -> tuple[Stored, ...]:
        """One page of the whole: the window, the exact hits behind it, the resembling ones behind theirs."""
        shown = list(self.hits[offset : offset + limit])
        behind = max(0, offset - len(self.hits))
        left = self.strict_total - self.strict_count
        if len(shown) < limit and behind < left:
            at = self.strict_count + behind
            shown += engine.search(self.asked.strict, limit=limit - len(shown), offset=at, facets=False).hits
        behind = max(0, behind - left)
        if len(shown) < limit:
            at = len(self.near_ids) + behind
            if at < self.near.total:
                shown += engine.search(self.near_ask, limit=limit - len(shown), offset=at, facets=False).hits
        return tuple(shown)


def _strong_first(exact: Sequence[tuple[bool, Stored]]) -> tuple[Stored, ...]:
    return (*(one for strong, one in exact if strong), *(one for strong, one in exact if not strong))


def _pairs(needs: Sequence[Need]) -> list[int]:
    """Numbers of the needs whose next one is a neighbour in the question."""
    words = ("word", "name", "phrase")
    return [
        n for n, (a, b) in enumerate(pairwise(needs)) if a.plain and b.plain and a.kind in words and b.kind in words
    ]


def _strength(one: Stored, understood: Understood, clauses: tuple[Clause, ...]) -> float:
    """The share of neighbours in the question that are neighbours in the paper too (1 when there are none)."""
    wanted = _pairs(understood.needs)
    if not wanted:
        return 1.0
    kind = str(one.card.get("doc_type") or "").replace("_", " ")
    hits = find_hits(f"{kind}\n{header_of(dict(one.card))}\n{one.text}", clauses)
    ends: dict[int, set[int]] = {}
    for hit in hits:  # a word run together with the next stands for both
        ends.setdefault(hit.clause, set()).update((hit.end, hit.start - 1))
    met = {hit.clause - 1 for hit in hits if any(hit.start - gap in ends.get(hit.clause - 1, ()) for gap in (1, 2, 3))}
    return sum(n in met for n in wanted) / len(wanted)


def _near_strength(one: Stored, understood: Understood) -> float:
    return _strength(one, understood, near_clauses(understood, _words_of(one)))


def _words_of(one: Stored) -> set[str]:
    return set(read_words(f"{header_of(dict(one.card))}\n{one.text}").folded)


def _notes(understood: Understood) -> tuple[str, ...]:
    labels = tuple(f"{label}: {value}" for label, value in understood.labels)
    return ((f"Đang lọc theo {'; '.join(labels)}.",) if labels else ()) + understood.notes


def clauses_of(understood: Understood) -> tuple[Clause, ...]:
    """The words to mark, of the question and of the values of its filters."""
    needs = (*understood.needs, *understood.tested)
    return tuple(clause for number, need in enumerate(needs) for clause in need.clauses(number))


def _hit(one: Stored, understood: Understood) -> SearchHit:
    header = header_of(dict(one.card))
    clauses = clauses_of(understood)
    excerpt = make_excerpt(one.text, clauses, header=header)
    notes = tuple(_reasons((*understood.needs, *understood.tested), f"{header}\n{one.text}"))
    return _shown(one, excerpt.snippet, excerpt.page, notes)


def _shown(one: Stored, snippet: str, page: int | None, notes: tuple[str, ...]) -> SearchHit:
    card = one.card
    return SearchHit(
        record_id=one.record_id,
        score=one.score,
        doc_type=card.get("doc_type"),
        doc_number=card.get("doc_number"),
        issued_date=card.get("issued_date"),
        issuing_agency_name=card.get("issuing_agency_name"),
        summary=card.get("summary"),
        snippet=snippet,
        page=page,
        notes=notes,
    )


def _reasons(needs: Iterable[Need], text: str) -> Iterable[str]:
    """Why it was found, for needs that were met by another name only."""
    for need in needs:
        if not need.widened:
            continue
        for way in need.ways:
            marks = tuple(Clause(exact, folded) for exact, folded in way.marks)
            there = bool(find_hits(text, marks)) if marks else way.lesser
            if there:
                if way.note:
                    yield f"{way.note}."
                break


def _near_hit(one: Stored, understood: Understood) -> SearchHit:
    """A hit that only resembles: the words that stand for those typed are marked."""
    header = header_of(dict(one.card))
    clauses = near_clauses(understood, _words_of(one))
    excerpt = make_excerpt(one.text, clauses, header=header)
    return _shown(one, excerpt.snippet, excerpt.page, (NEAR_NOTE,))


def near_clauses(understood: Understood, there: set[str]) -> tuple[Clause, ...]:
    """What to mark in a paper that only resembles: ``there`` are its folded words."""
    clauses: list[Clause] = []
    for number, need in enumerate(understood.needs):
        clauses += need.clauses(number)
        clauses += [Clause((w,), (w,), number) for w in joined_words(understood.needs, number) if w in there]
        for word in need.folded:
            if word in there or len(word) < 3:
                continue
            most = 2 if len(word) >= 6 else 1
            near = process.extract(word, there, scorer=Levenshtein.distance, score_cutoff=most, limit=None)
            clauses += [Clause((w,), (w,), number) for w, _, _ in near]
    return tuple(clauses)


def _with_replacements(
    engine: SearchEngine, hits: list[SearchHit], stored: Sequence[Stored], scope: Scope
) -> list[SearchHit]:
    related = replacements_of(engine, stored, scope=scope)
    return [hit.model_copy(update={"related": related.get(hit.record_id, ())}) for hit in hits]


def _facets(found: Found) -> tuple[Facet, ...]:
    return tuple(
        Facet(name=name, counts=tuple(FacetCount(value=value, count=count) for value, count in counts))
        for name, counts in found.facets.items()
    )


def _added(first: Found, second: Found) -> dict[str, tuple[tuple[str, int], ...]]:
    names = dict.fromkeys([*first.facets, *second.facets])
    merged = {}
    for name in names:
        counts: dict[str, int] = {}
        for value, count in (*first.facets.get(name, ()), *second.facets.get(name, ())):
            counts[value] = counts.get(value, 0) + count
        merged[name] = tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
    return merged


def values_of(engine: SearchEngine, facet: str, *, scope: Scope) -> tuple[tuple[str, int], ...]:
    """The values of a facet among what the viewer may see, most frequent first."""
    tests: tuple[Expr, ...] = scope_tests(scope)
    return engine.search(Ask(all_of(tests)), limit=0).facets.get(facet, ())
