"""Finding: ``search``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from flows.commands.shell import Shell, open_output, screen

if TYPE_CHECKING:
    from runtime.search.service import SearchService
    from storage.search import SearchFilters


def register(app: typer.Typer) -> None:
    app.command()(search)


def search(
    ctx: typer.Context,
    query: Annotated[str, typer.Argument(metavar="QUERY", help="Từ cần tìm; gõ dấu hay không đều được.")],
    limit: Annotated[int, typer.Option(help="Số kết quả.", min=1, max=1000)] = 10,
    offset: Annotated[int, typer.Option(help="Bỏ qua N kết quả đầu.", min=0, max=1_000_000)] = 0,
    sort: Annotated[
        str, typer.Option(help="relevance (khớp nhất), newest (mới nhất), oldest (cũ nhất).")
    ] = "relevance",
    doc_type: Annotated[str | None, typer.Option("--type", help="Loại văn bản, ví dụ quyet_dinh.")] = None,
    agency: Annotated[str | None, typer.Option(help="Cơ quan ban hành (không cần dấu).")] = None,
    field: Annotated[str | None, typer.Option(help="Lĩnh vực (không cần dấu).")] = None,
    level: Annotated[str | None, typer.Option(help="trung_uong, tinh, huyen, xa.")] = None,
    year: Annotated[int | None, typer.Option(help="Năm ban hành.")] = None,
    date_from: Annotated[str | None, typer.Option("--from", help="Từ ngày YYYY-MM-DD.")] = None,
    date_to: Annotated[str | None, typer.Option("--to", help="Đến ngày YYYY-MM-DD.")] = None,
    status: Annotated[str | None, typer.Option(help="accepted, needs_review, confirmed, published.")] = None,
    batch: Annotated[str | None, typer.Option(help="Tên đợt (mẻ) số hóa.")] = None,
    export: Annotated[str | None, typer.Option("--export", help="Ghi mọi kết quả vào tệp .csv hoặc .xlsx.")] = None,
    purpose: Annotated[str, typer.Option("--purpose", help="Mục đích xuất, bắt buộc với --export.")] = "",
    json_: Annotated[bool, typer.Option("--json", help="In kết quả cho chương trình đọc.")] = False,
) -> None:
    """Tìm trong toàn văn và các trường; "cụm từ" trong ngoặc kép thì tìm nguyên cụm, -từ thì loại trừ.

    Lọc ngay trong câu: so:2110/QĐ-UBND ngay:2015..2018 coquan:"Sở Xây dựng" loai:quyết định nguoiky: chuho: linhvuc:
    trangthai: dot:. Kết quả luôn che số định danh; tìm theo số định danh được ghi vào nhật ký sự kiện.

    Ví dụ: sohoa search "giay phep xay dung ngay:2015..2018" --limit 5
    """
    from extractors.reference.doc_types import all_doc_types
    from flows.commands.showing import print_hits
    from runtime.open import open_search
    from runtime.search.service import SearchService
    from schemas.progress import LEVELS
    from schemas.record import Status
    from schemas.scope import EVERYTHING
    from storage.search import SearchFilters

    shell: Shell = ctx.obj
    if sort not in ("relevance", "newest", "oldest"):
        raise typer.BadParameter("chỉ có relevance, newest, oldest", param_hint="--sort")
    _one_of(status, get_args(Status), "--status")
    _one_of(level, LEVELS, "--level")
    _one_of(doc_type, [kind.key for kind in all_doc_types()], "--type")
    for day, where in ((date_from, "--from"), (date_to, "--to")):
        _check_day(day, where)
    filters = SearchFilters(
        doc_type=doc_type, issuing_agency_name=agency, year=year, date_from=date_from, date_to=date_to,
        status=status, field_name=field, level=level, batch=batch,
    )  # fmt: skip
    with shell.open() as workshop, open_search(workshop.settings, workshop.catalogue) as engine:
        service = SearchService(engine, workshop.catalogue)
        if export is not None:
            _export(shell, service, query, filters, export, purpose)
            return
        results = service.find(
            query, actor=shell.actor, scope=EVERYTHING, filters=filters, limit=limit, offset=offset,
            sort=sort,  # type: ignore[arg-type]
        )  # fmt: skip
    if json_:
        print(json.dumps(results.as_json(), ensure_ascii=False))
    else:
        print_hits(results, screen())


def _one_of(value: str | None, known: Sequence[str], where: str) -> None:
    if value is not None and value not in known:
        raise typer.BadParameter(f"chỉ có {', '.join(known)}", param_hint=where)


def _check_day(text: str | None, where: str) -> None:
    try:
        if text is not None and date.fromisoformat(text).isoformat() == text:
            return
    except ValueError:
        pass
    if text is not None:
        raise typer.BadParameter("ngày phải có dạng YYYY-MM-DD", param_hint=where)


def _export(
    shell: Shell, service: SearchService, query: str, filters: SearchFilters, target: str, purpose: str
) -> None:
    from runtime.search.export import FORMS, check_purpose, write_results
    from schemas.scope import EVERYTHING

    form = target.rsplit(".", 1)[-1].lower()
    if form not in FORMS:
        raise typer.BadParameter("tên tệp phải kết thúc bằng .csv hoặc .xlsx", param_hint="--export")
    if not purpose.strip():
        raise typer.BadParameter("--export cần --purpose: xuất để làm gì", param_hint="--purpose")
    said = check_purpose(purpose)
    with open_output(target) as stream:
        count = write_results(service, query, stream, form=form, scope=EVERYTHING, filters=filters)
    saved = service.catalogue.saved
    job = saved.order(shell.actor, purpose=said, query=query, scope=EVERYTHING.model_dump_json(), form=form)
    saved.note(job, state="ready", done=count, total=count)
    detail: dict[str, str | int | bool] = {"job": job, "form": form, "records": count}
    service.catalogue.records.log_event(shell.actor, "export_search", None, detail=detail)
    screen(json=True).print(f"Đã xuất {count} hồ sơ vào {target}")
