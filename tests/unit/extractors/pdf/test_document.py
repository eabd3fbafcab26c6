"""Opening pages: limits, pictures that lie about themselves, and files that want to hurt."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from PIL import Image

from extractors.intake.limits import Limits
from extractors.intake.sniff import MediaType
from extractors.pdf.document import open_pages
from schemas.errors import BrokenFile, DocumentError, EncryptedFile, TooLarge, TooManyPages

Make = Callable[..., Path]


def _read_all(path: Path, kind: MediaType = MediaType.PDF, limits: Limits | None = None) -> list[str]:
    verdicts = []
    with open_pages(path, kind, limits=limits or Limits()) as pages:
        for number in range(1, pages.page_count + 1):
            page = pages.page(number)
            page.render(40, gray=True)
            verdicts.append(page.text_layer().verdict)
    return verdicts


def _outcome(path: Path) -> set[str]:
    """The verdicts of all pages, or the code of the error."""
    try:
        return set(_read_all(path))
    except DocumentError as error:
        return {error.code}


def test_shapes_and_colours(make_pdf: Make, letter: Callable[..., None]) -> None:
    with open_pages(make_pdf(letter), MediaType.PDF) as pages:
        page = pages.page(1)
        assert (round(page.width_pt), round(page.height_pt)) == (595, 842)
        assert page.render(72).shape == (842, 595, 3)
        assert page.render(144, gray=True).shape == (1684, 1190)
        assert page.render(72).dtype == np.uint8
        assert (page.native_dpi, page.image_coverage) == (0, 0.0)


def test_resolution_and_coverage_of_a_scan(make_pdf: Make, tmp_path: Path) -> None:
    Image.new("L", (1240, 1754), 200).save(tmp_path / "s.png")
    path = make_pdf(lambda pdf: pdf.image(str(tmp_path / "s.png"), 0, 0, 595, 842))
    with open_pages(path, MediaType.PDF) as pages:
        page = pages.page(1)
        assert page.native_dpi == pytest.approx(150, abs=1)
        assert page.image_coverage > 0.97


def test_picture_inside_a_form_is_measured_where_it_stands(raw_pdf: Make, tmp_path: Path) -> None:
    path = raw_pdf(b"q 1 0 0 1 100 100 cm /Fm Do Q")
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        image = pdf.make_stream(bytes(100 * 200), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=100)
        image.Height, image.BitsPerComponent, image.ColorSpace = 200, 8, pikepdf.Name.DeviceGray
        form = pdf.make_stream(b"q 72 0 0 144 0 0 cm /Im Do Q", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form)
        form.BBox, form.Resources = [0, 0, 595, 842], pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im=image))
        pdf.pages[0].Resources.XObject = pikepdf.Dictionary(Fm=form)
        pdf.save(path)
    with open_pages(path, MediaType.PDF) as pages:
        page = pages.page(1)
        assert page.native_dpi == pytest.approx(100, abs=2)
        assert page.image_coverage == pytest.approx(72 * 144 / (595 * 842), abs=0.01)


def test_render_stays_below_the_limit(raw_pdf: Make) -> None:
    path = raw_pdf(b"", MediaBox=[0, 0, 3000, 3000])
    with open_pages(path, MediaType.PDF, limits=Limits(max_render_pixels=1_000_000)) as pages:
        shape = pages.page(1).render(300, gray=True).shape
    assert shape[0] * shape[1] <= 1_010_000
    with pytest.raises(TooLarge):
        _read_all(raw_pdf(b"", MediaBox=[0, 0, 20_000, 20_000]))


def test_ten_thousand_pages(tmp_path: Path) -> None:
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(100, 100))
    page = pdf.pages[0].obj
    pdf.Root.Pages.Kids = pikepdf.Array([page] * 10_000)
    pdf.Root.Pages.Count = 10_000
    path = tmp_path / "a.pdf"
    pdf.save(path)
    with pytest.raises(TooManyPages) as caught, open_pages(path, MediaType.PDF):
        pass
    assert caught.value.code == "E105"


def _png_header(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


def test_forty_thousand_pixels_square(tmp_path: Path, raw_pdf: Make) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(_png_header(40_000, 40_000))
    with pytest.raises(TooLarge), open_pages(path, MediaType.PNG):
        pass
    path = raw_pdf(b"q 500 0 0 500 0 0 cm /Im Do Q")
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        image = pdf.make_stream(b"\0" * 99, Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=40_000)
        image.Height, image.BitsPerComponent, image.ColorSpace = 40_000, 1, pikepdf.Name.DeviceGray
        pdf.pages[0].Resources.XObject = pikepdf.Dictionary(Im=image)
        pdf.save(path)
    with pytest.raises(TooLarge):
        _read_all(path)


def test_multi_page_tiff(tmp_path: Path) -> None:
    frames = [Image.new("1", (100 + 10 * i, 200), 1) for i in range(3)]
    path = tmp_path / "a.tif"
    frames[0].save(path, save_all=True, append_images=frames[1:], compression="group4", dpi=(200, 200))
    with open_pages(path, MediaType.TIFF) as pages:
        assert pages.page_count == 3
        assert [round(pages.page(n).width_pt, 1) for n in (1, 2, 3)] == [36.0, 39.6, 43.2]
        assert pages.page(2).render(300).shape == (200, 110, 3)
        assert pages.page(1).native_dpi == 200
    with pytest.raises(TooManyPages), open_pages(path, MediaType.TIFF, limits=Limits(max_pages=2)):
        pass


def test_fine_scans_come_smaller_never_larger(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    Image.new("L", (1200, 1800), 128).save(path, dpi=(600, 600))
    with open_pages(path, MediaType.JPEG) as pages:
        assert pages.page(1).render(300, gray=True).shape == (900, 600)
        assert pages.page(1).render(900, gray=True).shape == (1800, 1200)


def test_a_camera_that_says_72_dpi_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    Image.new("L", (3000, 4000), 128).save(path, dpi=(72, 72))
    with open_pages(path, MediaType.JPEG) as pages:
        page = pages.page(1)
        assert page.height_pt == pytest.approx(842, abs=1)
        assert page.native_dpi == pytest.approx(342, abs=1)


@pytest.mark.parametrize(("kind", "suffix"), [("JPEG", "jpg"), ("PNG", "png"), ("TIFF", "tif")])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.7])
def test_cut_pictures_are_broken(tmp_path: Path, kind: str, suffix: str, share: float) -> None:
    noise = np.random.default_rng(7).integers(0, 255, (300, 300, 3), dtype=np.uint8)
    path = tmp_path / f"a.{suffix}"
    Image.fromarray(noise).save(path, kind)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(BrokenFile), open_pages(path, MediaType(f"image/{kind.lower()}")) as pages:
        pages.page(1).render(300)


def _objects(*bodies: bytes) -> bytes:
    out = b"%PDF-1.7\n"
    offsets = []
    for i, body in enumerate(bodies, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (i, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    out += b"".join(b"%010d 00000 n \n" % o for o in offsets)
    return out + b"trailer << /Root 1 0 R /Size %d >>\nstartxref\n%d\n%%%%EOF" % (len(bodies) + 1, start)


CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"
PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] /Contents 4 0 R /Resources << /XObject << /F 5 0 R >> >> >>"
PAGES = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"


def _stream(data: bytes, extra: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), extra, data)


FORM = b"/Type /XObject /Subtype /Form /BBox [0 0 99 99] /Resources << /XObject << /F 5 0 R >> >>"
HOSTILE = {
    "looping page tree": _objects(CATALOG, b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>"),
    "parent loop": _objects(CATALOG, b"<< /Type /Pages /Kids [3 0 R] /Count 1 /Parent 2 0 R >>", PAGE, _stream(b"")),
    "page is missing": _objects(CATALOG, PAGES),
    "no pages": _objects(CATALOG, b"<< /Type /Pages /Kids [] /Count 0 >>"),
    "count lies": _objects(CATALOG, b"<< /Type /Pages /Kids [3 0 R] /Count 1500 >>", PAGE, _stream(b"")),
    "form calls itself": _objects(CATALOG, PAGES, PAGE, _stream(b"/F Do"), _stream(b"/F Do /F Do", FORM)),
    "deep arrays": _objects(CATALOG, PAGES, PAGE, _stream(b"[" * 100_000), _stream(b"", FORM)),
    "deep states": _objects(CATALOG, PAGES, PAGE, _stream(b"q " * 100_000 + b"Q " * 200_000), _stream(b"", FORM)),
    "open string": _objects(CATALOG, PAGES, PAGE, _stream(b"BT (" * 5000), _stream(b"", FORM)),
    "wrong operands": _objects(
        CATALOG, PAGES, PAGE, _stream(b"/x /y cm BT (a) Tf [<<] TJ 1 Tj (b) re f"), _stream(b"", FORM)
    ),
    "bad flate": _objects(CATALOG, PAGES, PAGE, _stream(b"not flate", b"/Filter /FlateDecode")),
    "empty box": _objects(CATALOG, PAGES, PAGE.replace(b"[0 0 99 99]", b"[0 0 0 0]"), _stream(b"")),
    "box of names": _objects(CATALOG, PAGES, PAGE.replace(b"[0 0 99 99]", b"[/a /b /c /d]"), _stream(b"")),
    "fractional rotation": _objects(
        CATALOG, PAGES, PAGE.replace(b"/MediaBox", b"/Rotate 45.5 /MediaBox"), _stream(b"")
    ),
    "xref rubbish": _objects(CATALOG, PAGES, PAGE, _stream(b"")).replace(b"00000 n", b"xxxxx q"),
    "only a header": b"%PDF-1.7\n%%EOF",
    "header and rubbish": b"%PDF-1.4\n" + bytes(range(256)) * 50,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_pdfs_end_with_an_error_of_ours_or_pages(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(HOSTILE[name])
    assert _outcome(path) <= {"E104", "E105", "E106", "empty", "garbage"}


def test_flate_bomb_in_a_page_is_refused_or_read_within_bounds(tmp_path: Path) -> None:
    bomb = zlib.compress(zlib.compress(b"0 0 m " * 20_000_000, 9), 9)
    path = tmp_path / "a.pdf"
    data = _stream(bomb, b"/Filter [/FlateDecode /FlateDecode]")
    path.write_bytes(_objects(CATALOG, PAGES, PAGE, data, _stream(b"", FORM)))
    with pytest.raises(TooLarge):
        _read_all(path)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_cut_pdfs(make_pdf: Make, letter: Callable[..., None], share: float) -> None:
    path = make_pdf(letter, letter)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    assert _outcome(path) <= {"E104", "empty", "good"}


def test_password(make_pdf: Make, letter: Callable[..., None], tmp_path: Path) -> None:
    path = make_pdf(letter)
    with pikepdf.open(path) as pdf:
        pdf.save(tmp_path / "user.pdf", encryption=pikepdf.Encryption(user="x", owner="y"))
        pdf.save(tmp_path / "owner.pdf", encryption=pikepdf.Encryption(user="", owner="y"))
    with pytest.raises(EncryptedFile), open_pages(tmp_path / "user.pdf", MediaType.PDF):
        pass
    assert _read_all(tmp_path / "owner.pdf") == ["good"]
