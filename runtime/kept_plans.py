"""Kế hoạch giữ sẵn: what pages that are opened often show of all plans. Each plan is read once."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import date, timedelta

from runtime.plans import progress_of_task, reminders
from schemas.plan import PlanTask
from schemas.progress import FollowUp, TaskProgress
from schemas.record import Record
from storage.plans import Plans


@dataclass(frozen=True, slots=True)
class KeptPlan:
    """What was read from a plan, and the name of its file. ``targets``: how many."""

    name: str
    title: str | None
    issuer: str | None
    period: str | None
    tasks: tuple[PlanTask, ...]
    targets: int

    @classmethod
    def of(cls, record: Record) -> KeptPlan | None:
        """None where the record was not read as a plan."""
        plan = record.plan
        if plan is None:
            return None
        targets = len(plan.targets)
        return cls(record.source.name, plan.title, plan.issuer, plan.period, plan.tasks, targets)


class KeptPlans:
    """Keeps the plans as long as these stay as they are; what people say of their tasks is asked every time."""

    def __init__(self, plans: Plans) -> None:
        self._plans = plans
        self._read: dict[str, tuple[int, KeptPlan | None]] = {}
        self._reading = threading.Lock()

    def listed(self) -> tuple[tuple[str, KeptPlan, int], ...]:
        """Every plan by its id, the last one taken in first, with how many of its tasks are done."""
        followed = self._followed()
        return tuple(
            (plan_id, plan, sum(_state(followed.get((plan_id, task.id))) == "xong" for task in plan.tasks))
            for plan_id, plan in self._known().items()
        )

    def open_until(self, last: date, *, today: date) -> tuple[TaskProgress, ...]:
        """Open tasks that are due until ``last`` or overdue, the most urgent first, without proposals."""
        followed = self._followed()
        due = []
        for plan_id, plan in self._known().items():
            for task in plan.tasks:
                entry = followed.get((plan_id, task.id))
                day = (entry.due if entry else None) or task.deadline_date
                if day and day <= last.isoformat():
                    due.append(progress_of_task(plan_id, plan.title, task, entry, (), today))
        return reminders(due, within=(last - today) // timedelta(days=1))

    def _followed(self) -> dict[tuple[str, str], FollowUp]:
        """What was last said of each task."""
        return {(entry.plan_id, entry.task_id): entry for entry in self._plans.follow()}

    def _known(self) -> dict[str, KeptPlan]:
        there = self._plans.revisions()
        with self._reading:
            new = [one for one, revision in there.items() if self._read.get(one, (None,))[0] != revision]
            for record in self._plans.some(new):
                self._read[record.record_id] = (there[record.record_id], KeptPlan.of(record))
            self._read = {one: self._read[one] for one in there if one in self._read}
            kept = {one: plan for one, (_, plan) in self._read.items()}
        return {one: plan for one, plan in kept.items() if plan is not None}


def _state(entry: FollowUp | None) -> str:
    return entry.state if entry is not None else ""
