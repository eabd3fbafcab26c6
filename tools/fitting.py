"""Fitting the calibration: ridge logistic regression by Newton's method, thresholds with an upper bound of their error.

Plain numpy, no randomness: the same rows give the same table.
"""

from __future__ import annotations

import math
import zlib
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from extractors.certainty.model import HIGHEST, LOWEST, Calibration
from tools.evidence import Row

FOLDS = 5
RIDGE = 1.0
RAREST = 5  # a code seen on fewer papers gets no weight
TARGET = 0.005  # wrong when sure
FREE_UPPER = 0.03  # upper bound (95 %, one-sided) of the error where calibration overrules the rule
MARGIN = 0.25  # in log odds, added to every threshold for papers unlike those seen
Floats = NDArray[np.float64]


def upper_bound(wrong: int, n: int, *, confidence: float = 0.95) -> float:
    """One-sided Clopper-Pearson bound: the largest error rate that still makes so few errors likely enough."""
    if n == 0 or wrong >= n:
        return 1.0
    low, high = wrong / n, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        few = sum(math.comb(n, k) * middle**k * (1 - middle) ** (n - k) for k in range(wrong + 1))
        low, high = (middle, high) if few > 1 - confidence else (low, middle)
    return high


def fit_weights(rows: Sequence[Row]) -> dict[str, float]:
    """Weights of the features by penalized maximum likelihood; the constant is not penalized."""
    counts = Counter(name for r in rows for name in r.features)
    names = sorted(name for name, n in counts.items() if n >= RAREST)
    x = np.array([[r.features.get(name, 0.0) for name in names] for r in rows], dtype=np.float64)
    y = np.array([r.right for r in rows], dtype=np.float64)
    w = newton(x, y, np.array([0.01 if name == "one" else RIDGE for name in names]))
    return {name: round(float(v), 4) for name, v in zip(names, w, strict=True)}


def newton(x: Floats, y: Floats, penalty: Floats) -> Floats:
    """Weights of a penalized logistic regression of ``y`` (0 or 1) on the columns of ``x``."""
    w: Floats = np.zeros(x.shape[1])
    for _ in range(60):
        p = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
        slope = x.T @ (y - p) - penalty * w
        curve = (x * (p * (1 - p))[:, None]).T @ x + np.diag(penalty)
        step = np.linalg.solve(curve, slope)
        w = w + step * min(1.0, 4.0 / max(1e-9, float(np.abs(step).max())))
        if float(np.abs(step).max()) < 1e-7:
            break
    return w


def fold_of(paper: str) -> int:
    return zlib.crc32(paper.encode()) % FOLDS


def unseen_chances(rows: Sequence[Row]) -> list[float]:
    """The chance of each row by a model that has not seen its paper."""
    out = [0.0] * len(rows)
    for fold in range(FOLDS):
        rest = [r for r in rows if fold_of(r.paper) != fold]
        model = Calibration(fit_weights(rest), 0.0, None)
        for k, r in enumerate(rows):
            if fold_of(r.paper) == fold:
                out[k] = model.chance(r.features)
    return out


def raised(chance: float) -> float:
    """A threshold with its margin, within what a chance can be."""
    if chance >= HIGHEST:
        return HIGHEST
    odds = math.log(chance / (1 - chance)) + MARGIN
    return round(min(HIGHEST, 1 / (1 + math.exp(-odds))), 3)


def free_threshold(chances: Sequence[float], right: Sequence[bool]) -> tuple[float | None, int, int]:
    """(threshold, n, wrong) where values may be sure against their rule; None when too few papers speak for it."""
    best: tuple[float | None, int, int] = (None, 0, 0)
    for t in sorted(set(chances), reverse=True):
        n = sum(c >= t for c in chances)
        wrong = sum(c >= t and not ok for c, ok in zip(chances, right, strict=True))
        if wrong <= TARGET * n and upper_bound(wrong, n) <= FREE_UPPER:
            best = (t, n, wrong)
    if best[0] is None:
        return best
    t = raised(best[0])
    kept = [ok for c, ok in zip(chances, right, strict=True) if c >= t]
    wrong = len(kept) - sum(kept)
    if upper_bound(wrong, len(kept)) > FREE_UPPER:
        return None, 0, 0  # with its margin too few papers are left to speak for it
    return t, len(kept), wrong


def rule_threshold(chances: Sequence[float], right: Sequence[bool]) -> tuple[float, int, int]:
    """(threshold, n, wrong) from which the rule's word stands; below what was ever seen it does not."""
    if not chances:
        return HIGHEST, 0, 0
    if all(right):
        return round(max(LOWEST, 0.5 * min(chances)), 3), len(chances), 0
    for t in sorted({raised(max(LOWEST, c)) for c in chances} | {LOWEST}):
        kept = [ok for c, ok in zip(chances, right, strict=True) if c >= t]
        if kept and len(kept) - sum(kept) <= TARGET * len(kept):
            return t, len(kept), len(kept) - sum(kept)
    return HIGHEST, 0, 0


def fit_field(rows: Sequence[Row]) -> dict[str, Any]:
    """One field's entry of certainty.json: weights, thresholds and what the thresholds rest on."""
    chances = unseen_chances(rows)
    ruled = [(c, r.right) for c, r in zip(chances, rows, strict=True) if r.rule]
    free = [(c, r.right) for c, r in zip(chances, rows, strict=True) if r.free]
    rule_min, rule_n, rule_wrong = rule_threshold([c for c, _ in ruled], [ok for _, ok in ruled])
    free_min, free_n, free_wrong = free_threshold([c for c, _ in free], [ok for _, ok in free])
    return {
        "weights": fit_weights(rows),
        "rule_min": rule_min,
        "free_min": free_min,
        "evidence": {
            "papers": len(rows),
            "right": sum(r.right for r in rows),
            "rule": {"n": rule_n, "wrong": rule_wrong, "upper": round(upper_bound(rule_wrong, rule_n), 4)},
            "free": {"n": free_n, "wrong": free_wrong, "upper": round(upper_bound(free_wrong, free_n), 4)},
        },
    }


def fit(rows: Sequence[Row], *, provenance: dict[str, Any]) -> dict[str, Any]:
    """The whole table of ``schemas/data/certainty.json``."""
    names = sorted({r.field for r in rows})
    return {
        "provenance": provenance,
        "fields": {name: fit_field([r for r in rows if r.field == name]) for name in names},
    }
