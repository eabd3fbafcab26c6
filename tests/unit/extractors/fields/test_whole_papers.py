"""Rules that only show on a whole paper: invented ones as text files, read and understood as any other."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from extractors.intake.sniff import MediaType
from extractors.pdf.office import read_office
from extractors.understand import understand
from schemas.extraction import Fields

HEAD = """ỦY BAN NHÂN DÂN                    CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
TỈNH QUẢNG NINH                        Độc lập - Tự do - Hạnh phúc
Số: 130/{code}            {date}
"""


def fields(tmp_path: Path, code: str, body: str, *, dated: bool = True) -> Fields:
    path = tmp_path / "giay-to.txt"
    head = HEAD.format(code=code, date="Quảng Ninh, ngày 15 tháng 7 năm 2026" if dated else "")
    path.write_text(head + "\n" + body, encoding="utf-8")
    return understand(read_office(path, MediaType.TXT), today=date(2027, 1, 1)).fields


def test_who_stands_for_a_company_is_not_whom_the_paper_is_for(tmp_path: Path) -> None:
    body = """                         QUYẾT ĐỊNH
        Về việc xử phạt vi phạm hành chính

Căn cứ Luật Xây dựng ngày 18 tháng 6 năm 2014;
                         QUYẾT ĐỊNH:
Điều 1. Xử phạt vi phạm hành chính đối với tổ chức có tên sau đây: Công ty TNHH Hưng
Lợi. Địa chỉ trụ sở chính: thôn Đông. Người đại diện theo pháp luật: ông Lò Đắc Cường.
"""
    assert fields(tmp_path, "QĐ-UBND", body).owner_name.value == "Công ty TNHH Hưng Lợi"


def test_the_date_of_a_law_is_not_the_papers(tmp_path: Path) -> None:
    body = """                         GIẤY PHÉP
                   Khai thác nước dưới đất

- Căn cứ Luật Tài nguyên nước ngày 27 tháng 11 năm 2023;
                         CẤP PHÉP:
Điều 1. Cấp cho: Công ty TNHH Nhật Tân
"""
    found = fields(tmp_path, "GP-UBND", body, dated=False)
    assert found.issued_date.value is None
    assert found.place.value is None


@pytest.mark.parametrize(
    "opening",
    [
        "Từ ngày 09/09/2015 đến ngày 22/05/2017, Đoàn kiểm tra theo Quyết định số 46/QĐ-UBND\n"
        "đã tiến hành kiểm tra tại 8 cơ quan, đơn vị.",
        "ủy ban nhân dân tỉnh Quảng Ninh thông báo kết quả với các nội dung như sau:",
    ],
)
def test_a_subject_ends_where_the_body_opens(tmp_path: Path, opening: str) -> None:
    body = f"""                         THÔNG BÁO
        Kết quả kiểm tra công tác cải cách hành chính
                        quý III năm 2025
{opening}
1. Yêu cầu các cơ quan nghiêm túc xin lỗi tổ chức, cá nhân.
"""
    summary = fields(tmp_path, "TB-UBND", body).summary
    assert summary.value == "Kết quả kiểm tra công tác cải cách hành chính quý III năm 2025"


def test_a_subject_cut_in_the_middle_of_a_sentence_is_not_sure(tmp_path: Path) -> None:
    body = """                         QUYẾT ĐỊNH
          Về việc điều chỉnh Quyết định số 1810/QĐ-UBND
             ngày 7/12/2002 về việc cấp Giấy

chứng nhận quyền sử dụng đất cho bà Lê Thị Mỹ
CHỦ TỊCH ỦY BAN NHÂN DÂN TỈNH QUẢNG NINH
- Căn cứ Luật Đất đai ngày 26/11/2003;
"""
    summary = fields(tmp_path, "QĐ-UBND", body).summary
    assert summary.needs_review or str(summary.value).endswith("Lê Thị Mỹ")


def test_a_given_name_that_is_also_a_word_of_forms_stays(tmp_path: Path) -> None:
    body = """                         GIẤY CHỨNG NHẬN
              Cơ sở đủ điều kiện an toàn thực phẩm

