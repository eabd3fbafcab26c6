"""Công văn, kế hoạch, thông báo, tờ trình, giấy mời, báo cáo, biên bản."""
# ruff: noqa: E501 -- sentences are kept whole

from __future__ import annotations

from random import Random

from samplemaker import agencies, citations
from samplemaker.content.common import (
    letter_notation,
    notation,
    numbered_sections,
    pick,
    pick_day,
    pick_number,
    pick_recipients,
    pick_sign,
    tasks,
)
from samplemaker.content.tables import make_table
from samplemaker.facts import Facts
from samplemaker.model import Block, Break, Paper, Para, Sign
from samplemaker.vocabulary import invent_name, load_toml, long_date, near, pick_scenario

TYPES = {
    "cong_van": ("cong_van", "", ""),
    "ke_hoach": ("ke_hoach", "KẾ HOẠCH", "KH"),
    "thong_bao": ("thong_bao", "THÔNG BÁO", "TB"),
    "to_trinh": ("to_trinh", "TỜ TRÌNH", "TTr"),
    "giay_moi": ("giay_moi", "GIẤY MỜI", "GM"),
    "bao_cao": ("bao_cao", "BÁO CÁO", "BC"),
    "bien_ban": ("bien_ban", "BIÊN BẢN", "BB"),
}


def write_letter(kind: str, layout: str, rng: Random, *, topic: str = "") -> Paper:
    """One of the general papers; ``topic`` picks the scenarios of another kind."""
    day = pick_day(rng, layout)
    agency = agencies.document_agency(rng, day)
    if kind == "to_trinh" and agency.level == "trung_uong":
        agency = agencies.department(rng, day, agencies.pick_province(rng, day))
    scenario = pick_scenario(rng, topic or kind, day)
    style = rng.choice([2, 0, 0, 1])
    facts = Facts(rng, agency, day, date_style=style)
    owner = scenario.get("owner")
    facts.set_owner(owner or "person")
    doc_type, title, short = TYPES[kind]
    paper = Paper(
        kind=kind,
        layout=layout,
        agency=agency,
        doc_type=doc_type,
        title=title,
        summary=facts.expand(scenario["summary"]),
        number=pick_number(rng),
        notation=notation(rng, short, agency, layout, day) if short else letter_notation(rng, agency, layout),
        issued=day,
        place=agency.place,
    )
    paper.sign = pick_sign(rng, agency, doc_type)
    bases = citations.legal_bases(rng, day, tuple(scenario.get("topics", ())), most=2, style=style)
    builders = {
        "cong_van": _letter,
        "ke_hoach": _plan,
        "thong_bao": _notice,
        "to_trinh": _submission,
        "giay_moi": _invitation,
        "bao_cao": _report,
        "bien_ban": _minutes,
    }
    paper.recipients = pick_recipients(rng, agency, ["Như trên;"] if kind in ("cong_van", "to_trinh") else [])
    if owner:
        paper.owner, paper.owner_kind = facts["owner_plain"], "doanh_nghiep" if owner == "company" else "ca_nhan"
    builders[kind](rng, paper, facts, scenario, bases)
    if (
        owner
        and not any(isinstance(b, Para) and "[[owner_name|" in b.text for b in paper.body)
        and not any("[[owner_name|" in a for a in paper.addressees)
    ):
        paper.body.insert(
            0,
            Para(
                facts.expand(
                    "{Ong} {owner!}, địa chỉ: {address}." if owner == "person" else "{owner!}, địa chỉ: {caddress}."
                )
            ),
        )
    if owner == "company" and any(isinstance(b, Para) and facts.company.tax_code in b.text for b in paper.body):
        paper.owner_id, paper.owner_id_type = facts.company.tax_code, "MST"
    return paper


def _letter(rng: Random, paper: Paper, facts: Facts, scenario: dict[str, object], bases: list[str]) -> None:
    to = scenario["to"]
    assert isinstance(to, list)
    paper.addressees = tuple(facts.expand(str(item)) for item in to)
    body: list[Block] = [Para(f"Căn cứ {text};") for text in bases[:1] if rng.random() < 0.3]
    body.append(Para(facts.expand(str(scenario["open"]))))
    lead = rng.choice(["", "- ", "1"])
    for number, text in enumerate(tasks(rng, facts, rng.choice([2, 3, 4, 5, 8, 11])), 1):
        body.append(Para((f"{number}. " if lead == "1" else lead) + text))
    paper.body = [*body, Para(pick(rng, facts, "closings_letter"))]


