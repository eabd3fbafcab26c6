"""Tiến độ: imported figures, validity, and what progress says of them (DOMAIN.md section 4)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from schemas.base import Frozen

FigureKind = Literal["inventory", "targets", "flow"]
TaskState = Literal["chua_lam", "dang_lam", "xong", "cham", "bo"]
Validity = Literal["con_hieu_luc", "het_hieu_luc", "chua_hieu_luc", "bi_thu_hoi", "bi_thay_the", "khong_ro"]
ENDED: tuple[Validity, ...] = ("bi_thu_hoi", "bi_thay_the")  # by another paper
# What a record says of its own end: a day, none for ever, none until something replaces it, or nothing that was read.
Term = Literal["fixed", "perpetual", "until_replaced", "unknown"]
LEVELS = ("trung_uong", "tinh", "huyen", "xa")
Level = Literal["trung_uong", "tinh", "huyen", "xa"]


class InventoryRow(Frozen):
    """Kết quả còn hiệu lực phải số hóa: how many of one agency, field and level, as counted in ``year``.

    ``valid_count`` None: not counted yet. ``field`` "" = all fields together.
    """

    agency: str = Field(min_length=1)
    field: str = ""
    level: Level
    year: int = Field(ge=1990, le=2100)
    valid_count: int | None = Field(default=None, ge=0)
    page_count: int | None = Field(default=None, ge=0)
    note: str = ""


class TargetRow(Frozen):
    """Tỷ lệ phải đạt (percent) by the end of ``year``; "" in agency or field = any. ``source``: where it is ordered."""

    agency: str = ""
    field: str = ""
    level: Level
    year: int = Field(ge=1990, le=2100)
    ratio: float = Field(ge=0, le=100)
    source: str = ""


class FlowRow(Frozen):
    """Hồ sơ trong kỳ (QĐ 766/QĐ-TTg, nhóm 4): dossiers of a period, from the one-stop system. None = not given."""

    agency: str = Field(min_length=1)
    level: Level
    period_from: str = Field(pattern=r"^\d{4}-\d\d-\d\d$")
    period_to: str = Field(pattern=r"^\d{4}-\d\d-\d\d$")
    received: int | None = Field(default=None, ge=0)
    paper_results: int | None = Field(default=None, ge=0)
    electronic_results: int | None = Field(default=None, ge=0)
    digitized: int | None = Field(default=None, ge=0)
    reused: int | None = Field(default=None, ge=0)
    shared: int | None = Field(default=None, ge=0)


Figure = InventoryRow | TargetRow | FlowRow


class FollowUp(Frozen):
    """What somebody said of a task: its state, records that fulfil it, a note. ``at``: UTC, ISO 8601."""

    plan_id: str
    task_id: str
    state: TaskState
    evidence: tuple[str, ...] = ()
    note: str = ""
    due: str | None = None
    actor: str
    at: str


class Holding(Frozen):
    """Records of one agency, field, level, status, validity and day of digitizing, counted."""

    agency: str
    field: str
    level: str
    status: str
    validity: Validity
    day: str
    records: int
    pages: int
    unsure: int
    risk: float


class ScopeProgress(Frozen):
    """One row: a scope, what is there, what has to be. None = not known; never a guess.

    digitized      in force and read (accepted, confirmed or published)   published  of these, published
    waiting        in force, waiting for review     unclear  read, but their validity is not known
    ratio          digitized / inventory, percent   gap      target - ratio, points (negative: ahead)
    expired        out of force (or not yet in force)    ended     of these, revoked or replaced by another record
    remaining      results still to digitize for the target
    per_day_needed scans a working day from now to the year's end that reach it; pace: what was done a working day
    missed         True when the present pace does not reach it, None when that cannot be said
    """

    agency: str | None = None
    field: str | None = None
    level: str | None = None
    inventory: int | None = None
    inventory_year: int | None = None
    inventory_partial: bool = False
    digitized: int = 0
    published: int = 0
    waiting: int = 0
    unclear: int = 0
    expired: int = 0
    ended: int = 0
    pages: int = 0
    ratio: float | None = None
    target: float | None = None
    target_source: str | None = None
    gap: float | None = None
    remaining: int | None = None
    pace: float = 0.0
    per_day_needed: float | None = None
    missed: bool | None = None
    over: bool = False


class FlowProgress(Frozen):
    """Indicators 4.1 to 4.4 of one agency and period, percent; None where the denominator is unknown or zero."""

    agency: str
    level: str
    period_from: str
    period_to: str
    received: int | None
    electronic_results: float | None
    digitized: float | None
    reused: float | None
    shared: float | None


class Progress(Frozen):
    """Everything that the progress page shows. ``as_of``: ISO day; ``expected_errors``: fields that are probably wrong
    among those taken as sure, by their own scores; ``cost``: None without a rate; ``uncounted``: new or changed records
    that are not counted as they are now; ``counted_at``: when it was counted, where facts have changed since."""

    as_of: str
    year: int
    total: ScopeProgress
    rows: tuple[ScopeProgress, ...] = ()
    by_level: tuple[ScopeProgress, ...] = ()
    by_agency: tuple[ScopeProgress, ...] = ()
    by_field: tuple[ScopeProgress, ...] = ()
    by_month: tuple[tuple[str, int], ...] = ()
    flow: tuple[FlowProgress, ...] = ()
    review_records: int = 0
    review_fields: int = 0
    expected_errors: float = 0.0
    pages: int = 0
    working_days_left: int = 0
    cost: float | None = None
    cost_remaining: float | None = None
    uncounted: int = 0
    counted_at: str | None = None


class TaskProgress(Frozen):
    """A plan's task with how it stands. ``proposed``: records that cite the plan and may fulfil it."""

    plan_id: str
    plan_title: str | None
    task_id: str
    section: str | None
    text: str
    lead_agencies: tuple[str, ...] = ()
    coordinating_agencies: tuple[str, ...] = ()
    deadline: str | None = None
    due: str | None = None
    product: str | None = None
    state: TaskState = "chua_lam"
    evidence: tuple[str, ...] = ()
    proposed: tuple[str, ...] = ()
    note: str = ""
    days_left: int | None = None
