"""Papers about civil status and confirmations: trích lục hộ tịch, giấy xác nhận."""
# ruff: noqa: E501 -- sentences are kept whole

from __future__ import annotations

from datetime import date
from random import Random

from samplemaker import agencies
from samplemaker.content.common import notation, pick_day, pick_number, pick_recipients, pick_sign
from samplemaker.content.decisions import issuer_for
from samplemaker.facts import Facts
from samplemaker.model import Block, Field, Paper, Para, Sign
from samplemaker.vocabulary import digits, invent_name, invent_person, near, pick_scenario, short_date

NATIONS = ["Kinh", "Kinh", "Kinh", "Kinh", "Tày", "Thái", "Mường", "Khmer", "Hoa", "Ê Đê", "Bru - Vân Kiều"]


def write_confirmation(kind: str, layout: str, rng: Random) -> Paper:
    """Giấy xác nhận of a commune, district or department."""
    day = pick_day(rng, layout)
    scenario = pick_scenario(rng, "giay_xac_nhan", day)
    agency = issuer_for(rng, day, scenario["at"])
    facts = Facts(rng, agency, day, date_style=rng.choice([0, 2]))
    company = bool(scenario.get("company"))
    facts.set_owner("company" if company else "person")
    if "valid" in scenario:
        facts.set_validity(scenario["valid"])
    title = scenario["title"]
    summary = facts.expand(scenario["summary"]) if "summary" in scenario else title.removeprefix("GIẤY XÁC NHẬN ")
    paper = Paper(
        kind=kind,
        layout=layout,
        agency=agency,
        doc_type="giay_xac_nhan",
        title=title,
        summary=summary,
        number=pick_number(rng),
        notation=notation(rng, "GXN" if title.startswith("GIẤY") else "XN", agency, layout, day),
        issued=day,
        place=agency.place,
        summary_in_title=bool(scenario.get("in_title")),
    )
    if scenario.get("in_title"):
        paper.notation = (
            notation(rng, rng.choice(["UBND-XNTTHN", "GXNHN"]), agency, layout, day)
            if rng.random() < 0.3
            else f"/{agency.code}-XNTTHN"
        )
    paper.sign = pick_sign(rng, agency, "giay_xac_nhan")
    body: list[Block] = (
        [Para(f"{agency.natural.upper()}", align="center", indent=False, bold=True)] if rng.random() < 0.4 else []
    )
    body += [Para(facts.expand(text)) for text in scenario["text"]]
    if scenario.get("in_title"):
        body.append(Para("XÁC NHẬN:", align="center", indent=False, bold=True))
    body += _company_fields(facts) if company else _person_fields(rng, facts)
    body += [Para(facts.expand(text)) for text in scenario["confirm"]]
    last = body[-1]
    assert isinstance(last, Para)
    body[-1] = Para(last.text.rstrip(".") + rng.choice(["./.", "."]))
    paper.body = body
    paper.owner = facts["owner_plain"]
    paper.owner_kind = "doanh_nghiep" if company else "ca_nhan"
    paper.owner_id, paper.owner_id_type = (
        (facts.company.tax_code, "MST") if company else (facts.person.id_number, facts.person.id_type)
    )
    paper.valid_from, paper.valid_to = facts.valid_from, facts.valid_to
    owner = facts["owner_plain"]
    paper.recipients = (
        pick_recipients(rng, agency, [rng.choice([f"Ông/bà {owner};", "Như trên;", f"{owner};"])], most=4)
        if rng.random() < 0.7
        else ()
    )
    return paper


