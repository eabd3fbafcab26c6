"""From what is asked (``ask.py``) to the embedded engine's query."""

from __future__ import annotations

from typing import Any

import tantivy

from storage.ask import All, AnyOf, Ask, Bonus, Everything, Expr, Issued, Near, Nothing, Phrase, Term, all_of, any_of
from storage.date_tags import tags_between

_Query = tantivy.Query
_Occur = tantivy.Occur
_MOST_TERMS = 200  # of one field: above, a set is asked for instead of single terms


def build_base(schema: tantivy.Schema, ask: Ask) -> tantivy.Query:
    """What a hit must be, without any rank."""
    parts = [(_Occur.Must, _expr(schema, ask.base))]
    parts += [(_Occur.MustNot, _expr(schema, part)) for part in ask.without]
    return _Query.const_score_query(_Query.boolean_query(parts), 1.0)


def build_ranked(schema: tantivy.Schema, base: tantivy.Query, bonuses: tuple[Bonus, ...]) -> tantivy.Query:
    """``base`` with the weights of what else matches added to its rank of one."""
    extra = [(_Occur.Should, _Query.const_score_query(_expr(schema, b.expr), float(b.weight))) for b in bonuses]
    return _Query.boolean_query([(_Occur.Must, base), *extra]) if extra else base


def _expr(schema: tantivy.Schema, expr: Expr) -> tantivy.Query:
    match expr:
        case Term(channel, token):
            return _Query.term_query(schema, channel, token, index_option="basic")
        case Phrase(grams):
            return _Query.phrase_query(schema, "b", list(enumerate(grams)))
        case Near(channel, token, distance):
            return _Query.fuzzy_term_query(schema, channel, token, distance=distance)
        case Issued(first, last):
            tags = tags_between(first, last)
            if tags is None:
                return _Query.range_query(schema, "issued", tantivy.FieldType.Integer, first, last)
            return _any(schema, tuple(Term("t", tag) for tag in tags), 1)
        case All(parts):
            return _Query.boolean_query([(_Occur.Must, _expr(schema, part)) for part in parts])
        case AnyOf(parts, least):
            return _any(schema, parts, least)
        case Everything():
            return _Query.all_query()
        case Nothing():
            return _Query.empty_query()
    raise TypeError(type(expr).__name__)


def without_unknown(searcher: Any, expr: Expr) -> Expr:
    """The same question without the terms that stand in no paper: of what a word may have become, hardly any does."""
    match expr:
        case Term(channel, token):
            return expr if searcher.doc_freq(channel, token) else Nothing()
        case All(parts):
            kept = []
            for part in parts:
                if isinstance(known := without_unknown(searcher, part), Nothing):
                    return known
                kept.append(known)
            return all_of(kept)
        case AnyOf(parts, least):
            return any_of((without_unknown(searcher, part) for part in parts), least=least)
        case _:
            return expr


def at_most(searcher: Any, expr: Expr) -> int:
    """So many records match at the very most; read from the dictionary, no list of papers is opened."""
    match expr:
        case Term(channel, token):
            return int(searcher.doc_freq(channel, token))
        case Phrase(grams):
            return min(int(searcher.doc_freq("b", gram)) for gram in grams)
        case All(parts):
            return min(at_most(searcher, part) for part in parts)
        case AnyOf(parts, _):
            return min(int(searcher.num_docs), sum(at_most(searcher, part) for part in parts))
        case Nothing():
            return 0
        case Issued() | Near() | Everything():
            return int(searcher.num_docs)
    raise TypeError(type(expr).__name__)


def _any(schema: tantivy.Schema, parts: tuple[Expr, ...], least: int) -> tantivy.Query:
    if least == 1 and len(parts) > _MOST_TERMS:
        sets: dict[str, list[str]] = {}
        rest = []
        for part in parts:
            if isinstance(part, Term):
                sets.setdefault(part.channel, []).append(part.token)
            else:
                rest.append(part)
        made = [_Query.term_set_query(schema, channel, tokens) for channel, tokens in sets.items()]
        made += [_expr(schema, part) for part in rest]
    else:
        made = [_expr(schema, part) for part in parts]
    return _Query.boolean_query([(_Occur.Should, one) for one in made], minimum_number_should_match=least)
