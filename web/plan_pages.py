"""Trang kế hoạch và tiến độ: plans with their tasks, the progress page, the records behind each number."""

from __future__ import annotations

import io
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BeforeValidator, Field

from review.masking import mask_record
from review.progress import agency_key, field_key
from runtime.kept_plans import KeptPlans
from runtime.plan_exports import (
    LEVEL_WORDS,
    PROGRESS_COLUMNS,
    STATE_WORDS,
    progress_rows,
    write_table,
    write_tasks,
)
from runtime.plans import find_plan, follow_task, task_list
from runtime.progress import catch_up_facts, records_behind, with_time
from runtime.progress_counter import Counter
from runtime.report_docx import write_report
from schemas.errors import InvalidValue, KeyingBlind, NotAllowed, Refused
from schemas.plan import ODDITIES
from schemas.progress import TaskState
from storage.browse import Listed
from storage.catalogue import Catalogue
from storage.store import ObjectStore
from web import views
from web.api import PageNumber
from web.charts import month_chart, percent, ratio_chart
from web.desk import ActorOf, DeskOf
from web.gate import ViewerOf
from web.pages import LIST_SIZE, render
from web.progress_tables import WHAT, Tables, decimal, name_of, query_of, row_of


def _need_whole_view(viewer: ViewerOf) -> None:
    """Plans and progress count everybody's papers: who may see a part only does not see them."""
    if not viewer.scope.is_open:
        raise NotAllowed("tiến độ và kế hoạch tính trên mọi cơ quan, lĩnh vực")


router = APIRouter(include_in_schema=False, dependencies=[Depends(_need_whole_view)])
_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_EmptyIsNone = BeforeValidator(lambda given: given if given != "" else None)  # a form sends its empty boxes too
Year = Annotated[Annotated[int, Field(ge=_FIRST_YEAR, le=_LAST_YEAR)] | None, _EmptyIsNone, Query()]
Cost = Annotated[Annotated[float, Field(ge=0, le=1e12, allow_inf_nan=False)] | None, _EmptyIsNone, Query()]
What = Literal["digitized", "published", "waiting", "unclear", "expired", "ended"]
_AT_ONCE = 50  # new records that a page takes in before it answers; the others are taken in behind it
_AGAIN_S = 2  # after which a page that waits for its count is loaded again
_SOON = 30  # days within which a task that is due is brought up
_FORGOTTEN = 366  # days after which an overdue task is no longer brought up on the progress page
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_ROLES = {
    "chu_tri": "chủ trì", "phoi_hop": "phối hợp", "tham_muu": "tham mưu", "thuong_truc": "thường trực",
    "chi_dao": "chỉ đạo", "thuc_hien": "thực hiện",
}  # fmt: skip
_OPERATORS = {">=": "ít nhất", "=": "đạt", "<=": "không quá", "reduce": "giảm", "increase": "tăng"}


@dataclass(frozen=True, slots=True)
class PlanDesk:
    """Store and catalogue, for what plans and progress need of them."""

    store: ObjectStore
    catalogue: Catalogue
    counter: Counter
    kept: KeptPlans
    tables: Tables = field(default_factory=Tables)


def plan_desk_of(request: Request) -> PlanDesk:
    desk: PlanDesk = request.app.state.plan_desk
    return desk


PlanDeskOf = Annotated[PlanDesk, Depends(plan_desk_of)]


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text) if text else date.today()
    except ValueError:
        raise InvalidValue("ngày phải có dạng YYYY-MM-DD") from None
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise InvalidValue(f"năm phải từ {_FIRST_YEAR} đến {_LAST_YEAR}")
    return day


def _being_counted(request: Request, day: date) -> Response:
    """Instead of a page about a large archive that is not counted as of that day yet; it loads itself again."""
    return render(request, "progress_counted.html", {"day": day.isoformat(), "seconds": _AGAIN_S})


