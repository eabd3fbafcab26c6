"""Phần cuối: recipients and signer of a plan whose blocks no paper shows (plain text)."""
# ruff: noqa: E501 -- patterns are kept whole

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from extractors.plan.paragraphs import Paragraph
from extractors.reference.names import name_score
from schemas.text import bare

_HEAD = re.compile(r"^\W{0,3}noi nhan\W*")
_KEEP = re.compile(r"^\W{0,3}luu\b")
_MARKS = " .,;:-–+*_|"
_CAPACITY = re.compile(r"^\W*(?:TM|KT|TL|TUQ|Q)\.\s*(?P<rest>.+)$")
_TITLES = re.compile(
    r"(?:PHÓ\s+|Q\.\s*)?(?:CHỦ TỊCH|GIÁM ĐỐC|BỘ TRƯỞNG|THỨ TRƯỞNG|CHÁNH VĂN PHÒNG|TRƯỞNG PHÒNG|TRƯỞNG BAN|CỤC TRƯỞNG|HIỆU TRƯỞNG|CHI CỤC TRƯỞNG|BÍ THƯ|CHÁNH THANH TRA)\b"
)


@dataclass(frozen=True, slots=True)
class Ending:
    recipients: tuple[str, ...] = ()
    title: str | None = None
    signer: str | None = None
    agency: str | None = None


def read_ending(closing: Sequence[Paragraph]) -> Ending:
    """Recipients as printed, without their dashes; the signer's title, name, and for whom he signs."""
    recipients: list[str] = []
    title = signer = agency = None
    listing = False
    for p in closing:
        text = " ".join(p.text.split())
        low = bare(text)
        if _HEAD.match(low):
            listing = True
            text = text[_HEAD.match(low).end() :].strip()  # type: ignore[union-attr]
            if not text:
                continue
        if found := _CAPACITY.match(text):
            rest = found["rest"].strip()
            below = [m.start() for m in _TITLES.finditer(rest) if m.start() > 0]  # lines below, in capitals as well
            if text.lstrip().startswith("TM"):
                agency = agency or re.sub(r"\s+(?:KT|Q)\.$", "", rest[: below[0] if below else len(rest)].strip())
            if below:
                title, listing = title or rest[below[-1] :], False
            continue
        if _TITLES.match(text.lstrip(_MARKS)):
            title = title or text
            listing = False
            continue
        if (
            title is not None
            and signer is None
            and name_score(text.strip(" .")) >= 0.5
            and len(text.split()) in range(2, 6)
        ):
            signer = text
            continue
        if listing and (text.startswith(("-", "–", "+")) or not recipients):
            recipients.append(text.lstrip("-–+ ").strip())
            if _KEEP.match(bare(recipients[-1])):
                listing = False
        elif listing and recipients:
            recipients[-1] = f"{recipients[-1]} {text}"
    return Ending(tuple(r for r in recipients if r), title, signer, agency)
