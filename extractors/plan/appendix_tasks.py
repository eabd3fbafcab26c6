"""Bảng nhiệm vụ: tasks of tables that have a column of tasks, and which of them somebody should look at."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence

from extractors.plan.agencies import split_agencies
from extractors.plan.appendix_join import Joined, Row, is_group
from extractors.plan.appendix_places import Lines, place_of
from extractors.plan.appendix_times import is_near, mend_time, mend_years
from extractors.plan.deadlines import last_day
from extractors.plan.words import action_verb, folded
from schemas.plan import PlanSection, PlanSource, PlanTask

KINDS = ("lead", "coordinating", "deadline", "product")
_UNREAD = "?"  # what the reader of cells puts where it saw ink and no letters
_STANDING = re.compile(r"thường xuyên|hằng|hàng|liên tục|theo|khi|đột xuất|định kỳ")
# "25/01/201£", "16/08/2C", "Quý II/20": a year that lost figures.
_CUT_YEAR = re.compile(
    r"(?:\d/\d{1,2}|quý\s+\w{1,3}|tháng\s+\d{1,2})/(?!\d{4}(?!\w))|\d/(?!\d{4}(?!\w)|\d{1,2}(?![\w£€§]))", re.IGNORECASE
)
_MARKED = re.compile(r"^([IVX]{1,5}|[A-HĐ]|\d{1,2})[.)]\s*(.+)$")  # "II. Công khai"


def read_tasks(
    table: Joined,
    labels: Sequence[str | None],
    pages: Lines,
    year: int | None,
    sections: Sequence[PlanSection],
    *,
    scanned: bool,
    around: int | None,
) -> tuple[list[PlanSection], list[PlanTask]]:
    """The table's own sections (itself and its groups), and its tasks. ``sections``: those of the tables before it."""
    base = "PL" if not any(s.id == "PL" for s in sections) else f"PL{1 + sum(s.parent is None for s in sections)}"
    first = table.rows[0] if table.rows else None
    place = (
        place_of(pages, first.page, table.header[0], None)
        if first
        else PlanSource(page=table.pages[0], line=0, start=0, end=0)
    )
    own = [PlanSection(id=base, number=base, title="Phụ lục", level=1, role="tasks", source=place)]
    tasks: list[PlanTask] = []
    counts = {base: 0}
    for row in table.rows:
        if is_group(row.cells, labels):
            own.append(_group(row, base, len(own), pages, taken=counts))
            counts[own[-1].id] = 0
            continue
        if not _cell(row, labels, "text") and not _cell(row, labels, "group"):
            continue
        section = own[-1].id
        counts[section] += 1
        tasks.append(_task(row, labels, pages, year, section, counts[section], scanned=scanned, around=around))
    return own, tasks


def _cell(row: Row, labels: Sequence[str | None], name: str) -> str | None:
    """The text of the columns of that name."""
    values = [row.cells[i] for i, label in enumerate(labels) if label == name and i < len(row.cells)]
    shown = [v for v in values if v]
    return " ".join(dict.fromkeys(shown)) or None


def _group(row: Row, base: str, number: int, pages: Lines, *, taken: Container[str]) -> PlanSection:
    """The section that a group row opens; ``number``: which one of the table it is."""
    shown = [c for c in row.cells if c]
    mark = shown[0].rstrip(".") if len(shown) == 2 else ""
    title = shown[-1]
    if not mark and (m := _MARKED.match(title)):
        mark, title = m[1], m[2]
    section = f"{base}.{mark or number}"
    return PlanSection(
        id=f"{section}~{number}" if section in taken else section,
        number=mark or str(number),
        title=title,
        level=2,
        parent=base,
        role="tasks",
        source=place_of(pages, row.page, title, row.number),
    )


def _task(
    row: Row,
    labels: Sequence[str | None],
    pages: Lines,
    year: int | None,
    section: str,
    ordinal: int,
    *,
    scanned: bool,
    around: int | None,
) -> PlanTask:
    lead, coordinating, advisory, deadline, product, budget = (
        _cell(row, labels, name) for name in ("lead", "coordinating", "advisory", "deadline", "product", "budget")
    )
    printed, deadline = deadline, mend_time(deadline, around) if scanned else deadline
    read = _cell(row, labels, "text") or _cell(row, labels, "group") or ""
    words = mend_years(read, around) if scanned else read
    unsure = any(label in (*KINDS, "text") for i, label in enumerate(labels) if i in row.doubts)
    named = any(":" in (who or "") for who in (lead, coordinating))  # a semicolon that lost its tail
    odd = deadline != printed or words != read or _UNREAD in row.cells or _odd_deadline(deadline, around)
    doubtful = scanned and (unsure or named or odd)
    return PlanTask(
        id=f"{section}-{ordinal}",
        section=section,
        ordinal=ordinal,
        text=words,
        action_verb=action_verb(words),
        lead_agencies=split_agencies(lead or ""),
        coordinating_agencies=split_agencies(coordinating or ""),
        advisory_agencies=split_agencies(advisory or ""),
        deadline=deadline,
        deadline_date=last_day(deadline, year=year) if deadline else None,
        product=product,
        budget=budget,
        score=0.5 if doubtful else 0.9 if scanned else 1.0,
        needs_review=doubtful,
        source=place_of(pages, row.page, words, row.number),
    )


def _odd_deadline(text: str | None, year: int | None) -> bool:
    """Whether a scanned deadline cannot be what the paper says: no time in it, or a year far from the plan's."""
    if text is None:
        return True
    if _CUT_YEAR.search(text):
        return True
    years = [int(y) for y in re.findall(r"(?<!\d)\d{4}(?!\d)", text)]
    if year is not None and any(not is_near(y, year) for y in years):
        return True
    return not is_time(text, year)


def is_time(text: str, year: int | None) -> bool:
    """Whether a cell says when: a day, a month, a quarter, a year, or that it goes on. ``year`` where it names none."""
    return last_day(text, year=year) is not None or bool(_STANDING.search(folded(text)))
