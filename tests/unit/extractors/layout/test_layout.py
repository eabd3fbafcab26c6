"""Where text stands on a page: columns that must not be read across, paragraphs that must not be cut, tables."""

import pytest

from extractors.layout.bands import find_bands
from extractors.layout.blocks import Block, find_blocks
from extractors.layout.segments import PageSegments, Segment, find_segments
from tests.drawing import Place, Sheet, letterhead, signature

DPI = 150


def segments(sheet: Sheet) -> PageSegments:
    return find_segments(sheet.gray, dpi=sheet.dpi)


def block_of(blocks: tuple[Block, ...], place: Place) -> Block:
    """The block a line stands in."""
    x, y = (place[0] + place[2]) / 2, (place[1] + place[3]) / 2
    found = [b for b in blocks if b.x0 <= x <= b.x1 and b.y0 <= y <= b.y1]
    assert len(found) == 1, found
    return found[0]


@pytest.fixture(scope="module")
def letter() -> tuple[Sheet, tuple[Block, ...]]:
    sheet = Sheet(dpi=DPI)
    letterhead(sheet)
    sheet.write("QUYẾT ĐỊNH", 92, 52, font="serif-b")
    sheet.write("Về việc cho phép chuyển mục đích sử dụng đất", 58, 59, font="serif-b")
    sheet.paragraph(25, 75, rows=15, points=13)
    signature(sheet, 205)
    return sheet, find_blocks(segments(sheet))


def test_one_segment_for_each_line_of_a_paragraph():
    sheet = Sheet(dpi=DPI)
    places = sheet.paragraph(25, 60, rows=8, points=13)
    found = segments(sheet).segments
    assert len(found) == len(places)
    for s, (x0, y0, x1, y1) in zip(found, places, strict=True):
        assert abs(s.x0 - x0) < 8
        assert abs(s.x1 - x1) < 8
        assert s.y0 >= y0 - 4
        assert s.y1 <= y1 + 4


def test_segments_are_in_pixels_of_the_layout_picture_whatever_the_scan():
    coarse, fine = (Sheet(dpi=dpi) for dpi in (150, 300))
    for sheet in (coarse, fine):
        sheet.write("QUYẾT ĐỊNH", 90, 50, font="serif-b")
    (a,), (b,) = segments(coarse).segments, segments(fine).segments
    assert segments(coarse).scale == pytest.approx(1)
    assert segments(fine).scale == pytest.approx(0.5)
    assert max(abs(p - q) for p, q in zip((a.x0, a.y0, a.x1, a.y1), (b.x0, b.y0, b.x1, b.y1), strict=True)) <= 3


def test_dust_edges_and_rules_are_no_text():
    sheet = Sheet(dpi=DPI)
    sheet.rule(60, 100, 150, 100)
    sheet.rule(0.1, 0, 0.1, 297)
    sheet.write(".", 50, 50)
    assert segments(sheet).segments == ()


def test_the_letterhead_is_two_blocks(letter: tuple[Sheet, tuple[Block, ...]]):
    sheet, blocks = letter
    left = block_of(blocks, (sheet.px(40), sheet.px(37), sheet.px(70), sheet.px(40)))
    right = block_of(blocks, (sheet.px(110), sheet.px(37), sheet.px(170), sheet.px(40)))
    assert (left.region, right.region) == ("header_left", "header_right")
    assert left.x1 <= right.x0
    assert sheet.px(80) < left.x1 < sheet.px(97)


def test_recipients_and_signature_are_two_blocks(letter: tuple[Sheet, tuple[Block, ...]]):
    sheet, blocks = letter
    left = block_of(blocks, (sheet.px(32), sheet.px(206), sheet.px(60), sheet.px(209)))
    right = block_of(blocks, (sheet.px(124), sheet.px(206), sheet.px(170), sheet.px(209)))
    assert (left.region, right.region) == ("sign_left", "sign_right")
    assert left.x1 <= right.x0


def test_title_and_body_are_not_cut_into_columns(letter: tuple[Sheet, tuple[Block, ...]]):
    sheet, blocks = letter
    for y in (53, 60, 76, 120, 174):
        block = block_of(blocks, (sheet.px(100), sheet.px(y), sheet.px(110), sheet.px(y + 4)))
        assert block.region == "body"
        assert (block.x0, block.x1) == (0, sheet.image.width)


