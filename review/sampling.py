"""Lấy mẫu nghiệm thu: how many papers of a batch are looked at, and what the findings say of the rest."""

from __future__ import annotations

import math
import random
import tomllib
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from pathlib import Path

from schemas.base import Frozen

CONFIDENCE = 0.95
_TABLE = Path(__file__).parent / "data" / "sampling.toml"
_STEPS = 60  # bisections of 0..1: beyond the precision of a float


class SamplingPlan(Frozen):
    """Look at ``size`` of ``lot`` papers; accept the batch with at most ``accept`` that have something wrong."""

    lot: int
    size: int
    accept: int
    aql: float


class Estimate(Frozen):
    """A share with its interval (0..1); ``high`` is 1 when nothing was looked at."""

    looked: int
    wrong: int
    share: float
    low: float
    high: float


@cache
def _table() -> tuple[float, tuple[tuple[int, str], ...], dict[str, tuple[int, int]]]:
    data = tomllib.loads(_TABLE.read_text(encoding="utf-8"))
    letters = tuple((row["up_to"], row["code"]) for row in data["letter"])
    plans = {code: (row["size"], row["accept"]) for code, row in data["plan"].items()}
    return float(data["aql"]), letters, plans


def plan_for(lot: int) -> SamplingPlan:
    """The plan for a batch of ``lot`` papers; a batch smaller than its sample is looked at whole."""
    aql, letters, plans = _table()
    code = next(code for up_to, code in letters if lot <= up_to)
    size, accept = plans[code]
    return SamplingPlan(lot=lot, size=min(size, lot), accept=accept, aql=aql)


def draw(members: Sequence[str], size: int, chance: random.Random | None = None) -> tuple[str, ...]:
    """``size`` of them at random; from the system's own source of chance unless one is given."""
    return tuple((chance or random.SystemRandom()).sample(list(members), min(size, len(members))))


@lru_cache(maxsize=4096)
def estimate(looked: int, wrong: int, *, confidence: float = CONFIDENCE) -> Estimate:
    """The share that is wrong with its exact interval (Clopper and Pearson): never too narrow, also for 0 wrong.

    >>> round(estimate(300, 0).high, 4)
    0.0122
    """
    if looked == 0:
        return Estimate(looked=0, wrong=0, share=0.0, low=0.0, high=1.0)
    alpha = (1 - confidence) / 2
    low = 0.0 if wrong == 0 else _solve(lambda p: 1 - _at_most(wrong - 1, looked, p), alpha)
    high = 1.0 if wrong == looked else _solve(lambda p: 1 - _at_most(wrong, looked, p), 1 - alpha)
    return Estimate(looked=looked, wrong=wrong, share=wrong / looked, low=low, high=high)


def _at_most(k: int, n: int, p: float) -> float:
    """Chance of at most ``k`` successes in ``n`` tries."""
    if p <= 0:
        return 1.0
    if p >= 1:
        return 1.0 if k >= n else 0.0
    logs = [
        math.lgamma(n + 1) - math.lgamma(i + 1) - math.lgamma(n - i + 1) + i * math.log(p) + (n - i) * math.log1p(-p)
        for i in range(k + 1)
    ]
    top = max(logs)
    return min(1.0, math.exp(top) * sum(math.exp(value - top) for value in logs))


def _solve(rising: Callable[[float], float], target: float) -> float:
    """Where a function that rises with p from 0 to 1 passes ``target``."""
    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if rising(middle) < target:
            low = middle
        else:
            high = middle
    return (low + high) / 2