Cơ sở: HỘ KINH DOANH THÁI THỊ SINH
Chủ cơ sở: Thái Thị Sinh
"""
    assert fields(tmp_path, "ATTP-UBND", body).owner_name.value == "HỘ KINH DOANH THÁI THỊ SINH"


def test_a_term_in_the_last_line_over_the_signature_is_found(tmp_path: Path) -> None:
    body = """                         GIẤY CHỨNG NHẬN
              Cơ sở đủ điều kiện an toàn thực phẩm

Cơ sở: Quán ăn Tân Phát
- Dịch vụ ăn uống.
             Giấy chứng nhận có hiệu lực đến ngày 03 tháng 6 năm 2029./.
                                        GIÁM ĐỐC

                                        Thái Thế Anh
"""
    assert fields(tmp_path, "ATTP-UBND", body).valid_to.value == "2029-06-03"


def test_a_typed_notation_keeps_its_letters(tmp_path: Path) -> None:
    body = """          CHỨNG CHỈ HÀNH NGHỀ MÔI GIỚI BẤT ĐỘNG SẢN
Họ và tên: Ngô Duy Tiếp
"""
    assert fields(tmp_path, "ĐT-CCMG", body).doc_number.value == "130/ĐT-CCMG"


def test_a_type_set_in_letters_apart_is_no_line_of_the_agency(tmp_path: Path) -> None:
    path = tmp_path / "bien-ban.txt"
    path.write_text(
        """ỦY BAN NHÂN DÂN                    CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
TỈNH QUẢNG NINH                        Độc lập - Tự do - Hạnh phúc
B I Ê N              Quảng Ninh, ngày 15 tháng 7 năm 2006
                  B Ả N
Bàn giao mốc giới khu đất thực hiện dự án
""",
        encoding="utf-8",
    )
    found = understand(read_office(path, MediaType.TXT), today=date(2027, 1, 1)).fields
    assert found.issuing_agency_name.value == "ỦY BAN NHÂN DÂN TỈNH QUẢNG NINH"


@pytest.mark.parametrize(("name", "sure"), [("Huỳnh Thị", False), ("Huỳnh Thị Vân", True)])
def test_a_name_that_ends_with_its_middle_is_not_sure(tmp_path: Path, name: str, sure: bool) -> None:
    body = f"""                         QUYẾT ĐỊNH
          Về việc giải quyết khiếu nại lần đầu

                         QUYẾT ĐỊNH:
Điều 1. Giải quyết khiếu nại của bà {name}, sinh năm 1960.
"""
    assert fields(tmp_path, "QĐ-UBND", body).owner_name.needs_review is not sure


def test_an_office_that_ends_with_the_word_for_plan_makes_no_plan(tmp_path: Path) -> None:
    path = tmp_path / "giay.txt"
    path.write_text(
        """UBND QUẬN SƠN TRÀ
PHÒNG TÀI CHÍNH
- KẾ HOẠCH
Số: 44F8502024
ĐĂNG KÝ HỘ KINH DOANH
1. Tên hộ kinh doanh: Quán ăn Hồng Hà
""",
        encoding="utf-8",
    )
    found = understand(read_office(path, MediaType.TXT), today=date(2027, 1, 1))
    assert found.kind != "plan"
    assert found.fields.doc_type.value != "ke_hoach"


@pytest.mark.parametrize(("first", "sure"), [("", False), ("Kết quả ", True), ("V/v ", True)])
def test_a_subject_that_begins_small_lost_its_first_word(tmp_path: Path, first: str, sure: bool) -> None:
    body = f"""                         BÁO CÁO
        {first}công tác kiểm soát thủ tục hành chính quý II năm 2002

Căn cứ Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025;
"""
    assert fields(tmp_path, "BC-UBND", body).summary.needs_review is not sure
