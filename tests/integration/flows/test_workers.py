"""The pool: one document's crash, hang or error stays its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from runtime.settings import Settings
from runtime.workers import WorkerPool, result_of
from schemas.errors import BrokenFile, ReaderCrashed, ReaderTimeout


def no_preparation(settings: Settings) -> None:
    """Workers of these tests open nothing."""


def double(number: int) -> int:
    return 2 * number


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def hang() -> None:
    time.sleep(600)


def refuse() -> None:
    raise BrokenFile("trang 3")


def own_pid() -> int:
    return os.getpid()


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorkerPool]:
    home = tmp_path_factory.mktemp("home")
    with WorkerPool(Settings(home=home, worker_documents=3), prepare=no_preparation, workers=2) as pool:
        yield pool


def test_work_comes_back(pool: WorkerPool) -> None:
    futures = [pool.submit(double, 30, number) for number in range(10)]
    assert [result_of(future) for future in futures] == [2 * number for number in range(10)]


def test_a_dead_worker_is_this_documents_trouble_only(pool: WorkerPool) -> None:
    dead = pool.submit(die, 30)
    others = [pool.submit(double, 30, number) for number in range(4)]
    with pytest.raises(ReaderCrashed):
        result_of(dead)
    assert [result_of(future) for future in others] == [0, 2, 4, 6]


def test_a_hanging_document_is_ended(pool: WorkerPool) -> None:
    with pytest.raises(ReaderTimeout):
        result_of(pool.submit(hang, 0.5))
    assert result_of(pool.submit(double, 30, 4)) == 8


def test_our_errors_cross_the_border_whole(pool: WorkerPool) -> None:
    with pytest.raises(BrokenFile) as caught:
        result_of(pool.submit(refuse, 30))
    assert caught.value.detail == "trang 3"


def test_workers_are_replaced_after_their_share(pool: WorkerPool) -> None:
    pids = {result_of(pool.submit(own_pid, 30)) for _ in range(14)}
    assert len(pids) >= 3  # at most three tasks a worker


PROGRAM = """
import sys, time
from pathlib import Path
from runtime.settings import Settings
from runtime.workers import WorkerPool, result_of
from tests.integration.flows.test_workers import hang, no_preparation, own_pid

if __name__ == "__main__":
    with WorkerPool(Settings(home=Path(sys.argv[1])), prepare=no_preparation, workers=1) as pool:
        print(result_of(pool.submit(own_pid, 60)), flush=True)
        pool.submit(hang, 600)
        time.sleep(600)
"""


def test_a_busy_worker_ends_with_its_program(tmp_path: Path) -> None:
    script = tmp_path / "program.py"
    script.write_text(PROGRAM, encoding="utf-8")
    path = os.pathsep.join((os.getcwd(), *sys.path))
    with subprocess.Popen(
        [sys.executable, str(script), str(tmp_path)], stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": path},
    ) as program:  # fmt: skip
        try:
            assert program.stdout is not None
            worker = psutil.Process(int(program.stdout.readline()))
            time.sleep(0.5)  # it is at its ten minutes
            assert worker.is_running()
        finally:
            program.kill()  # the program alone
    assert not psutil.wait_procs([worker], timeout=20)[1]
