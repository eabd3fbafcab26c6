"""Nghiệm thu theo mẫu: a random share of what the machine was sure of is keyed blind; a batch stands or goes back."""

from __future__ import annotations

import random

from review.roles import Viewer
from review.sampling import draw, plan_for
from review.work import Work, apply_work
from runtime.desk import ReviewDesk
from runtime.desk_keeping import keep_work, load_work, put_task
from schemas.errors import InvalidValue
from schemas.extraction import REQUIRED_FIELDS
from schemas.history import Deed
from storage.ledger import now_text
from storage.quality import Sample


def draw_sample(desk: ReviewDesk, viewer: Viewer, batch: str, *, chance: random.Random | None = None) -> Sample:
    """Draw a sample from what the machine accepted of the batch, and ask people for it, blind.

    Raises NotAllowed (E305), InvalidValue (E307) when nothing can be drawn or a sample is open.
    """
    viewer.need("quality")
    quality = desk.workshop.catalogue.quality
    before = quality.sample(batch)
    if before is not None and before.state == "open":
        raise InvalidValue("mẻ này đang có một mẫu chưa làm xong")
    lot = quality.lot(batch)
    if not lot:
        raise InvalidValue("mẻ này không có hồ sơ nào máy tự chấp nhận")
    plan = plan_for(len(lot))
    members = draw(lot, plan.size, chance)
    papers = [desk.find(record_id) for record_id in members]
    works = [load_work(desk.workshop, paper, desk.rules).for_sample(paper, desk.rules) for paper in papers]
    with desk.workshop.catalogue.database.write() as connection:
        quality.begin_sample_in(
            connection,
            Sample(
                id=0, batch=batch, drawn_at=now_text(), drawn_by=viewer.login, lot=plan.lot, size=len(members),
                accept=plan.accept, aql=plan.aql, state="open",
            ),
            members,
        )  # fmt: skip
        for paper, work in zip(papers, works, strict=True):
            put_task(desk.workshop, connection, paper, work, desk.rules)
    desk.workshop.catalogue.history.append(
        "quality", [Deed(actor=viewer.login, action="sampled", note=f"{batch}: {len(members)}/{len(lot)}")]
    )
    sample = quality.sample(batch)
    assert sample is not None
    return sample


def judge_batch(desk: ReviewDesk, batch: str) -> Sample | None:
    """The sample as it stands; a finished one is passed or failed by its acceptance number."""
    quality = desk.workshop.catalogue.quality
    sample = quality.sample(batch)
    if sample is None or sample.state != "open":
        return sample
    if sample.wrong > sample.accept:
        quality.judge(sample.id, "failed")
    elif sample.done >= sample.size:
        quality.judge(sample.id, "passed")
    return quality.sample(batch)


def return_batch(desk: ReviewDesk, viewer: Viewer, batch: str) -> int:
    """A failed batch goes back: what the machine accepted of it is asked of people; how many records.

    Raises NotAllowed (E305), InvalidValue (E307) unless its sample failed.
    """
    viewer.need("quality")
    sample = judge_batch(desk, batch)
    if sample is None or sample.state != "failed":
        raise InvalidValue("chỉ trả lại mẻ có mẫu không đạt")
    quality = desk.workshop.catalogue.quality
    count = 0
    for record_id in quality.lot(batch):
        record = desk.find(record_id)
        work = load_work(desk.workshop, record, desk.rules)
        done = {one.item for one in work.settled}
        asked = tuple(name for name in REQUIRED_FIELDS if name not in done)
        work = _reopened(work, asked)
        record = apply_work(record, work, desk.rules)
        keep_work(desk.workshop, record, work, [Deed(actor=viewer.login, action="returned", note=batch)], desk.rules)
        count += 1
    quality.judge(sample.id, "returned")
    return count


def _reopened(work: Work, asked: tuple[str, ...]) -> Work:
    return work.model_copy(update={"round": work.round + 1, "asked": asked, "sampled": False})
