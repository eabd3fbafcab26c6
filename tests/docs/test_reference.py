"""What the documentation says of settings, errors and commands is what the code does."""

from __future__ import annotations

import re

import pytest

from runtime.settings import Settings
from tools import reference

DOCS = reference.ROOT / "docs"


@pytest.mark.parametrize("name", sorted(reference.PAGES))
def test_generated_parts_are_fresh(name: str) -> None:
    path = DOCS / name
    assert path.exists(), "run: make docs"
    assert path.read_text(encoding="utf-8") == reference.fresh(name), "stale: run `make docs` and read the diff"


def test_no_two_errors_share_a_code() -> None:
    codes = [kind.code for kind in reference.all_errors()]
    assert sorted(set(codes)) == codes


def test_every_error_has_a_vietnamese_sentence_and_a_way_on() -> None:
    for kind in reference.all_errors():
        for sentence in (kind.hint, kind.retry):
            assert sentence.endswith((".", "osd", "vie", "dejavu")) or re.search(r"[-\w]$", sentence), kind
            assert re.search(r"[À-ỹ]", sentence), f"{kind.__name__}: not Vietnamese: {sentence}"


def test_every_setting_is_explained() -> None:
    assert [key for key, info in Settings.model_fields.items() if not info.description and key != "home"] == []


def test_commands_of_the_contract_are_there() -> None:
    page = (DOCS / "cli.md").read_text(encoding="utf-8")
    wanted = ("run", "watch", "show", "text", "search", "export", "verify", "rebuild", "doctor", "samples", "serve")
    assert [name for name in (*wanted, "review") if f"## sohoa {name}\n" not in page] == []
