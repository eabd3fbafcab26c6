"""Names of people and organisations in running text and after printed labels."""

from __future__ import annotations

import re

from extractors.fields.cues import cue
from extractors.fields.view import Spot
from extractors.fields.wording import tidy
from schemas.text import bare, nfc

_CALL = re.compile(r"^(ông|bà|Ông|Bà|ÔNG|BÀ)(\s*\(\w+\)|/\w+)?\s*:?\s+")
# In small letters after a name: what it does, or what is done to it.
_SAID_OF_IT = re.compile(
    r"\s(?:thuê|để|đã|được|tại|về việc|theo|trên địa bàn|có (?:địa chỉ|trụ sở)|do (?:ông|bà)|làm|nộp|xin)\s"
)
_FORMS = re.compile(
    r"\b(cong ty|co phan|cp|tnhh|mot thanh vien|mtv|doanh nghiep|tu nhan|hop tac xa|ho kinh doanh|co so|cua hang|"
    r"thuong mai|dich vu|dau tu|xay dung|va|quan an|nha hang)\b"
)
ORGANISATION = (
    r"(?:Công ty|CÔNG TY|Tổng công ty|Doanh nghiệp|DOANH NGHIỆP|Hợp tác xã|HỢP TÁC XÃ|Hộ kinh doanh|HỘ KINH DOANH|"
    r"Cửa hàng|CỬA HÀNG|Quán ăn|QUÁN ĂN|Nhà hàng|NHÀ HÀNG|Cơ sở|CƠ SỞ|Chi nhánh|CHI NHÁNH|Nhà thuốc|NHÀ THUỐC)"
)


def trim_name(name: str) -> str:
    """The name without what describes its bearer (birth, address, numbers)."""
    name = nfc(name)
    said = _SAID_OF_IT.search(name)
    name = name[: said.start()] if said else name
    end = cue("name_end").search(bare(name), 3)
    return tidy(name[: end.start()] if end else name).strip(" :-–\"'")


def is_ended(name: str) -> bool:
    """Whether something after the name shows where it ends, so that it does not go on in the next line."""
    return _SAID_OF_IT.search(nfc(name)) is not None or cue("name_end").search(bare(nfc(name)), 3) is not None


def person_name(name: str) -> str:
    """The longest beginning of the words that still looks like a name; capitals become Capitals."""
    kept: list[str] = []
    for w in _CALL.sub("", name).split():
        if not w[:1].isupper():
            break
        kept.append(w)
    text = " ".join(kept[:6])
    return text.title() if text.isupper() else text


def is_generic(name: str) -> bool:
    """Only the form of an organisation, its own name lost: "Công ty", "Công ty Cổ phần"."""
    return not re.search(r"[a-z]{2,}", _FORMS.sub("", bare(name))) or len(name.split()) < 2


def kind_of(name: str, hint: str) -> str:
    """ca_nhan, ho_kinh_doanh, doanh_nghiep, co_quan by the first words; ``hint`` when they do not tell."""
    low = name.lower()
    if re.match(r"(hộ kinh doanh|cơ sở|cửa hàng|quán|nhà hàng|nhà thuốc)", low):
        return "ho_kinh_doanh"
    if re.match(r"(công ty|doanh nghiệp|dntn|hợp tác xã|htx|chi nhánh|tập đoàn|tổng công ty)", low):
        return "doanh_nghiep"
    if re.match(r"(ubnd|ủy ban|uỷ ban|sở|phòng|trường|bệnh viện|trung tâm|ban)\b", low):
        return "co_quan"
    return hint


def follows(a: Spot, b: Spot | None, margin: float) -> bool:
    """Whether ``b`` goes on with the sentence of ``a``: ``a`` runs to the right margin and ``b`` is the next line."""
    if b is None or b.page != a.page or b.region != a.region:
        return False
    if re.match(r"^\s*(?:[-+•*]|\d+[.)]|[a-zđ]\)|Điều \d)", b.text) or re.match(r"^[^:]{2,45}:", b.text):
        return False
    close = b.box.y0 - a.box.y1 < 1.3 * max(0.008, a.box.height)
    return close and a.box.x1 > margin - 0.12


def right_margin(lines: list[Spot]) -> float:
    """Where full lines end: the upper tenth of right edges."""
    edges = sorted(s.box.x1 for s in lines)
    return edges[int(0.9 * (len(edges) - 1))] if edges else 1.0
