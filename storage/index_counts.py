"""How many match and how they spread over the values of the fields; for broad questions beside the ranking, on another
core: the engine lets go of the interpreter while it works."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, TypeVar

import tantivy

from storage.ask import FACETS, Ask, Term, all_of
from storage.index_query import build_base

FACET_SIZE = 50  # values of one facet
FACETS_EXACT = 10_000  # hits; above, facets are counted on a sample of the archive with at most so many
SHARES = (4, 16, 64, 256, 1024)  # of the samples: one record in so many
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Counts:
    """``sampled``: the facets are estimates."""

    total: int
    facets: dict[str, tuple[tuple[str, int], ...]]
    sampled: bool = False


def count(searcher: Any, base: tantivy.Query) -> int:
    """Records that match: every one has a date, or the number for none."""
    return int(searcher.aggregate(base, {"all": {"value_count": {"field": "issued"}}})["all"]["value"])


def counts_of(searcher: Any, schema: tantivy.Schema, ask: Ask, *, facets: bool, total: int | None = None) -> Counts:
    """``total`` where it is known already."""
    if total is None:
        total = count(searcher, build_base(schema, ask))
    if not facets:
        return Counts(total, {})
    sampled = total > FACETS_EXACT
    scale = next((share for share in SHARES if total <= share * FACETS_EXACT), SHARES[-1]) if sampled else 1
    if sampled:
        ask = replace(ask, base=all_of((Term("t", f"part:{scale}"), ask.base)))
    asked = {name: {"terms": {"field": name, "size": FACET_SIZE}} for name in FACETS}
    answer = searcher.aggregate(build_base(schema, ask), asked) if total else {}
    found = {
        name: tuple(
            (str(b["key"]), min(total, int(b["doc_count"]) * scale))
            for b in (answer[name]["buckets"] if answer else ())
        )
        for name in FACETS
    }
    return Counts(total, found, sampled)


def beside(work: Callable[[], T]) -> Future[T]:
    """Do ``work`` in another thread."""
    return _threads(os.getpid()).submit(work)


@lru_cache(maxsize=1)
def _threads(_process: int) -> ThreadPoolExecutor:
    """One pool a process: threads do not live on in one that was forked."""
    return ThreadPoolExecutor(max_workers=os.cpu_count(), thread_name_prefix="counts")
