"""Services and tools beside the records: ``review``, ``serve``, ``samples``."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Annotated

import typer

from flows.commands.shell import Shell
from runtime.settings import prepare_environment

samples = typer.Typer(help="Giấy tờ mẫu: người và việc đều bịa, kèm đáp án.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    app.command()(review)
    app.command()(serve)
    app.add_typer(samples, name="samples")


def review(
    ctx: typer.Context,
    host: Annotated[str, typer.Option(help="Địa chỉ lắng nghe; mặc định chỉ máy này.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Cổng.", min=1, max=65535)] = 8080,
) -> None:
    """Mở ứng dụng web: bàn rà soát, tìm kiếm, mẻ, tiến độ.

    Ví dụ: sohoa review --port 8080
    """
    shell: Shell = ctx.obj
    # flows and web are strangers (docs/architecture.md): the web room is found by name, as a plug-in would be.
    importlib.import_module("web.server").serve(shell.settings, host=host, port=port)


def serve(
    ctx: typer.Context,
    folder: Annotated[Path | None, typer.Option(help="Thư mục được số hóa theo lịch.")] = None,
    cron: Annotated[str | None, typer.Option(help='Lịch chạy kiểu cron, giờ Việt Nam, ví dụ "0 19 * * 1-5".')] = None,
    limit: Annotated[int, typer.Option(help="Số luồng chạy cùng lúc trên máy này.", min=1)] = 1,
) -> None:
    """Phục vụ các luồng Prefect digitize, verify, rebuild trên máy này (cũng là vai trò máy đọc).

    Chưa đặt SOHOA_PREFECT_API_URL thì lệnh tự mở một máy chủ Prefect trên máy này để giữ lịch, và tắt nó khi dừng.

    Ví dụ: sohoa serve --folder /quet --cron "0 19 * * 1-5"
    """
    shell: Shell = ctx.obj
    if cron and folder is None:
        raise typer.BadParameter("cần --folder để biết số hóa thư mục nào theo lịch", param_hint="--cron")
    prepare_environment(shell.settings)
    from flows.deploy import serve_flows

    serve_flows(shell.settings, folder=folder, cron=cron, limit=limit, tell=typer.echo)


@samples.command("make", context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
def samples_make(ctx: typer.Context) -> None:
    """Tạo giấy tờ mẫu kèm đáp án; mọi tùy chọn: sohoa samples make -- --help

    Ví dụ: sohoa samples make ./mau --count 24 --seed 7
    """
    from samplemaker.cli import main

    raise typer.Exit(main(["make", *ctx.args]))
