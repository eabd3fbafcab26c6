"""Accounts whose passwords are hashed with the least work: the real parameters are tested where they matter."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from argon2 import PasswordHasher

sys.path.insert(0, str(Path(__file__).parents[2]))

from runtime.login import Accounts
from storage.catalogue import Catalogue


@pytest.fixture
def quick_accounts() -> type[Accounts]:
    class Quick(Accounts):
        def __init__(self, catalogue: Catalogue) -> None:
            super().__init__(catalogue, hasher=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))

    return Quick
