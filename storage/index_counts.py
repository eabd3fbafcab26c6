"""How many match, and how they spread over the values of the fields; for broad questions beside the ranking, on another
core: the engine lets go of the interpreter while it works."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, TypeVar

import tantivy

from storage.ask import FACETS, Ask, Everything, Term, all_of
from storage.engine import COUNTED
from storage.index_query import at_most, build_base

FACET_SIZE = 50  # values of one facet
FACETS_EXACT = 10_000  # hits; above, facets are counted on a sample of the archive with at most so many
SHARES = (2, 4, 8, 16, 64, 256, 1024)  # of the samples: one record in so many
_SAMPLE = 16  # the one that is looked at to guess how many match
_SURELY = 1.1  # times COUNTED that a sample should hold by that guess, to be counted in the place of all
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Counts:
    """``sampled``: the facets are estimates. ``capped``: there are more than ``total``."""

    total: int
    facets: dict[str, tuple[tuple[str, int], ...]]
    sampled: bool = False
    capped: bool = False


def count(searcher: Any, base: tantivy.Query) -> int:
    """Records that match: every one has a date, or the number for none."""
    return int(searcher.aggregate(base, {"all": {"value_count": {"field": "issued"}}})["all"]["value"])


def guess(searcher: Any, schema: tantivy.Schema, ask: Ask, *, enough: int) -> int:
    """About how many match: of what may be more than ``enough``, counted on a sample."""
    most = at_most(searcher, ask.base)
    return most if most <= enough else _SAMPLE * count(searcher, build_base(schema, _in_sample(ask, _SAMPLE)))


def counts_of(
    searcher: Any, schema: tantivy.Schema, ask: Ask, *, facets: bool, total: int | None = None, about: int = 0
) -> Counts:
    """``total`` where it is known already, ``about`` how many there are by a guess. Of more than COUNTED no more is
    counted than shows that."""
    capped = False
    if total is None:
        total, capped = _total(searcher, schema, ask, about)
    if not facets:
        return Counts(total, {}, capped=capped)
    there = max(about, total) if capped else total
    sampled = there > FACETS_EXACT
    scale = next((share for share in SHARES if there <= share * FACETS_EXACT), SHARES[-1]) if sampled else 1
    if sampled:
        ask = _in_sample(ask, scale)
    asked = {name: {"terms": {"field": name, "size": FACET_SIZE}} for name in FACETS}
    answer = searcher.aggregate(build_base(schema, ask), asked) if total else {}
    found = {
        name: tuple(
            (str(b["key"]), int(b["doc_count"]) * scale if capped else min(total, int(b["doc_count"]) * scale))
            for b in (answer[name]["buckets"] if answer else ())
        )
        for name in FACETS
    }
    return Counts(total, found, sampled, capped)


def _total(searcher: Any, schema: tantivy.Schema, ask: Ask, about: int) -> tuple[int, bool]:
    if isinstance(ask.base, Everything) and not ask.without:
        return int(searcher.num_docs), False
    for share in reversed(SHARES):
        if about > share * COUNTED * _SURELY:
            if count(searcher, build_base(schema, _in_sample(ask, share))) > COUNTED:
                return COUNTED, True
            break
    return count(searcher, build_base(schema, ask)), False


def _in_sample(ask: Ask, share: int) -> Ask:
    return replace(ask, base=all_of((Term("t", f"part:{share}"), ask.base)))


def beside(work: Callable[[], T]) -> Future[T]:
    """Do ``work`` in another thread."""
    return _threads(os.getpid()).submit(work)


@lru_cache(maxsize=1)
def _threads(_process: int) -> ThreadPoolExecutor:
    """One pool a process: threads do not live on in one that was forked."""
    return ThreadPoolExecutor(max_workers=os.cpu_count(), thread_name_prefix="counts")
