"""What is true about a made file: one JSON line, in the shape the scorer reads, with more beside it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from samplemaker.model import Paper
from samplemaker.page import Page, Rect
from samplemaker.scan import Place
from samplemaker.typeset import Finish

Fractions = list[float]


Way = NDArray[np.float64] | Place | None


def page_fractions(rect: Rect, page: Page, matrix: Way, dpi: float) -> Fractions:
    """A rectangle in points to fractions of the upright page as scanned.

    ``matrix`` moves page pixels (at ``dpi``) to scan pixels, or is the place of the sheet in its photograph.
    """
    x0, y0, x1, y1 = rect
    if isinstance(matrix, Place):
        t = np.linspace(0, 1, 9)
        across, down = x0 + (x1 - x0) * t, y0 + (y1 - y0) * t
        rim = [np.stack([across, np.full(9, y)], 1) for y in (y0, y1)]
        rim += [np.stack([np.full(9, x), down], 1) for x in (x0, x1)]
        corners = matrix(np.concatenate(rim) / [page.width, page.height])
    elif matrix is None:
        corners = np.array([[x0 / page.width, y0 / page.height], [x1 / page.width, y1 / page.height]])
    else:
        scale = dpi / 72
        points = np.array([[x0, y0, 1], [x1, y0, 1], [x0, y1, 1], [x1, y1, 1]]) * [scale, scale, 1]
        corners = points @ matrix.T / [round(page.width * scale), round(page.height * scale)]
    low, high = corners.min(axis=0), corners.max(axis=0)
    return [round(float(min(max(v, 0.0), 1.0)), 4) for v in (low[0], low[1], high[0], high[1])]


def field_boxes(pages: list[Page], matrices: Sequence[Way], dpi: float) -> dict[str, dict[str, Any]]:
    """Box of each field on the first page that carries it."""
    boxes: dict[str, dict[str, Any]] = {}
    for number, (page, matrix) in enumerate(zip(pages, matrices, strict=True), 1):
        for tag, rect in page.boxes().items():
            if tag not in boxes:
                boxes[tag] = {"page": number, "bbox": page_fractions(rect, page, matrix, dpi)}
    return boxes


def truth_fields(paper: Paper) -> dict[str, Any]:
    """The twelve scored fields; what is not printed is None."""
    agency = paper.agency
    return {
        "doc_type": paper.doc_type,
        "doc_number": paper.doc_number or None,
        "issued_date": paper.issued.isoformat(),
        "place": paper.place,
        "issuing_agency": f"{agency.parent} {agency.name}" if agency.parent else agency.name,
        "summary": paper.summary,
        "signing_capacity": " ".join(paper.sign.capacity) or None,
        "signer_title": paper.sign.title,
        "signer_name": paper.sign.name,
        "recipients": list(paper.recipients) or None,
        "owner_name": paper.owner,
        "valid_to": paper.valid_to.isoformat() if paper.valid_to else None,
    }


def truth_line(
    paper: Paper,
    finish: Finish,
    *,
    name: str,
    data: bytes,
    quality: str,
    seed: str,
    texts: list[str],
    boxes: dict[str, Any],
    rotation: list[int],
    form_by_hand: bool,
    container: str,
    dpi: int | None,
) -> dict[str, Any]:
    """The whole line."""
    agency = paper.agency
    return {
        "file": name,
        "sha256": hashlib.sha256(data).hexdigest(),
        "set": "made",
        "level": quality,
        "handwritten": finish.handwritten,
        "pages": len(texts),
        "fields": truth_fields(paper),
        "text": texts,
        "kind": paper.kind,
        "layout": paper.layout,
        "quality": quality,
        "seed": seed,
        "container": container,
        "dpi": dpi,
        "more": {
            "code_number": paper.number or None,
            "code_notation": paper.notation.lstrip("/") or None,
            "owner_id": paper.owner_id,
            "owner_id_type": paper.owner_id_type,
            "owner_kind": paper.owner_kind,
            "valid_from": paper.valid_from.isoformat() if paper.valid_from else None,
            "is_perpetual": paper.perpetual,
            "issuing_agency_name": agency.name,
            "parent_agency_name": agency.parent,
            "procedure": paper.procedure,
            "secrecy": paper.secrecy,
            "urgency": paper.urgency,
            "level": agency.level,
            "number_written": finish.number,
            "day_written": finish.day,
            "signer_written": finish.sign_name,
            "filled_by_hand": form_by_hand,
            "certified_copy": finish.certified,
            "arrival_stamp": finish.arrival,
        },
        **({"plan": asdict(paper.plan)} if paper.plan else {}),
        "boxes": boxes,
        "rotation": rotation,
    }
