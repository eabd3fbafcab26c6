"""From a parsed query and filters to the engine's query. Order of hits: see ``SearchIndex.search``."""

from __future__ import annotations

from functools import reduce

import tantivy

from storage.folding import fold_key
from storage.search import Clause, ParsedQuery, SearchFilters

_Query = tantivy.Query
_Occur = tantivy.Occur
_HEAD = 3.0  # a word in the number, agency or summary against one in the text
_SAME_ACCENTS = 1_000.0  # above any sum of the engine's own scores
_SAME_NUMBER = 10_000.0
_NO_DATE = 1  # smallest date number: a record without a date has 0
_LAST_DATE = 99_999_999


def build_query(schema: tantivy.Schema, parsed: ParsedQuery, filters: SearchFilters) -> tantivy.Query:
    """Every clause must be met, every filter must hold; better ways of meeting add to the score."""
    parts = [(_Occur.Must, _folded(schema, clause)) for clause in parsed.clauses]
    if any(clause.accented for clause in parsed.clauses):
        same = [(_Occur.Must, _exact(schema, clause)) for clause in parsed.clauses]
        parts.append((_Occur.Should, _Query.const_score_query(_Query.boolean_query(same), _SAME_ACCENTS)))
    for number in dict.fromkeys([parsed.number, *(clause.number for clause in parsed.clauses)]):
        if number:
            same_number = _Query.term_query(schema, "number", number)
            parts.append((_Occur.Should, _Query.const_score_query(same_number, _SAME_NUMBER)))
    if not parsed.clauses:
        parts.append((_Occur.Must, _Query.all_query()))
    words = _Query.boolean_query(parts)
    return _filtered(schema, words, filters)


def _folded(schema: tantivy.Schema, clause: Clause) -> tantivy.Query:
    body = _words(schema, "body", clause.folded)
    head = _Query.boost_query(_words(schema, "head", clause.folded), _HEAD)
    either = [(_Occur.Should, body), (_Occur.Should, head)]
    if clause.number:
        either.append((_Occur.Should, _Query.term_query(schema, "number", clause.number)))
    return _Query.boolean_query(either)


def _exact(schema: tantivy.Schema, clause: Clause) -> tantivy.Query:
    """The clause with its accents; one that was typed without any does not ask for their absence."""
    if not clause.accented:
        return _folded(schema, clause)
    body = _words(schema, "body_exact", clause.exact)
    head = _words(schema, "head_exact", clause.exact)
    return _Query.boolean_query([(_Occur.Should, body), (_Occur.Should, head)])


def _words(schema: tantivy.Schema, field: str, words: tuple[str, ...]) -> tantivy.Query:
    if len(words) == 1:
        return _Query.term_query(schema, field, words[0], index_option="freq")
    return _Query.phrase_query(schema, field, list(words))


def _filtered(schema: tantivy.Schema, query: tantivy.Query, filters: SearchFilters) -> tantivy.Query:
    agency = fold_key(filters.issuing_agency_name) if filters.issuing_agency_name else None
    wanted = {
        "doc_type": filters.doc_type,
        "agency_key": agency,
        "year": f"{filters.year:04d}" if filters.year is not None else None,
        "status": filters.status,
        "kind": filters.kind,
        "field_name": filters.field_name,
        "level": filters.level,
    }
    tests = [
        _Query.term_query(schema, name, value.encode("utf-8", "replace").decode())
        for name, value in wanted.items()
        if value is not None
    ]
    if filters.date_from or filters.date_to:
        first = _date(filters.date_from, _NO_DATE)
        last = _date(filters.date_to, _LAST_DATE)
        tests.append(_Query.range_query(schema, "issued", tantivy.FieldType.Integer, first, last))
    return reduce(
        lambda q, test: _Query.boolean_query([(_Occur.Must, q), (_Occur.Must, _Query.const_score_query(test, 0.0))]),
        tests,
        query,
    )


def _date(text: str | None, default: int) -> int:
    digits = (text or "").replace("-", "")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) == 8 else default
