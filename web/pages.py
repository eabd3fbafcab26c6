"""Trang cho người xem: home, lists, search, the record beside its paper, quarantine, downloads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from review.masking import mask_record, mask_text
from review.roles import Viewer
from schemas.errors import DocumentError, ObjectNotFound, Refused
from schemas.reading import Reading
from schemas.record import Record
from storage.browse import Browse, Filters
from web import views, words
from web.api import FiltersOf, PageNumber
from web.covers import masked_lines
from web.desk import ActorOf, Desk, DeskOf
from web.gate import ViewerOf
from web.menu import entries_for, entry_of
from web.pictures import WIDTHS
from web.scope import scope_of
from web.search.api import hit_places
from web.search.views import with_words
from web.shelf import is_secret
from web.veil import KEYED, veiled_related

router = APIRouter(include_in_schema=False)
LIST_SIZE = 30
_REVEAL = "reveal"
_VIETNAM = timezone(timedelta(hours=7))


def _moment(text: str) -> str:
    """A time of the catalogue (UTC) as it was in Việt Nam: 14:05 23/07/2026."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return at.astimezone(_VIETNAM).strftime("%H:%M %d/%m/%Y")


def _environment() -> Environment:
    env = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters |= {
        "number": words.number_words,
        "date": words.date_words,
        "status": words.status_words,
        "doc_type": words.doc_type_name,
        "size": words.size_words,
        "media": words.media_name,
        "cited": words.cited_kind,
        "moment": _moment,
        "review_reason": words.review_reason,
        "deed": words.deed_words,
        "deed_note": words.deed_note,
        "field_label": words.item_label,
        "plain_value": words.plain_value,
        "anomaly": lambda code: words.reasons((code,))[0].words,
        "query": lambda pairs: urlencode({k: v for k, v in pairs.items() if v}),
    }
    return env


_TEMPLATES = _environment()


def render(request: Request, name: str, context: Mapping[str, Any], *, status: int = 200) -> HTMLResponse:
    """A page from a template; ``q`` is what stands in the search box."""
    state = request.state
    viewer, session = getattr(state, "viewer", None), getattr(state, "session", None)
    values = {
        "q": "",
        "path": request.url.path,
        "viewer": viewer,
        "csrf": session.csrf if session else "",
        "menu": entries_for(viewer),
        "here_entry": entry_of(request.url.path),
        **context,
    }
    return HTMLResponse(_TEMPLATES.get_template(name).render(values), status)


def fragment(name: str, context: Mapping[str, Any]) -> Markup:
    """A part of a page, safe to be put into another template."""
    return Markup(_TEMPLATES.get_template(name).render(context))  # what is in it was escaped there


@router.get("/healthz")
def healthz() -> Response:
    """Alive; says nothing of what is here."""
    return PlainTextResponse("ok\n")


@router.get("/favicon.ico")
def favicon() -> Response:
    return RedirectResponse("/static/icon.svg", 301)


@router.get("/")
def home(request: Request, desk: DeskOf, viewer: ViewerOf) -> Response:
    browse = desk.shelf.browse.within(viewer.scope)
    waiting = browse.recent(Filters(status="needs_review"), limit=8)
    return render(
        request,
        "home.html",
        {
            "total": browse.count(Filters()),
            "counts": browse.statuses(),
            "waiting": desk.rows_for(viewer, waiting),
            "troubles": _troubles(browse),
            "batches": desk.shelf.batches()[:6] if viewer.scope.is_open else None,
        },
    )


def _troubles(browse: Browse) -> list[tuple[str, str, int]]:
    """(code, sentence, count) of papers in quarantine, most first."""
    kinds: list[type[DocumentError]] = [DocumentError, *DocumentError.__subclasses__()]
    hints = {kind.code: kind.hint for kind in kinds}
    return [(code, hints.get(code, ""), count) for code, count in browse.troubles().items()]


