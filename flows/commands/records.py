"""Getting records out: ``show``, ``text``, ``export``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from flows.commands.shell import Shell, open_output, screen


def register(app: typer.Typer) -> None:
    app.command()(show)
    app.command()(text)
    app.command()(export)


_RECORD = typer.Argument(metavar="RECORD", help="Mã hồ sơ hoặc SHA-256 của tệp nguồn; gõ phần đầu cũng được.")
_UNMASK = typer.Option("--unmask", help="Hiện đủ số định danh (được ghi vào nhật ký sự kiện).")


def show(
    ctx: typer.Context,
    record: Annotated[str, _RECORD],
    json_: Annotated[bool, typer.Option("--json", help="In nguyên hồ sơ cho chương trình đọc.")] = False,
    unmask: Annotated[bool, _UNMASK] = False,
) -> None:
    """Xem một hồ sơ: trường, nơi đọc trên giấy, điều cần rà soát.

    Ví dụ: sohoa show 3f2a91
    """
    from flows.commands.showing import print_record
    from review.masking import mask_record

    shell: Shell = ctx.obj
    with shell.open() as workshop:
        found = workshop.catalogue.records.find(record)
        if unmask:
            workshop.catalogue.records.log_event(shell.actor, "unmask", found.record_id)
        else:
            found = mask_record(found)
    if json_:
        print(found.model_dump_json())
    else:
        print_record(found, screen())


def text(
    ctx: typer.Context,
    record: Annotated[str, _RECORD],
    mask: Annotated[bool, typer.Option("--mask", help="Che số định danh trong văn bản.")] = False,
) -> None:
    """In văn bản theo thứ tự đọc, các trang cách nhau bằng ký tự sang trang (form feed).

    Văn bản là lời của tờ giấy, gồm cả số định danh; mỗi lần xem đủ được ghi vào nhật ký sự kiện.

    Ví dụ: sohoa text 3f2a91 | less
    """
    from review.masking import mask_text
    from runtime.keeping import read_text

    shell: Shell = ctx.obj
    with shell.open() as workshop:
        found = workshop.catalogue.records.find(record)
        words = read_text(workshop.store, found)
        if mask:
            words = mask_text(words)
        else:
            workshop.catalogue.records.log_event(shell.actor, "read_text", found.record_id)
    sys.stdout.buffer.write(words.encode())
    if words and not words.endswith("\n"):
        sys.stdout.buffer.write(b"\n")


def export(
    ctx: typer.Context,
    form: Annotated[
        str, typer.Option("--format", help="jsonl, csv, xlsx, hoặc tasks (nhiệm vụ của kế hoạch).")
    ] = "jsonl",
    out: Annotated[str, typer.Option("--out", help="Tệp ra; - là đầu ra chuẩn.")] = "-",
    unmask: Annotated[bool, _UNMASK] = False,
) -> None:
    """Xuất mọi hồ sơ.

    Ví dụ: sohoa export --format xlsx --out hoso.xlsx
    """
    from review.masking import mask_record
    from runtime.exports import WRITERS

    shell: Shell = ctx.obj
    if form == "tasks":
        _export_tasks(shell, out)
        return
    if form not in WRITERS:
        raise typer.BadParameter(f"chỉ có {', '.join(WRITERS)}, tasks", param_hint="--format")
    if form == "xlsx" and out == "-" and sys.stdout.isatty():
        raise typer.BadParameter("xlsx là tệp nhị phân: thêm --out TỆP", param_hint="--out")
    with shell.open() as workshop, open_output(out) as stream:
        if unmask:
            workshop.catalogue.records.log_event(shell.actor, "unmask_export", None)
        records = workshop.catalogue.records.iterate()
        count = WRITERS[form](records if unmask else map(mask_record, records), stream)
    if out != "-":
        screen(json=True).print(f"Đã xuất {count} hồ sơ vào {out}")


def _export_tasks(shell: Shell, out: str) -> None:
    """Tasks of every plan; xlsx or json by the file's name, csv otherwise."""
    from datetime import date

    from runtime.plan_exports import write_tasks
    from runtime.plans import task_list

    forms = {"": "csv", ".csv": "csv", ".xlsx": "xlsx", ".json": "json"}
    form = forms.get("" if out == "-" else Path(out).suffix.lower())
    if form is None:
        raise typer.BadParameter("nhiệm vụ xuất được ra .csv, .xlsx, .json", param_hint="--out")
    with shell.open() as workshop, open_output(out) as stream:
        count = write_tasks(task_list(workshop.store, workshop.catalogue, today=date.today()), stream, form=form)
    if out != "-":
        screen(json=True).print(f"Đã xuất {count} nhiệm vụ vào {out}")
