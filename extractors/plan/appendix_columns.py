"""Cột của bảng: what each column of an appendix table holds, by its head, or by its cells where a scan's head says
nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from extractors.plan.agencies import names_agency
from extractors.plan.appendix_join import Joined
from extractors.plan.appendix_tasks import KINDS, is_time
from extractors.plan.words import column_label

_SENTENCE = 18  # mean letters of a cell from which a column holds sentences
_MOST = 0.7  # of a column's cells that are of one kind
_FEW = 3  # cells that tell nothing yet
_TIME = 40  # letters of the longest time
_ANY_YEAR = 2000  # for a month that names none
_NUMBER = re.compile(r"^\d{1,3}\.?$")


def name_columns(table: Joined, *, scanned: bool) -> tuple[list[str | None], frozenset[int]]:
    """The label of each column, None for one that is not known; and which labels were guessed by the cells.

    Only a scan's are: its head may be misread, a printed head that is not known means something else.
    """
    labels = [column_label(h) for h in table.header]
    known = list(labels)
    if scanned and sum(label is not None for label in labels) >= 2:
        _guess(table, labels)
    guessed = frozenset(i for i, label in enumerate(labels) if label != known[i])
    if "text" not in labels and any(k in labels for k in KINDS):
        longest = _longest_open_column(table, labels)
        if longest is not None:
            labels[longest] = "text"
        elif "group" in labels:
            labels[labels.index("group")] = "text"
    return labels, guessed


def _guess(table: Joined, labels: list[str | None]) -> None:
    """Name columns that have no name by what most of their cells are, each name once."""
    kinds: tuple[tuple[str, Callable[[str], bool]], ...] = (
        ("ordinal", lambda cell: _NUMBER.match(cell) is not None),
        ("deadline", lambda cell: len(cell) <= _TIME and is_time(cell, _ANY_YEAR)),
        ("lead", names_agency),
        ("coordinating", names_agency),
    )
    for name, fits in kinds:
        if name in labels:
            continue
        for i, label in enumerate(labels):
            cells = _cells(table, i)
            if label is None and len(cells) >= _FEW and sum(map(fits, cells)) >= _MOST * len(cells):
                labels[i] = name
                break
    if "product" not in labels and all(k in labels for k in ("text", "lead", "coordinating", "deadline")):
        left = [i for i, label in enumerate(labels) if label is None and len(_cells(table, i)) >= _FEW]
        if len(left) == 1:
            labels[left[0]] = "product"


def _cells(table: Joined, column: int) -> list[str]:
    return [cell for row in table.rows if column < len(row.cells) and (cell := row.cells[column])]


def _longest_open_column(table: Joined, labels: Sequence[str | None]) -> int | None:
    """The column whose head is not known and whose cells hold sentences: what is to be done, under another name."""
    best: tuple[float, int] | None = None
    for i, label in enumerate(labels):
        cells = [r.cells[i] or "" for r in table.rows if i < len(r.cells)]
        mean = sum(map(len, cells)) / max(1, len(cells))
        if label is None and mean > _SENTENCE and (best is None or mean > best[0]):
            best = (mean, i)
    return best[1] if best else None
