"""Citations in running text: numbers, kinds, dates, issuers, anomalies, and their place in the line as read."""

import unicodedata

import pytest

from extractors.citations import find_citations
from schemas.geometry import Box
from schemas.reading import Line, PageReading, Reading, Word


def reading_of(*lines: str, region: str = "body") -> Reading:
    box = Box(0.1, 0.1, 0.9, 0.12)
    made = tuple(
        Line(tuple(Word(w, box, 1.0, "pdf_text") for w in text.split(" ")), region)  # type: ignore[arg-type]
        for text in lines
    )
    return Reading((PageReading(1, 595, 842, made, "pdf_text"),), engine="test")


def only(*lines: str):
    (found,) = find_citations(reading_of(*lines))
    return found


def test_a_letter_with_date_and_issuer():
    line = "Thực hiện Công văn số 3759/BNV-CCHC ngày 02 tháng 8 năm 2021 của Bộ Nội vụ về việc hướng dẫn"
    found = only(line)
    assert (found.kind, found.number_printed, found.number_canonical) == ("cong_van", "3759/BNV-CCHC", "3759/BNV-CCHC")
    assert (found.date_printed, found.date_canonical) == ("02 tháng 8 năm 2021", "2021-08-02")
    assert found.issuer == "Bộ Nội vụ"
    assert (found.source.page, found.source.line) == (1, 1)
    assert line[found.source.start : found.source.end] == "3759/BNV-CCHC"


@pytest.mark.parametrize(
    ("printed", "canonical", "kind", "anomaly"),
    [
        ("01-NQ-TU", "01-NQ/TU", "nghi_quyet", "wrong_separator"),
        ("01/NQ-TU", "01-NQ/TU", "nghi_quyet", "wrong_separator"),
        ("23/CT/TTg", "23/CT-TTg", "chi_thi", "wrong_separator"),
        ("45/2020-NĐ-CP", "45/2020/NĐ-CP", "nghi_dinh", "wrong_separator"),
        ("226/2016/TTBTC", "226/2016/TT-BTC", "thong_tu", "wrong_separator"),
        ("120/2016/ND-CP", "120/2016/NĐ-CP", "nghi_dinh", "misspelt_notation"),
    ],
)
def test_printed_and_canonical_forms(printed, canonical, kind, anomaly):
    found = only(f"theo văn bản số {printed} đã ban hành")
    assert (found.number_printed, found.number_canonical, found.kind) == (printed, canonical, kind)
    assert anomaly in found.anomalies


def test_capitals_are_no_anomaly():
    found = only("Chỉ thị 23/CT-TTG ngày 2/9/2021 của Thủ tướng Chính phủ")
    assert found.number_canonical == "23/CT-TTg"
    assert found.issuer == "Thủ tướng Chính phủ"
    assert "wrong_separator" not in found.anomalies
    assert "misspelt_notation" not in found.anomalies


def test_known_documents_are_resolved_and_their_dates_compared():
    right = only("Nghị định số 45/2020/NĐ-CP ngày 08/4/2020 của Chính phủ")
    assert (right.resolved, right.anomalies) == (True, ())
    wrong = only("Nghị định số 45/2020/NĐ-CP ngày 08/4/2010 của Chính phủ")
    assert "date_mismatch" in wrong.anomalies
    assert wrong.date_canonical == "2010-04-08"
    assert wrong.number_canonical == "45/2020/NĐ-CP"


def test_unknown_central_documents_are_named_unknown_and_local_ones_are_not():
    assert "unknown" in only("Nghị định số 999/1999/NĐ-CP của Chính phủ").anomalies
    local = only("Quyết định số 98765/QĐ-UBND của UBND tỉnh")
    assert (local.resolved, local.anomalies, local.issuer) == (False, (), "UBND tỉnh")


def test_a_date_that_cannot_be():
    found = only("Thông tư số 16/2020/TT-BTNMT ngày 31/02/2020")
    assert found.date_canonical is None
    assert found.date_printed == "31/02/2020"
    assert "impossible_date" in found.anomalies


def test_date_and_issuer_on_the_next_line():
    found = only("Căn cứ Nghị định số 45/2020/NĐ-CP ngày", "08 tháng 4 năm 2020 của Chính phủ;")
    assert (found.date_canonical, found.issuer, found.source.line) == ("2020-04-08", "Chính phủ", 1)


def test_a_number_over_a_line_end_says_so():
    found = only("Căn cứ Nghị định số 45/2020/", "NĐ-CP ngày 08/4/2020")
    assert found.number_canonical == "45/2020/NĐ-CP"
    assert "split_line" in found.anomalies
    assert (found.source.line, found.source.start, found.source.end) == (1, 20, 28)


def test_laws_with_and_without_numbers():
    both = find_citations(
        reading_of(
            "Căn cứ Luật Lưu trữ số 33/2024/QH15;",
            "Căn cứ Luật Tổ chức chính quyền địa phương ngày 19 tháng 6 năm 2015;",
        )
    )
    assert [(c.kind, c.number_canonical, c.date_canonical) for c in both] == [
        ("luat", "33/2024/QH15", None),
        ("luat", None, "2015-06-19"),
    ]
    assert "Căn cứ Luật Tổ chức chính quyền địa phương"[both[1].source.start :].startswith("Luật Tổ chức")


def test_the_documents_own_number_is_no_citation():
    assert find_citations(reading_of("Số: 2110/QĐ-UBND", region="header_left")) == ()


def test_stamps_are_not_read():
    assert find_citations(reading_of("ĐẾN số 12/QĐ-UBND", region="stamp")) == ()


@pytest.mark.parametrize(
    "text",
    [
        "giai đoạn 2021-2025",
        "ngày 15/7/2021",
        "tỷ lệ 30/70",
        "TCVN 7322:2009",
        "3/4 hồ sơ TTHC",
        "phòng 12/Nam",
        "km 12-QL1",
    ],
)
def test_other_numbers_are_no_citations(text):
    assert find_citations(reading_of(text)) == ()


def test_decomposed_letters_keep_their_places():
    line = unicodedata.normalize("NFD", "Thực hiện Nghị định số 45/2020/NĐ-CP của Chính phủ")
    found = only(line)
    assert line[found.source.start : found.source.end] == found.number_printed
    assert found.number_canonical == "45/2020/NĐ-CP"
    assert found.issuer == "Chính phủ"


def test_several_on_one_line_come_in_order():
    found = find_citations(
        reading_of("Nghị định số 107/2020/NĐ-CP, Nghị định số 108/2020/NĐ-CP và Kế hoạch số 84-KH/TU")
    )
    assert [c.number_canonical for c in found] == ["107/2020/NĐ-CP", "108/2020/NĐ-CP", "84-KH/TU"]
    assert [c.kind for c in found] == ["nghi_dinh", "nghi_dinh", "ke_hoach"]
