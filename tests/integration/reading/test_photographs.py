"""Papers photographed by telephone, read by the real readers: fields, places on the photograph, the copy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pdfplumber
import pikepdf
import pytest

from extractors.copy.pdfa import write_copy
from extractors.intake.sniff import MediaType
from samplemaker import LAYOUTS, MadeDocument
from samplemaker.maker import make_one
from schemas.extraction import Extraction
from schemas.geometry import Box
from schemas.reading import Reading
from storage.layout import decode_layout, encode_layout
from tools.scoring import of_record, same

Understood = tuple[Reading, Extraction]
SEED, NUMBER = 501, 7  # a licence of one page on a black desk, seen aslant


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> MadeDocument:
    return make_one(tmp_path_factory.mktemp("photo"), NUMBER, SEED, "gp_kinh_doanh", "photo", list(LAYOUTS))


def test_a_photograph_is_read_like_a_scan(photo: MadeDocument, read_file: Callable[[Path], Understood]):
    reading, extraction = read_file(photo.path)
    (page,) = reading.pages
    assert page.sheet is not None
    assert "photographed" in page.notes
    record = {"fields": extraction.fields.model_dump(mode="json")}
    right = {name for name, want in photo.truth["fields"].items() if same(name, want, of_record(record, name)[0])}
    assert {"doc_type", "doc_number", "issued_date", "place", "issuing_agency"} <= right
    wrong_when_sure = [name for name in photo.truth["fields"] if name not in right and of_record(record, name)[1]]
    assert wrong_when_sure == []


def test_values_lie_where_the_camera_saw_them(photo: MadeDocument, read_file: Callable[[Path], Understood]):
    """Boxes are fractions of the photograph, not of the sheet laid flat."""
    reading, extraction = read_file(photo.path)
    sheet = reading.pages[0].sheet
    assert sheet is not None
    looked = 0
    for name in ("doc_number", "signer_name", "place"):
        true, told = photo.truth["boxes"].get(name), extraction.fields.get(name).bbox
        if true is None or told is None:
            continue
        want, got = Box(*true["bbox"]), Box(*told)
        assert want.overlap(got) > 0.5, name  # a box may hold the whole line
        assert abs(want.cy - got.cy) < 0.006, name
        flat = Box(*sheet.on_sheet(got.x0, got.y0), *sheet.on_sheet(got.x1, got.y1))
        assert want.overlap(flat) < 0.5, name  # were they told on the flat sheet, this test would know
        looked += 1
    assert looked >= 2


def test_the_copy_keeps_the_photograph_and_its_words_in_place(
    photo: MadeDocument, read_file: Callable[[Path], Understood], tmp_path: Path
):
    reading, _ = read_file(photo.path)
    out = tmp_path / "copy.pdf"
    write_copy(photo.path, MediaType.JPEG, reading, out)
    with pikepdf.open(out) as pdf:
        (image,) = pdf.pages[0].get_images().values()
        assert image.read_raw_bytes() == photo.path.read_bytes()
    with pdfplumber.open(out) as pdf:
        page = pdf.pages[0]
        w, h = page.width, page.height
        found = [
            (word["text"], Box(word["x0"] / w, word["top"] / h, word["x1"] / w, word["bottom"] / h))
            for word in page.extract_words(use_text_flow=True)
        ]
    number = photo.truth["fields"]["doc_number"]
    want = Box(*photo.truth["boxes"]["doc_number"]["bbox"])
    assert any(text in number and want.overlap(box) > 0.4 for text, box in found if len(text) > 3)
    words = [(w.text, w.box) for q in reading.pages[0].lines for w in q.words if len(w.text) > 3]
    placed = sum(
        any(text == t and abs(box.cx - b.cx) < 0.01 and abs(box.cy - b.cy) < 0.01 for t, b in found)
        for text, box in words
    )
    assert placed > 0.9 * len(words)


def test_a_stored_photograph_is_understood_again_alike(photo: MadeDocument, read_file: Callable[[Path], Understood]):
    """Rules about gaps and margins need the flat sheet: it is kept with the layout."""
    reading, _ = read_file(photo.path)
    again = decode_layout(encode_layout(reading))
    assert again.pages[0].sheet == reading.pages[0].sheet
