"""One invented decision, drawn in all the odd ways born-digital papers are drawn in."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pikepdf
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID
from fpdf import FPDF
from fpdf.enums import TextMode

from extractors.pdf.typeset import font_files, text_width

WIDTH, HEIGHT = 595.28, 841.89
TRUTH: dict[str, Any] = {
    "doc_type": "quyet_dinh",
    "doc_number": "2110/QĐ-UBND",
    "issued_date": "2025-03-07",
    "place": "Quảng Trị",
    "issuing_agency_name": "ỦY BAN NHÂN DÂN TỈNH QUẢNG TRỊ",
    "summary": "Về việc công nhận kết quả kiểm tra cải cách hành chính năm 2025",
    "signing_capacity": "TM. ỦY BAN NHÂN DÂN KT. CHỦ TỊCH",
    "signer_title": "PHÓ CHỦ TỊCH",
    "signer_name": "Trần Văn Mẫu",
    "recipients": ("Như Điều 2;", "Sở Nội vụ;", "Lưu: VT, NC."),
}


@dataclass(frozen=True)
class Text:
    """A line centred on ``x`` (or starting there) with its base line at ``y`` points from the top."""

    x: float
    y: float
    text: str
    bold: bool = False
    centred: bool = True
    size: float = 13.0
    name: str = ""


LINES: tuple[Text, ...] = (
    Text(165, 70, "ỦY BAN NHÂN DÂN", bold=True),
    Text(165, 86, "TỈNH QUẢNG TRỊ", bold=True),
    Text(165, 116, "Số: 2110/QĐ-UBND", name="number"),
    Text(420, 70, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", bold=True, size=11.5),
    Text(420, 86, "Độc lập - Tự do - Hạnh phúc", bold=True),
    Text(420, 116, "Quảng Trị, ngày 07 tháng 3 năm 2025", name="date"),
    Text(310, 160, "QUYẾT ĐỊNH", bold=True, size=14),
    Text(310, 178, "Về việc công nhận kết quả kiểm tra cải cách hành chính", bold=True),
    Text(310, 195, "năm 2025", bold=True),
    Text(310, 228, "ỦY BAN NHÂN DÂN TỈNH QUẢNG TRỊ", bold=True),
    Text(100, 258, "Căn cứ Luật Tổ chức chính quyền địa phương ngày 19 tháng 6 năm 2015;", centred=False),
    Text(100, 276, "Căn cứ Nghị định số 61/2018/NĐ-CP ngày 23 tháng 4 năm 2018 của Chính phủ;", centred=False),
    Text(100, 294, "Theo đề nghị của Giám đốc Sở Nội vụ tại Tờ trình số 45/TTr-SNV,", centred=False),
    Text(310, 326, "QUYẾT ĐỊNH:", bold=True),
    Text(100, 352, "Điều 1. Công nhận kết quả kiểm tra công tác cải cách hành chính của các đơn vị.", centred=False),
    Text(100, 372, "Điều 2. Chánh Văn phòng và các đơn vị liên quan chịu trách nhiệm thi hành.", centred=False),
    Text(85, 420, "Nơi nhận:", bold=True, centred=False, size=12),
    Text(85, 436, "- Như Điều 2;", centred=False, size=11),
    Text(85, 450, "- Sở Nội vụ;", centred=False, size=11),
    Text(85, 464, "- Lưu: VT, NC.", centred=False, size=11),
    Text(430, 420, "TM. ỦY BAN NHÂN DÂN", bold=True),
    Text(430, 437, "KT. CHỦ TỊCH", bold=True),
    Text(430, 454, "PHÓ CHỦ TỊCH", bold=True),
    Text(430, 530, "Trần Văn Mẫu", bold=True),
)
Put = Callable[[FPDF, Text], None]


def start(pdf: FPDF) -> None:
    pdf.set_auto_page_break(False)
    pdf.set_margin(0)
    for style, path in zip(("", "B", "I", "BI"), font_files(), strict=True):
        pdf.add_font("T", style, str(path))


def left_of(line: Text) -> float:
    return line.x - text_width(line.text, line.bold, False) * line.size / 2 if line.centred else line.x


def put(pdf: FPDF, line: Text) -> None:
    """The line as any office program writes it."""
    pdf.set_font("T", "B" if line.bold else "", line.size)
    pdf.text(left_of(line), line.y, line.text)


def put_letters(pdf: FPDF, line: Text) -> None:
    """Every letter by itself, the spaces only as gaps."""
    pdf.set_font("T", "B" if line.bold else "", line.size)
    x = left_of(line)
    for letter in line.text:
        if letter != " ":
            pdf.text(x, line.y, letter)
        x += text_width(letter, line.bold, False) * line.size


def put_wide_spaces(pdf: FPDF, line: Text) -> None:
    """Two spaces, sometimes a no-break one, where one belongs."""
    pdf.set_font("T", "B" if line.bold else "", line.size * 0.97)
    words = line.text.split(" ")
    pdf.text(left_of(line), line.y, "".join(w + ("\u00a0 " if k % 3 == 1 else "  ") for k, w in enumerate(words)))


def put_twice(pdf: FPDF, line: Text) -> None:
    """Fake bold: the same letters again a hair aside."""
    put(pdf, line)
    if line.bold:
        pdf.text(left_of(line) + 0.3, line.y, line.text)


def draw(
    path: Path, *, by: Put = put, lines: Iterable[Text] = LINES, more: Callable[[FPDF], None] | None = None
) -> Path:
    """The decision as a PDF of one page; ``more`` draws on it afterwards."""
    pdf = FPDF(unit="pt", format=(WIDTH, HEIGHT))
    start(pdf)
    pdf.add_page()
    for line in lines:
        by(pdf, line)
    if more is not None:
        more(pdf)
    pdf.output(str(path))
    return path


def shuffled() -> list[Text]:
    """The words of all lines as lines of their own, in no order."""
    words: list[Text] = []
    for line in LINES:
        x = left_of(line)
        for word in line.text.split(" "):
            words.append(Text(x, line.y, word, line.bold, False, line.size))
            x += text_width(word + " ", line.bold, False) * line.size
    random.Random(5).shuffle(words)
    return words


def hidden(pdf: FPDF, text: str, x: float, y: float) -> None:
    """Words nobody sees: invisible ones, and white ones beside them."""
    pdf.set_font("T", "", 13)
    with pdf.local_context(text_mode=TextMode.INVISIBLE):
        pdf.text(x, y, text)
    pdf.set_text_color(255, 255, 255)
    pdf.text(x, y + 15, text)
    pdf.set_text_color(0, 0, 0)


def turn(path: Path, angle: int) -> Path:
    """The page lies on its side in the file and /Rotate stands it up again."""
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        page = pdf.pages[0]
        content = page.contents_coalesce() or page.Contents.read_bytes()
        w, h = WIDTH, HEIGHT
        matrix = {90: f"0 1 -1 0 {h} 0", 180: f"-1 0 0 -1 {w} {h}", 270: f"0 -1 1 0 0 {w}"}[angle]
        page.Contents = pdf.make_stream(f"q {matrix} cm\n".encode() + content + b"\nQ")
        page.MediaBox = [0, 0, w, h] if angle == 180 else [0, 0, h, w]
        page.Rotate = angle
        pdf.save(path)
    return path


def crop(path: Path) -> Path:
    """The paper lies in the middle of a larger sheet; a printer's note stands outside the crop box."""
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        page = pdf.pages[0]
        page.contents_coalesce()
        content = page.Contents.read_bytes()
        page.Contents = pdf.make_stream(b"q 1 0 0 1 100 150 cm\n" + content + b"\nQ")
        page.MediaBox = [0, 0, WIDTH + 300, HEIGHT + 300]
        page.CropBox = [100, 150, WIDTH + 100, HEIGHT + 150]
        pdf.save(path)
    return path


