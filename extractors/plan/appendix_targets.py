"""Bảng chỉ tiêu: targets of tables that have a column of indicators."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from extractors.plan.appendix_heads import target_columns
from extractors.plan.appendix_join import Joined
from extractors.plan.appendix_places import Lines, place_of
from extractors.plan.targets import find_targets
from extractors.plan.words import any_of, folded
from schemas.plan import PlanTarget

_VALUE = re.compile(
    r"^(?P<op>>=|≥|>|<=|≤|<|trên|tối thiểu|ít nhất|dưới|không quá|tối đa|đạt|từ)?\s*"
    r"(?P<n>\d+(?:[.,]\d+)?)\s*(?P<pct>%)?(?:\s*trở lên)?$"
)


def read_targets(table: Joined, labels: Sequence[str | None], pages: Lines, first: int) -> Iterator[PlanTarget]:
    names = [i for i, h in enumerate(table.header) if any_of("target_labels", "indicator").search(folded(h))]
    years = target_columns(table.header)
    if not names:
        return
    name = names[0]
    units = [i for i, h in enumerate(table.header) if any_of("target_labels", "unit").fullmatch(folded(h).strip(" .:"))]
    columns = years or [
        (i, "")
        for i, h in enumerate(table.header)
        if i != name and i not in units and any_of("target_labels", "value").search(folded(h))
    ]
    number = first
    for row in table.rows:
        if name >= len(row.cells) or not row.cells[name]:
            continue
        indicator = row.cells[name] or ""
        unit_cell = next((row.cells[i] for i in units if i < len(row.cells) and row.cells[i]), None)
        for column, year in columns:
            text = (row.cells[column] if column < len(row.cells) else None) or ""
            found = _VALUE.match(folded(text).strip())
            header_pct = "%" in table.header[column] or "%" in table.header[name] or unit_cell == "%"
            if found is None or not (found["pct"] or header_pct or unit_cell):
                continue
            unit = "%" if found["pct"] or header_pct else unit_cell or ""
            low = folded(text)
            least = found["op"] in (">=", "≥", ">", "trên", "tối thiểu", "ít nhất", "từ") or "trở lên" in low
            most = found["op"] in ("<=", "≤", "<", "dưới", "không quá", "tối đa")
            probe = next(iter(find_targets(f"{indicator} đạt 1%", role="targets")), None)
            yield PlanTarget(
                id=f"T{number}",
                indicator=indicator,
                operator=">=" if least else "<=" if most else "=",
                value=float(found["n"].replace(",", ".")),
                unit=unit,
                period=f"năm {year}" if year else None,
                level=probe.level if probe else None,
                section="PL",
                source=place_of(pages, row.page, text, row.number),
            )
            number += 1
