"""Phụ lục: task and target tables, put together over page ends, merged cells and repeated headers."""
# ruff: noqa: E501 -- patterns are kept whole

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from extractors.plan.agencies import split_agencies
from extractors.plan.deadlines import last_day
from extractors.plan.targets import find_targets
from extractors.plan.words import action_verb, any_of, column_label, folded
from schemas.plan import PlanSection, PlanSource, PlanTarget, PlanTask
from schemas.reading import Reading, Table
from schemas.text import bare, nfc

_NUMBERS = re.compile(r"^\(?\d{1,2}\)?$|^\([a-zđ]\)$|^[A-ZĐ]$|^\(?\d=[\d+x]+\)?$")
_GROUP_MARK = re.compile(r"^(?:[IVXLC]{1,6}|[A-HĐ])\.?$")
_YEAR = re.compile(r"(?:19|20)\d\d")
_VALUE = re.compile(
    r"^(?P<op>>=|≥|>|<=|≤|<|trên|tối thiểu|ít nhất|dưới|không quá|tối đa|đạt|từ)?\s*(?P<n>\d+(?:[.,]\d+)?)\s*(?P<pct>%)?(?:\s*trở lên)?$"
)
_SENTENCE = 18  # mean letters of a cell from which a column holds sentences
_KINDS = ("lead", "coordinating", "deadline", "product")

Cell = str | None


_Lines = dict[int, list[str]]  # the lines of each page


@dataclass(slots=True)
class _Row:
    """``merged``: columns whose text comes from the row above; ``doubts``: those that were not surely read."""

    cells: list[Cell]
    page: int
    number: int
    merged: frozenset[int] = frozenset()
    doubts: frozenset[int] = frozenset()


@dataclass(slots=True)
class _Joined:
    """One table over all its pages. ``header``: a text for each column."""

    header: list[str]
    rows: list[_Row] = field(default_factory=list)
    head_rows: tuple[tuple[str, ...], ...] = ()
    pages: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Appendix:
    sections: list[PlanSection] = field(default_factory=list)
    tasks: list[PlanTask] = field(default_factory=list)
    targets: list[PlanTarget] = field(default_factory=list)
    tables: int = 0


def read_appendix(reading: Reading, *, year: int | None, around: int | None = None, first_target: int = 1) -> Appendix:
    """Tasks of every table that has a column of tasks, targets of those that have a column of indicators.

    ``year`` for deadlines that name none; ``around``: a year of the plan: scanned deadlines far from it are misread.
    """
    out = Appendix(tables=sum(len(page.tables) for page in reading.pages))
    origins = {page.number: page.origin for page in reading.pages}
    pages: _Lines = {page.number: [line.text for line in page.lines] for page in reading.pages}
    pages |= {number: list(lines) for number, lines in enumerate(reading.sheets, 1)}  # a text file's own lines
    for table in _join(reading):
        scanned = any(origins[n] == "ocr" for n in table.pages)
        if scanned:
            _mend_quarters(table)
        labels = [column_label(h) for h in table.header]
        if "text" not in labels and any(k in labels for k in _KINDS):
            longest = _longest_open_column(table, labels)
            if longest is not None:
                labels[longest] = "text"
            elif "group" in labels:
                labels[labels.index("group")] = "text"
        if "text" in labels and any(k in labels for k in _KINDS):
            _read_tasks(table, labels, pages, year, out, scanned=scanned, around=around or year)
        else:
            out.targets += _read_targets(table, labels, pages, first_target + len(out.targets))
    return out


def _longest_open_column(table: _Joined, labels: Sequence[str | None]) -> int | None:
    """The column whose head is not known and whose cells hold sentences: what is to be done, under another name."""
    best: tuple[float, int] | None = None
    for i, label in enumerate(labels):
        cells = [r.cells[i] or "" for r in table.rows if i < len(r.cells)]
        mean = sum(map(len, cells)) / max(1, len(cells))
        if label is None and mean > _SENTENCE and (best is None or mean > best[0]):
            best = (mean, i)
    return best[1] if best else None


_QUARTER = re.compile(r"(?P<word>[Qq]u[ýy])\s+(?P<n>[TtIVHl1|iỉ!]{1,5})(?=\s*(?:[/,]|năm|$))")


def _mend_quarters(table: _Joined) -> None:
    """Roman quarters as scans are misread ("Quý IH", "Quý 1" in a column that counts in Roman)."""
    cells = [c for row in table.rows for c in row.cells if c]
    arabic = any(re.search(r"[Qq]u[ýy]\s+[234](?!\d)", c) for c in cells)

    def roman(m: re.Match[str]) -> str:
        n = re.sub(r"^[Tt]+(?=I)", "", m["n"]).replace("H", "II")
        n = re.sub(r"[l|iỉ!]", "I", n)
        n = n if arabic else n.replace("1", "I")
        n = "IV" if n in ("TV", "tV") else n  # there is no other quarter with a V
        return f"{m['word']} {n}" if n in ("I", "II", "III", "IV", "1") else m[0]

    for row in table.rows:
        row.cells = [_QUARTER.sub(roman, c) if c else c for c in row.cells]


