"""Words for people: certainty, reasons, names, sizes; which words of a page are covered."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from schemas.extraction import FieldValue
from schemas.geometry import Box
from schemas.reading import Line, PageReading, Word
from web import words
from web.covers import identity_boxes, masked_lines
from web.search.views import pieces

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    ("name", "field", "word"),
    [
        ("doc_number", FieldValue(value="1/QĐ", needs_review=False), "chắc chắn"),
        ("doc_number", FieldValue(value="1/QĐ", needs_review=True), "cần rà soát"),
        ("doc_number", FieldValue(), "cần rà soát"),  # required and not found
        ("owner_name", FieldValue(), "không thấy"),
        ("is_perpetual", FieldValue(value=False, needs_review=False), "chắc chắn"),
    ],
)
def test_certainty_is_a_word(name: str, field: FieldValue, word: str) -> None:
    assert words.CERTAINTY_WORDS[words.certainty(name, field)] == word


def test_every_reason_that_readers_give_has_words() -> None:
    """Add a missing code to web/data/reasons.toml with its sentence."""
    known = set(words._reasons())
    given: set[str] = set()
    for path in (ROOT / "extractors" / "fields").glob("*.py"):
        for block in re.findall(r"reasons(?:=|\s*=\s*|\.append)\(([^)]*)\)", path.read_text(encoding="utf-8")):
            given |= set(re.findall(r'"([a-z]+(?:_[a-z]+)+)"', block))
    given -= {"doc_type", "needs_review"}
    assert len(given) > 15
    assert given - known == set()


def test_reasons_have_sides() -> None:
    sides = {reason.code: reason.side for reason in words.reasons(("readers_agree", "readers_differ", "la_lam"))}
    assert sides == {"readers_agree": "good", "readers_differ": "bad", "la_lam": "note"}


def test_values_are_written_as_people_write_them() -> None:
    assert words.value_words("issued_date", "2025-07-23") == "23/07/2025"
    assert words.value_words("recipients", ("Như Điều 3;", "Lưu: VT.")) == "Như Điều 3;\nLưu: VT."
    assert words.value_words("doc_type", "quyet_dinh") == "Quyết định"
    assert words.size_words(1_234_567) == "1,2 MB"
    assert words.number_words(1_234_567) == "1.234.567"
    assert words.review_reason("unsure:doc_number") == "Số, ký hiệu: chưa chắc chắn"


@pytest.mark.parametrize(
    ("name", "media", "wanted"),
    [("a.pdf", "application/pdf", "a.pdf"), ("kho.zip!b/a.PDF", "application/pdf", "a.PDF"),
     ("x", "image/png", "x.png"),
     ("../../etc/a\n.pdf", "application/pdf", "a.pdf"), ("ảnh.jpeg", "image/jpeg", "ảnh.jpeg")],
)  # fmt: skip
def test_download_names(name: str, media: str, wanted: str) -> None:
    assert words.file_name(name, media) == wanted


def page(*texts: str) -> PageReading:
    lines = tuple(
        Line(
            tuple(Word(w, Box(i / 10, n / 10, (i + 1) / 10, (n + 1) / 10), 1.0, "ocr") for i, w in enumerate(t.split()))
        )
        for n, t in enumerate(texts)
    )
    return PageReading(1, 595, 842, lines, "ocr")


def test_a_number_on_the_line_after_its_label_is_covered() -> None:
    paper = page("có chứng minh nhân dân số", "123456789 cấp ngày 01/02/2003")
    assert masked_lines(paper, None)[1] == "*****6789 cấp ngày 01/02/2003"
    assert identity_boxes(paper, None) == (Box(0.0, 0.1, 0.1, 0.2),)


def test_a_number_in_groups_is_covered_whole() -> None:
    assert len(identity_boxes(page("CCCD: 079 123 456 789 do"), None)) == 4 - 1  # the last three digits stay


def test_amounts_and_document_numbers_stay() -> None:
    paper = page("Quyết định 2357/QĐ-UBND ngày 23/7/2025", "số tiền 69.022.000 đồng", "123456789 cái")
    assert identity_boxes(paper, None) == ()


def test_snippets_are_taken_apart_without_losing_a_letter() -> None:
    text = "… hộ «nghèo», «cận» nghèo"
    assert "".join(p.text for p in pieces(text)) == text.replace("«", "").replace("»", "")
    assert [p.text for p in pieces(text) if p.hit] == ["nghèo", "cận"]
