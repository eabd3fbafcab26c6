"""From what is asked (``ask.py``) to a condition in SQL, its full-text parts gathered into as few as possible."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from storage.ask import All, AnyOf, Ask, Everything, Expr, Issued, Near, Nothing, Phrase, Term
from storage.date_tags import tags_between

_NEVER = ""
Similar = Callable[[str, str, int], list[str]]


@dataclass(frozen=True, slots=True)
class Condition:
    """SQL for a WHERE clause over the table of entries, with its parameters."""

    sql: str
    params: list[Any]


def condition(ask: Ask, similar: Similar) -> Condition:
    """What a hit must be. ``similar`` gives the words of a channel near to one.

    All that the index can tell is asked of it in one question, what must not be there too, and of phrases that their
    pairs are there: looked for in every row that is left, it would cost the reading of all their words.
    """
    texts, parts = [], []
    for one in ask.base.parts if isinstance(ask.base, All) else (ask.base,):
        text = _tsquery(one, similar)
        if text is None:
            parts.append(_side_by_side(one) if isinstance(one, Phrase) else _condition(one, similar))
            text = _needed(one, similar)
            if text == _NEVER:
                return Condition("false", [])
        if text is not None:
            texts.append(f"({text})")
    for one in ask.without:
        text = _tsquery(one, similar)
        if text is not None:
            texts.append(f"!({text})")
        elif (inner := _condition(one, similar)).sql != "false":
            parts.append(Condition(f"not ({inner.sql})", inner.params))
    if texts:
        parts.insert(0, Condition("v @@ %s::tsquery", [" & ".join(texts)]))
    return Condition(" and ".join(f"({part.sql})" for part in parts), [p for part in parts for p in part.params])


def _condition(expr: Expr, similar: Similar) -> Condition:
    text = _tsquery(expr, similar)
    if text is not None:
        return Condition("v @@ %s::tsquery", [text])
    match expr:
        case Phrase():
            text, beside = _needed(expr, similar), _side_by_side(expr)
            return Condition(f"v @@ %s::tsquery and {beside.sql}", [text, *beside.params])
        case Issued(first, last):
            return Condition("issued between %s and %s", [first, last])
        case Everything():
            return Condition("true", [])
        case All(parts):
            return _joined(_gathered(parts, similar, " & "), " and ")
        case AnyOf(parts, 1):
            return _joined(_gathered(parts, similar, " | "), " or ")
        case AnyOf(parts, least):
            inner = [_condition(part, similar) for part in parts]
            counted = " + ".join(f"({one.sql})::int" for one in inner)
            return Condition(f"{counted} >= {least}", [p for one in inner for p in one.params])
        case _:
            return Condition("false", [])


def _side_by_side(phrase: Phrase) -> Condition:
    """Where the pairs are all there, the words stand one behind the other."""
    words = [phrase.grams[0].split("_")[0], *(gram.split("_")[1] for gram in phrase.grams)]
    return Condition("position(%s in folded) > 0", [f" {' '.join(words)} "])


def _needed(expr: Expr, similar: Similar) -> str | None:
    """What every hit has at least, in the database's own language for full text. None: that says nothing; _NEVER: there
    are no hits."""
    match expr:
        case Phrase(grams):
            return " & ".join(_quoted(f"b:{gram}") for gram in grams)
        case Nothing():
            return _NEVER
        case All(parts):
            inner = [_needed(part, similar) for part in parts]
            if _NEVER in inner:
                return _NEVER
            return " & ".join(f"({text})" for text in inner if text is not None) or None
        case AnyOf(parts, least):
            some = [text for part in parts if (text := _needed(part, similar)) != _NEVER]
            if len(some) < least:
                return _NEVER
            return None if None in some else " | ".join(f"({text})" for text in some)
        case Near():
            return _tsquery(expr, similar) or _NEVER
        case _:
            return _tsquery(expr, similar)


def _gathered(parts: tuple[Expr, ...], similar: Similar, mark: str) -> list[Condition]:
    """Full-text parts as one condition, the others each as its own."""
    texts, others = [], []
    for part in parts:
        text = _tsquery(part, similar)
        if text is None:
            others.append(_condition(part, similar))
        else:
            texts.append(f"({text})")
    return [*([Condition("v @@ %s::tsquery", [mark.join(texts)])] if texts else []), *others]


def _joined(parts: list[Condition], mark: str) -> Condition:
    return Condition(mark.join(f"({part.sql})" for part in parts), [p for part in parts for p in part.params])


def _tsquery(expr: Expr, similar: Similar) -> str | None:
    """The expression in the database's own language for full text; None where that does not suffice."""
    match expr:
        case Term(channel, token):
            return _quoted(f"{channel}:{token}")
        case Issued(first, last):
            tags = tags_between(first, last)
            return None if not tags else " | ".join(_quoted(f"t:{tag}") for tag in tags)
        case Near(channel, token, distance):
            words = similar(channel, token, distance)
            return " | ".join(_quoted(f"{channel}:{word}") for word in words) if words else None
        case All(parts) | AnyOf(parts, 1):
            inner = [_tsquery(part, similar) for part in parts]
            mark = " & " if isinstance(expr, All) else " | "
            return mark.join(f"({text})" for text in inner) if all(text is not None for text in inner) else None
        case _:
            return None


def _quoted(lexeme: str) -> str:
    escaped = lexeme.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"
