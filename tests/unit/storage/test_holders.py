"""A claim is free when its process is dead, and only then."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from storage.holders import holder_of, is_alive


def test_we_are_alive() -> None:
    assert is_alive(holder_of(os.getpid())) is True


def test_a_process_that_ended_is_dead_even_before_it_is_buried() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    holder = holder_of(child.pid)
    assert is_alive(holder) is True
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.close()
    child.stdout.read()  # it lets go of its output when it ends
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert is_alive(holder) is False
    child.wait()
    child.stdout.close()
    assert is_alive(holder) is False
    with pytest.raises(ProcessLookupError):
        holder_of(child.pid)


def test_another_process_with_the_same_number_is_another() -> None:
    host, boot, space, pid, started = holder_of(os.getpid()).split("/")
    assert is_alive("/".join((host, boot, space, pid, str(int(started) - 1)))) is False


def test_before_this_machine_started_anew_nobody_lives() -> None:
    host, _, space, pid, started = holder_of(os.getpid()).split("/")
    assert is_alive("/".join((host, "00000000-0000", space, pid, started))) is False


@pytest.mark.parametrize("part", [0, 2])
def test_another_machine_or_container_cannot_be_seen(part: int) -> None:
    parts = holder_of(os.getpid()).split("/")
    parts[part] = "7"
    assert is_alive("/".join(parts)) is None


@pytest.mark.parametrize("holder", ["", "x", "a/b/c/d", "a/b/c/d/e", "////", "a/b/c/-1/5"])
def test_what_is_no_name_says_nothing(holder: str) -> None:
    assert is_alive(holder) is None
