"""The papers of whole-run tests, and the fakes, can be imported by name; helpers fork from what has their imports."""

import sys
from pathlib import Path

import pytest

_HERE = Path(__file__)
sys.path[:0] = [str(_HERE.parents[1] / "flows"), str(_HERE.parents[2] / "fakes"), str(_HERE.parent)]


@pytest.fixture(scope="session")
def fork_server(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Begun as the web begins it: whoever asks for the first helper says what all of them fork with."""
    from runtime.settings import Settings
    from runtime.workers import begin_fork_server

    begin_fork_server(Settings(home=tmp_path_factory.mktemp("fork")), "runtime.progress_counter")
