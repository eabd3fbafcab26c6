"""Số thứ tự trong bảng: rows that the numbers of an appendix say are missing, lost by the printer or by the reader."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from extractors.plan.appendix_join import Joined, Row, is_group

_NUMBER = re.compile(r"^(\d{1,3})\.?$")


@dataclass(frozen=True, slots=True)
class Gap:
    """The rows on both sides of a jump of the numbers, and what their numbers are."""

    before: Row
    after: Row
    last: int
    next: int


def find_gaps(table: Joined, labels: Sequence[str | None]) -> Iterator[Gap]:
    """Where the numbers of a table's rows jump. A number that no row beside it agrees with is misread: no jump."""
    if "ordinal" not in labels:
        return
    at = labels.index("ordinal")
    tasks = [row for row in table.rows if not is_group(row.cells, labels)]
    found = [_NUMBER.match(row.cells[at] or "") if at < len(row.cells) else None for row in tasks]
    # How far each number is ahead of its row: the same for rows that follow one another.
    ahead = [int(m[1]) - k if m else None for k, m in enumerate(found)]
    told = [
        k
        for k, value in enumerate(ahead)
        if value is not None and value in (ahead[k - 1] if k else None, ahead[k + 1] if k + 1 < len(ahead) else None)
    ]
    for a, b in pairwise(told):
        first, second = ahead[a], ahead[b]
        if first is not None and second is not None and second > first:
            yield Gap(tasks[a], tasks[b], first + a, second + b)
