"""Đọc kế hoạch: from a reading to sections, tasks, targets and duties."""
# ruff: noqa: E501 -- patterns are kept whole

from __future__ import annotations

import re
from collections.abc import Sequence

from extractors.plan.appendix import read_appendix
from extractors.plan.ending import read_ending
from extractors.plan.items import read_duties, read_tasks
from extractors.plan.oddities import find_oddities
from extractors.plan.outline import Entry, read_outline
from extractors.plan.paragraphs import Paragraph, read_paragraphs
from extractors.plan.targets import find_targets
from extractors.plan.text_tables import with_text_tables
from extractors.plan.words import folded
from schemas.extraction import Citation, Fields
from schemas.plan import Plan, PlanDuty, PlanSection, PlanSource, PlanTarget, PlanTask
from schemas.reading import Reading
from schemas.text import bare, fold

_TITLE = re.compile(r"^[^\w\-–—]{0,3}KẾ HOẠCH(?:\W*$|\s+[A-ZĐÀ-Ỹ])")  # "- KẾ HOẠCH" ends an office's name
_LOOK = 25  # paragraphs from the top in which the title stands
_PERIOD = re.compile(
    r"(?:giai đoạn\s+|năm\s+)?(?<!\d)(?:19|20)\d\d\s*[-–]\s*(?:19|20)\d\d(?!\d)|năm học\s+(?:19|20)\d\d\s*[-–]\s*(?:19|20)\d\d|năm\s+(?:19|20)\d\d|(?:quý|tháng)\s+[\divx]+\s*(?:/|năm\s+)\s*(?:19|20)\d\d"
)
_DATES = re.compile(r"ngày\s+\d{1,2}\s*(?:[/.-]|tháng)\s*\d{1,2}\s*(?:[/.-]|năm)\s*\d{4}")  # of documents it names
_YEARS = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_ISSUES = re.compile(
    r"(?P<who>(?:[ỦU][ỷyỦ][ -]?|UBND|Sở|Bộ|Ban|Văn phòng|Phòng|Cục|Chi cục|Hội|Công an|Trung tâm|Trường|Ủy ban|HĐND)[^,;.:]{2,80}?)\s+(?:ban hành|xây dựng|triển khai|lập)\s+(?:Kế hoạch|kế hoạch)"
)
_BODY = re.compile(r"^\W{0,3}(?:Căn cứ|Thực hiện|Theo|Nhằm|Để|Triển khai|Xét|Trên cơ sở|Số\s*:)|như sau\s*:?\s*$")
# Right below "KẾ HOẠCH" even "Triển khai ..." and "Thực hiện ..." are its title, unless they are a sentence.
_APPENDED = re.compile(r"^\W{0,3}kem theo ke hoach so\b")
_NO_TITLE = re.compile(r"^\W{0,3}(?:Căn cứ|Số\s*:)|[;:.]\W*$")
_AREA = re.compile(
    r"(?:trên địa bàn|tại)\s+((?:tỉnh|thành phố|huyện|quận|thị xã|xã|phường)\s+[A-ZĐÀ-Ỹ]\w*(?:\s+[A-ZĐÀ-Ỹ]\w*){0,3})|(?<!\w)((?:tỉnh|thành phố|huyện|xã|phường)\s+[A-ZĐÀ-Ỹ]\w*(?:\s+[A-ZĐÀ-Ỹ]\w*){0,3})"
)
_SYSTEM = re.compile(
    r"(?<!\w)((?:Cổng\s+(?:[Dd]ịch vụ công|[Tt]hông tin)|[Hh]ệ thống thông tin|Cơ sở dữ liệu quốc gia|Cơ sở dữ liệu chuyên ngành|[Pp]hần mềm|Trung tâm giám sát|Trục liên thông)"
    r"[^,;.:()\n]{0,70}?)(?=\s*(?:[,;.:()\n]|$|(?:và|với|để|nhằm|trong|đáp ứng|theo quy|có hiệu quả|phục vụ|phấn đấu|đảm bảo|bảo đảm|thực hiện|tại|đến|trên)\s))"
)


