"""Any path becomes text that any database takes, and comes back."""

from __future__ import annotations

import os

from hypothesis import example, given
from hypothesis import strategies as st

from storage.origins import escape_origin, origin_key, unescape_origin

anything = st.text(alphabet=st.characters(exclude_categories=())) | st.binary().map(os.fsdecode)


@given(anything)
@example("\\xff")
@example("\udcff")
@example("\\u000a\n\\")
def test_escaped_origins_come_back_and_are_plain_text(origin: str) -> None:
    escaped = escape_origin(origin)
    assert unescape_origin(escaped) == origin
    escaped.encode("utf-8")
    assert not any(char < " " for char in escaped)


@given(anything, anything)
@example("\\xff", "\udcff")
def test_different_origins_have_different_keys(one: str, other: str) -> None:
    assert (origin_key(one) == origin_key(other)) == (one == other)


@given(st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\\")))
def test_ordinary_names_stay_readable(origin: str) -> None:
    assert escape_origin(origin) == origin