@router.get("/progress")
def progress_page(
    request: Request,
    desk: PlanDeskOf,
    papers: DeskOf,
    viewer: ViewerOf,
    year: Year = None,
    as_of: Annotated[str, Query(max_length=10)] = "",
    page_cost: Cost = None,
) -> Response:
    day = _day(as_of)
    catch_up_facts(desk.store, desk.catalogue, most=_AT_ONCE)
    counts = desk.counter.counts(day)
    if counts is None:
        return _being_counted(request, day)
    figures = desk.counter.progress(counts, day, year=year or day.year, page_cost=page_cost or None)
    found = with_time(figures, desk.catalogue.plans, counts)
    chart = ratio_chart(
        [
            (name_of(r), row_of(r, "", found.as_of).links["digitized"], r)
            for r in (*found.by_level, *found.by_agency[:12])
        ]
    )
    due = desk.kept.open_until(day + timedelta(days=_SOON), today=day)
    blind = papers.review.keying_blind(viewer)
    context = {
        "found": found,
        "total": row_of(found.total, "Tất cả", found.as_of),
        "chart": chart,
        "months": month_chart(found.by_month),
        "tables": desk.tables.of(figures),
        "percent": percent,
        "decimal": decimal,
        "query_now": query_of(found),
        "page_cost": page_cost,
        "due": [t for t in due if (t.days_left or 0) > -_FORGOTTEN and t.plan_id not in blind][:10],
        "states": STATE_WORDS,
    }
    return render(request, "progress.html", context)


@router.get("/progress/records")
def behind(
    request: Request,
    desk: PlanDeskOf,
    papers: DeskOf,
    viewer: ViewerOf,
    what: What = "digitized",
    agency: Annotated[str | None, Query(max_length=300)] = None,
    field: Annotated[str | None, Query(max_length=300)] = None,
    level: Annotated[str | None, Query(max_length=20)] = None,
    as_of: Annotated[str, Query(max_length=10)] = "",
    page: PageNumber = 1,
) -> Response:
    """The records that a number counts.

    What is chosen by what was read would tell who keys a paper blind what that paper says, by its row or by the number
    that is one less. Raises KeyingBlind (E313).
    """
    words, validities, statuses = WHAT[what]
    narrowed = bool(validities) or any(one is not None for one in (agency, field, level))
    if narrowed and papers.review.keying_blind(viewer):
        raise KeyingBlind
    start = (page - 1) * LIST_SIZE
    day = _day(as_of)
    counts = desk.counter.counts(day)
    if counts is None:
        return _being_counted(request, day)
    total, shown = records_behind(
        desk.catalogue, as_of=day, agency=agency, field=field, level=level, validities=validities, statuses=statuses,
        limit=LIST_SIZE, offset=start, counts=counts,
    )  # fmt: skip
    query = {"what": what, "agency": agency, "field": field, "level": level, "as_of": day.isoformat()}
    pager = views.Pager.of(total, page, LIST_SIZE, query)
    scope = [w for w in (agency, field, LEVEL_WORDS.get(level or "")) if w]
    rows = papers.rows_for(viewer, (Listed(record, "") for record in shown))
    context = {"words": words, "scope": scope, "pager": pager, "rows": rows, "day": day.isoformat()}
    return render(request, "progress_records.html", context)


@router.get("/progress/inventory")
def inventory_page(
    request: Request,
    desk: PlanDeskOf,
    agency: Annotated[str | None, Query(max_length=300)] = None,
    field: Annotated[str | None, Query(max_length=300)] = None,
    level: Annotated[str | None, Query(max_length=20)] = None,
) -> Response:
    """The rows of the inventory behind a number, as imported."""
    rows = [
        r
        for r in desk.catalogue.plans.figures("inventory")
        if (agency is None or agency_key(r.agency) == agency_key(agency))
        and (field is None or field_key(r.field) == field_key(field))
        and (level is None or r.level == level)
    ]
    return render(request, "inventory.html", {"rows": rows, "levels": LEVEL_WORDS})


@router.get("/progress/table.{form}")
def progress_file(
    desk: PlanDeskOf,
    form: Literal["csv", "xlsx", "docx"],
    year: Year = None,
    as_of: Annotated[str, Query(max_length=10)] = "",
    office: Annotated[str, Query(max_length=200)] = "…",
) -> Response:
    day = _day(as_of)
    catch_up_facts(desk.store, desk.catalogue, most=_AT_ONCE)
    counts = desk.counter.newest(day)  # a file that people keep may wait for it
    figures = desk.counter.progress(counts, day, year=year or day.year)
    found = with_time(figures, desk.catalogue.plans, counts)
    out = io.BytesIO()
    if form == "docx":
        write_report(found, task_list(desk.store, desk.catalogue, today=day, most=_AT_ONCE), out, office=office)
    else:
        write_table(PROGRESS_COLUMNS, progress_rows(found), out, form=form, title="Tiến độ")
    return _file(out, form, f"tien-do-{found.year}")


