"""Việc giao cho tiến trình đọc: what the program hands to its workers, under names that cost it no reader.

The workers fork from a process that has imported the readers; the program itself reads nothing, and importing them
would cost each command some 0.6 s of CPU.
"""

from __future__ import annotations

from runtime.outcomes import Captured, Item, Outcome, Trouble, Unpacked
from runtime.settings import Settings


def prepare_worker(settings: Settings) -> None:
    """``runtime.worker.prepare_worker`` in the worker's own process; so the others."""
    from runtime import worker

    worker.prepare_worker(settings)


def capture_item(item: Item, batch_id: str) -> Captured | Unpacked | Outcome:
    from runtime import worker

    return worker.capture_item(item, batch_id)


def digitize_item(captured: Captured, batch_id: str) -> Outcome:
    from runtime import worker

    return worker.digitize_item(captured, batch_id)


def quarantine_item(item: Item, captured: Captured | None, trouble: Trouble, batch_id: str) -> Outcome:
    from runtime import worker

    return worker.quarantine_item(item, captured, trouble, batch_id)
