"""Việc nặng ở tiến trình riêng: a helper process of low priority that answers questions one after another.

Counting for a second in a thread makes every page of a web server wait: threads of one process take turns at the
interpreter. The helper begins with the first question, ends when nobody has asked for a while, and dies with this
process however that dies. It forks from a process without threads, whatever start method the program uses.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Generic, TypeVar

from runtime.settings import Settings
from runtime.workers import begin_fork_server, die_with_program
from schemas.errors import SohoaError

Q = TypeVar("Q")
A = TypeVar("A")
Begin = Callable[[Settings], AbstractContextManager[Callable[[Q], A]]]
_IDLE_S = 60.0  # after which a helper that nobody asks ends by itself
_LOOK_S = 0.05  # between two looks whether the program ends
_NICER = 5


class HelperDied(Exception):
    """The process ended before it answered; the next question begins another."""


class Aside(Generic[Q, A]):
    """Asked by one thread at a time; ``begin``, of a module, opens in the helper what answers there."""

    def __init__(self, begin: Begin[Q, A], settings: Settings, *, idle_s: float = _IDLE_S) -> None:
        self._begin, self._settings, self._idle = begin, settings, idle_s
        self._process: BaseProcess | None = None
        self._link: Connection | None = None

    @property
    def pid(self) -> int | None:
        """The helper's, while there is one."""
        return self._process.pid if self._process is not None and self._process.is_alive() else None

    def ask(self, question: Q, *, stop: threading.Event) -> A | None:
        """The answer; None where ``stop`` was set before it came.

        Raises the SohoaError that the helper met, HelperDied when it was ended or could not begin.
        """
        old = self.pid is not None
        try:
            return self._asked(question, stop)
        except HelperDied:
            if not old:
                raise
        return self._asked(question, stop)  # of a new one

    def _asked(self, question: Q, stop: threading.Event) -> A | None:
        try:
            link = self._ready()
            link.send(question)
            while not link.poll(_LOOK_S):
                if stop.is_set():
                    self.end()  # with what it was asked
                    return None
            error, answer = link.recv()
        except (OSError, EOFError) as exc:
            self.end()
            raise HelperDied from exc
        if error is not None:
            raise error
        found: A = answer
        return found

    def end(self) -> None:
        """End the helper, whatever it is at."""
        if self._link is not None:
            self._link.close()
        if self._process is not None:
            with contextlib.suppress(OSError):
                self._process.kill()
            self._process.join()
            self._process.close()
        self._process = self._link = None

    def _ready(self) -> Connection:
        if self._link is not None and self.pid is not None:
            return self._link
        self.end()
        context = begin_fork_server(self._settings, self._begin.__module__)
        ours, theirs = context.Pipe()
        with theirs:
            process = context.Process(
                target=_serve, args=(theirs, self._begin, self._settings, self._idle), name="aside", daemon=True
            )
            process.start()
        self._process, self._link = process, ours
        return ours


def _serve(link: Connection, begin: Begin[Q, A], settings: Settings, idle_s: float) -> None:
    die_with_program()
    os.nice(_NICER)
    with ExitStack() as opened, contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        answer: Callable[[Q], A] | None = None
        while link.poll(idle_s):
            question = link.recv()
            try:
                if answer is None:
                    answer = opened.enter_context(begin(settings))
                found = (None, answer(question))
            except SohoaError as exc:
                link.send((exc, None))
            else:
                link.send(found)


__all__ = ["Aside", "HelperDied"]