def _tidy(cell: Cell) -> Cell:
    return None if cell is None else " ".join(nfc(cell).replace("⁄", "/").split())


def _join(reading: Reading) -> list[_Joined]:
    """Tables that go on over pages as one: the same columns, the header repeated or not."""
    out: list[_Joined] = []
    for page in reading.pages:
        for k, table in enumerate(page.tables):
            rows = [[_tidy(c) for c in row] for row in table.rows]
            if len(rows) < 1 or max(map(len, rows)) < 2:
                continue
            head = _head_size(rows)
            last = out[-1] if out else None
            goes_on = (
                last is not None and k == 0 and last.pages[-1] in (page.number, page.number - 1)
                and len(last.header) == max(map(len, rows)) and table.box.width > 0.3
            )  # fmt: skip
            if head and not (goes_on and last is not None and _same_head(rows[:head], last.header)):
                joined = _Joined(_header_of(rows[:head]), pages=[page.number])
                out.append(joined)
                body = rows[head:]
            elif goes_on and last is not None:
                joined, body = last, rows[head:]
                joined.pages.append(page.number)
            else:
                continue
            if body and _is_column_numbers(body[0]):
                body = body[1:]
            first = len(rows) - len(body)
            continued = joined.rows and joined.rows[-1].page != page.number
            for i, cells in enumerate(body):
                if _is_column_numbers(cells) and any("(" in (c or "") or ")" in (c or "") for c in cells):
                    continue  # under a header that was not known as one
                if continued and i == 0:
                    if _is_rest(cells, joined):
                        _append(joined.rows[-1], cells)
                        joined.rows[-1].doubts |= _doubts_of(table, first)
                        continue
                    cells = _go_on(cells, body[1] if len(body) > 1 else None, joined)
                made = _inherit(cells, joined)
                merged = frozenset(k for k, c in enumerate(cells) if c is None and k < len(made) and made[k])
                above = joined.rows[-1].doubts & merged if joined.rows else frozenset()
                doubts = _doubts_of(table, first + i) | above
                joined.rows.append(_Row(made, page.number, len(joined.rows) + 1, merged, doubts))
    return out


def _doubts_of(table: Table, row: int) -> frozenset[int]:
    return frozenset(c for r, c in table.doubts if r == row)


def _head_size(rows: Sequence[Sequence[Cell]]) -> int:
    """How many of the first rows are the header: up to three, those that name columns; 0 when none does."""
    for size in (1, 2, 3):
        if len(rows) < size:
            break
        labels = [column_label(h) for h in _header_of(rows[:size])]
        known = {label for label in labels if label}
        if len(known) >= 2 and ("text" in known or "ordinal" in known or _target_columns(_header_of(rows[:size]))):
            below = rows[size] if len(rows) > size else None
            if (
                below is not None
                and size < 3
                and any(c is None for c in rows[size - 1])
                and _is_subhead(rows[size - 1], below)
            ):
                continue
            return size
    if rows and _target_columns(_header_of(rows[:1])):
        return 1
    return 0


def _is_subhead(head: Sequence[Cell], below: Sequence[Cell]) -> bool:
    """The row under a header with merged cells is a part of it when its own cells fill what was merged sideways."""
    if not below or below[0] is not None:  # the first column's head reaches down over the second row
        return False
    gaps = [i for i, c in enumerate(head) if c is None]
    filled = [i for i, c in enumerate(below) if c]
    return bool(gaps) and all(i in gaps or i + 1 in gaps for i in filled) and len(filled) < len(head)


def _header_of(rows: Sequence[Sequence[Cell]]) -> list[str]:
    width = max(len(r) for r in rows)
    out = []
    for i in range(width):
        parts = [r[i] for r in rows if i < len(r) and r[i]]
        out.append(" ".join(p for p in parts if p))
    return out


def _same_head(rows: Sequence[Sequence[Cell]], header: Sequence[str]) -> bool:
    again = _header_of(rows)
    return sum(bare(a) == bare(b) for a, b in zip(again, header, strict=False)) >= 0.6 * len(header)


