"""Rules of progress: ratios over the inventory, targets that apply, pace; what is not known stays unknown."""

from __future__ import annotations

from datetime import date

import pytest

from review.progress import Targets, agency_key, current_inventory, make_progress, working_days
from schemas.progress import FlowRow, Holding, InventoryRow, TargetRow

DAY = date(2026, 11, 26)


def holding(
    n: int, *, agency: str = "SỞ Y TẾ", field: str = "Dược", level: str = "tinh", status: str = "accepted",
    validity: str = "con_hieu_luc", day: str = "2026-11-20",
) -> Holding:  # fmt: skip
    return Holding(
        agency=agency, field=field, level=level, status=status, validity=validity, day=day, records=n, pages=2 * n,  # type: ignore[arg-type]
        unsure=n if status == "needs_review" else 0, risk=0.01 * n,
    )  # fmt: skip


def stock(count: int | None, *, agency: str = "Sở Y tế", field: str = "Dược", level: str = "tinh", year: int = 2026):
    return InventoryRow(agency=agency, field=field, level=level, year=year, valid_count=count)  # type: ignore[arg-type]


def goal(ratio: float, *, level: str = "tinh", year: int = 2026, agency: str = "", field: str = "") -> TargetRow:
    return TargetRow(agency=agency, field=field, level=level, year=year, ratio=ratio)  # type: ignore[arg-type]


def progress(holdings=(), inventory=(), targets=None, flow=(), **options):
    goals = Targets((), (), targets or (goal(80),))
    return make_progress(holdings, inventory, goals, flow, as_of=DAY, year=2026, **options)


@pytest.mark.parametrize("inventory", [(), (stock(None),), (stock(0),)])
def test_unknown_or_zero_inventory_makes_no_ratio(inventory) -> None:
    found = progress((holding(5),), inventory)
    for row in (found.total, *found.rows, *found.by_level, *found.by_agency, *found.by_field):
        assert row.ratio is None
        assert row.remaining is None
        assert row.missed is None
        assert row.digitized == 5


def test_ratio_counts_valid_read_results_only() -> None:
    many = (
        holding(40), holding(10, status="published"), holding(7, status="needs_review"),
        holding(5, validity="khong_ro"), holding(3, validity="het_hieu_luc"),
    )  # fmt: skip
    row = progress(many, (stock(100),)).rows[0]
    assert (row.digitized, row.published, row.waiting, row.unclear, row.expired) == (50, 10, 7, 5, 3)
    assert (row.ratio, row.target, row.gap, row.remaining) == (50.0, 80, 30.0, 30)


def test_pace_says_what_will_be_missed_and_what_would_mend_it() -> None:
    slow = progress((holding(4),), (stock(100),)).rows[0]
    assert slow.missed is True
    assert slow.remaining == 76
    assert slow.per_day_needed == pytest.approx(76 / working_days(date(2026, 11, 27), date(2026, 12, 31)), abs=0.01)
    done = progress((holding(80),), (stock(100),)).rows[0]
    assert (done.missed, done.remaining, done.per_day_needed) == (False, 0, 0)


def test_too_many_in_one_field_make_up_for_nothing_in_another() -> None:
    found = progress((holding(200),), (stock(100), stock(100, field="Y")), (goal(100),))
    assert found.total.remaining == 100
    assert next(r for r in found.rows if r.field == "Dược").over


def test_records_without_inventory_are_shown_and_not_counted_in_the_ratio() -> None:
    found = progress((holding(10), holding(90, field="Khác")), (stock(100),))
    assert found.total.ratio == 10
    assert found.total.inventory_partial
    other = next(r for r in found.rows if r.field == "Khác")
    assert (other.inventory, other.ratio, other.digitized) == (None, None, 90)


def test_the_most_specific_target_of_the_strongest_source_applies() -> None:
    targets = Targets((goal(60, agency="Sở Y tế"), goal(70, agency="Sở Y tế", field="Dược")), (goal(50),), (goal(90),))
    assert targets.find(agency="SỞ Y TẾ", field="Dược", level="tinh", year=2026).ratio == 70  # type: ignore[union-attr]
    assert targets.find(agency="Sở Y tế", field="Khác", level="tinh", year=2026).ratio == 60  # type: ignore[union-attr]
    assert targets.find(agency="Sở Nội vụ", field="Khác", level="tinh", year=2026).ratio == 50  # type: ignore[union-attr]
    assert targets.find(agency="Sở Nội vụ", field=None, level="xa", year=2026) is None


def test_inventory_of_the_year_or_the_newest_before_it() -> None:
    rows = (stock(1, year=2024), stock(2, year=2025), stock(3, year=2025), stock(9, year=2027))
    assert [r.valid_count for r in current_inventory(rows, year=2026)] == [3]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("SỞ Y TẾ", "Sở Y tế tỉnh Quảng Trị"),
        ("ỦY BAN NHÂN DÂN XÃ HẢI LĂNG", "UBND xã Hải Lăng"),
        ("UỶ BAN NHÂN DÂN TỈNH QUẢNG TRỊ", "Ủy ban nhân dân tỉnh Quảng Trị"),
    ],
)
def test_one_agency_in_several_spellings(a: str, b: str) -> None:
    assert agency_key(a) == agency_key(b)


def test_two_agencies_stay_two() -> None:
    assert agency_key("UBND xã Hải Lăng") != agency_key("UBND xã Hải An")
    assert agency_key("Văn phòng UBND tỉnh Quảng Trị") != agency_key("Văn phòng HĐND tỉnh Quảng Trị")


def test_flow_is_kept_apart_and_zero_denominators_say_nothing() -> None:
    row = FlowRow(
        agency="Sở Y tế", level="tinh", period_from="2026-01-01", period_to="2026-03-31", received=0, paper_results=40,
        electronic_results=30, digitized=10,
    )  # fmt: skip
    found = progress((holding(10),), (stock(100),), flow=(row,))
    assert found.flow[0].electronic_results == 75
    assert found.flow[0].digitized is None
    assert found.total.ratio == 10


def test_cost_only_when_a_rate_is_given() -> None:
    assert progress((holding(10),), (stock(100),)).cost is None
    found = progress((holding(10),), (stock(100),), page_cost=500)
    assert (found.cost, found.cost_remaining) == (10_000, 70 * 2 * 500)
