"""Nhiệm vụ và trách nhiệm: tasks of the task sections, duties of the agencies, with what their sentences name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from extractors.plan.agencies import agencies_of_task, leading_agency, split_agencies
from extractors.plan.deadlines import find_deadline, last_day
from extractors.plan.outline import Entry
from extractors.plan.words import action_verb, duty_role, folded, label_pattern
from schemas.plan import PlanDuty, PlanSection, PlanTask

_NOTE = re.compile(r"^\W{0,2}\(.*\)\W*$|^\W{0,3}(?:chi tiết|\(?chi tiết|ghi chú|xem phụ lục)", re.IGNORECASE)
_ASSIGN = re.compile(r"(?<!\w)(?:Giao|Đề nghị|Yêu cầu)\s+(?=[A-ZĐỦ])")
_ATTRIBUTES = ("lead", "coordinating", "advisory", "deadline", "product", "budget")


@dataclass(slots=True)
class _Draft:
    """A task while its attributes are gathered."""

    entry: Entry
    section: str | None
    text: str
    attributes: dict[str, str]


def read_labels(text: str) -> tuple[str, dict[str, str]]:
    """(what stands before the first label, values by label) of "... Cơ quan chủ trì: Sở Nội vụ; sản phẩm: Báo cáo."."""
    low = folded(text)
    found = list(label_pattern().finditer(low))
    if not found:
        return text, {}
    values: dict[str, str] = {}
    for m, after in zip(found, [*found[1:], None], strict=True):
        end = after.start() if after else len(text)
        value = text[m.end() : end].strip(" .;,-–+\n")
        if m.lastgroup == "product":
            value, due = _without_deadline(value)
            if due:
                values.setdefault("deadline", due)
        if m.lastgroup and value:
            values.setdefault(m.lastgroup, value)
    return text[: found[0].start()].rstrip(" .;,-–+(\n"), values


def _without_deadline(value: str) -> tuple[str, str | None]:
    """A product, and the deadline that a sentence of its own names behind it ("Danh mục. Hoàn thành trong quý II")."""
    for cut in re.finditer(r"\.\s+(?=[A-ZĐ])", value):
        if due := find_deadline(value[cut.end() :]):
            return value[: cut.start()], due
    return value, None


def read_tasks(entries: Sequence[Entry], *, year: int | None) -> tuple[PlanTask, ...]:
    """Tasks of the sections that hold tasks, with their attributes; ``year`` for deadlines that name none."""
    drafts: list[_Draft] = []
    has_items = Counter(e.section.id for e in entries if e.section and e.marker and e.heading is None)
    sections = {e.heading.id: e for e in entries if e.heading is not None}
    for e in entries:
        section = e.heading or e.section
        if section is None or section.role not in ("tasks", "other"):
            continue
        text = e.text
        before, values = read_labels(text)
        if values and len(before.split()) < 2:
            _attach(drafts, e, values, sections)
            continue
        if e.heading is not None:
            if values:
                drafts.append(_Draft(e, e.heading.parent, before, values))
            continue
        if not _is_task(e, text, section, has_items):
            continue
        drafts.append(_Draft(e, section.id, before if values else text, values))
    return tuple(_number(drafts, year))


def _attach(drafts: list[_Draft], e: Entry, values: dict[str, str], sections: dict[str, Entry]) -> None:
    """A line that only says who and when belongs to the tasks above it; below a bare heading it makes that a task."""
    home = e.section.id if e.section else None
    above = [d for d in drafts if d.section == home]
    if not above and home in sections:
        head = sections[home]
        done = next((d for d in drafts if d.entry is head), None)
        if done is None:
            done = _Draft(head, head.heading.parent if head.heading else None, head.text.rstrip(" :"), {})
            drafts.append(done)
        above = [done]
    targets = above[-1:] if e.marker is not None and e.marker.kind == "plus" else above
    if e.marker is None or (above and above[-1].entry.depth < e.depth):
        targets = above[-1:]
    for d in targets:
        for key, value in values.items():
            d.attributes.setdefault(key, value)


def _is_task(e: Entry, text: str, section: PlanSection, has_items: Counter[str]) -> bool:
    if _NOTE.match(text) or len(text.split()) < 3:
        return False
    if e.marker is not None:
        return section.role == "tasks" or action_verb(text) is not None
    if text.endswith(":") or has_items[section.id]:
        return False
    return action_verb(text) is not None


def _number(drafts: Sequence[_Draft], year: int | None) -> list[PlanTask]:
    counts: Counter[str] = Counter()
    out = []
    for d in drafts:
        key = d.section or "0"
        counts[key] += 1
        lead, helpers = agencies_of_task(d.text)
        deadline = d.attributes.get("deadline") or find_deadline(d.text)
        verb = action_verb(d.text)
        p = d.entry.paragraph
        start = d.entry.start
        out.append(
            PlanTask(
                id=f"{key}-{counts[key]}",
                section=d.section,
                ordinal=counts[key],
                text=d.text.strip(),
                action_verb=verb,
                lead_agencies=split_agencies(d.attributes["lead"]) if "lead" in d.attributes else lead,
                coordinating_agencies=split_agencies(d.attributes["coordinating"])
                if "coordinating" in d.attributes
                else helpers,
                advisory_agencies=split_agencies(d.attributes.get("advisory", "")),
                deadline=deadline,
                deadline_date=last_day(deadline, year=year) if deadline else None,
                product=d.attributes.get("product"),
                budget=d.attributes.get("budget"),
                source=p.place(start, start + max(1, len(d.text))),
            )
        )
    return out


def read_duties(entries: Sequence[Entry]) -> tuple[PlanDuty, ...]:
    """What each agency has to do: the paragraphs under its heading, or sentences that begin with its name."""
    out: list[PlanDuty] = []
    item_agency: tuple[int, str] | None = None
    heads = {e.heading.id: e.heading for e in entries if e.heading is not None}
    for e in entries:
        section = e.heading or e.section
        if section is None:
            continue
        if e.heading is not None:
            item_agency = None
            named = leading_agency(e.text) if e.heading.role == "duties" else None
            if named and len(e.text[named[1] :].split()) > 3:
                out.append(_duty(named[0], e, named[1], e.heading))
            continue
        if section.role != "duties":
            out += _assigned(e, section)
            continue
        if item_agency is not None and e.marker is not None and e.depth <= item_agency[0]:
            item_agency = None
        inline = leading_agency(e.text)
        head = _agency_heading(section, heads)
        if head is not None and not (
            inline and e.marker is not None and e.marker.kind == "bullet" and ":" in e.text[:80]
        ):
            out.append(_duty(head, e, 0, section))
        elif inline is not None:
            agency, rest = inline
            item_agency = (e.depth, agency)
            if e.text[rest:].strip():
                out.append(_duty(agency, e, rest, section))
        elif item_agency is not None:
            out.append(_duty(item_agency[1], e, 0, section))
        else:
            out += _assigned(e, section)
    return tuple(out)


def _agency_heading(section: PlanSection, heads: dict[str, PlanSection]) -> str | None:
    """The nearest heading above that is the name of an agency."""
    at: PlanSection | None = section
    while at is not None and at.role == "duties":
        found = leading_agency(at.title)
        if found is not None:
            return found[0]
        at = heads.get(at.parent) if at.parent else None
    return None


def _assigned(e: Entry, section: PlanSection) -> list[PlanDuty]:
    """ "Giao Văn phòng UBND tỉnh, Sở Nội vụ đôn đốc ..." wherever it stands."""
    out = []
    for m in _ASSIGN.finditer(e.text):
        if m.start() and e.text[: m.start()].rstrip()[-1:] not in ".;:":
            continue
        end = re.search(r"\.\s+(?=[A-ZĐ])|$", e.text[m.start() :])
        sentence = e.text[m.start() : m.start() + (end.start() if end else 0)]
        found = leading_agency(sentence)
        if found is not None and sentence[found[1] :].strip():
            out.append(_duty(found[0], e, m.start() + found[1], section, stop=m.start() + len(sentence)))
    return out


def _duty(agency: str, e: Entry, start: int, section: PlanSection, stop: int | None = None) -> PlanDuty:
    text = e.text[start:stop].strip()
    at = e.start + start
    return PlanDuty(
        agency=agency,
        agencies=split_agencies(agency),
        role=duty_role(text),
        text=text,
        section=section.id,
        source=e.paragraph.place(at, at + len(text)),
    )
