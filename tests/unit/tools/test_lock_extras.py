"""What is locked with extras is locked without them too: else pip in hash mode refuses the set-up of a new machine."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tools.lock_extras import with_plain

ROOT = Path(__file__).resolve().parents[3]
LOCKED = """alembic==1.0 \\
    --hash=sha256:aa
sqlalchemy[asyncio]==2.0.58 \\
    --hash=sha256:bb \\
    --hash=sha256:cc
"""


def test_the_plain_name_comes_with_the_same_version_and_hashes() -> None:
    made = with_plain(LOCKED)
    assert "\nsqlalchemy==2.0.58 \\\n    --hash=sha256:bb \\\n    --hash=sha256:cc\n" in made
    assert LOCKED.splitlines()[0] in made
    assert with_plain(made) == made


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_the_committed_locks_are_so(name: str) -> None:
    pins = set(re.findall(r"^([\w.-]+(?:\[[^\]]*\])?)==", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))
    assert {pin.partition("[")[0] for pin in pins} <= pins
