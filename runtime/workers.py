"""Tiến trình đọc: a pool in which one document's crash, hang or hunger stays that document's own."""

from __future__ import annotations

import concurrent.futures
import contextlib
import ctypes
import gc
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from multiprocessing import forkserver, resource_tracker
from multiprocessing.connection import wait
from multiprocessing.context import ForkServerContext
from pathlib import Path
from types import TracebackType
from typing import ParamSpec, TypeVar

from pebble import ProcessExpired, ProcessPool

from runtime.settings import Settings, prepare_environment
from schemas.errors import ReaderCrashed, ReaderTimeout

P = ParamSpec("P")
T = TypeVar("T")
J = TypeVar("J")
_PR_SET_PDEATHSIG = 1
_PRELOADED = "runtime.preload"
_stderr_moved = threading.Lock()


class WorkerPool:
    """N processes, each doing one task at a time, replaced after ``settings.worker_documents`` tasks.

    The processes fork from a clean server process that has imported the readers once, tables included: a new worker
    costs milliseconds and shares their memory. They die with this process, however it dies.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        prepare: Callable[[Settings], None],
        workers: int | None = None,
        preload: str = _PRELOADED,
    ) -> None:
        """``preload``: the module that the processes fork with, where this program has begun none before."""
        prepare_environment(settings)
        context = begin_fork_server(settings, preload)
        self.size = workers or settings.worker_count
        self._pool = ProcessPool(
            max_workers=self.size,
            max_tasks=settings.worker_documents,
            initializer=_begin_worker,
            initargs=(settings, prepare),
            context=context,
        )

    def submit(
        self, work: Callable[P, T], timeout: float, /, *args: P.args, **kwargs: P.kwargs
    ) -> concurrent.futures.Future[T]:
        """Start ``work(*args)`` when a worker is free. After ``timeout`` seconds of running its process is ended."""
        future: concurrent.futures.Future[T] = self._pool.schedule(work, args=args, kwargs=kwargs, timeout=timeout)
        return future

    def each(
        self, work: Callable[[J], T], jobs: Iterable[J], *, timeout: float
    ) -> Iterator[tuple[J, concurrent.futures.Future[T]]]:
        """Every job with its result to come, in order; of a long row only so many are begun as keep all busy."""
        begun: deque[tuple[J, concurrent.futures.Future[T]]] = deque()
        for job in jobs:
            begun.append((job, self.submit(work, timeout, job)))
            if len(begun) > 2 * self.size:
                yield begun.popleft()
        yield from begun

    def warm_up(self) -> None:
        """Start the workers now, beside whatever the caller does next."""
        for _ in range(self.size):
            self._pool.schedule(_nothing)

    def __enter__(self) -> WorkerPool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._pool.close()  # type: ignore[no-untyped-call]
        else:
            self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()


def begin_fork_server(settings: Settings, preload: str) -> ForkServerContext:
    """What processes fork from, begun where there is none yet (``preload`` is heard only then).

    Ctrl-C, which a terminal sends to all of them, does not reach it nor what forks from it, not even while they begin:
    who began them ends them in order.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([preload])
    resource_tracker.ensure_running()  # it would clear the mask
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        with _stderr_into(settings.home / "logs" / "workers.err"):
            forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return context


def result_of(future: concurrent.futures.Future[T]) -> T:
    """What the task returned.

    Raises ReaderTimeout (E114) when it ran too long, ReaderCrashed (E113) when its process died, else
    whatever the task raised.
    """
    try:
        return future.result()
    except concurrent.futures.TimeoutError as exc:
        raise ReaderTimeout from exc
    except ProcessExpired as exc:
        raise ReaderCrashed(f"mã thoát {exc.exitcode}") from exc


def die_with_program() -> None:
    """From now on this forked process ends with the program that began it, however that ends and busy or not.

    The fork server, whose end is told by ``PR_SET_PDEATHSIG``, stays up as long as any process it forked: a busy one
    would finish its work first.
    """
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    threading.Thread(target=_await_end_of_program, name="program-ends", daemon=True).start()


def _await_end_of_program() -> None:
    program = multiprocessing.parent_process()
    if program is not None:
        wait([program.sentinel])
        os.kill(os.getpid(), signal.SIGKILL)


def _begin_worker(settings: Settings, prepare: Callable[[Settings], None]) -> None:
    die_with_program()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's: it stops us in order
    prepare_environment(settings)
    prepare(settings)
    gc.freeze()


@contextlib.contextmanager
def _stderr_into(path: Path) -> Iterator[None]:
    """File descriptor 2 goes to ``path`` for a moment, and with it that of children begun in it for good.

    What the readers' libraries say of odd pictures, and Python of a worker that is ended while it starts, belongs
    in a file and not between the lines of a person's progress.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        sink = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError:  # a home that cannot be written to is told by whoever needs it
        yield
        return
    with _stderr_moved:  # of two threads at once the second would take the file for what was there before
        kept = os.dup(2)
        try:
            os.dup2(sink, 2)
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            os.close(sink)


def _nothing() -> None:
    """The task of a worker that only has to be there."""
