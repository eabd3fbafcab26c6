"""Cửa đăng nhập: from the first account on, nothing is shown without a session; writes carry its token."""

from __future__ import annotations

import secrets
from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.requests import cookie_parser
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from review.roles import KEEPER, Viewer
from runtime.login import viewer_of
from schemas.errors import LoginFailed, NotAllowed
from storage.people import Session

COOKIE = "sohoa"
FLOW_COOKIE = "sohoa_oidc"
LOGIN = "/login"
PASSWORD = "/password"
_OPEN = ("/healthz", "/favicon.ico", LOGIN, "/login/oidc", "/login/oidc/back", "/api/login")
_WITH_OLD_PASSWORD = (PASSWORD, "/logout", "/api/logout")
_SAFE = ("GET", "HEAD", "OPTIONS")


class SessionGate:
    """ASGI middleware: who asks (``state.viewer``), or the log-in page. Comes after the ``Doorkeeper``."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            refusal = await self._refusal(scope)
            if refusal is not None:
                await refusal(scope, receive, send)
                return
        await self._app(scope, receive, send)

    async def _refusal(self, scope: Scope) -> Response | None:
        state = scope.setdefault("state", {})
        state["viewer"], state["session"], state["cookie"] = None, None, ""
        path: str = scope["path"]
        if path.startswith("/static/"):
            return None
        accounts = scope["app"].state.desk.accounts
        if not await run_in_threadpool(lambda: accounts.exist):
            state["viewer"] = KEEPER
            return None
        cookie = _cookies(scope).get(COOKIE, "")
        session = await run_in_threadpool(accounts.session, cookie) if cookie else None
        if session is None:
            return None if path in _OPEN else _ask(scope, path)
        viewer = viewer_of(session.person)
        state["viewer"], state["session"], state["cookie"], state["actor"] = viewer, session, cookie, viewer.login
        if session.person.must_change and path not in _WITH_OLD_PASSWORD and path not in _OPEN:
            return _wrong(403, NotAllowed("hãy đổi mật khẩu")) if _is_api(path) else RedirectResponse(PASSWORD, 303)
        if scope["method"] not in _SAFE and _is_api(path) and path != "/api/login":
            given = dict(scope["headers"]).get(b"x-csrf-token", b"")
            if not secrets.compare_digest(given, session.csrf.encode()):
                return _wrong(403, NotAllowed("thiếu hoặc sai X-CSRF-Token"))
        return None


def _ask(scope: Scope, path: str) -> Response:
    if _is_api(path):
        return _wrong(401, LoginFailed("chưa đăng nhập"))
    if scope["method"] not in _SAFE:
        return RedirectResponse(LOGIN, 303)
    query = scope["query_string"].decode("ascii", "replace")
    wanted = path + (f"?{query}" if query else "")
    return RedirectResponse(f"{LOGIN}?next={quote(wanted, safe='/')}", 303)


def _wrong(status: int, error: NotAllowed | LoginFailed) -> Response:
    return JSONResponse({"ok": False, "error": error.message, "code": error.code, "errors": []}, status)


def _is_api(path: str) -> bool:
    return path.startswith("/api/")


def _cookies(scope: Scope) -> dict[str, str]:
    for name, value in scope["headers"]:
        if name == b"cookie":
            return cookie_parser(value.decode("latin-1"))
    return {}


def safe_next(path: str) -> str:
    """Where to go after log-in: a path of ours, never another site."""
    inside = path.startswith("/") and not path.startswith(("//", "/\\")) and not path.startswith((LOGIN, "/logout"))
    return path if inside and path.isprintable() and "\\" not in path else "/desk"


def viewer_here(request: Request) -> Viewer:
    """Who asks. Raises NotAllowed (E305) where nobody logged in (open pages)."""
    viewer: Viewer | None = request.state.viewer
    if viewer is None:
        raise NotAllowed
    return viewer


def session_here(request: Request) -> Session:
    """The session of who asks. Raises NotAllowed (E305) without one."""
    session: Session | None = request.state.session
    if session is None:
        raise NotAllowed
    return session


async def checked_form(request: Request) -> None:
    """Every form of a logged-in person carries its session's token. Raises NotAllowed (E305)."""
    session: Session | None = request.state.session
    given = (await request.form()).get("csrf", "")
    if (
        session is None
        or not isinstance(given, str)
        or not secrets.compare_digest(given.encode(), session.csrf.encode())
    ):
        raise NotAllowed("trang đã mở quá lâu hoặc yêu cầu đến từ nơi khác; hãy tải lại trang")


ViewerOf = Annotated[Viewer, Depends(viewer_here)]
SessionOf = Annotated[Session, Depends(session_here)]
CheckedForm = Depends(checked_form)
