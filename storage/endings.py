"""Thu hồi, bãi bỏ, thay thế, khôi phục: papers that a paper itself takes out of force or back into it, from which day.

Stricter than ``relations``: what is merely amended, replaced in part, or named beside such a word stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Literal

from schemas.base import Frozen
from schemas.record import Record
from storage.folding import FoldedText, fold_text, number_key

EndKind = Literal["bi_thu_hoi", "bi_thay_the", "khoi_phuc"]
_BEFORE = 300  # characters before a number that may say what becomes of the paper; lists of numbers are long
_AFTER = 120

# "thu hồi Giấy phép số", "thay thế Quyết định số"; not "được thay thế bởi Quyết định số", which ends another paper.
_CUE = re.compile(
    r"(?<!bi )(?<!duoc )(?<!da )\b(?P<cue>thu hoi(?: va huy bo)?|bai bo|huy bo|thay the(?: cho)?|"
    r"(?:khoi phuc|phuc hoi)(?: lai)?)"
    r"(?= (?:hieu luc |phap ly |thi hanh |cua |doi voi |toan bo |cac |noi dung cua )*"
    r"(?:quyet dinh|giay|chung chi|thong bao|ke hoach|van ban|cong van|nghi quyet|chi thi|quy che|quy dinh|trich luc|"
    r"ban sao|bang|the|thong tu|huong dan|chuong trinh|de an)\b)"
)
# "Hủy bỏ Quyết định số 9 về việc thu hồi Giấy phép số 5": what paper 9 is about, not what this one does.
_SUBJECT = re.compile(r"\b[^\W\d]+ so \d\S*(?: [^;.]{0,160}?)? (?:ve viec|v/v) $")
# Only a part of the paper, or another thing that the paper is named for; told by their accents ("tại", not "tài").
_PART = re.compile(
    r"\b(?:điều \d|khoản|điểm [a-zđ]\b|mục [\divx]|phần [\divx]|một phần|cụm từ|phụ lục|chương [\divx]|một số|nội dung|"
    r"tại|theo|ban hành kèm|căn cứ|thực hiện|sửa đổi|bổ sung|đính chính|bởi|bằng quyết định)(?!\w)"
)
_ENDS_AFTER = re.compile(
    r"^[^;.,]{0,90}?\b(?:het hieu luc|bi thu hoi|bi bai bo|bi huy bo|duoc thay the|bi thay the|khong con hieu luc)\b"
)
_BACK_AFTER = re.compile(
    r"^[^;.,]{0,90}?\b(?:(?:duoc )?(?:khoi phuc|phuc hoi)(?: lai)? hieu luc|tiep tuc co hieu luc|co hieu luc tro lai)\b"
)
_SINCE = re.compile(r"\b(?:ke )?tu ngay (\d{1,2})(?:[/.-]| thang )(\d{1,2})(?:[/.-]| nam )(\d{4})\b")
_KINDS: dict[str, EndKind] = {"thay": "bi_thay_the", "khoi": "khoi_phuc", "phuc": "khoi_phuc"}


class Ending(Frozen):
    """``date``: day of issue of the paper meant, where it is cited with one; ``since``: from when, where said.

    ``khoi_phuc``: it is in force again.
    """

    kind: EndKind
    number: str
    key: str
    date: str | None = None
    since: str | None = None


def endings_of(record: Record, text: str) -> tuple[Ending, ...]:
    """The papers that ``record`` says are out of force, or in force again; its own number is not among them."""
    pages = [page.split("\n") for page in text.split("\f")] if record.citations else []
    own = number_key(record.fields.doc_number.value) if isinstance(record.fields.doc_number.value, str) else ""
    found: dict[tuple[str, str | None], Ending] = {}
    for citation in record.citations:
        number = citation.number_canonical or citation.number_printed
        if not number or not (key := number_key(number)) or key == own:
            continue
        place = citation.source
        said = _said(pages, place.page, place.line, place.start, place.end)
        if said is not None:
            kind, since = said
            found.setdefault(
                (key, citation.date_canonical),
                Ending(kind=kind, number=number, key=key, date=citation.date_canonical, since=since),
            )
    return tuple(found.values())


def _said(
    pages: Sequence[Sequence[str]], page: int, line: int, start: int, end: int
) -> tuple[EndKind, str | None] | None:
    """What the words around a number say becomes of the paper, and from which day; None when they say nothing."""
    lines = pages[page - 1] if 0 < page <= len(pages) else []
    if not 0 < line <= len(lines):
        return None
    this = lines[line - 1]
    before = _views(" ".join([*lines[max(0, line - 4) : line - 1], this[:start]])[-_BEFORE:])
    after = _views(" ".join([this[end:], *lines[line : line + 2]])[:_AFTER]).folded
    after = re.split(r"[;.](?= |$)", after)[0]
    since = _since(after)
    if _BACK_AFTER.search(after):
        return "khoi_phuc", since
    if found := _ENDS_AFTER.search(after):
        return ("bi_thay_the" if "thay the" in found[0] else "bi_thu_hoi"), since
    begin = max((m.end() for m in re.finditer(r"[;.:] ", before.folded)), default=0)
    cues = list(_CUE.finditer(before.folded, begin))
    if not cues or _PART.search(before.exact, cues[-1].end()):
        return None
    cue = cues[-1]
    if _SUBJECT.search(before.folded[begin : cue.start()]):
        return None
    return _KINDS.get(cue["cue"].split(" ")[0], "bi_thu_hoi"), since


def _views(text: str) -> FoldedText:
    return fold_text(" ".join(text.split()))


def _since(after: str) -> str | None:
    found = _SINCE.search(after)
    if found is None:
        return None
    try:
        return date(int(found[3]), int(found[2]), int(found[1])).isoformat()
    except ValueError:
        return None
