"""Điều cần có: what one part of a question asks for, and the ways to meet it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from storage.ask import Expr, any_of
from storage.snippets import Clause


@dataclass(frozen=True, slots=True)
class Way:
    """One way to meet a need. ``marks``: the words to mark where it was met, as (exact, folded).

    ``note`` is said of a result that was met by this way only; ``lesser``: it ranks below what was typed.
    """

    expr: Expr
    marks: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = ()
    note: str = ""
    lesser: bool = False


@dataclass(frozen=True, slots=True)
class Need:
    """Any of ``ways`` meets it. ``kind``: "word" may be looked for with reading errors, others may not.

    ``exact``, ``folded``: the words as typed.
    """

    ways: tuple[Way, ...]
    kind: Literal["word", "phrase", "number", "date", "name", "identity"] = "word"
    exact: tuple[str, ...] = ()
    folded: tuple[str, ...] = ()
    plain: bool = True  # free words that stand beside others, not in quotes

    @property
    def expr(self) -> Expr:
        return any_of(way.expr for way in self.ways)

    @property
    def as_typed(self) -> Expr:
        return any_of(way.expr for way in self.ways if not way.lesser)

    @property
    def widened(self) -> bool:
        return any(way.lesser for way in self.ways)

    def clauses(self, number: int) -> list[Clause]:
        return [Clause(exact, folded, number) for way in self.ways for exact, folded in way.marks]


@dataclass(frozen=True, slots=True)
class Understood:
    """A question taken apart.

    needs     what the words ask for
    without   what must not be there
    tests     filters, as expressions; ``marks`` of their values
    labels    (filter's label, value) as understood, for people
    notes     sentences on what could not be taken as it was typed
    """

    needs: tuple[Need, ...] = ()
    without: tuple[Need, ...] = ()
    tests: tuple[Expr, ...] = ()
    tested: tuple[Need, ...] = ()
    labels: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    number: str | None = None
    blank: bool = False
    identity: bool = False
