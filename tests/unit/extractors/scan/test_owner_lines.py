"""The lines that name whom a paper is for are read twice, and no others."""

from extractors.scan.owner_lines import MOST, owner_lines


def chosen(*lines: str) -> list[str]:
    return [lines[k] for k in sorted(owner_lines(lines))]


def test_a_label_with_its_name_and_the_identity_number() -> None:
    assert chosen(
        "GIẤY XÁC NHẬN",
        "Ông/bà: Trần Văn Mẫu",
        "Ngày, tháng, năm sinh: 05/02/1992",
        "Giấy tờ tùy thân: CCCD số 001092000001",
        "Nơi thường trú: xã Mẫu, tỉnh Mẫu",
    ) == ["Ông/bà: Trần Văn Mẫu", "Giấy tờ tùy thân: CCCD số 001092000001"]


def test_the_line_after_a_label_that_ends_its_line() -> None:
    assert chosen("Họ và tên:", "TRẦN VĂN MẪU", "Sinh ngày 01/01/1990") == ["Họ và tên:", "TRẦN VĂN MẪU"]


def test_an_organisation_s_name_may_go_on_in_the_next_line() -> None:
    lines = ("1. Cấp cho: Công ty Cổ phần Đầu tư và Phát triển", "Hạ tầng Mẫu", "Địa chỉ: số 1 đường Mẫu.")
    assert chosen(*lines) == list(lines[:2])
    assert chosen("1. Cấp cho: Công ty TNHH Mẫu.", "Địa chỉ: số 1 đường Mẫu.") == ["1. Cấp cho: Công ty TNHH Mẫu."]


def test_the_person_of_the_first_article_and_nobody_of_the_others() -> None:
    assert chosen(
        "Xét đề nghị của ông Trần Văn Trưởng,",
        "Điều 1. Bổ nhiệm có thời hạn",
        "ông Trần Văn Mẫu, sinh năm 1970.",
        "Điều 2. Chánh Văn phòng và ông Trần Văn Hai chịu trách nhiệm thi hành.",
    ) == ["ông Trần Văn Mẫu, sinh năm 1970."]


def test_running_text_and_empty_pages_name_nobody() -> None:
    assert chosen() == []
    assert chosen("Căn cứ Luật Tổ chức chính quyền địa phương;", "Các sở, ban, ngành tổ chức thực hiện./.") == []


def test_a_list_of_many_is_not_read_twice_as_a_whole() -> None:
    lines = tuple(f"{k}. Họ và tên: Trần Văn Mẫu {k}" for k in range(1, 40))
    assert len(owner_lines(lines)) == MOST
    assert owner_lines(("Họ và tên:",)) == {0}  # nothing after it on this page
