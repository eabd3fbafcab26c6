"""Giữ hàng đợi kịp danh mục: a thread beside the web application puts what was just digitized into the queue."""

from __future__ import annotations

import logging

from runtime.background import Background
from runtime.desk import ReviewDesk
from runtime.indexing import catch_up
from schemas.errors import IndexLocked, SohoaError

log = logging.getLogger(__name__)
_EVERY_S = 2.0
_TIDY_EVERY = 30  # rounds


class Keeper(Background):
    """Runs for as long as the block lasts: new papers into the queue, settled ones into the search index."""

    def __init__(self, desk: ReviewDesk) -> None:
        super().__init__("desk-queue")
        self._desk = desk

    def _work(self) -> None:
        rounds = 0
        while not self._stop.is_set():
            try:
                while not self._stop.is_set() and self._desk.sync(self._desk.at_once) >= self._desk.at_once:
                    pass
                if rounds % _TIDY_EVERY == 0:
                    self._desk.tidy()
                self._index()
            except SohoaError as exc:
                log.warning("%s while the queue was filled", exc.code)
            rounds += 1
            self._stop.wait(_EVERY_S)

    def _index(self) -> None:
        workshop = self._desk.workshop
        if not workshop.catalogue.records.unindexed(limit=1):
            return
        try:
            catch_up(workshop)
        except IndexLocked:
            log.info("another run writes the index")
