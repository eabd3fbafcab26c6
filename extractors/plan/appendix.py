"""Phụ lục: task and target tables; what kind each one is, and what is read of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from extractors.plan.appendix_columns import name_columns
from extractors.plan.appendix_join import join_tables
from extractors.plan.appendix_numbers import find_gaps
from extractors.plan.appendix_places import Lines, place_of
from extractors.plan.appendix_targets import read_targets
from extractors.plan.appendix_tasks import KINDS, read_tasks
from extractors.plan.appendix_times import mend_quarters, usual_year
from schemas.plan import PlanOddity, PlanSection, PlanTarget, PlanTask
from schemas.reading import Reading


@dataclass(slots=True)
class Appendix:
    sections: list[PlanSection] = field(default_factory=list)
    tasks: list[PlanTask] = field(default_factory=list)
    targets: list[PlanTarget] = field(default_factory=list)
    tables: int = 0
    oddities: list[PlanOddity] = field(default_factory=list)


def read_appendix(reading: Reading, *, year: int | None, around: int | None = None, first_target: int = 1) -> Appendix:
    """Tasks of every table that has a column of tasks, targets of those that have a column of indicators.

    ``year`` for deadlines that name none; ``around``: a year of the plan: scanned deadlines far from it are misread.
    """
    out = Appendix(tables=sum(len(page.tables) for page in reading.pages))
    origins = {page.number: page.origin for page in reading.pages}
    pages: Lines = {page.number: [line.text for line in page.lines] for page in reading.pages}
    pages |= {number: list(lines) for number, lines in enumerate(reading.sheets, 1)}  # a text file's own lines
    for table in join_tables(reading):
        scanned = any(origins[n] == "ocr" for n in table.pages)
        if scanned:
            mend_quarters(table)
        labels, guessed = name_columns(table, scanned=scanned)
        for row in table.rows:
            row.doubts |= guessed
        if "text" in labels and any(k in labels for k in KINDS):
            for gap in find_gaps(table, labels):
                everything = frozenset(range(len(labels)))
                if scanned:  # what is missing may have been read into the rows beside it
                    gap.before.doubts = gap.after.doubts = everything
                place = place_of(pages, gap.after.page, gap.after.cells[labels.index("text")] or "", None)
                detail = f"{gap.last}, {gap.next}"
                out.oddities.append(PlanOddity(code="missing_row", page=place.page, line=place.line, detail=detail))
            near = usual_year(table, labels, around or year) if scanned else None
            sections, tasks = read_tasks(table, labels, pages, year, out.sections, scanned=scanned, around=near)
            out.sections += sections
            out.tasks += tasks
        else:
            out.targets += read_targets(table, labels, pages, first_target + len(out.targets))
    return out
