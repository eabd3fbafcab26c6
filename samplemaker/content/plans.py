"""Kế hoạch lớn: plans with targets, traps, duties and a long appendix table that breaks, merges and turns."""
# ruff: noqa: E501 -- sentences are kept whole

from __future__ import annotations

from random import Random

from samplemaker import agencies, citations
from samplemaker.content.common import notation, pick_day, pick_number, pick_recipients, pick_sign
from samplemaker.facts import Facts
from samplemaker.model import Block, Break, Paper, Para, PlanTruth, Table
from samplemaker.vocabulary import load_toml, near, short_date

_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII")
ABOVE, BESIDE = "^", "<"  # a cell that belongs to the one above it, or to the one on its left


def write_plan(kind: str, layout: str, rng: Random) -> Paper:
    """A plan of some pages and its appendix; ``paper.plan`` says what it orders."""
    day = pick_day(rng, layout)
    agency = agencies.document_agency(rng, day)
    style = rng.choice([2, 0, 0, 1])
    facts = Facts(rng, agency, day, date_style=style)
    data = load_toml("plans.toml")
    year = day.year + (day.month > 9)
    words = {"year": str(year), "last": str(year - 1)}
    paper = Paper(
        kind=kind,
        layout=layout,
        agency=agency,
        doc_type="ke_hoach",
        title="KẾ HOẠCH",
        summary=rng.choice(data["titles"]).format_map(words),
        number=pick_number(rng),
        notation=notation(rng, "KH", agency, layout, day),
        issued=day,
        place=agency.place,
    )
    paper.sign = pick_sign(rng, agency, "ke_hoach")
    paper.recipients = pick_recipients(rng, agency, [])
    bases = citations.legal_bases(rng, day, (), most=2, style=style)
    body: list[Block] = [Para(f"Căn cứ {text};") for text in bases]
    body.append(Para(f"{agency.natural} ban hành Kế hoạch với các nội dung như sau:"))
    body += [Para("I. MỤC ĐÍCH, YÊU CẦU", bold=True, keep=True)]
    body += [Para(f"{k}. {text}") for k, text in enumerate(rng.sample(data["aims"], 2), 1)]
    targets: list[tuple[str, str, str]] = []
    body.append(Para("II. MỤC TIÊU", bold=True, keep=True))
    lines: list[str] = []
    for target in rng.sample(data["targets"], rng.randint(3, 6)):
        number = str(rng.choice([15, 20, 30, 45, 50, 60, 75, 80, 85, 90, 95, 100]))
        targets.append((target["operator"], number, "%"))
        lines.append(target["text"].format(n=number))
    body += [Para("- " + text) for text in lines]
    tasks: list[tuple[str, str]] = []
    body.append(Para("III. NHIỆM VỤ, GIẢI PHÁP", bold=True, keep=True))
    pool = rng.sample(data["tasks"], 14)
    traps = rng.sample(data["traps"]["texts"], 3)
    mark = rng.choice(["- ", "- ", "a) "])
    for k, name in enumerate(rng.sample(data["fields"], rng.randint(2, 4)), 1):
        body.append(Para(f"{k}. {name}", bold=rng.random() < 0.6, keep=True))
        count = rng.randint(2, 3)
        for i in range(count):
            text = pool.pop().format_map(words) + "."
            if traps and rng.random() < 0.5:
                text += " " + traps.pop().format_map(words)
            tasks.append((f"III.{k}", text))
            lead = mark if mark != "a) " else f"{'abcd'[i]}) "
            body.append(Para(lead + text))
    body.append(Para("IV. KINH PHÍ THỰC HIỆN", bold=True, keep=True))
    body.append(
        Para("Kinh phí thực hiện do ngân sách nhà nước bảo đảm và các nguồn hợp pháp khác theo quy định của pháp luật.")
    )
    body.append(Para("V. TỔ CHỨC THỰC HIỆN", bold=True, keep=True))
    duties: list[tuple[str, str]] = []
    for k, office in enumerate(rng.sample(data["offices"], rng.randint(2, 4)), 1):
        text = rng.choice(data["duties"])
        body += [Para(f"{k}. {office}", bold=True, keep=True), Para(text)]
        duties.append((office, text))
    paper.body = body
    table, rows = _appendix(rng, facts, data, words)
    landscape = rng.random() < 0.75
    paper.appendix = [
        Break(landscape=landscape, paper=rng.choice(["", "", "", "A3"])),
        Para("PHỤ LỤC", align="center", indent=False, bold=True, keep=True),
        Para("DANH MỤC NHIỆM VỤ", align="center", indent=False, bold=True),
        Para(
            f"<i>(Kèm theo Kế hoạch số {paper.doc_number} ngày {facts.date_text(paper.issued)} của {agency.natural})</i>",
            align="center",
            indent=False,
        ),
        table,
    ]
    paper.plan = PlanTruth(
        period=f"năm {year}", tasks=tuple(tasks), targets=tuple(targets), duties=tuple(duties), rows=tuple(rows)
    )
    return paper


