"""JSON của bàn rà soát: the same queue, papers and answers as the pages, by the same rules."""

from __future__ import annotations

import threading
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from runtime.desk import DeskItem, Paper, Submitted
from runtime.reread import Reread, reread
from schemas.base import Frozen
from schemas.errors import InvalidValue
from schemas.geometry import Box
from storage.counts import AtLeast
from storage.queue import QueueNumbers, Task
from web.api import ERRORS
from web.desk import DeskOf
from web.gate import ViewerOf
from web.pictures import WIDTHS
from web.review.desk_pages import NarrowedOf, OrderOf
from web.review.picking import Pick, pick
from web.veil import veiled_task

router = APIRouter(prefix="/api/desk", tags=["bàn rà soát"])
_Id = Annotated[str, Field(min_length=4, max_length=64)]
_reading = threading.Lock()  # one region at a time: the readers are not for threads


class TaskRow(Frozen):
    """A paper in the queue."""

    record_id: str
    stage: str
    batch: str | None
    agency: str | None
    field: str | None
    doc_type: str | None
    since: str
    sampled: bool
    note: str | None

    @classmethod
    def of(cls, task: Task) -> TaskRow:
        return cls(**{name: getattr(task, name) for name in cls.model_fields})


class QueueAnswer(Frozen):
    """``more``: at least ``total``, counting stopped there."""

    ok: bool = True
    numbers: QueueNumbers
    total: int
    more: bool = False
    tasks: tuple[TaskRow, ...]


class DeskAnswer(Frozen):
    """A paper with what is asked; ``token`` proves the lease. ``pictures``: paths of its pages."""

    ok: bool = True
    record_id: str
    token: str
    stage: str
    lease_s: float
    page_count: int
    items: tuple[DeskItem, ...]
    pictures: tuple[str, ...]


class NextAnswer(Frozen):
    """``paper`` is null when nothing waits."""

    ok: bool = True
    paper: DeskAnswer | None


class Beside(Frozen):
    """Records that lie on the desk already and are not to be handed out again."""

    beside: tuple[_Id, ...] = Field(default=(), max_length=20)


class Answers(Frozen):
    """``values``: item -> what was typed; null says "not on the paper"."""

    token: str = Field(max_length=100)
    values: dict[Annotated[str, Field(max_length=60)], Annotated[str, Field(max_length=4000)] | None]


class SubmitAnswer(Frozen):
    ok: bool = True
    result: Submitted


class Token(Frozen):
    token: str = Field(max_length=100)


class Done(Frozen):
    ok: bool = True


class Region(Frozen):
    """A box drawn on a page, in fractions of it."""

    token: str = Field(max_length=100)
    page: int = Field(ge=1, le=10_000)
    box: tuple[
        Annotated[float, Field(ge=0, le=1)],
        Annotated[float, Field(ge=0, le=1)],
        Annotated[float, Field(ge=0, le=1)],
        Annotated[float, Field(ge=0, le=1)],
    ]


class RereadAnswer(Frozen):
    ok: bool = True
    readings: tuple[Reread, ...]


class PickAnswer(Frozen):
    ok: bool = True
    picks: tuple[Pick, ...]