def _plan(rng: Random, paper: Paper, facts: Facts, scenario: dict[str, object], bases: list[str]) -> None:
    body: list[Block] = [
        Para(f"Căn cứ {text};", italic=paper.layout == "nd30" and rng.random() < 0.5) for text in bases
    ]
    body.append(Para(facts.expand(str(scenario["open"]))))
    body.append(Para("I. MỤC ĐÍCH, YÊU CẦU", bold=True, keep=True))
    aims = rng.sample(load_toml("phrases.toml")["aims"], rng.randint(2, 4))
    body += [Para(f"{i}. {facts.expand(text)}") for i, text in enumerate(aims, 1)]
    heads = rng.sample(
        ["NỘI DUNG", "NHIỆM VỤ VÀ GIẢI PHÁP", "KINH PHÍ THỰC HIỆN", "TỔ CHỨC THỰC HIỆN"], rng.randint(2, 3)
    )
    sections = numbered_sections(rng, facts, ["", *heads], low=2, high=6)
    first = next(i for i, b in enumerate(sections) if isinstance(b, Para) and b.text.startswith("II. "))
    body += sections[first:]
    body.append(Para(pick(rng, facts, "closings_plan")))
    paper.body = body
    if rng.random() < 0.8:
        paper.appendix = [
            Break(landscape=True, paper=rng.choice(["", "", "", "A3"])),
            Para("PHỤ LỤC", align="center", indent=False, bold=True, keep=True),
            Para(
                f"<i>(Ban hành kèm theo Kế hoạch số {paper.doc_number} ngày {facts.date_text(paper.issued)} của {paper.agency.natural})</i>",
                align="center",
                indent=False,
            ),
            make_table(rng, facts, "plan", rng.randint(5, 14)),
        ]


def _notice(rng: Random, paper: Paper, facts: Facts, scenario: dict[str, object], bases: list[str]) -> None:
    body: list[Block] = [Para(f"Căn cứ {text};") for text in bases if rng.random() < 0.6]
    body.append(Para(facts.expand(str(scenario["open"]))))
    if rng.random() < 0.5:
        body += numbered_sections(
            rng,
            facts,
            rng.sample(["Kết quả đạt được", "Tồn tại, hạn chế", "Yêu cầu", "Thời gian, địa điểm"], 2),
            low=2,
            high=4,
        )
    else:
        body += [Para(f"{i}. {text}") for i, text in enumerate(tasks(rng, facts, rng.randint(2, 6)), 1)]
    paper.body = [*body, Para(pick(rng, facts, "closings_notice"))]


def _submission(rng: Random, paper: Paper, facts: Facts, scenario: dict[str, object], bases: list[str]) -> None:
    paper.addressees = (facts["cap_tren"] + rng.choice(["", ".", ""]),)
    body: list[Block] = [Para(f"Căn cứ {text};", italic=paper.layout == "nd30") for text in bases]
    body.append(Para(f"{facts['Short']} kính trình {facts['cap_tren']} xem xét với các nội dung chủ yếu sau:"))
    body += numbered_sections(
        rng, facts, ["SỰ CẦN THIẾT", "NỘI DUNG CHÍNH", "KIẾN NGHỊ"][: rng.randint(2, 3)], low=2, high=4
    )
    paper.body = [*body, Para(pick(rng, facts, "closings_submit"))]


