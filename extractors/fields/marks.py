"""Độ mật, độ khẩn (secrecy, urgency): stamps that stand alone on a line of the first page."""

from __future__ import annotations

import re

from extractors.fields.view import Document, Spot, value_of
from schemas.extraction import FieldValue
from schemas.text import fold

_SECRET = {
    "mật": "mat",
    "tối mật": "toi_mat",
    "tuyệt mật": "tuyet_mat",
    "tói mật": "toi_mat",
    "tỗi mật": "toi_mat",
    "tuyệt mạt": "tuyet_mat",
}
_URGENT = {"khẩn": "khan", "thượng khẩn": "thuong_khan", "hỏa tốc": "hoa_toc", "hỏa tốc hẹn giờ": "hoa_toc_hen_gio"}


def read_secrecy(doc: Document) -> FieldValue:
    """A secrecy stamp (Luật BVBMNN 2018): any reading of any lone line that says so counts, sure or not."""
    return _stamp(doc, _SECRET)


def read_urgency(doc: Document) -> FieldValue:
    return _stamp(doc, _URGENT)


def _stamp(doc: Document, known: dict[str, str]) -> FieldValue:
    spots = [s for s in doc.on_page(doc.first) if s.box.cy < 0.5]
    for s in spots:
        for _, text, _ in s.texts():
            word = _alone(text)
            if word in known and _in_capitals(text):
                return value_of(known[word], (s,), score=0.9, sure=s.line.score > 0.8, reasons=("stamp",))
    return FieldValue(needs_review=False, score=0.9, reasons=("not_printed",))


def _alone(text: str) -> str:
    return fold(re.sub(r"[^\w\s]", " ", text))


def _in_capitals(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    return bool(letters) and all(c.isupper() for c in letters)


__all__ = ["Spot", "read_secrecy", "read_urgency"]
