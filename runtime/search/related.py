"""Văn bản liên quan: the papers that one cites, and those that cite it, as links the viewer may follow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from runtime.search.asking import scope_tests
from schemas.scope import EVERYTHING, Scope
from storage.ask import Ask, Expr, Term, all_of, any_of
from storage.engine import SearchEngine, Stored
from storage.folding import number_key
from storage.search import RelatedPaper
from storage.search_tables import search_table

KINDS = ("thay_the", "thu_hoi", "sua_doi", "can_cu", "nhac_den")
_CHANGING = ("thay_the", "thu_hoi", "sua_doi")
_MOST = 50


def relation_words(paper: RelatedPaper) -> str:
    """What one paper does to another, in words: "Bị thay thế bởi"."""
    words: list[str] = search_table()["relation_words"][paper.kind]
    return words[1 if paper.incoming else 0]


def related_papers(engine: SearchEngine, record_id: str, *, scope: Scope = EVERYTHING) -> tuple[RelatedPaper, ...]:
    """What the record cites (in the order of ``KINDS``), then what cites it. Papers out of the viewer's reach show
    their number only, as it stands on the paper that cites them."""
    own = _one(engine, record_id, scope)
    if own is None:
        return ()
    outgoing = [_target(engine, relation, scope, own.record_id) for relation in own.card.get("relations", ())]
    incoming = [paper for kind in KINDS for paper in _citing(engine, own, kind, scope)]
    order = {kind: n for n, kind in enumerate(KINDS)}
    return (*sorted(outgoing, key=lambda paper: order[paper.kind]), *incoming)


def replacements_of(
    engine: SearchEngine, stored: Sequence[Stored], *, scope: Scope
) -> dict[str, tuple[RelatedPaper, ...]]:
    """For each of a page of hits, what replaced, amended or repealed it: one question for all of them."""
    keys = {key: one for one in stored for key in _own_keys(one.card)}
    if not keys:
        return {}
    terms = [Term("n", f"c:{kind}:{key}") for key in keys for kind in _CHANGING]
    found = engine.search(Ask(all_of([any_of(terms), *scope_tests(scope)])), limit=_MOST, facets=False)
    related: dict[str, list[RelatedPaper]] = {}
    for paper in found.hits:
        for relation in paper.card.get("relations", ()):
            one = keys.get(_key(relation))
            if one is None or relation["kind"] not in _CHANGING or one.record_id == paper.record_id:
                continue
            related.setdefault(one.record_id, []).append(_linked(relation["kind"], paper, incoming=True, sure=True))
    return {record_id: tuple(dict.fromkeys(papers)) for record_id, papers in related.items()}


def _target(engine: SearchEngine, relation: Mapping[str, Any], scope: Scope, own: str) -> RelatedPaper:
    found = engine.search(Ask(all_of([Term("n", f"k:{_key(relation)}"), *scope_tests(scope)])), limit=2, facets=False)
    hits = [hit for hit in found.hits if hit.record_id != own]
    dated = bool(relation.get("date"))
    if not hits or (not dated and found.total > 1):
        return RelatedPaper(
            kind=relation["kind"], incoming=False, number=relation["number"], date=relation.get("date"), sure=not hits
        )
    linked = _linked(relation["kind"], hits[0], incoming=False, sure=dated and found.total == 1)
    return linked.model_copy(update={"number": relation["number"]})


def _citing(engine: SearchEngine, own: Stored, kind: str, scope: Scope) -> list[RelatedPaper]:
    keys = _own_keys(own.card)
    if not keys:
        return []
    number = number_key(own.card["doc_number"])
    dated: Expr = any_of(Term("n", f"c:{kind}:{key}") for key in keys)
    plain = Term("n", f"c:{kind}:{number}")
    ask = Ask(all_of([any_of([dated, plain]), *scope_tests(scope)]), sort="newest")
    papers = []
    for paper in engine.search(ask, limit=_MOST, facets=False).hits:
        if paper.record_id == own.record_id:
            continue
        said = [r for r in paper.card.get("relations", ()) if r["kind"] == kind and r["key"] == number]
        exact = any(_key(r) in keys for r in said)
        if exact or any(not r.get("date") for r in said):
            papers.append(_linked(kind, paper, incoming=True, sure=exact))
    return papers


def _own_keys(card: Mapping[str, Any]) -> tuple[str, ...]:
    """How a dated citation of this paper is marked; nothing without number or date (the number alone is not enough:
    every commune has its 15/QĐ-UBND)."""
    number, date = card.get("doc_number"), card.get("issued_date")
    return (f"{number_key(number)}@{date}",) if number and date else ()


def _key(relation: Mapping[str, Any]) -> str:
    return f"{relation['key']}@{relation['date']}" if relation.get("date") else str(relation["key"])


def _linked(kind: str, paper: Stored, *, incoming: bool, sure: bool) -> RelatedPaper:
    card = paper.card
    return RelatedPaper(
        kind=kind,
        incoming=incoming,
        number=card.get("doc_number") or "",
        date=card.get("issued_date"),
        record_id=paper.record_id,
        summary=card.get("summary"),
        agency=card.get("issuing_agency_name"),
        sure=sure,
    )


def _one(engine: SearchEngine, record_id: str, scope: Scope) -> Stored | None:
    ask = Ask(all_of([Term("n", f"r:{record_id}"), *scope_tests(scope)]))
    hits = engine.search(ask, limit=1, facets=False).hits
    return hits[0] if hits else None
