"""Chạy một mẻ: hands items to the worker processes and gathers exactly one outcome for each.

Two tasks a document: *capture* (short, and afterwards its bytes are safe and its pages are counted), then
*digitize* with a time limit that fits its pages. The pool is shared, so several chunks may run side by side.
"""

from __future__ import annotations

import concurrent.futures
import logging
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from runtime.duties import capture_item, digitize_item, quarantine_item
from runtime.outcomes import Captured, Item, Outcome, Trouble, Unpacked
from runtime.workers import WorkerPool, result_of
from schemas.errors import DocumentError, MachineError, ReaderCrashed, SohoaError

log = logging.getLogger(__name__)
_POLL = 0.5  # seconds between looks at the stop signal
_AHEAD = 2  # documents captured and waiting for each worker, so that none is ever idle
_QUARANTINE_TIME = 600.0


class Watcher(Protocol):
    """Who is told how the batch goes. Called from the threads that run chunks, one call at a time each."""

    def captured(self, captured: Captured) -> None:
        """A document's bytes are safe; its pages are known."""
        ...

    def finished(self, outcome: Outcome) -> None:
        """An item has its outcome, acknowledged in the ledger."""
        ...

    def unpacked(self, item: Item, members: int) -> None:
        """An archive became ``members`` items of their own."""
        ...


@dataclass(frozen=True, slots=True)
class _Job:
    """One task in flight: the item, the captured document when that is done, and how often it was tried."""

    item: Item
    captured: Captured | None = None
    tries: int = 1


Result = Captured | Unpacked | Outcome


class BatchRun:
    """A stream of items on this machine's workers.

    ``stopping`` is asked between documents: when it says yes nothing new is begun, what is begun is finished.
    After a MachineError ``run`` may be called again: it goes on where it stopped.
    """

    def __init__(
        self,
        items: Iterable[Item],
        *,
        pool: WorkerPool,
        batch_id: str,
        watcher: Watcher,
        timeout_for: Callable[[int], float],
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self._source = iter(items)
        self._pool = pool
        self._batch_id = batch_id
        self._watcher = watcher
        self._timeout_for = timeout_for
        self._stopping = stopping
        self._waiting: deque[_Job] = deque()  # captured documents and archive members, before new items
        self._alone: deque[_Job] = deque()  # their worker died once: tried again when nothing else runs
        self._flying: dict[concurrent.futures.Future[Result], _Job] = {}
        self._drained = False

    def run(self) -> None:
        """Give every item its outcome.

        Raises MachineError when the machine cannot go on; what was acknowledged stays.
        """
        try:
            while True:
                self._begin_more()
                if not self._flying:
                    return
                done, _ = concurrent.futures.wait(
                    self._flying, timeout=_POLL, return_when=concurrent.futures.FIRST_COMPLETED
                )
                for future in done:
                    job = self._flying[future]
                    self._take(future, job)
                    del self._flying[future]
        finally:
            for future, job in self._flying.items():
                future.cancel()
                self._waiting.appendleft(job)
            self._flying.clear()

    def _begin_more(self) -> None:
        """Fill the workers and a little ahead of them."""
        while len(self._flying) < self._pool.size * (1 + _AHEAD) and not self._stopping():
            if self._waiting:
                job = self._waiting.popleft()
            elif not self._drained:
                item = next(self._source, None)
                if item is None:
                    self._drained = True
                    continue
                job = _Job(item)
            elif self._alone and not self._flying:
                self._begin(self._alone.popleft())
                return
            else:
                return
            self._begin(job)

    def _begin(self, job: _Job) -> None:
        future: concurrent.futures.Future[Result]
        if job.captured is None:
            future = self._pool.submit(capture_item, self._timeout_for(0), job.item, self._batch_id)
        else:
            limit = self._timeout_for(job.captured.page_count)
            future = self._pool.submit(digitize_item, limit, job.captured, self._batch_id)
        self._flying[future] = job

    def _take(self, future: concurrent.futures.Future[Result], job: _Job) -> None:
        try:
            result = result_of(future)
        except MachineError:
            raise
        except ReaderCrashed as exc:
            if job.tries == 1:
                log.warning("worker died, document is tried again alone")
                self._alone.append(_Job(job.item, job.captured, tries=2))
                return
            result = self._quarantine(job, exc)
        except SohoaError as exc:
            result = self._quarantine(job, exc)
        except Exception as exc:
            log.error("unexpected %s at %s", type(exc).__name__, " < ".join(_places(exc)))
            result = self._quarantine(job, ReaderCrashed())
        if isinstance(result, Captured):
            self._watcher.captured(result)
            self._waiting.appendleft(_Job(job.item, result))
        elif isinstance(result, Unpacked):
            self._waiting.extendleft(_Job(member) for member in reversed(result.members))
            self._watcher.unpacked(job.item, len(result.members))
        else:
            self._watcher.finished(result)

    def _quarantine(self, job: _Job, error: SohoaError) -> Outcome:
        """The file's own outcome after a death in its worker: written by a healthy one that does not open it."""
        assert isinstance(error, DocumentError)
        future = self._pool.submit(
            quarantine_item, _QUARANTINE_TIME, job.item, job.captured, Trouble.of(error), self._batch_id
        )
        try:
            return result_of(future)
        except MachineError:
            raise
        except DocumentError as exc:  # twice: the machine is ill, not the paper
            raise MachineError("không ghi được kết quả cách ly") from exc


def _places(error: BaseException) -> Iterator[str]:
    """Where an unexpected error of a worker came from, innermost first, without its words: they may quote a paper."""
    text = getattr(error, "traceback", "")  # pebble's: the worker's own trace as text
    for file, line in reversed(re.findall(r'File "([^"]+)", line (\d+)', str(text))[-6:]):
        yield f"{file.rsplit('/', 1)[-1]}:{line}"
