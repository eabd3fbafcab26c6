"""Xác nhận không mật: what a person with authority said of a paper that was taken for a secret one (E111).

Luật Bảo vệ bí mật nhà nước 2018: whether a paper is secret is decided by people, never by the machine.
"""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field

from schemas.base import Frozen
from schemas.history import Deed

NOT_SECRET = "declared_not_secret"  # the deed in the history, and the reason why the field waits for a person
MARKED_SECRET = "marked_secret"


class Statement(Frozen):
    """Who says that a paper is not secret ("họ tên, chức vụ"), on what ground; whose account gave it to the program."""

    by: str = Field(min_length=5, max_length=200)
    reason: str = Field(min_length=5, max_length=500)
    account: str = Field(min_length=1)


def is_declared(history: Sequence[Deed]) -> bool:
    """Whether the last word of people on the secrecy of a paper is that it is not secret."""
    words = [deed.action for deed in history if deed.action in (NOT_SECRET, MARKED_SECRET)]
    return bool(words) and words[-1] == NOT_SECRET
