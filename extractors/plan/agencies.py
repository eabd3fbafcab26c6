"""Cơ quan trong kế hoạch: lists of agencies taken apart, and the agency that begins a sentence."""
# ruff: noqa: E501 -- patterns are kept whole

from __future__ import annotations

import re

from extractors.plan.words import folded

_LEAD = (
    r"(?:Sở|Bộ(?! (?:chỉ số|tiêu chí|thủ tục|dữ liệu|công cụ))|Ban(?! hành)|Văn phòng|UBND|HĐND|UBMTTQ\w*|MTTQ|[ỦU][ỷyỦỶ] ban|Hội đồng|Công an|Thanh tra(?! công vụ|,)|Báo(?! cáo)|Đài|Phòng(?!,)|Trung tâm|Cục|Chi cục|Thủ trưởng|"
    r"Các (?:sở|cơ quan|đơn vị|địa phương|phòng|ban|ngành|tổ chức|hội|trường|xã|phường|huyện|thành viên|doanh nghiệp|cấp|bộ|thôn|cục|chi cục|trung tâm|công ty|Sở|Bộ|Ban|Phòng|Trung tâm|cơ sở|hợp tác xã|UBND|đoàn thể|đồng chí)|Chủ tịch|Phó Chủ tịch|Hội(?! nghị)|Đoàn|Liên minh|Liên đoàn|Mặt trận|Bảo hiểm|BHXH|Kho bạc|Trường(?! hợp)|Bệnh viện|Viện|Kiểm toán|Tòa án|Toà án|Bộ đội|"
    r"Giám đốc|Lãnh đạo|Người đứng đầu|Tổ(?! chức)|Công chức|Bộ phận|Cán bộ|Ngân hàng|Thường trực|Quỹ|Hiệp hội|Trạm|Tập đoàn|VNPT|Viettel|Bưu điện|Cơ quan|"
    r"Đơn vị|Thành viên|Tổng cục|Vụ|Doanh nghiệp|Công ty|Tỉnh ủy|Tỉnh uỷ|Thành ủy|Huyện ủy|Đảng ủy|Đảng uỷ|Đề nghị|Trưởng|Hạt|Thôn|Xã(?! hội)|Phường|Hợp tác xã|"
    r"Thuế|VP|CB|Bộ Chỉ huy|Bộ chỉ huy|Học viện|Công đoàn|Liên hiệp)"
)
_ASKS = re.compile(
    r"^\W*(?:(?:Giao|Đề nghị|Trách nhiệm(?: của)?|Yêu cầu|Đối với|Về phía)\s+(?:cho\s+)?)", re.IGNORECASE
)
_BEGINS = re.compile(rf"^{_LEAD}(?!\w)")
_VERB = re.compile(
    r"\s+(?:chịu trách nhiệm|có trách nhiệm|có nhiệm vụ|là (?:cơ quan|đơn vị|đầu mối)|làm đầu mối|chủ trì|chủ động|phối hợp|tham mưu|tổ chức\s+\w|triển khai|"
    r"đôn đốc|theo dõi|hướng dẫn|căn cứ|bố trí|tổng hợp|xây dựng|thực hiện|tăng cường|tiếp tục|đẩy mạnh|chỉ đạo|rà soát|thẩm định|kiểm tra|báo cáo|ban hành|"
    r"cụ thể hóa|nghiên cứu|đề xuất|cân đối|lập|quán triệt|phổ biến|tuyên truyền|nâng cao|cung cấp|thường xuyên|định kỳ|phát huy|vận động|giám sát|quản lý|duy trì|"
    r"trên cơ sở|theo (?:chức năng|nhiệm vụ)|tập trung|lồng ghép|hỗ trợ|đảm bảo|bảo đảm|khẩn trương|nghiêm túc|gương mẫu|kịp thời|gửi|cử)(?!\w)"
)
_CUT = re.compile(
    rf"\s*(?:[;\n]|,(?=\s*{_LEAD}(?!\w))|(?<=\w)(?<!Văn phòng HĐND)(?<!Văn phòng Hội đồng nhân dân)\s+và\s+(?={_LEAD}(?!\w)))\s*|\s+[-+•]\s+(?={_LEAD}(?!\w))"
)
_LONG = 24  # words of the longest list of agencies
_SENTENCE = re.compile(r"(?<=[.;:(])\s+|^")
_LEADS_TASK = re.compile(r"(?P<who>[^.;:()]{4,150}?)\s+(?:là (?:cơ quan|đơn vị)\s+)?chủ trì(?!\w)")
_WITH = re.compile(r"phối hợp (?:chặt chẽ )?(?:với|cùng)\s+(?P<who>[^.;:()]{4,200})")
_AFTER_WITH = re.compile(
    r"(?:,|\s)\s*(?:tham mưu|thực hiện|tổ chức|triển khai|xây dựng|rà soát|kiểm tra|hướng dẫn|đề xuất|tuyên truyền|đẩy mạnh|tăng cường|nghiên cứu|để|trong việc|"
    r"trong công tác|trong quá trình|trong triển khai|trong thực hiện|xác định|theo dõi|tổng hợp|thẩm định|báo cáo|ban hành|đôn đốc|lập|bố trí|đảm bảo|bảo đảm|"
    r"quản lý|vận hành|đánh giá|công bố|hoàn thiện|cải thiện|có liên quan\s+\w+ \w|nâng cao|cung cấp|tiếp nhận|số hóa|giám sát)(?!\w).*$"
)


def split_agencies(text: str) -> tuple[str, ...]:
    """ "Sở Nội vụ; Sở Tài chính và UBND các xã" -> three names as printed. A comma parts only before a new name."""
    parts = [p.strip(" .,;-–+•\n\t") for p in _CUT.split(text)]
    return tuple(" ".join(p.split()) for p in parts if p)


def names_agency(text: str) -> bool:
    """Whether a text begins as names of agencies do."""
    return _BEGINS.match(text) is not None


def leading_agency(text: str) -> tuple[str, int] | None:
    """(agency as printed, where the rest begins) of "Giao Sở Nội vụ chủ trì ..."; None when no agency begins it."""
    asked = _ASKS.match(text)
    start = asked.end() if asked else 0
    if not _BEGINS.match(text[start:]):
        return None
    verb = _VERB.search(text, start)
    colon = text.find(":", start)
    ends = [e for e in (verb.start() if verb else -1, colon) if e > start]
    if not ends:
        whole = text[start:].strip(" .:;")
        return (whole, len(text)) if len(whole.split()) <= _LONG * 2 else None
    end = min(ends)
    name = text[start:end].strip(" ,.;")
    if not name or len(name.split()) > _LONG * 2:
        return None
    rest = end + 1 if end == colon else end
    return name, rest + (len(text[rest:]) - len(text[rest:].lstrip()))


def agencies_of_task(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(chủ trì, phối hợp) that a task's own sentence names; empty where it names none."""
    lead: tuple[str, ...] = ()
    low = folded(text)
    at = low.find("chủ trì")
    if at > 0:
        begin = max((m.end() for m in _SENTENCE.finditer(text[:at])), default=0)
        found = leading_agency(text[begin : at + 8])
        if found and len(found[0].split()) <= _LONG:
            lead = split_agencies(found[0])
    helpers: tuple[str, ...] = ()
    if lead and (found_with := _WITH.search(text, at)):
        who = _AFTER_WITH.sub("", found_with["who"]).strip(" ,")
        if 0 < len(who.split()) <= _LONG:
            helpers = split_agencies(who)
    return lead, helpers
