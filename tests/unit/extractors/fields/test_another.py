"""Two papers in one scan: a later page with a letterhead and a number of its own."""

from __future__ import annotations

from extractors.fields.another import pages_that_begin_another
from extractors.fields.view import Document
from extractors.understand import understand
from schemas.geometry import Box
from schemas.reading import Line, PageReading, Reading, Word


def page(number: int, *texts: str, top: float = 0.06) -> PageReading:
    lines = tuple(
        Line((Word(text, Box(0.1, top + 0.02 * k, 0.9, top + 0.015 + 0.02 * k), 0.99, "pdf_text"),))
        for k, text in enumerate(texts)
    )
    return PageReading(number, 595, 842, lines, "pdf_text")


def head(number: str) -> tuple[str, ...]:
    return ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", f"Số: {number}", "QUYẾT ĐỊNH")


def reading(*pages: PageReading) -> Reading:
    return Reading(pages, "test")


def begins(*pages: PageReading) -> tuple[int, ...]:
    return pages_that_begin_another(Document.of(reading(*pages)))


def test_a_second_letterhead_with_another_number_begins_another_paper() -> None:
    pages = page(1, *head("12/QĐ-UBND")), page(2, "Điều 2. Giao Văn phòng."), page(3, *head("15/QĐ-UBND"))
    assert begins(*pages) == (3,)
    assert "another_paper:3" in understand(reading(*pages)).issues


def test_continuations_annexes_and_forms_do_not() -> None:
    first = page(1, *head("12/QĐ-UBND"))
    assert begins(first, page(2, "PHỤ LỤC", "(Kèm theo Quyết định số 15/QĐ-UBND)")) == ()
    assert begins(first, page(2, *head("....../QĐ-UBND"))) == ()
    assert begins(first, page(2, *head("12/QĐ-UBND"))) == ()  # the same paper scanned twice over
    assert begins(first, page(2, *head("15/QĐ-UBND"), top=0.6)) == ()  # quoted at the foot
    assert begins(first) == ()
