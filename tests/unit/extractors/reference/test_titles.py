"""Titles and capacities of signers."""

import pytest

from extractors.reference import capacity_fits, snap_capacity, snap_title
from extractors.reference.data import toml_table


@pytest.mark.parametrize(
    ("read", "value", "key"),
    [
        ("PHÓ CHỦ TICH", "PHÓ CHỦ TỊCH", "PHÓ CHỦ TỊCH"),
        ("PHÓ CHỦ TỊCH THƯỜNG TRƯC", "PHÓ CHỦ TỊCH THƯỜNG TRỰC", "PHÓ CHỦ TỊCH THƯỜNG TRỰC"),
        ("THỨ TRUỞNG", "THỨ TRƯỞNG", "THỨ TRƯỞNG"),
        ("VỤ TRƯỞNG VỤ GIÁO DUC TRUNG HỌC", "VỤ TRƯỞNG VỤ GIÁO DỤC TRUNG HỌC", "VỤ TRƯỞNG"),
        ("Phó Giám đốc", "Phó Giám đốc", "PHÓ GIÁM ĐỐC"),
        ("VIỆN TRƯỞNG", "VIỆN TRƯỞNG", "VIỆN TRƯỞNG"),
    ],
)
def test_titles_are_put_right(read, value, key):
    match = snap_title(read)
    assert match is not None
    assert (match.value, match.key) == (value, key)


@pytest.mark.parametrize("line", ["Nguyễn Văn An", "Nơi nhận:", "", "ỦY BAN NHÂN DÂN"])
def test_other_lines_are_no_titles(line):
    assert snap_title(line) is None


@pytest.mark.parametrize(
    ("read", "value", "mark", "whom"),
    [
        ("KT. CHỦ TICH", "KT. CHỦ TỊCH", "KT.", "CHỦ TỊCH"),
        ("KT.GIÁM ĐÔC", "KT.GIÁM ĐỐC", "KT.", "GIÁM ĐỐC"),
        ("TM. UỶ BAN NHÂN DẦN", "TM. UỶ BAN NHÂN DÂN", "TM.", "ỦY BAN NHÂN DÂN"),
        ("TL, BỘ TRƯỞNG", "TL. BỘ TRƯỞNG", "TL.", "BỘ TRƯỞNG"),
        ("TUQ. GIÁM ĐỐC", "TUQ. GIÁM ĐỐC", "TUQ.", "GIÁM ĐỐC"),
        ("TM. BAN THƯỜNG VU", "TM. BAN THƯỜNG VỤ", "TM.", "BAN THƯỜNG VỤ"),
    ],
)
def test_capacities_are_put_right_with_their_printed_spacing(read, value, mark, whom):
    match = snap_capacity(read)
    assert match is not None
    assert (match.value, match.mark, match.object) == (value, mark, whom)


def test_a_title_without_mark_is_no_capacity():
    assert snap_capacity("CHỦ TỊCH") is None
    assert snap_capacity("KT.") is None


@pytest.mark.parametrize(
    ("capacity", "title", "agency", "fit"),
    [
        ("KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH", "ỦY BAN NHÂN DÂN TỈNH LAI CHÂU", "fits"),
        ("KT. BỘ TRƯỞNG", "THỨ TRƯỞNG", "BỘ GIÁO DỤC VÀ ĐÀO TẠO", "fits"),
        ("KT. CHỦ TỊCH", "CHỦ TỊCH", "ỦY BAN NHÂN DÂN TỈNH LAI CHÂU", "conflict"),
        ("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH", "ỦY BAN NHÂN DÂN THÀNH PHỐ CẦN THƠ", "fits"),
        ("TL. BỘ TRƯỞNG", "VỤ TRƯỞNG VỤ GIÁO DỤC TRUNG HỌC", "BỘ GIÁO DỤC VÀ ĐÀO TẠO", "fits"),
        ("TL. BỘ TRƯỞNG", "BỘ TRƯỞNG", "BỘ Y TẾ", "conflict"),
        (None, "GIÁM ĐỐC", "SỞ Y TẾ", "fits"),
        (None, "PHÓ GIÁM ĐỐC", "SỞ Y TẾ", "unknown"),
        (None, None, "SỞ Y TẾ", "unknown"),
        ("KT. CHỦ TỊCH", None, None, "unknown"),
    ],
)
def test_capacity_title_and_agency(capacity, title, agency, fit):
    assert capacity_fits(capacity, title, agency) == fit


def test_every_pair_of_the_table_fits():
    for row in toml_table("titles.toml")["pair"]:
        for deputy in row["deputy"]:
            assert capacity_fits(f"KT. {row['chief']}", deputy, None) == "fits", (row["chief"], deputy)
