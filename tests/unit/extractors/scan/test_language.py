"""Accents judged by their neighbours: put right only with evidence, and never on names, capitals or numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.fields.wording import DOUBT_GAIN, SURE_GAIN
from extractors.scan.language import accent_doubts, better_accents, likelihood, mend_accents
from schemas.text import bare

CORRECT = [
    "Về việc phê duyệt kế hoạch cải cách hành chính nhà nước",
    "Về việc cho phép chuyển mục đích sử dụng đất",
    "Căn cứ Luật Tổ chức chính quyền địa phương ngày 19 tháng 6 năm 2015",
    "về việc ban hành quy chế tổ chức và hoạt động của Văn phòng",
    "tổ chức thực hiện các nhiệm vụ được giao theo quy định của pháp luật",
    "Công nhận kết quả thi tuyển công chức năm 2021",
]
MISREAD = [
    ("về việc tố chức thực hiện", "về việc tổ chức thực hiện"),
    ("theo quy đinh của pháp luật", "theo quy định của pháp luật"),
    ("Về việc phê duyệt kế hoach cải cách hành chính", "Về việc phê duyệt kế hoạch cải cách hành chính"),
]


@pytest.mark.parametrize("text", CORRECT)
def test_correct_text_stays(text: str):
    assert mend_accents(text, least=SURE_GAIN) == text
    assert [w for _, w, gain in accent_doubts(text) if gain >= DOUBT_GAIN] == []


@pytest.mark.parametrize(("misread", "right"), MISREAD)
def test_a_misread_accent_is_at_least_doubted(misread: str, right: str):
    gains = [(better, gain) for _, better, gain in accent_doubts(misread)]
    assert max(gain for _, gain in gains) >= DOUBT_GAIN
    assert mend_accents(misread, least=DOUBT_GAIN) == right


@pytest.mark.parametrize(
    "text",
    [
        "Nguyễn Văn Mẩu",
        "công nhận ông Trần Vỹ Dạ",
        "tại xã Cam Hiếu, huyện Cam Lộ",
        "SỚ Y TÊ TỈNH QUẢNG TRI",
        "Số: 2110/QĐ-UBND",
        "QĐ 12 ngày 08/7/2019",
    ],
)
def test_names_capitals_and_numbers_are_left_alone(text: str):
    assert mend_accents(text, least=SURE_GAIN) == text


@given(st.text(alphabet="aáàảãạăâbcdđeéêghiíklmnoóôơpqrstuúưvxyý AĐ1,.", max_size=60))
def test_mending_changes_accents_only(text: str):
    text = " ".join(text.split())
    after = mend_accents(text, least=DOUBT_GAIN)
    assert bare(after) == bare(text)
    assert [w.isupper() for w in after.split()] == [w.isupper() for w in text.split()]


@pytest.mark.parametrize("word", ["định", "xyz", "đ"])
def test_a_word_without_neighbours_is_not_judged(word: str):
    assert accent_doubts(word) == []
    assert mend_accents(word, least=0.0) == word


def test_no_gain_over_the_likeliest():
    assert better_accents("quy", "định", "của") is None
    better = better_accents("quy", "đinh", "của")
    assert better is not None
    assert better[0] == "định"
    assert better[1] == pytest.approx(likelihood("quy", "định", "của") - likelihood("quy", "đinh", "của"))


def test_a_capital_at_the_beginning_stays_a_capital_and_marks_stay():
    mended = mend_accents("Tố chức thực hiện; theo quy đinh, của pháp luật.", least=DOUBT_GAIN)
    assert mended == "Tổ chức thực hiện; theo quy định, của pháp luật."
