"""Giá trị gõ vào: what a person typed, as the record keeps it; checked by the tables and shapes of the readers."""

from __future__ import annotations

import re
from datetime import date
from functools import cache

from extractors.reference.doc_types import all_doc_types
from extractors.reference.notations import parse_number, tidy_number
from schemas.errors import InvalidValue
from schemas.extraction import FIELD_NAMES, Classification
from schemas.text import bare, fold, nfc

Value = str | bool | tuple[str, ...] | None
CLASS_NAMES: tuple[str, ...] = tuple(Classification.model_fields)
DATE_FIELDS = frozenset({"issued_date", "valid_from", "valid_to"})
_CHOICES: dict[str, dict[str, str]] = {
    "owner_kind": {
        "ca_nhan": "Cá nhân", "to_chuc": "Tổ chức", "doanh_nghiep": "Doanh nghiệp",
        "ho_kinh_doanh": "Hộ kinh doanh", "co_quan": "Cơ quan",
    },
    "owner_id_type": {
        "cccd": "Căn cước công dân", "cmnd": "CMND", "mst": "Mã số thuế", "ho_chieu": "Hộ chiếu",
        "msdn": "Mã số doanh nghiệp", "khac": "Khác",
    },
    "urgency": {
        "khan": "Khẩn", "thuong_khan": "Thượng khẩn", "hoa_toc": "Hỏa tốc", "hoa_toc_hen_gio": "Hỏa tốc hẹn giờ",
    },
    "level": {"trung_uong": "Trung ương", "tinh": "Cấp tỉnh", "huyen": "Cấp huyện", "xa": "Cấp xã"},
    "result_kind": {
        "giay_phep": "Giấy phép", "giay_chung_nhan": "Giấy chứng nhận", "chung_chi": "Chứng chỉ",
        "quyet_dinh": "Quyết định", "van_ban_xac_nhan": "Văn bản xác nhận",
        "van_ban_chap_thuan": "Văn bản chấp thuận", "ban_sao_trich_luc": "Bản sao, trích lục",
        "thong_bao": "Thông báo, trả lời", "the": "Thẻ", "khac": "Loại khác",
    },
}  # fmt: skip
_ID_SHAPES = re.compile(r"\d{9}|\d{12}|\d{10}(-\d{3})?|[A-Z]{1,2}\d{6,8}")
_DAY = re.compile(r"(\d{1,2})[\s./-]+(?:tháng\s+)?(\d{1,2})[\s./-]+(?:năm\s+)?(\d{4})")
_NOT_SECRET = ("khong", "khong mat")  # the only answers: a paper that is secret leaves the desk another way
_MAX = 2000
_LONG = frozenset({"summary", "recipients"})


@cache
def choices(name: str) -> dict[str, str]:
    """Key -> Vietnamese label for a field that takes one of a list; empty for the others."""
    if name == "doc_type":
        return {kind.key: kind.name for kind in all_doc_types()}
    return _CHOICES.get(name, {})


def clean(name: str, typed: str) -> Value:
    """The value of field ``name`` that a person typed; None for nothing (not on the paper).

    Dates come as 5/2/2022, 05022022 or ISO; kinds by key or name, accents optional; lists one a line.
    Raises InvalidValue (E307) with the Vietnamese reason.
    """
    lines = [" ".join(line.split()) for line in nfc(typed).splitlines()]
    text = " ".join(line for line in lines if line)
    if not text:
        return None
    if len(text) > _MAX or any(ord(c) < 32 for c in text):
        raise InvalidValue("quá dài hoặc có ký tự lạ")
    if name == "recipients":
        return tuple(line for line in lines if line)
    if name == "secrecy":
        if bare(text) in _NOT_SECRET:
            return None
        raise InvalidValue("giấy không mật thì chọn «không có trên giấy»; mật thật thì đưa vào cách ly mật ở cuối bàn")
    if name == "is_perpetual":
        return _yes(text)
    if name in DATE_FIELDS:
        return _date(text)
    if choices(name):
        return _choice(name, text)
    if name in ("doc_number", "code_number", "code_notation"):
        return _number(name, text)
    if name == "owner_id":
        return _identity(text)
    if name not in FIELD_NAMES and name not in CLASS_NAMES:
        raise InvalidValue("không có trường này")
    if name.endswith("_name") and name != "field_name" and not any(c.isalpha() for c in text):
        raise InvalidValue("tên phải có chữ")
    return text


def same(name: str, one: Value, other: Value) -> bool:
    """Whether two readings say the same: case, spaces and tone placement do not count, accents and digits do."""
    return _key(name, one) == _key(name, other)


def _key(name: str, value: Value) -> object:
    if isinstance(value, tuple):
        return tuple(fold(part).strip(" .,;") for part in value)
    if not isinstance(value, str):
        return value
    if name in ("doc_number", "code_number", "code_notation", "owner_id"):
        return re.sub(r"\s", "", fold(tidy_number(value)))
    return fold(value).strip(" .,;")


def _yes(text: str) -> bool:
    plain = bare(text)
    if plain in ("co", "true", "1", "x"):
        return True
    if plain in ("khong", "false", "0"):
        return False
    raise InvalidValue("gõ có hoặc không")


def _date(text: str) -> str:
    text = text.lower().removeprefix("ngày").strip()
    found = _DAY.fullmatch(text)
    if re.fullmatch(r"\d{8}", text):
        day, month, year = text[:2], text[2:4], text[4:]
    elif found:
        day, month, year = found.groups()
    elif re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        year, month, day = text.split("-")
    else:
        raise InvalidValue("gõ ngày dạng 05/02/2022")
    try:
        when = date(int(year), int(month), int(day))
    except ValueError as exc:
        raise InvalidValue("ngày không có thật") from exc
    if not 1945 <= when.year <= 2100:
        raise InvalidValue("năm không hợp lý")
    return when.isoformat()


def _choice(name: str, text: str) -> str:
    known = choices(name)
    if text in known:
        return text
    wanted = bare(text)
    found = [key for key, label in known.items() if bare(label) == wanted]
    if len(found) != 1:
        raise InvalidValue("chọn một giá trị trong danh sách")
    return found[0]


def _number(name: str, text: str) -> str:
    text = tidy_number(text)
    if not text or (name == "doc_number" and not any(c.isdigit() for c in text)):
        raise InvalidValue("số, ký hiệu phải có chữ số")
    parsed = parse_number(text) if name == "doc_number" else None
    return str(parsed) if parsed is not None else text


def _identity(text: str) -> str:
    plain = re.sub(r"[\s.]", "", text.upper())
    if not _ID_SHAPES.fullmatch(plain):
        raise InvalidValue("số định danh gồm 12 chữ số; CMND 9; mã số thuế 10 hoặc 10-3; hộ chiếu chữ và số")
    return plain
