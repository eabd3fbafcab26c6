"""Số đếm cho trang tiến độ: the last count of a large archive, shown with its time while it is counted anew.

To count a million results takes longer than a page may wait, and during a run they change all the time.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, replace
from datetime import date, datetime

from review.progress import PACE_DAYS, READ
from runtime.background import Background
from schemas.errors import MachineError
from schemas.progress import Holding
from storage.catalogue import Catalogue
from storage.plans import Plans

log = logging.getLogger(__name__)
_AT_ONCE = 50_000  # results that are counted while a page waits
_KEPT = 6  # days asked about whose count is kept
_AFTER_S = 0.3  # seconds that the page which asked has the machine for itself
_LOOK_S = 30.0  # seconds between two looks for a new day


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


class Counter(Background):
    """Keeps counts for as long as the block lasts, and makes today's before anybody asks for them.

    ``at_once``: results up to which a page waits for a new count.
    """

    def __init__(self, catalogue: Catalogue, *, at_once: int = _AT_ONCE) -> None:
        super().__init__("progress-counts")
        self._plans = catalogue.plans
        self._most = at_once
        self._kept: dict[date, Counts] = {}
        self._asked: set[date] = set()
        self._wake = threading.Event()
        self._counting = threading.Lock()

    def _halt(self) -> None:
        super()._halt()
        self._wake.set()

    def counts(self, day: date) -> Counts | None:
        """The counts as of a day. Of a large archive the last ones, with ``outdated``, where records have changed; None
        where there are none yet: they are being made."""
        kept = self._kept.get(day)
        if kept is not None and self._plans.changes() == kept.change:
            return kept
        if self._plans.count_all() <= self._most:
            return self._count(day)
        self._asked.add(day)
        self._wake.set()
        return None if kept is None else replace(kept, outdated=True)

    def _count(self, day: date) -> Counts:
        with self._counting:  # whoever waited for somebody else's count has it
            kept = self._kept.get(day)
            if kept is None or self._plans.changes() != kept.change:
                kept = count_now(self._plans, day)
                others = [other for other in self._kept if other != day][1 - _KEPT :]
                self._kept = {**{other: self._kept[other] for other in others}, day: kept}
            return kept

    def _work(self) -> None:
        while not self._stop.is_set():
            days = {self._asked.pop() for _ in range(len(self._asked))}
            if date.today() not in self._kept:
                days.add(date.today())
            for day in days:
                try:
                    self._count(day)
                except MachineError as exc:  # whoever asks next is told
                    log.warning("%s while progress was counted", exc.code)
            if self._wake.wait(_LOOK_S):
                self._stop.wait(_AFTER_S)
            self._wake.clear()


__all__ = ["Counter", "Counts", "count_now"]
