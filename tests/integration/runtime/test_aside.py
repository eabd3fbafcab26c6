"""The helper process: it answers, dies alone, is replaced, ends by itself, and never outlives who asks."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from helper import begin

from runtime.aside import Aside, HelperDied
from runtime.settings import Settings
from schemas.errors import CatalogueLocked, CatalogueUnreachable

pytestmark = pytest.mark.usefixtures("fork_server")
NEVER = threading.Event()
PROGRAM = """
import os, signal, sys, threading
from pathlib import Path
from runtime.aside import Aside
from runtime.settings import Settings
from helper import begin

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever runs the tests may ignore it
    aside, stop = Aside(begin, Settings(home=Path(sys.argv[1]))), threading.Event()
    if sys.argv[2] == "early":
        print(os.getpid(), flush=True)
    else:
        print(aside.ask("pid", stop=stop), flush=True)
    hanging = threading.Thread(target=lambda: aside.ask("hang", stop=stop))
    hanging.start()
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        stop.set()
        hanging.join()
        print("ended", flush=True)
"""


@pytest.fixture
def aside(tmp_path: Path) -> Iterator[Aside[str, object]]:
    helper: Aside[str, object] = Aside(begin, Settings(home=tmp_path))
    yield helper
    helper.end()


def _is_gone(pid: int) -> bool:
    """Not there, not even as a zombie."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False


def _nobody_left(group: int) -> bool:
    """No process of the group lives; who has ended may wait for whoever adopted it."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        stats = (path.read_text(encoding="utf-8") for path in Path("/proc").glob("[0-9]*/stat"))
        with contextlib.suppress(OSError):  # one ended while it was looked at: once more
            if all(int(rest[2]) != group or rest[0] in "ZX" for rest in (s.rpartition(")")[2].split() for s in stats)):
                return True
        time.sleep(0.05)
    return False


def test_one_helper_of_lower_priority_answers_them_all(aside: Aside[str, object]) -> None:
    first = aside.ask("pid", stop=NEVER)
    assert first == aside.ask("opened", stop=NEVER) == aside.pid != os.getpid()
    assert aside.ask("nice", stop=NEVER) == min(19, os.nice(0) + 5)
    aside.end()
    assert isinstance(first, int)
    assert _is_gone(first)


def test_an_error_comes_back_as_it_was_and_the_helper_goes_on(aside: Aside[str, object], tmp_path: Path) -> None:
    (tmp_path / "refuse").touch()
    with pytest.raises(CatalogueUnreachable) as caught:
        aside.ask("pid", stop=NEVER)
    assert caught.value.detail == "ECONNREFUSED"
    (tmp_path / "refuse").unlink()
    first = aside.ask("pid", stop=NEVER)
    with pytest.raises(CatalogueLocked):
        aside.ask("fail", stop=NEVER)
    assert aside.ask("pid", stop=NEVER) == first


def test_a_killed_helper_is_replaced(aside: Aside[str, object]) -> None:
    first = aside.ask("pid", stop=NEVER)
    assert isinstance(first, int)
    os.kill(first, signal.SIGKILL)
    second = aside.ask("pid", stop=NEVER)
    assert second != first
    with pytest.raises(HelperDied):  # what ends two of them is not asked a third time
        aside.ask("die", stop=NEVER)
    assert aside.pid is None
    assert aside.ask("pid", stop=NEVER) not in (first, second, None)


def test_it_ends_when_nobody_asks_and_when_the_program_stops(tmp_path: Path) -> None:
    aside: Aside[str, object] = Aside(begin, Settings(home=tmp_path), idle_s=0.2)
    first = aside.ask("pid", stop=NEVER)
    assert isinstance(first, int)
    assert _is_gone(first)
    stop = threading.Event()
    asking = threading.Thread(target=aside.ask, args=("hang",), kwargs={"stop": stop})
    asking.start()
    until = time.monotonic() + 20
    while aside.pid is None and time.monotonic() < until:
        time.sleep(0.02)
    second = aside.pid
    assert second is not None
    stop.set()
    asking.join(20)
    assert not asking.is_alive()
    assert _is_gone(second)


@pytest.mark.parametrize("when", ["early", "late"])  # while the helper begins, while it answers
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_it_does_not_outlive_who_asks(tmp_path: Path, how: signal.Signals, when: str) -> None:
    script = tmp_path / "program.py"
    script.write_text(PROGRAM, encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, str(script), str(tmp_path), when], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((os.getcwd(), *sys.path))}, start_new_session=True,
    ) as program:  # fmt: skip
        assert program.stdout is not None
        assert int(program.stdout.readline())
        time.sleep(0.5 if when == "late" else 0.2)  # late: it answers what takes ten minutes
        if how is signal.SIGKILL:
            program.kill()  # the program alone
        else:
            os.killpg(program.pid, signal.SIGINT)  # all of them, as a terminal does
        try:
            said, complaints = program.communicate(timeout=60)
        finally:
            program.kill()
    assert _nobody_left(program.pid)
    if how is signal.SIGINT:
        assert (program.returncode, said, complaints) == (0, "ended\n", "")
