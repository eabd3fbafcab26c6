"""Trang bàn rà soát: the queue with its numbers, and the desk where a paper is settled."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from review.roles import Viewer
from review.sampling import estimate
from runtime.desk import Paper
from runtime.login import today_text
from schemas.errors import InvalidValue, LeaseLost, ObjectNotFound
from schemas.geometry import Box
from schemas.record import Record
from storage.queue import Order, Task, TaskFilters
from web import views as page_views
from web import words
from web.api import PageNumber
from web.desk import Desk, DeskOf
from web.gate import CheckedForm, ViewerOf
from web.pages import render
from web.pictures import WIDTHS
from web.review import views
from web.veil import KEYED, veiled_fields, veiled_task

router = APIRouter(prefix="/desk", include_in_schema=False)
LIST_SIZE = 30
_AIR = (0.012, 0.008)  # around a crop, in fractions of the page: a hand writes beyond the printed line
_ORDERS: dict[Order, str] = {"age": "cũ nhất trước", "batch": "theo mẻ", "field": "theo lĩnh vực"}
_Short = Annotated[str, Form(max_length=600)]


def narrowed_of(
    batch: Annotated[str | None, Query(max_length=200)] = None,
    field: Annotated[str | None, Query(max_length=200)] = None,
    doc_type: Annotated[str | None, Query(max_length=40)] = None,
    stage: Annotated[str | None, Query(pattern="^(first|second|third)?$")] = None,
    item: Annotated[str | None, Query(max_length=60)] = None,
    mine: bool = False,
) -> TaskFilters:
    """Query parameters as filters of the queue; an empty one is none."""
    return TaskFilters(
        batch=batch or None, field=field or None, doc_type=doc_type or None, stage=stage or None,
        item=item or None, mine=mine,
    )  # fmt: skip


NarrowedOf = Annotated[TaskFilters, Depends(narrowed_of)]
OrderOf = Annotated[Order, Query()]


def query_of(narrowed: TaskFilters, order: Order) -> dict[str, str]:
    """The filters as query parameters, empty ones left out."""
    found = {name: str(value) for name, value in narrowed.model_dump(exclude={"mine", "sampled"}).items() if value}
    if narrowed.mine:
        found["mine"] = "true"
    return found | ({"order": order} if order != "age" else {})


@router.get("")
def queue(
    request: Request,
    desk: DeskOf,
    viewer: ViewerOf,
    narrowed: NarrowedOf,
    order: OrderOf = "age",
    page: PageNumber = 1,
    done: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """What waits for this person, with the numbers that matter."""
    if not viewer.login:
        return render(request, "review/first.html", {})
    viewer.need("key")
    desk.review.sync(wait_s=0.2)
    waiting = desk.review.queue
    decides = viewer.may("decide")
    known = waiting.waiting(viewer.login, scope=viewer.scope, decides=decides)
    total = known.count(narrowed)
    if total is None:
        total = waiting.count(viewer.login, scope=viewer.scope, decides=decides, narrowed=narrowed)
    query = query_of(narrowed, order)
    pager = page_views.Pager.of(total, page, LIST_SIZE, query)
    listed = waiting.page(
        viewer.login, scope=viewer.scope, decides=decides, narrowed=narrowed, order=order,
        limit=LIST_SIZE, offset=pager.start,
    )  # fmt: skip
    blind = desk.review.blind_items(listed)
    records = desk.shelf.find_many(task.record_id for task in listed)
    today, today_mine = waiting.settled_since(today_text(), by=viewer.login)
    shares = [share for of_batch in desk.shelf.quality.sampled_shares().values() for share in of_batch]
    looked, wrong = sum(s.looked for s in shares), sum(s.wrong for s in shares)
    context = {
        "numbers": known.numbers,
        "waiting": known.numbers.waiting,
        "today": today,
        "today_mine": today_mine,
        "estimate": estimate(looked, wrong),
        "rows": [
            _row(task, records[task.record_id], blind[task.record_id]) for task in listed if task.record_id in records
        ],
        "pager": pager,
        "order": order,
        "orders": _ORDERS,
        "narrowed": narrowed,
        "query": query,
        "next_query": urlencode(query),
        "choices": _choices(known.of),
        "saved": waiting.saved_filters(viewer.login),
        "age": views.age_words,
        "percent": views.percent,
        "stage_words": views.STAGE_WORDS,
        "label_of": views.label_of,
        "done": done,
    }
    return render(request, "review/queue.html", context)


def _row(task: Task, record: Record, blind: Collection[str]) -> dict[str, object]:
    asked = [views.label_of(r.partition(":")[2]) for r in record.review_reasons if r.startswith("unsure:")]
    shown = veiled_fields(record, blind)  # who keys it blind must not read it here
    title = page_views.title_of(shown)
    if "doc_number" in blind:
        kind = shown.fields.doc_type.value
        title = (words.doc_type_name(kind if isinstance(kind, str) else None) or "Văn bản") + f" (số {KEYED})"
    return {"task": veiled_task(task, blind), "title": title, "name": record.source.name, "asked": asked}


def _choices(of: Mapping[str, Mapping[str, int]]) -> dict[str, list[tuple[str, str, int]]]:
    """Filter -> (value, label, count), the most frequent first."""
    made = {}
    for by in ("batch", "field", "doc_type", "stage", "item"):
        named = {"doc_type": words.doc_type_choices(), "stage": views.STAGE_WORDS}.get(by, {})
        made[by] = [
            (value, views.label_of(value) if by == "item" else named.get(value, value), count)
            for value, count in sorted(of[by].items(), key=lambda one: (-one[1], one[0]))
        ][:60]
    return made


@router.post("/filters", dependencies=[CheckedForm])
def save_filter(
    desk: DeskOf, viewer: ViewerOf, name: _Short = "", query: _Short = "", drop: Annotated[bool, Form()] = False
) -> Response:
    """Keep the present filters under a name, or forget a kept one."""
    viewer.need("key")
    name = " ".join(name.split())[:80]
    if drop:
        desk.review.queue.drop_filter(viewer.login, name)
        return RedirectResponse("/desk", 303)
    if name and query:
        desk.review.queue.save_filter(viewer.login, name, query)
    return RedirectResponse(f"/desk?{query}", 303)


@router.get("/next")
def take_next(desk: DeskOf, viewer: ViewerOf, narrowed: NarrowedOf, order: OrderOf = "age") -> Response:
    """The next paper of the queue, on this person's desk."""
    desk.review.sync(wait_s=0.2)
    task = desk.review.take(viewer, order=order, narrowed=narrowed)
    query = urlencode(query_of(narrowed, order))
    if task is None:
        return RedirectResponse("/desk?" + urlencode({**query_of(narrowed, order), "done": "all"}), 303)
    return RedirectResponse(f"/desk/{task.record_id}" + (f"?{query}" if query else ""), 303)


