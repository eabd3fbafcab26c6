"""Offices that issue papers, with the names they had on the day."""

from __future__ import annotations

import dataclasses
from datetime import date
from random import Random
from typing import Any

from samplemaker.model import Agency
from samplemaker.vocabulary import MERGER, load_json, load_toml, lower_first, upper_first

UBND = "ỦY BAN NHÂN DÂN"


def pick_province(rng: Random, day: date) -> str:
    """``tỉnh X`` or ``thành phố X``, in force on the day."""
    era = "since_2025_07" if day >= MERGER else "before_2025_07"
    province: str = rng.choice(sorted(load_json("units.json")[era]))
    if province == "Thành phố Huế" and day < date(2025, 1, 1):
        province = "Tỉnh Thừa Thiên Huế"
    return lower_first(province)


KINDS_OF_UNIT = ("tỉnh", "thành phố", "thị xã", "thị trấn", "huyện", "quận", "xã", "phường", "đặc khu")


def unit_kind(unit: str) -> str:
    """``thành phố Trà Vinh`` -> ``thành phố``."""
    return next((kind for kind in KINDS_OF_UNIT if unit.lower().startswith(kind + " ")), "tỉnh")


def place_of(unit: str) -> str:
    """The place name printed before the date: ``tỉnh Kiên Giang`` -> ``Kiên Giang``."""
    for kind in KINDS_OF_UNIT:
        if unit.lower().startswith(kind + " "):
            bare = unit[len(kind) + 1 :]
            return f"TP. {bare}" if bare == "Hồ Chí Minh" else bare
    return unit


def _valid(entry: dict[str, Any], day: date) -> bool:
    stamp = f"{day.year}-{day.month:02d}"
    return bool(entry.get("first", "") <= stamp <= entry.get("last", "9999"))


def people_committee(rng: Random, day: date, level: str, province: str) -> Agency:
    """Ủy ban nhân dân of a province, district (to 30 June 2025) or commune."""
    key, units = upper_first(province), load_json("units.json")
    district = ward = None
    if level == "huyen" and day >= MERGER:
        level = "xa"
    if level == "tinh":
        unit = province
    elif day >= MERGER:
        unit = ward = lower_first(rng.choice(units["since_2025_07"][key]))
    else:
        districts = units["before_2025_07"][key]
        raw = rng.choice(sorted(districts))
        district = lower_first(raw)
        unit = district
        if level == "xa":
            unit = ward = lower_first(rng.choice(districts[raw]))
    parent: str | None = None
    if level == "xa":
        above = province if day >= MERGER else (district or province)
        parent = rng.choice([None, f"UBND {above.upper()}", f"{UBND} {above.upper()}", above.upper()])
    codes = {
        "tinh": ("NC", "KT", "TH", "KGVX", "ĐTXD"),
        "huyen": ("VP", "TNMT", "NV", "TCKH"),
        "xa": ("VP", "ĐC", "TP", "VHXH"),
    }
    return Agency(
        name=f"{UBND} {unit.upper()}",
        parent=parent,
        natural=f"Ủy ban nhân dân {unit}",
        short=f"Ủy ban nhân dân {unit_kind(unit)}",
        code="UBND",
        level="tinh" if level == "tinh" else ("huyen" if level == "huyen" else "xa"),
        head="Chủ tịch",
        deputy="Phó Chủ tịch",
        place=place_of(unit),
        committee=True,
        province=province,
        district=district,
        ward=ward,
        units=codes[level],
        seal_ring=f"{UBND} {unit.upper()}"
        + (f" ★ {(province if day >= MERGER else district or province).upper()}" if level == "xa" else ""),
        seal_center=(),
    )


def department(rng: Random, day: date, province: str, codes: tuple[str, ...] = ()) -> Agency:
    """A provincial department (sở); ``codes`` limits which."""
    entries = [
        d for d in load_toml("agencies.toml")["department"] if _valid(d, day) and (not codes or d["code"] in codes)
    ]
    if not entries:
        entries = [d for d in load_toml("agencies.toml")["department"] if _valid(d, day)]
    entry = rng.choice(entries)
    name: str = entry["name"]
    parent = rng.choice([f"UBND {province.upper()}", f"UBND {province.upper()}", f"{UBND} {province.upper()}"])
    return Agency(
        name=name.upper(),
        parent=parent,
        natural=f"{name} {province}",
        short=name,
        code=entry["code"],
        level="tinh",
        head="Giám đốc",
        deputy="Phó Giám đốc",
        place=place_of(province),
        committee=False,
        province=province,
        district=None,
        ward=None,
        units=tuple(entry["units"]),
        seal_ring=f"CỘNG HÒA XHCN VIỆT NAM ★ {province.upper()}",
        seal_center=_center_lines(name.upper()),
    )


