"""Độ mật, độ khẩn (secrecy, urgency): stamps that stand alone on a line of the first page."""

from __future__ import annotations

import re

from extractors.fields.cues import cue
from extractors.fields.view import Document, value_of
from schemas.extraction import FieldValue
from schemas.text import bare

# Stamp words without accents: readers lose the accents of stamps first, and missing one costs more than a false alarm.
_SECRET = {"tuyet mat": "tuyet_mat", "toi mat": "toi_mat", "mat": "mat"}
_URGENT = {
    "hoa toc hen gio": "hoa_toc_hen_gio",
    "hoa toc": "hoa_toc",
    "thuong khan": "thuong_khan",
    "khan": "khan",
}


def read_secrecy(doc: Document) -> FieldValue:
    """A secrecy stamp (Luật BVBMNN 2018): any reading of any line that says so counts, sure or not.

    A ký hiệu that marks itself secret counts as well (cues.toml, secret_notation).
    """
    stamped = _stamp(doc, _SECRET)
    if stamped.value is not None:
        return stamped
    for s in doc.on_page(doc.first, "header_left", "body"):
        if s.box.cy < 0.3 and any(cue("secret_notation").search(bare(t)) for _, t, _ in s.texts()):
            return value_of("mat", (s,), score=0.6, sure=False, reasons=("secret_notation",))
    return stamped


def read_urgency(doc: Document) -> FieldValue:
    return _stamp(doc, _URGENT)


def _stamp(doc: Document, known: dict[str, str]) -> FieldValue:
    spots = [s for s in doc.on_page(doc.first) if s.box.cy < 0.55]
    for s in sorted(spots, key=lambda s: s.region != "stamp"):
        for _, text, _ in s.texts():
            word = _stamp_word(text, known, framed=s.region == "stamp")
            if word is not None:
                return value_of(known[word], (s,), score=0.9, sure=s.line.score > 0.8, reasons=("stamp",))
    return FieldValue(needs_review=False, score=0.9, reasons=("not_printed",))


def _stamp_word(text: str, known: dict[str, str], *, framed: bool) -> str | None:
    """The stamp word a line is, holds in brackets, or (two words) holds in capitals; inside a frame in any case."""
    capitals = _in_capitals(text)
    alone = " ".join(re.sub(r"[^\w\s]", " ", bare(text)).split())
    if alone in known and (capitals or framed):
        return alone
    for word in known:
        if re.search(rf"[\[|(]\s*{word}\s*[\]|)]", bare(text)) and _in_capitals(_part(text, word)):
            return word
        if " " in word and _in_capitals(_part(text, word)):
            return word
        if framed and len(alone) <= len(word) + 4 and re.search(rf"\b{word}\b", alone):
            return word
    return None


def _part(text: str, word: str) -> str:
    """The letters of ``text`` where ``word`` stands, "" when it does not."""
    m = re.search(rf"\b{word}\b", bare(text))
    return text[m.start() : m.end()] if m and len(bare(text)) == len(text) else ""


def _in_capitals(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    return bool(letters) and all(c.isupper() for c in letters)
