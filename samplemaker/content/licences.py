"""Licences: construction, and the trades that need one."""
# ruff: noqa: E501 -- sentences are kept whole

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from samplemaker import agencies, citations
from samplemaker.content.common import pick_day, pick_number, pick_recipients, pick_sign
from samplemaker.facts import Facts
from samplemaker.model import Agency, Block, Company, Paper, Para
from samplemaker.vocabulary import (
    add_years,
    any_date,
    digits,
    invent_company,
    load_toml,
    money,
    short_date,
)


def start_paper(
    kind: str,
    layout: str,
    rng: Random,
    agency: Agency,
    day: date,
    *,
    doc_type: str,
    title: str,
    summary: str | None,
    short: str,
) -> Paper:
    paper = Paper(
        kind=kind,
        layout=layout,
        agency=agency,
        doc_type=doc_type,
        title=title,
        summary=summary,
        number=pick_number(rng),
        notation=f"/{short}-{agency.code}",
        issued=day,
        place=agency.place,
    )
    paper.sign = pick_sign(rng, agency, doc_type)
    return paper


def end_of_term(rng: Random, day: date, years: int) -> date:
    end = add_years(day, years)
    return end if rng.random() < 0.5 else end - timedelta(days=1)


def _bases(rng: Random, paper: Paper, topics: tuple[str, ...], closing: str) -> list[Block]:
    bases = (
        [citations.home_rule(rng, paper.agency, paper.issued)]
        if not paper.agency.committee and rng.random() < 0.6
        else []
    )
    bases += citations.legal_bases(rng, paper.issued, topics, most=3, style=rng.choice([0, 2]))
    lines = citations.write_bases(
        rng, bases, closing, dashed=paper.layout != "nd30" and rng.random() < 0.4, end=rng.choice([",", "."])
    )
    return [Para(line, italic=paper.layout == "nd30") for line in lines]


def write_construction(kind: str, layout: str, rng: Random) -> Paper:
    """Giấy phép xây dựng, for a house or a work of a company."""
    day = pick_day(rng, layout)
    province = agencies.pick_province(rng, day)
    agency = rng.choice(
        [
            agencies.department(rng, day, province, ("SXD",)),
            agencies.people_committee(rng, day, "huyen", province),
            agencies.people_committee(rng, day, "huyen", province),
        ]
    )
    facts = Facts(rng, agency, day, date_style=0)
    person, company = facts.person, facts.company
    house = agency.committee or rng.random() < 0.3
    used = (
        rng.choice(["Sử dụng cho công trình nhà ở riêng lẻ", "Nhà ở riêng lẻ", "Xây dựng nhà ở gia đình"])
        if house
        else rng.choice(["Sử dụng cho công trình không theo tuyến", f"Công trình: {facts['du_an']}"])
    )
    paper = start_paper(
        kind, layout, rng, agency, day, doc_type="giay_phep", title="GIẤY PHÉP XÂY DỰNG", summary=None, short="GPXD"
    )
    if rng.random() < 0.5:
        paper.body.append(Para(f"<i>({used})</i>", align="center", indent=False))
    owner = person.name if house else company.name
    shown = owner.upper() if rng.random() < 0.3 else owner
    who = [
        Para(f"<b>1.</b> Cấp cho: {person.call + ' ' if house else ''}[[owner_name|{shown}]]"),
        Para(f"Địa chỉ: {person.address if house else company.address}."),
    ]
    if house and rng.random() < 0.7:
        who.insert(
            1,
            Para(
                f"{person.id_type} số: {person.id_number}, cấp ngày {short_date(person.id_date)} tại {person.id_place}"
            ),
        )
        paper.owner_id, paper.owner_id_type = person.id_number, person.id_type
    elif not house:
        who.insert(1, Para(f"Mã số doanh nghiệp: {company.tax_code}"))
        paper.owner_id, paper.owner_id_type = company.tax_code, "MST"
    floors = rng.randint(1, 5)
    paper.body += who
    paper.body += [
        Para(
            f"<b>2.</b> Được phép xây dựng công trình: {used.removeprefix('Sử dụng cho công trình ').removeprefix('Công trình: ')}, theo hồ sơ thiết kế do {rng.choice(['Công ty TNHH Tư vấn Thiết kế', 'Công ty CP Kiến trúc'])} {rng.choice(load_toml('agencies.toml')['company_words']['list'])} lập."
        ),
        Para(
            f"- Vị trí xây dựng: thửa đất số {facts['n2']}, tờ bản đồ số {facts['n3']}, {facts['ward']}, {agency.district or province}."
        ),
        Para(
            f"- Cốt nền xây dựng công trình: +0,{rng.randint(15, 90)} m so với cốt vỉa hè; khoảng lùi: {rng.randint(0, 6)},{rng.randint(0, 9)} m."
        ),
        Para(
            f"- Mật độ xây dựng: {rng.randint(45, 100)}%, hệ số sử dụng đất: {rng.randint(1, 5)},{rng.randint(0, 9)} lần."
        ),
        Para(
            f"- Diện tích xây dựng: {rng.randint(48, 260)},{rng.randint(0, 9)} m²; tổng diện tích sàn: {rng.randint(90, 900)},{rng.randint(0, 9)} m²; chiều cao: {rng.randint(4, 22)},{rng.randint(0, 9)} m; số tầng: {floors:02d}."
        ),
        Para(
            f"<b>3.</b> Giấy tờ về đất đai: Giấy chứng nhận quyền sử dụng đất số {rng.choice(['BK', 'CD', 'DN', 'CT', 'AA'])} {digits(rng, 6)} do {rng.choice(['Sở Tài nguyên và Môi trường', 'Ủy ban nhân dân huyện', 'Văn phòng đăng ký đất đai'])} cấp ngày {facts['date_b']}."
        ),
        Para(
            "<b>4.</b> Giấy phép này có hiệu lực khởi công xây dựng trong thời hạn 12 tháng kể từ ngày cấp; quá thời hạn trên thì phải đề nghị gia hạn giấy phép xây dựng./."
        ),
    ]
    paper.owner, paper.owner_kind = shown, "ca_nhan" if house else "doanh_nghiep"
    paper.valid_from = day
    paper.recipients = pick_recipients(
        rng,
        agency,
        [rng.choice(["Như trên;", "Chủ đầu tư;", f"{person.call.capitalize()} {owner};" if house else f"{owner};"])],
        most=5,
    )
    paper.procedure = "1.009994"
    return paper


