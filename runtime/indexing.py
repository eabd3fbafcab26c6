"""Lập chỉ mục: one writer in the parent process, fed as outcomes come in."""

from __future__ import annotations

from runtime.open import Workshop


class Indexer:
    """Context manager; ``add`` may be called from any thread."""

    def __init__(self, workshop: Workshop) -> None:
        self._workshop = workshop

    def add(self, record_id: str) -> None: ...

    def __enter__(self) -> Indexer:
        return self

    def __exit__(self, *_: object) -> None: ...
