"""Từ lệnh đến mẻ đang chạy: opens everything a batch needs, runs it, with or without Prefect (ADR 0002)."""

from __future__ import annotations

import logging
import os
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from flows.batch import BatchRun, Watcher
from flows.feed import Feed, find_items
from flows.progress import Tally
from runtime.duties import prepare_worker
from runtime.indexing import Indexer
from runtime.logs import log_context, open_log
from runtime.open import Workshop, open_workshop
from runtime.outcomes import Captured, Item, Outcome
from runtime.own_folders import OwnFolders
from runtime.settings import Settings, prepare_environment
from runtime.workers import WorkerPool
from schemas.errors import CatalogueLocked, CatalogueUnreachable, MachineError, PrefectUnreachable, StoreUnreachable
from schemas.secrecy import Statement

log = logging.getLogger(__name__)
_RETRY_DELAYS = (2.0, 10.0, 30.0)
_active: dict[str, ActiveRun] = {}


def retryable(error: MachineError) -> bool:
    """Whether waiting may mend it: the store or the database did not answer."""
    return isinstance(error, StoreUnreachable | CatalogueLocked | CatalogueUnreachable)


@dataclass(slots=True)
class ActiveRun:
    """A batch under way on this machine: its stream of files, its workers, how it stands."""

    settings: Settings
    batch: str
    feed: Feed
    tally: Tally
    pool: WorkerPool
    watcher: Watcher
    workshop: Workshop
    stop: threading.Event
    through_prefect: int = 0
    _chunks: dict[int, BatchRun] = field(default_factory=dict)
    _next: int = 1

    def work_on(self, items: Iterable[Item]) -> BatchRun:
        """Some items, ready to be run on this run's workers."""
        return BatchRun(
            items,
            pool=self.pool,
            batch_id=self.batch,
            watcher=self.watcher,
            timeout_for=self.settings.timeout_for,
            stopping=self.stop.is_set,
        )

    def next_chunk(self) -> tuple[int, int] | None:
        """Take the next documents off the stream: (number of the chunk, documents in it), None at the end."""
        items = () if self.stop.is_set() else self.feed.take(self.settings.chunk_documents)
        if not items:
            return None
        number, self._next = self._next, self._next + 1
        self._chunks[number] = self.work_on(items)
        self.through_prefect += len(items)
        return number, len(items)

    def run_chunk(self, number: int) -> None:
        """Give every document of the chunk its outcome. Called again, it goes on where it stopped."""
        self._chunks[number].run()
        del self._chunks[number]

    def run_plainly(self) -> None:
        """Work off the stream until it ends or is handed over; waits out trouble that time may mend."""
        work = self.work_on(self.feed)
        delays = iter(_RETRY_DELAYS)
        while True:
            try:
                return work.run()
            except MachineError as exc:
                delay = next(delays, None) if retryable(exc) else None
                if delay is None or self.stop.wait(delay):
                    raise
                log.warning("%s: tried again after %.0f s", exc.code, delay)


class _Clerk:
    """Tells the tally of every outcome, and empties the spool behind archive members."""

    def __init__(self, tally: Tally, hear: Callable[[Outcome], None] | None) -> None:
        self._tally = tally
        self._hear = hear

    def captured(self, captured: Captured) -> None:
        self._tally.captured(captured)

    def unpacked(self, item: Item, members: int) -> None:
        self._tally.unpacked(item, members)

    def finished(self, outcome: Outcome) -> None:
        self._tally.finished(outcome)
        if self._hear:
            self._hear(outcome)
        if outcome.item.archive is not None:
            outcome.item.path.unlink(missing_ok=True)
            with suppress(OSError):  # the last member takes the folder with it
                outcome.item.path.parent.rmdir()


def active_run(batch: str) -> ActiveRun:
    """The run of ``batch`` in this process. Raises KeyError when there is none."""
    return _active[batch]


