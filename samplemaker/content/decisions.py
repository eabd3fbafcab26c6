"""Quyết định: about one person, or with a list attached."""
# ruff: noqa: E501 -- sentences are kept whole

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

from samplemaker import agencies, citations
from samplemaker.content.common import notation, pick_day, pick_number, pick_recipients, pick_sign
from samplemaker.content.tables import make_table
from samplemaker.facts import Facts
from samplemaker.model import Agency, Block, Break, Paper, Para
from samplemaker.vocabulary import pick_scenario


def issuer_for(rng: Random, day: date, at: list[str]) -> Agency:
    """An office of one of the wanted sorts."""
    province, sort = agencies.pick_province(rng, day), rng.choice(at)
    return (
        agencies.department(rng, day, province) if sort == "so" else agencies.people_committee(rng, day, sort, province)
    )


def authority_line(rng: Random, agency: Agency) -> str:
    """Thẩm quyền ban hành: who decides."""
    if agency.committee and rng.random() < 0.3:
        return agency.natural.upper()
    return f"{agency.head.upper()} {agency.natural.upper()}"


def bases_block(
    rng: Random, agency: Agency, day: date, layout: str, topics: tuple[str, ...], closing: str, style: int
) -> list[Block]:
    """The căn cứ lines in the manner of the layout."""
    bases = [citations.organic_law(rng, day, style)] if agency.committee else [citations.home_rule(rng, agency, day)]
    bases += citations.legal_bases(rng, day, topics, most=rng.randint(1, 4), style=style)
    end = rng.choice([".", ",", "."])
    lines = citations.write_bases(rng, bases, closing, dashed=layout != "nd30" and rng.random() < 0.4, end=end)
    return [Para(line, italic=layout == "nd30") for line in lines]


def decide_lead(rng: Random, layout: str) -> Para:
    """The line QUYẾT ĐỊNH: before the articles."""
    return Para(
        rng.choice(["QUYẾT ĐỊNH:", "QUYẾT ĐỊNH:", "QUYẾT ĐỊNH :"]),
        align="center",
        indent=False,
        bold=True,
        before=4,
        keep=True,
    )


def articles_block(texts: list[str], layout: str, rng: Random) -> list[Block]:
    """Điều 1, Điều 2, ... the last ends with the closing mark."""
    dot = rng.choice([".", ".", ".", ":"])
    blocks: list[Block] = []
    for number, text in enumerate(texts, 1):
        end = rng.choice(["./.", "./.", "./.", "."]) if number == len(texts) else ""
        lead = f"<u>Điều {number}</u>{dot}" if layout == "typewriter" else f"<b>Điều {number}{dot}</b>"
        blocks.append(Para(f"{lead} {text.rstrip('.') + end if end else text}", before=1))
    return blocks


def _start(kind: str, layout: str, rng: Random) -> tuple[dict[str, Any], Paper, Facts, int]:
    day = pick_day(rng, layout)
    scenario = pick_scenario(rng, kind, day)
    agency = issuer_for(rng, day, scenario["at"])
    style = rng.choice([2, 2, 2, 0, 1])
    facts = Facts(rng, agency, day, date_style=style)
    facts.set_owner(scenario.get("owner", "person"))
    if "valid" in scenario:
        facts.set_validity(scenario["valid"])
    personal = rng.random() < 0.75
    paper = Paper(
        kind=kind,
        layout=layout,
        agency=agency,
        doc_type="quyet_dinh",
        title="QUYẾT ĐỊNH",
        summary=facts.expand(scenario["summary"]),
        number=pick_number(rng),
        notation=notation(rng, "QĐ", agency, layout, day),
        issued=day,
        place=agency.place,
    )
    if "short" in scenario and rng.random() < 0.6:
        paper.notation = f"/{scenario['short']}"
    elif kind == "qd_danh_muc" and agency.committee and rng.random() < 0.08:
        paper.notation = (
            f"/{day.year}{paper.notation}" if not paper.notation.startswith(f"/{day.year}") else paper.notation
        )
    paper.authority = (
        f"{agency.head.upper()} {agency.natural.upper()}"
        if personal or not agency.committee
        else agency.natural.upper()
    )
    paper.sign = pick_sign(rng, agency, "quyet_dinh", personal=personal)
    paper.valid_from, paper.valid_to = facts.valid_from, facts.valid_to
    return scenario, paper, facts, style


