"""What every command shares: settings, screens, exit codes, the way to say an error."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from rich.console import Console

from runtime.open import Workshop, open_workshop
from runtime.settings import Settings

EXIT_OK, EXIT_QUARANTINED, EXIT_USAGE, EXIT_MACHINE = 0, 1, 2, 3


@dataclass(frozen=True, slots=True)
class Shell:
    """One command line: its settings, and the ways out of it."""

    settings: Settings
    is_program: bool = False  # this process is nothing but this command line

    @contextmanager
    def open(self) -> Iterator[Workshop]:
        """The opened store, catalogue and index, for as long as the block lasts; the log goes to SOHOA_HOME."""
        from runtime.logs import open_log

        open_log(self.settings)
        with open_workshop(self.settings) as workshop:
            yield workshop

    @property
    def actor(self) -> str:
        """Who asked, for the event log: the account's name."""
        try:
            return getpass.getuser()
        except (KeyError, OSError):
            return "unknown"


def screen(*, json: bool = False) -> Console:
    """Where people look: standard output, or standard error when standard output belongs to a program."""
    return Console(stderr=json, highlight=False)


def say_error(*lines: str) -> None:
    """Sentences for people, on standard error."""
    for line in lines:
        print(line, file=sys.stderr)


@contextmanager
def open_output(path: str) -> Iterator[IO[bytes]]:
    """A stream for ``--out``: ``-`` is standard output; a file appears whole or not at all."""
    if path == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    try:
        with part.open("wb") as stream:
            yield stream
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
