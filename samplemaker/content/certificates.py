"""Certificates: household business, food safety, professional practice."""
# ruff: noqa: E501 -- sentences are kept whole

from __future__ import annotations

from datetime import date
from random import Random

from samplemaker import agencies
from samplemaker.content.common import pick_day, pick_number, pick_recipients
from samplemaker.content.licences import end_of_term, set_business_owner, start_paper
from samplemaker.facts import Facts
from samplemaker.model import Block, Field, Paper, Para, Sign
from samplemaker.vocabulary import (
    any_date,
    digits,
    invent_company,
    invent_name,
    load_toml,
    money,
    near,
    short_date,
)


def write_household(kind: str, layout: str, rng: Random) -> Paper:
    """Giấy chứng nhận đăng ký hộ kinh doanh."""
    day = pick_day(rng, layout)
    province = agencies.pick_province(rng, day)
    agency = agencies.district_office(rng, day, province, ("PTCKH",))
    whole = rng.choice(["GIẤY CHỨNG NHẬN ĐĂNG KÝ HỘ KINH DOANH", "GIẤY CHỨNG NHẬN ĐĂNG KÝ KINH DOANH HỘ KINH DOANH"])
    paper = start_paper(
        kind,
        layout,
        rng,
        agency,
        day,
        doc_type="giay_chung_nhan",
        title=whole,
        summary=whole.removeprefix("GIẤY CHỨNG NHẬN "),
        short="HKD",
    )
    paper.summary_in_title = True
    paper.number, paper.notation = f"{rng.randint(10, 64)}{rng.choice('ABCDEFGH')}8{digits(rng, 6)}", ""
    paper.number_label = rng.choice(["Số:", "Số:", "Mã số:"])
    owner = invent_company(rng, province, day, household=True)
    head, name = owner.head, owner.name.upper() if rng.random() < 0.5 else owner.name
    paper.body = [
        Para(f"<i>Đăng ký lần đầu, ngày {long_or_short(rng, day)}</i>", align="center", indent=False),
        Field("1. Tên hộ kinh doanh:", f"[[owner_name|{name}]]"),
        Field("2. Địa điểm kinh doanh:", owner.address),
        Field("Điện thoại:", "0" + digits(rng, 9)),
        Field("3. Ngành, nghề kinh doanh:", rng.choice(load_toml("phrases.toml")["lines_of_business"]).capitalize()),
        Field("4. Vốn kinh doanh:", f"{money(rng, 20_000_000, 900_000_000, 5_000_000)} đồng"),
        Field("5. Họ và tên đại diện hộ kinh doanh:", head.name.upper()),
        Field("Giới tính:", "Nam" if head.male else "Nữ"),
        Field("Sinh ngày:", short_date(head.born)),
        Field("Dân tộc:", rng.choice(["Kinh", "Kinh", "Kinh", "Tày", "Mường", "Khmer", "Vân Kiều"])),
        Field(
            "Loại giấy tờ chứng thực cá nhân:",
            {"CMND": "Chứng minh nhân dân", "CCCD": "Căn cước công dân"}.get(head.id_type, "Thẻ căn cước"),
        ),
        Field("Số giấy chứng thực cá nhân:", head.id_number),
        Field("Ngày cấp:", f"{short_date(head.id_date)}    Nơi cấp: {head.id_place}"),
        Field("Nơi đăng ký hộ khẩu thường trú:", head.address),
    ]
    paper.owner, paper.owner_kind, paper.owner_id, paper.owner_id_type = (
        name,
        "ho_kinh_doanh",
        head.id_number,
        head.id_type,
    )
    paper.valid_from, paper.procedure = day, "1.001612"
    return paper


def long_or_short(rng: Random, day: date) -> str:
    """A date in one of the two usual ways."""
    return any_date(rng, day, rng.choice([0, 2]))


