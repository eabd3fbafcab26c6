"""Ai đang giữ: the name of a process by which others can tell whether it still lives.

    máy/lần khởi động/không gian tiến trình/số tiến trình/lúc bắt đầu

A claim held by a process that is dead is free at once (the run after a ``kill -9`` goes on without waiting); one
whose process cannot be seen from here (another machine, another container) is free when its time is over.
"""

from __future__ import annotations

import os
import socket
from functools import cache
from pathlib import Path

_PROC = Path("/proc")


def holder_of(pid: int) -> str:
    """The name of a living process of this machine. Raises ProcessLookupError when there is none."""
    started = _started(pid)
    if started is None:
        raise ProcessLookupError(pid)
    return "/".join((*_here(), str(pid), started))


def is_alive(holder: str) -> bool | None:
    """Whether the process named so still runs; None when that cannot be known from here."""
    parts = holder.split("/")
    if len(parts) != 5 or not parts[3].isdecimal():
        return None
    host, boot, space = _here()
    if parts[0] == host and parts[1] != boot:
        return False  # this machine has started anew since
    if (parts[0], parts[1], parts[2]) != (host, boot, space):
        return None
    return _started(int(parts[3])) == parts[4]


@cache
def _here() -> tuple[str, str, str]:
    host = socket.gethostname().replace("/", "_") or "localhost"
    boot = (_PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()[:13]
    space = os.readlink(_PROC / "self/ns/pid").strip("pid:[]")
    return host, boot, space


def _started(pid: int) -> str | None:
    """When the process began, in clock ticks since the machine did; None when it is gone, or dead and unburied."""
    try:
        stat = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()  # the name before it may hold spaces and brackets
    return None if fields[0] in "ZX" else fields[19]
