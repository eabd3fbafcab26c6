"""Ứng dụng web: pages for people, JSON for programs, one shape for errors."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from runtime.indexing import Indexer
from runtime.open import open_search, open_workshop
from runtime.search.export import Exporter
from runtime.search.service import SearchService
from runtime.settings import Settings
from schemas.errors import (
    AmbiguousRecord,
    BadSettings,
    DocumentError,
    MachineError,
    ObjectNotFound,
    RecordNotFound,
    SohoaError,
)
from web import api, pages
from web.desk import Desk
from web.guard import Doorkeeper, Tokens
from web.pictures import Pictures
from web.search import api as search_api
from web.search import pages as search_pages
from web.search.complete import Completer
from web.shelf import Shelf

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
    SOHOA_WEB_PASSWORD is empty.
    """
    password = settings.web_password.get_secret_value()
    if not loopback and not password:
        raise BadSettings("mở cho máy khác thì phải đặt SOHOA_WEB_PASSWORD")

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        with open_workshop(settings) as workshop, open_search(settings, workshop.catalogue) as engine:
            shelf = Shelf(workshop.store, workshop.catalogue)
            pictures = Pictures(shelf, settings.home / "cache" / "pages")
            service = SearchService(engine, workshop.catalogue)
            saved, exports = workshop.catalogue.saved, settings.home / "exports"
            app.state.desk = Desk(
                shelf, pictures, Tokens(), may_reveal=loopback or bool(password),
                search=service, completer=Completer(service), saved=saved, exports=exports,
            )  # fmt: skip
            with Indexer(workshop), Exporter(saved, service, exports):
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
    app.add_middleware(Doorkeeper, password=password, loopback=loopback)
    app.mount("/static", StaticFiles(directory=_FOLDER / "static"), name="static")
    app.include_router(search_api.router)
    app.include_router(api.router)
    app.include_router(search_pages.router)
    app.include_router(pages.router)

    @app.exception_handler(SohoaError)
    def ours(request: Request, exc: SohoaError) -> Response:
        return _answer(request, _status_of(exc), exc.message, exc.code)

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


def _status_of(error: SohoaError) -> int:
    if isinstance(error, RecordNotFound | ObjectNotFound):
        return 404
    if isinstance(error, AmbiguousRecord):
        return 409
    if isinstance(error, MachineError):
        return 503
    return 422 if isinstance(error, DocumentError) else 403


def _answer(request: Request, status: int, message: str, code: str | None, errors: list[str] | None = None) -> Response:
    """The one JSON shape under /api, a Vietnamese page elsewhere."""
    if request.url.path.startswith("/api/"):
        body = {"ok": False, "error": message, "code": code, "errors": errors or []}
        return JSONResponse(body, status)
    return pages.render(request, "error.html", {"message": message, "code": code, "status": status}, status=status)
