"""Scanned tables: lines that are rules and those that are none, words that leave their cell, dotted zeros."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from extractors.ocr.engine import Gray
from extractors.scan.table_cells import begin_alike, cut_cells, open_zeros
from extractors.scan.table_lines import find_scan_grids

DPI = 200


def ruled(*, streak: int | None = None) -> Gray:
    """A page with a table of three columns and four rows, and perhaps a streak from top to bottom."""
    page: Gray = np.full((900, 1200), 255, np.uint8)
    if streak is not None:
        page[:, streak : streak + 2] = 215
    for y in range(200, 601, 100):
        page[y : y + 2, 100:1101] = 90
    for x in (100, 200, 700, 1100):
        page[200:602, x : x + 2] = 90
    for y in range(200, 600, 100):
        for x in (120, 230, 730):
            cv2.putText(page, "Hoi", (x, y + 60), cv2.FONT_HERSHEY_SIMPLEX, 1, 30, 3)
    return page


@pytest.mark.parametrize("streak", [None, 400])
def test_a_streak_of_the_scanner_is_no_rule(streak: int | None) -> None:
    page = ruled(streak=streak)
    (grid,), mended = find_scan_grids(page, DPI)
    assert [len([c for c in row if c]) for row in grid.rows] == [3, 3, 3, 3]
    if streak is not None:
        assert page[650:700, streak - 2 : streak + 4].min() < 220 < mended[650:700, streak - 2 : streak + 4].min()


def test_a_slanted_streak_is_lightened_and_the_print_under_it_stays() -> None:
    page = ruled()
    cv2.putText(page, "HHHH", (400, 260), cv2.FONT_HERSHEY_SIMPLEX, 1, 30, 3)
    before = page.copy()
    shade = np.full(page.shape, 255, np.uint8)
    cv2.line(shade, (405, 0), (415, 899), 130, 2, cv2.LINE_AA)
    page = np.rint(page.astype(np.float32) * shade / 255).astype(np.uint8)
    (grid,), mended = find_scan_grids(page, DPI)
    assert [len([c for c in row if c]) for row in grid.rows] == [3, 3, 3, 3]
    there = slice(230, 270), slice(395, 425)
    assert (
        np.abs(mended[there].astype(int) - before[there]).mean()
        < 12
        < np.abs(page[there].astype(int) - before[there]).mean()
    )


@pytest.mark.parametrize("slant", [0, 6])
@pytest.mark.parametrize("gap", [5, 8])
def test_a_rule_beside_a_streak_as_dark_as_itself_stays_a_rule(gap: int, slant: int) -> None:
    page = ruled()
    page[400:500, 680:720] = 255  # the third row's first cells are merged over it
    page[400:402, 680:720] = 90
    cv2.line(page, (700 - gap - slant, 0), (700 - gap + slant, 899), 90, 2, cv2.LINE_AA)
    (grid,), mended = find_scan_grids(page, DPI)
    assert [len([c for c in row if c]) for row in grid.rows] == [3, 3, 2, 3]
    assert page[700:, 680:715].min() < 100 < 150 < mended[700:, 680:715].min()


def test_the_edge_of_the_sheet_is_no_rule_and_hides_no_streak() -> None:
    page = ruled(streak=400)
    page[:4] = page[-4:] = 60
    page[:, :4] = 60
    (grid,), _ = find_scan_grids(page, DPI)
    assert [len([c for c in row if c]) for row in grid.rows] == [3, 3, 3, 3]


def test_rules_of_a_narrow_column_beside_a_merged_one_are_found() -> None:
    page: Gray = np.full((900, 1200), 255, np.uint8)
    for x in (100, 150, 350, 700, 1100):
        page[200:602, x : x + 2] = 90
    for y in (200, 600):
        page[y : y + 2, 100:1101] = 90
    for y in (300, 400, 500):  # 50 pixels are too short for a line of their own
        page[y : y + 2, 100:150] = page[y : y + 2, 350:1101] = 120
    for y in range(200, 600, 100):
        cv2.putText(page, "7", (115, y + 60), cv2.FONT_HERSHEY_SIMPLEX, 1, 30, 3)
        cv2.putText(page, "Hoi", (160, y + 60), cv2.FONT_HERSHEY_SIMPLEX, 1, 30, 3)
    (grid,), _ = find_scan_grids(page, DPI)
    assert [len([c for c in row if c]) for row in grid.rows] == [4, 3, 3, 3]


def test_text_over_a_table_does_not_make_its_rule_a_streak() -> None:
    page = ruled()
    for y in (90, 130, 170):
        cv2.putText(page, "PHU LUC NHIEM VU", (560, y), cv2.FONT_HERSHEY_SIMPLEX, 1, 30, 3)
    (grid,), _ = find_scan_grids(page, DPI)
    assert [len([c for c in row if c]) for row in grid.rows] == [3, 3, 3, 3]


def test_a_word_that_runs_over_its_rule_stays_in_its_cell() -> None:
    page = ruled()
    page[310:395, 610:790] = 255
    page[300:402, 700:702] = 90
    cv2.putText(page, "2026", (660, 360), cv2.FONT_HERSHEY_SIMPLEX, 1, 30, 3)
    (grid,), _ = find_scan_grids(page, DPI)
    cells = {cell.key: cell.crop for cell in cut_cells(page, [grid], DPI)}
    assert cells[0, 1, 1].shape[1] > 500
    assert (0, 1, 2) not in cells or int((cells[0, 1, 2] < 120).sum()) < 60


def test_a_word_that_runs_on_into_an_empty_column_is_whole() -> None:
    page = ruled()
    page[200:602, 703:1098] = 255
    for y in range(200, 601, 100):
        page[y : y + 2, 100:1101] = 90
    cv2.putText(page, "15/10/2026", (600, 360), cv2.FONT_HERSHEY_SIMPLEX, 1, 30, 3)
    (grid,), mended = find_scan_grids(page, DPI)
    cells = {cell.key: cell for cell in cut_cells(mended, [grid], DPI)}
    whole = cells[0, 1, 1]
    assert whole.crop.shape[1] > 540
    assert not whole.mixed
    assert (0, 1, 2) not in cells


def test_the_dot_of_a_zero_goes_and_other_dots_stay() -> None:
    picture: Gray = np.full((60, 160), 255, np.uint8)
    cv2.ellipse(picture, (30, 30), (9, 15), 0, 0, 360, 20, 3)
    cv2.circle(picture, (30, 30), 2, 20, -1)
    cv2.ellipse(picture, (80, 30), (9, 15), 0, 0, 360, 20, 3)
    cv2.circle(picture, (80, 52), 2, 20, -1)  # below: an accent
    wanted = picture.copy()
    wanted[26:35, 26:35] = 255
    open_zeros(picture, DPI)
    assert (picture[26:35, 26:35] > 200).all()
    assert (picture[:, 60:] == wanted[:, 60:]).all()


def test_a_double_frame_round_a_certificate_is_no_table() -> None:
    page = np.full((2339, 1655), 255, np.uint8)
    for k in (60, 90):
        cv2.rectangle(page, (k, k), (1655 - k, 2339 - k), 0, 3)
    for x in (60, 1595 - 30):  # corners with ornaments: their lines cross both frames
        cv2.line(page, (60, 90), (1595, 90), 0, 3)
        cv2.line(page, (60, 2249), (1595, 2249), 0, 3)
        cv2.line(page, (x, 60), (x, 2279), 0, 3)
        cv2.line(page, (x + 30, 60), (x + 30, 2279), 0, 3)
    grids, _ = find_scan_grids(page, DPI)
    assert grids == []


def test_a_head_whose_rule_was_found_in_pieces_keeps_the_rules_down_from_it() -> None:
    page = ruled()
    for x in (300, 500, 800, 1000):  # none of the pieces is long
        page[198:204, x : x + 9] = 255
    (grid,), _ = find_scan_grids(page, DPI)
    assert [len([c for c in row if c]) for row in grid.rows] == [3, 3, 3, 3]


def test_crumbs_of_faint_rules_that_were_painted_over_as_specks_are_looked_for_where_they_still_are() -> None:
    whole = ruled()
    page = whole.copy()
    for y in range(200, 601, 100):
        for x in range(210, 690, 20):
            page[y : y + 2, x : x + 12] = 255
    seen, _ = find_scan_grids(page, DPI, rules_on=whole)
    assert [[len([c for c in row if c]) for row in grid.rows] for grid in seen] == [[3, 3, 3, 3]]
    alone, _ = find_scan_grids(page, DPI)
    assert [len(grid.rows) for grid in alone] != [4]


@pytest.mark.parametrize("column", [1, 2])
def test_a_figure_that_ends_on_its_rule_is_whole(column: int) -> None:
    edge = (700, 1100)[column - 1]
    page = ruled()
    page[310:395, edge - 190 : edge - 2] = 255
    cv2.ellipse(page, (edge - 9, 350), (9, 14), 0, 0, 360, 30, 3)  # its right side stands on the rule
    (grid,), _ = find_scan_grids(page, DPI)
    crop = next(cell.crop for cell in cut_cells(page, [grid], DPI) if cell.key == (0, 1, column))
    holes, _ = cv2.findContours((crop[:, -40:] < 140).astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    assert len(holes) == 2  # a ring: its outside and its inside


def test_a_word_that_runs_over_the_last_rule_of_its_table_is_whole() -> None:
    page = ruled()
    page[310:395, 1000:1098] = 255
    cv2.putText(page, "2026", (1050, 360), cv2.FONT_HERSHEY_SIMPLEX, 1, 30, 3)
    (grid,), _ = find_scan_grids(page, DPI)
    cells = {cell.key: cell for cell in cut_cells(page, [grid], DPI)}
    assert cells[0, 1, 2].crop.shape[1] > 400  # the column is 400 wide
    assert cells[0, 1, 2].crop.shape[1] > cells[0, 0, 2].crop.shape[1] + 10
    assert not cells[0, 1, 2].mixed


def test_the_end_of_a_word_deep_in_a_filled_column_is_read_with_it_and_asked_about() -> None:
    page = ruled()
    cv2.putText(page, "04/2023", (618, 388), cv2.FONT_HERSHEY_SIMPLEX, 1, 30, 3)  # a second line
    (grid,), _ = find_scan_grids(page, DPI)
    cells = {cell.key: cell for cell in cut_cells(page, [grid], DPI)}
    mine, other = cells[0, 1, 1], cells[0, 1, 2]
    assert mine.mixed
    assert other.mixed
    assert mine.crop.shape[1] > 520
    assert (other.crop[64:92] > 150).all()  # of the second line nothing is left in the other cell
    assert (other.crop[30:60] < 120).any()


@pytest.mark.parametrize("width", [1103, 1108, 1116, 1124, 1140])
def test_a_word_cut_off_by_the_edge_of_the_sheet_is_read_as_far_as_it_goes(width: int) -> None:
    page = ruled()
    page[310:395, 950:1098] = 255
    cv2.putText(page, "202620262026", (950, 360), cv2.FONT_HERSHEY_SIMPLEX, 1, 30, 3)
    page = page[:, :width].copy()
    grids, _ = find_scan_grids(page, DPI)
    assert all(cell.crop.shape[1] <= width for cell in cut_cells(page, grids, DPI))


def test_the_end_of_a_faint_word_over_its_rule_is_read_with_it() -> None:
    page = ruled()
    page[303:398, 202:1098] = 255
    page = np.rint(255 - (255 - page.astype(float)) * 0.4).astype(np.uint8)  # a worn ribbon: 165 is its ink
    cv2.putText(page, "04/2023", (620, 360), cv2.FONT_HERSHEY_SIMPLEX, 1, 165, 3)
    page[302:400, 700:702] = 165
    (grid,), _ = find_scan_grids(page, DPI)
    cells = {cell.key: cell for cell in cut_cells(page, [grid], DPI)}
    assert cells[0, 1, 1].crop.shape[1] > 520
    assert (0, 1, 2) not in cells


def test_cells_of_a_column_begin_alike_and_those_made_so_are_asked_about() -> None:
    column = ["Kế hoạch", "kế hoạch", "Báo cáo", "Quyết định", "Cơ sở dữ liệu", "tờ trình"]
    column.append("Lớp tập huấn.")
    texts = {(0, r, 1): (text, True) for r, text in enumerate(column)} | {(0, 0, 2): ("kế hoạch", True)}
    begin_alike(texts, 0)
    assert texts[0, 1, 1] == ("Kế hoạch", False)
    assert texts[0, 6, 1] == ("Lớp tập huấn", False)
    assert texts[0, 5, 1] == ("tờ trình", True)  # no capital looks like it
    assert texts[0, 0, 2] == ("kế hoạch", True)  # nothing beside it says how cells begin
