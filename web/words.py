"""Lời cho người xem: labels, certainty as a word, reasons as sentences. No template invents its own."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, get_args

from extractors.reference.doc_types import all_doc_types, doc_type_by_key
from review.keying import asks_for_page
from runtime.exports import FIELD_LABELS, status_label
from schemas.extraction import REQUIRED_FIELDS, ClassValue, FieldValue
from schemas.record import Status
from storage.counts import AtLeast

Certainty = Literal["sure", "review", "missing"]
CERTAINTY_WORDS: dict[Certainty, str] = {"sure": "chắc chắn", "review": "cần rà soát", "missing": "không thấy"}
ORIGIN_WORDS = {
    "pdf_text": "lớp chữ của tệp",
    "ocr": "nhận dạng từ ảnh",
    "mixed": "lớp chữ và nhận dạng",
    "manual": "người nhập",
    "imported": "dữ liệu nhập vào",
}
CLASS_LABELS = {
    "result_kind": "Nhóm kết quả",
    "procedure_code": "Thủ tục hành chính",
    "field_name": "Lĩnh vực",
    "level": "Cấp",
}
_VALUES = {
    "level": {"trung_uong": "Trung ương", "tinh": "Cấp tỉnh", "huyen": "Cấp huyện", "xa": "Cấp xã"},
    "result_kind": {
        "giay_phep": "Giấy phép", "giay_chung_nhan": "Giấy chứng nhận", "chung_chi": "Chứng chỉ",
        "quyet_dinh": "Quyết định", "van_ban_xac_nhan": "Văn bản xác nhận",
        "van_ban_chap_thuan": "Văn bản chấp thuận", "ban_sao_trich_luc": "Bản sao, trích lục",
        "thong_bao": "Thông báo, trả lời", "the": "Thẻ", "khac": "Loại khác",
    },
    "owner_kind": {
        "ca_nhan": "Cá nhân", "to_chuc": "Tổ chức", "doanh_nghiep": "Doanh nghiệp",
        "ho_kinh_doanh": "Hộ kinh doanh", "co_quan": "Cơ quan",
    },
    "owner_id_type": {"cccd": "Căn cước công dân", "cmnd": "CMND", "mst": "Mã số thuế", "ho_chieu": "Hộ chiếu"},
    "secrecy": {"mat": "MẬT", "toi_mat": "TỐI MẬT", "tuyet_mat": "TUYỆT MẬT"},
    "urgency": {
        "khan": "KHẨN", "thuong_khan": "THƯỢNG KHẨN", "hoa_toc": "HỎA TỐC", "hoa_toc_hen_gio": "HỎA TỐC HẸN GIỜ",
    },
}  # fmt: skip
STATUS_WORDS = {key: status_label(key) for key in get_args(Status)}
_DEEDS = {
    "opened": "mở tại bàn rà soát", "view": "xem", "unmask": "hiện số định danh", "keyed": "gõ từ ảnh",
    "confirmed": "xác nhận", "decided": "phân xử", "grouped": "xác nhận theo nhóm", "settled": "chốt giá trị",
    "sent": "gửi đồng nghiệp", "removed": "đưa ra khỏi danh mục", "not_a_result": "không phải kết quả TTHC",
    "marked_secret": "đánh dấu tài liệu mật", "declared_not_secret": "nạp lại theo xác nhận không mật",
    "reopened": "mở lại để rà soát", "recut": "tách, ghép, xoay trang",
    "made_from": "lập từ trang của hồ sơ khác", "returned": "trả lại cả mẻ", "sampled": "lấy vào mẫu nghiệm thu",
    "struck": "gạch khi kiểm nhóm", "download_original": "tải bản gốc", "download_copy": "tải PDF/A",
    "download_text": "tải văn bản", "login": "đăng nhập", "login_provider": "đăng nhập qua máy chủ định danh",
    "logout": "đăng xuất", "login_failed": "gõ sai mật khẩu", "login_locked": "bị khóa vì gõ sai nhiều lần",
    "person_added": "thêm tài khoản", "person_changed": "đổi vai trò, phạm vi", "password_changed": "đổi mật khẩu",
    "person_disabled": "khóa tài khoản", "person_enabled": "mở khóa tài khoản",
    "provider_bound": "gắn với máy chủ định danh",
}  # fmt: skip
_NOTES = {
    "blind": "không thấy giá trị máy đọc", "agreed": "hai bản đọc độc lập trùng nhau",
    "confirmed": "một người xác nhận",
    "decided": "người thứ ba phân xử", "keyed": "một người gõ", "grouped": "kiểm theo nhóm",
}  # fmt: skip
_DATES = ("issued_date", "valid_from", "valid_to")
_CITED = {"luat": "Luật", "bo_luat": "Bộ luật", "hien_phap": "Hiến pháp", "van_ban_hop_nhat": "Văn bản hợp nhất"}
_MEDIA = {
    "application/pdf": "PDF", "image/jpeg": "ảnh JPEG", "image/png": "ảnh PNG", "image/tiff": "ảnh TIFF",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "Word (DOCX)",
    "text/plain": "văn bản TXT",
}  # fmt: skip
_EXTENSIONS = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png", "image/tiff": ".tif"}


def field_labels() -> dict[str, str]:
    """Field name -> what an archivist calls it, in the order of the paper."""
    return FIELD_LABELS


def status_words(status: str) -> str:
    return STATUS_WORDS.get(status, status)


@dataclass(frozen=True, slots=True)
class Reason:
    """One piece of evidence in words. ``side``: good, bad or note."""

    code: str
    words: str
    side: str


@cache
def _reasons() -> dict[str, tuple[str, str]]:
    with (Path(__file__).parent / "data" / "reasons.toml").open("rb") as file:
        table = tomllib.load(file)
    return {code: (words, side) for side, codes in table.items() for code, words in codes.items()}


def reasons(codes: Iterable[str]) -> list[Reason]:
    """Evidence codes in words; a code without words is shown as it is."""
    found = []
    for code in codes:
        words, side = _reasons().get(code, (code, "note"))
        found.append(Reason(code, words, side))
    return found


def review_reason(code: str) -> str:
    """Why the record waits for a person: ``unsure:doc_number``, ``unreadable_page:3``, an issue or an error code."""
    head, _, tail = code.partition(":")
    if head == "unsure":
        return f"{FIELD_LABELS.get(tail, tail)}: chưa chắc chắn"
    if head == "unreadable_page":
        return f"Trang {tail}: máy không đọc được"
    if head == "another_paper":
        return f"Trang {tail}: có vẻ bắt đầu một văn bản khác"
    return reasons((code,))[0].words


def certainty(name: str, field: FieldValue) -> Certainty:
    """How far a value may be trusted. A required field that was not found is a person's to look at."""
    if field.value is None:
        return "review" if name in REQUIRED_FIELDS and field.needs_review else "missing"
    return "review" if field.needs_review else "sure"


