"""Plans and progress: ``plan ...`` and ``progress``."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from flows.commands.shell import EXIT_MACHINE, EXIT_QUARANTINED, Shell, open_output, say_error, screen

if TYPE_CHECKING:
    from runtime.outcomes import Outcome, Trouble
    from schemas.plan import PlanOddity
    from schemas.progress import FigureKind, Progress, ScopeProgress
    from schemas.record import Quarantine, Record

plan_app = typer.Typer(
    name="plan",
    help="Kế hoạch: nạp, xem, theo dõi nhiệm vụ; nhập kiểm kê, chỉ tiêu, hồ sơ trong kỳ.\n\n"
    "Ví dụ: sohoa plan add ke-hoach.docx; sohoa plan show --json; sohoa plan inventory kiem-ke.xlsx",
    no_args_is_help=True,
    rich_markup_mode="rich",
)
AsJson = Annotated[bool, typer.Option("--json", help="In kết quả cho chương trình đọc.")]
OfPlan = Annotated[
    str | None, typer.Option("--plan", help="Mã kế hoạch (phần đầu cũng được); mặc định: kế hoạch mới nhất.")
]
FiguresFile = Annotated[Path | None, typer.Argument(metavar="[FILE]", help="CSV hoặc XLSX theo mẫu.")]
_WORD = {"xong": "xong", "dang-lam": "dang_lam", "chua-lam": "chua_lam", "cham": "cham", "bo": "bo"}


def register(app: typer.Typer) -> None:
    app.add_typer(plan_app, name="plan")
    app.command()(progress)


@plan_app.command("add")
def add(
    ctx: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Tệp kế hoạch: TXT, DOCX, PDF hoặc bản quét.")],
    json_: AsJson = False,
) -> None:
    """Nạp kế hoạch: mục, nhiệm vụ, chỉ tiêu, trách nhiệm, viện dẫn. Nạp lại cùng tệp không thêm gì.

    Ví dụ: sohoa plan add ke-hoach-2026.pdf
    """
    from flows.commands.digitize import stop_signal
    from flows.runner import digitize_batch, open_run
    from runtime.plans import as_plan

    shell: Shell = ctx.obj
    for path in files:
        if not path.is_file():
            raise typer.BadParameter(f"không có tệp {path}", param_hint="FILE")
    settings = shell.settings.model_copy(update={"prefect": "never", "workers": shell.settings.workers or 1})
    outcomes: list[Outcome] = []
    with (
        stop_signal() as stop,
        open_run(settings, paths=files, batch="ke-hoach", stop=stop, on_outcome=outcomes.append) as run,
    ):
        digitize_batch(run)
    made: list[Record] = []
    failed = 0
    with shell.open() as workshop:
        for outcome in outcomes:
            record = workshop.catalogue.records.find(outcome.record_id) if outcome.record_id else None
            trouble = outcome.trouble or (record.quarantine if record else None)  # the same bytes may be there already
            if trouble is not None or record is None:
                failed += 1
                _say_trouble(outcome.item.name, trouble)
                continue
            made.append(as_plan(workshop, record, outcome.item.path))
    if stop.is_set():
        raise typer.Exit(EXIT_MACHINE)
    if json_:
        print(json.dumps([_summary(record) for record in made], ensure_ascii=False))
    else:
        for record in made:
            plan = record.plan
            assert plan is not None
            screen().print(
                f"{record.record_id}  {plan.title or record.source.name}: {len(plan.sections)} mục, "
                f"{len(plan.tasks)} nhiệm vụ, "
                f"{len(plan.targets)} chỉ tiêu, {len(plan.duties)} trách nhiệm, {len(record.citations)} viện dẫn",
                markup=False,
            )
    if failed:
        raise typer.Exit(EXIT_QUARANTINED)


def _say_trouble(name: str, trouble: Trouble | Quarantine | None) -> None:
    if trouble is None:
        say_error(f"{name}: không có nội dung")
    else:
        say_error(f"{name}: {trouble.code} {trouble.message}", f"  → {trouble.retry}")


def _summary(record: Record) -> dict[str, object]:
    plan = record.plan
    assert plan is not None
    return {
        "record_id": record.record_id, "title": plan.title, "period": plan.period, "sections": len(plan.sections),
        "tasks": len(plan.tasks), "targets": len(plan.targets), "duties": len(plan.duties),
        "citations": len(record.citations),
    }  # fmt: skip


@plan_app.command("show")
def show(
    ctx: typer.Context,
    plan: Annotated[
        str | None, typer.Argument(metavar="[PLAN]", help="Mã kế hoạch; mặc định: kế hoạch mới nhất.")
    ] = None,
    json_: AsJson = False,
) -> None:
    """Xem một kế hoạch đã đọc; --json in nguyên hồ sơ của nó.

    Ví dụ: sohoa plan show --json
    """
    from review.masking import mask_record
    from runtime.plans import find_plan

    shell: Shell = ctx.obj
    with shell.open() as workshop:
        record = mask_record(find_plan(workshop.catalogue, plan))
    if json_:
        print(record.model_dump_json())
        return
    found = record.plan
    assert found is not None
    console = screen()
    console.print(f"[bold]{found.title or record.source.name}[/bold]  ({record.record_id})")
    console.print(f"Cơ quan: {found.issuer or 'không ghi'} · Kỳ: {found.period or 'không ghi'}", markup=False)
    for section in found.sections:
        console.print(f"{'  ' * (section.level - 1)}{section.number}. {section.title}", markup=False)
        for task in (t for t in found.tasks if t.section == section.id):
            who = f"  [{'; '.join(task.lead_agencies)}]" if task.lead_agencies else ""
            console.print(f"{'  ' * section.level}- {task.text[:110]}{who}", markup=False)
    for target in found.targets:
        console.print(
            f"Chỉ tiêu {target.id}: {target.indicator} {target.operator} {target.value:g} {target.unit} "
            f"({target.period or 'không ghi kỳ'})",
            markup=False,
        )
    for odd in found.oddities:
        console.print(f"Lưu ý trang {odd.page}, dòng {odd.line}: {_oddity(odd)}", markup=False)


def _oddity(odd: PlanOddity) -> str:
    from schemas.plan import ODDITIES

    words = ODDITIES.get(odd.code, odd.code)
    return f"{words} ({odd.detail})" if odd.detail else words


@plan_app.command("list")
def list_plans(ctx: typer.Context, json_: AsJson = False) -> None:
    """Các kế hoạch trong kho, mới nhất trước.

    Ví dụ: sohoa plan list
    """
    shell: Shell = ctx.obj
    with shell.open() as workshop:
        records = [record for record in workshop.catalogue.plans.all() if record.plan is not None]
    if json_:
        print(json.dumps([_summary(record) for record in records], ensure_ascii=False))
        return
    for record in records:
        plan = record.plan
        screen().print(f"{record.record_id}  {(plan and plan.title) or record.source.name}", markup=False)


@plan_app.command("tasks")
def tasks(
    ctx: typer.Context,
    plan: OfPlan = None,
    due: Annotated[
        int | None, typer.Option("--due", help="Chỉ nhiệm vụ chưa xong, quá hạn hoặc đến hạn trong N ngày.", min=0)
    ] = None,
    json_: AsJson = False,
) -> None:
    """Nhiệm vụ với trạng thái, hạn, minh chứng và hồ sơ có thể là minh chứng; --due N là danh sách nhắc việc.

    Ví dụ: sohoa plan tasks --due 30
    """
    from runtime.plan_exports import STATE_WORDS
    from runtime.plans import reminders, task_list

    shell: Shell = ctx.obj
    with shell.open() as workshop:
        listed = task_list(workshop.store, workshop.catalogue, today=date.today(), plan_id=plan)
    if due is not None:
        listed = reminders(listed, within=due)
    if json_:
        print(json.dumps([task.model_dump() for task in listed], ensure_ascii=False))
        return
    table = Table("Mã", "Nhiệm vụ", "Chủ trì", "Hạn", "Trạng thái", "Minh chứng")
    for t in listed:
        proof = ", ".join(t.evidence) or (f"đề xuất: {', '.join(t.proposed)}" if t.proposed else "")
        when = t.due or t.deadline or ""
        late = (
            f" (quá {-t.days_left} ngày)" if t.days_left is not None and t.days_left < 0 and t.state != "xong" else ""
        )
        table.add_row(t.task_id, t.text[:80], "; ".join(t.lead_agencies), when + late, STATE_WORDS[t.state], proof)
    screen().print(table)


@plan_app.command("task")
def task(
    ctx: typer.Context,
    task_id: Annotated[str, typer.Argument(metavar="TASK", help="Mã nhiệm vụ, ví dụ II.3-5.")],
    state: Annotated[str, typer.Argument(metavar="STATE", help="chua-lam, dang-lam, xong, cham, bo.")],
    plan: OfPlan = None,
    evidence: Annotated[
        list[str] | None, typer.Option("--evidence", help="Mã hồ sơ làm minh chứng (lặp lại được).")
    ] = None,
    note: Annotated[str, typer.Option("--note", help="Ghi chú.")] = "",
    due: Annotated[str | None, typer.Option("--due", help="Hạn mới, YYYY-MM-DD.")] = None,
) -> None:
    """Ghi trạng thái và minh chứng của một nhiệm vụ.

    Ví dụ: sohoa plan task II.3-5 xong --evidence 3f2a91
    """
    from runtime.plans import find_plan, follow_task

    shell: Shell = ctx.obj
    if state not in _WORD:
        raise typer.BadParameter(f"chỉ có {', '.join(_WORD)}", param_hint="STATE")
    day = _day(due, "--due")
    with shell.open() as workshop:
        record = find_plan(workshop.catalogue, plan)
        entry = follow_task(
            workshop.store, workshop.catalogue, record.record_id, task_id, state=_WORD[state],  # type: ignore[arg-type]
            actor=shell.actor, evidence=evidence or (), note=note, due=day.isoformat() if day else None,
        )  # fmt: skip
    screen().print(f"{entry.task_id}: {state}", markup=False)


@plan_app.command("inventory")
def inventory(
    ctx: typer.Context,
    file: FiguresFile = None,
    json_: AsJson = False,
) -> None:
    """Kiểm kê kết quả còn hiệu lực: nhập từ CSV/XLSX; không nêu tệp thì xem số đang có.

    Ví dụ: sohoa plan inventory kiem-ke.xlsx
    """
    _figures(ctx.obj, "inventory", file, json_)


@plan_app.command("targets")
def targets(
    ctx: typer.Context,
    file: FiguresFile = None,
    json_: AsJson = False,
) -> None:
    """Chỉ tiêu tỷ lệ số hóa theo cấp, lĩnh vực, cơ quan, năm: nhập hoặc xem (cả mặc định của QĐ 468).

    Ví dụ: sohoa plan targets chi-tieu.csv
    """
    _figures(ctx.obj, "targets", file, json_)


@plan_app.command("flow")
def flow(
    ctx: typer.Context,
    file: FiguresFile = None,
    json_: AsJson = False,
) -> None:
    """Hồ sơ tiếp nhận trong kỳ (QĐ 766, nhóm 4), lấy từ hệ thống một cửa: nhập hoặc xem.

    Ví dụ: sohoa plan flow quy-1.csv
    """
    _figures(ctx.obj, "flow", file, json_)


@plan_app.command("template")
def template(
    kind: Annotated[
        str, typer.Argument(metavar="KIND", help="inventory, targets, flow hoặc report (mẫu báo cáo DOCX).")
    ],
    out: Annotated[Path, typer.Option("--out", help="Tệp ra: .xlsx, .csv hoặc .docx.")],
) -> None:
    """Lấy mẫu để điền (kiểm kê, chỉ tiêu, hồ sơ trong kỳ) hoặc mẫu báo cáo để sửa.

    Ví dụ: sohoa plan template inventory --out kiem-ke.xlsx
    """
    from runtime.report_docx import TEMPLATE
    from runtime.tables_in import TEMPLATES, write_template

    if kind != "report" and kind not in TEMPLATES:
        raise typer.BadParameter("chỉ có inventory, targets, flow, report", param_hint="KIND")
    forms = (".docx",) if kind == "report" else (".xlsx", ".csv")
    if out.suffix.lower() not in forms:
        raise typer.BadParameter(f"tên tệp phải kết thúc bằng {' hoặc '.join(forms)}", param_hint="--out")
    with open_output(str(out)) as stream:
        if kind == "report":
            stream.write(TEMPLATE.read_bytes())
        else:
            write_template(kind, stream, form="csv" if out.suffix.lower() == ".csv" else "xlsx")  # type: ignore[arg-type]
    screen().print(f"Đã ghi mẫu vào {out}", markup=False)


def _figures(shell: Shell, kind: FigureKind, file: Path | None, json_: bool) -> None:
    from runtime.plans import keep_figures
    from runtime.progress import default_targets
    from runtime.tables_in import TEMPLATES, read_table

    with shell.open() as workshop:
        if file is not None:
            rows = read_table(file, kind)
            keep_figures(workshop.store, workshop.catalogue, kind, rows, actor=shell.actor)
            if json_:
                print(json.dumps({"kind": kind, "rows": len(rows)}))
            else:
                screen().print(f"Đã nhập {len(rows)} dòng.")
            return
        listed: list[Any] = list(workshop.catalogue.plans.figures(kind))
        if kind == "targets":
            listed = [*default_targets(), *listed]
    if json_:
        print(json.dumps([row.model_dump() for row in listed], ensure_ascii=False))
        return
    columns = TEMPLATES[kind]
    table = Table(*(c.header for c in columns))
    for row in listed:
        values = row.model_dump()
        table.add_row(*("không rõ" if values[c.key] is None else str(values[c.key]) for c in columns))
    screen().print(table)


def progress(
    ctx: typer.Context,
    year: Annotated[
        int | None, typer.Option("--year", help="Năm kế hoạch (mặc định: năm nay).", min=1990, max=2100)
    ] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", help="Tính đến ngày YYYY-MM-DD (mặc định: hôm nay).")] = None,
    page_cost: Annotated[
        float | None, typer.Option("--page-cost", help="Chi phí một trang (đồng), để ước kinh phí.", min=0)
    ] = None,
    form: Annotated[
        str | None, typer.Option("--format", help="csv, xlsx, docx (báo cáo định kỳ) hoặc indicators.")
    ] = None,
    out: Annotated[str, typer.Option("--out", help="Tệp ra; - là đầu ra chuẩn.")] = "-",
    office: Annotated[str, typer.Option("--office", help="Tên cơ quan (docx) hoặc mã cơ quan (indicators).")] = "",
    period: Annotated[
        int,
        typer.Option("--period", help="Mã kỳ của chỉ số: 1-12 tháng, 13-16 quý, 17-18 nửa năm, 20 năm.", min=1, max=21),
    ] = 20,
    template_: Annotated[Path | None, typer.Option("--template", help="Mẫu báo cáo DOCX đã sửa.")] = None,
    json_: AsJson = False,
) -> None:
    """Tiến độ số hóa: đã làm trên kiểm kê so với chỉ tiêu; nhịp làm và việc còn phải làm. Không biết thì nói không rõ.

    Ví dụ: sohoa progress --year 2026 --format docx --out bao-cao.docx
    """
    from runtime.plan_exports import PROGRESS_COLUMNS, indicators, progress_rows, write_table
    from runtime.plans import task_list
    from runtime.progress import read_progress
    from runtime.report_docx import write_report

    shell: Shell = ctx.obj
    if form not in (None, "csv", "xlsx", "docx", "indicators"):
        raise typer.BadParameter("chỉ có csv, xlsx, docx, indicators", param_hint="--format")
    if form in ("xlsx", "docx") and out == "-" and sys.stdout.isatty():
        raise typer.BadParameter(f"{form} là tệp nhị phân: thêm --out TỆP", param_hint="--out")
    day = _day(as_of, "--as-of")
    with shell.open() as workshop:
        found = read_progress(workshop, as_of=day, year=year, page_cost=page_cost)
        todo = task_list(workshop.store, workshop.catalogue, today=day or date.today()) if form == "docx" else ()
    if json_:
        print(found.model_dump_json())
    elif form is None:
        _print(found)
    else:
        with open_output(out) as stream:
            if form == "docx":
                write_report(found, todo, stream, office=office or "…", template=template_)
            elif form == "indicators":
                body = indicators(found, office=office or "000.00.00.H50", period_id=period)
                stream.write(json.dumps(body, ensure_ascii=False, indent=1).encode() + b"\n")
            else:
                write_table(PROGRESS_COLUMNS, progress_rows(found), stream, form=form, title="Tiến độ")


def _day(text: str | None, where: str) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter("ngày phải có dạng YYYY-MM-DD", param_hint=where) from None


_NUMBER_HEADS = ("Kiểm\nkê", "Đã số\nhóa", "Tỷ lệ\n(%)", "Chỉ tiêu\n(%)", "Còn\nphải làm", "Cần mỗi\nngày", "Kịp\nhạn?")


def _print(found: Progress) -> None:
    """The table for a screen of 80 columns: what the scope is on the left, narrow numbers on the right."""
    from runtime.plan_exports import LEVEL_WORDS

    table = Table("Phạm vi", box=SIMPLE_HEAD, padding=0, pad_edge=False, show_edge=False)
    table.columns[0].overflow = "fold"
    table.columns[0].min_width = 20
    for head in _NUMBER_HEADS:
        table.add_column(head, justify="right", no_wrap=True)

    def line(row: ScopeProgress, name: str) -> None:
        below = " · ".join(part for part in (LEVEL_WORDS.get(row.level or "", ""), row.field) if part)
        missed = None if row.missed is None else "không" if row.missed else "có"
        numbers = (row.inventory, row.digitized, row.ratio, row.target, row.remaining, row.per_day_needed, missed)
        table.add_row(Text(f"{name}\n{below}" if below else name), *map(_shown, numbers))

    for row in found.rows:
        line(row, row.agency or "không rõ cơ quan")
    table.add_section()
    line(found.total, "Tất cả")
    console = screen()
    console.print(f"Tiến độ năm {found.year}, tính đến {found.as_of}; còn {found.working_days_left} ngày làm việc.")
    console.print(table)
    if found.total.ended:
        console.print(
            f"{found.total.ended} kết quả đã bị văn bản khác trong kho thu hồi, bãi bỏ hoặc thay thế: "
            "không tính là còn hiệu lực."
        )
    console.print(
        f"Chờ rà soát: {found.review_records} hồ sơ, {found.review_fields} trường. "
        f"Ước còn {_shown(found.expected_errors)} trường sai trong những trường đã tin."
    )
    if found.cost is not None:
        rest = f"; còn lại ước {_shown(round(found.cost_remaining))} đồng" if found.cost_remaining is not None else ""
        console.print(f"Chi phí đã quét: {_shown(round(found.cost))} đồng{rest}.")


def _shown(value: float | int | str | None) -> str:
    """A number as people write it here (1.234.567; 12,5); words as they are; what is not known says so."""
    if value is None:
        return "không\nrõ"
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        value = round(value, 2)
        whole, _, part = f"{value:,.2f}".rstrip("0").rstrip(".").partition(".")
        return whole.replace(",", ".") + (f",{part}" if part else "")
    return f"{value:,}".replace(",", ".")
