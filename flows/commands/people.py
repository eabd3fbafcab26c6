"""Accounts of the web application: ``user add``, ``user list``, ``user set``, ``user password``, ``user disable``."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from flows.commands.shell import Shell, screen

if TYPE_CHECKING:
    from runtime.login import Accounts

user = typer.Typer(help="Tài khoản của trang web: ai được vào, với quyền gì.", no_args_is_help=True)
_Login = Annotated[str, typer.Argument(metavar="LOGIN", help="Tên đăng nhập: chữ thường không dấu, chữ số, dấu chấm.")]
_Role = Annotated[str, typer.Option("--role", help="operator, checker, archivist hoặc administrator.")]
_Agencies = Annotated[list[str] | None, typer.Option("--agency", help="Chỉ hồ sơ của cơ quan này (lặp lại được).")]
_Fields = Annotated[list[str] | None, typer.Option("--field", help="Chỉ lĩnh vực này (lặp lại được).")]
_Unmasked = Annotated[bool, typer.Option("--unmask", help="Được xem đủ số định danh (mỗi lần xem được ghi lại).")]
_Stdin = Annotated[bool, typer.Option("--password-stdin", help="Đọc mật khẩu từ đầu vào chuẩn, cho chương trình.")]


def register(app: typer.Typer) -> None:
    app.add_typer(user, name="user")


@contextmanager
def _accounts(ctx: typer.Context) -> Iterator[Accounts]:
    from runtime.login import Accounts
    from runtime.open import open_catalogue

    shell: Shell = ctx.obj
    with open_catalogue(shell.settings) as catalogue:
        yield Accounts(catalogue)


def _actor(ctx: typer.Context) -> str:
    shell: Shell = ctx.obj
    return f"máy:{shell.actor}"[:60]


def _ask_password(*, stdin: bool) -> str:
    if stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise typer.BadParameter("không có bàn phím để hỏi: thêm --password-stdin", param_hint="mật khẩu")
    first = getpass.getpass("Mật khẩu (từ 12 ký tự): ")
    if first != getpass.getpass("Gõ lại mật khẩu: "):
        raise typer.BadParameter("hai lần gõ khác nhau", param_hint="mật khẩu")
    return first


@user.command("add")
def user_add(
    ctx: typer.Context,
    login: _Login,
    role: _Role = "operator",
    name: Annotated[str, typer.Option("--name", help="Họ và tên.")] = "",
    agency: _Agencies = None,
    field: _Fields = None,
    unmask: _Unmasked = False,
    provider: Annotated[bool, typer.Option("--oidc", help="Không có mật khẩu, chỉ qua máy chủ định danh.")] = False,
    password_stdin: _Stdin = False,
) -> None:
    """Thêm tài khoản; tài khoản đầu tiên phải là administrator. Mật khẩu được hỏi, không có mật khẩu mặc định.

    Ví dụ: sohoa user add lan.nguyen --name "Nguyễn Thị Lan" --role administrator
    """
    from runtime.login import parse_scope

    with _accounts(ctx) as accounts:
        accounts.check_new(login, role, has_password=not provider)
    password = None if provider else _ask_password(stdin=password_stdin)
    with _accounts(ctx) as accounts:
        scope = parse_scope("\n".join(agency or ()), "\n".join(field or ()), unmasked=unmask)
        accounts.add(login, name=name, role=role, password=password, scope=scope, actor=_actor(ctx), must_change=False)
    screen().print(f"Đã thêm {login}. Đăng nhập tại trang web của `sohoa review`.", markup=False)


@user.command("list")
def user_list(ctx: typer.Context) -> None:
    """Danh sách tài khoản với vai trò và phạm vi.

    Ví dụ: sohoa user list
    """
    from review.roles import ROLE_NAMES

    names = {str(key): label for key, label in ROLE_NAMES.items()}
    table = Table(show_edge=False)
    for header in ("Tên đăng nhập", "Họ tên", "Vai trò", "Phạm vi", "Tình trạng"):
        table.add_column(header)
    shell: Shell = ctx.obj
    with shell.open() as workshop:
        for person in workshop.catalogue.people.all():
            limits = sorted(person.scope.agencies or ()) + sorted(person.scope.fields or ())
            state = "đã khóa" if person.disabled else "chưa đổi mật khẩu" if person.must_change else "đang dùng"
            whole = "; ".join(limits) or "toàn bộ"
            table.add_row(person.login, person.name, names.get(person.role, person.role), whole, state)
    screen().print(table)


@user.command("set")
def user_set(
    ctx: typer.Context,
    login: _Login,
    role: _Role,
    agency: _Agencies = None,
    field: _Fields = None,
    unmask: _Unmasked = False,
) -> None:
    """Đặt lại vai trò và phạm vi của một tài khoản.

    Ví dụ: sohoa user set lan.nguyen --role checker --agency "Ủy ban nhân dân tỉnh Quảng Trị"
    """
    from runtime.login import parse_scope

    with _accounts(ctx) as accounts:
        scope = parse_scope("\n".join(agency or ()), "\n".join(field or ()), unmasked=unmask)
        accounts.set_role(login, role, scope, actor=_actor(ctx))
    screen().print(f"Đã đặt quyền của {login}.", markup=False)


@user.command("password")
def user_password(ctx: typer.Context, login: _Login, password_stdin: _Stdin = False) -> None:
    """Đặt mật khẩu mới, mở khóa tài khoản, đóng mọi phiên của người đó.

    Ví dụ: sohoa user password lan.nguyen
    """
    with _accounts(ctx) as accounts:
        accounts.check_old(login)
    password = _ask_password(stdin=password_stdin)
    with _accounts(ctx) as accounts:
        accounts.set_password(login, password, actor=_actor(ctx), must_change=False)
    screen().print(f"Đã đổi mật khẩu của {login}.", markup=False)


@user.command("disable")
def user_disable(
    ctx: typer.Context,
    login: _Login,
    undo: Annotated[bool, typer.Option("--undo", help="Cho vào lại.")] = False,
) -> None:
    """Khóa một tài khoản (hoặc cho vào lại); việc người đó đã làm vẫn còn nguyên.

    Ví dụ: sohoa user disable lan.nguyen
    """
    with _accounts(ctx) as accounts:
        accounts.set_disabled(login, not undo, actor=_actor(ctx))
    screen().print(f"{login}: {'đang dùng' if undo else 'đã khóa'}.", markup=False)