def class_certainty(value: ClassValue) -> Certainty:
    if value.value is None:
        return "review" if value.needs_review and value.candidates else "missing"
    return "review" if value.needs_review else "sure"


def date_words(value: str) -> str:
    """2025-07-23 as 23/07/2025; anything else as it is."""
    parts = value.split("-")
    return "/".join(reversed(parts)) if len(parts) == 3 and all(p.isdigit() for p in parts) else value


def doc_type_name(key: str | None) -> str | None:
    if key is None:
        return None
    kind = doc_type_by_key(key)
    return kind.name if kind else key


def doc_type_choices() -> dict[str, str]:
    return {kind.key: kind.name for kind in all_doc_types()}


def value_words(name: str, value: str | bool | tuple[str, ...] | None) -> str:
    """A value as people write it; lists one a line. Empty for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, tuple):
        return "\n".join(value)
    if name == "doc_type":
        return doc_type_name(value) or value
    if name in _DATES:
        return date_words(value)
    return _VALUES.get(name, {}).get(value, value)


def cited_kind(kind: str) -> str:
    return _CITED.get(kind) or doc_type_name(kind) or kind


def media_name(media_type: str) -> str:
    return _MEDIA.get(media_type, media_type)


def file_name(name: str, media_type: str) -> str:
    """The name a download gets: the last part of the source's name, with the extension of what it really is."""
    plain = "".join(c for c in name.replace("\\", "/").split("!")[-1].split("/")[-1] if c.isprintable()) or "tai-lieu"
    wanted = _EXTENSIONS.get(media_type)
    return plain if wanted is None or plain.lower().endswith((wanted, ".jpeg", ".tiff")) else plain + wanted


def size_words(size: int) -> str:
    """Bytes as people say them, with a decimal comma."""
    if size < 1024:
        return f"{size} byte"
    number, unit = (size / 1024, "KB") if size < 1024**2 else (size / 1024**2, "MB")
    return f"{number:,.1f} {unit}".translate(str.maketrans(",.", ".,"))


def number_words(count: int) -> str:
    """12345 as 12.345; where counting stopped as "hơn 10.000"."""
    more = "hơn " if isinstance(count, AtLeast) else ""
    return more + f"{count:,}".replace(",", ".")


def deed_words(action: str) -> str:
    """What somebody did, for lists of history."""
    return _DEEDS.get(action, action)


def deed_note(note: str) -> str:
    return _NOTES.get(note, note)


def item_label(name: str) -> str:
    """What an archivist calls a field or class; a page that nobody could read by its number."""
    if asks_for_page(name):
        return review_reason(name)
    return FIELD_LABELS.get(name) or CLASS_LABELS.get(name, name)


def plain_value(text: str) -> str:
    """A value kept as JSON text, as people write it."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    if isinstance(value, list):
        return "; ".join(map(str, value))
    return value_words("is_perpetual", value) if isinstance(value, bool) else date_words(str(value))
