"""Keeping the archive well: ``verify``, ``rebuild``, ``doctor``."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.table import Table

from flows.commands.shell import EXIT_MACHINE, EXIT_QUARANTINED, Shell, screen

_PROBLEMS = {
    "missing": "mất",
    "changed": "nội dung khác bản kê",
    "extra": "không có trong bản kê",
    "unfinished": "phần dở dang của lần ghi bị ngắt",
}
_JOURNAL_PROBLEMS = {
    "missing": "mất",
    "changed": "nội dung khác lúc ghi",
    "unfinished": "chưa đưa vào danh mục; chạy: sohoa rebuild",
}


def register(app: typer.Typer) -> None:
    app.command()(verify)
    app.command()(rebuild)
    app.command()(doctor)


def verify(
    ctx: typer.Context,
    sample: Annotated[int | None, typer.Option("--sample", help="Chỉ kiểm tra N hồ sơ lấy ngẫu nhiên.", min=1)] = None,
    index: Annotated[bool, typer.Option("--index", help="Đối chiếu chỉ mục tìm kiếm với danh mục.")] = False,
    json_: Annotated[bool, typer.Option("--json", help="In kết quả cho chương trình đọc.")] = False,
) -> None:
    """Đối chiếu từng đối tượng trong kho với bản kê (manifest) của nó và nhật trình với danh mục; hoặc chỉ mục.

    Ví dụ: sohoa verify --sample 500; sohoa verify --index
    """
    from runtime.fixity import verify_packages

    shell: Shell = ctx.obj
    if index:
        _verify_index(shell, json_)
        return
    with shell.open() as workshop:
        report = verify_packages(workshop, sample=sample)
    if json_:
        print(report.model_dump_json())
    else:
        console = screen()
        console.print(
            f"Đã kiểm tra {report.packages} hồ sơ, {report.objects} đối tượng, {report.journal} mục nhật trình."
        )
        for problem in report.problems:
            words = _PROBLEMS if problem.record_id else _JOURNAL_PROBLEMS
            name = f"{problem.record_id}  {problem.key}" if problem.record_id else problem.key
            console.print(f"  {name}: {words[problem.kind]}", markup=False)
        console.print("Nguyên vẹn." if not report.problems else f"{len(report.problems)} chỗ sai khác.")
    if report.problems:
        raise typer.Exit(EXIT_QUARANTINED)


def _verify_index(shell: Shell, json_: bool) -> None:
    from runtime.indexing import check_index

    with shell.open() as workshop:
        report = check_index(workshop)
    if json_:
        print(report.model_dump_json())
    else:
        console = screen()
        console.print(f"Danh mục có {report.catalogue} hồ sơ tìm được, chỉ mục ({report.engine}) có {report.index}.")
        for ids, words in (
            (report.missing, "chưa có trong chỉ mục"),
            (report.extra, "có trong chỉ mục mà không có trong danh mục"),
            (report.stale, "trong chỉ mục là bản cũ"),
        ):
            for record_id in ids:
                console.print(f"  {record_id}: {words}")
        if report.waiting:
            console.print(f"  {report.waiting} hồ sơ đang chờ lập chỉ mục")
        console.print("Chỉ mục khớp danh mục." if report.good else "Sai khác. Chạy: sohoa rebuild --index")
    if not report.good:
        raise typer.Exit(EXIT_QUARANTINED)


def rebuild(
    ctx: typer.Context,
    index: Annotated[bool, typer.Option("--index", help="Chỉ dựng lại chỉ mục tìm kiếm, từ danh mục.")] = False,
    json_: Annotated[bool, typer.Option("--json", help="In kết quả cho chương trình đọc.")] = False,
) -> None:
    """Dựng lại danh mục và chỉ mục chỉ từ các gói trong kho.

    Việc tìm kiếm vẫn chạy trên chỉ mục cũ cho đến khi chỉ mục mới xong.

    Ví dụ: sohoa rebuild --index
    """
    from runtime.rebuild import rebuild_register
    from runtime.settings import begin_with_large_pages

    shell: Shell = ctx.obj
    if shell.is_program:
        begin_with_large_pages()
    if index:
        from runtime.indexing import rebuild_index

        with shell.open() as workshop:
            count = rebuild_index(workshop)
        print(json.dumps({"indexed": count}) if json_ else f"Chỉ mục mới có {count} hồ sơ.")
        return
    with shell.open() as workshop:
        report = rebuild_register(workshop)
    if json_:
        print(report.model_dump_json())
        return
    console = screen()
    console.print(f"Dựng lại {report.records} hồ sơ từ {report.packages} gói; chỉ mục có {report.indexed} hồ sơ.")
    for key in report.broken:
        console.print(f"  Gói không đọc được: {key}", markup=False)
    if report.broken:
        raise typer.Exit(EXIT_QUARANTINED)


def doctor(
    ctx: typer.Context,
    json_: Annotated[bool, typer.Option("--json", help="In kết quả cho chương trình đọc.")] = False,
) -> None:
    """Khám máy: đã có gì, thiếu gì và lệnh cài.

    Ví dụ: sohoa doctor
    """
    from runtime.doctor import examine

    shell: Shell = ctx.obj
    checks = examine(shell.settings)
    if json_:
        print(json.dumps([check.model_dump() for check in checks], ensure_ascii=False))
    else:
        marks = {"ok": "[green]✓[/green]", "missing": "[red]✗[/red]", "warning": "[yellow]![/yellow]"}
        table = Table(show_header=False, show_edge=False, box=None)
        for check in checks:
            remedy = f"→ {check.remedy}" if check.remedy else ""
            table.add_row(marks[check.state], check.name, check.detail, remedy)
        screen().print(table)
    if any(check.state == "missing" for check in checks):
        raise typer.Exit(EXIT_MACHINE)
