"""Thư mục của chính Sohoa: an archive that lies among the papers is not paper.

``sohoa run .`` beside ``./sohoa-home`` would digitize its own copies, more of them each time; ``sohoa watch .`` would
move catalogue and originals away.
"""

from __future__ import annotations

import os
from pathlib import Path

from runtime.settings import Settings

_SPOOL = "spool"
_IN_HOME = ("store", "index", "logs", _SPOOL, "cache", "exports", "prefect")
_CATALOGUE = "catalogue.db"
_BESIDE_CATALOGUE = ("", "-wal", "-shm", "-journal", ".lock")


class OwnFolders:
    """What belongs to the archive of ``settings``, and any other archive that is met on the way."""

    def __init__(self, settings: Settings) -> None:
        own = [settings.home / name for name in _IN_HOME]
        for database in (settings.home / _CATALOGUE, _sqlite_file(settings)):
            if database is not None:
                own += [Path(f"{database}{ending}") for ending in _BESIDE_CATALOGUE]
        if settings.store_address.startswith("folder:"):
            own.append(Path(settings.store_address.removeprefix("folder:")))
        self._home = os.path.realpath(settings.home)
        self._own = frozenset(os.path.realpath(path) for path in own)
        self._names = frozenset(path.name for path in own)

    def holds(self, path: Path) -> bool:
        """Whether ``path`` is an archive, or lies in a part of ours. Papers may lie in our home, beside its parts.

        Pages cut anew wait below the spool to be read, and come there by that very path.
        """
        real = there = os.path.realpath(path)
        if real.startswith(os.path.join(self._home, _SPOOL, "")):
            return False
        while there not in self._own:
            above = os.path.dirname(there)
            if above == there:
                return real != self._home and _is_archive(path)
            there = above
        return True

    def met(self, path: Path, is_folder: bool) -> bool:
        """The same of what is met on a walk that enters no part of ours: quick for the many files."""
        return (is_folder or path.name in self._names) and self.holds(path)


def _is_archive(folder: Path) -> bool:
    """A home or a store by its look: what lies in it belongs to somebody's archive."""
    return _is_store(folder) or ((folder / _CATALOGUE).is_file() and _is_store(folder / "store"))


def _is_store(folder: Path) -> bool:
    try:
        return (folder / "originals" / "sha256").is_dir() and (folder / "packages").is_dir()
    except OSError:
        return False


def _sqlite_file(settings: Settings) -> Path | None:
    scheme, _, path = settings.database_address.partition(":///")
    return Path(path.partition("?")[0]) if scheme.startswith("sqlite") and path else None
