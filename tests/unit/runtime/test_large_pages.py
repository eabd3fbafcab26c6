"""A program begins anew with large pages once, as the same process; what others set is left alone."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

_PROGRAM = (
    "import os, sys\n"
    "from runtime.settings import begin_with_large_pages\n"
    "print(os.getpid(), sys.argv[1:], flush=True)\n"
    "begin_with_large_pages()\n"
    "print(os.environ.get('GLIBC_TUNABLES', ''))\n"
)


def _run(tunables: str | None) -> list[str]:
    env = {name: value for name, value in os.environ.items() if name != "GLIBC_TUNABLES"}
    if tunables is not None:
        env["GLIBC_TUNABLES"] = tunables
    command = [sys.executable, "-c", _PROGRAM, "rebuild", "a b"]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout.splitlines()


@pytest.mark.skipif(sys.platform != "linux", reason="the allocator of Linux")
def test_it_begins_once_more_as_the_same_process_with_the_same_words() -> None:
    first, second, seen = _run(None)
    assert first == second
    assert first.endswith("['rebuild', 'a b']")
    assert "glibc.malloc.hugetlb=1" in seen


def test_what_somebody_set_stays() -> None:
    first, seen = _run("glibc.malloc.arena_max=3")
    assert first.endswith("['rebuild', 'a b']")
    assert seen == "glibc.malloc.arena_max=3"
