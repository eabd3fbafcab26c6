"""Mở đồ nghề: the one place that puts store, catalogue, index and readers together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runtime.settings import Settings
from schemas.errors import BadSettings
from storage.catalogue import Catalogue
from storage.store import RemovableStore
from storage.store import open_store as _open_store

if TYPE_CHECKING:
    from runtime.engines import LazyEngine, LazyLineReader
    from storage.engine import SearchEngine


@dataclass(slots=True)
class Workshop:
    """What a command or a worker process works with. The readers are made when the first page needs them."""

    settings: Settings
    store: RemovableStore
    catalogue: Catalogue
    _engine: LazyEngine | None = None
    _line_reader: LazyLineReader | None = None

    @property
    def engine(self) -> LazyEngine:
        if self._engine is None:
            from runtime.engines import LazyEngine

            self._engine = LazyEngine(self.settings)
        return self._engine

    @property
    def line_reader(self) -> LazyLineReader:
        if self._line_reader is None:
            from runtime.engines import LazyLineReader

            self._line_reader = LazyLineReader()
        return self._line_reader


@contextmanager
def open_workshop(settings: Settings) -> Iterator[Workshop]:
    """Everything opened, for as long as the block lasts.

    Raises BadSettings (E206), StoreUnreachable (E202), CatalogueUnreachable (E205), CatalogueLocked (E204).
    """
    store = open_store(settings)
    with open_catalogue(settings) as catalogue:
        yield Workshop(settings, store, catalogue)


def open_store(settings: Settings) -> RemovableStore:
    """The object store of ``SOHOA_STORE_URL``. Raises BadSettings (E206), StoreUnreachable (E202)."""
    return _open_store(settings.store_address)


def open_search(settings: Settings, catalogue: Catalogue) -> SearchEngine:
    """The search engine: PostgreSQL where the catalogue is there (unless told otherwise), else the embedded index
    of this machine, made empty when it is not there.

    Raises IndexBroken (E211), DiskFull (E203), BadSettings (E206), CatalogueUnreachable (E205).
    """
    wanted = settings.search_engine
    if wanted == "postgresql" and catalogue.database.is_sqlite:
        raise BadSettings("SOHOA_SEARCH_ENGINE=postgresql cần SOHOA_DATABASE_URL là PostgreSQL")
    if wanted == "tantivy" or catalogue.database.is_sqlite:
        from storage.index import SearchIndex

        return SearchIndex(settings.index_folder)
    from storage.pg_search import PgSearch

    return PgSearch(catalogue.database)


def open_catalogue(settings: Settings) -> Catalogue:
    """The catalogue of ``SOHOA_DATABASE_URL``, made when it is not there.

    Raises CatalogueUnreachable (E205), CatalogueLocked (E204), DiskFull (E203).
    """
    if not settings.database_url.get_secret_value():
        settings.home.mkdir(parents=True, exist_ok=True)
    return Catalogue(settings.database_address)
