"""Addresses of stores: which are understood, and that the others keep their secrets."""

from pathlib import Path

import pytest

from schemas.errors import BadSettings
from storage.folder import FolderStore
from storage.store import open_store


def test_a_folder(tmp_path: Path):
    store = open_store(f"folder:{tmp_path / 'kho lưu trữ'}")
    assert isinstance(store, FolderStore)
    assert (tmp_path / "kho lưu trữ").is_dir()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "folder:",
        "/a/path",
        "http://key:bi-mat@host/bucket",
        "s3://host/bucket",
        "s3://key@host/bucket",
        "s3://key:bi-mat@host/",
        "s3://key:bi-mat@host",
        "s3://key:bi-mat@host/bucket/folder",
        "s3://key:bi-mat@host:port/bucket",
        "s3://key:bi-mat@host/bucket?secure=maybe",
        "s3://key:bi-mat@host/bucket?region=x",
        "s3://key:bi-mat@host/bucket?secure",
        "s3://key:bi-mat@host/bucket#x",
    ],
)
def test_what_is_no_address(url: str):
    with pytest.raises(BadSettings) as caught:
        open_store(url)
    assert "bi-mat" not in str(caught.value)
