"""The one switch of the whole suite, and how its property tests draw on the build machine."""

import os

import pytest
from hypothesis import settings

# On the build machine the same examples every time: a red run there is the change's doing, not the dice's.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--bless",
        action="store_true",
        help="write tests/golden/*/expected.json anew from what is read now, and fail so that the diff is read",
    )
