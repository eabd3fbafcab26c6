"""Both kinds of store, and the fakes by name."""

import sys
import uuid
from pathlib import Path

import pytest

for folder in (Path(__file__).parent, Path(__file__).parents[1], Path(__file__).parents[2] / "fakes"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

from s3_server import S3Server  # noqa: E402

from storage.store import RemovableStore, open_store  # noqa: E402


@pytest.fixture(scope="session")
def bucket_url(s3_server: S3Server) -> str:
    """One bucket for all tests of this folder: every bucket costs the server seven volumes."""
    return s3_server.url("kho-luu-tru")


@pytest.fixture(params=["folder", "s3"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a store of each kind. Tests use keys of their own: the bucket is shared."""
    if request.param == "folder":
        return f"folder:{tmp_path / 'kho'}"
    return str(request.getfixturevalue("bucket_url"))


@pytest.fixture
def store(store_url: str) -> RemovableStore:
    return open_store(store_url)


@pytest.fixture
def place() -> str:
    """A folder of keys that no other test uses."""
    return f"tests/{uuid.uuid4().hex}"
