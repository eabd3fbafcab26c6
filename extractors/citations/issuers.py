"""Cơ quan ban hành of a cited document: who is named right behind number and date."""
# ruff: noqa: E501 -- patterns are kept whole

from __future__ import annotations

import re

from extractors.reference.phrase_index import PhraseHit

_BY = re.compile(
    r"\s*,?\s*(?:của|do)\s+(?:(?:Bộ trưởng|Chủ tịch|Thống đốc|Giám đốc|Tổng Kiểm toán|Chủ nhiệm)\s+(?=[A-ZĐỦ]))?"
)
_AFTER_UNIT = re.compile(r"\s+(tỉnh|thành phố|huyện|xã)(?![\w])")
# A body that no table holds: its first word, then names up to the verb that follows.
_LEAD = (
    r"(?:Ban Thường vụ|Ban Chấp hành|Ban Bí thư|Ban Chỉ đạo|Bộ Chính trị|Hội nghị|Trung ương|Tỉnh|Tinh|Thành|Huyện|Quận|"
    r"Thị|Đảng|Bộ|Sở|Ban|Cục|Tổng cục|Vụ|Văn phòng|[ỦU][ỷyỦY] ban|UBND|HĐND|Hội|Hội đồng|Liên|Viện|Kho bạc|Bảo hiểm|"
    r"Kiểm toán|Ngân hàng|Tòa án|Công an|Thanh tra|Chi cục|Phòng|Trường|Trung tâm|Tập đoàn|Quốc hội)"
)
_STOP = (
    r"(?=\s*(?:[,;.:()\n]|$|\b(?:về|ban hành|quy định|hướng dẫn|sửa đổi|phê duyệt|công bố|trong|tại|nhằm|đã|được|để|thì|"
    r"đến|theo|là|bãi bỏ|thay thế|triển khai|có hiệu lực|hết hiệu lực|giao|năm \d|ngày \d|số \d|đối với|và (?:các|Nghị|Quyết|Kế|"
    r"Thông|Chỉ|Công|hướng))\b))"
)
_OPEN = re.compile(rf"{_LEAD}(?=\W)[^,;.:()\n]{{0,110}}?{_STOP}")
# An abbreviation stops a name too: "Tỉnh uỷ Quảng CCHC" is a name that was lost.
_BROKEN = re.compile(r"\s+(?:\w+\s+)?(?=CCHC\b|TTHC\b).*$")


def issuer_at(text: str, after: int, hits: tuple[PhraseHit, ...]) -> tuple[str | None, int]:
    """(the agency as printed, where its name ends): "của Bộ Nội vụ" at ``after``; (None, after) when none is there."""
    by = _BY.match(text, after)
    if by is None:
        return None, after
    open_name = _OPEN.match(text, by.end())
    at = [h for h in hits if h.label == "agency" and h.start == by.end()]
    if at:
        end = max(h.end for h in at)
        if unit := _AFTER_UNIT.match(text, end):
            end = unit.end()
        return text[by.end() : end], end
    if open_name is None:
        return None, after
    name = _BROKEN.sub("", open_name[0]).strip()
    return (name, open_name.end()) if name else (None, after)
