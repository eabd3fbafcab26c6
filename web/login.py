"""Trang đăng nhập: password, identity provider, own password, log-out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from runtime.login import viewer_of
from schemas.base import Frozen
from schemas.errors import LoginFailed, ObjectNotFound, SohoaError
from storage.people import Session
from web.api import ERRORS
from web.desk import Desk, DeskOf
from web.gate import COOKIE, FLOW_COOKIE, LOGIN, PASSWORD, CheckedForm, SessionOf, safe_next
from web.pages import render

router = APIRouter()
_Short = Annotated[str, Form(max_length=300)]


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _set_cookie(answer: Response, desk: Desk, name: str, value: str, *, path: str = "/") -> None:
    answer.set_cookie(name, value, httponly=True, samesite="lax", secure=desk.https, path=path)


@router.get(LOGIN, include_in_schema=False)
def login_page(request: Request, desk: DeskOf, next: Annotated[str, Query(max_length=1000)] = "") -> Response:
    if request.state.viewer is not None:
        return RedirectResponse(safe_next(next) if request.state.viewer.login else "/desk", 303)
    return _login_page(request, desk, next)


def _login_page(request: Request, desk: Desk, wanted: str, *, problem: str = "", login: str = "") -> Response:
    context = {"next": safe_next(wanted), "problem": problem, "login": login, "provider": desk.provider is not None}
    return render(request, "login.html", context, status=401 if problem else 200)


@router.post(LOGIN, include_in_schema=False)
def log_in(request: Request, desk: DeskOf, login: _Short = "", password: _Short = "", next: _Short = "") -> Response:
    if not desk.accounts.exist:
        return RedirectResponse("/desk", 303)
    try:
        cookie = desk.accounts.log_in(login, password, address=_address(request))
    except LoginFailed as exc:
        return _login_page(request, desk, next, problem=exc.message, login=login[:60])
    answer = RedirectResponse(safe_next(next), 303)
    _set_cookie(answer, desk, COOKIE, cookie)
    return answer


@router.post("/logout", include_in_schema=False, dependencies=[CheckedForm])
def log_out(request: Request, desk: DeskOf, session: SessionOf) -> Response:
    desk.review.release_all(session.person.login)
    desk.accounts.log_out(request.state.cookie, session.person)
    answer = RedirectResponse(LOGIN, 303)
    answer.delete_cookie(COOKIE)
    return answer


@router.get("/login/oidc", include_in_schema=False)
def begin_provider(request: Request, desk: DeskOf) -> Response:
    if desk.provider is None or not desk.accounts.exist:
        raise ObjectNotFound
    url, state = desk.provider.begin(_back(request))
    answer = RedirectResponse(url, 303)
    _set_cookie(answer, desk, FLOW_COOKIE, state, path="/login")
    return answer


@router.get("/login/oidc/back", include_in_schema=False)
def end_provider(
    request: Request,
    desk: DeskOf,
    code: Annotated[str, Query(max_length=4000)] = "",
    state: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    if desk.provider is None:
        raise ObjectNotFound
    try:
        kept = request.cookies.get(FLOW_COOKIE, "")
        person = desk.provider.finish(_back(request), code=code, state=state, kept_state=kept)
    except LoginFailed:
        problem = "Máy chủ định danh không xác nhận được, hoặc tài khoản này chưa được cấp quyền vào Sohoa."
        return _login_page(request, desk, "", problem=problem)
    answer = RedirectResponse("/desk", 303)
    _set_cookie(answer, desk, COOKIE, desk.accounts.open_session(person, how="login_provider"))
    answer.delete_cookie(FLOW_COOKIE, path="/login")
    return answer


def _back(request: Request) -> str:
    return str(request.url_for("end_provider"))


@router.get(PASSWORD, include_in_schema=False)
def password_page(request: Request, session: SessionOf) -> Response:
    return render(request, "password.html", {"problem": "", "forced": session.person.must_change})


@router.post(PASSWORD, include_in_schema=False, dependencies=[CheckedForm])
def change_password(
    request: Request, desk: DeskOf, session: SessionOf, old: _Short = "", new: _Short = "", again: _Short = ""
) -> Response:
    try:
        if new != again:
            raise LoginFailed("hai lần gõ mật khẩu mới khác nhau")
        desk.accounts.change_own(session.person, old, new, cookie=request.state.cookie)
    except SohoaError as exc:
        context = {"problem": exc.message, "forced": session.person.must_change}
        return render(request, "password.html", context, status=422)
    return RedirectResponse("/desk", 303)


class Credentials(Frozen):
    login: str
    password: str


class LoggedOut(Frozen):
    ok: bool = True


class LoggedIn(Frozen):
    """``csrf`` goes into the header X-CSRF-Token of every write."""

    ok: bool = True
    login: str
    name: str
    role: str
    rights: tuple[str, ...]
    csrf: str


@router.post("/api/login", tags=["đăng nhập"], responses=ERRORS)
def api_log_in(request: Request, response: Response, desk: DeskOf, given: Credentials) -> LoggedIn:
    """Đăng nhập bằng mật khẩu; phiên nằm trong cookie của câu trả lời."""
    cookie = desk.accounts.log_in(given.login, given.password, address=_address(request))
    session = desk.accounts.session(cookie)
    if session is None:
        raise LoginFailed
    _set_cookie(response, desk, COOKIE, cookie)
    return _logged_in(session)


@router.get("/api/me", tags=["đăng nhập"], responses=ERRORS)
def api_me(session: SessionOf) -> LoggedIn:
    """Ai đang đăng nhập, với mã X-CSRF-Token của phiên."""
    return _logged_in(session)


@router.post("/api/logout", tags=["đăng nhập"], responses=ERRORS)
def api_log_out(request: Request, response: Response, desk: DeskOf, session: SessionOf) -> LoggedOut:
    """Đóng phiên và trả lại các hồ sơ đang giữ."""
    desk.review.release_all(session.person.login)
    desk.accounts.log_out(request.state.cookie, session.person)
    response.delete_cookie(COOKIE)
    return LoggedOut()


def _logged_in(session: Session) -> LoggedIn:
    viewer = viewer_of(session.person)
    return LoggedIn(
        login=viewer.login,
        name=viewer.name,
        role=session.person.role,
        rights=tuple(sorted(viewer.rights)),
        csrf=session.csrf,
    )
