"""The command line serving an archive for Chromium: the one place that starts it, waits for it and ends it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

CHROMIUM = "/usr/bin/chromium"
ARGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
]  # fmt: skip
ENV = {**{k: v for k, v in os.environ.items() if not k.startswith("SOHOA_")}, "OMP_THREAD_LIMIT": "1"}
_PATIENCE_S = 60


def need_chromium() -> None:
    """Skip where there is no browser."""
    if not Path(CHROMIUM).exists():
        pytest.skip(f"{CHROMIUM} is not there: apt-get install chromium")


def sohoa(*arguments: str) -> list[str]:
    """The command line of this interpreter."""
    return [sys.executable, "-m", "flows.cli", *arguments]


@contextmanager
def serve(home: Path, env: Mapping[str, str] = ENV) -> Iterator[str]:
    """The address of the archive in ``home`` as `sohoa review` serves it, for as long as the block lasts."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(sohoa("--home", str(home), "review", "--port", str(port)), env=dict(env))
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{url}/healthz", process)
        yield url
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            assert process.poll() is None, "the server ended"
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.1)