_HEADS = {
    "ordinal": ("TT", "STT", "Số TT"),
    "group": ("Nhiệm vụ chung", "Lĩnh vực"),
    "text": ("Nội dung nhiệm vụ", "Nhiệm vụ cụ thể", "Nội dung công việc"),
    "lead": ("Cơ quan chủ trì", "Đơn vị chủ trì"),
    "coordinating": ("Cơ quan phối hợp", "Đơn vị phối hợp"),
    "deadline": ("Thời gian hoàn thành", "Thời gian thực hiện", "Thời hạn"),
    "product": ("Sản phẩm", "Kết quả, sản phẩm"),
    "note": ("Ghi chú",),
}
_WIDTHS = {
    "ordinal": 5,
    "group": 16,
    "text": 36,
    "lead": 15,
    "coordinating": 16,
    "deadline": 13,
    "product": 13,
    "note": 8,
}


def _appendix(
    rng: Random, facts: Facts, data: dict[str, list[str]], words: dict[str, str]
) -> tuple[Table, list[tuple[str, str, str, str, str, str]]]:
    """The table and its true rows (group, text, lead, coordinating, deadline, product)."""
    how = rng.choice(["plain", "plain", "groups", "groups", "group_column"])
    columns = ["ordinal", *(["group"] if how == "group_column" else []), "text"]
    columns += rng.choice(
        [
            ["lead", "coordinating", "deadline", "product"],
            ["product", "lead", "coordinating", "deadline"],
            ["lead", "coordinating", "product", "deadline"],
        ]
    )
    if rng.random() < 0.4:
        columns.append("note")
    header = [rng.choice(_HEADS[c]) for c in columns]
    two_rows = rng.random() < 0.3
    heads: list[tuple[str, ...]] = [tuple(header)]
    if two_rows:
        at = columns.index("lead")
        first = [*header]
        first[at], first[at + 1] = "Phân công thực hiện", BESIDE
        second = [ABOVE] * len(columns)
        second[at], second[at + 1] = rng.choice([("Chủ trì", "Phối hợp"), ("Cơ quan chủ trì", "Cơ quan phối hợp")])
        heads = [tuple(first), tuple(second)]
    if rng.random() < 0.25:
        heads.append(tuple(f"({k})" for k in range(1, len(columns) + 1)))
    total = rng.choice([6, 9, 12, 16, 22, 30])
    cells: list[tuple[str, ...]] = []
    truth: list[tuple[str, str, str, str, str, str]] = []
    names = rng.sample(data["fields"], 5)
    group, lead, run = "", "", 0
    merge_lead = rng.random() < 0.4
    for k in range(total):
        begins_group = how != "plain" and k % max(3, total // 4) == 0 and bool(names)
        if begins_group:
            group = names.pop()
            if how == "groups":
                mark = _ROMAN[5 - len(names) - 1]
                cells.append(
                    (mark, group, *([BESIDE] * (len(columns) - 2)))
                    if rng.random() < 0.5
                    else (f"{mark}. {group}", *([BESIDE] * (len(columns) - 1)))
                )
        goes_on = merge_lead and run > 0 and not begins_group
        if not goes_on:
            lead = rng.choice(data["offices"])
            run = rng.randint(1, 3) if merge_lead else 0
        run -= 1
        helpers = rng.sample([o for o in data["offices"] if o != lead] + data["helpers"], rng.randint(1, 2))
        text = data["tasks"][rng.randrange(len(data["tasks"]))].format_map(words)
        year = words["year"]
        when = rng.choice(
            [
                f"Quý {rng.choice(_ROMAN[:4])}/{year}",
                f"Tháng {rng.randint(1, 12)}/{year}",
                "Thường xuyên",
                f"Trước ngày {short_date(near(rng, facts.day, 20, 200))}",
                f"Năm {year}",
            ]
        )
        values = {
            "ordinal": str(k + 1),
            "group": group if begins_group or k == 0 else ABOVE,
            "text": text,
            "lead": ABOVE if goes_on else lead,
            "coordinating": rng.choice(["; ", ", "]).join(helpers),
            "deadline": when,
            "product": rng.choice(data["products"]),
            "note": "",
        }
        cells.append(tuple(values[c] for c in columns))
        truth.append((group, text, lead, values["coordinating"], when, values["product"]))
    table = Table(
        header=tuple(header),
        rows=tuple(cells),
        widths=tuple(float(_WIDTHS[c]) for c in columns),
        centered=(0,),
        heads=tuple(heads),
        repeat_head=rng.random() < 0.6,
    )
    return table, truth