def _is_column_numbers(cells: Sequence[Cell]) -> bool:
    shown = [c for c in cells if c]
    good = sum(bool(_NUMBERS.match(c)) for c in shown)
    if sum(bool(re.fullmatch(r"\(\d{1,2}\)", c)) for c in shown) >= max(3, 0.6 * len(shown)):
        return True  # one of them may be misread
    return len(shown) >= 3 and all(len(c) <= 5 for c in shown) and good >= 0.6 * len(shown)


def _is_rest(cells: Sequence[Cell], joined: _Joined) -> bool:
    """The first row of a page that goes on with the last one of the page before: it has no number of its own."""
    labels = [column_label(h) for h in joined.header]
    shown = [i for i, c in enumerate(cells) if c]
    if not shown:
        return True
    if "ordinal" in labels:
        at = labels.index("ordinal")
        numbered = any(r.cells[at] for r in joined.rows[-3:] if at < len(r.cells))
        group = _is_group(cells, labels) and (len(shown) > 1 or None in cells)
        if numbered and not cells[at] and not group:
            text = cells[labels.index("text")] if "text" in labels else None
            before = joined.rows[-1].cells[labels.index("text")] if "text" in labels else None
            unfinished = bool(before) and not re.search(r"[.;]$", before or "")
            return text is None or text == "" or text[:1].islower() or unfinished
    return False


def _append(row: _Row, cells: Sequence[Cell]) -> None:
    for i, c in enumerate(cells):
        if c and i < len(row.cells):
            row.cells[i] = f"{row.cells[i]} {c}" if row.cells[i] else c


def _go_on(cells: Sequence[Cell], below: Sequence[Cell] | None, joined: _Joined) -> list[Cell]:
    """The first row of a page: an empty cell that is the rest of one merged over the page end is marked as merged.

    It is one when the row above or the row below is merged there, or when no other row leaves that column empty.
    """
    labels = [column_label(h) for h in joined.header]
    if _is_group_row(cells):
        return list(cells)
    out = list(cells)
    last = joined.rows[-1]
    for i, c in enumerate(cells):
        if c != "" or i >= len(labels) or labels[i] not in ("group", "lead", "coordinating", "deadline", "product"):
            continue
        others = [r.cells[i] for r in joined.rows if i < len(r.cells) and not _is_group_row(r.cells)]
        spans = i in last.merged or (below is not None and i < len(below) and below[i] is None)
        if spans or (len(others) > 2 and all(others)):
            out[i] = None
    return out


def _inherit(cells: Sequence[Cell], joined: _Joined) -> list[Cell]:
    """Cells merged with the one above have its text; merged sideways they stay empty."""
    out = list(cells)
    if _is_group_row(cells) and any(c is None for c in cells):
        return out  # a group row over all columns
    above = joined.rows[-1].cells if joined.rows else []
    shown = [i for i, c in enumerate(cells) if c is not None]
    for i, c in enumerate(cells):
        if c is not None or i >= len(above):
            continue
        sideways = i > 0 and i - 1 in shown and cells[i - 1] and _spans(cells, i, above)
        if not sideways and above[i] and not _is_group_row(above):
            out[i] = above[i]
    return out


def _spans(cells: Sequence[Cell], i: int, above: Sequence[Cell]) -> bool:
    return sum(c is None for c in cells) > len(cells) // 2


def _is_group_row(cells: Sequence[Cell]) -> bool:
    shown = [c for c in cells if c]
    if len(shown) == 2 and cells[0]:
        merged = sum(c is None for c in cells) == len(cells) - 2 and len(cells) > 3
        return bool(_GROUP_MARK.match(cells[0])) or (merged and len(cells[0]) <= 5)
    return len(shown) <= 1


def _is_group(cells: Sequence[Cell], labels: Sequence[str | None]) -> bool:
    """A row that names what follows: one text over all columns, or a Roman number and a text."""
    shown = [i for i, c in enumerate(cells) if c]
    if len(shown) == 1:
        only = cells[shown[0]] or ""
        return len(only) > 3 and not only.isdigit()
    return len(shown) == 2 and _is_group_row(cells)


