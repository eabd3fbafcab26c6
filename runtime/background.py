"""Việc chạy bên cạnh: a thread that works beside the program for as long as a block lasts."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self


class Background(ABC):
    """Begins its thread where the block begins and waits for its end where the block ends.

    ``_work`` runs in the thread until ``_stop`` is set.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    @abstractmethod
    def _work(self) -> None: ...

    def _halt(self) -> None:
        """Tell the thread to end; one that waits for something else is woken here too."""
        self._stop.set()

    def __enter__(self) -> Self:
        self._stop.clear()
        self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._halt()
        if self._thread is not None:
            self._thread.join()
