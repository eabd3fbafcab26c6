"""Several readings of one line: the line reader leads, the page reader is heard where it knows better."""

import pytest

from extractors.scan.vote import best_text
from schemas.reading import LineReading


def page(text: str, score: float = 0.9, plane: str = "") -> LineReading:
    return LineReading("tesseract" + plane, text, score)


def row(text: str, score: float = 0.98, plane: str = "@main") -> LineReading:
    return LineReading("asterocr" + plane, text, score)


def text_of(*readings: LineReading) -> str:
    return best_text(readings)[0]


def test_the_line_reader_leads():
    said = text_of(page("Hải Dương, ngày 1Ú tháng Ì năm 2011"), row("Hải Dương, ngày 10 tháng 1 năm 2011"))
    assert said == "Hải Dương, ngày 10 tháng 1 năm 2011"


def test_one_reading_alone_is_shown():
    assert best_text([page("Số: 12/QĐ-UBND", 0.8)]) == ("Số: 12/QĐ-UBND", 0.8)
    assert best_text([row("Số: 12/QĐ-UBND", 0.8)]) == ("Số: 12/QĐ-UBND", 0.8)


def test_no_reading_is_no_text():
    assert best_text([]) == ("", 0.0)


def test_an_unsure_line_reader_gives_way_to_a_page_reader_that_makes_sense():
    assert text_of(page("Độc lập - Tự do", 0.95), row("Oec 1ap Tuzdc", 0.5)) == "Độc lập - Tự do"


def test_an_unsure_page_reader_does_not_win_with_nonsense():
    assert text_of(page("Đọe lẹp Tgh zx", 0.4), row("Độc lập - Tự do", 0.85)) == "Độc lập - Tự do"


@pytest.mark.parametrize(
    ("lead", "other", "want"),
    [
        ("ủy ban nhân dân", "ỦY BAN NHÂN DÂN", "ỦY BAN NHÂN DÂN"),
        ("Ủy Ban nhân Dân", "ỦY BAN NHÂN DÂN", "ỦY BAN NHÂN DÂN"),
        ("Ủy ban nhân dân", "Ủy ban nhân dân", "Ủy ban nhân dân"),
        ("SỞ Y TẾ", "sở y tế", "SỞ Y TẾ"),
        ("phê duyệt quy hoạch", "PHÒNG TÀI CHÍNH XYZ", "phê duyệt quy hoạch"),
    ],
)
def test_the_page_reader_knows_the_height_of_letters(lead: str, other: str, want: str):
    assert text_of(page(other), row(lead)) == want


@pytest.mark.parametrize(
    ("lead", "other", "want"),
    [
        ("vềviệc phê duyệt", "về việc phê duyệt", "về việc phê duyệt"),
        ("Sởgiáo dục", "Sở giáo dục", "Sở giáo dục"),
        ("về việc phê duyệt", "vềviệc phê duyệt", "về việc phê duyệt"),
        ("Số: 12/QĐ-UBND", "Số: 12 /QĐ -UBND", "Số: 12 /QĐ -UBND"),
    ],
)
def test_spaces_the_line_reader_loses_come_from_the_page_reader(lead: str, other: str, want: str):
    assert text_of(page(other), row(lead)) == want


@pytest.mark.parametrize(
    ("lead", "other", "want"),
    [
        ("phê duyệt qưy hoạch", "phê duyệt quy hoạch", "phê duyệt quy hoạch"),
        ("tổ chức thực hiện", "tố chức thực hiện", "tổ chức thực hiện"),
        ("tố chức thực hiện", "tổ chức thực hiện", "tổ chức thực hiện"),
    ],
)
def test_accents_come_from_whoever_writes_vietnamese(lead: str, other: str, want: str):
    assert text_of(page(other), row(lead)) == want


@pytest.mark.parametrize("other", ["Nguyễn Văn Mẩu", "Nguyễn Văn Mậu", "Nguyễn Vân Mẫu"])
def test_names_are_not_touched_for_their_accents(other: str):
    assert text_of(page(other), row("Nguyễn Văn Mẫu")) == "Nguyễn Văn Mẫu"


@pytest.mark.parametrize("other", ["Số: 2118/QĐ-UBND", "Số: 210/QĐ-UBND", "Số: 2110/QĐ-UBNO"])
def test_digits_and_notations_are_not_mixed_from_two_readers(other: str):
    assert text_of(page(other), row("Số: 2110/QĐ-UBND")) == "Số: 2110/QĐ-UBND"


def test_a_word_that_is_no_syllable_is_not_replaced_by_other_letters():
    assert text_of(page("cấp phép bán lẻ rượu"), row("cấp phép xqz lẻ rượu")) == "cấp phép xqz lẻ rượu"


def test_letters_of_the_two_readers_are_never_swapped():
    assert text_of(page("cấp phép bán lẻ thuốc"), row("cấp phép bán lẻ rượu")) == "cấp phép bán lẻ rượu"


def test_the_surest_plane_of_the_line_reader_is_taken():
    said = text_of(page("Ng yn Vn", 0.3), row("Nyuyn Vn Mu", 0.7), row("Nguyễn Văn Mẫu", 0.97, "@black"))
    assert said == "Nguyễn Văn Mẫu"


def test_the_page_readers_planes_are_not_taken_for_the_line_reader():
    said = text_of(page("Nguyễn Văn Mẫu", 0.95), page("Nguyên Văn", 0.4, "@faded"))
    assert said == "Nguyễn Văn Mẫu"


def test_the_score_is_a_share():
    for readings in (
        [page("a b", 0.2), row("a b", 0.99)],
        [page("a", 1.0)],
        [row("Sở Y tế", 0.0), page("Sở Y tế", 0.0)],
    ):
        assert 0 <= best_text(readings)[1] <= 1