def write_food(kind: str, layout: str, rng: Random) -> Paper:
    """Giấy chứng nhận cơ sở đủ điều kiện an toàn thực phẩm (three years)."""
    day = pick_day(rng, layout)
    province = agencies.pick_province(rng, day)
    agency = rng.choice(
        [
            agencies.branch(rng, day, province),
            agencies.department(rng, day, province, ("SYT", "SCT", "SNNMT", "SNNPTNT")),
        ]
    )
    title, about = rng.choice(
        [
            ("GIẤY CHỨNG NHẬN", "Cơ sở đủ điều kiện an toàn thực phẩm"),
            ("GIẤY CHỨNG NHẬN CƠ SỞ ĐỦ ĐIỀU KIỆN AN TOÀN THỰC PHẨM", ""),
        ]
    )
    paper = start_paper(
        kind,
        layout,
        rng,
        agency,
        day,
        doc_type="giay_chung_nhan",
        title=title,
        summary=about or title.removeprefix("GIẤY CHỨNG NHẬN "),
        short=rng.choice(["ATTP", "GCNATTP", "GCN"]),
    )
    paper.summary_in_title = not about
    if rng.random() < 0.25:
        paper.notation = f"/{day.year}/ATTP-CNĐK"
    household = rng.random() < 0.6
    owner = invent_company(rng, province, day, household=household)
    shown = owner.name.upper() if rng.random() < 0.35 else owner.name
    end = end_of_term(rng, day, 3)
    paper.valid_from, paper.valid_to = day, end
    text = f"[[valid_to|{any_date(rng, end, rng.choice([0, 2]))}]]"
    wording = rng.choice(
        [
            f"Giấy chứng nhận có hiệu lực đến ngày {text}",
            f"Có giá trị 03 năm, kể từ ngày ký đến ngày {text}",
            f"Giấy chứng nhận này có giá trị đến hết ngày {text}",
        ]
    )
    line = rng.choice(load_toml("phrases.toml")["food_lines"])
    paper.body = [
        Para(f"{agency.natural.upper()}", align="center", indent=False, bold=True, before=4),
        Para(rng.choice(["CHỨNG NHẬN", "CHỨNG NHẬN:"]), align="center", indent=False, bold=True),
        Field("Cơ sở:", f"[[owner_name|{shown}]]"),
        Field("Chủ cơ sở:", owner.head.name),
        Field("Địa chỉ trụ sở:", owner.address),
        Field("Địa chỉ sản xuất, kinh doanh:", owner.address),
        Field("Điện thoại:", f"0{digits(rng, 9)}    Fax:"),
        *([Field("Mã số thuế:", owner.tax_code)] if rng.random() < 0.6 else []),
        Para("Đủ điều kiện an toàn thực phẩm theo quy định để sản xuất, kinh doanh sản phẩm:"),
        Para(f"- {line.capitalize()}.", align="left"),
        Para(
            f"{wording} và thay thế Giấy chứng nhận số {pick_number(rng)}/GCN-{agency.code} cấp ngày {short_date(near(rng, day, -1300, -1000))}."
            if rng.random() < 0.35
            else f"{wording}./."
        ),
    ]
    set_business_owner(paper, owner, household)
    paper.owner = shown
    if not any(isinstance(b, Field) and b.value == owner.tax_code for b in paper.body):
        paper.owner_id = paper.owner_id_type = None
    paper.recipients = pick_recipients(rng, agency, ["Cơ sở được cấp;"], most=4) if rng.random() < 0.4 else ()
    paper.procedure = "1.002425"
    return paper


PRACTICES = [
    (
        "CHỨNG CHỈ HÀNH NGHỀ DƯỢC",
        "CCHN-D",
        ("SYT",),
        0,
        "Người chịu trách nhiệm chuyên môn về dược của nhà thuốc, quầy thuốc",
    ),
    ("CHỨNG CHỈ HÀNH NGHỀ KHÁM BỆNH, CHỮA BỆNH", "CCHN", ("SYT",), 0, "Khám bệnh, chữa bệnh đa khoa; răng hàm mặt"),
    (
        "CHỨNG CHỈ HÀNH NGHỀ HOẠT ĐỘNG XÂY DỰNG",
        "CCHN",
        ("SXD",),
        5,
        "Giám sát công tác xây dựng công trình - hạng II; thiết kế kết cấu công trình - hạng III",
    ),
    ("CHỨNG CHỈ HÀNH NGHỀ MÔI GIỚI BẤT ĐỘNG SẢN", "CCMG", ("SXD",), 5, "Môi giới bất động sản"),
    (
        "CHỨNG CHỈ HÀNH NGHỀ THÚ Y",
        "CCHNTY",
        ("SNNMT", "SNNPTNT"),
        5,
        "Khám bệnh, chẩn đoán, chữa bệnh, tiêm phòng cho động vật; buôn bán thuốc thú y",
    ),
]


