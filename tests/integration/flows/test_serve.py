"""``sohoa serve --cron``: the schedule really fires, and its run reads the folder into the archive."""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path

import papers

PATIENCE = 240.0  # seconds: the Prefect server's first start, then at most a minute to the next run


def test_a_schedule_fires_and_its_run_makes_records(tmp_path: Path) -> None:
    folder, home = tmp_path / "quét", tmp_path / "nhà"
    folder.mkdir()
    papers.write_txt(folder / "1.txt", 1)
    server = subprocess.Popen(
        papers.command(home, "serve", "--folder", folder, "--cron", "* * * * *"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=papers.environment(HOME=str(tmp_path / "trống"), SOHOA_PREFECT="auto"),
    )
    try:
        until = time.monotonic() + PATIENCE
        exported = ""
        while not exported and time.monotonic() < until and server.poll() is None:
            time.sleep(3)
            if (home / "catalogue.db").is_file():
                exported = papers.sohoa(home, "export").stdout
    finally:
        server.send_signal(signal.SIGINT)
        try:
            said, _ = server.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            server.kill()
            said, _ = server.communicate()
    assert exported.count("\n") == 1, said
    assert "Máy chủ Prefect của lệnh này" in said


def test_a_wrong_schedule_is_refused_before_anything_starts(tmp_path: Path) -> None:
    done = papers.sohoa(tmp_path / "nhà", "serve", "--folder", tmp_path, "--cron", "mỗi tối")
    assert (done.returncode, done.stdout) == (2, "")
    assert "E307" in done.stderr
    assert "mỗi tối" in done.stderr
