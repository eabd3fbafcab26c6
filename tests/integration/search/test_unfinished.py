"""An index that has not been filled says so instead of finding nothing."""

from __future__ import annotations

from pathlib import Path

from runtime.indexing import catch_up
from runtime.open import open_search, open_workshop
from runtime.search.service import UNFINISHED, SearchService
from runtime.settings import load_settings


def test_nothing_found_in_an_unfinished_index_is_explained(tmp_path: Path) -> None:
    settings = load_settings({}, home=tmp_path / "home")
    with open_workshop(settings) as workshop, open_search(settings, workshop.catalogue) as engine:
        service = SearchService(engine, workshop.catalogue)
        assert UNFINISHED in service.find("đất", actor="an").notes
        catch_up(workshop, engine)
        assert service.find("đất", actor="an").notes == ()
