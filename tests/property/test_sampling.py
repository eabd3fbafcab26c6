"""The sampling table holds together for every size of batch."""

from __future__ import annotations

import itertools
import tomllib
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from review.sampling import draw, estimate, plan_for

TABLE = tomllib.loads((Path(__file__).parents[2] / "review/data/sampling.toml").read_text(encoding="utf-8"))
EDGES = [row["up_to"] for row in TABLE["letter"]]
lots = st.one_of(st.integers(1, EDGES[-1]), st.sampled_from([edge + by for edge in EDGES[:-1] for by in (0, 1)]))


@given(lots)
def test_a_sample_is_part_of_its_batch_and_can_fail(lot: int) -> None:
    plan = plan_for(lot)
    assert 1 <= plan.size <= lot
    assert 0 <= plan.accept < plan.size  # one more than accepted (Re) can be found


@given(lots, lots)
def test_a_larger_batch_is_never_looked_at_less(one: int, other: int) -> None:
    small, large = plan_for(min(one, other)), plan_for(max(one, other))
    assert small.size <= large.size
    assert small.accept <= large.accept


@given(lots)
def test_what_is_accepted_is_no_proof_that_the_batch_is_worse_than_the_limit(lot: int) -> None:
    plan = plan_for(lot)
    assert estimate(plan.size, plan.accept).low <= plan.aql / 100


@given(st.integers(1, 3000))
def test_a_draw_takes_as_many_as_planned_each_once(lot: int) -> None:
    members = [str(n) for n in range(lot)]
    drawn = draw(members, plan_for(lot).size)
    assert len(drawn) == len(set(drawn)) == plan_for(lot).size
    assert set(drawn) <= set(members)


def test_the_table_is_whole_and_rises() -> None:
    plans = [TABLE["plan"][row["code"]] for row in TABLE["letter"]]
    assert sorted(set(EDGES)) == EDGES
    assert len(plans) == len(TABLE["plan"])
    for before, after in itertools.pairwise(plans):
        assert (before["size"], before["accept"]) <= (after["size"], after["accept"])
        assert before["accept"] <= after["accept"]