TRADES = {
    "ruou": ("Bán lẻ rượu", "GIẤY PHÉP BÁN LẺ RƯỢU", "2.000633", 5, ["huyen", "xa"]),
    "thuoc_la": ("Bán lẻ sản phẩm thuốc lá", "GIẤY PHÉP BÁN LẺ SẢN PHẨM THUỐC LÁ", "2.000620", 5, ["huyen", "xa"]),
    "karaoke": (
        "Đủ điều kiện kinh doanh dịch vụ karaoke",
        "GIẤY PHÉP ĐỦ ĐIỀU KIỆN KINH DOANH DỊCH VỤ KARAOKE",
        "1.001029",
        0,
        ["SVHTTDL", "huyen"],
    ),
    "nuoc": ("Khai thác nước dưới đất", "GIẤY PHÉP KHAI THÁC NƯỚC DƯỚI ĐẤT", "1.004223", 10, ["STNMT", "SNNMT"]),
    "quang_cao": (
        "Xuất bản tài liệu không kinh doanh",
        "GIẤY PHÉP XUẤT BẢN TÀI LIỆU KHÔNG KINH DOANH",
        "1.003868",
        1,
        ["STTTT", "SVHTTDL"],
    ),
    "van_tai": (
        "Kinh doanh vận tải bằng xe ô tô",
        "GIẤY PHÉP KINH DOANH VẬN TẢI BẰNG XE Ô TÔ",
        "2.002286",
        0,
        ["SGTVT", "SXD"],
    ),
}


