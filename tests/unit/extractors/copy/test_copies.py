"""Two-layer copies: the picture is untouched, the words are where they stand, every output is PDF/A-2b."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pdfplumber
import pikepdf
import pytest
from pikepdf import pdfa
from PIL import Image

from extractors.copy.pdfa import write_copy
from extractors.copy.textfont import build_blank_font
from extractors.intake.sniff import MediaType
from extractors.pdf.document import open_pages
from schemas.errors import BrokenFile
from schemas.geometry import Box
from schemas.reading import Line, PageReading, Reading, Word

Maker = Callable[..., Any]
WORDS = ("Quyết", "định", "số", "12/QĐ-UBND", "của", "Ủy", "ban", "nhân", "dân", "tỉnh", "ĐẮK", "LẮK")


def _check(path: Path) -> None:
    assert pdfa.validate_written(path, "2b").passed
    with pikepdf.open(path) as pdf:
        assert pdf.check_pdf_syntax() == []


def _found(path: Path, index: int = 0) -> list[dict[str, Any]]:
    with pdfplumber.open(path) as pdf:
        page = pdf.pages[index]
        return [
            {"text": w["text"], "x0": w["x0"] / float(page.width), "y0": w["top"] / float(page.height),
             "x1": w["x1"] / float(page.width), "y1": w["bottom"] / float(page.height)}
            for w in page.extract_words()
        ]  # fmt: skip


def _assert_words_in_place(path: Path, index: int = 0) -> None:
    words = _found(path, index)
    assert [w["text"] for w in words] == list(WORDS)
    for i, w in enumerate(words):
        expected = (0.1 + 0.2 * (i % 4), 0.15 + 0.08 * (i // 4), 0.25 + 0.2 * (i % 4), 0.175 + 0.08 * (i // 4))
        assert (w["x0"], w["y0"], w["x1"], w["y1"]) == pytest.approx(expected, abs=0.004)


def _scan_pdf(path: Path, image: Path, *, rotate: int = 0, text: bytes = b"") -> Path:
    """A scanner's PDF: one JPEG, drawn over the whole page."""
    with Image.open(image) as opened:
        width, height = opened.size
    pdf = pikepdf.new()
    stream = pdf.make_stream(image.read_bytes(), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=width)
    stream.Height, stream.BitsPerComponent, stream.Filter = height, 8, pikepdf.Name.DCTDecode
    stream.ColorSpace = pikepdf.Name.DeviceRGB
    pdf.add_blank_page(page_size=(width * 0.72, height * 0.72))
    page = pdf.pages[0].obj
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im=stream), Font=pikepdf.Dictionary(F1=font))
    page.Contents = pdf.make_stream(
        b"BT /F1 12 Tf 60 400 Td (SCANNER RUBBISH) Tj ET q %d 0 0 %d 0 0 cm /Im Do Q " % (width * 0.72, height * 0.72)
        + text
    )
    page.Rotate = rotate
    pdf.save(path)
    return path


def test_jpeg_bytes_are_untouched(tmp_path: Path, scan: Maker, reading_of: Maker) -> None:
    source, out = tmp_path / "a.jpg", tmp_path / "out.pdf"
    scan().save(source, quality=80, dpi=(100, 100))
    report = write_copy(source, MediaType.JPEG, reading_of(), out)
    _check(out)
    assert report.pages == 1
    assert report.size == out.stat().st_size <= 1.3 * source.stat().st_size
    with pikepdf.open(out) as pdf:
        (image,) = pdf.pages[0].get_images().values()
        assert image.read_raw_bytes() == source.read_bytes()
    _assert_words_in_place(out)


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")
def test_pdftotext_gives_the_words_back(tmp_path: Path, scan: Maker, reading_of: Maker) -> None:
    source, out = tmp_path / "a.jpg", tmp_path / "out.pdf"
    scan().save(source, quality=80)
    write_copy(source, MediaType.JPEG, reading_of(), out)
    text = subprocess.run(["pdftotext", str(out), "-"], capture_output=True, check=True).stdout.decode()
    assert text.split() == list(WORDS)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_camera_orientation(tmp_path: Path, scan: Maker, reading_of: Maker, picture: Maker, orientation: int) -> None:
    upright = scan(400, 600)
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # Image.Transpose that makes the stored picture
    stored = upright.transpose(Image.Transpose(undo[orientation])) if orientation in undo else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    source, out = tmp_path / "a.jpg", tmp_path / "out.pdf"
    stored.save(source, quality=95, exif=exif, dpi=(72, 72))
    with open_pages(source, MediaType.JPEG) as pages:
        page = pages.page(1)
        pixels = page.render(72)
        assert (page.width_pt, page.height_pt) == (400, 600)
    assert np.abs(pixels.astype(int) - np.asarray(upright).astype(int)).mean() < 3
    write_copy(source, MediaType.JPEG, reading_of(1, 400, 600), out)
    _check(out)
    small = np.asarray(upright.resize((200, 300), Image.Resampling.BOX)).astype(int)
    assert np.abs(picture(out) - small).mean() < 6
    _assert_words_in_place(out)


