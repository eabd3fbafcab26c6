"""Dòng lệnh ``sohoa``: options for all commands, errors as sentences, exit codes (PRODUCT section 4).

Heavy parts are imported inside the commands: ``sohoa --help`` stays instant, ``sohoa show`` never sees Prefect.
"""

from __future__ import annotations

import errno
import logging
import re
import sys
from pathlib import Path
from typing import Annotated

import typer
from typer.exceptions import TyperException

from flows.commands import care, digitize, people, plans, records, searching, services
from flows.commands.shell import EXIT_MACHINE, EXIT_USAGE, Shell, say_error
from runtime.settings import load_settings
from schemas.errors import BadSettings, DiskFull, MachineError, SohoaError

log = logging.getLogger(__name__)
_PROGRAM = object()
_INTERRUPTED = 130  # what typer makes of Ctrl-C
_USAGE_WORDS = (
    (r"Missing argument '([^']+)'", r"thiếu \1"),
    (r"Missing option '([^']+)'", r"thiếu tùy chọn \1"),
    (r"Missing command", "thiếu tên lệnh"),
    (r"No such option: (\S+)", r"không có tùy chọn \1"),
    (r"No such command '([^']+)'", r"không có lệnh \1"),
    (r"Option '([^']+)' requires an argument", r"tùy chọn \1 cần một giá trị"),
    (r"Got unexpected extra arguments? \((.+)\)", r"thừa \1"),
    (r"Invalid value for '?([^':]+)'?", r"giá trị không hợp lệ của \1"),
    (r"Input should be a valid integer.*", "phải là số nguyên"),
    (r"Input should be a valid number.*", "phải là số"),
    (r"Input should be greater than or equal to (\S+)", r"phải từ \1 trở lên"),
    (r"Input should be less than or equal to (\S+)", r"không được quá \1"),
    (r"Did you mean", "có phải ý bạn là"),
)
_SYSTEM_WORDS = {
    errno.ENOENT: "không có tệp hay thư mục này, hoặc không tạo được ở đó",
    errno.EACCES: "không có quyền; cấp quyền đọc, ghi rồi chạy lại",
    errno.EPERM: "không có quyền; cấp quyền đọc, ghi rồi chạy lại",
    errno.EROFS: "ổ đĩa chỉ cho đọc; chọn nơi khác",
    errno.ENOTDIR: "đây là tệp, không phải thư mục; chọn nơi khác",
    errno.EISDIR: "đây là thư mục, không phải tệp; ghi rõ tên tệp",
    errno.ENAMETOOLONG: "tên quá dài; chọn tên ngắn hơn",
    errno.EADDRINUSE: "cổng đang được dùng; chọn cổng khác",
    errno.EIO: "lỗi đọc, ghi đĩa; kiểm tra đĩa",
}
app = typer.Typer(
    name="sohoa",
    help="Sohoa: số hóa kết quả giải quyết thủ tục hành chính.\n\n"
    "Ví dụ: [bold]sohoa run ./quet[/bold] số hóa cả thư mục; "
    "[bold]sohoa search 'quyet dinh'[/bold] tìm, không cần gõ dấu.\n\n"
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
    ctx.obj = Shell(load_settings(home=home), is_program=ctx.obj is _PROGRAM)


digitize.register(app)
records.register(app)
plans.register(app)
searching.register(app)
care.register(app)
services.register(app)
people.register(app)


def main(arguments: list[str] | None = None) -> None:
    """The console script. Always ends the process with an exit code, never with a trace."""
    sys.exit(run_cli(arguments, program=_PROGRAM if arguments is None else None))


def run_cli(arguments: list[str] | None = None, *, program: object = None) -> int:
    """Run one command line (``sys.argv`` by default) and return its exit code.

    ``program``: ours, where this process is nothing but this command line and may begin anew.
    """
    logging.getLogger().addHandler(logging.NullHandler())  # until a command opens the log: no trace on the screen
    command = typer.main.get_command(app)
    try:
        result = command.main(args=arguments, prog_name="sohoa", standalone_mode=False, obj=program)
        if result == _INTERRUPTED:
            raise KeyboardInterrupt
        return result if isinstance(result, int) else 0
    except TyperException as exc:
        return _say_usage(exc)
    except SystemExit as exc:
        return exc.code if isinstance(exc.code, int) else EXIT_MACHINE
    except (KeyboardInterrupt, typer.Abort):
        say_error("Đã dừng theo yêu cầu. Các tài liệu đã xong được giữ nguyên; chạy lại lệnh để tiếp tục.")
        return EXIT_MACHINE
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output left, as `| head` does
        return 0
    except BadSettings as exc:
        say_error(f"{exc.code}: {exc.message}", "Xem docs/settings.md")
        return EXIT_MACHINE
    except SohoaError as exc:
        what_to_do = () if exc.retry == SohoaError.retry else (f"→ {exc.retry}",)
        say_error(f"{exc.code}: {exc.message}", *what_to_do)
        return EXIT_MACHINE if isinstance(exc, MachineError) else EXIT_USAGE
    except OSError as exc:
        if exc.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            say_error(f"{DiskFull.code}: {DiskFull.hint}")
        else:
            log.exception("unexpected")
            words = _SYSTEM_WORDS.get(exc.errno or 0, exc.strerror or type(exc).__name__)
            say_error(f"Hệ điều hành từ chối: {words} ({exc.filename or 'không rõ tệp'})")
        return EXIT_MACHINE
    except Exception as exc:
        log.exception("unexpected")
        say_error(f"Lỗi ngoài dự kiến ({type(exc).__name__}). Chi tiết nằm trong nhật ký: SOHOA_HOME/logs")
        return EXIT_MACHINE


def _say_usage(error: TyperException) -> int:
    """A wrong command line in our words where typer's are English. Its kinds of error are known by name only."""
    kind = type(error).__name__
    if kind == "NoArgsIsHelpError":
        print(error.format_message())
        return EXIT_USAGE
    context = getattr(error, "ctx", None)
    where = context.command_path if context else "sohoa"
    message = error.format_message()
    for pattern, words in _USAGE_WORDS:
        message = re.sub(pattern, words, message)
    say_error(f"Gõ sai lệnh: {message}", f"Xem cách dùng: {where} --help")
    return EXIT_USAGE


if __name__ == "__main__":
    main()
