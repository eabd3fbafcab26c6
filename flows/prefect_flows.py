"""Các luồng Prefect: ``digitize`` (batch -> documents), ``verify``, ``rebuild``.

Thin shells: the ledger in our catalogue is the truth of what is done; Prefect schedules, retries trouble with
the store or the database, and shows the runs. What travels through it are numbers and batch names, never file
names or text. Import this module only where a flow really runs: it costs seconds.
"""

from __future__ import annotations

from collections import deque
from typing import Any

from prefect import flow, task
from prefect.client.schemas.objects import State, TaskRun
from prefect.futures import PrefectFuture
from prefect.task_runners import ThreadPoolTaskRunner
from prefect.tasks import Task

from flows.runner import ActiveRun, active_run, open_run, retryable
from runtime.fixity import verify_keys
from runtime.keeping import list_packages
from runtime.open import open_workshop
from runtime.rebuild import rebuild_register
from runtime.settings import load_settings
from schemas.errors import MachineError

_CHUNKS_AT_ONCE = 2  # the next chunk's documents fill the workers while the last ones of this chunk finish
_PACKAGES_A_TASK = 500


def _worth_a_retry(task: Task[..., Any], task_run: TaskRun, state: State[Any]) -> bool:
    """Retry what time may mend (store, database); a missing tool or a full disk stops at once."""
    error = state.result(raise_on_failure=False)
    return isinstance(error, MachineError) and retryable(error)


@task(
    name="digitize-chunk",
    task_run_name="phần {number}",
    retries=3,
    retry_delay_seconds=[2, 10, 30],
    retry_condition_fn=_worth_a_retry,
)
def digitize_chunk(batch: str, number: int, documents: int) -> int:
    """One chunk of documents on this machine's workers. Returns how many got their outcome."""
    active_run(batch).run_chunk(number)
    return documents


@flow(
    name="digitize",
    flow_run_name="{batch}",
    task_runner=ThreadPoolTaskRunner(max_workers=_CHUNKS_AT_ONCE),  # type: ignore[arg-type]
)
def digitize(batch: str, paths: list[str] | None = None) -> dict[str, int]:
    """Số hóa một mẻ: *sao chụp, bóc tách, cấp mã, lưu* for every file. Returns how many by outcome.

    ``paths`` is for runs that Prefect starts; a run begun by ``sohoa run`` is found by its batch name.
    """
    if paths is None:
        return _run_chunks(active_run(batch))
    with open_run(load_settings(), paths=paths, batch=batch) as run:
        return _run_chunks(run)


def _run_chunks(run: ActiveRun) -> dict[str, int]:
    run.feed.hand_over()
    flying: deque[PrefectFuture[int]] = deque()
    while chunk := run.next_chunk():
        number, documents = chunk
        flying.append(digitize_chunk.submit(run.batch, number, documents))
        if len(flying) > _CHUNKS_AT_ONCE:
            flying.popleft().result()
    for future in flying:
        future.result()
    return dict(run.tally.done)


@task(name="verify-packages", retries=2, retry_delay_seconds=[5, 30], retry_condition_fn=_worth_a_retry)
def verify_chunk(keys: list[str]) -> int:
    """Fixity of some packages. Returns the number of problems, which the log names."""
    with open_workshop(load_settings()) as workshop:
        return len(verify_keys(workshop, tuple(keys)).problems)


@flow(name="verify")
def verify() -> int:
    """Đối chiếu kho: every stored object against its manifest. Fails when something is wrong."""
    with open_workshop(load_settings()) as workshop:
        keys = list(list_packages(workshop.store))
    problems = 0
    for start in range(0, len(keys), _PACKAGES_A_TASK):
        problems += verify_chunk(keys[start : start + _PACKAGES_A_TASK])
    if problems:
        raise RuntimeError(f"{problems} chỗ sai khác; chạy sohoa verify để xem")
    return len(keys)


@flow(name="rebuild", retries=1, retry_delay_seconds=30)
def rebuild() -> int:
    """Dựng lại danh mục và chỉ mục from the packages alone. Returns how many records there are."""
    with open_workshop(load_settings()) as workshop:
        return rebuild_register(workshop).records
