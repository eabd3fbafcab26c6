"""Putting paper in: ``run`` and ``watch``."""

from __future__ import annotations

import json
import re
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from flows.commands.declaring import statement_of
from flows.commands.shell import EXIT_MACHINE, EXIT_OK, EXIT_QUARANTINED, Shell, say_error, screen

_BATCH_NAME = re.compile(r"[\w][\w .-]{0,99}")


def register(app: typer.Typer) -> None:
    app.command()(run)
    app.command()(watch)


def run(
    ctx: typer.Context,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Tệp, thư mục (cả thư mục con) hoặc ZIP.")],
    batch: Annotated[str | None, typer.Option(help="Tên mẻ (mặc định: ngày và tên thư mục).")] = None,
    workers: Annotated[int | None, typer.Option(help="Số tiến trình đọc (mặc định: số lõi).", min=1)] = None,
    retry: Annotated[bool, typer.Option("--retry", help="Thử lại cả những tệp đang cách ly.")] = False,
    not_secret: Annotated[
        bool,
        typer.Option(
            "--not-secret",
            help="Người có thẩm quyền xác nhận các tệp này không mật (E111 nhận nhầm): đọc như tệp thường, "
            "người rà soát xác nhận lại. Cần --by và --reason; tối đa 20 tệp ghi rõ tên, không nhận thư mục, ZIP.",
        ),
    ] = False,
    by: Annotated[
        str | None, typer.Option("--by", help="Họ tên, chức vụ người xác nhận không mật.", metavar="'HỌ TÊN, CHỨC VỤ'")
    ] = None,
    reason: Annotated[
        str | None, typer.Option("--reason", help="Căn cứ của xác nhận không mật.", metavar="CĂN_CỨ")
    ] = None,
    json_: Annotated[bool, typer.Option("--json", help="In kết quả cho chương trình đọc.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Không hiện tiến độ.")] = False,
) -> None:
    """Nạp và số hóa tệp, thư mục: PDF, JPEG, PNG, TIFF, DOCX, TXT và ZIP của chúng.

    Chạy lại cùng thư mục không thêm gì; bị ngắt giữa chừng thì chạy lại để tiếp tục.

    Ví dụ: sohoa run ./quet --batch dot-1

    Nhận nhầm là mật: sohoa run 12.pdf --not-secret --by 'Nguyễn Văn A, Chánh Văn phòng' --reason 'MẬT là tên riêng'
    """
    shell: Shell = ctx.obj
    for path in paths:
        if not path.exists() and not path.is_symlink():
            raise typer.BadParameter(f"không có tệp hay thư mục {path}", param_hint="PATH")
        _refuse_own(shell, path, "PATH")
    statement = statement_of(paths, not_secret=not_secret, by=by, reason=reason, account=shell.actor)
    from flows.feed import default_batch_name
    from flows.progress import Display, print_summary
    from flows.runner import digitize_batch, open_run

    name = batch or default_batch_name(paths)
    if not _BATCH_NAME.fullmatch(name):
        raise typer.BadParameter("chỉ gồm chữ, số, dấu cách, chấm, gạch; tối đa 100 ký tự", param_hint="--batch")
    settings = shell.settings.model_copy(
        update={
            "workers": workers or shell.settings.workers,
            "retry_quarantined": retry or shell.settings.retry_quarantined,
        }
    )
    console = screen(json=json_)
    with stop_signal() as stop, open_run(settings, paths=paths, batch=name, stop=stop, statement=statement) as active:
        with Display(active.tally, console, quiet=quiet or json_):
            digitize_batch(active)
        tally = active.tally
    if json_:
        print(
            json.dumps(
                {
                    "batch": name,
                    "outcomes": dict(tally.done),
                    "known": tally.known,
                    "pages": tally.pages,
                    "seconds": round(tally.seconds, 3),
                    "first_record_seconds": tally.first_record and round(tally.first_record, 3),
                    "documents_through_prefect": active.through_prefect,
                    "quarantined": [
                        {
                            "name": one.item.name,
                            "record_id": one.record_id,
                            "code": one.trouble.code if one.trouble else None,
                            "message": one.trouble.message if one.trouble else None,
                        }
                        for one in tally.outcomes
                        if one.status == "quarantined"
                    ],
                },
                ensure_ascii=False,
            )
        )
    else:
        print_summary(tally, console, batch=name)
    if stop.is_set():
        say_error("Đã dừng theo yêu cầu; chạy lại lệnh để tiếp tục phần còn lại.")
        raise typer.Exit(EXIT_MACHINE)
    raise typer.Exit(EXIT_QUARANTINED if tally.done["quarantined"] else EXIT_OK)


def watch(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Thư mục nóng, nơi máy quét thả tệp.")],
    delay: Annotated[float | None, typer.Option(help="Tệp phải đứng yên bấy nhiêu giây.", min=0)] = None,
    once: Annotated[bool, typer.Option("--once", help="Xử lý những gì đang có rồi thoát.")] = False,
) -> None:
    """Theo dõi một thư mục: tệp đứng yên thì được số hóa, xong thì chuyển vào done/, lỗi thì vào loi/.

    Tệp chỉ được chuyển đi sau khi bản lưu trong kho đã được đọc lại và đối chiếu băm.

    Ví dụ: sohoa watch /quet/vao
    """
    from flows.watching import watch_folder

    shell: Shell = ctx.obj
    if not folder.is_dir():
        raise typer.BadParameter(f"không có thư mục {folder}", param_hint="DIR")
    _refuse_own(shell, folder, "DIR")
    with stop_signal() as stop:
        troubled = watch_folder(
            shell.settings,
            folder,
            delay=shell.settings.watch_delay if delay is None else delay,
            once=once,
            stop=stop,
            console=screen(),
        )
    raise typer.Exit(EXIT_QUARANTINED if troubled else EXIT_OK)


def _refuse_own(shell: Shell, path: Path, name: str) -> None:
    from runtime.own_folders import OwnFolders

    if OwnFolders(shell.settings).holds(path):
        raise typer.BadParameter(f"{path} thuộc kho của Sohoa, không phải giấy tờ cần số hóa", param_hint=name)


@contextmanager
def stop_signal() -> Iterator[threading.Event]:
    """Set by the first Ctrl-C or SIGTERM: finish what is begun, then stop. The second one stops at once."""
    stop = threading.Event()

    def handle(number: int, _frame: object) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()
        say_error("Đang dừng: chờ các tài liệu đang đọc xong (bấm Ctrl-C lần nữa để dừng ngay)…")

    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
