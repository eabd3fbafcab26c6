"""Nhiệm vụ sắp đến hạn: what is due in all plans, for a page that is opened often. Each plan is read once."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import date, timedelta

from runtime.plans import progress_of_task, reminders
from schemas.plan import PlanTask
from schemas.progress import TaskProgress
from storage.plans import Plans


@dataclass(frozen=True, slots=True)
class _Read:
    """The tasks of a plan as of a revision."""

    revision: int
    title: str | None
    tasks: tuple[PlanTask, ...]


class Deadlines:
    """Keeps the tasks of the plans as long as these stay as they are; what people say of them is asked every time."""

    def __init__(self, plans: Plans) -> None:
        self._plans = plans
        self._read: dict[str, _Read] = {}
        self._reading = threading.Lock()

    def open_until(self, last: date, *, today: date) -> tuple[TaskProgress, ...]:
        """Open tasks that are due until ``last`` or overdue, the most urgent first, without proposals."""
        followed = {(entry.plan_id, entry.task_id): entry for entry in self._plans.follow()}
        due = []
        for plan_id, plan in self._known().items():
            for task in plan.tasks:
                entry = followed.get((plan_id, task.id))
                day = (entry.due if entry else None) or task.deadline_date
                if day and day <= last.isoformat():
                    due.append(progress_of_task(plan_id, plan.title, task, entry, (), today))
        return reminders(due, within=(last - today) // timedelta(days=1))

    def _known(self) -> dict[str, _Read]:
        there = self._plans.revisions()
        with self._reading:
            new = [
                one for one, revision in there.items() if one not in self._read or self._read[one].revision != revision
            ]
            for record in self._plans.some(new):
                tasks = record.plan.tasks if record.plan is not None else ()
                title = record.plan.title if record.plan is not None else None
                self._read[record.record_id] = _Read(there[record.record_id], title, tasks)
            self._read = {one: self._read[one] for one in there if one in self._read}
            return self._read