def write_business_licence(kind: str, layout: str, rng: Random) -> Paper:
    """Giấy phép kinh doanh: spirits, tobacco, karaoke, groundwater, printing, transport."""
    day = pick_day(rng, layout)
    province = agencies.pick_province(rng, day)
    topic = rng.choice(sorted(TRADES))
    about, whole, code, years, issuers = TRADES[topic]
    if issuers[0] in ("huyen", "xa"):
        office = agencies.district_office(rng, day, province, ("PKTHT", "PTCKH"))
        agency = office if rng.random() < 0.6 else agencies.people_committee(rng, day, "huyen", province)
    else:
        agency = agencies.department(rng, day, province, tuple(issuers))
    joined = rng.random() < 0.4
    paper = start_paper(
        kind, layout, rng, agency, day, doc_type="giay_phep", title="GIẤY PHÉP", summary=about, short="GP"
    )
    if joined:
        paper.title, paper.summary, paper.summary_in_title = whole, whole.removeprefix("GIẤY PHÉP "), True
    household = rng.random() < 0.4
    owner = invent_company(rng, province, day, household=household)
    facts = Facts(rng, agency, day, date_style=rng.choice([0, 2]))
    paper.authority = f"{agency.head.upper()} {agency.natural.upper()}" if rng.random() < 0.6 else ""
    paper.body = _bases(
        rng, paper, (topic,), f"Xét đơn đề nghị cấp giấy phép của {owner.name} ngày {facts['date_a']} và hồ sơ kèm theo"
    )
    paper.body.append(
        Para(
            rng.choice(["CẤP PHÉP:", "QUYẾT ĐỊNH:", "CHO PHÉP:"]),
            align="center",
            indent=False,
            bold=True,
            before=4,
            keep=True,
        )
    )
    lead = rng.choice(["<b>{n}.</b> ", "<b>Điều {n}.</b> ", "{n}. "])
    items = [
        f"{rng.choice(['Cho phép', 'Tên tổ chức, cá nhân được cấp phép:', 'Cấp cho:'])} [[owner_name|{owner.name}]]",
        f"{about}: {_trade_detail(rng, topic)}",
        _validity(rng, paper, years),
        f"{owner.name} có trách nhiệm tuân thủ các quy định của pháp luật có liên quan; báo cáo định kỳ trước ngày 15 tháng 01 hằng năm; chịu sự kiểm tra, giám sát của cơ quan có thẩm quyền./.",
    ]
    for number, text in enumerate(items, 1):
        paper.body.append(Para(lead.format(n=number) + text))
        if number == 1:
            paper.body += [Para(f"Địa chỉ trụ sở: {owner.address}."), _register_line(rng, owner, household)]
    if rng.random() < 0.4:
        paper.body.insert(
            -1, Para(f"Lệ phí: {money(rng, 100_000, 1_200_000, 50_000)} đồng (biên lai số {digits(rng, 7)}).")
        )
    set_business_owner(paper, owner, household)
    paper.recipients = pick_recipients(
        rng, agency, [f"{owner.name};"] if rng.random() < 0.7 else ["Như Điều 1;"], most=5
    )
    paper.procedure = code
    return paper


def _trade_detail(rng: Random, topic: str) -> str:
    company = rng.choice(load_toml("agencies.toml")["company_words"]["list"])
    details = {
        "ruou": f"được phép mua rượu của Công ty CP Bia Rượu {company} và tổ chức bán lẻ rượu tại địa điểm nêu trên.",
        "thuoc_la": f"được phép mua sản phẩm thuốc lá của Công ty Thương mại {company}; điểm bán: {rng.randint(1, 4):02d} điểm.",
        "karaoke": f"số lượng phòng: {rng.randint(2, 14):02d} phòng; diện tích mỗi phòng từ {rng.randint(20, 45)} m² trở lên.",
        "nuoc": f"tổng lưu lượng không quá {rng.randint(30, 2900)} m³/ngày đêm; số giếng {rng.randint(1, 6)}; tọa độ X = {digits(rng, 7)}; Y = {digits(rng, 6)} (hệ VN-2000).",
        "quang_cao": f"số lượng: {rng.randint(1, 20)}00 bản; khuôn khổ 19 x 27 cm; nơi in: Công ty TNHH In {company}.",
        "van_tai": "loại hình: vận tải hành khách theo hợp đồng; vận tải hàng hóa bằng xe ô tô.",
    }
    return details[topic]


def _validity(rng: Random, paper: Paper, years: int) -> str:
    paper.valid_from = paper.issued
    if years == 0:
        paper.perpetual = True
        return rng.choice(
            [
                "Thời hạn của giấy phép: không thời hạn.",
                "Giấy phép này có giá trị không thời hạn.",
                "Thời hạn hiệu lực: vô thời hạn.",
            ]
        )
    paper.valid_to = end_of_term(rng, paper.issued, years)
    text = f"[[valid_to|{any_date(rng, paper.valid_to, rng.choice([0, 2]))}]]"
    return rng.choice(
        [
            f"Thời hạn của giấy phép: đến hết ngày {text}.",
            f"Giấy phép này có giá trị đến ngày {text}.",
            f"Giấy phép có giá trị {years:02d} năm, kể từ ngày ký đến hết ngày {text}.",
        ]
    )


def _register_line(rng: Random, owner: Company, household: bool) -> Para:
    if household:
        return Para(
            f"Giấy chứng nhận đăng ký hộ kinh doanh (mã số {owner.tax_code}) cấp lần đầu ngày {short_date(owner.founded)}."
        )
    return Para(
        f"{rng.choice(['Mã số doanh nghiệp', 'Mã số thuế', 'Giấy chứng nhận đăng ký doanh nghiệp số'])}: {owner.tax_code} do Phòng Đăng ký kinh doanh cấp ngày {short_date(owner.founded)}."
    )


def set_business_owner(paper: Paper, owner: Company, household: bool) -> None:
    paper.owner, paper.owner_kind = owner.name, "ho_kinh_doanh" if household else "doanh_nghiep"
    paper.owner_id, paper.owner_id_type = owner.tax_code, "MST"