def write_personal(kind: str, layout: str, rng: Random) -> Paper:
    """Quyết định cá nhân."""
    scenario, paper, facts, style = _start(kind, layout, rng)
    ask = rng.choice(["Theo đề nghị của ", "Xét đề nghị của "]) + facts.expand(scenario["ask"])
    paper.body = bases_block(rng, paper.agency, paper.issued, layout, tuple(scenario["topics"]), ask, style)
    paper.body.append(decide_lead(rng, layout))
    texts = [facts.expand(text) for text in scenario["articles"]]
    last = facts.expand(scenario["last"])
    if "hiệu lực" not in last and rng.random() < 0.6:
        last = (
            rng.choice(
                [
                    "Quyết định này có hiệu lực kể từ ngày ký. ",
                    "Quyết định có hiệu lực thi hành kể từ ngày ký ban hành. ",
                ]
            )
            + last
        )
    paper.body += articles_block([*texts, last], layout, rng)
    _own(paper, facts, scenario.get("owner", "person"))
    name = facts["owner_plain"]
    paper.recipients = pick_recipients(
        rng,
        paper.agency,
        [
            f"Như Điều {len(texts) + 1};",
            *([f"{facts['Ong']} {name};"] if rng.random() < 0.2 and paper.owner_kind == "ca_nhan" else []),
        ],
    )
    return paper


def _own(paper: Paper, facts: Facts, kind: str) -> None:
    paper.owner = facts["owner_plain"]
    if kind == "company":
        paper.owner_kind, paper.owner_id, paper.owner_id_type = "doanh_nghiep", None, None
        if any(isinstance(b, Para) and facts.company.tax_code in b.text for b in paper.body):
            paper.owner_id, paper.owner_id_type = facts.company.tax_code, "MST"
        return
    paper.owner_kind = "ca_nhan"
    if any(isinstance(b, Para) and facts.person.id_number in b.text for b in paper.body):
        paper.owner_id, paper.owner_id_type = facts.person.id_number, facts.person.id_type


def write_listed(kind: str, layout: str, rng: Random) -> Paper:
    """Quyết định có danh mục kèm theo, inside Điều 1 or as an appendix."""
    scenario, paper, facts, style = _start(kind, layout, rng)
    inside = rng.random() < 0.4
    rows = rng.randint(4, 9) if inside else rng.randint(6, 22)
    facts["rows"] = f"{rows:02d}"
    facts["co_phu_luc"] = (
        ", gồm:"
        if inside
        else rng.choice([" (có danh sách kèm theo).", " <i>(có Phụ lục kèm theo)</i>.", " theo Phụ lục đính kèm."])
    )
    paper.body = bases_block(
        rng,
        paper.agency,
        paper.issued,
        layout,
        tuple(scenario["topics"]),
        "Theo đề nghị của " + facts.expand(scenario["ask"]),
        style,
    )
    paper.body.append(decide_lead(rng, layout))
    texts = [facts.expand(text) for text in scenario["articles"]]
    articles = articles_block([*texts, facts.expand(scenario["last"])], layout, rng)
    table = make_table(rng, facts, scenario["table"], rows)
    if inside:
        articles.insert(1, table)
    else:
        head = rng.choice(["PHỤ LỤC", "DANH SÁCH", "DANH MỤC"])
        paper.appendix = [
            Break(landscape=rng.random() < 0.2),
            Para(head, align="center", indent=False, bold=True, keep=True),
            Para(
                f"<i>(Kèm theo Quyết định số {paper.number}{paper.notation} ngày {facts.date_text(paper.issued)} của {paper.agency.natural})</i>",
                align="center",
                indent=False,
                keep=True,
            ),
            table,
        ]
    paper.body += articles
    paper.recipients = pick_recipients(rng, paper.agency, [f"Như Điều {len(texts) + 1};"])
    return paper