def test_blocks_cover_the_page_in_reading_order_without_overlap(letter: tuple[Sheet, tuple[Block, ...]]):
    _, blocks = letter
    assert [b.region for b in blocks] == ["header_left", "header_right", "body", "sign_left", "sign_right", "body"] or [
        b.region for b in blocks
    ] == ["body", "header_left", "header_right", "body", "sign_left", "sign_right", "body"]
    for k, a in enumerate(blocks):
        assert a.x0 < a.x1
        assert a.y0 < a.y1
        for b in blocks[k + 1 :]:
            lap = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
            assert min(lap) <= 0, (a, b)


def test_every_line_lies_whole_in_one_block(letter: tuple[Sheet, tuple[Block, ...]]):
    """A block that cuts through letters cuts words in two."""
    sheet, blocks = letter
    for s in segments(sheet).segments:
        block = block_of(blocks, (s.x0, s.y0, s.x1, s.y1))
        assert block.y0 <= s.y0 + 1
        assert block.y1 >= s.y1 - 1
        assert block.x0 <= s.x0
        assert block.x1 >= s.x1


def test_blocks_are_in_pixels_of_the_scan():
    places = []
    for dpi in (150, 300):
        sheet = Sheet(dpi=dpi)
        letterhead(sheet)
        sheet.paragraph(25, 60, rows=10, points=13)
        block = find_blocks(segments(sheet))[-1]
        places.append([v / dpi for v in (block.x0, block.y0, block.x1, block.y1)])
    assert places[0] == pytest.approx(places[1], abs=0.05)


@pytest.mark.parametrize("rows", [1, 4, 20])
def test_a_body_paragraph_is_never_split(rows: int):
    sheet = Sheet(dpi=DPI)
    sheet.paragraph(25, 40, rows=rows, points=13)
    assert [b.region for b in find_blocks(segments(sheet))] == ["body"]


def test_a_ragged_list_is_no_column():
    """Short items at the left margin with nothing beside them."""
    sheet = Sheet(dpi=DPI)
    sheet.paragraph(25, 40, rows=4, points=13)
    for k, text in enumerate(("1. Họ và tên: Trần Văn Mẫu", "2. Năm sinh: 1956", "3. Địa chỉ: xã Cam Hiếu")):
        sheet.write(text, 30, 75 + 7 * k, points=13)
    assert {b.region for b in find_blocks(segments(sheet))} == {"body"}


def test_an_empty_page_is_one_block():
    (block,) = find_blocks(segments(Sheet(dpi=DPI)))
    assert block.region == "body"


def test_a_ruled_table_is_found_and_not_taken_for_columns():
    sheet = Sheet(dpi=DPI)
    sheet.paragraph(25, 30, rows=4, points=13)
    sheet.grid(25, 70, columns=3, rows=8, wide=54, tall=9)
    for row in range(8):
        for column, text in enumerate((f"{row + 1}. Cấp giấy phép", "Sở Nội vụ", "05 ngày làm việc")):
            sheet.write(text, 29 + 54 * column, 72 + 9 * row, points=11)
    page = segments(sheet)
    (table,) = page.tables
    want = (sheet.px(25), sheet.px(70), sheet.px(25 + 3 * 54), sheet.px(70 + 8 * 9))
    assert max(abs(a - b) for a, b in zip(table, want, strict=True)) < 10
    assert {b.region for b in find_blocks(page)} == {"body"}


@pytest.mark.parametrize("kind", ["frame", "underline", "none"])
def test_frames_and_underlines_are_no_tables(kind: str):
    sheet = Sheet(dpi=DPI)
    sheet.paragraph(30, 40, rows=6, points=13)
    if kind == "frame":
        sheet.grid(15, 15, columns=1, rows=1, wide=180, tall=265)
    if kind == "underline":
        sheet.rule(70, 36, 140, 36)
    assert segments(sheet).tables == ()


