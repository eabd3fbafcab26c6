"""Chữ ký số (digital signatures) of a PDF: who signed and when, by the file itself.

Only read: nothing is verified, no certificate chain is built and nothing is fetched. A signature that cannot be
parsed is told as such and never stops the reading of the paper.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from itertools import islice
from pathlib import Path
from typing import Any

import pikepdf
from asn1crypto import cms, core

from schemas.geometry import Box
from schemas.signature import Signature
from schemas.text import nfc

MAX_SIGNATURES = 32
MAX_FIELDS = 5_000
MAX_CONTAINER = 4 * 1024**2
_DEPTH = 8
_BROKEN = (
    pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, IndexError, RuntimeError, OverflowError,
    RecursionError, OSError,
)  # fmt: skip
_PDF_DATE = re.compile(
    r"D?:?(?P<y>\d{4})(?P<m>\d{2})?(?P<d>\d{2})?(?P<H>\d{2})?(?P<M>\d{2})?(?P<S>\d{2})?"
    r"(?P<zone>[Zz+-])?(?P<zh>\d{2})?'?(?P<zm>\d{2})?'?"
)


def read_signatures(path: Path) -> tuple[Signature, ...]:
    """Every signature of the PDF at ``path``, in the order of the form; empty where there is none or no way in."""
    try:
        with pikepdf.open(path) as pdf:
            if "/AcroForm" not in pdf.Root:
                return ()
            fields = list(islice(_signature_fields(pdf), MAX_SIGNATURES))
            if not fields:
                return ()
            size = path.stat().st_size
            pages = {page.objgen: number for number, page in enumerate(pdf.pages, 1)}
            found = []
            for field in fields:
                signature = _one(field, pdf, pages, size)
                if signature is not None:
                    found.append(signature)
            return tuple(found)
    except _BROKEN:
        return ()


def _signature_fields(pdf: pikepdf.Pdf) -> Iterator[Any]:
    waiting = [(f, 0) for f in _array(pdf.Root.AcroForm.get("/Fields"))]
    seen = 0
    while waiting and seen < MAX_FIELDS:
        field, depth = waiting.pop(0)
        seen += 1
        if not isinstance(field, pikepdf.Dictionary):
            continue
        kids = _array(field.get("/Kids"))
        if str(field.get("/FT", "")) == "/Sig" and isinstance(field.get("/V"), pikepdf.Dictionary):
            yield field
        elif depth < _DEPTH:
            waiting += [(kid, depth + 1) for kid in kids]


def _array(value: Any) -> list[Any]:
    return list(value) if isinstance(value, pikepdf.Array) else []


def _one(field: Any, pdf: pikepdf.Pdf, pages: dict[Any, int], size: int) -> Signature | None:
    value = field.V
    if str(value.get("/Type", "/Sig")) not in ("/Sig", "/DocTimeStamp"):
        return None
    page, box = _place(field, pdf, pages)
    told = _text(value.get("/Name"))
    when = _pdf_date(_text(value.get("/M")))
    names: dict[str, str] = {}
    readable = False
    try:
        container = bytes(value.get("/Contents", b""))
        names, signed = _open_container(container)
        readable = True
        when = signed or when
    except _BROKEN:
        pass
    return Signature(
        signer=names.get("common_name") or told,
        organisation=names.get("organization_name"),
        signed_at=when.isoformat() if when is not None else None,
        reason=_text(value.get("/Reason")),
        page=page,
        bbox=box.as_tuple() if box is not None else None,
        covers_file=_covers(value.get("/ByteRange"), size),
        readable=readable,
    )


def _open_container(data: bytes) -> tuple[dict[str, str], datetime | None]:
    """(names of the signer's certificate, time the signer wrote into the signature) of a CMS container."""
    if not data or len(data) > MAX_CONTAINER:
        raise ValueError("no signature container")
    info = cms.ContentInfo.load(data)  # trailing zeros pad the hole in the file
    if info["content_type"].native != "signed_data":
        raise ValueError("no signed data")
    signed = info["content"]
    (signer, *_) = signed["signer_infos"]
    when: datetime | None = None
    attributes = signer["signed_attrs"]
    if not isinstance(attributes, core.Void):
        for attribute in attributes:
            if attribute["type"].native == "signing_time" and len(attribute["values"]):
                when = attribute["values"][0].native
    certificate = _certificate(signed["certificates"], signer["sid"])
    if certificate is None:
        return {}, when
    names: dict[str, str] = {}
    for key, value in certificate.subject.native.items():
        text = value[-1] if isinstance(value, list) else value
        if isinstance(text, str) and text.strip():
            names[key] = nfc(text).strip()
    return names, when


def _certificate(certificates: Any, sid: Any) -> Any:
    """The certificate the signer names, among those in the container."""
    if isinstance(certificates, core.Void):
        return None
    for choice in certificates:
        if choice.name != "certificate":
            continue
        certificate = choice.chosen
        if sid.name == "issuer_and_serial_number":
            if certificate.serial_number == sid.chosen["serial_number"].native:
                return certificate
        elif certificate.key_identifier == sid.chosen.native:
            return certificate
    return None


def _place(field: Any, pdf: pikepdf.Pdf, pages: dict[Any, int]) -> tuple[int | None, Box | None]:
    """Page and box of the visible signature; (page, None) where it has no size or the page is turned."""
    widget = field if "/Rect" in field else next((k for k in _array(field.get("/Kids")) if "/Rect" in k), None)
    if widget is None:
        return None, None
    number = pages.get(widget.P.objgen) if "/P" in widget else _page_of(widget, pdf)
    if number is None:
        return None, None
    page = pdf.pages[number - 1]
    x0, y0, x1, y1 = _sorted([float(v) for v in widget.Rect])
    left, bottom, right, top = _sorted([float(v) for v in page.cropbox])
    if int(page.obj.get("/Rotate", 0)) % 360 or x1 - x0 < 1 or y1 - y0 < 1 or right <= left or top <= bottom:
        return number, None
    w, h = right - left, top - bottom
    box = [(x0 - left) / w, (top - y1) / h, (x1 - left) / w, (top - y0) / h]
    return number, Box(*(min(1.0, max(0.0, v)) for v in box))


def _page_of(widget: Any, pdf: pikepdf.Pdf) -> int | None:
    for number, page in enumerate(pdf.pages, 1):
        if any(a.objgen == widget.objgen for a in _array(page.obj.get("/Annots")) if widget.is_indirect):
            return number
    return None


def _sorted(box: list[float]) -> tuple[float, float, float, float]:
    a, b, c, d = box
    return min(a, c), min(b, d), max(a, c), max(b, d)


def _covers(byte_range: Any, size: int) -> bool:
    """Whether the signed bytes are the whole file (but for the hole of the signature itself)."""
    parts = [int(v) for v in _array(byte_range)]
    return len(parts) == 4 and parts[0] == 0 and parts[2] >= parts[1] and parts[2] + parts[3] == size


def _text(value: Any) -> str | None:
    if value is None:
        return None
    text = nfc(str(value)).strip()
    return text[:500] or None


def _pdf_date(text: str | None) -> datetime | None:
    m = _PDF_DATE.match(text or "")
    if not m:
        return None
    part = {k: int(v) if v and v.isdigit() else 0 for k, v in m.groupdict().items()}
    zone: timezone = UTC
    if m["zone"] in ("+", "-"):
        shift = timedelta(hours=part["zh"], minutes=part["zm"])
        if shift < timedelta(hours=24):
            zone = timezone(shift if m["zone"] == "+" else -shift)
    try:
        made = datetime(part["y"], part["m"] or 1, part["d"] or 1, part["H"], part["M"], part["S"], tzinfo=zone)
    except ValueError:
        return None
    return made if m["zone"] else made.replace(tzinfo=None)
