"""Kế hoạch trong kho: a plan taken in, its tasks followed up, figures imported; all of it kept in the store."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from extractors.understand import understand
from runtime.open import Workshop
from runtime.outcomes import Captured, Item
from runtime.progress import catch_up_facts
from schemas.errors import RecordNotFound, UnknownTask
from schemas.plan import PlanTask
from schemas.progress import Figure, FigureKind, FollowUp, TaskProgress, TaskState
from schemas.record import Record
from storage import journal
from storage.catalogue import Catalogue
from storage.layout import decode_layout
from storage.plans import figures_of_entry
from storage.store import ObjectStore


def as_plan(workshop: Workshop, record: Record, path: Path) -> Record:
    """The record read as a plan, because a person says it is one; kept as a new version of its package.

    Raises what the stages raise.
    """
    from runtime.stages import make_record, store

    if record.plan is not None or record.objects.layout is None:
        return record
    begun = time.monotonic()
    reading = decode_layout(workshop.store.get(record.objects.layout))
    extraction = understand(reading, as_plan=True)
    stamp = path.stat()
    captured = Captured(
        item=Item(path=path, origin=str(path), name=record.source.name),
        sha256=record.source.sha256,
        size=record.source.size,
        mtime_ns=stamp.st_mtime_ns,
        media_type=record.source.media_type,
        page_count=record.source.page_count,
    )
    again = make_record(captured, reading, extraction, seconds=time.monotonic() - begun)
    return store(again, captured, reading, workshop)


def find_plan(catalogue: Catalogue, prefix: str | None) -> Record:
    """The plan whose id begins so; without a prefix the only or newest one. Raises RecordNotFound (E301)."""
    if prefix is not None:
        record = catalogue.records.find(prefix)
        if record.plan is None:
            raise RecordNotFound(f"{prefix} không phải kế hoạch")
        return record
    plans = [record for record in catalogue.plans.all() if record.plan is not None]
    if not plans:
        raise RecordNotFound("chưa có kế hoạch nào; nạp bằng `sohoa plan add TỆP`")
    return plans[0]


def follow_task(
    store: ObjectStore,
    catalogue: Catalogue,
    plan_id: str,
    task_id: str,
    *,
    state: TaskState,
    actor: str,
    evidence: Sequence[str] = (),
    note: str = "",
    due: str | None = None,
) -> FollowUp:
    """Say how a task stands. Raises RecordNotFound (E301) for plan or evidence, UnknownTask (E332)."""
    record = find_plan(catalogue, plan_id)
    assert record.plan is not None
    if not any(task.id == task_id for task in record.plan.tasks):
        raise UnknownTask(task_id)
    proof = tuple(dict.fromkeys(catalogue.records.find(one).record_id for one in evidence))
    entry = FollowUp(
        plan_id=record.record_id, task_id=task_id, state=state, evidence=proof, note=note.strip(), due=due, actor=actor,
        at=datetime.now(UTC).isoformat(timespec="seconds"),
    )  # fmt: skip
    number = journal.append(
        store, "follow", entry.model_dump_json().encode(), after=catalogue.plans.last_entry("follow")
    )
    catalogue.plans.take_follow(number, entry)
    catalogue.records.log_event(actor, "follow_task", record.record_id, detail={"task": task_id, "state": state})
    return entry


def keep_figures(
    store: ObjectStore, catalogue: Catalogue, kind: FigureKind, rows: Sequence[Figure], *, actor: str
) -> int:
    """Imported rows into the journal and the catalogue; the number of the import."""
    body = {
        "kind": kind,
        "actor": actor,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "rows": [row.model_dump() for row in rows],
    }
    data = json.dumps(body, ensure_ascii=False, indent=1).encode()
    number = journal.append(store, "figures", data, after=catalogue.plans.last_entry("figures"))
    catalogue.plans.take_figures(number, kind, rows)
    catalogue.records.log_event(actor, f"import_{kind}", detail={"rows": len(rows)})
    return number


def rebuild_plans(store: ObjectStore, catalogue: Catalogue) -> int:
    """Follow-up and figures again from the journal, facts from the records; how many entries."""
    catalogue.plans.forget()
    count = 0
    for number, body in journal.read_entries(store, "follow"):
        catalogue.plans.take_follow(number, FollowUp.model_validate_json(body))
        count += 1
    for number, body in journal.read_entries(store, "figures"):
        kind, rows = figures_of_entry(body)
        catalogue.plans.take_figures(number, kind, rows)
        count += 1
    catch_up_facts(store, catalogue)
    return count


def task_list(
    store: ObjectStore, catalogue: Catalogue, *, today: date, plan_id: str | None = None, most: int | None = None
) -> tuple[TaskProgress, ...]:  # fmt: skip
    """Tasks of a plan (or of all) with state, evidence and days left, in the order of the plan.

    ``most``: new records that are looked at first; those beyond are no evidence yet.
    """
    catch_up_facts(store, catalogue, most=most)
    plans = [find_plan(catalogue, plan_id)] if plan_id else [r for r in catalogue.plans.all() if r.plan is not None]
    out: list[TaskProgress] = []
    for record in plans:
        plan = record.plan
        if plan is None:
            continue
        latest = {entry.task_id: entry for entry in catalogue.plans.follow(record.record_id)}
        proposed = _proposals(catalogue, record)
        out += [
            progress_of_task(record.record_id, plan.title, task, latest.get(task.id), proposed, today)
            for task in plan.tasks
        ]
    return tuple(out)


def _proposals(catalogue: Catalogue, record: Record) -> tuple[Record, ...]:
    """Records that cite the plan by its number."""
    number = record.fields.doc_number.value
    if not isinstance(number, str) or not number:
        return ()
    return tuple(catalogue.records.find(i) for i in catalogue.plans.citing(number) if i != record.record_id)


def progress_of_task(
    plan_id: str, title: str | None, task: PlanTask, last: FollowUp | None, citing: Sequence[Record], today: date
) -> TaskProgress:
    """How a task of this plan stands after what was last said of it; ``citing``: records that cite the plan."""
    due = (last.due if last else None) or task.deadline_date
    evidence = last.evidence if last else ()
    left = (date.fromisoformat(due) - today).days if due else None
    return TaskProgress(
        plan_id=plan_id,
        plan_title=title,
        task_id=task.id,
        section=task.section,
        text=task.text,
        lead_agencies=task.lead_agencies,
        coordinating_agencies=task.coordinating_agencies,
        deadline=task.deadline,
        due=due,
        product=task.product,
        state=last.state if last else "chua_lam",
        evidence=evidence,
        proposed=tuple(r.record_id for r in citing if r.record_id not in evidence and _may_fulfil(r, task)),
        note=last.note if last else "",
        days_left=left,
    )


def _may_fulfil(record: Record, task: PlanTask) -> bool:
    """Whether a record that cites the plan is about this task: it shares enough of the task's words."""
    from schemas.text import fold

    summary = record.fields.summary.value
    if not isinstance(summary, str):
        return False
    words = {w for w in fold(summary).split() if len(w) > 2}
    wanted = {w for w in fold(task.text).split() if len(w) > 2}
    return len(words & wanted) >= max(3, len(words) // 2)


def reminders(tasks: Sequence[TaskProgress], *, within: int) -> tuple[TaskProgress, ...]:
    """Open tasks that are overdue or due within so many days, the most urgent first."""
    open_tasks = [
        t for t in tasks if t.state not in ("xong", "bo") and t.days_left is not None and t.days_left <= within
    ]
    return tuple(sorted(open_tasks, key=lambda t: (t.days_left or 0, t.plan_id, t.task_id)))