def add_fields(path: Path, values: dict[str, tuple[float, float, float, float, str]]) -> Path:
    """AcroForm text fields: name -> (x0, y0, x1, y1 from the top, value)."""
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        page = pdf.pages[0]
        fields = pikepdf.Array()
        for name, (x0, y0, x1, y1, value) in values.items():
            widget = pdf.make_indirect(
                pikepdf.Dictionary(
                    Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, FT=pikepdf.Name.Tx, T=name,
                    V=pikepdf.String(value), Rect=[x0, HEIGHT - y1, x1, HEIGHT - y0], P=page.obj, F=4,
                )
            )  # fmt: skip
            fields.append(widget)
        page.obj.Annots = fields
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=fields)
        pdf.save(path)
    return path


def certificate(name: str, organisation: str) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    """A key and a certificate nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name(
        [x509.NameAttribute(NameOID.COMMON_NAME, name), x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation)]
    )
    day = datetime(2025, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder().subject_name(who).issuer_name(who).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(day).not_valid_after(day + timedelta(days=3650))
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    return key, made


def sign(
    path: Path, name: str, *, organisation: str = "Tỉnh Quảng Trị", container: bytes | None = None,
    box: tuple[float, float, float, float] = (0, 0, 0, 0),
) -> Path:  # fmt: skip
    """Sign the file as signing programs do; ``container`` puts other bytes where the signature belongs."""
    hole = 16_000
    with pikepdf.open(path) as pdf:
        page = pdf.pages[0]
        value = pdf.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Sig, Filter=pikepdf.Name("/Adobe.PPKLite"),
                SubFilter=pikepdf.Name("/adbe.pkcs7.detached"), Name=name, M="D:20250307091500+07'00'",
                ByteRange=[0, 9_999_999_999, 9_999_999_999, 9_999_999_999],
                Contents=pikepdf.String(bytes(hole)),
            )
        )  # fmt: skip
        x0, y0, x1, y1 = box
        widget = pdf.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, FT=pikepdf.Name.Sig, T="Signature1", V=value,
                Rect=[x0, HEIGHT - y1, x1, HEIGHT - y0], P=page.obj, F=132,
            )
        )  # fmt: skip
        page.obj.Annots = pikepdf.Array([*page.obj.get("/Annots", []), widget])
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=[widget], SigFlags=3)
        out = io.BytesIO()
        pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    data = out.getvalue()
    marks = (b"<" + b"00" * hole + b">", b"(" + b"\\000" * hole + b")", b"(" + bytes(hole) + b")")
    mark = next(m for m in marks if m in data)
    begin = data.index(mark)
    width = 2 * hole + 2
    data = data[:begin] + b"<" + b"0" * (2 * hole) + b">" + data[begin + len(mark) :]
    told = b"[ 0 9999999999 9999999999 9999999999 ]"
    ranges = f"[ 0 {begin} {begin + width} {len(data) - begin - width} ]".encode().ljust(len(told))
    assert told in data
    data = data.replace(told, ranges, 1)
    if container is None:
        key, made = certificate(name, organisation)
        signed = data[:begin] + data[begin + width :]
        container = (
            pkcs7.PKCS7SignatureBuilder().set_data(signed).add_signer(made, key, hashes.SHA256())
            .sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary])
        )  # fmt: skip
    hexed = container.hex().encode().ljust(2 * hole, b"0")
    path.write_bytes(data[: begin + 1] + hexed + data[begin + 1 + 2 * hole :])
    return path
