"""Opens the committed tables of ``schemas/data``. Read once, kept for the process."""

from __future__ import annotations

import gzip
import json
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import schemas

_FOLDER = Path(schemas.__file__).parent / "data"


@cache
def toml_table(name: str) -> dict[str, Any]:
    """The parsed TOML file ``name`` (do not change the result)."""
    with (_FOLDER / name).open("rb") as file:
        return tomllib.load(file)


def tsv_rows(name: str) -> list[list[str]]:
    """Rows of a tab-separated table without its header; ``.gz`` is unpacked."""
    raw = (_FOLDER / name).read_bytes()
    text = gzip.decompress(raw).decode() if name.endswith(".gz") else raw.decode()
    return [line.split("\t") for line in text.split("\n")[1:] if line]


@cache
def json_table(name: str) -> dict[str, Any]:
    """The parsed JSON file ``name`` (do not change the result)."""
    table: dict[str, Any] = json.loads((_FOLDER / name).read_text(encoding="utf-8"))
    return table
