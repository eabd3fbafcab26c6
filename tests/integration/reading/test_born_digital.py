"""Born-digital papers in every odd dress: the same decision must be read the same, and never wrong when sure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pikepdf
import pytest
from fpdf import FPDF

from schemas.extraction import Extraction
from schemas.reading import Reading
from tests.integration.reading import odd_papers as odd
from tests.integration.reading.odd_papers import LINES, TRUTH, Text
from tools.scoring import same

Read = Callable[[Path], tuple[Reading, Extraction]]


def wrong(extraction: Extraction, *, but: tuple[str, ...] = ()) -> dict[str, object]:
    """Fields that are not as printed."""
    found = {}
    for name, want in TRUTH.items():
        got = extraction.fields.get(name).value
        if name not in but and not same(name, want, got):
            found[name] = got
    return found


def unsure(extraction: Extraction) -> set[str]:
    return {name for name in TRUTH if extraction.fields.get(name).needs_review}


def test_the_paper_as_any_program_writes_it(tmp_path: Path, read_file: Read):
    reading, extraction = read_file(odd.draw(tmp_path / "a.pdf"))
    assert wrong(extraction) == {}
    assert unsure(extraction) == set()
    assert reading.pages[0].origin == "pdf_text"


@pytest.mark.parametrize("by", [odd.put_letters, odd.put_wide_spaces, odd.put_twice], ids=lambda f: f.__name__)
def test_letters_spaces_and_shadows(tmp_path: Path, read_file: Read, by: odd.Put):
    _, extraction = read_file(odd.draw(tmp_path / "a.pdf", by=by))
    assert wrong(extraction) == {}
    assert unsure(extraction) == set()


def test_words_in_no_order(tmp_path: Path, read_file: Read):
    _, extraction = read_file(odd.draw(tmp_path / "a.pdf", lines=odd.shuffled()))
    assert wrong(extraction) == {}


def test_what_nobody_sees_is_not_read(tmp_path: Path, read_file: Read):
    def more(pdf: FPDF) -> None:
        odd.hidden(pdf, "Số: 999/QĐ-UBND", 110, 100)
        odd.hidden(pdf, "Hà Nội, ngày 01 tháng 01 năm 2020", 330, 132)
        odd.hidden(pdf, "Nguyễn Thị Ẩn", 390, 548)

    reading, extraction = read_file(odd.draw(tmp_path / "a.pdf", more=more))
    assert wrong(extraction) == {}
    assert "999" not in reading.text
    assert "Ẩn" not in reading.text


@pytest.mark.parametrize("angle", [90, 180, 270])
def test_pages_turned_in_the_file(tmp_path: Path, read_file: Read, angle: int):
    _, extraction = read_file(odd.turn(odd.draw(tmp_path / "a.pdf"), angle))
    assert wrong(extraction) == {}
    box = extraction.fields.doc_number.bbox
    assert box is not None
    assert box[3] < 0.2, "evidence is where the eye sees it"


def test_a_paper_on_a_larger_sheet(tmp_path: Path, read_file: Read):
    _, extraction = read_file(odd.crop(odd.draw(tmp_path / "a.pdf")))
    assert wrong(extraction) == {}


def test_values_typed_into_a_form(tmp_path: Path, read_file: Read):
    lines = [q for q in LINES if q.name not in ("number", "date")]
    lines += [
        Text(100, 116, "Số:", centred=False),
        Text(152, 116, "/QĐ-UBND", centred=False),
        Text(310, 116, "Quảng Trị, ngày", centred=False),
        Text(421, 116, "tháng", centred=False),
        Text(467, 116, "năm 2025", centred=False),
    ]
    path = odd.draw(tmp_path / "a.pdf", lines=lines)
    odd.add_fields(
        path,
        {"so": (122, 104, 151, 119, "2110"), "ngay": (402, 104, 419, 119, "07"), "thang": (455, 104, 465, 119, "3")},
    )
    _, extraction = read_file(path)
    assert wrong(extraction) == {}


def test_a_signature_tells_signer_and_time(tmp_path: Path, read_file: Read):
    reading, extraction = read_file(odd.sign(odd.draw(tmp_path / "a.pdf"), "Trần Văn Mẫu"))
    (signature,) = reading.signatures
    assert (signature.signer, signature.organisation) == ("Trần Văn Mẫu", "Tỉnh Quảng Trị")
    assert signature.readable
    assert signature.covers_file
    assert signature.signed_at is not None
    assert datetime.fromisoformat(signature.signed_at).tzinfo is not None
    assert wrong(extraction) == {}
    assert "signature_agrees" in extraction.fields.signer_name.reasons


def test_a_paper_changed_after_signing_is_told_as_such(tmp_path: Path, read_file: Read):
    path = odd.sign(odd.draw(tmp_path / "a.pdf"), "Trần Văn Mẫu")
    path.write_bytes(path.read_bytes() + b"\n% more\n")
    assert [s.covers_file for s in read_file(path)[0].signatures] == [False]


def test_another_signer_does_not_change_the_printed_one(tmp_path: Path, read_file: Read):
    _, extraction = read_file(odd.sign(odd.draw(tmp_path / "a.pdf"), "Lê Thị Văn Thư"))
    assert wrong(extraction) == {}
    assert "signature_differs" in extraction.fields.signer_name.reasons


def test_the_signature_names_who_is_not_printed_but_only_for_review(tmp_path: Path, read_file: Read):
    lines = [q for q in LINES if q.text != "Trần Văn Mẫu"]
    path = odd.sign(odd.draw(tmp_path / "a.pdf", lines=lines), "TRẦN VĂN MẪU", box=(380, 470, 480, 520))
    name = read_file(path)[1].fields.signer_name
    assert (name.value, name.origin, name.needs_review) == ("Trần Văn Mẫu", "imported", True)
    assert name.bbox is not None


@pytest.mark.parametrize("container", [b"", b"\x30\x80\x00", b"\x30\x82\xff\xff" + b"\x41" * 900, bytes(64)])
def test_a_broken_signature_never_stops_the_reading(tmp_path: Path, read_file: Read, container: bytes):
    reading, extraction = read_file(odd.sign(odd.draw(tmp_path / "a.pdf"), "Trần Văn Mẫu", container=container))
    assert wrong(extraction) == {}
    (signature,) = reading.signatures
    assert not signature.readable
    assert signature.signed_at == "2025-03-07T09:15:00+07:00", "the dictionary still tells"


def test_a_form_tree_that_goes_round_is_left_alone(tmp_path: Path, read_file: Read):
    path = odd.sign(odd.draw(tmp_path / "a.pdf"), "Trần Văn Mẫu")
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        loop = pdf.make_indirect(pikepdf.Dictionary(T="loop"))
        loop.Kids = pikepdf.Array([loop, loop])
        pdf.Root.AcroForm.Fields = pikepdf.Array([loop, pikepdf.Dictionary(FT=pikepdf.Name.Sig, V=7), None])
        del pdf.pages[0].obj.Annots
        pdf.save(path)
    reading, extraction = read_file(path)
    assert reading.signatures == ()
    assert wrong(extraction) == {}


@pytest.mark.parametrize(
    ("x", "y"), [(62, 36), (330, 30), (330, 470), (430, 136)], ids=["top left", "top right", "signature", "under date"]
)
def test_the_visible_box_of_a_signature_is_no_letterhead(tmp_path: Path, read_file: Read, x: float, y: float):
    said = ("Ký bởi: Văn phòng Ủy ban nhân dân", "Email: vanphong@mau.example", "Cơ quan: Tỉnh Mẫu Sơn",
            "Thời gian ký: 11.08.2025 09:15:00 +07:00")  # fmt: skip

    def more(pdf: FPDF) -> None:
        pdf.set_font("T", "", 6.5)
        for k, line in enumerate(said):
            pdf.text(x, y + 8 * k, line)

    lines = LINES
    if y < 60:  # the boxes at the top push the letterhead down, as they do in real files
        lines = tuple(Text(q.x, q.y + 25, q.text, q.bold, q.centred, q.size, q.name) for q in LINES)
    _, extraction = read_file(odd.draw(tmp_path / "a.pdf", lines=lines, more=more))
    assert wrong(extraction) == {}
    for name in TRUTH:
        assert "Ký bởi" not in str(extraction.fields.get(name).raw_text), name


def test_a_certificate_printed_on_an_ornament_is_read_as_text(tmp_path: Path, read_file: Read):
    from PIL import Image, ImageDraw

    frame = Image.new("RGB", (620, 877), (250, 250, 240))
    pen = ImageDraw.Draw(frame)
    for k in range(4):
        pen.rectangle((20 + 6 * k, 20 + 6 * k, 600 - 6 * k, 857 - 6 * k), outline=(170, 120, 60), width=2)
    pdf = FPDF(unit="pt", format=(odd.WIDTH, odd.HEIGHT))
    odd.start(pdf)
    pdf.add_page()
    pdf.image(frame, 0, 0, odd.WIDTH, odd.HEIGHT)
    for line in LINES:
        odd.put(pdf, line)
    pdf.output(str(tmp_path / "a.pdf"))
    reading, extraction = read_file(tmp_path / "a.pdf")
    assert reading.pages[0].origin == "pdf_text"
    assert wrong(extraction) == {}


def test_letterheads_that_nearly_touch(tmp_path: Path, read_file: Read):
    long = Text(172, 54, "VĂN PHÒNG ĐOÀN ĐẠI BIỂU QUỐC HỘI", size=12)
    lines = [Text(430, 70, q.text, q.bold, size=12.5) if q.text.startswith("CỘNG HÒA") else q for q in LINES]
    _, extraction = read_file(odd.draw(tmp_path / "a.pdf", lines=lines, more=lambda pdf: odd.put(pdf, long)))
    assert wrong(extraction, but=("issuing_agency_name",)) == {}
