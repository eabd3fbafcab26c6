"""Thông tin khác (extras): particulars beside the listed fields, each under its own name with its evidence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal

from extractors.fields.people import follows, right_margin
from extractors.fields.view import Document, Spot, value_of
from extractors.fields.wording import line_certainty, tidy
from extractors.reference.data import toml_table
from schemas.extraction import Extra

_DATE = re.compile(r"(\d{1,2})\D+?(\d{1,2})\D+?((?:19|20)\d\d)$")
# Forms put several entries on one line: the next label ends the value.
_NEXT_LABEL = re.compile(
    r"\s+(?:Nơi cấp|Ngày cấp|Cấp ngày|Giới tính|Dân tộc|Quốc tịch|Fax|Email|Điện thoại|Website|Số|Do)\s*:.*$"
)
# In running text the sentence goes on after the value: "thường trú tại xã Mẫu, về việc đòi lại đất. Giữ nguyên ..."
_SENTENCE = re.compile(
    r",\s+(?:về việc|thuộc|là|để|đã|hiện|làm|đối với|trình độ|nghề nghiệp|CCCD|CMND|[Cc]ăn cước|số định danh)\b.*$"
    r"|(?<=[a-zà-ỹđ0-9]{2})\.\s+[A-ZĐ].*$"
)
_LONGEST = 400
_MOST_LINES = 4
Kind = Literal["text", "date", "number", "area", "money"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One entry of extra_rules.toml."""

    name: str
    label: str
    kind: Kind
    pattern: re.Pattern[str]
    example: str
    value: str


@cache
def rules() -> tuple[Rule, ...]:
    return tuple(
        Rule(r["name"], r["label"], r["kind"], re.compile(r["pattern"]), r["example"], r["value"])
        for r in toml_table("extra_rules.toml")["extra"]
    )


def read_extras(doc: Document) -> tuple[Extra, ...]:
    """What the paper prints under known labels, first occurrence of each, in the order of the paper."""
    lines = [s for s in doc.spots if s.region in ("body", "title", "table")][:160]
    margin = right_margin(lines)
    found: list[tuple[int, Extra]] = []
    for rule in rules():
        hits = [(i, m) for i, s in enumerate(lines) if (m := rule.pattern.search(s.text))]
        if not hits:
            continue
        value, spots, whole = _value(rule, hits[0][0], hits[0][1], lines, margin)
        if not value:
            continue
        rivals = {tidy(m["value"]) for _, m in hits}
        alone = len(rivals) == 1
        certain = whole and alone and all(line_certainty(s)[0] for s in spots)
        reasons = ("label",) if alone else ("label", "several_values")
        read = value_of(value, spots, score=0.9 if certain else 0.5, sure=certain, reasons=reasons)
        found.append((hits[0][0], Extra(name=rule.name, label=rule.label, **dict(read))))
    return tuple(extra for _, extra in sorted(found, key=lambda pair: pair[0]))


def _value(
    rule: Rule, at: int, m: re.Match[str], lines: list[Spot], margin: float
) -> tuple[str, tuple[Spot, ...], bool]:
    """(value as one would type it, lines it stands on, whether its end is known)."""
    if rule.kind != "text" or m.end() < len(lines[at].text):
        return normalise(m["value"], rule.kind), (lines[at],), True
    text, spots = m["value"], [lines[at]]
    if _NEXT_LABEL.search(text):
        return normalise(_NEXT_LABEL.sub("", text), rule.kind), (lines[at],), True
    for after in lines[at + 1 : at + _MOST_LINES]:
        if text.rstrip().endswith((".", ";")) or not follows(spots[-1], after, margin):
            break
        if len(spots[-1].text) < 20 or len(text) > _LONGEST:
            break
        text = f"{text} {after.text}"
        spots.append(after)
    if ":" not in m.string[m.start() : m.start("value")]:  # no label: running text
        cut = _SENTENCE.sub("", text)
        return normalise(cut, rule.kind), tuple(spots), cut != text or text.rstrip().endswith((".", ";"))
    return normalise(_NEXT_LABEL.sub("", text), rule.kind), tuple(spots), len(spots) == 1 or not _runs_on(text)


def _runs_on(text: str) -> bool:
    """A value over several lines that never stops: where it ends is a guess."""
    return len(text) > 160


def normalise(text: str, kind: Kind) -> str:
    """The value as one would type it; a date in ISO form, "" for a day that does not exist."""
    plain = tidy(text).strip(" .;,")
    if kind == "date":
        m = _DATE.search(plain)
        try:
            return date(int(m[3]), int(m[2]), int(m[1])).isoformat() if m else ""
        except ValueError:
            return ""
    if kind == "money":
        return f"{plain} đồng"
    if kind == "area":
        return re.sub(r"\s*m2$", " m²", re.sub(r"\s*(m²|ha)$", r" \1", plain))
    if kind == "number":
        return plain.replace(" ", "")
    if plain.endswith(")") and plain.count(")") > plain.count("("):
        plain = plain[:-1]
    return plain[:_LONGEST]
