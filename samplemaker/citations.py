"""Căn cứ lines: legal bases that were in force, as a paper of that day would cite them."""

from __future__ import annotations

import re
from datetime import date
from random import Random

from samplemaker.model import Agency
from samplemaker.vocabulary import any_date, load_toml, long_date, near

_LONG = re.compile(r"\{(\d+) tháng (\d+) năm (\d+)\}")


def _show_date(rng: Random, text: str, style: int) -> str:
    def one(match: re.Match[str]) -> str:
        day = date(int(match[3]), int(match[2]), int(match[1]))
        return any_date(rng, day, style)

    return _LONG.sub(one, text)


def legal_bases(rng: Random, day: date, topics: tuple[str, ...], *, most: int = 3, style: int = 2) -> list[str]:
    """Up to ``most`` citations of the topics, without the word Căn cứ; ``style`` is the way dates are written."""
    stamp = day.isoformat()
    laws = [law for law in load_toml("citations.toml")["law"] if law["from"] <= stamp <= law.get("to", "9999")]
    fitting = [law["text"] for law in laws if set(law.get("topic", "").split()) & set(topics)]
    if len(fitting) > most:
        keep = set(rng.sample(fitting, most))
        fitting = [text for text in fitting if text in keep]
    return [_show_date(rng, text, style) for text in fitting]


def organic_law(rng: Random, day: date, style: int = 2) -> str:
    """The law on local government in force that day."""
    stamp = day.isoformat()
    laws = [
        w
        for w in load_toml("citations.toml")["law"]
        if not w.get("topic") and w["from"] <= stamp <= w.get("to", "9999")
    ]
    return _show_date(rng, laws[0]["text"], style) if laws else "Luật Tổ chức Hội đồng nhân dân và Ủy ban nhân dân"


def home_rule(rng: Random, agency: Agency, day: date) -> str:
    """The decision that gives the office its tasks."""
    when = near(rng, day, -1500, -90)
    number = f"{rng.randint(2, 95):02d}/{when.year}/QĐ-UBND"
    upper = f"Ủy ban nhân dân {agency.province}"
    return (
        f"Quyết định số {number} ngày {long_date(when)} của {upper} "
        f"{rng.choice(['quy định', 'ban hành Quy định', 'về việc quy định'])} "
        f"chức năng, nhiệm vụ, quyền hạn và cơ cấu tổ chức của {agency.natural}"
    )


def write_bases(rng: Random, bases: list[str], closing: str, *, dashed: bool, end: str) -> list[str]:
    """Whole lines: ``Căn cứ ...;`` and the closing one (``Theo đề nghị của ...``)."""
    lead = "- " if dashed else ""
    lines = [f"{lead}Căn cứ {text}{';' if rng.random() < 0.97 else '.'}" for text in bases]
    return [*lines, f"{lead}{closing}{end}"] if closing else lines