@router.get("/records")
def list_records(
    request: Request, desk: DeskOf, viewer: ViewerOf, filters: FiltersOf, page: PageNumber = 1
) -> Response:
    blind = desk.review.keying_blind(viewer)
    browse = desk.shelf.browse.within(viewer.scope, without=blind)
    pager = views.Pager.of(browse.count(filters), page, LIST_SIZE, _query_of(filters))
    shown = browse.page(filters, limit=LIST_SIZE, offset=pager.start)
    context = {
        "rows": desk.rows_for(viewer, shown, blind=blind),
        "choices": views.choices(browse, filters),
        "pager": pager,
        "narrowed": filters != Filters(),
        "left_out": len(blind),
    }
    return render(request, "list.html", context)


def _query_of(filters: Filters) -> dict[str, str | None]:
    return {
        "status": filters.status,
        "doc_type": filters.doc_type,
        "year": str(filters.year) if filters.year else None,
        "batch": filters.batch,
    }


@router.get("/quarantine")
def quarantine(request: Request, desk: DeskOf, viewer: ViewerOf, page: PageNumber = 1) -> Response:
    filters = Filters(status="quarantined")
    browse = desk.shelf.browse.within(viewer.scope)
    pager = views.Pager.of(browse.count(filters), page, LIST_SIZE, {})
    shown = browse.page(filters, limit=LIST_SIZE, offset=pager.start)
    return render(request, "quarantine.html", {"listed": shown, "pager": pager, "troubles": _troubles(browse)})


@router.get("/help")
def help_page(request: Request) -> Response:
    return render(request, "help.html", {})


@router.get("/records/{record_id}")
def show_record(
    request: Request,
    desk: DeskOf,
    viewer: ViewerOf,
    actor: ActorOf,
    record_id: str,
    tab: str = "fields",
    page: PageNumber = 1,
    q: Annotated[str, Query(max_length=1000)] = "",
) -> Response:
    record = desk.open_for(viewer, record_id)
    if record.record_id != record_id:
        return RedirectResponse(f"/records/{record.record_id}", 303)
    desk.shelf.log(actor, "view", record.record_id)
    return _record_page(request, desk, viewer, record, tab=tab, page=page, revealed=False, q=q)