@router.get("", responses=ERRORS)
def queue(
    desk: DeskOf,
    viewer: ViewerOf,
    narrowed: NarrowedOf,
    order: OrderOf = "age",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> QueueAnswer:
    """Hàng đợi của người đăng nhập, với các con số của trang đầu."""
    viewer.need("key")
    who = desk.review.queue
    decides = viewer.may("decide")
    listed = who.page(
        viewer.login, scope=viewer.scope, decides=decides, narrowed=narrowed, order=order, limit=limit, offset=offset
    )
    blind = desk.review.blind_items(listed)
    total = who.count(viewer.login, scope=viewer.scope, decides=decides, narrowed=narrowed)
    return QueueAnswer(
        numbers=who.numbers(viewer.login, scope=viewer.scope, decides=decides),
        total=total,
        more=isinstance(total, AtLeast),
        tasks=tuple(TaskRow.of(veiled_task(task, blind[task.record_id])) for task in listed),
    )


@router.post("/next", responses=ERRORS)
def take_next(
    desk: DeskOf, viewer: ViewerOf, narrowed: NarrowedOf, given: Beside, order: OrderOf = "age"
) -> NextAnswer:
    """Nhận hồ sơ kế tiếp; ``beside`` là những hồ sơ đang mở."""
    desk.review.sync(wait_s=0.2)
    task = desk.review.take(viewer, order=order, narrowed=narrowed, beside=given.beside)
    if task is None:
        return NextAnswer(paper=None)
    return NextAnswer(paper=_desk_answer(desk, desk.review.open(viewer, task.record_id)))


@router.get("/pick", responses=ERRORS)
def pick_value(
    desk: DeskOf,
    viewer: ViewerOf,
    item: Annotated[str, Query(max_length=60)],
    q: Annotated[str, Query(max_length=200)] = "",
) -> PickAnswer:
    """Tra cơ quan, địa danh, thủ tục, người ký; gõ không dấu cũng được."""
    viewer.need("key")
    browse = desk.shelf.browse.within(viewer.scope)
    return PickAnswer(picks=pick(item, q, browse, desk.shelf.history))


@router.get("/{record_id}", responses=ERRORS)
def open_paper(desk: DeskOf, viewer: ViewerOf, record_id: str) -> DeskAnswer:
    """Mở một hồ sơ trên bàn; hồ sơ được giữ cho người mở."""
    return _desk_answer(desk, desk.review.open(viewer, record_id))


@router.post("/{record_id}/answers", responses=ERRORS)
def submit(desk: DeskOf, viewer: ViewerOf, record_id: str, given: Answers) -> SubmitAnswer:
    """Gửi các giá trị đã gõ. Mọi mục được hỏi phải có câu trả lời."""
    return SubmitAnswer(result=desk.review.submit(viewer, record_id, given.token, given.values))


@router.post("/{record_id}/lease", responses=ERRORS)
def renew(desk: DeskOf, viewer: ViewerOf, record_id: str, given: Token) -> Done:
    """Trình duyệt còn mở: giữ hồ sơ thêm."""
    viewer.need("key")
    desk.review.renew(viewer, record_id, given.token)
    return Done()


@router.post("/{record_id}/release", responses=ERRORS)
def release(desk: DeskOf, viewer: ViewerOf, record_id: str) -> Done:
    """Trả hồ sơ về hàng đợi."""
    viewer.need("key")
    desk.review.release(viewer, record_id)
    return Done()


@router.post("/{record_id}/reread", responses=ERRORS)
def reread_region(desk: DeskOf, viewer: ViewerOf, record_id: str, given: Region) -> RereadAnswer:
    """Đọc lại vùng được vẽ trên giấy."""
    paper = desk.review.holding(viewer, record_id)
    x0, y0, x1, y1 = given.box
    if x1 - x0 < 0.005 or y1 - y0 < 0.003:
        raise InvalidValue("khung quá nhỏ")
    with _reading:
        return RereadAnswer(readings=reread(desk.review.workshop, paper.record, given.page, Box(x0, y0, x1, y1)))


def _desk_answer(desk: DeskOf, paper: Paper) -> DeskAnswer:
    record = paper.record
    pages = range(1, min(record.source.page_count, 3) + 1) if record.objects.pdfa else ()
    return DeskAnswer(
        record_id=record.record_id,
        token=paper.task.token or "",
        stage=paper.task.stage,
        lease_s=desk.review.rules.lease_s,
        page_count=record.source.page_count,
        items=paper.items,
        pictures=tuple(f"/records/{record.record_id}/pages/{page}.png?w={WIDTHS[1]}" for page in pages),
    )
