"""Ứng dụng web: pages for people, JSON for programs, one shape for errors."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from runtime.desk import ReviewDesk
from runtime.desk_queue import Keeper
from runtime.indexing import Indexer
from runtime.kept_plans import KeptPlans
from runtime.login import Accounts
from runtime.open import open_catalogue, open_search, open_workshop
from runtime.progress_counter import Counter
from runtime.search.export import Exporter
from runtime.search.service import SearchService
from runtime.settings import Settings
from schemas.errors import (
    AmbiguousRecord,
    BadSettings,
    DocumentError,
    GroupRefused,
    InvalidValue,
    LeaseLost,
    LoginFailed,
    MachineError,
    ObjectNotFound,
    PagesRefused,
    PersonTaken,
    RecordNotFound,
    SohoaError,
    WeakPassword,
)
from storage.catalogue import Catalogue
from web import api, login, pages, people, plan_pages
from web.desk import Desk
from web.gate import SessionGate
from web.guard import Doorkeeper, Tokens
from web.pictures import Pictures
from web.review import act_pages, desk_api, desk_pages, quality_pages
from web.search import api as search_api
from web.search import pages as search_pages
from web.search.complete import Completer
from web.shelf import Shelf

if TYPE_CHECKING:
    from runtime.oidc import Provider

log = logging.getLogger(__name__)
_FOLDER = Path(__file__).parent
_HTTP_WORDS = {
    404: "Không có trang này.",
    405: "Cách gọi này không được hỗ trợ.",
    422: "Tham số không hợp lệ.",
}


def create_app(settings: Settings, *, loopback: bool = True) -> FastAPI:
    """The application over the archive of ``settings``.

    ``loopback`` says that only this machine can reach it. Raises BadSettings (E206) when it is False and
    SOHOA_WEB_PASSWORD is empty and there is no account.
    """
    password = settings.web_password.get_secret_value()
    if not loopback and not password and not _has_accounts(settings):
        raise BadSettings("mở cho máy khác thì phải có tài khoản (sohoa user add) hoặc đặt SOHOA_WEB_PASSWORD")

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        with open_workshop(settings) as workshop, open_search(settings, workshop.catalogue) as engine:
            shelf = Shelf(workshop.store, workshop.catalogue)
            pictures = Pictures(shelf, settings.home / "cache" / "pages")
            review = ReviewDesk(workshop)
            service = SearchService(engine, workshop.catalogue)
            saved, exports = workshop.catalogue.saved, settings.home / "exports"
            app.state.desk = Desk(
                shelf,
                pictures,
                Tokens(),
                may_reveal=loopback or bool(password),
                accounts=Accounts(workshop.catalogue),
                review=review,
                provider=_provider(settings, workshop.catalogue),
                search=service,
                completer=Completer(service),
                saved=saved,
                exports=exports,
                https=settings.web_https,
            )
            counter = Counter(workshop.catalogue, settings)
            app.state.plan_desk = plan_pages.PlanDesk(
                workshop.store, workshop.catalogue, counter, KeptPlans(workshop.catalogue.plans)
            )
            with Keeper(review), Indexer(workshop), Exporter(saved, service, exports), counter:
                yield

    app = FastAPI(
        title="Sohoa",
        description="Tra cứu kết quả giải quyết thủ tục hành chính đã số hóa. Số định danh luôn được che.",
        version="1",
        lifespan=life,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.add_middleware(SessionGate)
    app.add_middleware(Doorkeeper, password=password, loopback=loopback)
    app.mount("/static", StaticFiles(directory=_FOLDER / "static"), name="static")
    app.include_router(search_api.router)
    app.include_router(api.router)
    app.include_router(search_pages.router)
    app.include_router(pages.router)
    app.include_router(login.router)
    app.include_router(people.router)
    app.include_router(desk_api.router)
    app.include_router(quality_pages.router)
    app.include_router(act_pages.router)  # before /desk/{record_id}
    app.include_router(desk_pages.router)
    app.include_router(plan_pages.router)

    @app.exception_handler(SohoaError)
    def ours(request: Request, exc: SohoaError) -> Response:
        problems = exc.problems if isinstance(exc, InvalidValue) else {}
        return _answer(
            request, _status_of(exc), exc.message, exc.code, [f"{item}: {why}" for item, why in problems.items()]
        )

    @app.exception_handler(HTTPException)
    def http(request: Request, exc: HTTPException) -> Response:
        return _answer(request, exc.status_code, _HTTP_WORDS.get(exc.status_code, str(exc.detail)), None)

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, exc: RequestValidationError) -> Response:
        places = [".".join(map(str, error["loc"][1:])) for error in exc.errors()]
        return _answer(request, 422, _HTTP_WORDS[422], None, places)

    @app.exception_handler(Exception)
    def unexpected(request: Request, exc: Exception) -> Response:
        log.error("unexpected: %s", type(exc).__name__, exc_info=exc)
        return _answer(request, 500, "Lỗi ngoài dự kiến. Chi tiết nằm trong nhật ký.", "E000")

    return app


def _provider(settings: Settings, catalogue: Catalogue) -> Provider | None:
    if not settings.oidc_issuer:
        return None
    from runtime.oidc import Provider

    return Provider(settings, catalogue)


def _has_accounts(settings: Settings) -> bool:
    with open_catalogue(settings) as catalogue:
        return catalogue.people.any()


def _status_of(error: SohoaError) -> int:
    if isinstance(error, RecordNotFound | ObjectNotFound):
        return 404
    if isinstance(error, AmbiguousRecord | LeaseLost | PersonTaken):
        return 409
    if isinstance(error, LoginFailed):
        return 401
    if isinstance(error, InvalidValue | WeakPassword | PagesRefused | GroupRefused):
        return 422
    if isinstance(error, MachineError):
        return 503
    return 422 if isinstance(error, DocumentError) else 403


def _answer(request: Request, status: int, message: str, code: str | None, errors: list[str] | None = None) -> Response:
    """The one JSON shape under /api, a Vietnamese page elsewhere."""
    if request.url.path.startswith("/api/"):
        body = {"ok": False, "error": message, "code": code, "errors": errors or []}
        return JSONResponse(body, status)
    return pages.render(request, "error.html", {"message": message, "code": code, "status": status}, status=status)
