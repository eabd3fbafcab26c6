"""The end of a plan whose blocks nothing shows: where it begins, who signs, for whom."""

from __future__ import annotations

import pytest

from extractors.plan.ending import Ending, read_ending
from extractors.plan.outline import read_outline
from extractors.plan.paragraphs import Paragraph, read_paragraphs
from schemas.reading import Reading


def ending_of(*lines: str) -> tuple[list[str], Ending]:
    """(what is left of the text, its end) of a plan as typed, one paragraph a line."""
    outline = read_outline(read_paragraphs(Reading((), "test", sheets=(lines,))))
    return [e.text for e in outline.entries], read_ending(outline.closing)


@pytest.mark.parametrize(
    ("lines", "agency", "title"),
    [
        (("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"), "ỦY BAN NHÂN DÂN", "CHỦ TỊCH"),
        (("TM. ỦY BAN NHÂN DÂN CHỦ TỊCH",), "ỦY BAN NHÂN DÂN", "CHỦ TỊCH"),
        (("TM. ỦY BAN NHÂN DÂN KT. CHỦ TỊCH PHÓ CHỦ TỊCH",), "ỦY BAN NHÂN DÂN", "PHÓ CHỦ TỊCH"),
        (("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"), None, "PHÓ GIÁM ĐỐC"),
        (("KT. GIÁM ĐỐC PHÓ GIÁM ĐỐC",), None, "PHÓ GIÁM ĐỐC"),
    ],
)
def test_who_signs_also_where_capitals_ran_together(lines: tuple[str, ...], agency: str | None, title: str) -> None:
    rows = [Paragraph(text, []) for text in (*lines, "Trần Thị Mẫu")]
    found = read_ending(rows)
    assert (found.agency, found.title, found.signer) == (agency, title, "Trần Thị Mẫu")


def test_recipients_begin_a_paragraph_and_end_the_duties() -> None:
    body, found = ending_of(
        "KẾ HOẠCH", "I. NHIỆM VỤ", "1. Rà soát kết quả của các lĩnh vực còn hiệu lực và báo cáo.",
        "2. Số hóa kết quả của các lĩnh vực còn hiệu lực theo thứ tự.",
        "3. Bố trí máy quét và người làm ở Bộ phận Một cửa của xã này.",
        "4. Tập huấn cho công chức của xã về chữ ký số và lưu trữ số.", "II. TỔ CHỨC THỰC HIỆN", "1. Văn phòng",
        "Chủ trì theo dõi, đôn đốc việc thực hiện Kế hoạch này của xã.", "Nơi nhận:", "- Như trên;", "- Lưu: VT.",
        "TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH", "Trần Thị Mẫu",
    )  # fmt: skip
    assert "Chủ trì theo dõi" in body[-1]
    assert found == Ending(("Như trên;", "Lưu: VT."), "CHỦ TỊCH", "Trần Thị Mẫu", "ỦY BAN NHÂN DÂN")
