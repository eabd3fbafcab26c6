"""Kế hoạch: what a plan document says, as printed, with the place of every part (DOMAIN.md section 5)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from schemas.base import Frozen

Operator = Literal[">=", "=", "<=", "reduce", "increase"]
DutyRole = Literal["chu_tri", "phoi_hop", "tham_muu", "thuong_truc", "chi_dao", "thuc_hien"]
SectionRole = Literal["purpose", "targets", "tasks", "duties", "funding", "other"]


class PlanSource(Frozen):
    """Page from 1; line from 1 in the page's text as read; characters start..end of that line.

    What runs on over further lines is named by its part on the first one. ``row`` (from 1) is the row of an
    appendix table, counted over the whole table with its header; then ``line`` is where the cell's text begins,
    or 0 where the text of the page does not have it.
    """

    page: int
    line: int
    start: int
    end: int
    row: int | None = None


class PlanSection(Frozen):
    """One heading. ``number`` as printed without its full stop ("II", "1", "a"); ``id`` the numbers from the top
    ("II.1"); ``role`` what stands below it."""

    id: str
    number: str
    title: str
    level: int = Field(ge=1)
    parent: str | None = None
    role: SectionRole = "other"
    source: PlanSource


class PlanTask(Frozen):
    """Nhiệm vụ. ``text`` and the agencies as printed; ``deadline`` as printed, ``deadline_date`` its last day.

    ``section`` is the id of the section it stands in, ``ordinal`` its place there (from 1). Of an appendix table
    the section is ``PL`` (``PL2`` for a second table) or the group row above it.
    """

    id: str
    section: str | None
    ordinal: int = Field(ge=1)
    text: str
    action_verb: str | None = None
    lead_agencies: tuple[str, ...] = ()
    coordinating_agencies: tuple[str, ...] = ()
    advisory_agencies: tuple[str, ...] = ()
    deadline: str | None = None
    deadline_date: str | None = None
    product: str | None = None
    budget: str | None = None
    target_ids: tuple[str, ...] = ()
    citations: tuple[int, ...] = ()
    score: float = Field(default=1.0, ge=0, le=1)
    needs_review: bool = False
    source: PlanSource


class PlanTarget(Frozen):
    """Chỉ tiêu: a number to be reached. ``baseline`` and ``period`` as printed; ``parent_id``: a part of that one."""

    id: str
    indicator: str
    operator: Operator
    value: float
    value_to: float | None = None
    unit: str
    baseline: str | None = None
    period: str | None = None
    lead: str | None = None
    section: str | None = None
    parent_id: str | None = None
    level: str | None = None
    source: PlanSource


class PlanDuty(Frozen):
    """Trách nhiệm. ``agency`` as the heading prints it; ``agencies`` its parts where it names several."""

    agency: str
    agencies: tuple[str, ...] = ()
    role: DutyRole
    text: str
    section: str | None = None
    source: PlanSource


# What each code of an oddity is called for people.
ODDITIES = {
    "mixed_unicode": "lẫn hai kiểu mã dấu tiếng Việt", "no_break_space": "có dấu cách không ngắt ẩn trong dòng",
    "cut_sentence": "câu bị cụt", "missing_full_stop": "thiếu dấu chấm cuối câu", "repeated_number": "số mục bị lặp",
    "repeated_word": "lặp từ", "missing_appendix": "nhắc đến phụ lục nhưng không có trong tệp",
    "stray_punctuation": "dấu câu lạ", "missing_row": "số thứ tự trong bảng nhảy cóc, có thể sót dòng",
}  # fmt: skip


class PlanOddity(Frozen):
    """Something in the text that is not as it should be, kept as printed.

    mixed_unicode      letters with loose accents among whole ones        no_break_space   hidden in the line
    cut_sentence       ends in the middle                missing_full_stop  ends without one
    repeated_number    a heading's number stands twice   repeated_word      the same word twice in a row
    missing_appendix   one is named, none is there       stray_punctuation  ".." or the like
    missing_row        the numbers of a table jump
    """

    code: str
    page: int
    line: int
    detail: str = ""


class Plan(Frozen):
    """One plan. Nothing is invented: what the paper does not say is None or empty."""

    title: str | None = None
    issuer: str | None = None
    period: str | None = None
    scope_area: str | None = None
    sections: tuple[PlanSection, ...] = ()
    tasks: tuple[PlanTask, ...] = ()
    targets: tuple[PlanTarget, ...] = ()
    duties: tuple[PlanDuty, ...] = ()
    systems: tuple[str, ...] = ()
    funding_text: str | None = None
    recipients: tuple[str, ...] = ()
    signer: str | None = None
    signer_title: str | None = None
    oddities: tuple[PlanOddity, ...] = ()
