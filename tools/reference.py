"""Writes the generated parts of docs/settings.md, docs/errors.md and docs/cli.md; tests/docs checks they are fresh.

.venv/bin/python -m tools.reference            write
.venv/bin/python -m tools.reference --check    say what is stale, exit 1
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import typer.main
from pydantic import SecretStr
from pydantic_core import PydanticUndefined

from flows.cli import app
from runtime.settings import PREFIX, Settings
from schemas import errors
from tools.report import ROOT, table

_BEGIN, _END = "<!-- generated: make docs -->", "<!-- end of generated -->"


def settings_part() -> str:
    """A row for each setting: variable, default, meaning."""
    rows = []
    for key, info in Settings.model_fields.items():
        default = info.default
        if isinstance(default, SecretStr):
            default = default.get_secret_value()
        shown = "" if default in ("", None, PydanticUndefined) else f"`{default}`"
        rows.append((f"`{PREFIX}{key.upper()}`", shown, (info.description or "").replace("|", "\\|")))
    return table(("Biến", "Mặc định", "Ý nghĩa"), rows)


def all_errors() -> list[type[errors.SohoaError]]:
    """Every error class with a code of its own, by code; rooms may add theirs to the tree."""

    def below(kind: type[errors.SohoaError]) -> Iterator[type[errors.SohoaError]]:
        yield kind
        for child in kind.__subclasses__():
            yield from below(child)

    return sorted(set(below(errors.SohoaError)), key=lambda kind: kind.code)


def errors_part() -> str:
    """A heading for each code, with what the operator reads and does."""
    parts = []
    for kind in all_errors():
        doc = f" (`{kind.__name__}`)"
        parts.append(f"## {kind.code}{doc}\n\n{kind.hint}\n\nCách xử lý: {kind.retry}")
    return "\n\n".join(parts)


def cli_part() -> str:
    """Every command: what it does, how it is typed, its options."""
    parts: list[str] = []

    # typer brings its own copy of click, which has no public names: its commands are taken as they come.
    def walk(command: Any, path: str, parent: Any) -> None:
        context = command.make_context(path, [], parent=parent, resilient_parsing=True)
        usage = " ".join((path, *command.collect_usage_pieces(context)))
        text = re.sub(r"\[/?bold\]", "", command.help or "").strip()
        lines = [f"## {path}", "", text, "", f"```\n{usage}\n```"]
        rows = []
        for parameter in command.get_params(context):
            if parameter.param_type_name != "option" or parameter.name == "help":
                continue
            rows.append((f"`{', '.join(parameter.opts)}`", (parameter.help or "").replace("|", "\\|")))
        if rows:
            lines += ["", table(("Tùy chọn", "Ý nghĩa"), rows)]
        parts.append("\n".join(lines))
        for name, child in getattr(command, "commands", {}).items():
            walk(child, f"{path} {name}", context)

    walk(typer.main.get_command(app), "sohoa", None)
    return "\n\n".join(parts)


PAGES: dict[str, tuple[str, Callable[[], str]]] = {
    "settings.md": (
        "# Cài đặt\n\nMọi cài đặt là biến môi trường. Biến `SOHOA_...` lạ là lỗi E206, để gõ nhầm không qua im lặng.\n"
        "Bí mật có thể nằm trong tệp: `SOHOA_STORE_URL_FILE`, `SOHOA_DATABASE_URL_FILE`.\n",
        settings_part,
    ),
    "errors.md": (
        "# Mã lỗi\n\nE1xx: một tài liệu bị cách ly, mẻ vẫn chạy. E2xx: máy thiếu điều kiện, mẻ dừng (mã thoát 3).\n"
        "E3xx: yêu cầu không được phép.\n",
        errors_part,
    ),
    "cli.md": (
        "# Dòng lệnh\n\nMã thoát: 0 tốt; 1 xong nhưng có tệp bị cách ly; 2 gõ sai; 3 máy thiếu điều kiện "
        "(kèm cách sửa).\n\nChạy lại cùng thư mục không thêm gì. Số định danh luôn được che; `--unmask` và "
        "`sohoa text` cho xem đủ và được\nghi vào nhật ký sự kiện.\n",
        cli_part,
    ),
}


def fresh(name: str) -> str:
    """The page as it should stand: what people wrote around the generated part is kept."""
    intro, make = PAGES[name]
    path = ROOT / "docs" / name
    text = path.read_text(encoding="utf-8") if path.exists() else f"{intro}\n{_BEGIN}\n{_END}\n"
    before, rest = text.split(_BEGIN, 1)
    return f"{before}{_BEGIN}\n\n{make()}\n\n{_END}{rest.split(_END, 1)[1]}"


def stale() -> list[str]:
    """Pages whose generated part is not what the code says."""
    return [
        name for name in PAGES if not _path(name).exists() or _path(name).read_text(encoding="utf-8") != fresh(name)
    ]


def _path(name: str) -> Path:
    return ROOT / "docs" / name


if __name__ == "__main__":
    if "--check" in sys.argv:
        if old := stale():
            sys.exit(f"cũ: {', '.join(old)}; chạy make docs")
    else:
        for page in PAGES:
            _path(page).write_text(fresh(page), encoding="utf-8")