def _person_fields(rng: Random, facts: Facts) -> list[Block]:
    person = facts.person
    return [
        Field(rng.choice(["Họ và tên:", "Ông/bà:", "Họ, chữ đệm, tên:"]), f"[[owner_name|{person.name}]]"),
        Field("Ngày, tháng, năm sinh:", short_date(person.born)),
        Field(
            "Giới tính:", f"{'Nam' if person.male else 'Nữ'}    Dân tộc: {rng.choice(NATIONS)}    Quốc tịch: Việt Nam"
        ),
        Field(
            "Giấy tờ tùy thân:",
            f"{person.id_type} số {person.id_number}, {person.id_place} cấp ngày {short_date(person.id_date)}",
        ),
        Field(rng.choice(["Nơi cư trú:", "Nơi thường trú:"]), person.address),
    ]


def _company_fields(facts: Facts) -> list[Block]:
    company = facts.company
    return [
        Field("Tên tổ chức:", f"[[owner_name|{company.name}]]"),
        Field("Mã số thuế:", company.tax_code),
        Field("Địa chỉ:", company.address),
        Field("Người đại diện:", f"{company.head.call.capitalize()} {company.head.name}"),
    ]


def write_extract(kind: str, layout: str, rng: Random) -> Paper:
    """Trích lục khai sinh, khai tử, kết hôn (also as a copy)."""
    day = max(pick_day(rng, layout), date(2016, 1, 4))
    province = agencies.pick_province(rng, day)
    agency = agencies.people_committee(rng, day, rng.choice(["xa", "xa", "xa", "huyen"]), province)
    facts = Facts(rng, agency, day, date_style=0)
    event = rng.choice(["KHAI SINH", "KHAI TỬ", "KẾT HÔN"])
    copy = rng.random() < 0.5
    paper = Paper(
        kind=kind,
        layout=layout,
        agency=agency,
        doc_type="trich_luc",
        title=f"TRÍCH LỤC {event}",
        summary=event,
        summary_in_title=True,
        number=pick_number(rng),
        notation=f"/TL{'KS' if event == 'KHAI SINH' else 'KT' if event == 'KHAI TỬ' else 'KH'}{rng.choice(['-BS', '']) if copy else ''}",
        issued=day,
        place=agency.place,
    )
    body: list[Block] = (
        [Para(f"<b>{rng.choice(['(BẢN SAO)', '(Bản sao)'])}</b>", align="center", indent=False)] if copy else []
    )
    booked = near(rng, day, -4000, 0) if copy else day
    place = (
        f"{agency.natural}, {agency.district or province}"
        if agency.level == "xa" and agency.district
        else agency.natural
    )
    if event == "KHAI SINH":
        body += _birth(rng, facts, paper)
    elif event == "KHAI TỬ":
        body += _death(rng, facts, paper)
    else:
        body += _marriage(rng, facts, paper)
    body += [
        Field(f"Đăng ký {event.lower()} tại:", place),
        Field(
            "Số:",
            f"{rng.randint(1, 240)}/{booked.year}    Ngày {booked.day:02d} tháng {booked.month:02d} năm {booked.year}",
        ),
        Field("Ghi chú:", rng.choice(["", "Không", "Trích từ Sổ hộ tịch"])),
    ]
    if rng.random() < 0.7:
        body.append(
            Para(
                f"<i>Thực hiện trích lục từ: {rng.choice(['Sổ đăng ký', 'Cơ sở dữ liệu hộ tịch điện tử'])}</i>",
                indent=False,
                align="left",
            )
        )
    paper.body, paper.perpetual = body, False
    if rng.random() < 0.5:
        paper.sign = Sign(
            (),
            rng.choice(["CÔNG CHỨC TƯ PHÁP - HỘ TỊCH", "CÔNG CHỨC TƯ PHÁP - HỘ TỊCH"]),
            invent_name(rng, rng.random() < 0.5),
            note="NGƯỜI KÝ TRÍCH LỤC" if rng.random() < 0.6 else "",
        )
    else:
        paper.sign = pick_sign(rng, agency, "trich_luc", personal=rng.random() < 0.5)
    paper.procedure = "2.000635"
    return paper