@pytest.mark.parametrize(
    ("mode", "suffix"),
    [
        ("1", "tif"),
        ("L", "png"),
        ("P", "png"),
        ("RGBA", "png"),
        ("CMYK", "jpg"),
        ("I;16", "png"),
        ("LA", "png"),
        ("RGB", "tif"),
    ],
)
def test_every_kind_of_pixel(
    tmp_path: Path, scan: Maker, reading_of: Maker, picture: Maker, mode: str, suffix: str
) -> None:
    plain = scan(400, 600)
    if mode == "I;16":
        image = Image.fromarray(np.asarray(plain.convert("L")).astype(np.uint16) * 257)
    else:
        image = plain.convert(mode)
    source, out = tmp_path / f"a.{suffix}", tmp_path / "out.pdf"
    image.save(source, dpi=(100, 100), **({"compression": "group4"} if mode == "1" else {}))
    kind = {"tif": MediaType.TIFF, "png": MediaType.PNG, "jpg": MediaType.JPEG}[suffix]
    write_copy(source, kind, reading_of(1, 288, 432), out)
    _check(out)
    _assert_words_in_place(out)
    with open_pages(source, kind) as pages:
        shown = Image.fromarray(pages.page(1).render(300)).resize((144, 216), Image.Resampling.BOX)
    assert np.abs(picture(out) - np.asarray(shown).astype(int)).mean() < 8


def test_tiff_with_pages_of_many_sizes(tmp_path: Path, scan: Maker, reading_of: Maker) -> None:
    frames = [scan(400, 600), scan(600, 400, "L"), scan(500, 500, "1")]
    source, out = tmp_path / "a.tif", tmp_path / "out.pdf"
    frames[0].save(source, save_all=True, append_images=frames[1:], dpi=(100, 100))
    report = write_copy(source, MediaType.TIFF, reading_of(3), out)
    _check(out)
    assert report.pages == 3
    with pikepdf.open(out) as pdf:
        sizes = [[round(float(v)) for v in p.mediabox[2:]] for p in pdf.pages]
    assert sizes == [[288, 432], [432, 288], [360, 360]]
    for index in range(3):
        _assert_words_in_place(out, index)


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_scanned_pdf_stands_upright(
    tmp_path: Path, scan: Maker, reading_of: Maker, picture: Maker, rotate: int, turned: int
) -> None:
    upright = scan(300, 450)
    total = (rotate + turned) % 360
    steps = {90: Image.Transpose.ROTATE_90, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_270}
    stored = upright.transpose(steps[total]) if total else upright  # turning clockwise by ``total`` mends it
    stored.save(tmp_path / "s.jpg", quality=90)
    source = _scan_pdf(tmp_path / "a.pdf", tmp_path / "s.jpg", rotate=rotate)
    before = source.read_bytes()
    with pikepdf.open(source) as pdf:
        (image,) = pdf.pages[0].get_images().values()
        jpeg = image.read_raw_bytes()
    out = tmp_path / "out.pdf"
    report = write_copy(source, MediaType.PDF, reading_of(1, 216, 324, rotation=turned), out)
    _check(out)
    assert source.read_bytes() == before
    assert "scanner_text_removed:1" in report.notes
    with pikepdf.open(out) as pdf:
        (image,) = pdf.pages[0].get_images().values()
        assert image.read_raw_bytes() == jpeg
    _assert_words_in_place(out)
    shown = picture(out)
    small = np.asarray(upright.resize((shown.shape[1], shown.shape[0]), Image.Resampling.BOX)).astype(int)
    assert np.abs(shown - small).mean() < 6
    assert report.size <= len(before) + 8000  # font, colour profile, metadata: the same for any number of pages


