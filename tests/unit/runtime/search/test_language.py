"""Questions taken apart: what is understood, what is said about the rest."""

from __future__ import annotations

import pytest

from runtime.search.asking import strict_ask
from runtime.search.dates import read_days
from runtime.search.language import MAX_NEEDS, filter_names, understand
from runtime.search.names import other_names
from runtime.search.need import Understood
from storage.folding import fold_key
from storage.search_tables import abbreviations


def asked(query: str) -> Understood:
    return understand(query, salt=b"salt")


def words_of(query: str) -> list[str]:
    return [" ".join(need.folded) for need in asked(query).needs]


def test_quotes_bind_words_and_an_open_quote_ends_with_the_question() -> None:
    assert words_of('"đất rừng" sản xuất') == ["dat rung", "san", "xuat"]
    assert words_of("“đất rừng”") == ["dat rung"]
    assert words_of('đất "rừng sản xuất') == ["dat", "rung san xuat"]
    assert "ngoặc kép" in asked('đất "rừng').notes[0]


def test_marks_without_words_ask_for_nothing_and_say_so() -> None:
    for query in ("***", '"', '""', "(()", "- / -"):
        found = asked(query)
        assert (found.needs, found.blank) == ((), False), query
        assert found.notes, query
    assert asked("  \n").blank


def test_a_very_long_question_is_cut() -> None:
    assert len(asked(" ".join(f"t{n}" for n in range(5000))).needs) == MAX_NEEDS


@pytest.mark.parametrize(
    ("query", "labels", "words"),
    [
        ("giao đất loai:quyết định hộ nghèo", [("Loại văn bản", "Quyết định")], ["giao", "dat", "ho", "ngheo"]),
        ("type:qd giao dat", [("Loại văn bản", "Quyết định")], ["giao", "dat"]),
        ('coquan:"Sở Xây dựng" nhà', [("Cơ quan ban hành", "Sở Xây dựng")], ["nha"]),
        ("cơ quan: sở xây dựng", [("Cơ quan ban hành", "sở xây dựng")], []),
        ("ngày:8/7/2020 đất", [("Ngày ban hành", "08/07/2020")], ["dat"]),
        ("ngay:tháng 7 năm 2020 đất", [("Ngày ban hành", "tháng 7/2020")], ["dat"]),
        ("ngay:2015..2018", [("Ngày ban hành", "từ 01/01/2015 đến 31/12/2018")], []),
        ("so:2110 qd ubnd giao dat", [("Số, ký hiệu", "2110 qd ubnd")], ["giao", "dat"]),
        ("-trangthai:đạt", [("Không Trạng thái", "đạt")], []),
        ("nguoiky:le vi du chuho:may", [("Người ký", "le vi du"), ("Chủ hồ sơ", "may")], []),
    ],
)
def test_filters_take_what_belongs_to_them(query: str, labels: list[tuple[str, str]], words: list[str]) -> None:
    found = asked(query)
    assert list(found.labels) == labels
    assert [" ".join(need.folded) for need in found.needs] == words


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("loia:quyet dinh", "Có phải “loai:”"),
        ("loai:quyet dinhh", "Quyết định"),
        ("trangthai:xong", "Các giá trị: đạt"),
        ("ngay:hôm qua", "ví dụ ngay:8/7/2020"),
        ("coquan:", "chưa có giá trị"),
        ("giay*", "không có tác dụng"),
        ("-đất", "chỉ có điều loại trừ"),
        ("x" * 2000, "dài quá"),
    ],
)
def test_what_cannot_be_taken_explains_itself(query: str, said: str) -> None:
    assert said in " ".join(asked(query).notes)


def test_every_filter_has_names_of_its_own_and_an_example_that_works() -> None:
    names = [name for one in filter_names() for name in one.names]
    assert len(names) == len(set(names))
    for one in filter_names():
        found = asked(one.example.split(" hoặc ")[0])
        assert [label for label, _ in found.labels] == [one.label], one.example
        assert not found.notes, one.example


