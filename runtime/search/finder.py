"""Tìm: one question of one viewer over one engine, answered with snippets, reasons, facets and related papers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from runtime.search.asking import filter_tests, near_ask, scope_tests, strict_ask
from runtime.search.language import understand
from runtime.search.need import Need, Understood
from runtime.search.related import replacements_of
from schemas.scope import EVERYTHING, Scope
from storage.ask import Ask, Expr, Sort, all_of
from storage.engine import Found, SearchEngine, Stored
from storage.entry import header_of
from storage.folding import fold_bare, fold_words
from storage.search import Facet, FacetCount, SearchFilters, SearchHit, SearchResults
from storage.snippets import Clause, find_hits, make_excerpt

FEW = 10  # exact hits; with fewer, papers with reading errors are looked for as well
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
    found, near_total = strict, 0
    near_hits: Sequence[Stored] = ()
    if strict.total < FEW and asked.near:
        room = max(0, limit - len(strict.hits))
        near = _near(engine, asked, exact=strict.total, limit=room, offset=max(0, offset - strict.total), facets=facets)
        if near is not None and near.total:
            near_total, near_hits = near.total, near.hits[:room]
            found = Found(strict.total + near.total, (), _added(strict, near), strict.sampled or near.sampled)
    hits = [_hit(one, understood) for one in strict.hits] + [_near_hit(one, understood) for one in near_hits]
    hits = _with_replacements(engine, hits, (*strict.hits, *near_hits), scope)
    notes = list(_notes(understood))
    if near_total and not strict.total:
        notes.append("Không có hồ sơ khớp đúng; đây là các hồ sơ gần giống.")
    return SearchResults(
        total=strict.total + near_total,
        results=tuple(hits),
        facets=_facets(found),
        notes=tuple(notes),
        near=near_total,
        sampled=found.sampled,
    )


def _near(engine: SearchEngine, asked: Asked, *, exact: int, limit: int, offset: int, facets: bool) -> Found | None:
    for ask in asked.near[: 1 if exact else 2]:  # what is loose only when nothing else was found
        near = engine.search(ask, limit=limit, offset=offset, facets=facets)
        if near.total:
            return near
    return None


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
    clauses = near_clauses(understood, set(fold_words(fold_bare(f"{header} {one.text}"))[1]))
    excerpt = make_excerpt(one.text, clauses, header=header)
    return _shown(one, excerpt.snippet, excerpt.page, (NEAR_NOTE,))


def near_clauses(understood: Understood, there: set[str]) -> tuple[Clause, ...]:
    """What to mark in a paper that only resembles: ``there`` are its folded words."""
    clauses: list[Clause] = []
    for number, need in enumerate(understood.needs):
        clauses += need.clauses(number)
        for word in need.folded:
            if word in there or len(word) < 3:
                continue
            most = 2 if len(word) >= 6 else 1
            clauses += [
                Clause((w,), (w,), number)
                for w in there
                if abs(len(w) - len(word)) <= most and Levenshtein.distance(w, word, score_cutoff=most) <= most
            ]
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
