"""Tìm: one question of one viewer over one engine, answered with snippets, reasons, facets and related papers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from itertools import pairwise

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from runtime.search.asking import filter_tests, hidden_tests, scope_tests, strict_ask, without_tests
from runtime.search.language import understand
from runtime.search.need import Need, Understood
from runtime.search.related import replacements_of
from runtime.search.resembling import joined_words, near_asks
from schemas.scope import EVERYTHING, Scope
from storage.ask import Ask, Expr, Sort, all_of
from storage.engine import Found, SearchEngine, Stored
from storage.entry import header_of
from storage.folding import read_words
from storage.search import Facet, FacetCount, SearchFilters, SearchHit, SearchResults
from storage.snippets import Clause, find_hits, make_excerpt

FEW = 10  # exact hits; with fewer, papers with reading errors are looked for as well
_MANY_PAIRS = 4  # neighbours in a question so long that one paper with all of them is the one that is meant
_LOOKED_AT = 40  # hits that only resemble and are put in order one by one
_SHORTEST = 3  # letters of a word that others may resemble
_STRONG = 0.6  # share of neighbours that are neighbours in the paper
_NO_FILTERS = SearchFilters()
NEAR_NOTE = "Gần giống với chữ đã gõ (có thể do đọc hoặc gõ sai)."


@dataclass(frozen=True, slots=True)
class Asked:
    """A question ready to be put; ``tests``: what filters and the viewer's limits ask for."""

    understood: Understood
    strict: Ask
    tests: tuple[Expr, ...]
    without: tuple[Expr, ...]

    def near(self) -> tuple[Ask, ...]:
        """What may follow the exact hits, tried in this order."""
        return near_asks(self.understood, self.tests, self.without) if self.understood.needs else ()


def prepare(
    engine: SearchEngine,
    query: str,
    *,
    scope: Scope,
    filters: SearchFilters = _NO_FILTERS,
    sort: Sort = "relevance",
    hidden: Collection[str] = (),
) -> Asked:
    """Take a question apart for this viewer. Never raises for any text. ``hidden``: as ``find``."""
    asked = understand(query, salt=engine.salt, unmasked=scope.unmasked)
    tests = (*scope_tests(scope), *filter_tests(filters))
    plain = not asked.needs and not any(need.widened for need in asked.tested)
    strict = strict_ask(asked, tests, sort="newest" if plain and sort == "relevance" else sort)
    without = (*without_tests(asked), *hidden_tests(hidden))
    return Asked(asked, replace(strict, without=without), tests, without)


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
    hidden: Collection[str] = (),
) -> SearchResults:
    """The answer to any text. A blank question lists everything, newest first. ``hidden``: ids of records that are no
    hits, whatever they say.

    Exact hits come first (a number typed whole, then the very accents, then without regard to them, then other
    names of the same); when they are few, papers that only resemble the question follow.
    Raises IndexBroken (E211) or what the catalogue raises.
    """
    asked = prepare(engine, query, scope=scope, filters=filters, sort=sort, hidden=hidden)
    understood = asked.understood
    if not understood.blank and not (understood.needs or understood.tests or understood.without):
        return SearchResults(total=0, results=(), notes=_notes(understood))
    strict = engine.search(asked.strict, limit=limit, offset=offset, facets=facets)
    near = None
    if sort == "relevance" and _few(asked, strict.total):
        near = Resembling.of(engine, asked, facets=facets)
    stored, hits = list(strict.hits), [_hit(one, understood) for one in strict.hits]
    if near and len(hits) < limit:  # always behind the exact ones
        more = near.page(engine, limit=limit - len(hits), offset=max(0, offset - strict.total))
        stored += more
        hits += [_near_hit(one, near.clauses(one)) for one in more]
    near_total = near.found.total if near else 0
    found = strict
    if near:
        sampled, capped = strict.sampled or near.found.sampled, strict.capped or near.found.capped
        found = Found(strict.total + near_total, (), _added(strict, near.found), sampled, capped)
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
        capped=found.capped,
    )


def _few(asked: Asked, total: int) -> bool:
    """Whether papers that only resemble are worth looking for: few hits, or none where the question is long."""
    return total < FEW and (not total or len(_pairs(asked.understood.needs)) < _MANY_PAIRS)


