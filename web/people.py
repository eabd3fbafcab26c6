"""Trang người dùng: accounts, roles and scopes, for the administrator; and the proof of the history."""

from __future__ import annotations

import secrets
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from review.roles import ROLE_NAMES
from runtime.login import parse_scope
from schemas.errors import SohoaError
from web.desk import DeskOf
from web.gate import CheckedForm, ViewerOf
from web.pages import render

router = APIRouter(include_in_schema=False)
_Short = Annotated[str, Form(max_length=100)]
_Long = Annotated[str, Form(max_length=5000)]
_Flag = Annotated[bool, Form()]


@router.get("/people")
def list_people(request: Request, desk: DeskOf, viewer: ViewerOf) -> Response:
    viewer.need("people")
    return _page(request, desk)


def _page(
    request: Request, desk: DeskOf, *, problem: str = "", given: tuple[str, str] | None = None, status: int = 200
) -> Response:
    context = {
        "people": desk.shelf.people(),
        "roles": ROLE_NAMES,
        "problem": problem,
        "given": given,
        "agencies": desk.shelf.agencies(),
        "fields": desk.shelf.fields(),
    }
    return render(request, "people.html", context, status=status)


@router.post("/people", dependencies=[CheckedForm])
def add_person(
    request: Request,
    desk: DeskOf,
    viewer: ViewerOf,
    login: _Short = "",
    name: _Short = "",
    role: _Short = "",
    agencies: _Long = "",
    fields: _Long = "",
    unmasked: _Flag = False,
    provider: _Flag = False,
) -> Response:
    """A new account. Its first password is made here, shown once, and has to be changed at the first log-in."""
    viewer.need("people")
    password = None if provider else _first_password()
    try:
        desk.accounts.add(
            login.strip().lower(),
            name=name,
            role=role,
            password=password,
            scope=parse_scope(agencies, fields, unmasked=unmasked),
            actor=viewer.login,
            must_change=password is not None,
        )
    except SohoaError as exc:
        return _page(request, desk, problem=exc.message, status=422)
    return _page(request, desk, given=(login.strip().lower(), password or ""))


@router.post("/people/{login}", dependencies=[CheckedForm])
def change_person(
    request: Request,
    desk: DeskOf,
    viewer: ViewerOf,
    login: str,
    role: _Short = "",
    agencies: _Long = "",
    fields: _Long = "",
    unmasked: _Flag = False,
) -> Response:
    viewer.need("people")
    try:
        scope = parse_scope(agencies, fields, unmasked=unmasked)
        desk.accounts.set_role(login, role, scope, actor=viewer.login)
    except SohoaError as exc:
        return _page(request, desk, problem=exc.message, status=422)
    return RedirectResponse("/people", 303)


@router.post("/people/{login}/password", dependencies=[CheckedForm])
def reset_password(request: Request, desk: DeskOf, viewer: ViewerOf, login: str) -> Response:
    viewer.need("people")
    password = _first_password()
    desk.accounts.set_password(login, password, actor=viewer.login, must_change=True)
    return _page(request, desk, given=(login, password))


@router.post("/people/{login}/disabled", dependencies=[CheckedForm])
def disable_person(request: Request, desk: DeskOf, viewer: ViewerOf, login: str, disabled: _Flag = False) -> Response:
    viewer.need("people")
    try:
        desk.accounts.set_disabled(login, disabled, actor=viewer.login)
    except SohoaError as exc:
        return _page(request, desk, problem=exc.message, status=422)
    return RedirectResponse("/people", 303)


@router.get("/history")
def show_history(request: Request, desk: DeskOf, viewer: ViewerOf, check: bool = False) -> Response:
    """The newest deeds of everybody; on asking, the whole chain is proved."""
    viewer.need("people")
    count, head = desk.shelf.history.head()
    context = {
        "rows": desk.shelf.history.recent(limit=200),
        "count": count,
        "head": head,
        "checked": check,
        "breaks": desk.shelf.history.verify() if check else (),
    }
    return render(request, "history.html", context)


def _first_password() -> str:
    """Sixteen letters and digits in groups, easy to read out."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))
