"""Chữ ký số (digital signature) of a file, as the file itself tells it; never checked here."""

from __future__ import annotations

from pydantic import Field

from schemas.base import Frozen


class Signature(Frozen):
    """One signature container of a PDF.

    signer        name in the signer's certificate, else the name the signature dictionary tells
    organisation  organisation in the certificate
    signed_at     ISO 8601 with the zone where one is told: the time the signer wrote, which nobody vouches for
    reason        why it was signed, as told
    page, bbox    where it is shown, fractions of the page; None for an invisible one
    covers_file   the signed bytes are the whole file: nothing was added after it
    readable      the container could be opened. Whether the signature is valid is not judged
    """

    signer: str | None = None
    organisation: str | None = None
    signed_at: str | None = None
    reason: str | None = None
    page: int | None = Field(default=None, ge=1)
    bbox: tuple[float, float, float, float] | None = None
    covers_file: bool = False
    readable: bool = False
