"""From what is asked (``ask.py``) to a condition in SQL, its full-text parts gathered into as few as possible."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from storage.ask import All, AnyOf, Ask, Everything, Expr, Issued, Near, Phrase, Term
from storage.date_tags import tags_between

Similar = Callable[[str, str, int], list[str]]


@dataclass(frozen=True, slots=True)
class Condition:
    """SQL for a WHERE clause over the table of entries, with its parameters."""

    sql: str
    params: list[Any]


def condition(ask: Ask, similar: Similar) -> Condition:
    """What a hit must be. ``similar`` gives the words of a channel near to one.

    What must not be there is asked of the same index in the same question, where it can be: looked for in every row
    that is left, it would cost the reading of all their words.
    """
    texts, parts = [], []
    for one in ask.base.parts if isinstance(ask.base, All) else (ask.base,):
        text = _tsquery(one, similar)
        if text is None:
            parts.append(_condition(one, similar))
        else:
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
        case Phrase(grams):
            words = [grams[0].split("_")[0], *(gram.split("_")[1] for gram in grams)]
            pairs = " & ".join(_quoted(f"b:{gram}") for gram in grams)
            return Condition("v @@ %s::tsquery and position(%s in folded) > 0", [pairs, f" {' '.join(words)} "])
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