def write_certificate(kind: str, layout: str, rng: Random) -> Paper:
    """Chứng chỉ hành nghề."""
    day = pick_day(rng, layout)
    province = agencies.pick_province(rng, day)
    title, short, codes, years, scope = rng.choice(PRACTICES)
    agency = agencies.department(rng, day, province, codes)
    facts = Facts(rng, agency, day, date_style=0)
    person = facts.person
    paper = start_paper(
        kind,
        layout,
        rng,
        agency,
        day,
        doc_type="chung_chi",
        title=title,
        summary=title.removeprefix("CHỨNG CHỈ "),
        short=short,
    )
    paper.summary_in_title = True
    if short == "CCHN-D":
        paper.notation = f"/CCHN-D-{agency.code}-{''.join(w[0] for w in agency.place.replace('TP. ', '').split())}"
    elif rng.random() < 0.4:
        paper.number, paper.notation = (
            f"{digits(rng, 6)}",
            f"/{''.join(w[0] for w in agency.place.replace('TP. ', '').split())}-{short}",
        )
    name = person.name.upper() if rng.random() < 0.5 else person.name
    fields: list[Block] = [
        Field(rng.choice(["Cấp cho ông (bà):", "Họ và tên:", "Chứng nhận ông/bà:"]), f"[[owner_name|{name}]]"),
        Field("Ngày, tháng, năm sinh:", short_date(person.born)),
        Field(
            {"CMND": "Số CMND:", "CCCD": "Số CCCD:"}.get(person.id_type, "Số căn cước:"),
            f"{person.id_number}    Cấp ngày: {short_date(person.id_date)}",
        ),
        Field("Nơi cấp:", person.id_place),
        Field("Chỗ ở hiện nay:", person.address),
        Field(
            "Văn bằng chuyên môn:",
            rng.choice(["Dược sỹ đại học", "Bác sĩ đa khoa", "Kỹ sư xây dựng", "Cử nhân kinh tế", "Bác sĩ thú y"]),
        ),
        Field("Phạm vi hoạt động chuyên môn:", scope),
    ]
    paper.valid_from = day
    if years:
        paper.valid_to = end_of_term(rng, day, years)
        fields.append(
            Para(
                rng.choice(
                    [
                        "Chứng chỉ có giá trị đến ngày [[valid_to|{d}]].",
                        "Chứng chỉ này có giá trị {y:02d} năm, đến hết ngày [[valid_to|{d}]].",
                    ]
                ).format(d=short_date(paper.valid_to), y=years)
            )
        )
    else:
        paper.perpetual = rng.random() < 0.6
        if paper.perpetual:
            fields.append(
                Para(
                    rng.choice(
                        ["Chứng chỉ này có giá trị không thời hạn.", "Chứng chỉ hành nghề có giá trị vô thời hạn."]
                    )
                )
            )
    if rng.random() < 0.4:
        fields.insert(
            0, Para(f"{agency.head.upper()} {agency.natural.upper()}", align="center", indent=False, bold=True)
        )
    paper.body = fields
    paper.owner, paper.owner_kind, paper.owner_id, paper.owner_id_type = (
        name,
        "ca_nhan",
        person.id_number,
        person.id_type,
    )
    paper.procedure = "1.004616" if "DƯỢC" in title else None
    if paper.sign.capacity == ("TUQ. GIÁM ĐỐC",):
        paper.sign = Sign((), "GIÁM ĐỐC", invent_name(rng, True))
    return paper