@router.get("/{record_id}")
def show_desk(
    request: Request, desk: DeskOf, viewer: ViewerOf, record_id: str, narrowed: NarrowedOf, order: OrderOf = "age"
) -> Response:
    try:
        paper = desk.review.open(viewer, record_id)
    except LeaseLost:
        return RedirectResponse("/desk?done=gone", 303)
    return _desk_page(request, desk, viewer, paper, query_of(narrowed, order))


def _desk_page(
    request: Request,
    desk: Desk,
    viewer: Viewer,
    paper: Paper,
    query: Mapping[str, str],
    *,
    typed: Mapping[str, str | None] | None = None,
    problems: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    record = paper.record
    reading = desk.shelf.reading_of(record)
    asks = views.asks(paper, reading, typed, problems or {})
    others = views.others(paper, desk.review, unmasked=viewer.scope.unmasked)
    spots = [(one.item, "asked", one.page, one.box) for one in asks if one.box]
    spots += [(one.item, one.certainty, one.page, one.box) for one in others if one.box]
    title_asked = not {"doc_number", "doc_type"}.isdisjoint(one.item for one in asks)
    first = next((one.page for one in asks if one.page), 1)
    context = {
        "record": record,
        "task": paper.task,
        "title": record.source.name if title_asked else page_views.title_of(record),
        "asks": asks,
        "others": [one for one in others if one.certainty != "missing"],
        "absent": [one for one in others if one.certainty == "missing"],
        "spots": spots,
        "sizes": [(round(p.width_pt), round(p.height_pt)) for p in reading.pages] if reading else [],
        "page": first,
        "widths": WIDTHS,
        "query": dict(query),
        "query_text": urlencode(query),
        "problems": problems or {},
        "colleagues": [p for p in desk.shelf.people() if p.login != viewer.login and not p.disabled
                       and p.role != "archivist" and p.login not in paper.task.done_by],
        "lease_s": desk.review.rules.lease_s,
        "stage_words": views.STAGE_WORDS,
        "age": views.age_words,
    }  # fmt: skip
    return render(request, "review/desk.html", context, status=status)


@router.post("/{record_id}", dependencies=[CheckedForm])
async def submit(
    request: Request, desk: DeskOf, viewer: ViewerOf, record_id: str, narrowed: NarrowedOf, order: OrderOf = "age"
) -> Response:
    """The answers of the form; then the next paper."""
    form = await request.form()
    return await run_in_threadpool(_submit, request, desk, viewer, record_id, dict(form), query_of(narrowed, order))


def _submit(
    request: Request, desk: Desk, viewer: Viewer, record_id: str, form: Mapping[str, object], query: Mapping[str, str]
) -> Response:
    typed: dict[str, str | None] = {}
    for name, value in form.items():
        item = name.removeprefix("v:")
        if name.startswith("v:") and isinstance(value, str):
            typed[item] = None if form.get(f"none:{item}") == "1" else value[:4000]
    try:
        desk.review.submit(viewer, record_id, str(form.get("token", "")), typed)
    except InvalidValue as exc:
        paper = desk.review.open(viewer, record_id)
        return _desk_page(request, desk, viewer, paper, query, typed=typed, problems=exc.problems, status=422)
    except LeaseLost:
        return RedirectResponse("/desk?done=gone", 303)
    return RedirectResponse("/desk/next" + (f"?{urlencode(query)}" if query else ""), 303)


@router.post("/{record_id}/release", dependencies=[CheckedForm])
def release(desk: DeskOf, viewer: ViewerOf, record_id: str) -> Response:
    """Back into the queue, nothing kept."""
    desk.review.release(viewer, record_id)
    return RedirectResponse("/desk", 303)


@router.post("/{record_id}/send", dependencies=[CheckedForm])
def send(
    desk: DeskOf, viewer: ViewerOf, record_id: str, token: _Short = "", to: _Short = "", note: _Short = ""
) -> Response:
    """To a colleague, with a note."""
    desk.review.send(viewer, record_id, token, to=to, note=note)
    return RedirectResponse("/desk/next", 303)


@router.get("/{record_id}/crop/{item}.png")
def crop(
    desk: DeskOf,
    viewer: ViewerOf,
    record_id: str,
    item: str,
    box: Annotated[str, Query(pattern=r"^(\d{1,4}(,[01]?\.?\d{0,6}){4})?$")] = "",
) -> Response:
    """The part of the paper a value is keyed from. Identity numbers are bare only where the number itself is asked."""
    paper = desk.review.holding(viewer, record_id)
    asked = next((one for one in paper.items if one.item == item), None)
    if asked is None:
        raise ObjectNotFound
    page, place = asked.page or 1, Box(*asked.bbox) if asked.bbox else Box(0.0, 0.0, 1.0, 0.3)
    if box:
        number, *rest = box.split(",")
        page, place = int(number), _box(rest)
    reveal = item == "owner_id"
    if reveal:
        desk.review.note_seen(viewer, record_id, "unmask", "owner_id")
    x, y = _AIR
    wide = Box(max(0.0, place.x0 - x), max(0.0, place.y0 - y), min(1.0, place.x1 + x), min(1.0, place.y1 + y))
    png = desk.pictures.crop(paper.record, page, wide, reveal=reveal)
    return Response(png, media_type="image/png", headers={"Cache-Control": "no-store"})


def _box(parts: list[str]) -> Box:
    try:
        x0, y0, x1, y1 = map(float, parts)
    except ValueError as exc:
        raise InvalidValue("khung không đúng dạng") from exc
    if not (0 <= x0 < x1 <= 1 and 0 <= y0 < y1 <= 1):
        raise InvalidValue("khung nằm ngoài trang")
    return Box(x0, y0, x1, y1)