def _read_tasks(
    table: _Joined,
    labels: Sequence[str | None],
    pages: _Lines,
    year: int | None,
    out: Appendix,
    *,
    scanned: bool,
    around: int | None,
) -> None:
    base = (
        "PL" if not any(s.id == "PL" for s in out.sections) else f"PL{1 + sum(s.parent is None for s in out.sections)}"
    )
    first = table.rows[0] if table.rows else None
    place = (
        _place(pages, first.page, table.header[0], None)
        if first
        else PlanSource(page=table.pages[0], line=0, start=0, end=0)
    )
    out.sections.append(PlanSection(id=base, number=base, title="Phụ lục", level=1, role="tasks", source=place))
    section, counts = base, {base: 0}
    groups = 0
    for row in table.rows:

        def cell(name: str, row: _Row = row) -> str | None:
            values = [row.cells[i] for i, label in enumerate(labels) if label == name and i < len(row.cells)]
            shown = [v for v in values if v]
            return " ".join(dict.fromkeys(shown)) or None

        if _is_group(row.cells, labels):
            groups += 1
            shown = [c for c in row.cells if c]
            mark = shown[0].rstrip(".") if len(shown) == 2 else ""
            title = shown[-1]
            if not mark and (m := re.match(r"^([IVX]{1,5}|[A-HĐ]|\d{1,2})[.)]\s*(.+)$", title)):
                mark, title = m[1], m[2]
            section = f"{base}.{mark or groups}"
            if section in counts:
                section = f"{section}~{groups}"
            counts[section] = 0
            source = _place(pages, row.page, title, row.number)
            out.sections.append(
                PlanSection(
                    id=section,
                    number=mark or str(groups),
                    title=title,
                    level=2,
                    parent=base,
                    role="tasks",
                    source=source,
                )
            )
            continue
        text = cell("text")
        group = cell("group")
        if not text and not group:
            continue
        counts[section] += 1
        words = text or group or ""
        deadline = cell("deadline")
        unsure = any(label in (*_KINDS, "text") for i, label in enumerate(labels) if i in row.doubts)
        named = any(":" in (cell(who) or "") for who in ("lead", "coordinating"))  # a semicolon that lost its tail
        doubtful = scanned and (unsure or named or _UNREAD in row.cells or _odd_deadline(deadline, around))
        out.tasks.append(
            PlanTask(
                id=f"{section}-{counts[section]}",
                section=section,
                ordinal=counts[section],
                text=words,
                action_verb=action_verb(words),
                lead_agencies=split_agencies(cell("lead") or ""),
                coordinating_agencies=split_agencies(cell("coordinating") or ""),
                advisory_agencies=split_agencies(cell("advisory") or ""),
                deadline=deadline,
                deadline_date=last_day(deadline, year=year) if deadline else None,
                product=cell("product"),
                budget=cell("budget"),
                score=0.5 if doubtful else 0.9 if scanned else 1.0,
                needs_review=doubtful,
                source=_place(pages, row.page, words, row.number),
            )
        )


def _target_columns(header: Sequence[str]) -> list[tuple[int, str]]:
    """(column, year) of columns headed by a year ("2021", "Năm 2021"); at least two make a target table."""
    found = [(i, m[0]) for i, h in enumerate(header) if (m := _YEAR.search(h)) and len(h) < 40]
    return found if len(found) >= 2 else []


def _read_targets(table: _Joined, labels: Sequence[str | None], pages: _Lines, first: int) -> Iterator[PlanTarget]:
    names = [i for i, h in enumerate(table.header) if any_of("target_labels", "indicator").search(folded(h))]
    years = _target_columns(table.header)
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
                source=_place(pages, row.page, text, row.number),
            )
            number += 1


_UNREAD = "?"  # what the reader of cells puts where it saw ink and no letters
_STANDING = re.compile(r"thường xuyên|hằng|hàng|liên tục|theo|khi|đột xuất|định kỳ")


# "25/01/201£", "16/08/2C", "Quý II/20": a year that lost figures.
_CUT_YEAR = re.compile(
    r"(?:\d/\d{1,2}|quý\s+\w{1,3}|tháng\s+\d{1,2})/(?!\d{4}(?!\w))|\d/(?!\d{4}(?!\w)|\d{1,2}(?![\w£€§]))", re.IGNORECASE
)


def _odd_deadline(text: str | None, year: int | None) -> bool:
    """Whether a scanned deadline cannot be what the paper says: no time in it, or a year far from the plan's."""
    if text is None:
        return True
    if _CUT_YEAR.search(text):
        return True
    years = [int(y) for y in re.findall(r"(?<!\d)\d{4}(?!\d)", text)]
    if year is not None and any(not year - 2 <= y <= year + 10 for y in years):
        return True
    return last_day(text, year=year) is None and not _STANDING.search(folded(text))


def _place(pages: _Lines, number: int, words: str, row: int | None) -> PlanSource:
    """The line of the page that holds the beginning of ``words``; line 0 when no line does."""
    begin = " ".join(words.split()[:3])
    if begin:
        for length in (3, 2, 1):
            part = " ".join(words.split()[:length])
            if len(part) < 4:
                break
            for k, line in enumerate(pages.get(number, ()), 1):
                at = line.find(part)
                if at >= 0:
                    return PlanSource(page=number, line=k, start=at, end=at + len(part), row=row)
    return PlanSource(page=number, line=0, start=0, end=0, row=row)


def has_tables(tables: Sequence[Table]) -> bool:
    return bool(tables)
