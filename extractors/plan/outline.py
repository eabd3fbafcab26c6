"""Cây mục: which paragraph is a heading, which an item below it, as the numbering is printed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from extractors.plan.markers import ORDER, Marker, marker_of
from extractors.plan.paragraphs import Paragraph
from extractors.plan.words import action_verb, folded, section_role
from schemas.plan import PlanSection, SectionRole
from schemas.text import bare

_HEAD_WORDS = 45
_HEAD_END = re.compile(r"[.;…]\W*$")
_ALWAYS = frozenset({"part", "letter", "roman"})
_RECIPIENTS = re.compile(r"^\W{0,3}noi nhan\b")
_CLOSING = re.compile(r"^\W{0,2}(tren day la|de nghi|yeu cau cac|trong qua trinh|can cu ke hoach nay|giao )")
_APPENDIX = re.compile(
    r"^\W{0,2}(?:PHỤ LỤC|Phụ lục)(?:\s+(?:[IVX]+|\d+|số \d+))?\W*$|^\W{0,2}(?:BIỂU|Biểu)\s+(?:số\s+)?\d+\W*$"
)


@dataclass(slots=True)
class Entry:
    """A paragraph with its marker; ``heading``: the section it opens; ``section``: the section it stands in."""

    paragraph: Paragraph
    marker: Marker | None
    depth: int
    heading: PlanSection | None = None
    section: PlanSection | None = None

    @property
    def text(self) -> str:
        """The words behind the marker."""
        return self.paragraph.text[self.start :].strip()

    @property
    def start(self) -> int:
        return self.marker.end if self.marker else 0


@dataclass(slots=True)
class Outline:
    """``opening``: before the first heading; ``entries``: the rest of the body; ``closing``: from Nơi nhận on."""

    opening: list[Paragraph] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    closing: list[Paragraph] = field(default_factory=list)
    sections: list[PlanSection] = field(default_factory=list)


def read_outline(paragraphs: Sequence[Paragraph]) -> Outline:
    """The body taken apart. A plan without any heading is all entries."""
    out = Outline()
    body: list[Paragraph] = []
    closing = listed = opened = False
    for p in paragraphs:
        if p.region.startswith("header") and p.page == 1:
            continue
        opened = opened or _opens(p)
        if _RECIPIENTS.match(bare(p.text)):
            closing = listed = True
        elif opened and p.region.startswith("sign"):
            closing = True
        elif closing and not listed and _opens(p):  # a block in the middle that only looked like a signature
            closing = False
        if closing and _APPENDIX.match(p.text) and not p.region.startswith("sign"):
            break
        (out.closing if closing else body).append(p)
    first = next((k for k, p in enumerate(body) if _opens(p)), None)
    if first is None:
        first = next((k for k, p in enumerate(body) if (m := marker_of(p.text)) and m.kind != "bullet"), len(body))
        if first == len(body):
            first = min(1, len(body))
    out.opening = body[:first]
    entries = _entries(body[first:])
    _find_headings(entries)
    _mend_numbers(entries)
    _name_sections(entries, out)
    out.entries = entries
    return out


def _opens(p: Paragraph) -> bool:
    """A top heading: a part, a Roman number, a capital letter, or "1. MỤC ĐÍCH" in words that open a plan."""
    found = marker_of(p.text)
    if found is None:
        return False
    if found.kind in _ALWAYS:
        return True
    return found.kind in ("article", "number") and section_role(p.text) is not None and len(p.text.split()) < 14


def _entries(body: Sequence[Paragraph]) -> list[Entry]:
    """Depths by the order in which kinds of markers open inside one another."""
    out: list[Entry] = []
    stack: list[tuple[str, int]] = []
    for p in body:
        mark = marker_of(p.text)
        if mark is None:
            out.append(Entry(p, None, len(stack) + 1))
            continue
        key = (mark.kind, mark.depth)
        if key in stack:
            stack = stack[: stack.index(key) + 1]
        else:
            rank = (ORDER.index(mark.kind), mark.depth)
            while stack and (ORDER.index(stack[-1][0]), stack[-1][1]) > rank:
                stack.pop()
            stack.append(key)
        out.append(Entry(p, mark, len(stack)))
    return out


def _find_headings(entries: Sequence[Entry]) -> None:
    """Mark headings with a preliminary section; their ids are given afterwards."""
    for k, e in enumerate(entries):
        if e.marker is None or e.marker.kind in ("bullet", "plus"):
            continue
        text = e.text
        after = entries[k + 1] if k + 1 < len(entries) else None
        has_child = after is not None and (after.depth > e.depth)
        short = len(text.split()) <= _HEAD_WORDS
        if e.marker.kind in _ALWAYS or (
            e.marker.kind == "article" and section_role(text) is not None and not _HEAD_END.search(text)
        ):
            is_heading = short
        else:
            is_heading = has_child and short and not _HEAD_END.search(text) and not _is_item(e, entries[k + 1 :])
        if is_heading:
            e.heading = PlanSection(
                id="?",
                number=e.marker.number,
                title=text.rstrip(" :"),
                level=1,
                source=e.paragraph.place(e.start, len(e.paragraph.text)),
            )


_ROMANS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


def _mend_numbers(entries: Sequence[Entry]) -> None:
    """Roman numbers of a scan that lost or gained a stroke, put right where most headings agree on the counting."""
    tops = [e for e in entries if e.heading is not None and e.marker is not None and e.marker.kind == "roman"]
    if not tops or not all(e.paragraph.ocr for e in tops):
        return
    offsets = Counter(
        _ROMANS.index(e.marker.number) - k for k, e in enumerate(tops) if e.marker and e.marker.number in _ROMANS
    )
    if not offsets:
        return
    (offset, votes), *others = offsets.most_common(2)
    if votes < 2 or (others and others[0][1] == votes):
        return
    for k, e in enumerate(tops):
        if e.heading is not None and 0 <= k + offset < len(_ROMANS):
            e.heading = e.heading.model_copy(update={"number": _ROMANS[k + offset]})


def _is_item(e: Entry, after: Sequence[Entry]) -> bool:
    """A sentence that only leads its parts in ("a) Tổ chức ...:" with "+" below) is an item, not a heading."""
    if not e.text.endswith(":") or action_verb(e.text) is None:
        return False
    return len(e.text.split()) > 14


def _name_sections(entries: Sequence[Entry], out: Outline) -> None:
    stack: list[tuple[int, PlanSection]] = []
    seen: dict[str, int] = {}
    for e in entries:
        if e.heading is None:
            while stack and e.marker is not None and stack[-1][0] >= e.depth:
                stack.pop()
            e.section = stack[-1][1] if stack else None
            continue
        while stack and stack[-1][0] >= e.depth:
            stack.pop()
        parent = stack[-1][1] if stack else None
        number = e.heading.number
        tail = number.rsplit(".", 1)[-1] if parent is not None and number.startswith(parent.number + ".") else number
        ident = f"{parent.id}.{tail}" if parent else tail
        seen[ident] = seen.get(ident, 0) + 1
        if seen[ident] > 1:
            ident = f"{ident}~{seen[ident]}"
        named = section_role(e.heading.title)
        role: SectionRole = named or (parent.role if parent else "other")
        if parent is not None and parent.role in ("duties", "purpose") and named in ("tasks", "funding", "targets"):
            role = parent.role if parent.role == "duties" else named
        assigns = named == "duties" and _ASSIGNS.match(folded(e.heading.title))
        if parent is not None and parent.role == "tasks" and named in ("duties", "purpose", "funding") and not assigns:
            role = (
                "tasks" if action_verb(e.heading.title) or named != "purpose" or not _pure(e.heading.title) else named
            )
        section = e.heading.model_copy(
            update={"id": ident, "parent": parent.id if parent else None, "level": len(stack) + 1, "role": role}
        )
        e.heading = section
        e.section = parent
        stack.append((e.depth, section))
        out.sections.append(section)


_ASSIGNS = re.compile(r"\W*(?:phân công|tổ chức thực hiện|trách nhiệm)(?!\w)")


def _pure(title: str) -> bool:
    return len(folded(title).split()) <= 5
