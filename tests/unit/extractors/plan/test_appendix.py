"""Appendix tables: cell-exact on made plans with a text layer and DOCX; page ends and merged cells by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

import pytest

from extractors.intake.limits import DEFAULT_LIMITS
from extractors.intake.sniff import identify
from extractors.pdf.office import read_office
from extractors.plan import names_plan
from extractors.plan.agencies import split_agencies
from extractors.plan.appendix import read_appendix
from extractors.plan.words import column_label
from extractors.reading import read_document
from extractors.understand import understand
from samplemaker import make_documents
from schemas.geometry import Box
from schemas.reading import Line, PageReading, Reading, Table, Word
from tests.fakes.ocr_is_not_there import NoEngine

BOX = Box(0.05, 0.1, 0.95, 0.9)
HEAD = ("TT", "Nhiệm vụ", "Cơ quan chủ trì", "Cơ quan phối hợp", "Thời hạn", "Sản phẩm")


def reading(*tables: tuple[tuple[str | None, ...], ...]) -> Reading:
    """A page for each table, with a text layer."""
    pages = tuple(
        PageReading(k, 842, 595, (), "pdf_text", tables=(Table(BOX, rows),)) for k, rows in enumerate(tables, 1)
    )
    return Reading(pages, "test")


def test_a_table_over_pages_with_and_without_its_head_again() -> None:
    first = (HEAD, ("1", "Việc một", "Sở A", "Sở B", "Quý I/2026", "Báo cáo"))
    again = (HEAD, ("2", "Việc hai", "Sở C", "", "Năm 2026", "Kế hoạch"))
    bare = (("3", "Việc ba", "Sở D", "", "Thường xuyên", "Quyết định"),)
    tasks = read_appendix(reading(first, again, bare), year=2026).tasks
    assert [t.text for t in tasks] == ["Việc một", "Việc hai", "Việc ba"]
    assert [t.deadline_date for t in tasks] == ["2026-03-31", "2026-12-31", None]
    assert [(t.source.page, t.source.row) for t in tasks] == [(1, 1), (2, 2), (3, 3)]
    assert [t.ordinal for t in tasks] == [1, 2, 3]


def test_the_first_task_of_a_page_is_no_header_whatever_words_it_has() -> None:
    first = (HEAD, ("1", "Việc một", "Sở A", "Sở B", "Năm 2026", "Báo cáo"))
    task = "Rà soát, trình công bố danh mục nhiệm vụ, sản phẩm, thời hạn"
    rest = (("2", task, "Cơ quan chủ trì đề án", "Sở D", "Thời hạn luật định", "Sản phẩm số"),)
    tasks = read_appendix(reading(first, rest), year=2026).tasks
    assert [t.text for t in tasks] == ["Việc một", task]


def test_a_row_cut_by_the_page_end_is_one_task() -> None:
    first = (HEAD, ("1", "Xây dựng quy trình điện tử giải quyết", "Sở A", "", "Quý I/2026", "Báo cáo"))
    rest = (("", "thủ tục hành chính", "", "", "", ""), ("2", "Việc hai", "Sở B", "", "Năm 2026", "Kế hoạch"))
    tasks = read_appendix(reading(first, rest), year=2026).tasks
    assert [t.text for t in tasks] == ["Xây dựng quy trình điện tử giải quyết thủ tục hành chính", "Việc hai"]


def test_merged_cells_have_the_text_above_also_over_a_page_end() -> None:
    first = (
        HEAD,
        ("1", "Việc một", "Sở A", "Sở B", "Năm 2026", "Báo cáo"),
        ("2", "Việc hai", None, "Sở C", "Năm 2026", "Báo cáo"),
    )
    rest = (("3", "Việc ba", "", "Sở D", "Năm 2026", "Báo cáo"), ("4", "Việc bốn", None, "Sở E", "Năm 2026", "Báo cáo"))
    tasks = read_appendix(reading(first, rest), year=2026).tasks
    assert [t.lead_agencies for t in tasks] == [("Sở A",)] * 4


def test_an_empty_cell_is_no_merged_cell() -> None:
    rows = (HEAD, ("1", "Việc một", "Sở A", "Sở B", "Năm 2026", "Báo cáo"), ("2", "Việc hai", "Sở C", "", "", ""))
    tasks = read_appendix(reading(rows), year=2026).tasks
    assert (tasks[1].coordinating_agencies, tasks[1].deadline, tasks[1].product) == ((), None, None)


def test_group_rows_become_sections() -> None:
    rows = (
        HEAD,
        ("I", "Cải cách thể chế", None, None, None, None),
        ("1", "Việc một", "Sở A", "", "Năm 2026", ""),
        ("II. Cải cách thủ tục", None, None, None, None, None),
        ("2", "Việc hai", "Sở B", "", "Năm 2026", ""),
    )
    found = read_appendix(reading(rows), year=2026)
    assert [(s.id, s.title) for s in found.sections][1:] == [
        ("PL.I", "Cải cách thể chế"),
        ("PL.II", "Cải cách thủ tục"),
    ]
    assert [t.section for t in found.tasks] == ["PL.I", "PL.II"]


@pytest.mark.parametrize("lost", range(6))
def test_a_column_whose_head_a_scan_lost_is_known_by_its_cells_and_asked_about(lost: int) -> None:
    head = tuple("?" if k == lost else h for k, h in enumerate(HEAD))
    rows = [
        (str(k), f"Rà soát hồ sơ của đợt thứ {k}", "Sở Nội vụ", "Công an; Sở Y tế", "Thường xuyên", "Báo cáo")
        for k in range(1, 5)
    ]
    page = PageReading(1, 842, 595, (), "ocr", tables=(Table(BOX, (head, *rows)),))
    tasks = read_appendix(Reading((page,), "test"), year=2026).tasks
    assert [t.text for t in tasks] == [row[1] for row in rows]
    assert {t.lead_agencies + t.coordinating_agencies for t in tasks} == {("Sở Nội vụ", "Công an", "Sở Y tế")}
    assert {(t.deadline, t.product) for t in tasks} == {("Thường xuyên", "Báo cáo")}
    assert all(t.needs_review for t in tasks) is (lost in (2, 3, 4, 5))
    printed = PageReading(1, 842, 595, (), "pdf_text", tables=page.tables)
    told = read_appendix(Reading((printed,), "test"), year=2026).tasks
    assert any(t.lead_agencies for t in told) is (lost != 2)  # what a printed head does not say is not guessed


def test_rows_that_the_numbers_miss_are_told_and_those_beside_them_asked_about() -> None:
    def found(numbers: list[str], origin: Literal["ocr", "pdf_text"] = "ocr") -> tuple[list[str], list[str]]:
        rows = [(n, f"Việc {k}", "Sở A", "Sở B", "Năm 2026", "Báo cáo") for k, n in enumerate(numbers)]
        page = PageReading(1, 842, 595, (), origin, tables=(Table(BOX, (HEAD, *rows)),))
        read = read_appendix(Reading((page,), "test"), year=2026)
        asked = [t.text for t in read.tasks if t.needs_review]
        return [f"{odd.code} {odd.detail}" for odd in read.oddities], asked

    assert found(["1", "2", "3", "4"]) == ([], [])
    assert found(["1", "2", "5", "6"]) == (["missing_row 2, 5"], ["Việc 1", "Việc 2"])
    assert found(["1", "2", "5", "6"], "pdf_text") == (["missing_row 2, 5"], [])  # so it was printed
    assert found(["1", "2", "8", "4", "Xã", "6", "7"]) == ([], [])  # misread, none missing
    assert found(["1", "2", "1", "2", "3"]) == ([], [])  # each group counts anew


@pytest.mark.parametrize("mark", ["I", "1"])  # the Roman number misread
def test_a_group_row_that_a_rule_was_seen_across_is_still_one(mark: str) -> None:
    group = (mark, "Cải cách tài chính công", None, "", None, None)
    rows = (HEAD, group, ("1", "Việc một", "Sở A", "Sở B", "Năm 2026", "Báo cáo"))
    found = read_appendix(reading(rows), year=2026)
    assert [section.title for section in found.sections] == ["Phụ lục", "Cải cách tài chính công"]
    assert [task.text for task in found.tasks] == ["Việc một"]


def test_a_head_of_two_rows_and_a_row_of_column_numbers() -> None:
    rows = (
        ("STT", "Nội dung", "Phân công thực hiện", None, "Sản phẩm", "Thời gian hoàn thành"),
        (None, None, "Chủ trì", "Phối hợp", None, None),
        ("(1)", "(2)", "(3)", "(4)", "(5)", "(6)"),
        ("1", "Việc một", "Sở A", "Sở B; Sở C", "Báo cáo", "Tháng 5/2026"),
    )
    (task,) = read_appendix(reading(rows), year=2026).tasks
    assert (task.lead_agencies, task.coordinating_agencies) == (("Sở A",), ("Sở B", "Sở C"))
    assert (task.product, task.deadline_date) == ("Báo cáo", "2026-05-31")


def test_a_table_of_years_gives_targets_by_level() -> None:
    rows = (
        ("Cấp", "Năm 2025", "Năm 2026"),
        ("Cấp tỉnh", "90%", "100%"),
        ("Cấp xã", "từ 75% trở lên", "95 %"),
    )
    targets = read_appendix(reading(rows), year=2026).targets
    assert [(t.level, t.period, t.value, t.operator) for t in targets] == [
        ("tinh", "năm 2025", 90, "="), ("tinh", "năm 2026", 100, "="),
        ("xa", "năm 2025", 75, ">="), ("xa", "năm 2026", 95, "="),
    ]  # fmt: skip


def test_other_tables_give_no_tasks() -> None:
    rows = (("STT", "Mã TTHC", "Tên thủ tục", "Phí"), ("1", "1.001193", "Đăng ký khai sinh", "Không"))
    found = read_appendix(reading(rows), year=2026)
    assert (found.tasks, found.targets, found.tables) == ([], [], 1)


@pytest.mark.parametrize(
    ("header", "label"),
    [
        ("Cơ quan chủ trì thực hiện", "lead"), ("Đơn vị phối hợp", "coordinating"), ("Thời gian thực hiện", "deadline"),
        ("Kết quả, sản phẩm", "product"), ("Nhiệm vụ chung", "group"), ("Nhiệm vụ cụ thể", "text"),
        ("Số TT", "ordinal"),
        ("Phối hợ2", "coordinating"), ("Nhiệm vụ chứng", "group"), ("Mã TTHC", None),
    ],
)  # fmt: skip
def test_columns_are_known_by_their_heads(header: str, label: str | None) -> None:
    assert column_label(header) == label


@pytest.mark.parametrize(
    ("text", "agencies"),
    [
        ("Sở Nội vụ; Sở Tài chính và UBND các xã", ("Sở Nội vụ", "Sở Tài chính", "UBND các xã")),
        ("Các sở, ban, ngành", ("Các sở, ban, ngành",)),
        ("Sở Lao động, Thương binh và Xã hội, Sở Y tế", ("Sở Lao động, Thương binh và Xã hội", "Sở Y tế")),
    ],
)
def test_lists_of_agencies_are_parted_only_before_a_new_name(text: str, agencies: tuple[str, ...]) -> None:
    assert split_agencies(text) == agencies


def norm(text: str | None) -> str:
    return " ".join((text or "").split())


def test_made_plans_are_read_cell_by_cell(tmp_path: Path) -> None:
    make_documents(tmp_path, count=8, seed=31, kinds=["ke_hoach_lon"], qualities=["digital", "docx"])
    rows = exact = 0
    for line in (tmp_path / "truth.jsonl").read_text("utf-8").splitlines():
        truth = json.loads(line)
        path = tmp_path / truth["file"]
        kind = identify(path, limits=DEFAULT_LIMITS)
        seen = read_office(path, kind) if truth["quality"] == "docx" else read_document(path, kind, engine=NoEngine())
        plan = understand(seen).plan
        assert plan is not None, truth["file"]
        got = [
            (norm(t.text), t.lead_agencies, t.coordinating_agencies, norm(t.deadline), norm(t.product))
            for t in plan.tasks
            if (t.section or "").startswith("PL")
        ]
        want = [
            (norm(text), split_agencies(lead), split_agencies(helpers), norm(when), norm(product))
            for _, text, lead, helpers, when, product in truth["plan"]["rows"]
        ]
        assert len(got) == len(want), truth["file"]
        rows += len(want)
        exact += sum(a == b for a, b in zip(got, want, strict=True))
        assert [(t.operator, f"{t.value:g}", t.unit) for t in plan.targets] == [
            tuple(t) for t in truth["plan"]["targets"]
        ]
        body = [(t.section, norm(t.text)) for t in plan.tasks if not (t.section or "").startswith("PL")]
        assert body == [(section, norm(text)) for section, text in truth["plan"]["tasks"]]
    assert rows > 60
    assert exact >= 0.99 * rows


@pytest.mark.parametrize(
    ("deadline", "doubted"),
    [
        ("Trước ngày 25/01/2027", False),
        ("Trước ngày 25/01/201£", True),
        ("Trước ngày 16/08/2C", True),
        ("Trước ngày 20/05/202(", True),
        ("Trước ngày 31/03/201", True),
        ("Tháng 5/2094", True),
        ("Tháng 5/2026", False),
        ("Quý II/20", True),
        ("Quý II/2026", False),
        ("Năm 2096", True),
        ("31/3", False),
        ("Thường xuyên", False),
    ],
)
def test_a_scanned_deadline_that_lost_figures_or_lies_far_from_the_plan_is_doubted(
    deadline: str, doubted: bool
) -> None:
    rows = (HEAD, ("1", "Việc một", "Sở A", "Sở B", deadline, "Báo cáo"))
    scan = Reading((PageReading(1, 842, 595, (), "ocr", tables=(Table(BOX, rows),)),), "test")
    (task,) = read_appendix(scan, year=None, around=2026).tasks
    assert task.needs_review is doubted


def test_column_numbers_on_a_later_page_are_no_task() -> None:
    first = (HEAD, ("(1)", "(2)", "(3)", "(4)", "(5)", "(6)"), ("1", "Việc một", "Sở A", "", "Năm 2026", "Báo cáo"))
    again = (("l) -. (1", "(2)", "(3)", "(4)", "G)", "(6)"), ("2", "Việc hai", "Sở C", "", "Năm 2026", "Kế hoạch"))
    assert [t.text for t in read_appendix(reading(first, again), year=2026).tasks] == ["Việc một", "Việc hai"]


@pytest.mark.parametrize("misread", ["G)", "?"])
def test_column_numbers_of_which_most_are_misread_are_no_task(misread: str) -> None:
    numbers = ("Œ)", "(2)", "(3)", "(4)", misread, "ứ)")
    first = (HEAD, numbers, ("1", "Việc một", "Sở A", "", "Năm 2026", "Báo cáo"))
    assert [t.text for t in read_appendix(reading(first), year=2026).tasks] == ["Việc một"]


@pytest.mark.parametrize(
    ("read", "around", "wanted"),
    [
        ("Tháng 8/2900", 2000, "Tháng 8/2000"),
        ("Trước ngày 22/02/2092", 2002, "Trước ngày 22/02/2002"),
        ("Tháng 8/2016", 2026, "Tháng 8/2016"),  # nothing that a dotted zero explains
        ("Năm 2899", 2001, "Năm 2899"),  # 2000 or 2009: it stays as it was read
        ("Năm 2009", 2009, "Năm 2009"),
        ("Trước ngày 24/99/1997", 1997, "Trước ngày 24/09/1997"),
        ("Trước ngày 28/94/2062", 2002, "Trước ngày 28/04/2002"),
        ("Trước ngày 26/99/1997", 1997, "Trước ngày 26/09/1997"),
        ("Trước ngày 98/96/1997", 1997, "Trước ngày 08/06/1997"),
        ("Trước ngày 31/99/1997", 1997, "Trước ngày 31/99/1997"),  # there is no 31 September
        ("Tháng 94/1997", 1997, "Tháng 04/1997"),
        ("Quý II/4995", 1995, "Quý II/1995"),
        ("Quý III/Z1996", 1996, "Quý III/1996"),
        ("Quý III/7896", 1996, "Quý III/7896"),
    ],
)
def test_a_far_year_of_a_scan_has_its_dotted_zeros_back_and_stays_a_doubt(read: str, around: int, wanted: str) -> None:
    rows = (HEAD, ("1", "Việc một", "Sở A", "Sở B", read, "Báo cáo"))
    scan = Reading((PageReading(1, 842, 595, (), "ocr", tables=(Table(BOX, rows),)),), "test")
    (task,) = read_appendix(scan, year=None, around=around).tasks
    assert task.deadline == wanted
    assert task.needs_review is (read != f"Năm {around}")


@pytest.mark.parametrize(
    ("read", "wanted"), [("năm 2904", "năm 2004"), ("năm 2004", "năm 2004"), ("năm 2045", "năm 2045")]
)
def test_a_year_that_cannot_be_in_the_words_of_a_scanned_task_is_asked_about(read: str, wanted: str) -> None:
    rows = (HEAD, ("1", f"Ban hành kế hoạch {read}", "Sở A", "Sở B", "Năm 2004", "Báo cáo"))
    scan = Reading((PageReading(1, 842, 595, (), "ocr", tables=(Table(BOX, rows),)),), "test")
    (task,) = read_appendix(scan, year=None, around=2004).tasks
    assert task.text == f"Ban hành kế hoạch {wanted}"
    assert task.needs_review is (read != wanted)


def test_a_misread_year_of_the_plan_gives_way_to_the_years_of_its_table() -> None:
    def deadlines(around: int, *read: str) -> list[str | None]:
        rows = [(str(k), "Việc", "Sở A", "Sở B", text, "Báo cáo") for k, text in enumerate(read, 1)]
        scan = Reading((PageReading(1, 842, 595, (), "ocr", tables=(Table(BOX, (HEAD, *rows)),)),), "test")
        return [task.deadline for task in read_appendix(scan, year=None, around=around).tasks]

    assert deadlines(2063, "Tháng 6/2993", "Năm 2003") == ["Tháng 6/2003", "Năm 2003"]  # 2003 itself
    assert deadlines(1971, "Tháng 6/2993", "Năm 2003", "Năm 2003", "Năm 2003")[0] == "Tháng 6/2003"
    assert deadlines(1971, "Tháng 6/2993", "Năm 2003", "Năm 2003")[0] == "Tháng 6/2993"  # two are too few


@pytest.mark.parametrize(
    ("read", "printed"),
    [
        ("Quý J/2026", "Quý I/2026"),
        ("Quý T1V/2026", "Quý IV/2026"),
        ("Quý TV/2026", "Quý IV/2026"),
        ("Quý IH/2026", "Quý III/2026"),
    ],
)
def test_roman_quarters_of_a_scan_are_those_that_there_are(read: str, printed: str) -> None:
    rows = (HEAD, ("1", "Việc một", "Sở A", "Sở B", read, "Báo cáo"))
    scan = Reading((PageReading(1, 842, 595, (), "ocr", tables=(Table(BOX, rows),)),), "test")
    assert [task.deadline for task in read_appendix(scan, year=2026).tasks] == [printed]


def test_the_appendix_says_what_paper_it_is_where_a_stamp_lies_on_the_title() -> None:
    def line(text: str, y: float) -> Line:
        return Line((Word(text, Box(0.1, y, 0.9, y + 0.02), 0.9, "ocr"),))

    first = PageReading(1, 595, 842, (line("ĐẾN Ngày 2.. KẾ HOẠCH", 0.2), line("I. MỤC TIÊU", 0.3)), "ocr")
    rows = (HEAD, ("1", "Việc một", "Sở A", "Sở B", "Năm 2026", "Báo cáo"))

    def second(head: str) -> PageReading:
        return PageReading(2, 842, 595, (line(head, 0.05),), "ocr", tables=(Table(BOX, rows),))

    assert names_plan(Reading((first, second("(Kèm theo Kế hoạch số 24/KH-SVH ngày 25/6/2026)")), "test"))
    assert not names_plan(Reading((first, second("(Kèm theo Báo cáo số 24/BC-SVH ngày 25/6/2026)")), "test"))
