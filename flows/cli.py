"""Dòng lệnh ``sohoa``: options for all commands, errors as sentences, exit codes (PRODUCT section 4).

Heavy parts are imported inside the commands: ``sohoa --help`` stays instant, ``sohoa show`` never sees Prefect.
"""

from __future__ import annotations

import errno
import logging
import sys
from pathlib import Path
from typing import Annotated

import click
import typer

from flows.commands import care, digitize, records, services
from flows.commands.shell import EXIT_MACHINE, EXIT_USAGE, Shell, say_error
from runtime.settings import load_settings
from schemas.errors import BadSettings, DiskFull, MachineError, SohoaError

log = logging.getLogger(__name__)
app = typer.Typer(
    name="sohoa",
    help="Sohoa: số hóa kết quả giải quyết thủ tục hành chính.\n\n"
    "Ví dụ: [bold]sohoa run ./quet[/bold] số hóa cả thư mục; [bold]sohoa search 'quyet dinh'[/bold] tìm, không cần gõ dấu.\n\n"
    "Mã thoát: 0 tốt; 1 xong nhưng có tệp bị cách ly; 2 gõ sai; 3 máy thiếu điều kiện (kèm cách sửa).",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def _common(
    ctx: typer.Context,
    home: Annotated[
        Path | None,
        typer.Option("--home", help="Thư mục dữ liệu (mặc định: SOHOA_HOME, nếu không có thì ./sohoa-home)."),
    ] = None,
) -> None:
    ctx.obj = Shell(load_settings(home=home))


digitize.register(app)
records.register(app)
care.register(app)
services.register(app)


def main(arguments: list[str] | None = None) -> None:
    """The console script. Always ends the process with an exit code, never with a trace."""
    sys.exit(run_cli(arguments))


def run_cli(arguments: list[str] | None = None) -> int:
    """Run one command line (``sys.argv`` by default) and return its exit code."""
    command = typer.main.get_command(app)
    try:
        result = command.main(args=arguments, prog_name="sohoa", standalone_mode=False)
        return int(result) if isinstance(result, int) else 0
    except (click.exceptions.Exit, SystemExit) as exc:
        code = exc.exit_code if isinstance(exc, click.exceptions.Exit) else exc.code
        return int(code) if isinstance(code, int) else 0
    except click.exceptions.NoArgsIsHelpError as exc:
        print(exc.format_message())
        return EXIT_USAGE
    except click.ClickException as exc:
        where = exc.ctx.command_path if isinstance(exc, click.UsageError) and exc.ctx else "sohoa"
        say_error(f"Gõ sai lệnh: {exc.format_message()}", f"Xem cách dùng: {where} --help")
        return EXIT_USAGE
    except (KeyboardInterrupt, click.Abort):
        say_error("Đã dừng theo yêu cầu. Các tài liệu đã xong được giữ nguyên; chạy lại lệnh để tiếp tục.")
        return EXIT_MACHINE
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output left, as `| head` does
        return 0
    except BadSettings as exc:
        say_error(f"{exc.code}: {exc.message}", "Xem docs/settings.md")
        return EXIT_MACHINE
    except MachineError as exc:
        say_error(f"{exc.code}: {exc.message}")
        return EXIT_MACHINE
    except SohoaError as exc:
        say_error(f"{exc.code}: {exc.message}")
        return EXIT_USAGE
    except OSError as exc:
        if exc.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            say_error(f"{DiskFull.code}: {DiskFull.hint}")
        else:
            log.exception("unexpected")
            say_error(f"Hệ điều hành từ chối: {exc.strerror or type(exc).__name__} ({exc.filename or 'không rõ tệp'})")
        return EXIT_MACHINE
    except Exception as exc:
        log.exception("unexpected")
        say_error(f"Lỗi ngoài dự kiến ({type(exc).__name__}). Chi tiết nằm trong nhật ký: SOHOA_HOME/logs")
        return EXIT_MACHINE


if __name__ == "__main__":
    main()