def _file(out: io.BytesIO, form: str, name: str) -> Response:
    media = {"csv": "text/csv; charset=utf-8", "xlsx": _XLSX, "docx": _DOCX}[form]
    disposition = f'attachment; filename="{name}.{form}"'
    return Response(out.getvalue(), media_type=media, headers={"Content-Disposition": disposition})


@router.get("/plans")
def plans_page(request: Request, desk: PlanDeskOf, papers: DeskOf, viewer: ViewerOf) -> Response:
    blind = papers.review.keying_blind(viewer)
    listed = [
        (plan_id, replace(plan, title=None, issuer=None, period=None) if plan_id in blind else plan, done)
        for plan_id, plan, done in desk.kept.listed()
    ]
    today = date.today()
    due = desk.kept.open_until(today + timedelta(days=_SOON), today=today)
    context = {"plans": listed, "due": [task for task in due if task.plan_id not in blind], "states": STATE_WORDS}
    return render(request, "plans.html", context)


@router.get("/plans/{plan_id}")
def plan_page(
    request: Request, desk: PlanDeskOf, papers: DeskOf, viewer: ViewerOf, actor: ActorOf, plan_id: str
) -> Response:
    record = mask_record(papers.open_for(viewer, find_plan(desk.catalogue, plan_id).record_id))
    papers.shelf.log(actor, "view", record.record_id)
    tasks = {
        t.task_id: t
        for t in task_list(desk.store, desk.catalogue, today=date.today(), plan_id=record.record_id, most=_AT_ONCE)
    }
    assert record.plan is not None
    by_section: dict[str | None, list[object]] = {}
    for task in tasks.values():
        by_section.setdefault(task.section, []).append(task)
    context = {
        "record": record,
        "plan": record.plan,
        "by_section": by_section,
        "states": STATE_WORDS,
        "roles": _ROLES,
        "operators": _OPERATORS,
        "odd_words": ODDITIES,
        "token": papers.tokens.make(f"plan {actor}", record.record_id),
    }
    return render(request, "plan.html", context)


@router.post("/plans/{plan_id}/tasks/{task_id:path}")
def set_task(
    desk: PlanDeskOf,
    papers: DeskOf,
    viewer: ViewerOf,
    actor: ActorOf,
    plan_id: str,
    task_id: str,
    state: Annotated[TaskState | None, Form()] = None,
    token: Annotated[str, Form(max_length=200)] = "",
    evidence: Annotated[str, Form(max_length=2000)] = "",
    note: Annotated[str, Form(max_length=2000)] = "",
    due: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    if viewer.login:  # before any account exists, whoever sits at this machine may
        viewer.need("key")
    if not papers.tokens.check(token, f"plan {actor}", plan_id):
        raise Refused("trang đã mở quá lâu, hãy tải lại trang rồi thử lại")
    if state is None:
        raise Refused("chưa chọn trạng thái")
    record = find_plan(desk.catalogue, plan_id)
    follow_task(
        desk.store, desk.catalogue, record.record_id, task_id, state=state, actor=actor,
        evidence=evidence.replace(",", " ").split(), note=note, due=_day(due).isoformat() if due else None,
    )  # fmt: skip
    return RedirectResponse(f"/plans/{record.record_id}#{task_id}", 303)


@router.get("/plans/{plan_id}/tasks.{form}")
def tasks_file(
    desk: PlanDeskOf, papers: DeskOf, viewer: ViewerOf, plan_id: str, form: Literal["csv", "xlsx"]
) -> Response:
    record = papers.open_for(viewer, find_plan(desk.catalogue, plan_id).record_id)
    out = io.BytesIO()
    write_tasks(task_list(desk.store, desk.catalogue, today=date.today(), plan_id=record.record_id), out, form=form)
    return _file(out, form, f"nhiem-vu-{record.record_id[:8]}")