def names_plan(reading: Reading) -> bool:
    """Whether the paper calls itself a plan: "KẾ HOẠCH" as a line of its own near the top, or, where a stamp lies on
    that, "(Kèm theo Kế hoạch số ...)" over a table of its appendix."""
    lines = (
        [line for lines in reading.sheets[:1] for line in lines if line.strip()]
        if reading.sheets
        else [q.text for page in reading.pages[:1] for q in page.lines if q.region not in ("stamp", "margin", "table")]
    )
    appended = any(page.tables and any(_APPENDED.search(bare(q.text)) for q in page.lines) for page in reading.pages)
    return appended or any(_TITLE.match(" ".join(line.split())) for line in lines[:_LOOK])


def read_plan(reading: Reading, fields: Fields, citations: Sequence[Citation]) -> Plan:
    """What the plan says; what it does not say is None or empty. ``fields`` and ``citations`` of the same reading."""
    paragraphs = _attached(read_paragraphs(reading))
    outline = read_outline(paragraphs)
    title, rest = _title(outline.opening)
    if title is None and isinstance(fields.summary.value, str):
        title = fields.summary.value
    named = title or (fields.summary.value if isinstance(fields.summary.value, str) else "")
    period = _period(named)
    years = [int(y) for y in _YEARS.findall(period or "")]
    first, last = (min(years), max(years)) if years else (None, None)
    duties = read_duties(outline.entries)
    targets = _targets(outline.entries, duties, first, period)
    issued = fields.issued_date.value
    around = int(issued[:4]) if isinstance(issued, str) and issued[:4].isdigit() else last
    appendix = read_appendix(with_text_tables(reading), year=last, around=around, first_target=len(targets) + 1)
    tasks = (*read_tasks(outline.entries, year=last), *appendix.tasks)
    targets = (*targets, *appendix.targets)
    ending = read_ending(outline.closing)
    funding = " ".join(e.text for e in outline.entries if e.section and e.section.role == "funding") or None
    area = _AREA.search(named)
    return Plan(
        title=title,
        issuer=_issuer(fields, rest, ending.agency),
        period=period,
        scope_area=next((g for g in area.groups() if g), None) if area else None,
        sections=(*outline.sections, *appendix.sections),
        tasks=_linked(tasks, targets, citations),
        targets=targets,
        duties=duties,
        systems=_systems(outline.entries),
        funding_text=funding,
        recipients=ending.recipients or _strings(fields.recipients.value),
        signer=ending.signer or (fields.signer_name.value if isinstance(fields.signer_name.value, str) else None),
        signer_title=ending.title
        or (fields.signer_title.value if isinstance(fields.signer_title.value, str) else None),
        oddities=(
            *find_oddities(reading, outline, paragraphs, has_table=appendix.tables > 0),
            *appendix.oddities,
        ),
    )


def _attached(paragraphs: list[Paragraph]) -> list[Paragraph]:
    """Of a decision that issues a plan the plan: what stands from its title on, behind the decision's recipients."""
    ended = False
    for k, p in enumerate(paragraphs):
        ended = ended or bare(p.text).lstrip(" -").startswith("noi nhan")
        if ended and _TITLE.match(p.text):
            return paragraphs[k:]
    return paragraphs


def _strings(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, tuple) else ()


def _title(opening: Sequence[Paragraph]) -> tuple[str | None, list[Paragraph]]:
    """(the trích yếu under "KẾ HOẠCH", what stands below it)."""
    at = next((k for k, p in enumerate(opening[:_LOOK]) if _TITLE.match(p.text)), None)
    if at is None:
        return None, list(opening)
    same = re.sub(r"^\W{0,3}KẾ HOẠCH\s*", "", opening[at].text).strip()
    parts = [same] if same else []
    below = at + 1
    for p in opening[at + 1 : at + 6]:
        begins = _BODY if parts else _NO_TITLE
        if begins.search(p.text) or re.fullmatch(r"[\W_]*", p.text) or p.region.startswith(("header", "sign")):
            break
        if re.match(r"^\W*\(?(?:[Kk]èm theo|[Bb]an hành kèm)", p.text):
            below += 1
            break
        if parts and len(" ".join(parts).split()) > 6 and p.text[:1].isupper() and p.text.endswith((".", ";")):
            break
        parts.append(p.text.strip())
        below += 1
    text = " ".join(" ".join(parts).split()).strip(" -–_")
    return text or None, list(opening[below:])


