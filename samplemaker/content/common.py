"""Parts that all kinds share: the day, the number, who signs, who receives."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from samplemaker.agencies import unit_kind
from samplemaker.facts import Facts
from samplemaker.model import Agency, Break, Para, Sign
from samplemaker.vocabulary import invent_name, load_toml

MODERN = ("số hóa", "trực tuyến", "Đề án 06", "chuyển đổi số", "mạng xã hội", "SIPAS", "Trung tâm Phục vụ")
"""Words that old papers do not use."""

PERIODS: dict[str, tuple[date, date]] = {
    "nd30": (date(2020, 4, 1), date(2026, 10, 30)),
    "tt01": (date(2009, 2, 1), date(2020, 3, 30)),
    "typewriter": (date(1995, 2, 1), date(2007, 12, 30)),
    "template": (date(2011, 3, 1), date(2026, 10, 30)),
}


def pick_day(rng: Random, layout: str) -> date:
    """An issue date fitting the layout; half of the recent ones lie after the merger of July 2025."""
    first, last = PERIODS[layout]
    if layout in ("nd30", "template") and rng.random() < 0.42:
        first = date(2025, 7, 1)
    day = first + timedelta(days=rng.randrange((last - first).days))
    return day if day.weekday() < 5 else day - timedelta(days=2)


def pick_number(rng: Random) -> str:
    """A running number: small ones are common, below ten they get a zero."""
    top = rng.choice([30, 120, 450, 1500, 3200, 5600])
    number = rng.randint(1, top)
    return f"{number:02d}"


def notation(rng: Random, short: str, agency: Agency, layout: str, day: date) -> str:
    """``/QĐ-UBND``; papers before 2005 say UB, and some carry the year."""
    code = agency.code
    if layout == "typewriter" and code == "UBND":
        code = rng.choice(["UB", "UBND"])
    year = f"/{day.year}" if layout == "typewriter" and rng.random() < 0.3 else ""
    return f"{year}/{short}-{code}"


def letter_notation(rng: Random, agency: Agency, layout: str) -> str:
    """``/UBND-NC`` for a công văn; older ones ``/CV-UB``."""
    code = "UB" if layout == "typewriter" and agency.code == "UBND" else agency.code
    if layout == "typewriter" or rng.random() < 0.06:
        return f"/CV-{code}"
    return f"/{code}-{rng.choice(agency.units)}"


def pick_sign(rng: Random, agency: Agency, doc_type: str, *, personal: bool = False) -> Sign:
    """Who signs and in which capacity. ``personal``: the head decides himself, so no TM."""
    name = invent_name(rng, rng.random() < 0.72)
    head, deputy = agency.head.upper(), agency.deputy.upper()
    lines: list[str] = []
    by_order = doc_type in ("cong_van", "thong_bao", "giay_moi", "giay_xac_nhan")
    roll = rng.random()
    if by_order and roll < 0.14 and agency.level in ("tinh", "trung_uong"):
        office = (
            "CHÁNH VĂN PHÒNG"
            if agency.committee
            else rng.choice(["CHÁNH VĂN PHÒNG", "TRƯỞNG PHÒNG TỔ CHỨC CÁN BỘ", "CHÁNH THANH TRA"])
        )
        lines = [f"TL. {head}"]
        if rng.random() < 0.4:
            lines.append(f"KT. {office}")
            office = f"PHÓ {office}"
        return Sign(tuple(lines), office, name)
    if agency.committee and not personal:
        lines = ["TM. ỦY BAN NHÂN DÂN"]
        if rng.random() < 0.1:
            lines = [f"TM. ỦY BAN NHÂN DÂN {unit_kind(agency.ward or agency.district or agency.province).upper()}"]
    if agency.board:
        lines = [agency.board]
    kt = "KT." if rng.random() < 0.06 else "KT. "
    if roll < 0.42:
        return Sign(tuple(lines), head, name)
    if roll < 0.94:
        if agency.committee and rng.random() < 0.12:
            deputy += " THƯỜNG TRỰC"
        return Sign((*lines, f"{kt}{head}"), deputy, name)
    if roll < 0.97 and not lines:
        return Sign((f"TUQ. {head}",), "TRƯỞNG PHÒNG HÀNH CHÍNH - TỔNG HỢP", name)
    return Sign((*lines, "Q."), head, name) if not lines else Sign(tuple(lines), head, name)


def pick_recipients(rng: Random, agency: Agency, first: list[str], *, most: int = 8) -> tuple[str, ...]:
    """The list under Nơi nhận, ending with the Lưu line."""
    pool = [r for r in load_toml("phrases.toml")["recipients_common"] if not r.startswith("Như")]
    if agency.level == "xa":
        pool = [
            "Đảng ủy (b/c);",
            "TT HĐND xã;",
            "CT, PCT UBND xã;",
            "Công an xã;",
            "Các tổ chức đoàn thể;",
            "Niêm yết;",
            "Các thôn, tổ dân phố;",
        ]
    count = rng.randint(0, most - 2) if rng.random() < 0.75 else rng.randint(0, 2)
    items = first + rng.sample(pool, min(count, len(pool)))
    unit = rng.choice(agency.units)
    copies = rng.choice(
        [
            "",
            "",
            "",
            "",
            f" ({rng.randint(2, 20):02d}b)",
            f", {invent_name(rng, True).split()[-1]}",
            f" ({rng.randint(2, 9)})",
        ]
    )
    keep = rng.choice(["Lưu: VT, {u}{c}.", "Lưu: VT, {u}{c}.", "Lưu: VT{c}.", "Lưu VT, {u}{c}.", "Lưu: {u}, VT{c}."])
    return (*items, keep.format(u=unit, c=copies))


def tasks(rng: Random, facts: Facts, count: int) -> list[str]:
    """So many ordinary administrative sentences."""
    pool = load_toml("phrases.toml")["tasks"]
    if facts.day.year < 2016:
        pool = [text for text in pool if not any(word in text for word in MODERN)]
    return [facts.expand(text) for text in rng.sample(pool, min(count, len(pool)))]


def pick(rng: Random, facts: Facts, name: str) -> str:
    """One sentence of a named list, filled."""
    text: str = rng.choice(load_toml("phrases.toml")[name])
    return facts.expand(text)


def numbered_sections(rng: Random, facts: Facts, heads: list[str], *, low: int, high: int) -> list[Para | Break]:
    """Sections I, II, ... with paragraphs numbered, lettered or dashed."""
    roman = ["I", "II", "III", "IV", "V", "VI"]
    blocks: list[Para | Break] = []
    style = rng.choice(["1.", "-", "a)", "1."])
    all_tasks = iter(tasks(rng, facts, 24))
    for index, head in enumerate(heads):
        blocks.append(Para(f"{roman[index]}. {head}", bold=True, keep=True))
        for number in range(1, rng.randint(low, high) + 1):
            text = next(all_tasks, None)
            if text is None:
                break
            lead = {"1.": f"{number}. ", "-": "- ", "a)": f"{'abcdeghik'[number - 1]}) "}[style]
            blocks.append(Para(lead + text))
    return blocks