@router.post("/records/{record_id}/reveal")
def reveal(
    request: Request,
    desk: DeskOf,
    viewer: ViewerOf,
    actor: ActorOf,
    record_id: str,
    token: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """The record with its identity numbers: asked for by a button, allowed, logged."""
    record = desk.open_for(viewer, record_id)
    if not _may_reveal(desk, viewer) or is_secret(record):
        raise Refused("không được hiện số định danh")
    if not desk.tokens.check(token, f"form {viewer.login}", record.record_id):
        raise Refused("trang đã mở quá lâu, hãy tải lại trang rồi thử lại")
    desk.shelf.log(actor, "unmask", record.record_id)
    return _record_page(request, desk, viewer, record, tab="fields", page=1, revealed=True)


def _may_reveal(desk: Desk, viewer: Viewer) -> bool:
    return viewer.scope.unmasked and (bool(viewer.login) or desk.may_reveal)


def _record_page(
    request: Request,
    desk: Desk,
    viewer: Viewer,
    record: Record,
    *,
    tab: str,
    page: int,
    revealed: bool,
    q: str = "",
) -> Response:
    known = record.fields.owner_id.value
    shown = record if revealed else mask_record(record)
    reading = desk.shelf.reading_of(record)
    page = min(page, max(1, record.source.page_count))
    fields = views.field_views(shown.fields)
    pass_on = f"&reveal={desk.tokens.make(f'{_REVEAL} {viewer.login}', record.record_id)}" if revealed else ""
    tab = tab if tab in views.TABS else "fields"
    context = {
        "record": shown,
        "title": views.title_of(shown),
        "tab": tab,
        "tabs": views.TABS,
        "page": page,
        "fields": [view for view in fields if view.certainty != "missing"],
        "absent": [view for view in fields if view.certainty == "missing"],
        "sizes": [(round(p.width_pt), round(p.height_pt)) for p in reading.pages] if reading else [],
        "pass_on": pass_on,
        "revealed": revealed,
        "may_reveal": _may_reveal(desk, viewer) and not revealed and _has_identity(record, reading),
        "token": desk.tokens.make(f"form {viewer.login}", record.record_id),
        "secret": is_secret(record),
        "widths": WIDTHS,
        "q": q,
        "hits": hit_places(desk, record, q, scope_of(request)),
    }
    if tab == "text" and reading:
        context["texts"] = views.page_texts(
            reading, page, masked=not revealed, known=known if isinstance(known, str) else None
        )
    elif tab == "classes":
        context["classes"] = [
            (name, label, getattr(shown.classification, name)) for name, label in words.CLASS_LABELS.items()
        ]
        context |= {"class_certainty": words.class_certainty, "certainty_words": words.CERTAINTY_WORDS}
        context |= {"value_words": words.value_words, "reasons": words.reasons}
        context["citations"] = list(zip(shown.citations, views.cited_boxes(shown, reading), strict=True))
    elif tab == "related":
        context["related"] = with_words(
            veiled_related(
                desk.search.related(record.record_id, scope=scope_of(request)),
                desk.review.keying_blind(viewer),
                said=KEYED,
            )
        )
    elif tab == "files":
        context |= {"manifest": desk.shelf.manifest(record), "events": desk.shelf.events(record)}
        context["deeds"] = desk.shelf.deeds(record) if viewer.may("history") else ()
        context |= {"reasons": words.reasons}
    return render(request, "record.html", context)


def _has_identity(record: Record, reading: Reading | None) -> bool:
    """Whether anything of the record, its text or its paper is covered."""
    known = record.fields.owner_id.value
    owner = known if isinstance(known, str) else None
    if mask_record(record) != record:
        return True
    return reading is not None and any(
        masked != line.text
        for page in reading.pages
        for masked, line in zip(masked_lines(page, owner), page.lines, strict=True)
    )


@router.get("/records/{record_id}/pages/{number}.png")
def page_picture(
    desk: DeskOf,
    viewer: ViewerOf,
    record_id: str,
    number: int,
    w: int = WIDTHS[1],
    reveal: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    record = desk.shelf.find_for(viewer, record_id)
    asked = desk.tokens.check(reveal, f"{_REVEAL} {viewer.login}", record.record_id)
    revealed = _may_reveal(desk, viewer) and asked
    png = desk.pictures.page(record, number, width=w, reveal=revealed)
    cache = "no-store" if revealed else "private, max-age=300"
    return Response(png, media_type="image/png", headers={"Cache-Control": cache})


@router.get("/records/{record_id}/original")
def download_original(desk: DeskOf, viewer: ViewerOf, actor: ActorOf, record_id: str) -> Response:
    viewer.need("download")
    record = desk.shelf.find_for(viewer, record_id)
    body = desk.shelf.original(record)
    desk.shelf.log(actor, "download_original", record.record_id)
    return download(body, record.source.media_type, words.file_name(record.source.name, record.source.media_type))


@router.get("/records/{record_id}/copy.pdf")
def download_copy(desk: DeskOf, viewer: ViewerOf, actor: ActorOf, record_id: str) -> Response:
    viewer.need("download")
    record = desk.open_for(viewer, record_id)
    body = desk.shelf.object(record.objects.pdfa)
    desk.shelf.log(actor, "download_copy", record.record_id)
    stem = words.file_name(record.source.name, "").rsplit(".", 1)[0]
    return download(body, "application/pdf", f"{stem} (PDF-A).pdf")


@router.get("/records/{record_id}/text.txt")
def download_text(desk: DeskOf, viewer: ViewerOf, actor: ActorOf, record_id: str) -> Response:
    """The text in reading order, identity numbers masked."""
    record = desk.open_for(viewer, record_id)
    if record.objects.text is None:
        raise ObjectNotFound
    known = record.fields.owner_id.value
    text = mask_text(desk.shelf.object(record.objects.text).decode(), also=known if isinstance(known, str) else None)
    desk.shelf.log(actor, "download_text", record.record_id)
    stem = words.file_name(record.source.name, "").rsplit(".", 1)[0]
    return download(text.encode(), "text/plain; charset=utf-8", f"{stem}.txt")


def download(body: bytes, media_type: str, name: str) -> Response:
    """An attachment, never shown in place; the name in ASCII and as RFC 5987 asks."""
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\%;' else "_" for c in name)
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    return Response(
        body, media_type=media_type, headers={"Content-Disposition": disposition, "X-Content-Type-Options": "nosniff"}
    )
