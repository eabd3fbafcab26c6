"""Plans kept: figures from tables, follow-up, rebuild from the store alone, reports out."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import docx
import openpyxl
import pytest

from runtime.fixity import verify_packages
from runtime.indexing import Indexer
from runtime.keeping import keep_original, keep_package
from runtime.kept_plans import KeptPlans
from runtime.open import Workshop, open_workshop
from runtime.plan_exports import PROGRESS_COLUMNS, indicators, progress_rows, write_table, write_tasks
from runtime.plans import follow_task, keep_figures, rebuild_plans, reminders, task_list
from runtime.progress import catch_up_facts, default_targets, progress_of, read_progress, records_behind
from runtime.progress_counter import Counter
from runtime.report_docx import write_report
from runtime.settings import load_settings
from runtime.tables_in import read_table, write_template
from schemas.errors import BadTable, RecordNotFound, UnknownTask
from schemas.extraction import Citation, CitationSource, Classification, ClassValue, Fields, FieldValue
from schemas.plan import Plan, PlanSource, PlanTarget, PlanTask
from schemas.reading import PageReading, Reading
from schemas.record import Process, Record, Source
from storage import journal
from storage.models import records

PLACE = PlanSource(page=1, line=3, start=0, end=5)
CITED = CitationSource(page=1, line=1, start=0, end=4)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Workshop]:
    with open_workshop(load_settings({}, home=tmp_path / "home")) as workshop:
        yield workshop


def keep(shop: Workshop, tmp_path: Path, body: bytes, **changes: object) -> Record:
    import hashlib

    path = tmp_path / "paper.pdf"
    path.write_bytes(body)
    sha = hashlib.sha256(body).hexdigest()
    keep_original(shop.store, path, sha)
    record = Record(
        record_id=sha[:20], status="accepted",
        source=Source(name="paper.pdf", sha256=sha, size=len(body), media_type="application/pdf", page_count=2),
        process=Process(engine="t", rule_version="1", seconds=1.0),
    ).model_copy(update=changes)  # fmt: skip
    kept = keep_package(shop.store, record, reading=Reading((PageReading(1, 595, 842, (), "ocr"),), "t"), copy=path)
    shop.catalogue.records.save(kept)
    return kept


def value(text: str) -> FieldValue:
    return FieldValue(value=text, score=0.99, needs_review=False)


def make_plan(shop: Workshop, tmp_path: Path) -> Record:
    plan = Plan(
        title="Số hóa kết quả năm 2026",
        tasks=(
            PlanTask(id="II-1", section="II", ordinal=1, text="Số hóa kết quả lĩnh vực hộ tịch",
                     lead_agencies=("Sở Tư pháp",), deadline="Trước ngày 01/12/2026",
                     deadline_date="2026-12-01", source=PLACE),
            PlanTask(id="II-2", section="II", ordinal=2, text="Báo cáo kết quả", source=PLACE),
        ),
        targets=(
            PlanTarget(id="T1", indicator="kết quả được số hóa", operator=">=", value=60, unit="%", period="năm 2026",
                       level="tinh", source=PLACE),
        ),
    )  # fmt: skip
    return keep(shop, tmp_path, b"plan", kind="plan", plan=plan, fields=Fields(doc_number=value("12/KH-UBND")))


def make_result(shop: Workshop, tmp_path: Path, body: bytes, **fields: FieldValue) -> Record:
    classes = Classification(field_name=ClassValue(value="Hộ tịch"), level=ClassValue(value="tinh"))
    kinds = Fields(issuing_agency_name=value("SỞ TƯ PHÁP"), **fields)
    return keep(shop, tmp_path, body, fields=kinds, classification=classes)


TABLE = "Cơ quan;Lĩnh vực;Cấp;Năm;Số kết quả còn hiệu lực\nSở Tư pháp;Hộ tịch;tỉnh;2026;10\nUBND xã A;;xã;2026;\n"


def test_inventory_from_a_table_makes_the_ratio_and_the_plans_own_target_wins(shop: Workshop, tmp_path: Path) -> None:
    make_plan(shop, tmp_path)
    make_result(shop, tmp_path, b"a", valid_to=value("2030-01-01"))
    make_result(shop, tmp_path, b"b", valid_to=value("2020-01-01"))
    make_result(shop, tmp_path, b"c")
    path = tmp_path / "kk.csv"
    path.write_text(TABLE, encoding="utf-8-sig")
    keep_figures(shop.store, shop.catalogue, "inventory", read_table(path, "inventory"), actor="lan")
    found = read_progress(shop, as_of=date(2026, 11, 26))
    row = next(r for r in found.rows if r.agency == "Sở Tư pháp")
    assert (row.inventory, row.digitized, row.unclear, row.expired, row.ratio) == (10, 1, 1, 1, 10.0)
    assert (row.target, row.target_source) == (60, "Kế hoạch 12/KH-UBND")
    unknown = next(r for r in found.rows if r.agency == "UBND xã A")
    assert (unknown.inventory, unknown.ratio) == (None, None)
    total, records = records_behind(
        shop.catalogue, as_of=date(2026, 11, 26), agency="Sở Tư pháp", field="Hộ tịch", level="tinh",
        validities=("con_hieu_luc",), statuses=("accepted",),
    )  # fmt: skip
    assert (total, len(records)) == (1, 1)
    assert (
        next(
            r for r in read_progress(shop, as_of=date(2019, 1, 1), year=2026).rows if r.agency == "Sở Tư pháp"
        ).digitized
        == 2
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Cơ quan;Cấp;Năm\nSở Y tế;tỉnh;x\n", "dòng 2"),
        ("Cơ quan;Cấp;Năm\nSở Y tế;khu phố;2026\n", "khu phố"),
        ("Cơ quan;Năm\nSở Y tế;2026\n", "thiếu cột “Cấp”"),
        ("Cơ quan;Cấp;Năm\nSở Y tế;tỉnh;2026\nSở Y tế;tỉnh;2026\n", "trùng phạm vi"),
        ("Cơ quan;Cấp;Năm;Số kết quả còn hiệu lực\nSở Y tế;tỉnh;2026;-5\n", "-5"),
        ("Cơ quan;Cấp;Năm\n", "không có dòng"),
    ],
)
def test_a_table_with_a_wrong_row_is_refused_whole_and_the_row_is_named(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "kk.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadTable, match=said):
        read_table(path, "inventory")


@pytest.mark.parametrize("kind", ["inventory", "targets", "flow"])
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_template_can_be_read_back(tmp_path: Path, kind: str, form: str) -> None:
    path = tmp_path / f"mau.{form}"
    with path.open("wb") as out:
        write_template(kind, out, form=form)  # type: ignore[arg-type]
    assert len(read_table(path, kind)) == 1  # type: ignore[arg-type]


def test_follow_up_and_figures_come_back_from_the_store_alone(shop: Workshop, tmp_path: Path) -> None:
    plan = make_plan(shop, tmp_path)
    proof = make_result(shop, tmp_path, b"a")
    for state in ("dang_lam", "xong"):
        follow_task(
            shop.store, shop.catalogue, plan.record_id, "II-1", state=state, actor="lan", evidence=[proof.record_id],  # type: ignore[arg-type]
            note="ghi chú",
        )  # fmt: skip
    path = tmp_path / "kk.csv"
    path.write_text(TABLE, encoding="utf-8")
    keep_figures(shop.store, shop.catalogue, "inventory", read_table(path, "inventory"), actor="lan")
    before = task_list(shop.store, shop.catalogue, today=date(2026, 11, 26))
    shop.catalogue.plans.forget()
    assert shop.catalogue.plans.figures("inventory") == ()
    assert rebuild_plans(shop.store, shop.catalogue) == 3
    assert task_list(shop.store, shop.catalogue, today=date(2026, 11, 26)) == before
    assert (before[0].state, before[0].evidence, before[0].note) == ("xong", (proof.record_id,), "ghi chú")
    assert len(shop.catalogue.plans.figures("inventory")) == 2


def test_two_writers_never_take_the_same_entry(shop: Workshop, tmp_path: Path) -> None:
    first = journal.append(shop.store, "follow", b"{}", after=0)
    second = journal.append(shop.store, "follow", b"{ }", after=0)
    assert (first, second) == (1, 2)
    assert [body for _, body in journal.read_entries(shop.store, "follow")] == [b"{}", b"{ }"]


def test_verify_compares_the_journal_with_what_was_taken_in(shop: Workshop, tmp_path: Path) -> None:
    plan = make_plan(shop, tmp_path)
    for state in ("dang_lam", "xong", "cham"):
        follow_task(shop.store, shop.catalogue, plan.record_id, "II-1", state=state, actor="lan")  # type: ignore[arg-type]
    path = tmp_path / "kk.csv"
    path.write_text(TABLE, encoding="utf-8")
    keep_figures(shop.store, shop.catalogue, "inventory", read_table(path, "inventory"), actor="lan")
    whole = verify_packages(shop)
    assert (whole.journal, whole.problems) == (4, ())
    folder = tmp_path / "home" / "store" / "journal"
    (folder / "follow" / "00000002.json").unlink()
    figures = folder / "figures" / "00000001.json"
    figures.chmod(0o644)
    figures.write_bytes(figures.read_bytes().replace(b"10", b"99"))
    journal.append(shop.store, "follow", (folder / "follow" / "00000003.json").read_bytes(), after=3)
    assert [(p.key.removeprefix("journal/"), p.kind) for p in verify_packages(shop).problems] == [
        ("follow/00000002.json", "missing"),
        ("follow/00000004.json", "unfinished"),
        ("figures/00000001.json", "changed"),
    ]
    shop.catalogue.plans.forget()
    problems = verify_packages(shop).problems
    assert ("journal/follow/00000002.json", "missing") in [(p.key, p.kind) for p in problems]


def test_what_is_not_there_cannot_be_followed_up(shop: Workshop, tmp_path: Path) -> None:
    plan = make_plan(shop, tmp_path)
    with pytest.raises(UnknownTask):
        follow_task(shop.store, shop.catalogue, plan.record_id, "IX-9", state="xong", actor="lan")
    with pytest.raises(RecordNotFound):
        follow_task(shop.store, shop.catalogue, plan.record_id, "II-1", state="xong", actor="lan", evidence=["abcd"])


def test_open_tasks_are_brought_up_by_their_deadline(shop: Workshop, tmp_path: Path) -> None:
    plan = make_plan(shop, tmp_path)
    tasks = task_list(shop.store, shop.catalogue, today=date(2026, 11, 26))
    assert [(t.task_id, t.days_left) for t in reminders(tasks, within=30)] == [("II-1", 5)]
    assert reminders(tasks, within=3) == ()
    follow_task(shop.store, shop.catalogue, plan.record_id, "II-1", state="xong", actor="lan")
    assert reminders(task_list(shop.store, shop.catalogue, today=date(2026, 11, 26)), within=30) == ()


def test_a_plan_that_stays_as_it_is_is_read_once(shop: Workshop, tmp_path: Path) -> None:
    kept = KeptPlans(shop.catalogue.plans)
    assert kept.listed() == ()
    plan = make_plan(shop, tmp_path)
    assert plan.plan is not None
    [(plan_id, listed, done)] = kept.listed()
    assert (plan_id, listed.title, listed.tasks, done) == (plan.record_id, plan.plan.title, plan.plan.tasks, 0)
    assert (listed.name, listed.targets) == (plan.source.name, len(plan.plan.targets))
    follow_task(shop.store, shop.catalogue, plan.record_id, "II-1", state="xong", actor="lan")
    with shop.catalogue.database.write() as connection:  # whoever reads it again stumbles
        connection.execute(records.update().where(records.c.record_id == plan.record_id).values(body="{"))
    assert kept.listed() == ((plan_id, listed, 1),)
    renamed = plan.model_copy(update={"plan": plan.plan.model_copy(update={"title": "Tên mới"})})
    shop.catalogue.records.save(renamed)
    assert [(one, now.title) for one, now, _ in kept.listed()] == [(plan_id, "Tên mới")]
    shop.catalogue.records.save(renamed.model_copy(update={"plan": None, "kind": "procedure_result"}))
    assert kept.listed() == ()


def test_deadlines_are_those_of_the_plans_and_the_follow_up_as_they_are(shop: Workshop, tmp_path: Path) -> None:
    today = date(2026, 11, 26)
    deadlines = KeptPlans(shop.catalogue.plans)

    def due(days: int) -> list[tuple[str, int | None]]:
        found = deadlines.open_until(today + timedelta(days=days), today=today)
        assert found == tuple(
            task.model_copy(update={"proposed": ()})
            for task in reminders(task_list(shop.store, shop.catalogue, today=today), within=days)
        )
        return [(task.task_id, task.days_left) for task in found]

    assert due(30) == []
    plan = make_plan(shop, tmp_path)
    assert (due(30), due(3)) == ([("II-1", 5)], [])
    say = {"actor": "lan", "state": "dang_lam"}
    follow_task(shop.store, shop.catalogue, plan.record_id, "II-1", due="2026-12-20", **say)  # type: ignore[arg-type]
    assert (due(30), due(10)) == ([("II-1", 24)], [])
    follow_task(shop.store, shop.catalogue, plan.record_id, "II-1", state="xong", actor="lan")
    assert due(30) == []
    assert plan.plan is not None
    tasks = tuple(task.model_copy(update={"id": f"{task.id}b"}) for task in plan.plan.tasks)
    changed = plan.model_copy(update={"plan": plan.plan.model_copy(update={"tasks": tasks})})
    shop.catalogue.records.save(changed)
    assert due(30) == [("II-1b", 5)]  # the plan was read again
    shop.catalogue.records.save(changed.model_copy(update={"status": "quarantined"}))
    assert due(30) == []


def test_records_that_cite_the_plan_are_proposed_as_evidence(shop: Workshop, tmp_path: Path) -> None:
    make_plan(shop, tmp_path)
    cited = (Citation(kind="ke_hoach", number_printed="12/KH-UBND", number_canonical="12/KH-UBND", source=CITED),)
    about = keep(
        shop, tmp_path, b"report", citations=cited,
        fields=Fields(summary=value("Báo cáo số hóa kết quả lĩnh vực hộ tịch")), kind="other",
    )  # fmt: skip
    keep(shop, tmp_path, b"else", citations=cited, fields=Fields(summary=value("Mời họp")), kind="other")
    keep(shop, tmp_path, b"none", fields=Fields(summary=value("Báo cáo số hóa kết quả lĩnh vực hộ tịch")), kind="other")
    tasks = task_list(shop.store, shop.catalogue, today=date(2026, 11, 26))
    assert tasks[0].proposed == (about.record_id,)


def test_reports_say_unknown_and_tables_hold_no_formulas(shop: Workshop, tmp_path: Path) -> None:
    make_plan(shop, tmp_path)
    make_result(shop, tmp_path, b"a")
    found = read_progress(shop, as_of=date(2026, 11, 26))
    tasks = task_list(shop.store, shop.catalogue, today=date(2026, 11, 26))
    out = io.BytesIO()
    write_report(found, tasks, out, office="UBND tỉnh Mẫu")
    document = docx.Document(io.BytesIO(out.getvalue()))
    text = "\n".join(p.text for p in document.paragraphs)
    assert "UBND tỉnh Mẫu" in text
    assert "{{" not in text
    assert "chưa được kiểm kê" in text
    assert [c.text for c in document.tables[0].rows[1].cells][4] == "không rõ"
    assert document.tables[1].rows[1].cells[1].text == tasks[0].text
    out = io.BytesIO()
    write_table(PROGRESS_COLUMNS, progress_rows(found), out, form="xlsx", title="Tiến độ")
    sheet = openpyxl.load_workbook(io.BytesIO(out.getvalue())).worksheets[0]
    assert sheet.cell(2, list(PROGRESS_COLUMNS).index("Tỷ lệ (%)") + 1).value == "không rõ"
    evil = tasks[0].model_copy(update={"text": "=1+1"})
    out = io.BytesIO()
    write_tasks([evil], out, form="csv")
    assert "'=1+1" in out.getvalue().decode("utf-8-sig")


def test_a_changed_template_is_filled_wherever_its_slots_stand(shop: Workshop, tmp_path: Path) -> None:
    make_plan(shop, tmp_path)
    own = docx.Document()
    paragraph = own.add_paragraph()
    for piece in ("Năm {", "{nă", "m}}", ": {{tỷ_lệ}} {{lạ}}"):  # as Word cuts them
        paragraph.add_run(piece)
    path = tmp_path / "mau.docx"
    own.save(str(path))
    out = io.BytesIO()
    write_report(read_progress(shop, as_of=date(2026, 11, 26)), (), out, office="A", template=path)
    assert docx.Document(io.BytesIO(out.getvalue())).paragraphs[0].text == "Năm 2026: không rõ {{lạ}}"


def test_indicators_leave_out_what_is_not_known(shop: Workshop, tmp_path: Path) -> None:
    make_result(shop, tmp_path, b"a")
    body = indicators(read_progress(shop, as_of=date(2026, 11, 26)), office="000.00.00.H50", period_id=20)
    codes = {item["indicatorCode"] for item in body}
    assert "SOHOA_DALAM" in codes
    assert not codes & {"SOHOA_KIEMKE"}
    assert all(
        set(i) == {"officeCode", "indicatorCode", "unit", "value", "dataTypeId", "periodId", "dataYear"} for i in body
    )
    assert json.dumps(body)


def test_defaults_are_those_of_the_decision() -> None:
    ratios = {(t.level, t.year): t.ratio for t in default_targets()}
    assert [ratios["tinh", y] for y in range(2021, 2027)] == [30, 50, 70, 90, 100, 100]
    assert [ratios["xa", y] for y in range(2021, 2027)] == [15, 35, 55, 75, 95, 100]
    assert ("huyen", 2026) not in ratios
    assert all(t.source for t in default_targets())


def test_a_page_takes_in_some_new_records_and_says_how_many_are_left(shop: Workshop, tmp_path: Path) -> None:
    for k in range(5):
        make_result(shop, tmp_path, b"r%d" % k, valid_to=value("2030-01-01"))
    day = date(2026, 11, 26)
    found = progress_of(shop.store, shop.catalogue, as_of=day, most=2)
    assert (found.total.digitized, found.uncounted) == (2, 3)
    with Indexer(shop, every=0.05):  # what takes papers into the index counts them too
        until = time.monotonic() + 20
        while shop.catalogue.plans.count_stale() and time.monotonic() < until:
            time.sleep(0.05)
    found = progress_of(shop.store, shop.catalogue, as_of=day, most=0)
    assert (found.total.digitized, found.uncounted) == (5, 0)


def test_a_small_archive_is_counted_anew_and_a_large_one_shows_its_last_count_with_the_time(
    shop: Workshop, tmp_path: Path
) -> None:
    day = date(2026, 11, 26)

    def seen(counter: Counter) -> tuple[int, bool] | None:
        catch_up_facts(shop.store, shop.catalogue)
        counts = counter.counts(day)
        if counts is None:
            return None
        found = progress_of(shop.store, shop.catalogue, as_of=day, counts=counts)
        assert records_behind(shop.catalogue, as_of=day, counts=counts)[0] == found.total.digitized
        return found.total.digitized, found.counted_at is not None

    def wait_for(wanted: tuple[int, bool], counter: Counter) -> None:
        until = time.monotonic() + 20
        while seen(counter) != wanted and time.monotonic() < until:
            time.sleep(0.02)
        assert seen(counter) == wanted

    small, large = (Counter(shop.catalogue, shop.settings, at_once=most) for most in (100, 0))
    make_result(shop, tmp_path, b"one", valid_to=value("2030-01-01"))
    assert (seen(small), seen(large)) == ((1, False), None)  # not counted yet: nobody is at work
    with large:
        wait_for((1, False), large)
    make_result(shop, tmp_path, b"two", valid_to=value("2030-01-01"))
    assert (seen(small), seen(large)) == ((2, False), (1, True))
    with large:
        wait_for((2, False), large)


def test_months_and_pace_come_from_the_day_of_digitizing(shop: Workshop, tmp_path: Path) -> None:
    for k in range(4):
        make_result(shop, tmp_path, b"m%d" % k, valid_to=value("2090-01-01"))
    soon = date.today() + timedelta(days=2)  # packages are dated in Vietnamese time
    found = read_progress(shop, as_of=soon)
    assert [n for _, n in found.by_month] == [4]
    assert 1 <= found.total.pace <= 4  # since the first day, not over all the weeks before it
    before = read_progress(shop, as_of=date(soon.year - 1, 1, 1))
    assert (before.total.digitized, before.total.pace) == (4, 0.0)
