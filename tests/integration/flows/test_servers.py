"""The same product on its server parts: objects in S3, catalogue in PostgreSQL, runs on two machines at once."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import papers
from pg_server import PgServer
from s3_server import S3Server

COUNT = 8


def exported(home: Path, **settings: str) -> list[dict[str, object]]:
    done = papers.sohoa(home, "export", "--unmask", **settings)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_two_machines_at_one_folder_then_rebuilt_in_an_empty_database(
    tmp_path: Path, pg_server: PgServer, s3_server: S3Server
) -> None:
    folder = tmp_path / "giấy"
    folder.mkdir()
    for number in range(1, COUNT):
        papers.write_txt(folder / f"{number}.txt", number)
    (folder / "hỏng.pdf").write_bytes(b"%PDF-1.7\n" + bytes(99))
    shared = {"SOHOA_STORE_URL": s3_server.url("kho-hai-may"), "SOHOA_DATABASE_URL": pg_server.make_database()}

    runs = [
        subprocess.Popen(
            papers.command(tmp_path / f"máy-{n}", "run", folder, "--batch", "đợt", "--quiet", "--json"),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=papers.environment(**shared),
        )
        for n in (1, 2)
    ]
    reports = []
    for run in runs:
        out, errors = run.communicate(timeout=300)
        assert run.returncode == 1, errors  # one file is quarantined
        reports.append(json.loads(out))
    records = exported(tmp_path / "máy-1", **shared)
    assert len(records) == COUNT
    assert sum(sum(report["outcomes"].values()) for report in reports) == 2 * COUNT
    again = papers.sohoa(tmp_path / "máy-2", "run", folder, "--batch", "đợt", "--json", **shared)
    assert json.loads(again.stdout)["known"] == COUNT
    assert papers.sohoa(tmp_path / "máy-1", "verify", **shared).returncode == 0

    shared["SOHOA_DATABASE_URL"] = pg_server.make_database()
    assert exported(tmp_path / "máy-3", **shared) == []
    done = papers.sohoa(tmp_path / "máy-3", "rebuild", "--json", **shared)
    assert json.loads(done.stdout)["packages"] == COUNT, done.stderr
    assert exported(tmp_path / "máy-3", **shared) == records
    found = papers.sohoa(tmp_path / "máy-3", "search", "thu nghiem", "--json", **shared)
    assert json.loads(found.stdout)["total"] == COUNT - 1