def _own(paper: Paper, name: str, number: str | None, id_type: str | None) -> None:
    paper.owner, paper.owner_kind, paper.owner_id, paper.owner_id_type = name, "ca_nhan", number, id_type


def _birth(rng: Random, facts: Facts, paper: Paper) -> list[Block]:
    male = rng.random() < 0.5
    born = near(rng, paper.issued, -9000, -8)
    name = invent_name(rng, male)
    shown = name.upper() if rng.random() < 0.6 else name
    pin = f"0{rng.randint(1, 96):02d}{(0 if male else 1) + (2 if born.year >= 2000 else 0)}{born.year % 100:02d}{digits(rng, 6)}"
    has_pin = born.year >= 2016
    _own(paper, shown, pin if has_pin else None, "ĐDCN" if has_pin else None)
    father, mother = invent_person(rng, paper.agency.province, paper.issued), invent_name(rng, False)
    return [
        Field("Họ, chữ đệm, tên:", f"[[owner_name|{shown}]]"),
        Field("Ngày, tháng, năm sinh:", f"{short_date(born)}"),
        Field("Giới tính:", f"{'Nam' if male else 'Nữ'}    Dân tộc: {rng.choice(NATIONS)}    Quốc tịch: Việt Nam"),
        Field("Nơi sinh:", f"Bệnh viện Đa khoa {paper.agency.province}"),
        Field("Quê quán:", facts.person.address.split(", ", 1)[1]),
        Field("Số định danh cá nhân:", pin if has_pin else ""),
        Field("Họ, chữ đệm, tên người mẹ:", mother),
        Field(
            "Năm sinh:", f"{born.year - rng.randint(19, 40)}    Dân tộc: {rng.choice(NATIONS)}    Quốc tịch: Việt Nam"
        ),
        Field("Họ, chữ đệm, tên người cha:", invent_name(rng, True)),
        Field("Nơi cư trú:", father.address),
    ]


def _death(rng: Random, facts: Facts, paper: Paper) -> list[Block]:
    person = facts.person
    died = near(rng, paper.issued, -60, -1)
    _own(paper, person.name.upper(), person.id_number, person.id_type)
    return [
        Field("Họ, chữ đệm, tên người chết:", f"[[owner_name|{person.name.upper()}]]"),
        Field("Ngày, tháng, năm sinh:", short_date(person.born)),
        Field(
            "Giới tính:", f"{'Nam' if person.male else 'Nữ'}    Dân tộc: {rng.choice(NATIONS)}    Quốc tịch: Việt Nam"
        ),
        Field("Giấy tờ tùy thân:", f"{person.id_type} số {person.id_number}"),
        Field(
            "Đã chết vào lúc:", f"{rng.randint(0, 23):02d} giờ {rng.randint(0, 59):02d} phút, ngày {short_date(died)}"
        ),
        Field("Nơi chết:", person.address),
        Field("Nguyên nhân chết:", rng.choice(["Bệnh", "Già yếu", "Tai nạn"])),
    ]


def _marriage(rng: Random, facts: Facts, paper: Paper) -> list[Block]:
    province, day = paper.agency.province, paper.issued
    people = [invent_person(rng, province, day) for _ in range(8)]
    husband = next((p for p in people if p.male), people[0])
    wife = next((p for p in people if not p.male), people[-1])
    _own(paper, husband.name, husband.id_number, husband.id_type)
    blocks: list[Block] = []
    for label, person in (("vợ", wife), ("chồng", husband)):
        shown = f"[[owner_name|{person.name}]]" if person is husband else person.name
        blocks += [
            Field(f"Họ, chữ đệm, tên {label}:", shown),
            Field("Ngày, tháng, năm sinh:", short_date(person.born)),
            Field("Dân tộc:", f"{rng.choice(NATIONS)}    Quốc tịch: Việt Nam"),
            Field("Nơi cư trú:", person.address),
            Field("Giấy tờ tùy thân:", f"{person.id_type} số {person.id_number}"),
        ]
    return blocks
