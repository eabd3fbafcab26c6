"""Both engines, each empty and its own."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

for folder in (Path(__file__).parent, Path(__file__).parents[1]):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

from pg_server import PgServer  # noqa: E402

from storage.catalogue import Catalogue  # noqa: E402
from storage.engine import SearchEngine  # noqa: E402
from storage.index import SearchIndex  # noqa: E402
from storage.pg_search import SCHEMA, PgSearch  # noqa: E402


@pytest.fixture(scope="session")
def pg_catalogue(pg_server: PgServer) -> Iterator[Catalogue]:
    with Catalogue(pg_server.make_database()) as catalogue:
        yield catalogue


@pytest.fixture(params=["tantivy", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SearchEngine]:
    if request.param == "tantivy":
        with SearchIndex(tmp_path / "index") as index:
            yield index
        return
    catalogue: Catalogue = request.getfixturevalue("pg_catalogue")
    with catalogue.database.write() as connection:
        connection.exec_driver_sql(f"drop schema if exists {SCHEMA} cascade")
    yield PgSearch(catalogue.database)
