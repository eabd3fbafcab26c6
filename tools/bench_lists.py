"""Danh sách có nhanh không: makes a catalogue of a million invented records and asks for its list pages.

    .venv/bin/python -m tools.bench_lists --count 1000000 --folder /tmp/lists [--database postgresql+psycopg://...]

Prints one line a kind of page with median and 95th percentile in milliseconds, server time of the whole page
(query, counts, template) through the application itself; then the review queue with 100,000 papers waiting.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import statistics
import time
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from runtime.settings import load_settings
from schemas.scope import EVERYTHING, Scope
from storage.browse import Browse, Filters
from storage.catalogue import Catalogue
from storage.counts import compact
from storage.desk_models import open_items, tasks
from storage.models import batches, items, records
from storage.queue import TaskFilters

_AT_ONCE = 5000
AGENCIES = [f"Ủy ban nhân dân xã số {i}" for i in range(180)] + [f"Sở số {i}" for i in range(20)]
KINDS = ["quyet_dinh", "giay_phep", "giay_chung_nhan", "cong_van", "thong_bao", "chung_chi", "trich_luc", "to_trinh"]


def _row(number: int, chance: random.Random) -> dict[str, Any]:
    """The columns of one record as the catalogue keeps them; its body without defaults (a real one has 4 KB)."""
    sha = hashlib.sha256(str(number).encode()).hexdigest()
    agency = chance.choice(AGENCIES)
    status = chance.choices(("accepted", "needs_review", "confirmed", "quarantined"), (0.75, 0.1, 0.13, 0.02))[0]
    day = f"{chance.randint(2001, 2026)}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"
    date = day if chance.random() > 0.03 else None
    kind, code, field = chance.choice(KINDS), f"{number}/QĐ-UBND", f"Lĩnh vực {AGENCIES.index(agency) % 60}"
    values = {
        "doc_type": kind, "doc_number": code, "issued_date": date, "issuing_agency_name": agency,
        "summary": f"Về việc cấp giấy phép xây dựng nhà ở riêng lẻ số {number}",
    }  # fmt: skip
    why = {"code": "E104", "message": "Tệp bị hỏng.", "retry": "Quét lại."} if status == "quarantined" else None
    body = {
        "record_id": sha[:20], "status": status, "quarantine": why,
        "source": {"name": f"{number}.pdf", "sha256": sha, "size": 1, "media_type": "application/pdf", "page_count": 1},
        "fields": {name: {"value": value, "score": 0.98, "needs_review": False} for name, value in values.items()},
        "classification": {"field_name": {"value": field}},
        "review_reasons": ["unsure:doc_number"] if status == "needs_review" else [],
        "process": {"engine": "e", "rule_version": "1", "seconds": 1.0},
    }  # fmt: skip
    return {
        "record_id": sha[:20], "sha256": sha, "status": status, "kind": "procedure_result", "doc_type": kind,
        "doc_number": code, "issued_date": date, "agency": agency, "field": field, "level": None,
        "year": int(date[:4]) if date else None, "sort_date": date or "", "code": why["code"] if why else None,
        "body": json.dumps(body, ensure_ascii=False),
    }  # fmt: skip


def fill(catalogue: Catalogue, count: int) -> None:
    chance = random.Random(5)
    now = "2026-11-26T00:00:00.000000Z"
    with catalogue.database.write() as connection:
        names = [f"mẻ {i:03d}" for i in range(60)]
        connection.execute(batches.insert(), [{"name": n, "created_at": now, "last_at": now} for n in names])
    for begin in range(0, count, _AT_ONCE):
        rows, ledger, waiting, opened = [], [], [], []
        for number in range(begin, min(count, begin + _AT_ONCE)):
            row = _row(number, chance)
            record_id, status = row["record_id"], row["status"]
            rows.append({**row, "created_at": now, "updated_at": now, "indexed_revision": 1})
            batch = names[number * len(names) // count]
            ledger.append({
                "batch": batch, "origin": f"/{number}", "origin_key": row["sha256"], "sha256": row["sha256"],
                "state": "done", "outcome": "needs_review" if status == "confirmed" else status,
                "record_id": record_id, "updated_at": now,
            })  # fmt: skip
            if status == "needs_review":
                kept = {name: row[name] for name in ("record_id", "agency", "field", "doc_type")}
                waiting.append({**kept, "stage": "first", "batch": batch, "since": now})
                opened.append({"record_id": record_id, "item": "doc_number", "stage": "first", "value": "1"})
        with catalogue.database.write() as connection:
            connection.execute(records.insert(), rows)
            connection.execute(items.insert(), ledger)
            if waiting:
                connection.execute(tasks.insert(), waiting)
                connection.execute(open_items.insert(), opened)
    compact(catalogue.database)
    with catalogue.database.write() as connection:
        connection.exec_driver_sql("analyze")


def _paths(count: int, chance: random.Random) -> Iterator[tuple[str, str]]:
    """(kind, path) of list pages as people click through them."""
    pages = count // 30
    for _ in range(25):
        kind, year = chance.choice(KINDS), chance.randint(2001, 2026)
        yield "home", "/"
        yield "all, first pages", f"/records?page={chance.randint(1, 20)}"
        yield "all, any page", f"/records?page={chance.randint(1, pages)}"
        yield (
            "one filter",
            chance.choice((f"/records?doc_type={kind}", f"/records?year={year}", "/records?status=confirmed")),
        )
        yield "two filters", f"/records?doc_type={kind}&year={year}&page={chance.randint(1, 5)}"
        yield "three filters", f"/records?doc_type={kind}&year={year}&status=needs_review"
        yield "a batch", f"/records?batch=mẻ {chance.randint(0, 59):03d}&page={chance.randint(1, 20)}"
        yield "quarantine", f"/quarantine?page={chance.randint(1, 20)}"


def _measured(calls: list[tuple[str, Callable[[], Any]]]) -> None:
    times: dict[str, list[float]] = {}
    for kind, call in calls:
        begun = time.perf_counter()
        call()
        times.setdefault(kind, []).append((time.perf_counter() - begun) * 1000)
    every = [t for found in times.values() for t in found]
    for kind, found in [*times.items(), ("all of these", every)]:
        p95 = statistics.quantiles(found, n=20)[-1]
        print(
            f"{kind:28} {len(found):5} calls   median {statistics.median(found):7.1f} ms   p95 {p95:7.1f} ms",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--database", default="")
    given = parser.parse_args()
    settings = load_settings({}, home=given.folder, database_url=given.database or None)
    given.folder.mkdir(parents=True, exist_ok=True)
    with Catalogue(settings.database_address) as catalogue:
        if not catalogue.records.count():
            begun = time.monotonic()
            fill(catalogue, given.count)
            print(f"{given.count} records made in {time.monotonic() - begun:.0f} s", flush=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from fastapi.testclient import TestClient

        from web.app import create_app
    app = create_app(settings)
    chance = random.Random(9)
    with TestClient(app, base_url="http://127.0.0.1") as client:

        def page(path: str) -> Callable[[], None]:
            def call() -> None:
                assert client.get(path).status_code == 200, path

            return call

        client.get("/records")
        _measured([(kind, page(path)) for kind, path in _paths(given.count, chance)])
        catalogue = app.state.desk.review.workshop.catalogue
        scoped = Browse(catalogue.database, Scope(agencies=frozenset(AGENCIES[:3])))
        queue = catalogue.queue
        who: dict[str, Any] = {"scope": EVERYTHING, "decides": True}
        calls: list[tuple[str, Callable[[], Any]]] = []
        for _ in range(25):
            year = chance.randint(2001, 2026)
            calls += [
                ("three agencies: list", partial(scoped.page, Filters(year=year), limit=30)),
                ("three agencies: counts", lambda: [scoped.tally(by) for by in ("status", "doc_type", "year")]),
                ("queue: numbers", lambda: queue.numbers("lan", **who)),
                ("queue: page", lambda: queue.page("lan", narrowed=TaskFilters(), **who)),
                ("queue: counts", lambda: [queue.tally(by, "lan", **who) for by in ("batch", "field", "item")]),
                ("queue: take", lambda: queue.take("lan", scope=EVERYTHING, decides=True, lease_s=-1)),
            ]
        _measured(calls)


if __name__ == "__main__":
    main()