class Resembling:
    """What only resembles the question: the first of it in order of how many of its words stand together, the engine's
    order behind."""

    def __init__(self, understood: Understood, ask: Ask, found: Found) -> None:
        self._understood = understood
        self._ask = ask
        self._forms = NearForms(understood)
        self._clauses: dict[str, tuple[Clause, ...]] = {}
        rated = sorted(((self.strength(one), one) for one in found.hits), key=lambda pair: -pair[0])
        self.best = rated[0][0] if rated else -1.0
        self.found = found
        self._first = tuple(one for _, one in rated)

    @classmethod
    def of(cls, engine: SearchEngine, asked: Asked, *, facets: bool) -> Resembling | None:
        """The best of what is asked for in turn; None when nothing resembles."""
        best: Resembling | None = None
        for ask in asked.near():
            one = cls(asked.understood, ask, engine.search(ask, limit=_LOOKED_AT, facets=facets))
            if one.found.total and (best is None or one.best > best.best):
                best = one
            if one.best >= _STRONG:
                break
        return best

    def clauses(self, one: Stored) -> tuple[Clause, ...]:
        """What to mark in it."""
        if one.record_id not in self._clauses:
            self._clauses[one.record_id] = self._forms.clauses(_words_of(one))
        return self._clauses[one.record_id]

    def strength(self, one: Stored) -> float:
        return _strength(one, self._understood, self.clauses(one))

    def page(self, engine: SearchEngine, *, limit: int, offset: int) -> list[Stored]:
        shown = list(self._first[offset : offset + limit])
        at = offset + len(shown)
        if len(shown) < limit and at < self.found.total:
            shown += engine.search(self._ask, limit=limit - len(shown), offset=at, facets=False).hits
        return shown


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


def _words_of(one: Stored) -> frozenset[str]:
    return frozenset(read_words(f"{header_of(dict(one.card))}\n{one.text}").folded)


def _notes(understood: Understood) -> tuple[str, ...]:
    labels = tuple(f"{label}: {value}" for label, value in understood.labels)
    return ((f"Đang lọc theo {'; '.join(labels)}.",) if labels else ()) + understood.notes


def clauses_of(understood: Understood) -> tuple[Clause, ...]:
    """The words to mark, of the question and of the values of its filters."""
    needs = (*understood.needs, *understood.tested)
    return tuple(clause for number, need in enumerate(needs) for clause in need.clauses(number))


def _hit(one: Stored, understood: Understood) -> SearchHit:
    header = header_of(dict(one.card))
    clauses, misread = misread_clauses(understood, one.card.get("misread"))
    excerpt = make_excerpt(one.text, (*clauses_of(understood), *clauses), header=header)
    notes = (*_reasons((*understood.needs, *understood.tested), f"{header}\n{one.text}"), *misread)
    return _shown(one, excerpt.snippet, excerpt.page, notes)


def misread_clauses(
    understood: Understood, misread: Mapping[str, Sequence[str]] | None
) -> tuple[tuple[Clause, ...], tuple[str, ...]]:
    """What to mark where the machine misread a word that was asked for, and the sentences that say so.

    ``misread``: words as read -> the syllables they stand for.
    """
    if not misread:
        return (), ()
    clauses, notes = [], []
    for number, need in enumerate(understood.needs):
        for word in need.folded:
            for read, meant in misread.items():
                if word in meant:
                    clauses.append(Clause((read,), (read,), number))
                    notes.append(f"Máy đọc “{read}”, hiểu là “{' '.join(meant)}”.")
    return tuple(clauses), tuple(dict.fromkeys(notes))


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


def _near_hit(one: Stored, clauses: tuple[Clause, ...]) -> SearchHit:
    """A hit that only resembles: the words that stand for those typed are marked."""
    excerpt = make_excerpt(one.text, clauses, header=header_of(dict(one.card)))
    return _shown(one, excerpt.snippet, excerpt.page, (NEAR_NOTE,))


class NearForms:
    """Which words of a paper stand for those typed. What was compared once is remembered: papers share their words."""

    def __init__(self, understood: Understood) -> None:
        self._needs = understood.needs
        self._plain = [clause for n, need in enumerate(self._needs) for clause in need.clauses(n)]
        self._joined = [(n, word) for n in range(len(self._needs)) for word in joined_words(self._needs, n)]
        typed = dict.fromkeys(word for need in self._needs for word in need.folded if len(word) >= _SHORTEST)
        self._near: dict[str, set[str]] = {word: set() for word in typed}
        self._seen: set[str] = set()

    def clauses(self, there: AbstractSet[str]) -> tuple[Clause, ...]:
        """What to mark in a paper that only resembles: ``there`` are its folded words."""
        new = there - self._seen
        if new:
            self._seen |= new
            for word, near in self._near.items():
                most = 2 if len(word) >= 6 else 1
                alike = process.extract(word, new, scorer=Levenshtein.distance, score_cutoff=most, limit=None)
                near.update(form for form, _, _ in alike)
        found = list(self._plain)
        found += [Clause((w,), (w,), n) for n, w in self._joined if w in there]
        for number, need in enumerate(self._needs):
            for word in need.folded:
                if word in self._near and word not in there:
                    found += [Clause((w,), (w,), number) for w in sorted(self._near[word] & there)]
        return tuple(found)


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


def values_of(
    engine: SearchEngine, facet: str, *, scope: Scope, hidden: Collection[str] = ()
) -> tuple[tuple[str, int], ...]:
    """The values of a facet among what the viewer may see, most frequent first; ``hidden``: as ``find``."""
    tests: tuple[Expr, ...] = scope_tests(scope)
    return engine.search(Ask(all_of(tests), hidden_tests(hidden)), limit=0).facets.get(facet, ())
