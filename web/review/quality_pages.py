"""Trang chất lượng: samples of batches with their verdict, the remaining error with its interval, calibration."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from review.roles import Viewer
from review.sampling import estimate, plan_for
from runtime.desk import ReviewDesk
from runtime.desk_samples import draw_sample, judge_batch, return_batch
from schemas.errors import InvalidValue
from storage.quality import Share
from web.desk import DeskOf
from web.gate import CheckedForm, ViewerOf
from web.pages import render
from web.review import views

router = APIRouter(prefix="/desk/quality", include_in_schema=False)
_Name = Annotated[str, Form(max_length=200)]


@router.get("")
def quality_page(request: Request, desk: DeskOf, viewer: ViewerOf) -> Response:
    viewer.need("quality")
    return _page(request, desk)


def _page(request: Request, desk: DeskOf, *, problem: str = "") -> Response:
    quality = desk.shelf.quality
    sampled, lots, shares_of = quality.sampled_batches(), quality.lots(), quality.sampled_shares()
    batches = [
        _batch(desk.review, batch.name, batch.name in sampled, lots.get(batch.name, 0), shares_of.get(batch.name, ()))
        for batch in desk.shelf.batches()[:100]
    ]
    items: dict[str, tuple[int, int]] = {}
    for share in sorted((one for found in shares_of.values() for one in found), key=lambda one: one.item):
        looked, wrong = items.get(share.item, (0, 0))
        items[share.item] = (looked + share.looked, wrong + share.wrong)
    shares = [(views.label_of(item), estimate(*found)) for item, found in items.items()]
    cells = [(cell, estimate(cell.looked, cell.looked - cell.right)) for cell in quality.calibration()]
    context = {"batches": batches, "shares": shares, "cells": cells, "problem": problem, "percent": views.percent}
    return render(request, "review/quality.html", context, status=422 if problem else 200)


def _batch(desk: ReviewDesk, name: str, sampled: bool, lot: int, shares: Sequence[Share]) -> dict[str, object]:
    """A row of the table of batches; ``sampled``: there is a sample, perhaps to be judged now."""
    sample = judge_batch(desk, name) if sampled else None
    lot = 0 if sample is not None and sample.state == "open" else lot
    return {
        "name": name,
        "sample": sample,
        "lot": lot,
        "plan": plan_for(lot) if lot else None,
        "papers": estimate(sample.done, sample.wrong) if sample else None,
        "values": estimate(sum(s.looked for s in shares), sum(s.wrong for s in shares)),
    }


@router.post("/sample", dependencies=[CheckedForm])
def draw(request: Request, desk: DeskOf, viewer: ViewerOf, batch: _Name = "") -> Response:
    try:
        draw_sample(desk.review, viewer, batch)
    except InvalidValue as exc:
        return _page(request, desk, problem=exc.message)
    return RedirectResponse("/desk/quality", 303)


@router.post("/return", dependencies=[CheckedForm])
def give_back(request: Request, desk: DeskOf, viewer: ViewerOf, batch: _Name = "") -> Response:
    """A failed batch goes back to people; large ones take a while, beside the page."""
    viewer.need("quality")
    sample = judge_batch(desk.review, batch)
    if sample is None or sample.state != "failed":
        return _page(request, desk, problem="Chỉ trả lại được mẻ có mẫu không đạt.")
    threading.Thread(target=_return, args=(desk.review, viewer, batch), name="return-batch", daemon=True).start()
    return RedirectResponse("/desk/quality", 303)


def _return(desk: ReviewDesk, viewer: Viewer, batch: str) -> None:
    return_batch(desk, viewer, batch)
