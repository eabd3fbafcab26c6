"""Text layers: order, tables, doubles, hidden text, legacy fonts, and the verdict."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pdfplumber
import pikepdf
import pytest
from fpdf import FPDF
from PIL import Image

from extractors.intake.sniff import MediaType
from extractors.pdf.document import open_pages
from extractors.pdf.interpreter import draw as draw_page
from extractors.pdf.legacy import to_tcvn3, to_vni
from extractors.pdf.text_layer import TextLayer
from extractors.pdf.tokens import operations

SAMPLES = Path(__file__).parents[5] / "shared" / "samples" / "real"
Make = Callable[..., Path]
LONG = (
    "Giao Văn phòng Ủy ban nhân dân tỉnh chủ trì, phối hợp với các sở, ngành có liên quan tổ chức thực hiện "
    "Quyết định này theo đúng quy định của pháp luật hiện hành."
)


def layer(path: Path, number: int = 1) -> TextLayer:
    with open_pages(path, MediaType.PDF) as pages:
        return pages.page(number).text_layer()


def texts(found: TextLayer) -> list[str]:
    return [line.text for line in found.lines]


def test_letterhead_columns_are_read_one_after_the_other(make_pdf: Make, letter: Callable[[FPDF], None]) -> None:
    found = layer(make_pdf(letter))
    assert found.verdict == "good"
    assert texts(found)[:6] == [
        "ỦY BAN NHÂN DÂN",
        "TỈNH MẪU SƠN",
        "Số: 12/QĐ-UBND",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Mẫu Sơn, ngày 05 tháng 9 năm 2025",
    ]
    assert len(found.lines) == 9
    assert {line.region for line in found.lines} == {"body"}


def test_boxes_lie_on_the_words(make_pdf: Make, letter: Callable[[FPDF], None]) -> None:
    word = layer(make_pdf(letter)).lines[3].words[0]
    assert word.text == "CỘNG"
    assert word.box.x0 == pytest.approx(270 / 595, abs=0.002)
    assert word.box.y0 * 842 < 60 - 8
    assert 60 < word.box.y1 * 842 < 66
    assert word.score == 1.0
    assert word.origin == "pdf_text"


def test_signature_block_with_rows_at_different_heights(make_pdf: Make) -> None:
    def draw(pdf: FPDF) -> None:
        for i in range(4):
            pdf.text(50, 100 + 16 * i, LONG[:95])
        for i, text in enumerate(("Nơi nhận:", "- Như Điều 3;", "- Sở Nội vụ;", "- Lưu: VT.")):
            pdf.text(60, 203 + 13 * i, text)
        for y, text in ((200, "KT. CHỦ TỊCH"), (216, "PHÓ CHỦ TỊCH"), (300, "Trần Thị Mẫu")):
            pdf.text(360, y, text)

    assert texts(layer(make_pdf(draw)))[4:] == [
        "Nơi nhận:",
        "- Như Điều 3;",
        "- Sở Nội vụ;",
        "- Lưu: VT.",
        "KT. CHỦ TỊCH",
        "PHÓ CHỦ TỊCH",
        "Trần Thị Mẫu",
    ]


def test_justified_lines_are_not_torn(make_pdf: Make) -> None:
    def draw(pdf: FPDF) -> None:
        pdf.set_xy(60, 100)
        pdf.multi_cell(480, 16, (LONG + " ") * 3, align="J")

    lines = texts(layer(make_pdf(draw)))
    assert " ".join(lines) == " ".join([LONG] * 3)


def test_a_centered_title_between_short_lines_keeps_its_place(make_pdf: Make) -> None:
    def draw(pdf: FPDF) -> None:
        pdf.text(60, 100, "Theo đề nghị của Giám đốc Sở,")
        pdf.text(330, 130, "QUYẾT ĐỊNH:")
        pdf.text(60, 160, "Điều 1. Ban hành Quy chế.")

    assert texts(layer(make_pdf(draw))) == [
        "Theo đề nghị của Giám đốc Sở,",
        "QUYẾT ĐỊNH:",
        "Điều 1. Ban hành Quy chế.",
    ]


def test_ruled_table_is_kept(make_pdf: Make) -> None:
    rows = [["STT", "Tên thủ tục hành chính", "Thời hạn"], ["1", "Cấp giấy phép xây dựng nhà ở riêng lẻ", "15 ngày"]]

    def draw(pdf: FPDF) -> None:
        pdf.text(60, 60, "Danh mục thủ tục hành chính ban hành kèm theo Quyết định này")
        pdf.set_xy(60, 100)
        with pdf.table(width=450, col_widths=(1, 5, 2), align="L") as table:
            for row in rows:
                cells = table.row()
                for cell in row:
                    cells.cell(cell)
        pdf.text(60, 300, "Tổng số: một thủ tục hành chính cấp tỉnh.")

    found = layer(make_pdf(draw))
    assert [list(row) for row in found.tables[0].rows] == rows
    assert found.lines[0].region == "body"
    assert [line.text for line in found.lines if line.region == "table"] == rows[0] + rows[1]
    assert found.lines[-1].text.startswith("Tổng số")
    box = found.tables[0].box
    assert (box.x0, box.x1) == pytest.approx((72.5 / 595, 522.5 / 595), abs=0.03)


def test_a_frame_round_the_page_is_no_table(make_pdf: Make, letter: Callable[[FPDF], None]) -> None:
    def draw(pdf: FPDF) -> None:
        pdf.rect(20, 20, 555, 802)
        pdf.rect(24, 24, 547, 794)
        letter(pdf)

    found = layer(make_pdf(draw))
    assert found.tables == ()
    assert len(found.lines) == 9


def test_fake_bold_is_read_once_and_real_doubles_twice(make_pdf: Make) -> None:
    def draw(pdf: FPDF) -> None:
        for dx in (0, 0.3, 0.5):
            pdf.text(100 + dx, 100, "BỘ NÔNG NGHIỆP VÀ MÔI TRƯỜNG")
        pdf.text(100, 130, "Số: 1100/QĐ-BNNMT")

    found = layer(make_pdf(draw))
    assert texts(found) == ["BỘ NÔNG NGHIỆP VÀ MÔI TRƯỜNG", "Số: 1100/QĐ-BNNMT"]
    assert "doubled_text" in found.notes


def test_letters_set_apart_become_words(make_pdf: Make) -> None:
    def draw(pdf: FPDF) -> None:
        pdf.set_char_spacing(9)
        pdf.text(150, 100, "QUYẾT ĐỊNH")
        pdf.set_char_spacing(0)
        pdf.text(50, 140, LONG[:90])

    assert texts(layer(make_pdf(draw)))[0] == "QUYẾT ĐỊNH"


def test_lost_spaces_come_back_from_the_gaps(raw_pdf: Make) -> None:
    found = layer(raw_pdf(b"BT /F1 12 Tf 50 700 Td [(So) -300 (Noi) -300 (vu) 20 (ng)] TJ ET"))
    assert texts(found) == ["So Noi vung"]


def test_white_and_hidden_text_is_dropped(make_pdf: Make, letter: Callable[[FPDF], None]) -> None:
    def draw(pdf: FPDF) -> None:
        letter(pdf)
        pdf.set_text_color(255, 255, 255)
        pdf.text(60, 400, "chữ trắng trên giấy trắng")
        pdf.set_text_color(0, 0, 0)
        pdf.text_mode = 3
        pdf.text(60, 420, "chữ ẩn")

    found = layer(make_pdf(draw))
    assert len(found.lines) == 9
    assert {"white_text", "hidden_text"} <= set(found.notes)
    assert found.verdict == "good"


def _photo(tmp_path: Path) -> Path:
    noise = np.random.default_rng(1).integers(0, 255, (842, 595), dtype=np.uint8)
    path = tmp_path / "scan.jpg"
    Image.fromarray(noise).save(path)
    return path


def test_scanner_text_is_never_trusted(make_pdf: Make, letter: Callable[[FPDF], None], tmp_path: Path) -> None:
    photo = _photo(tmp_path)

    def hidden(pdf: FPDF) -> None:
        pdf.image(str(photo), 0, 0, 595, 842)
        pdf.text_mode = 3
        letter(pdf)

    def under(pdf: FPDF) -> None:
        letter(pdf)
        pdf.image(str(photo), 0, 0, 595, 842)

    path = make_pdf(hidden, under)
    for number in (1, 2):
        found = layer(path, number)
        assert found.verdict == "scanner_ocr"
        assert found.lines[0].text == "ỦY BAN NHÂN DÂN"  # kept, for comparison only


def test_a_seal_or_strokes_make_it_partial(make_pdf: Make, letter: Callable[[FPDF], None], tmp_path: Path) -> None:
    photo = _photo(tmp_path)

    def seal(pdf: FPDF) -> None:
        letter(pdf)
        pdf.image(str(photo), 380, 500, 80, 80)

    def strokes(pdf: FPDF) -> None:
        letter(pdf)
        for i in range(4):
            pdf.circle(100 + 9 * i, 300, 4)

    path = make_pdf(seal, strokes)
    assert (layer(path, 1).verdict, layer(path, 1).notes) == ("partial", ("images",))
    assert (layer(path, 2).verdict, layer(path, 2).notes) == ("partial", ("strokes",))


def test_open_places_make_it_partial(make_pdf: Make) -> None:
    def draw(pdf: FPDF) -> None:
        pdf.text(60, 60, "Số:        /QĐ-UBND")
        pdf.text(60, 80, "Mẫu Sơn, ngày      tháng 9 năm 2025")
        pdf.text(60, 120, LONG[:90])

    found = layer(make_pdf(draw))
    assert found.verdict == "partial"
    assert {"open_number", "open_date"} <= set(found.notes)


def test_scanner_rubbish_and_cids_are_garbage(raw_pdf: Make) -> None:
    rubbish = b"CQNG HOA XA HO! CHU NGHIA VI~T NAM DQc l~p TlJ do H~nh phuc uy BAN NHAN DAN TiNH 86: Qf\\) UBND"
    found = layer(raw_pdf(b"BT /F1 9 Tf 20 700 Td (" + rubbish + b") Tj ET"))
    assert found.verdict == "garbage"
    shifted = LONG.encode("ascii", "ignore").translate(bytes((b + 3) % 128 if b > 32 else b for b in range(256)))
    shifted = shifted.replace(b"(", b"").replace(b")", b"").replace(b"\\", b"")
    assert layer(raw_pdf(b"BT /F1 6 Tf 20 700 Td (" + shifted + b") Tj ET")).verdict == "garbage"


def test_page_without_text_is_empty(raw_pdf: Make) -> None:
    found = layer(raw_pdf(b""))
    assert (found.verdict, found.lines) == ("empty", ())


@pytest.mark.parametrize("encoding", ["tcvn3", "vni"])
def test_legacy_fonts_are_converted_where_certain(raw_pdf: Make, encoding: str) -> None:
    text = "căn cứ nghị định của chính phủ về công tác văn thư, ủy ban nhân dân tỉnh quyết định như sau"
    coded = to_tcvn3(text) if encoding == "tcvn3" else to_vni(text)
    data = coded.encode("latin-1").replace(b"(", b"\\(")
    found = layer(raw_pdf(b"BT /F1 9 Tf 20 700 Td (" + data + b") Tj ET"))
    assert found.text == text
    assert found.verdict == "good"
    assert found.notes == (encoding,)


def test_french_is_not_taken_for_a_legacy_font(raw_pdf: Make) -> None:
    text = "République française: décision relative à la création d'un comité chargé des affaires étrangères"
    found = layer(raw_pdf(b"BT /F1 9 Tf 20 700 Td (" + text.encode("latin-1") + b") Tj ET"))
    assert found.text == text
    assert found.verdict == "garbage"


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_rotated_pages_and_crop_boxes(make_pdf: Make, letter: Callable[[FPDF], None], turn: int) -> None:
    path = make_pdf(letter)
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        page = pdf.pages[0]
        inner = {
            0: (1, 0, 0, 1, 0, 0),
            90: (0, 1, -1, 0, 842, 0),
            180: (-1, 0, 0, -1, 595, 842),
            270: (0, -1, 1, 0, 0, 595),
        }
        page.contents_add(pdf.make_stream(f"{' '.join(map(str, inner[turn]))} cm\n".encode()), prepend=True)
        page.obj.MediaBox = [-10, -20, 842 + 30, 842 + 40]
        page.obj.CropBox = [0, 0, 842, 595] if turn % 180 else [0, 0, 595, 842]
        page.obj.Rotate = turn
        pdf.save(path)
    found = layer(path)
    assert found.lines[0].text == "ỦY BAN NHÂN DÂN"
    assert len(found.lines) == 9
    assert found.lines[3].words[0].box.x0 == pytest.approx(270 / 595, abs=0.003)
    assert found.lines[0].words[0].box.y1 == pytest.approx(62.5 / 842, abs=0.004)


def test_sideways_text_is_read_in_its_own_direction(make_pdf: Make, letter: Callable[[FPDF], None]) -> None:
    def draw(pdf: FPDF) -> None:
        letter(pdf)
        with pdf.rotation(90, x=30, y=600):
            pdf.text(30, 600, "Công báo số 12")

    found = layer(make_pdf(draw))
    assert found.lines[-1].text == "Công báo số 12"
    box = found.lines[-1].box
    assert box.height > box.width
    assert box.x1 == pytest.approx(30 / 595, abs=0.02)
    assert "sideways_text" in found.notes


def test_form_values_are_read(make_pdf: Make) -> None:
    def draw(pdf: FPDF) -> None:
        pdf.text(60, 100, "Họ và tên người đề nghị:")
        pdf.text(60, 140, LONG[:90])

    path = make_pdf(draw)
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        widget = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Widget,
            FT=pikepdf.Name.Tx,
            T="ten",
            V="Nguyễn Văn Mẫu",
            Rect=[220, 738, 420, 754],
        )
        widget = pdf.make_indirect(widget)
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([widget]))
        pdf.pages[0].obj.Annots = pikepdf.Array([widget])
        pdf.save(path)
    found = layer(path)
    assert found.lines[0].text == "Họ và tên người đề nghị: Nguyễn Văn Mẫu"
    assert "form_values" in found.notes


def test_looping_annotations_do_not_matter(make_pdf: Make, letter: Callable[[FPDF], None]) -> None:
    path = make_pdf(letter)
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        one = pdf.make_indirect(pikepdf.Dictionary(Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9]))
        one.Loop = one
        one.Parent = one
        pdf.pages[0].obj.Annots = pikepdf.Array([one])
        pdf.save(path)
    assert layer(path).verdict == "good"


def test_second_source_when_pdfplumber_fails(make_pdf: Make, letter: Callable[[FPDF], None]) -> None:
    path = make_pdf(letter)
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        for font in pdf.pages[0].Resources.Font.values():
            for descendant in font.DescendantFonts:
                descendant.W = pikepdf.Array([pikepdf.Name.Bad, pikepdf.Name.Worse])
        pdf.save(path)
    found = layer(path)
    if "second_source" in found.notes:
        assert "ỦY BAN NHÂN DÂN" in found.text
    else:
        assert found.lines


def test_glyphs_are_those_of_pdfplumber(make_pdf: Make, letter: Callable[[FPDF], None]) -> None:
    path = make_pdf(letter)
    with pdfplumber.open(path) as pdf:
        page = pdf.pages[0]
        ours = draw_page(page.page_obj, pdf.rsrcmgr).glyphs
        theirs = page.chars
    assert len(ours) == len(theirs)
    for g, c in zip(ours, theirs, strict=True):
        assert g.text == c["text"]
        assert (g.x0, g.y0, g.x1, g.y1) == pytest.approx((c["x0"], c["y0"], c["x1"], c["y1"]), abs=0.01)


def test_content_tokens() -> None:
    data = rb"q 1 0 0 -1.5 .5 +7 cm /F#31 12 Tf (a\(b\)\101\n(in) c) Tj [<4142 4> -3 (x)] TJ %note" + b"\n"
    data += b"BI /W 1 /H 1 ID \x00Q EI Q << /K [1 2] >> BDC true false"
    ops = [(op, args) for op, args in operations(data)]
    assert [op for op, _ in ops] == ["q", "cm", "Tf", "Tj", "TJ", "EI", "Q", "BDC"]
    assert ops[1][1] == [1, 0, 0, -1.5, 0.5, 7]
    assert ops[2][1][0].name == "F1"
    assert ops[3][1] == [b"a(b)A\n(in) c"]
    assert ops[4][1] == [[b"AB@", -3, b"x"]]


REAL = [
    ("bgddt_4606.pdf", 1, "good", "Số: 4606/BGDĐT-GDTrH", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
    ("cdgd_95.pdf", 1, "good", "Số: 95 / CV-CĐGD", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
    ("laichau_2362.pdf", 1, "partial", "TỈNH LAI CHÂU", "CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
    ("laichau_2362.pdf", 2, "partial", "- Lưu: VT, Hcc6.", "KT. CHỦ TỊCH"),
]


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="real papers are not part of the repository (../shared)")
@pytest.mark.parametrize(("name", "number", "verdict", "left", "right"), REAL)
def test_real_papers(name: str, number: int, verdict: str, left: str, right: str) -> None:
    found = layer(SAMPLES / name, number)
    assert found.verdict == verdict
    lines = texts(found)
    assert lines.index(left) < lines.index(right)
