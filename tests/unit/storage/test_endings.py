"""What a paper says of the end of others: whole papers only, by their number, with the day where one is said."""

from __future__ import annotations

import pytest

from schemas.extraction import Citation, CitationSource, Fields, FieldValue
from schemas.record import Process, Record, Source
from storage.endings import endings_of

NUMBER = "12/QĐ-UBND"


def record_of(text: str, *numbers: str, own: str = "99/QĐ-UBND") -> Record:
    """A record that cites the numbers where they stand in the text."""
    cited = []
    for number in numbers:
        for at, line in enumerate(text.split("\n"), 1):
            if (start := line.find(number)) >= 0:
                place = CitationSource(page=1, line=at, start=start, end=start + len(number))
                cited.append(Citation(kind="quyet_dinh", number_printed=number, number_canonical=number, source=place))
                break
    return Record(
        record_id="0" * 20, status="accepted", citations=tuple(cited), fields=Fields(doc_number=FieldValue(value=own)),
        source=Source(name="a", sha256="0" * 64, size=1, media_type="text/plain", page_count=1),
        process=Process(engine="t", rule_version="1", seconds=1.0),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "kind", "since"),
    [
        (f"Điều 1. Thu hồi Quyết định số {NUMBER} ngày 01/3/2024.", "bi_thu_hoi", None),
        (f"Bãi bỏ toàn bộ Quyết định số {NUMBER} ngày 01/3/2024 của Ủy ban nhân dân xã A.", "bi_thu_hoi", None),
        (f"Hủy bỏ Giấy chứng nhận cơ sở đủ điều kiện an toàn thực phẩm số {NUMBER}", "bi_thu_hoi", None),
        (f"Quyết định này có hiệu lực và thay thế Quyết định số {NUMBER} ngày 01/3/2024.", "bi_thay_the", None),
        (f"Quyết định này thay thế\nQuyết định số\n{NUMBER} ngày 01/3/2024", "bi_thay_the", None),
        (f"Quyết định số {NUMBER} hết hiệu lực kể từ ngày 01/7/2026.", "bi_thu_hoi", "2026-07-01"),
        (f"Quyết định số {NUMBER} được thay thế bởi Quyết định này.", "bi_thay_the", None),
        (f"Thu hồi Giấy phép kinh doanh vận tải bằng xe ô tô số {NUMBER} kể từ ngày 15 tháng 8 năm 2026", "bi_thu_hoi",
         "2026-08-15"),
        (f"Thay thế các Quyết định số 11/QĐ-UBND ngày 02/01/2023 và Quyết định số {NUMBER}", "bi_thay_the", None),
    ],
)  # fmt: skip
def test_a_whole_paper_is_ended(text: str, kind: str, since: str | None) -> None:
    assert [(e.kind, e.number, e.since) for e in endings_of(record_of(text, NUMBER), text)] == [(kind, NUMBER, since)]


@pytest.mark.parametrize(
    "text",
    [
        f"Căn cứ Quyết định số {NUMBER} ngày 01/3/2024 về việc thu hồi giấy phép;",
        f"Bãi bỏ khoản 2 Điều 3 Quyết định số {NUMBER}",
        f"Bãi bỏ một phần Quyết định số {NUMBER}",
        f"Thay thế Phụ lục I ban hành kèm theo Quyết định số {NUMBER}",
        f"Sửa đổi, bổ sung Quyết định số {NUMBER}",
        f"Thu hồi 200 m2 đất đã giao tại Quyết định số {NUMBER}",
        f"Thu hồi đất của hộ ông A theo Quyết định số {NUMBER}",
        f"Quyết định số 5/QĐ-UBND được thay thế bởi Quyết định số {NUMBER}",
        f"Quyết định số 5/QĐ-UBND đã bị bãi bỏ theo Quyết định số {NUMBER}",
        f"Thu hồi Quyết định cũ. Thực hiện Quyết định số {NUMBER}",
        f"Theo Quyết định số {NUMBER}, giấy phép bị thu hồi.",
    ],
)
def test_what_is_changed_in_part_or_only_named_goes_on(text: str) -> None:
    assert endings_of(record_of(text, NUMBER), text) == ()


@pytest.mark.parametrize(
    ("text", "since"),
    [
        (f"Điều 1. Khôi phục hiệu lực của Quyết định số {NUMBER} ngày 01/3/2024.", None),
        (f"Khôi phục hiệu lực pháp lý đối với Giấy phép hành nghề số {NUMBER}", None),
        (f"Phục hồi hiệu lực thi hành Giấy chứng nhận số {NUMBER}", None),
        (f"Giấy phép số {NUMBER} được khôi phục hiệu lực kể từ ngày 01/7/2026.", "2026-07-01"),
        (f"Quyết định số {NUMBER} tiếp tục có hiệu lực", None),
        (f"Hủy bỏ Quyết định số 5/QĐ-UBND và khôi phục hiệu lực Giấy phép số {NUMBER}", None),
    ],
)
def test_a_whole_paper_is_restored(text: str, since: str | None) -> None:
    assert [(e.kind, e.since) for e in endings_of(record_of(text, NUMBER), text)] == [("khoi_phuc", since)]


def test_what_a_revoked_paper_was_about_is_not_revoked_again() -> None:
    other = "05/QĐ-UBND"
    text = f"Hủy bỏ Quyết định số {other} ngày 01/3/2025 của UBND xã về việc thu hồi Giấy phép số {NUMBER}"
    assert [(e.kind, e.number) for e in endings_of(record_of(text, other, NUMBER), text)] == [("bi_thu_hoi", other)]
    title = f"Số: 99/QĐ-UBND\nAn Hòa, ngày 02 tháng 3 năm 2026\nQUYẾT ĐỊNH\nVề việc thu hồi Giấy phép số {NUMBER}"
    assert [e.kind for e in endings_of(record_of(title, NUMBER), title)] == ["bi_thu_hoi"]


def test_restoring_a_site_restores_no_paper() -> None:
    text = f"Yêu cầu khôi phục hiện trạng theo Quyết định số {NUMBER}"
    assert endings_of(record_of(text, NUMBER), text) == ()


def test_a_paper_does_not_end_itself() -> None:
    text = f"Quyết định số {NUMBER} hết hiệu lực sau 01 năm."
    assert endings_of(record_of(text, NUMBER, own=NUMBER), text) == ()