@pytest.mark.parametrize(
    "typed", ["2110/QĐ-UBND", "2110 qd ubnd", "2110/qd-ubnd", "02110/QĐ-UBND", "Số 2110  Qđ – UBND"]
)
def test_a_number_has_one_key_however_it_is_typed(typed: str) -> None:
    assert asked(typed).number == "2110qdubnd"


@pytest.mark.parametrize("typed", ["đất rừng", "2025", "quyết định 2110", "QĐ-UBND"])
def test_ordinary_words_are_no_number(typed: str) -> None:
    assert asked(typed).number is None


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("8/7/2020", (20200708, 20200708)),
        ("ngày 8 tháng 7 năm 2020", (20200708, 20200708)),
        ("2020-07-08", (20200708, 20200708)),
        ("tháng 2/2024", (20240201, 20240229)),
        ("năm 2020", (20200101, 20201231)),
        ("1/2/2015..2018", (20150201, 20181231)),
        ("từ 2015 đến 2018", (20150101, 20181231)),
        ("..2018", (1, 20181231)),
        ("2015…", (20150101, 99999999)),
        ("ngày hai mươi mốt tháng ba năm 2007", (20070321, 20070321)),
        ("ngày mùng năm tháng năm năm hai nghìn không trăm linh năm", (20050505, 20050505)),
        ("ngày 8 tháng bảy năm 2020", (20200708, 20200708)),
        ("mồng một tháng giêng năm hai ngàn hai mươi mốt", (20210101, 20210101)),
        ("ngày ba mươi mốt tháng chạp năm một nghìn chín trăm chín mươi chín", (19991231, 19991231)),
        ("tháng mười hai năm 2015", (20151201, 20151231)),
        ("năm hai nghìn không trăm mười lăm", (20150101, 20151231)),
    ],
)
def test_dates_as_people_write_them(text: str, days: tuple[int, int]) -> None:
    found = read_days(text, alone=True)
    assert found is not None
    assert (found.first, found.last) == days


@pytest.mark.parametrize(
    "text",
    [
        "31/2/2020",
        "2110/QĐ",
        "0/7/2020",
        "13/2020",
        "ngày mai",
        "2020/QH14",
        "ngày hai mươi mốt",
        "ngày ba mươi mốt tháng hai năm 2007",
        "năm hai nghìn chín trăm",
    ],
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert read_days(text, alone=True) is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("tỉnh Quảng Bình", "quang tri"),
        ("quang binh", "quang tri"),
        ("thị trấn Hồ Xá", "xa vinh linh"),
        ("Sở Kế hoạch và Đầu tư", "so tai chinh"),
    ],
)
def test_old_names_lead_to_new_ones_and_back(old: str, new: str) -> None:
    words = tuple(fold_key(old).split())
    assert new in [" ".join(other.words) for other in other_names(words)]
    kind = ("tinh",) if len(new.split()) == 2 and "tai" not in new else ()
    back = other_names((*kind, *new.split()))
    assert any(set(other.words) <= set(words) | {"tinh"} for other in back)


def test_an_ordinary_word_is_not_taken_for_a_province() -> None:
    assert other_names(("hoa", "binh")) == ()
    assert other_names(("tinh", "hoa", "binh")) != ()


def test_no_abbreviation_stands_for_two_things() -> None:
    shorts = [short for one in abbreviations() for short in one.shorts]
    assert len(shorts) == len(set(shorts))
    assert len({one.token for one in abbreviations()}) == len(abbreviations())


def test_weights_of_one_question_stay_apart() -> None:
    """The rank of a hit is multiplied with something below 1.0015 for its date: no sum of weights may be larger than
    that lets whole numbers stay apart."""
    ask = strict_ask(asked("2110/QĐ-UBND giao đất ông Nguyễn Văn Thử tỉnh Quảng Bình 2015"), (), sort="relevance")
    assert 1 + sum(bonus.weight for bonus in ask.bonuses) < 600
