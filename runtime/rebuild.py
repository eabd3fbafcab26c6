"""Dựng lại: catalogue and index from the packages in the store alone."""

from __future__ import annotations

from runtime.open import Workshop
from schemas.base import Frozen


class RebuildReport(Frozen):
    """Packages found, records written, records in the index, packages that could not be read."""

    packages: int
    records: int
    indexed: int
    broken: tuple[str, ...]


def rebuild_register(workshop: Workshop) -> RebuildReport:
    raise NotImplementedError