def test_a_double_frame_a_little_aslant_is_no_table():
    """Its upright rules break into pieces a few pixels apart: they are two rules, not six."""
    sheet = Sheet(dpi=DPI)
    sheet.paragraph(30, 40, rows=6, points=13)
    for inset in (15, 16.6):
        x1, y1 = 210 - inset, 297 - inset
        sheet.rule(inset, inset, x1, inset)
        sheet.rule(inset, y1, x1, y1)
        sheet.rule(inset, inset, inset + 0.6, y1)
        sheet.rule(x1, inset, x1 - 0.6, y1)
    assert segments(sheet).tables == ()


def column(x0: int, x1: int, rows: int, *, top: int = 50) -> list[Segment]:
    return [Segment(x0, top + 30 * k, x1, top + 30 * k + 18) for k in range(rows)]


def test_bands_split_where_nothing_crosses():
    left, right = column(100, 480, 4), column(560, 1100, 4)
    body = column(100, 1140, 10, top=300)
    (band,) = find_bands([*left, *right, *body], width=1240, height=1754)
    assert 480 <= band.x <= 560
    assert band.y0 <= 50
    assert 158 <= band.y1 <= 300
    assert band.rows == 4


def test_a_line_across_the_gutter_ends_the_band():
    across = [Segment(300, 200, 900, 218)]
    items = [*column(100, 480, 4), *column(560, 1100, 4), *across, *column(100, 480, 3, top=240)]
    for band in find_bands(items, width=1240, height=1754):
        assert band.y1 <= 200 or band.y0 >= 218


@pytest.mark.parametrize(
    "items", [[], column(100, 1140, 12), column(100, 480, 12), column(100, 480, 1) + column(560, 900, 1)]
)
def test_no_band_without_two_columns(items: list[Segment]):
    assert find_bands(items, width=1240, height=1754) == ()


def test_a_gap_between_words_below_the_letterhead_is_no_gutter():
    """Spaces of a few lines of running text that happen to stand under one another."""
    narrow = [*column(100, 590, 5, top=600), *column(602, 1140, 5, top=600)]
    wide = [*column(100, 520, 5, top=600), *column(640, 1140, 5, top=600)]
    assert find_bands(narrow, width=1240, height=1754) == ()
    assert len(find_bands(wide, width=1240, height=1754)) == 1


def test_a_band_inside_a_band_makes_no_block_of_its_own():
    # Columns at 40 % above and below, at 62 % in the middle: the outer band reaches past the inner one.
    outer = [s for top in (100, 900) for x0, x1 in ((50, 380), (420, 900)) for s in column(x0, x1, 4, top=top)]
    inner = [s for x0, x1 in ((50, 600), (640, 900)) for s in column(x0, x1, 14, top=300)]
    page = PageSegments(1000, 1400, tuple(sorted([*outer, *inner], key=lambda s: s.y0)), (), 1.0)
    bands = find_bands(page.segments, width=1000, height=1400)
    assert any(a.y0 < b.y0 and b.y1 < a.y1 for a in bands for b in bands)  # the case at hand
    blocks = find_blocks(page)
    assert all(b.y1 > b.y0 and b.x1 > b.x0 for b in blocks)
    for s in page.segments:
        middle = ((s.x0 + s.x1) / 2, (s.y0 + s.y1) / 2)
        assert sum(b.x0 <= middle[0] < b.x1 and b.y0 <= middle[1] < b.y1 for b in blocks) == 1


def test_a_signature_without_recipients_beside_it_is_a_block_of_its_own():
    """Certificates and extracts: place and day, title and name at the lower right, nothing at the left."""
    sheet = Sheet(dpi=DPI)
    letterhead(sheet)
    sheet.paragraph(25, 60, rows=12, points=13)
    for text, x, y in (
        ("Gio Linh, ngày 12 tháng 5 năm 2024", 105, 160),
        ("CHỦ TỊCH", 130, 168),
        ("Trần Văn Mẫu", 127, 195),
    ):
        sheet.write(text, x, y, points=13)
    found = find_blocks(segments(sheet))
    assert [b.region for b in found][-2:] == ["body", "sign_right"]
    assert found[-2].y1 <= found[-1].y0 + 1
    assert found[-1].y0 < sheet.px(162) < sheet.px(197) < found[-1].y1