def _period(title: str) -> str | None:
    plain = _DATES.sub(lambda m: " " * len(m[0]), folded(title))
    found = list(_PERIOD.finditer(plain))
    if not found:
        return None
    best = next((m for m in found if m[0].startswith("giai đoạn")), found[-1])
    words = title[best.start() : best.end()]
    return words.lower() if words.isupper() else words


def _issuer(fields: Fields, rest: Sequence[Paragraph], signing: str | None) -> str | None:
    """The agency of the letterhead; without one, the one the opening sentence says issues the plan."""
    value = fields.issuing_agency_name.value
    if isinstance(value, str) and not _TITLE.match(value):
        value = re.sub(r"\s+CỘNG H(?:ÒA|OÀ).*$", "", value)
        if value.endswith(" KẾ HOẠCH"):  # the title stands right below it: as printed, without the title
            value = " ".join((fields.issuing_agency_name.raw_text or value).split()).removesuffix("KẾ HOẠCH").strip()
        parent = fields.parent_agency_name.value
        return f"{parent} {value}" if isinstance(parent, str) and value.lower().startswith("tỉnh ") else value
    for p in rest[-3:]:
        if found := _ISSUES.search(p.text):
            return found["who"].strip()
    return signing


def _targets(
    entries: Sequence[Entry], duties: Sequence[PlanDuty], first: int | None, period: str | None
) -> tuple[PlanTarget, ...]:
    out: list[PlanTarget] = []
    headings = {e.heading.id: e.heading for e in entries if e.heading is not None}
    for e in entries:
        section = e.heading or e.section
        role = section.role if section else "other"
        named = _period_above(section, headings) or period
        parent: str | None = None
        for t in find_targets(e.text, role=role, first_year=first):
            source = e.paragraph.place(e.start + t.start, e.start + t.end)
            ident = f"T{len(out) + 1}"
            out.append(
                PlanTarget(
                    id=ident,
                    indicator=t.indicator,
                    operator=t.operator,
                    value=t.value,
                    value_to=t.value_to,
                    unit=t.unit,
                    baseline=t.baseline,
                    period=t.period or named,
                    lead=_lead(duties, source),
                    section=section.id if section else None,
                    parent_id=parent if t.part else None,
                    level=t.level,
                    source=source,
                )
            )
            parent = parent if t.part and parent else ident
    return tuple(out)


def _period_above(section: PlanSection | None, headings: dict[str, PlanSection]) -> str | None:
    """The year that the nearest heading above names ("1. Đến năm 2030")."""
    while section is not None:
        if found := _period(section.title):
            return found
        section = headings.get(section.parent) if section.parent else None
    return None


def _lead(duties: Sequence[PlanDuty], source: PlanSource) -> str | None:
    for d in duties:
        if (d.source.page, d.source.line) == (source.page, source.line):
            return d.agency
    return None


def _linked(
    tasks: Sequence[PlanTask], targets: Sequence[PlanTarget], citations: Sequence[Citation]
) -> tuple[PlanTask, ...]:
    """Tasks with the targets and citations that stand in their text."""
    out = []
    for task in tasks:
        s = task.source
        words = fold(task.text)
        mine = [t.id for t in targets if (t.source.page, t.source.line) == (s.page, s.line)]
        cited = [
            k
            for k, c in enumerate(citations)
            if c.source.page == s.page
            and s.line <= c.source.line <= s.line + max(0, len(task.text) // 60)
            and c.number_printed
            and fold(c.number_printed) in words
        ]
        out.append(task.model_copy(update={"target_ids": tuple(mine), "citations": tuple(cited)}))
    return tuple(out)


def _systems(entries: Sequence[Entry]) -> tuple[str, ...]:
    """Information systems named, each once, in order."""
    found = (" ".join(m[1].split()) for e in entries for m in _SYSTEM.finditer(e.text))
    return tuple(dict.fromkeys(name for name in found if len(name.split()) > 2))