def test_slanted_words_keep_their_own_height(tmp_path: Path, scan: Maker) -> None:
    source, out = tmp_path / "a.jpg", tmp_path / "out.pdf"
    scan(400, 600).save(source, dpi=(72, 72))
    words = tuple(
        Word(t, Box(0.1 + 0.2 * i, 0.2 + 0.01 * i, 0.25 + 0.2 * i, 0.22 + 0.01 * i), 0.9, "ocr")
        for i, t in enumerate(("Ủy", "ban", "nhân", "dân"))
    )
    reading = Reading((PageReading(1, 400, 600, (Line(words),), "ocr", skew_deg=1.5),), "test")
    write_copy(source, MediaType.JPEG, reading, out)
    found = _found(out)
    assert sorted(w["text"] for w in found) == ["ban", "dân", "nhân", "Ủy"]
    tops = {w["text"]: w["y0"] for w in found}
    assert [tops[t] for t in ("Ủy", "ban", "nhân", "dân")] == pytest.approx([0.2, 0.21, 0.22, 0.23], abs=0.003)


def test_typed_pages_keep_their_letters(tmp_path: Path, typed_pdf: Maker, picture: Maker) -> None:
    source, out = (
        typed_pdf(lambda pdf: pdf.text(60, 100, "Quyết định của Ủy ban nhân dân tỉnh Đắk Lắk")),
        tmp_path / "o.pdf",
    )
    with open_pages(source, MediaType.PDF) as pages:
        lines = pages.page(1).text_layer().lines
    report = write_copy(source, MediaType.PDF, Reading((PageReading(1, 595, 842, lines, "pdf_text"),), "t"), out)
    _check(out)
    assert report.notes == ()
    assert " ".join(w["text"] for w in _found(out)) == "Quyết định của Ủy ban nhân dân tỉnh Đắk Lắk"
    assert np.array_equal(picture(out), picture(source))


def test_mixed_pages_get_only_what_ocr_added(tmp_path: Path, typed_pdf: Maker) -> None:
    source, out = typed_pdf(lambda pdf: pdf.text(60, 100, "Số:        /QĐ-UBND")), tmp_path / "o.pdf"
    with open_pages(source, MediaType.PDF) as pages:
        lines = pages.page(1).text_layer().lines
    number = Line((Word("45", Box(0.14, 0.105, 0.17, 0.122), 0.8, "ocr"),))
    reading = Reading((PageReading(1, 595, 842, (*lines, number), "mixed"),), "t")
    write_copy(source, MediaType.PDF, reading, out)
    _check(out)
    with pikepdf.open(out) as pdf:
        stream = pdf.pages[0].Contents[-1].read_bytes()
    assert stream.count(b" Tj") == 1
    assert "45".encode("utf-16-be").hex().encode() in stream.lower()


def test_a_page_that_pdfa_refuses_is_drawn(tmp_path: Path, typed_pdf: Maker, picture: Maker) -> None:
    def draw(pdf: Any) -> None:
        pdf.text(60, 100, "Nền chuyển màu")

    source, out = typed_pdf(draw), tmp_path / "o.pdf"
    with pikepdf.open(source, allow_overwriting_input=True) as pdf:
        pdf.add_blank_page(page_size=(595, 842))
        shading = pikepdf.Dictionary(
            ShadingType=2, ColorSpace=pikepdf.Name.DeviceRGB, Coords=[0, 0, 595, 0], Extend=[True, True],
            Function=pikepdf.Dictionary(FunctionType=2, Domain=[0, 1], C0=[1, 0, 0], C1=[0, 0, 1], N=1),
        )  # fmt: skip
        page = pdf.pages[1].obj
        page.Resources = pikepdf.Dictionary(Shading=pikepdf.Dictionary(S=shading))
        page.Contents = pdf.make_stream(b"q 100 100 300 300 re W n /S sh Q")
        pdf.save(source)
    report = write_copy(source, MediaType.PDF, Reading((), "t"), out)
    _check(out)
    assert report.notes == ("rasterised:2",)
    for index in range(2):
        assert np.abs(picture(out, index) - picture(source, index)).mean() < 3


