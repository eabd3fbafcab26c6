"""A chain of deeds shows what was removed or altered."""

from __future__ import annotations

import pytest

from schemas.history import Deed, HistoryRow, breaks, follow

AT = "2026-11-26T08:00:00.000000Z"


def chain() -> list[HistoryRow]:
    first = follow([Deed(actor="lan", action="keyed", field="doc_number", new='"12"')], subject="a", at=AT, after=None)
    rest = follow(
        [Deed(actor="minh", action="keyed"), Deed(actor="minh", action="settled")], subject="a", at=AT, after=first[0]
    )
    return [*first, *rest]


def test_a_chain_as_written_holds() -> None:
    assert breaks(chain()) == ()
    assert [row.seq for row in chain()] == [1, 2, 3]


@pytest.mark.parametrize("field", ["actor", "action", "at", "new", "note", "field", "record_id"])
def test_an_altered_row_shows(field: str) -> None:
    rows = chain()
    rows[0] = rows[0].model_copy(update={field: "khác"})
    assert [(b.seq, b.kind) for b in breaks(rows)] == [(1, "altered")]


def test_an_altered_row_with_a_new_digest_shows_at_the_next_one() -> None:
    rows = chain()
    forged = rows[0].model_copy(update={"new": '"13"'})
    rows[0] = forged.model_copy(update={"digest": forged.computed()})
    assert [(b.seq, b.kind) for b in breaks(rows)] == [(2, "unlinked")]


@pytest.mark.parametrize("gone", [0, 1])
def test_a_removed_row_shows(gone: int) -> None:
    rows = chain()
    del rows[gone]
    assert [b.kind for b in breaks(rows)] == ["missing"]