@contextmanager
def open_run(
    settings: Settings,
    *,
    paths: Sequence[str | Path],
    batch: str,
    stop: threading.Event | None = None,
    on_outcome: Callable[[Outcome], None] | None = None,
    statement: Statement | None = None,
) -> Iterator[ActiveRun]:
    """Everything a batch needs, opened at once: workers start while the folder is walked.

    ``statement``: a person with authority says that these papers are not secret.

    Raises MachineError when the store or the catalogue cannot be opened.
    """
    prepare_environment(settings)
    open_log(settings)
    stop = stop or threading.Event()
    run_id = f"{time.strftime('%Y%m%dT%H%M%S')}-{uuid.uuid4().hex[:6]}"
    with log_context(run_id=run_id), WorkerPool(settings, prepare=prepare_worker) as pool:
        pool.warm_up()
        with open_workshop(settings) as workshop, Indexer(workshop):
            tally = Tally(None)
            own = OwnFolders(settings)
            found = find_items(
                [Path(path) for path in paths], on_counted=tally.count_total, leave_out=own.met, statement=statement
            )
            feed = Feed(found)
            run = ActiveRun(settings, batch, feed, tally, pool, _Clerk(tally, on_outcome), workshop, stop)
            _active[batch] = run
            log.info("batch begins with %d workers", pool.size)
            try:
                yield run
                log.info("batch ends: %s", dict(tally.done))
            except BaseException:
                stop.set()
                raise
            finally:
                del _active[batch]


def digitize_batch(run: ActiveRun) -> None:
    """Work off the whole batch, as a Prefect flow or plainly, as SOHOA_PREFECT and the work left ask (ADR 0002)."""
    settings = run.settings
    if settings.prefect == "never":
        run.run_plainly()
        return
    if settings.prefect_api_url:
        if _answers(settings.prefect_api_url):
            _run_flow(run)
            return
        if settings.prefect == "always":
            raise PrefectUnreachable
        log.warning("the configured Prefect server does not answer; going on without it")
        run.run_plainly()
        return
    if settings.prefect == "always":
        _run_flow(run)
        return
    beside = _FlowBeside(run)
    beside.start()
    try:
        run.run_plainly()
    finally:
        beside.over.set()
    beside.join_flow()


class _FlowBeside(threading.Thread):
    """Watches the work left; when it is long, brings up Prefect beside it, and the flow takes the rest over.

    Runs with low priority, as does the server that Prefect starts from it: the first pages come first.
    """

    def __init__(self, run: ActiveRun) -> None:
        super().__init__(name="prefect-beside", daemon=True)
        self._run = run
        self.over = threading.Event()
        self._begun = False
        self._error: BaseException | None = None

    def run(self) -> None:
        while not self.over.wait(1.0):
            left = self._run.tally.seconds_left()
            if left is not None and left > self._run.settings.prefect_after:
                break
        else:
            return
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)
        self._begun = True
        try:
            _run_flow(self._run)
        except BaseException as exc:
            self._error = exc

    def join_flow(self) -> None:
        """Wait for the flow that took over. Raises its MachineError; without Prefect the rest is done plainly."""
        if not self._begun:
            return
        if not self._run.feed.handed_over:
            # The plain worker came to the end before the flow was up: nothing is left for it.
            self._run.feed.hand_over()
        self.join()
        if isinstance(self._error, MachineError):
            raise self._error
        if self._error is not None:
            log.warning("Prefect did not carry the batch (%s); going on without it", type(self._error).__name__)
            self._run.feed.take_back()
            self._run.run_plainly()


def _run_flow(run: ActiveRun) -> None:
    from flows.prefect_flows import digitize  # seconds of imports: only when a flow really runs

    digitize(batch=run.batch)


def _answers(api_url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{api_url.rstrip('/')}/health", timeout=2) as reply:
            return bool(reply.status == 200)
    except (OSError, urllib.error.URLError, ValueError):
        return False
