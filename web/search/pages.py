"""Trang tìm kiếm: results, saved searches, exports as jobs with a purpose."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from review.roles import Viewer
from runtime.search.export import FORMS, MAX_ROWS, check_purpose, export_file
from schemas.errors import KeyingBlind, ObjectNotFound, Refused
from web.desk import ActorOf, Desk, DeskOf
from web.gate import ViewerOf
from web.pages import download, render
from web.scope import ScopeOf
from web.search.params import SORTS, ParamsOf
from web.search.views import label_of, shown
from web.veil import KEYED, veiled_results
from web.views import Pager

router = APIRouter(include_in_schema=False)
PAGE_SIZE = 20
_LAST_PAGE = 5000
_FORM = "form"
_SUBJECT = "search"
_MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@router.get("/search")
def search(
    request: Request,
    desk: DeskOf,
    actor: ActorOf,
    viewer: ViewerOf,
    scope: ScopeOf,
    params: ParamsOf,
    page: int = 1,
) -> Response:
    page = min(max(1, page), _LAST_PAGE)
    asked = bool(params.q.strip() or params.chosen)
    context = {
        "q": params.q,
        "asked": asked,
        "params": params,
        "sorts": SORTS,
        "saved": desk.saved.kept(actor),
        "token": desk.tokens.make(_FORM, f"{_SUBJECT} {actor}"),
        "forms": FORMS,
        "max_rows": MAX_ROWS,
    }
    if asked:
        blind = desk.review.keying_blind(viewer)
        found = desk.search.find(
            params.q, actor=actor, scope=scope, filters=params.filters, sort=params.sort,
            limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE, hidden=blind,
        )  # fmt: skip
        reachable = min(found.total, _LAST_PAGE * PAGE_SIZE)
        context |= {
            "found": shown(veiled_results(found, blind, said=KEYED)),
            "left_out": len(blind),
            "pager": Pager.of(reachable, page, PAGE_SIZE, params.query),
            "chosen": [(name, value, label_of(name, value)) for name, value in params.chosen.items()],
        }
    return render(request, "search.html", context)


@router.post("/search/saved")
def save(
    desk: DeskOf,
    actor: ActorOf,
    params: ParamsOf,
    name: Annotated[str, Form(max_length=100)] = "",
    token: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    _check(desk, actor, token)
    said = " ".join(name.split()) or params.q.strip() or "Tìm kiếm"
    desk.saved.keep(actor, said[:100], params.address)
    return RedirectResponse(f"/search?{params.address}", 303)


@router.post("/search/saved/{saved_id}/remove")
def remove(desk: DeskOf, actor: ActorOf, saved_id: int, token: Annotated[str, Form(max_length=200)] = "") -> Response:
    _check(desk, actor, token)
    desk.saved.forget(actor, saved_id)
    return RedirectResponse("/search", 303)


@router.post("/search/exports")
def order_export(
    desk: DeskOf,
    actor: ActorOf,
    viewer: ViewerOf,
    scope: ScopeOf,
    params: ParamsOf,
    purpose: Annotated[str, Form(max_length=500)] = "",
    form: Annotated[str, Form(max_length=8)] = "csv",
    token: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Order the export of all results; it is written by the exporter, for what the viewer may see now."""
    _check(desk, actor, token)
    _need_no_blind_paper(desk, viewer)
    if form not in FORMS:
        raise Refused("chỉ xuất được csv hoặc xlsx")
    said = check_purpose(purpose)
    desk.saved.order(actor, purpose=said, query=params.address, scope=scope.model_dump_json(), form=form)
    return RedirectResponse("/search/exports", 303)


@router.get("/search/exports")
def exports(request: Request, desk: DeskOf, actor: ActorOf) -> Response:
    jobs = desk.saved.jobs(actor)
    unfinished = any(job.state in ("waiting", "running") for job in jobs)
    return render(request, "exports.html", {"jobs": jobs, "unfinished": unfinished})


@router.get("/search/exports/{job_id}")
def download_export(desk: DeskOf, viewer: ViewerOf, actor: ActorOf, job_id: str) -> Response:
    _need_no_blind_paper(desk, viewer)
    job = desk.saved.job(job_id, owner=actor)
    path = export_file(desk.exports, job) if job and job.state == "ready" else None
    if job is None or path is None or not path.exists():
        raise ObjectNotFound
    desk.shelf.log(actor, "download_export", None, detail={"job": job.id, "form": job.form, "records": job.total})
    return download(path.read_bytes(), _MEDIA[job.form], f"ket-qua-tim-kiem.{job.form}")


def _need_no_blind_paper(desk: Desk, viewer: Viewer) -> None:
    """A sheet holds all values of all its rows, also of the paper that is being keyed. Raises KeyingBlind (E313)."""
    if desk.review.keying_blind(viewer):
        raise KeyingBlind


def _check(desk: Desk, actor: str, token: str) -> None:
    if not desk.tokens.check(token, _FORM, f"{_SUBJECT} {actor}"):
        raise Refused("trang đã mở quá lâu, hãy tải lại trang rồi thử lại")