def branch(rng: Random, day: date, province: str) -> Agency:
    """A sub-department (chi cục), whose line above is its department."""
    entry = rng.choice([b for b in load_toml("agencies.toml")["branch"] if _valid(b, day)])
    above = next(d for d in load_toml("agencies.toml")["department"] if d["code"] == entry["parent"])
    return _office(
        entry,
        above["name"].upper(),
        f"{entry['name']} {province}",
        province,
        None,
        "Chi cục trưởng",
        "Phó Chi cục trưởng",
        "tinh",
    )


def district_office(rng: Random, day: date, province: str, codes: tuple[str, ...] = ()) -> Agency:
    """An office of a district (phòng); after the merger the commune's Phòng Kinh tế."""
    if day >= MERGER:
        home = people_committee(rng, day, "xa", province)
        entry: dict[str, Any] = {"name": rng.choice(["Phòng Kinh tế", "Phòng Văn hóa - Xã hội"]), "code": "PKT"}
        if entry["name"] != "Phòng Kinh tế":
            entry["code"] = "PVHXH"
        level = "xa"
    else:
        home = people_committee(rng, day, "huyen", province)
        entries = load_toml("agencies.toml")["district_office"]
        entry = rng.choice([o for o in entries if not codes or o["code"] in codes])
        level = "huyen"
    unit = home.natural.removeprefix("Ủy ban nhân dân ")
    return _office(
        entry,
        f"UBND {unit.upper()}",
        f"{entry['name']} {unit}",
        province,
        unit,
        "Trưởng phòng",
        "Phó Trưởng phòng",
        level,
    )


def _office(
    entry: dict[str, Any],
    parent: str,
    natural: str,
    province: str,
    unit: str | None,
    head: str,
    deputy: str,
    level: str,
) -> Agency:
    name: str = entry["name"]
    return Agency(
        name=name.upper(),
        parent=parent,
        natural=natural,
        short=name,
        code=entry["code"],
        level="tinh" if level == "tinh" else ("huyen" if level == "huyen" else "xa"),
        head=head,
        deputy=deputy,
        place=place_of(unit or province),
        committee=False,
        province=province,
        district=unit if level == "huyen" else None,
        ward=unit if level == "xa" else None,
        units=("VP", "NV", "HC"),
        seal_ring=f"{parent} ★ {(unit or province).upper()}" if parent.startswith("SỞ") else f"{parent} ★",
        seal_center=_center_lines(name.upper()),
    )


def other_office(rng: Random, day: date, province: str) -> Agency:
    """An office of the province outside the departments: inspection, insurance, court, hospital, school ..."""
    entry = rng.choice([o for o in load_toml("agencies.toml")["other"] if _valid(o, day)])
    name: str = entry["name"].format(P=province)
    parent: str | None = entry["parent_text"].format(P=province).upper() if "parent_text" in entry else None
    natural: str = entry["natural"].format(P=province)
    office = _office(entry, parent or "", natural, province, None, entry["head"], entry["deputy"], "tinh")
    ring = f"{parent} ★ {province.upper()}" if parent else name.upper()
    return dataclasses.replace(
        office,
        name=name.upper(),
        parent=parent,
        short=natural if entry["name"] == "Văn phòng" else name,
        board=entry.get("board", ""),
        seal_ring=ring,
        seal_center=_center_lines(entry["name"].replace(" {P}", "").upper()) if parent else (),
    )


def ministry(rng: Random, day: date) -> Agency:
    """A ministry in Hà Nội."""
    entry = rng.choice([m for m in load_toml("agencies.toml")["ministry"] if _valid(m, day)])
    name: str = entry["name"]
    return Agency(
        name=name.upper(),
        parent=None,
        natural=name,
        short=name,
        code=entry["code"],
        level="trung_uong",
        head="Bộ trưởng",
        deputy="Thứ trưởng",
        place="Hà Nội",
        committee=False,
        province="thành phố Hà Nội",
        district=None,
        ward=None,
        units=tuple(entry["units"]),
        seal_ring=name.upper(),
        seal_center=(),
    )


def _center_lines(name: str) -> tuple[str, ...]:
    """Breaks an office name into at most four short lines for the middle of a seal."""
    words, lines = name.split(), [""]
    limit = max(8, len(name) // 3)
    for word in words:
        if lines[-1] and len(lines[-1]) + 1 + len(word) > limit and len(lines) < 4:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return tuple(lines)


def document_agency(rng: Random, day: date) -> Agency:
    """Any office that writes general papers."""
    province = pick_province(rng, day)
    roll = rng.random()
    if roll < 0.32:
        return department(rng, day, province) if roll < 0.26 else other_office(rng, day, province)
    if roll < 0.36:
        return department(rng, day, province)
    if roll < 0.60:
        return people_committee(rng, day, "tinh", province)
    if roll < 0.74:
        return people_committee(rng, day, "huyen", province)
    if roll < 0.88:
        return people_committee(rng, day, "xa", province)
    if roll < 0.92:
        return branch(rng, day, province)
    if roll < 0.94:
        return district_office(rng, day, province)
    if roll < 0.98:
        return other_office(rng, day, province)
    return ministry(rng, day)
