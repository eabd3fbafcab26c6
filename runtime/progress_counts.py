"""Số đếm cho trang tiến độ: all results by everything that progress tells apart, as they were at a moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from review.progress import PACE_DAYS, READ
from schemas.progress import Holding
from storage.plans import Plans


@dataclass(frozen=True, slots=True)
class Counts:
    """All results by everything that progress tells apart, as of a day. ``months``: digitized, by month.

    ``change``: how often facts had changed when it was counted; ``outdated``: they have changed since, and are being
    counted anew.
    """

    holdings: tuple[Holding, ...]
    months: dict[str, int]
    change: int
    at: datetime
    outdated: bool = False


def count_now(plans: Plans, day: date) -> Counts:
    """Counts as things are."""
    at = datetime.now().astimezone()
    change = plans.changes()  # before: what changes meanwhile is counted again
    return Counts(plans.holdings(day, days=PACE_DAYS), plans.months(READ), change, at)


__all__ = ["Counts", "count_now"]
