"""Sampling plans, and intervals that hold what they promise."""

from __future__ import annotations

import random

import pytest

from review.sampling import draw, estimate, plan_for


@pytest.mark.parametrize(
    ("looked", "wrong", "low", "high"),
    # Exact intervals as printed in statistical tables (95 %, two-sided).
    [
        (10, 0, 0.0, 0.3085),
        (10, 1, 0.0025, 0.4450),
        (20, 0, 0.0, 0.1684),
        (100, 5, 0.0164, 0.1128),
        (10, 10, 0.6915, 1.0),
    ],
)
def test_exact_intervals(looked: int, wrong: int, low: float, high: float) -> None:
    found = estimate(looked, wrong)
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.0001)


def test_nothing_looked_at_says_nothing() -> None:
    assert (estimate(0, 0).low, estimate(0, 0).high) == (0.0, 1.0)


@pytest.mark.parametrize("share", [0.002, 0.01, 0.05])
def test_intervals_cover_the_truth_at_least_as_often_as_they_say(share: float) -> None:
    chance = random.Random(7)
    hits = 0
    for _ in range(400):
        wrong = sum(chance.random() < share for _ in range(200))
        found = estimate(200, wrong)
        hits += found.low <= share <= found.high
    assert hits / 400 >= 0.94


@pytest.mark.parametrize(("lot", "size", "accept"), [(1, 1, 0), (10, 10, 0), (150, 20, 0), (500, 80, 1), (3000, 125, 2),
                                                     (40_000, 500, 7), (900_000, 1250, 14)])  # fmt: skip
def test_plans_grow_with_the_batch(lot: int, size: int, accept: int) -> None:
    plan = plan_for(lot)
    assert (plan.size, plan.accept) == (size, accept)


# As printed for MIL-STD-105E (National Institute of Building Sciences, table 1-A), AQL 0.65: the last lot size of each
# letter, its sample, and the number at which a lot is rejected; None where an arrow leads to another letter.
PRINTED = (
    ("A", 8, 2, None), ("B", 15, 3, None), ("C", 25, 5, None), ("D", 50, 8, None), ("E", 90, 13, None),
    ("F", 150, 20, 1), ("G", 280, 32, None), ("H", 500, 50, None), ("J", 1200, 80, 2), ("K", 3200, 125, 3),
    ("L", 10_000, 200, 4), ("M", 35_000, 315, 6), ("N", 150_000, 500, 8), ("P", 500_000, 800, 11),
    ("Q", 10**9, 1250, 15),
)  # fmt: skip
ARROWS = {"A": "F", "B": "F", "C": "F", "D": "F", "E": "F", "G": "F", "H": "J"}  # down, and G up


def test_plans_are_the_printed_ones() -> None:
    rows = {letter: (size, rejected) for letter, _, size, rejected in PRINTED}
    first = 1
    for letter, last, _, _ in PRINTED:
        size, rejected = rows[ARROWS.get(letter, letter)]
        for lot in (first, last):
            plan = plan_for(lot)
            assert (plan.size, plan.accept + 1) == (min(size, lot), rejected), letter
        first = last + 1


def test_a_draw_is_without_repetition_and_leaves_nobody_out() -> None:
    members = [str(i) for i in range(100)]
    drawn = [draw(members, 10, random.Random(seed)) for seed in range(200)]
    assert all(len(set(one)) == 10 for one in drawn)
    assert {m for one in drawn for m in one} == set(members)
