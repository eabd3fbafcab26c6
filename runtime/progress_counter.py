"""Đếm cho trang tiến độ: the last count of a large archive, shown with its time while another process counts anew.

To count a million results takes longer than a page may wait, during a run they change all the time, and a thread that
counts holds the interpreter that all pages need (docs/adr/0016-counting-beside-the-pages.md).
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from runtime.aside import Aside, HelperDied
from runtime.background import Background
from runtime.open import open_catalogue
from runtime.progress import Basis, basis_of, figure
from runtime.progress_counts import Counts, count_now
from runtime.settings import Settings
from schemas.errors import MachineError
from schemas.progress import Holding, Progress
from storage.catalogue import Catalogue

log = logging.getLogger(__name__)
_AT_ONCE = 50_000  # results that are counted while a page waits
_KEPT = 6  # days asked about whose count is kept
_MADE = 12  # pages' figures that are kept
_AFTER_S = 0.3  # seconds that the page which asked has the machine for itself
_LOOK_S = 30.0  # seconds between two looks for a new day
_PATIENCE_S = 60.0  # of who wants the newest count
_SOME = 500  # holdings put together before pages have their turn
_COLUMNS = tuple(Holding.model_fields)


@dataclass(frozen=True, slots=True)
class Counted:
    """What the helper found, as it travels between processes; ``progress`` of the day's own year."""

    holdings: tuple[tuple[Any, ...], ...]
    months: dict[str, int]
    change: int
    at: datetime
    basis: Basis
    progress: Progress


@contextmanager
def open_counting(settings: Settings) -> Iterator[Callable[[date], Counted]]:
    """In the helper: its own catalogue."""
    with open_catalogue(settings) as catalogue:

        def count(day: date) -> Counted:
            counts = count_now(catalogue.plans, day)
            basis = basis_of(catalogue.plans)  # before: what is imported meanwhile is another basis
            made = figure(catalogue.plans, counts, day, year=day.year)
            rows = tuple(tuple(getattr(h, name) for name in _COLUMNS) for h in counts.holdings)
            return Counted(rows, counts.months, counts.change, counts.at, basis, made)

        yield count


_Made = tuple[date, int, datetime, Basis, int, float | None]


class Counter(Background):
    """Keeps counts for as long as the block lasts, and makes today's before anybody asks for them.

    ``at_once``: results up to which a page waits for a new count, which is then made here.
    """

    def __init__(self, catalogue: Catalogue, settings: Settings, *, at_once: int = _AT_ONCE) -> None:
        super().__init__("progress-counts")
        self._plans = catalogue.plans
        self._most = at_once
        self._kept: dict[date, Counts] = {}
        self._made: dict[_Made, Progress] = {}
        self._asked: set[date] = set()
        self._wake = threading.Event()
        self._counting = threading.Lock()
        self._making = threading.Lock()
        self._news = threading.Condition()
        self._aside: Aside[date, Counted] = Aside(open_counting, settings)

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

    def newest(self, day: date, *, patience_s: float = _PATIENCE_S) -> Counts:
        """Counts no older than this call, for who may wait for them."""
        wanted, until = self._plans.changes(), time.monotonic() + patience_s
        while True:
            found = self.counts(day)
            if found is not None and found.change >= wanted:
                return found
            with self._news:
                left = until - time.monotonic()
                if left <= 0 or self._thread is None or not self._thread.is_alive():
                    break
                self._news.wait(min(left, 1.0))
        return self._count(day)

    def progress(self, counts: Counts, day: date, *, year: int, page_cost: float | None = None) -> Progress:
        """The figures of these counts, with the imported ones and the plans as they are; made once."""
        key = (day, counts.change, counts.at, basis_of(self._plans), year, page_cost)
        with self._making:  # whoever waited for the same has it
            found = self._made.get(key)
            if found is None:
                found = figure(self._plans, counts, day, year=year, page_cost=page_cost)
                self._keep_made(key, found)
            return found

    def _keep_made(self, key: _Made, found: Progress) -> None:
        made = {**self._made, key: found}
        for old in list(made)[:-_MADE]:
            del made[old]
        self._made = made

    def _keep(self, day: date, counts: Counts) -> None:
        others = [other for other in self._kept if other != day][1 - _KEPT :]
        self._kept = {**{other: self._kept[other] for other in others}, day: counts}

    def _count(self, day: date) -> Counts:
        """Here and now."""
        with self._counting:  # whoever waited for somebody else's count has it
            kept = self._kept.get(day)
            if kept is None or self._plans.changes() != kept.change:
                kept = count_now(self._plans, day)
                self._keep(day, kept)
            return kept

    def _count_aside(self, day: date) -> None:
        """In the helper; here where it was ended, by whomever."""
        kept = self._kept.get(day)
        if kept is not None and self._plans.changes() == kept.change:
            return
        if self._plans.count_all() <= self._most:
            self._count(day)
            return
        try:
            found = self._aside.ask(day, stop=self._stop)
        except HelperDied:
            if self._stop.is_set():
                return
            log.warning("the process that counts progress was ended; counted here")
            self._count(day)
            return
        if found is None:
            return
        counts = Counts(tuple(_holdings(found.holdings)), found.months, found.change, found.at)
        with self._making:
            self._keep_made((day, found.change, found.at, found.basis, day.year, None), found.progress)
        with self._counting:
            self._keep(day, counts)

    def _work(self) -> None:
        try:
            while not self._stop.is_set():
                days = {self._asked.pop() for _ in range(len(self._asked))}
                if date.today() not in self._kept:
                    days.add(date.today())
                for day in days:
                    try:
                        self._count_aside(day)
                    except MachineError as exc:  # whoever asks next is told
                        log.warning("%s while progress was counted", exc.code)
                    with self._news:
                        self._news.notify_all()
                if self._wake.wait(_LOOK_S):
                    self._stop.wait(_AFTER_S)
                self._wake.clear()
        finally:
            self._aside.end()


def _holdings(rows: tuple[tuple[Any, ...], ...]) -> Iterator[Holding]:
    for begin in range(0, len(rows), _SOME):
        for row in rows[begin : begin + _SOME]:
            yield Holding.model_construct(**dict(zip(_COLUMNS, row, strict=True)))  # looked at where it was counted
        time.sleep(0)


__all__ = ["Counter"]