def test_garbage_letters_are_drawn_so_that_search_finds_the_words(
    tmp_path: Path, typed_pdf: Maker, reading_of: Maker
) -> None:
    source, out = (
        typed_pdf(lambda pdf: [pdf.text(60, 100 + 12 * i, "Xyzw qrst pzk") for i in range(30)]),
        tmp_path / "o.pdf",
    )
    report = write_copy(source, MediaType.PDF, reading_of(), out)
    _check(out)
    assert report.notes == ("rasterised:1",)
    _assert_words_in_place(out)


def test_signed_forms_and_attachments(tmp_path: Path, typed_pdf: Maker) -> None:
    source, out = typed_pdf(lambda pdf: pdf.text(60, 100, "Đã ký số")), tmp_path / "o.pdf"
    with pikepdf.open(source, allow_overwriting_input=True) as pdf:
        pdf.attachments["a.txt"] = b"x"
        look = pdf.make_stream(b"0 0 1 rg 0 0 80 20 re f", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form)
        look.BBox = [0, 0, 80, 20]
        field = pdf.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot,
                Subtype=pikepdf.Name.Widget,
                FT=pikepdf.Name.Sig,
                T="s",
                F=132,
                Rect=[100, 100, 180, 120],
                AP=pikepdf.Dictionary(N=look),
                V=pikepdf.Dictionary(Type=pikepdf.Name.Sig),
            )
        )
        pdf.pages[0].obj.Annots = pikepdf.Array([field])
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([field]), SigFlags=3)
        pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        pdf.save(source)
    before = source.read_bytes()
    report = write_copy(source, MediaType.PDF, Reading((), "t"), out)
    _check(out)
    assert source.read_bytes() == before
    assert set(report.notes) == {"signature_dropped", "attachments_dropped"}
    with open_pages(out, MediaType.PDF) as pages:
        pixels = pages.page(1).render(72)
    assert tuple(pixels[842 - 110, 140]) == (0, 0, 255)  # the stamp's look stays


def test_owner_password_is_no_hindrance(tmp_path: Path, typed_pdf: Maker) -> None:
    source, out = typed_pdf(lambda pdf: pdf.text(60, 100, "Tài liệu")), tmp_path / "o.pdf"
    with pikepdf.open(source, allow_overwriting_input=True) as pdf:
        pdf.save(source, encryption=pikepdf.Encryption(owner="chủ", user=""))
    write_copy(source, MediaType.PDF, Reading((), "t"), out)
    _check(out)
    with pikepdf.open(out) as pdf:
        assert not pdf.is_encrypted


def test_named_fonts_are_embedded_from_their_twins(tmp_path: Path, picture: Maker) -> None:
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(300, 100))
    page = pdf.pages[0].obj
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.TrueType, BaseFont=pikepdf.Name("/Times New Roman"),
        Encoding=pikepdf.Name.WinAnsiEncoding, FirstChar=65, LastChar=67, Widths=[722, 667, 667],
    )  # fmt: skip
    page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
    page.Contents = pdf.make_stream(b"BT /F1 24 Tf 20 40 Td (ABC) Tj ET")
    source, out = tmp_path / "a.pdf", tmp_path / "o.pdf"
    pdf.save(source)
    report = write_copy(source, MediaType.PDF, Reading((), "t"), out)
    _check(out)
    assert report.notes in (("fonts_embedded",), ("rasterised:all",))  # the second where the twins are not installed
    assert np.abs(picture(out) - picture(source)).mean() < 4


def test_cut_jpeg_is_broken_and_leaves_nothing(tmp_path: Path, scan: Maker, reading_of: Maker) -> None:
    source, out = tmp_path / "a.jpg", tmp_path / "kho" / "out.pdf"
    out.parent.mkdir()
    scan().save(source, quality=80)
    source.write_bytes(source.read_bytes()[: source.stat().st_size // 2])
    with pytest.raises(BrokenFile):
        write_copy(source, MediaType.JPEG, reading_of(), out)
    assert list(out.parent.iterdir()) == []


def test_the_blank_font_is_what_its_program_makes() -> None:
    path = Path(__file__).parents[4] / "extractors" / "copy" / "data" / "blank.ttf"
    assert path.read_bytes() == build_blank_font(), "run: python -m extractors.copy.textfont"