def _invitation(rng: Random, paper: Paper, facts: Facts, scenario: dict[str, object], bases: list[str]) -> None:
    agency, when = paper.agency, near(rng, paper.issued, 2, 14)
    guests = [
        "Lãnh đạo Sở Tư pháp;",
        "Lãnh đạo Sở Nội vụ;",
        "Chánh Văn phòng, Trưởng các phòng chuyên môn;",
        f"Chủ tịch Ủy ban nhân dân {facts['ward']};",
        "Đại diện Công an tỉnh;",
        f"{facts['Ong']} {facts['owner']};",
    ]
    chosen = rng.sample(guests, rng.randint(2, 5))
    head = rng.choice(["trân trọng kính mời", "kính mời"])
    hour = rng.choice(["8 giờ 00", "7 giờ 30 phút", "14 giờ 00", "13 giờ 30", "09h00"])
    body: list[Block] = [Para(f"{agency.short} {head}:"), *(Para(f"- {guest}") for guest in chosen)]
    if rng.random() < 0.4:
        paper.addressees, body = (
            tuple(chosen),
            [Para(f"{agency.short} {head} các cơ quan, cá nhân có tên trên dự họp, cụ thể như sau:")],
        )
    body += [
        Para(f"<b>1. Chủ trì:</b> {agency.head} {agency.natural}."),
        Para(f"<b>2. Thời gian:</b> {hour}, ngày {long_date(when)}."),
        Para(
            f"<b>3. Địa điểm:</b> {rng.choice(['Phòng họp số 2', 'Hội trường tầng 3', 'Phòng họp trực tuyến'])}, trụ sở {agency.natural}."
        ),
        Para(f"<b>4. Nội dung:</b> {paper.summary}."),
        Para(
            rng.choice(
                [
                    "Đề nghị các đại biểu tham dự đầy đủ, đúng thành phần./.",
                    f"Rất mong sự có mặt của quý đại biểu. Mọi chi tiết xin liên hệ số điện thoại {facts['phone']}./.",
                ]
            )
        ),
    ]
    paper.body = body


def _report(rng: Random, paper: Paper, facts: Facts, scenario: dict[str, object], bases: list[str]) -> None:
    body: list[Block] = [
        Para(
            f"Thực hiện Công văn số {facts['n1']}/VP-TH ngày {facts['date_a']}, {facts['Short']} báo cáo kết quả như sau:"
        )
    ]
    body += numbered_sections(
        rng, facts, ["KẾT QUẢ THỰC HIỆN", "TỒN TẠI, HẠN CHẾ", "PHƯƠNG HƯỚNG, NHIỆM VỤ"], low=2, high=6
    )
    paper.body = [*body, Para(f"Trên đây là Báo cáo của {facts['short']}./.")]
    if rng.random() < 0.5:
        paper.addressees = (facts["cap_tren"],)


def _minutes(rng: Random, paper: Paper, facts: Facts, scenario: dict[str, object], bases: list[str]) -> None:
    agency, day = paper.agency, paper.issued
    chair, clerk = invent_name(rng, True), invent_name(rng, False)
    body: list[Block] = [
        Para(
            f"Hôm nay, vào hồi {rng.randint(7, 10)} giờ {rng.choice(['00', '15', '30'])} phút, ngày {long_date(day)}, tại {rng.choice(['trụ sở', 'phòng họp'])} {agency.natural}, chúng tôi gồm:"
        ),
        Para("I. THÀNH PHẦN", bold=True, keep=True),
        Para(f"1. Ông {chair} - {agency.deputy} {agency.natural}, chủ trì;"),
        Para(f"2. Bà {clerk} - Chuyên viên, thư ký;"),
        Para(
            facts.expand("3. {Ong} {owner!}, {id_type} số {id}, địa chỉ: {address}.")
            if scenario.get("owner")
            else f"3. {facts['Ong']} {facts['owner']} - đại diện đơn vị liên quan."
        ),
    ]
    if scenario.get("owner"):
        paper.owner_id, paper.owner_id_type = facts.person.id_number, facts.person.id_type
    body += [
        Para(text.text.replace("I. NỘI DUNG", "II. NỘI DUNG"), bold=text.bold, keep=text.keep)
        if isinstance(text, Para)
        else text
        for text in numbered_sections(rng, facts, ["NỘI DUNG"], low=3, high=6)
    ]
    body.append(
        Para(
            f"Biên bản kết thúc vào hồi {rng.randint(11, 16)} giờ {rng.choice(['00', '30'])} phút cùng ngày, được lập thành {rng.randint(2, 4):02d} bản có giá trị như nhau, các bên cùng nghe và ký tên dưới đây./."
        )
    )
    paper.body = body
    paper.sign = Sign(
        (),
        rng.choice(["CHỦ TRÌ", "NGƯỜI CHỦ TRÌ", "TRƯỞNG ĐOÀN KIỂM TRA"]),
        chair,
        rng.choice(["THƯ KÝ", "NGƯỜI GHI BIÊN BẢN"]),
        clerk,
    )
    paper.recipients = ()
    if rng.random() < 0.35:
        paper.number, paper.notation = "", ""
