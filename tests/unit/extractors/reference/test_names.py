"""Names of people and the structure of syllables."""

import pytest

from extractors.reference import name_score, valid_syllable
from extractors.reference.names import strip_ranks

GOOD = (
    "uỷ ủy hoà hòa quý Nguyễn gìn giêng giếc quốc quyết huỳnh thuý khuya quơ y giữa gì toàn thuở nguyệt khuỷu nghiêng"
)
BAD = "nghành xyz căc Eáo kà ngi gê bt đ ă hoaà thậịt tac mich"


@pytest.mark.parametrize("syllable", GOOD.split())
def test_good_syllables(syllable):
    assert valid_syllable(syllable)


@pytest.mark.parametrize("syllable", BAD.split())
def test_bad_syllables(syllable):
    assert not valid_syllable(syllable)


@pytest.mark.parametrize(
    "name", ["Trần Thị Kim Oanh", "Lê Văn Phúc", "NGUYỄN HỮU HÙNG", "Đặng Thái Sơn", "Tống Thanh Hải"]
)
def test_names_score_high(name):
    assert name_score(name) >= 0.7


@pytest.mark.parametrize(
    "text",
    [
        "Nơi nhận",
        "Giám đốc",
        "Sở Y tế",
        "Quảng Trị",
        "Chủ Tịch",
        "12 tháng 5",
        "Nguyễn",
        "Như Điều 3",
        "trần văn an",
        "",
    ],
)
def test_other_lines_score_low(text):
    assert name_score(text) < 0.5


def test_a_misread_syllable_costs():
    assert name_score("Trần Thị Kìmb Oanh") < name_score("Trần Thị Kim Oanh") - 0.2


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("ThS. Lê Văn Phúc", "Lê Văn Phúc"),
        ("PGS.TS. Lê Văn Phúc", "Lê Văn Phúc"),
        ("BS.CKII Lê Văn Phúc", "Lê Văn Phúc"),
        ("Đại tá Lê Văn Phúc", "Lê Văn Phúc"),
        ("Lê Văn Phúc", "Lê Văn Phúc"),
    ],
)
def test_ranks_before_a_name(line, name):
    assert strip_ranks(line) == name
