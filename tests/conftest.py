"""The one switch of the whole suite."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--bless",
        action="store_true",
        help="write tests/golden/*/expected.json anew from what is read now, and fail so that the diff is read",
    )
