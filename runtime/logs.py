"""Nhật ký: one JSON object a line under SOHOA_HOME/logs; ids, codes and counts, never what a paper says."""

from __future__ import annotations

import contextlib
import contextvars
import json
import logging
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from runtime.settings import Settings

_run_id: contextvars.ContextVar[str | None] = contextvars.ContextVar("sohoa_run_id", default=None)
_record_id: contextvars.ContextVar[str | None] = contextvars.ContextVar("sohoa_record_id", default=None)
ROOMS = ("extractors", "flows", "review", "runtime", "schemas", "storage", "web")


class JsonLines(logging.Formatter):
    """``{"time", "level", "logger", "message", "run", "record", ...}``; a trace holds places, never values.

    The text of an exception that is not ours may quote a paper, so only its type and its frames are kept.
    """

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if run_id := _run_id.get():
            entry["run"] = run_id
        if record_id := _record_id.get():
            entry["record"] = record_id
        if record.exc_info and record.exc_info[1] is not None:
            entry["error"] = type(record.exc_info[1]).__name__
            frames = traceback.extract_tb(record.exc_info[2])
            entry["trace"] = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
        return json.dumps(entry, ensure_ascii=False)


def open_log(settings: Settings, *, name: str = "sohoa") -> None:
    """Send the log of our rooms to ``logs/<name>.jsonl``; other libraries' warnings too, nothing to the screen.

    Called again (another home, a worker process) it replaces what it set before.
    """
    settings.log_folder.mkdir(parents=True, exist_ok=True)
    handler = logging.FileHandler(settings.log_folder / f"{name}.jsonl", encoding="utf-8", delay=True)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    for old in [h for h in root.handlers if isinstance(h.formatter, JsonLines)]:
        root.removeHandler(old)
        old.close()
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    for room in ROOMS:
        logging.getLogger(room).setLevel(settings.log_level)


@contextlib.contextmanager
def log_context(*, run_id: str | None = None, record_id: str | None = None) -> Iterator[None]:
    """Every line logged inside carries these ids."""
    tokens = []
    if run_id is not None:
        tokens.append((_run_id, _run_id.set(run_id)))
    if record_id is not None:
        tokens.append((_record_id, _record_id.set(record_id)))
    try:
        yield
    finally:
        for variable, token in reversed(tokens):
            variable.reset(token)
