"""Invented people, addresses, companies, money and days, drawn from the data files."""

from __future__ import annotations

import json
import tomllib
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

from samplemaker.model import Company, Person

MERGER = date(2025, 7, 1)


@cache
def load_toml(name: str) -> dict[str, Any]:
    """One data file of the package, parsed."""
    return tomllib.loads((files("samplemaker") / "data" / name).read_text("utf8"))


@cache
def load_json(name: str) -> dict[str, Any]:
    """One data file of the package, parsed."""
    data: dict[str, Any] = json.loads((files("samplemaker") / "data" / name).read_text("utf8"))
    return data


def pick_scenario(rng: Random, kind: str, day: date) -> dict[str, Any]:
    """A scenario of the kind that could have happened on the day."""
    fitting = [s for s in load_toml("scenarios.toml")[kind] if s.get("first_year", 0) <= day.year]
    chosen: dict[str, Any] = rng.choice(fitting)
    return chosen


def lower_first(text: str) -> str:
    """``Tỉnh X`` -> ``tỉnh X``."""
    return text[:1].lower() + text[1:]


def upper_first(text: str) -> str:
    """``tỉnh X`` -> ``Tỉnh X``."""
    return text[:1].upper() + text[1:]


def long_date(day: date) -> str:
    """``05 tháng 02 năm 2022``: days below 10 and months 1, 2 get a zero."""
    return f"{day.day:02d} tháng {month_text(day.month)} năm {day.year}"


def month_text(month: int) -> str:
    """Months 1 and 2 are written with a zero, the others without."""
    return f"{month:02d}" if month <= 2 else str(month)


def short_date(day: date) -> str:
    """``05/02/2022``."""
    return f"{day.day:02d}/{day.month:02d}/{day.year}"


def any_date(rng: Random, day: date, style: int | None = None) -> str:
    """A date inside running text, in one of the usual ways (without the word ngày)."""
    pick = rng.randrange(4) if style is None else style
    if pick == 0:
        return short_date(day)
    if pick == 1:
        return f"{day.day}/{day.month}/{day.year}"
    return long_date(day)


def near(rng: Random, day: date, low: int, high: int) -> date:
    """A day between ``low`` and ``high`` days after ``day`` (negative: before)."""
    return day + timedelta(days=rng.randint(low, high))


def add_years(day: date, years: int) -> date:
    """The same day so many years later."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def money(rng: Random, low: int, high: int, step: int = 1000) -> str:
    """``2.190.000``."""
    return f"{rng.randrange(low, high, step):,}".replace(",", ".")


def digits(rng: Random, count: int) -> str:
    """So many digits."""
    return "".join(rng.choice("0123456789") for _ in range(count))


def invent_name(rng: Random, male: bool) -> str:
    """A full name that names nobody."""
    surname = rng.choice(load_toml("agencies.toml")["surnames"]["list"])
    if surname.endswith(" Thị") and male:
        surname = surname.split()[0]
    given: str = rng.choice(load_json("names.json")["male" if male else "female"])
    words = given.split()
    if len(words) == 1 or (not male and rng.random() < 0.35 and not surname.endswith("Thị")):
        given = (rng.choice(["Văn", "Đức", "Minh"]) if male else "Thị") + " " + words[-1]
    if len(surname.split()) > 1 and len(given.split()) > 1 and rng.random() < 0.4:
        given = given.split()[-1]
    return f"{surname} {given}"


def invent_street(rng: Random) -> str:
    """The part of an address below the ward."""
    data = load_toml("agencies.toml")
    if rng.random() < 0.45:
        number = f"{rng.randint(1, 480)}" + (f"/{rng.randint(1, 60)}" if rng.random() < 0.2 else "")
        return f"số {number}, đường {rng.choice(data['streets']['list'])}"
    hamlet: str = rng.choice(data["hamlets"]["list"])
    return hamlet.format(n=rng.randint(1, 14), m=rng.randint(1, 9))


def invent_address(rng: Random, province: str, day: date) -> str:
    """An address in a province (``tỉnh X``) in units in force on that day."""
    key = upper_first(province)
    street = invent_street(rng)
    if day >= MERGER:
        ward = rng.choice(load_json("units.json")["since_2025_07"][key])
        return f"{street}, {lower_first(ward)}, {province}"
    districts = load_json("units.json")["before_2025_07"][key]
    district = rng.choice(sorted(districts))
    ward = rng.choice(districts[district])
    return f"{street}, {lower_first(ward)}, {lower_first(district)}, {province}"


def invent_person(rng: Random, province: str, day: date) -> Person:
    """A person who lives in the province and holds the identity paper usual on that day."""
    male = rng.random() < 0.55
    born = date(day.year - rng.randint(21, 74), rng.randint(1, 12), rng.randint(1, 28))
    old_card = day < date(2016, 1, 1) or (day < date(2023, 1, 1) and rng.random() < 0.4)
    id_date = near(rng, day, -3200, -200)
    if old_card:
        kind, number, place = "CMND", digits(rng, 9), f"Công an {province}"
    else:
        century = (0 if male else 1) + (0 if born.year < 2000 else 2)
        number = f"0{rng.randint(1, 96):02d}{century}{born.year % 100:02d}{digits(rng, 6)}"
        id_date = max(id_date, date(2016, 1, 4))
        if id_date >= day:
            id_date = near(rng, day, -200, -20)
        kind = "Căn cước" if id_date >= date(2024, 7, 1) else "CCCD"
        place = "Bộ Công an" if kind == "Căn cước" else "Cục Cảnh sát quản lý hành chính về trật tự xã hội"
    return Person(invent_name(rng, male), male, born, kind, number, id_date, place, invent_address(rng, province, day))


def invent_company(rng: Random, province: str, day: date, *, household: bool = False) -> Company:
    """A company, or a household business, of the province."""
    head = invent_person(rng, province, day)
    words = rng.choice(load_toml("agencies.toml")["company_words"]["list"])
    if household:
        name = rng.choice(["Hộ kinh doanh {h}", "Hộ kinh doanh {w}", "Cơ sở {w}", "Quán ăn {w}", "Cửa hàng {w}"])
    else:
        name = rng.choice(
            [
                "Công ty TNHH {w}",
                "Công ty Cổ phần {w}",
                "Công ty TNHH MTV {w}",
                "Công ty TNHH Thương mại và Dịch vụ {w}",
                "Doanh nghiệp tư nhân {w}",
                "Hợp tác xã {w}",
                "Công ty CP Đầu tư Xây dựng {w}",
            ]
        )
    tax = digits(rng, 1).replace("0", "3") + digits(rng, 9) + ("-001" if rng.random() < 0.1 else "")
    founded = near(rng, day, -5000, -60)
    return Company(name.format(w=words, h=head.name), tax, invent_address(rng, province, day), head, founded)
