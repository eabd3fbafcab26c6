"""What the helper process of the tests answers. No test imports: each program and each helper begins with this."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from runtime.settings import Settings
from schemas.errors import CatalogueLocked, CatalogueUnreachable


@contextmanager
def begin(settings: Settings) -> Iterator[Callable[[str], object]]:
    """Opened in the helper."""
    if (settings.home / "refuse").exists():
        raise CatalogueUnreachable("ECONNREFUSED")
    opened = os.getpid()

    def answer(question: str) -> object:
        if question == "hang":
            time.sleep(600)
        if question == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        if question == "fail":
            raise CatalogueLocked
        return {"pid": os.getpid(), "opened": opened, "nice": os.nice(0)}[question]

    yield answer
