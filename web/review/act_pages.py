"""Trang của những việc khác: out of the catalogue, secret, opened again, pages cut anew, groups of look-alikes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, get_args

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from review.roles import Viewer
from runtime.desk_acts import RemoveKind, mark_secret, reopen, set_aside_by_person
from runtime.desk_groups import close_group, open_group
from runtime.recut import Cut, recut
from schemas.errors import GroupRefused, InvalidValue, LeaseLost, PagesRefused
from schemas.geometry import Box
from web.desk import Desk, DeskOf
from web.gate import CheckedForm, ViewerOf
from web.pages import render
from web.pictures import WIDTHS
from web.review import views

router = APIRouter(prefix="/desk", include_in_schema=False)
_Short = Annotated[str, Form(max_length=600)]
_AIR = 0.012
_BESIDE = 40  # papers of the same batch that are offered to be joined
_TURNS = (("0", "không"), ("90", "phải 90°"), ("180", "180°"), ("270", "trái 90°"))


@router.get("/group")
def group_page(
    request: Request, desk: DeskOf, viewer: ViewerOf, item: Annotated[str, Query(max_length=60)] = ""
) -> Response:
    viewer.need("decide")
    tally = desk.review.queue.tally("item", viewer.login, scope=viewer.scope, decides=False)
    kinds = [(name, views.label_of(name), tally.get(name, 0)) for name in desk.review.rules.grouped]
    page = open_group(desk.review, viewer, item) if item else None
    return render(request, "review/group.html", _group_context(kinds, item, page))


def _group_context(kinds: object, item: str, page: object, **more: object) -> dict[str, object]:
    return {"kinds": kinds, "item": item, "group": page, "label_of": views.label_of, "typed": views.typed_text,
            "problem": "", "result": None, **more}  # fmt: skip


@router.post("/group", dependencies=[CheckedForm])
async def close_group_page(request: Request, desk: DeskOf, viewer: ViewerOf) -> Response:
    form = await request.form()
    struck = frozenset(str(value) for value in form.getlist("struck"))
    group_id, item = str(form.get("id", "")), str(form.get("item", ""))
    return await run_in_threadpool(_close, request, desk, viewer, group_id, item, struck)


def _close(
    request: Request, desk: DeskOf, viewer: ViewerOf, group_id: str, item: str, struck: frozenset[str]
) -> Response:
    tally = desk.review.queue.tally("item", viewer.login, scope=viewer.scope, decides=False)
    kinds = [(name, views.label_of(name), tally.get(name, 0)) for name in desk.review.rules.grouped]
    try:
        result = close_group(desk.review, viewer, group_id, struck)
    except GroupRefused as exc:
        page = open_group(desk.review, viewer, item)
        problem = f"{exc.hint} {exc.retry}"
        return render(request, "review/group.html", _group_context(kinds, item, page, problem=problem), status=422)
    except LeaseLost:
        return RedirectResponse(f"/desk/group?item={item}", 303)
    page = open_group(desk.review, viewer, item)
    return render(request, "review/group.html", _group_context(kinds, item, page, result=result))


@router.get("/group/{item}/{record_id}.png")
def group_crop(desk: DeskOf, viewer: ViewerOf, item: str, record_id: str) -> Response:
    """The crop of a card. Only fields that are verified in groups, never identity numbers."""
    viewer.need("decide")
    if item not in desk.review.rules.grouped or item == "owner_id":
        raise InvalidValue("trường này không kiểm theo nhóm")
    record = desk.review.within(viewer, record_id)
    field = record.fields.get(item)
    if field.bbox is None or field.page is None:
        raise InvalidValue("không rõ chỗ trên giấy")
    x0, y0, x1, y1 = field.bbox
    box = Box(max(0.0, x0 - _AIR), max(0.0, y0 - _AIR), min(1.0, x1 + _AIR), min(1.0, y1 + _AIR))
    png = desk.pictures.crop(record, field.page, box, reveal=False)
    return Response(png, media_type="image/png", headers={"Cache-Control": "private, max-age=300"})


@router.post("/{record_id}/remove", dependencies=[CheckedForm])
def remove(
    desk: DeskOf, viewer: ViewerOf, record_id: str, token: _Short = "", kind: _Short = "", reason: _Short = ""
) -> Response:
    checked: RemoveKind | None = next((one for one in get_args(RemoveKind) if one == kind), None)
    if checked is None:
        raise InvalidValue("chọn một lý do")
    set_aside_by_person(desk.review, viewer, record_id, token, kind=checked, reason=reason)
    return RedirectResponse("/desk/next", 303)


@router.post("/{record_id}/secret", dependencies=[CheckedForm])
def secret(desk: DeskOf, viewer: ViewerOf, record_id: str, token: _Short = "", reason: _Short = "") -> Response:
    mark_secret(desk.review, viewer, record_id, token, reason=reason)
    return RedirectResponse("/desk/next", 303)


@router.post("/{record_id}/reopen", dependencies=[CheckedForm])
def open_again(desk: DeskOf, viewer: ViewerOf, record_id: str, reason: _Short = "") -> Response:
    record = reopen(desk.review, viewer, record_id, reason=reason)
    return RedirectResponse(f"/records/{record.record_id}", 303)


@router.get("/{record_id}/pages")
def pages_page(
    request: Request, desk: DeskOf, viewer: ViewerOf, record_id: str,
    other: Annotated[str, Query(pattern="^([0-9a-f]{4,64})?$")] = "",
) -> Response:  # fmt: skip
    """Every page with the document it shall belong to and its turn; ``other``: a record to be joined."""
    viewer.need("pages")
    return _pages_page(request, desk, viewer, record_id, other)


def _pages_page(
    request: Request,
    desk: Desk,
    viewer: Viewer,
    record_id: str,
    other: str,
    *,
    typed: Mapping[str, str] | None = None,
    problem: str = "",
) -> Response:
    """``typed``: the form that came back with something to mend; nothing of it is lost."""
    papers = [desk.review.open(viewer, record_id)]
    if other:
        try:
            second = desk.review.open(viewer, other)
        except LeaseLost:
            problem = "Hồ sơ thứ hai đang ở tay người khác hoặc không chờ rà soát."
        else:
            if second.record.record_id != papers[0].record.record_id:
                papers.append(second)
                other = second.record.record_id
    first = papers[0].record
    begins = views.pages_that_begin(first) if len(papers) == 1 else ()
    beside = desk.review.queue.beside(
        first.record_id, viewer.login, scope=viewer.scope, decides=viewer.may("decide"), limit=_BESIDE
    )
    named = desk.shelf.find_many(beside)
    context = {
        "papers": papers,
        "pages": views.cut_pages([paper.record for paper in papers], begins, typed or {}),
        "guessed": begins if typed is None else (),
        "turns": _TURNS,
        "beside": [(one, named[one].source.name, named[one].source.page_count) for one in beside if one in named],
        "lease_s": desk.review.rules.lease_s,
        "reason": (typed or {}).get("reason", ""),
        "problem": problem,
        "widths": WIDTHS,
        "other": other,
    }
    return render(request, "review/pages.html", context, status=422 if problem else 200)


@router.post("/{record_id}/pages", dependencies=[CheckedForm])
async def cut_pages(request: Request, desk: DeskOf, viewer: ViewerOf, record_id: str) -> Response:
    """Fields ``part:<record>:<page>`` and ``turn:<record>:<page>``; pages keep their order inside a part."""
    form = await request.form()
    texts = {name: value for name, value in form.items() if isinstance(value, str)}
    return await run_in_threadpool(_cut, request, desk, viewer, record_id, texts)


def _cut(request: Request, desk: DeskOf, viewer: ViewerOf, record_id: str, form: dict[str, str]) -> Response:
    parts: dict[int, list[Cut]] = {}
    try:
        for name, value in form.items():
            head, _, tail = name.partition(":")
            if head == "part":
                record, _, page = tail.partition(":")
                turn = int(form.get(f"turn:{tail}", "0"))
                parts.setdefault(int(value), []).append(Cut(record_id=record, page=int(page), turn=turn))
        tokens = {name.partition(":")[2]: value for name, value in form.items() if name.startswith("token:")}
        ordered = [parts[number] for number in sorted(parts)]
        recut(desk.review, viewer, tokens, ordered, reason=" ".join(form.get("reason", "").split()))
    except (PagesRefused, ValueError) as exc:
        words = exc.message if isinstance(exc, PagesRefused) else PagesRefused.hint
        return _pages_page(request, desk, viewer, record_id, form.get("other", ""), typed=form, problem=words)
    except LeaseLost:
        return RedirectResponse("/desk?done=gone", 303)
    return RedirectResponse("/desk?done=recut", 303)
