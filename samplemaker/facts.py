"""The words that fill the braces of a scenario: each is drawn once for a paper and then stays the same."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from samplemaker import agencies
from samplemaker.model import Agency, Company, Person
from samplemaker.vocabulary import (
    MERGER,
    add_years,
    any_date,
    digits,
    invent_company,
    invent_name,
    invent_person,
    load_toml,
    lower_first,
    money,
    near,
    short_date,
    upper_first,
)


class Facts(dict[str, str]):
    """Values for ``str.format_map``; unknown names are a mistake in the data and raise KeyError."""

    def __init__(self, rng: Random, agency: Agency, day: date, *, date_style: int) -> None:
        super().__init__()
        self.rng, self.agency, self.day, self.date_style = rng, agency, day, date_style
        self.person: Person = invent_person(rng, agency.province, day)
        self.company: Company = invent_company(rng, agency.province, day)
        self.valid_from: date | None = None
        self.valid_to: date | None = None
        self._fill()

    def set_owner(self, kind: str) -> None:
        """Says whether ``{owner}`` is the person or the company."""
        name = self.company.name if kind == "company" else self.person.name
        self["owner"] = self["owner_plain"] = name

    def expand(self, text: str) -> str:
        """Fills the braces; ``{owner!}`` becomes the marked owner, ``{valid_to}`` the marked end of validity."""
        marked = text.replace("{owner!}", "[[owner_name|{owner}]]")
        marked = marked.replace("{valid_to}", "[[valid_to|{valid_to_text}]]").replace(
            "{vfrom}", "[[valid_from|{vfrom_text}]]"
        )
        return marked.format_map(self)

    def set_validity(self, rule: str) -> None:
        """Sets first and last day by a rule of the scenario."""
        start = self.day if rule == "yearend" else near(self.rng, self.day, 0, 40)
        self.valid_from = start
        if rule.startswith("term"):
            self.valid_to = add_years(start, int(rule[4:])) - timedelta(days=self.rng.choice([0, 1]))
        elif rule == "months6":
            self.valid_from, self.valid_to = self.day, near(self.rng, self.day, 181, 184)
        elif rule == "yearend":
            self.valid_to = date(self.day.year, 12, 31)
            if self.day.month == 12:
                self.valid_to = date(self.day.year + 1, 12, 31)
        self["vfrom_text"] = self.date_text(start)
        if self.valid_to:
            self["valid_to_text"] = self.date_text(self.valid_to)

    def date_text(self, day: date) -> str:
        """A date the way this paper writes dates."""
        return any_date(self.rng, day, self.date_style)

    def _fill(self) -> None:
        rng, agency, day, person, company = self.rng, self.agency, self.day, self.person, self.company
        words: dict[str, Any] = load_toml("phrases.toml")
        dept = agencies.department(rng, day, agency.province)
        ward = agency.ward or person.address.split(", ")[-2 if day >= MERGER else -3]
        below = "xã, phường" if day >= MERGER else "huyện, thị xã, thành phố"
        step = rng.randint(1, 7)
        self.update(
            ong=person.call,
            Ong=upper_first(person.call),
            ong_ba=person.call,
            owner=person.name,
            owner_plain=person.name,
            born=short_date(person.born),
            born_year=str(person.born.year),
            id_type=person.id_type,
            id=person.id_number,
            id_date=short_date(person.id_date),
            id_place=person.id_place,
            address=person.address,
            company=company.name,
            tax=company.tax_code,
            caddress=company.address,
            chead=f"{company.head.call} {company.head.name}",
            province=agency.province,
            agency=agency.natural,
            short=lower_first(agency.short) if rng.random() < 0.15 else agency.short,
            Short=agency.short,
            code=agency.code,
            dept=dept.short,
            Dept=dept.short,
            dept_code=dept.code,
            dept_head=f"Giám đốc {dept.short}",
            Dept_head=f"Giám đốc {dept.short}",
            ward=ward,
            cap_duoi=below,
            ct_cchc=_reform_programme(day),
            dia_ban=(agency.ward or agency.district or agency.province),
            cap_tren=self._above(),
            year=str(day.year),
            year2=str(day.year + 1),
            thang=str(day.month),
            quy=["I", "II", "III", "IV"][(day.month - 1) // 3],
            chuc_danh_ct=f"{agency.head} {agency.natural}",
            area=f"{rng.randint(60, 4200)}," + digits(rng, 1),
            money=money(rng, 3_000_000, 480_000_000),
            money_s=money(rng, 360_000, 4_000_000, 10_000),
            money_b=money(rng, 900_000_000, 95_000_000_000, 1_000_000),
            bhxh=digits(rng, 10),
            phone="0" + digits(rng, 9),
            bac=str(step),
            bac2=str(step + 1),
            he_so=f"{2.34 + 0.33 * (step - 1):.2f}".replace(".", ","),
            he_so2=f"{2.34 + 0.33 * step:.2f}".replace(".", ","),
            he_so3=rng.choice(["0,25", "0,40", "0,50", "0,60"]),
            chuc_vu=rng.choice(words["jobs"]),
            don_vi=rng.choice(words["workplaces"]),
            du_an=rng.choice(words["projects"]),
            doi_tuong=rng.choice(words["people_needs"]).lower(),
            muc_dich=rng.choice(words["uses"]),
            linh_vuc=rng.choice(words["fields"]),
            moi=rng.choice(
                ["mới ban hành", "được sửa đổi, bổ sung", "bị bãi bỏ", "mới ban hành và được sửa đổi, bổ sung"]
            ),
            phong_bt=rng.choice(["Nội vụ", "Lao động - Thương binh và Xã hội", "Văn hóa - Xã hội"]),
            hon_nhan=rng.choice(
                ["Hiện tại chưa đăng ký kết hôn với ai", "Đã ly hôn và hiện chưa đăng ký kết hôn với ai"]
            ),
            ho_ngheo=rng.choice(["nghèo", "cận nghèo", "thoát nghèo"]),
            pct=str(rng.randint(20, 98)),
            pct2=str(rng.randint(5, 30)),
            ma_ho_so=f"H{rng.randint(10, 63)}.{rng.randint(1, 60):02d}-{day:%y%m%d}-{rng.randint(1, 9999):04d}",
            ong2=((male := rng.random() < 0.5) and "ông") or "bà",
            person2=invent_name(rng, bool(male)),
            rows="00",
            co_phu_luc=".",
        )
        for key in ("n1", "n2", "n3", "n4"):
            self[key] = str(rng.randint(1, 2400))
        self["n3"], self["n5"], self["n6"] = str(rng.randint(1, 99)), str(rng.randint(2, 9)), money(rng, 1200, 98000, 1)
        for key, low, high in (("date_a", -60, -3), ("date_b", -900, -61), ("date_c", 10, 60)):
            self[key] = self.date_text(near(rng, day, low, high))

    def _above(self) -> str:
        if self.agency.level == "trung_uong":
            return "Thủ tướng Chính phủ"
        if self.agency.committee and self.agency.level == "tinh":
            return f"Hội đồng nhân dân {self.agency.province}"
        return f"Ủy ban nhân dân {self.agency.province}"


def _reform_programme(day: date) -> str:
    """The programme of administrative reform in force on the day."""
    if day < date(2011, 11, 8):
        return "Quyết định số 136/2001/QĐ-TTg ngày 17 tháng 9 năm 2001 của Thủ tướng Chính phủ"
    if day < date(2021, 7, 15):
        return "Nghị quyết số 30c/NQ-CP ngày 08 tháng 11 năm 2011 của Chính phủ"
    return "Nghị quyết số 76/NQ-CP ngày 15 tháng 7 năm 2021 của Chính phủ"
