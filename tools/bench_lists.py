"""Danh sách có nhanh không: makes a catalogue of a million invented records and asks for its list pages.

    .venv/bin/python -m tools.bench_lists --folder /tmp/lists [--count 1000000] [--database postgresql+psycopg://...]

Asks through the application itself (log-in, queries, counts, template; no network, no browser), as an administrator
and as somebody limited to three agencies; with as many papers waiting at the desk as need review. Prints median and
95th percentile for each kind of page and writes the table into docs/benchmarks.md; the folder may be used again.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import statistics
import time
import warnings
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import quote

import sqlalchemy as sa

from runtime.login import Accounts
from runtime.settings import load_settings
from schemas.scope import EVERYTHING, Scope
from storage.catalogue import Catalogue
from storage.counts import recount
from storage.desk_models import open_items, people, settled, tasks
from storage.holdings import add_up
from storage.models import batches, items, metadata, records
from storage.plan_tables import fact_counts, facts, facts_due, out_of_force
from storage.spans import NEVER
from tools.report import machine_line, table, write_section

_AT_ONCE = 10_000
_REVOKED = 0.005  # of the results
_PASSWORD = "lúa nếp cái hoa vàng"  # of accounts in the invented catalogue only
_LOGINS = {"moi": EVERYTHING, "ba": Scope(agencies=frozenset(f"Ủy ban nhân dân xã số {i}" for i in range(3)))}
_WIDE = {"rong": Scope(agencies=frozenset(f"Ủy ban nhân dân xã số {i}" for i in range(30)))}
NOW = "2026-11-26T00:00:00.000000Z"
AGENCIES = [f"Ủy ban nhân dân xã số {i}" for i in range(180)] + [f"Sở số {i}" for i in range(20)]
KINDS = ["quyet_dinh", "giay_phep", "giay_chung_nhan", "cong_van", "thong_bao", "chung_chi", "trich_luc", "to_trinh"]
BATCHES = [f"mẻ {i:03d}" for i in range(60)]


def _row(number: int, chance: random.Random) -> dict[str, Any]:
    """The columns of one record as the catalogue keeps them; its body without defaults (a real one has 4 KB)."""
    sha = hashlib.sha256(str(number).encode()).hexdigest()
    place = int(chance.random() * len(AGENCIES))
    agency = AGENCIES[place]
    status = chance.choices(("accepted", "needs_review", "confirmed", "quarantined"), (0.75, 0.1, 0.13, 0.02))[0]
    day = f"{chance.randint(2001, 2026)}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"
    date = day if chance.random() > 0.03 else None
    kind, code, field = chance.choice(KINDS), f"{number}/QĐ-UBND", f"Lĩnh vực {place % 60}"
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
        "body": json.dumps(body, ensure_ascii=False), "created_at": NOW, "updated_at": NOW, "indexed_revision": 1,
    }  # fmt: skip


def _rows(begin: int, count: int, chance: random.Random) -> dict[sa.Table, list[dict[str, Any]]]:
    """Rows for each table: the records, their files, the tasks of those that wait, answers of the last months."""
    made: dict[sa.Table, list[dict[str, Any]]] = {t: [] for t in (records, items, tasks, open_items, settled)}
    for number in range(begin, min(count, begin + _AT_ONCE)):
        row = _row(number, chance)
        record_id, status = row["record_id"], row["status"]
        batch = BATCHES[number * len(BATCHES) // count]
        made[records].append(row)
        made[items].append({
            "batch": batch, "origin": f"/{number}", "origin_key": row["sha256"], "sha256": row["sha256"],
            "state": "done", "outcome": "needs_review" if status == "confirmed" else status,
            "record_id": record_id, "updated_at": NOW,
        })  # fmt: skip
        if status == "needs_review":
            kept = {name: row[name] for name in ("record_id", "agency", "field", "doc_type")}
            stage, done_by = ("second", "|moi|") if chance.random() < 0.05 else ("first", "|")
            since = f"2026-11-{chance.randint(1, 26):02d}T{chance.randint(0, 23):02d}:00:00.000000Z"
            made[tasks].append({**kept, "stage": stage, "batch": batch, "since": since, "done_by": done_by})
            made[open_items] += [
                {"record_id": record_id, "item": item, "stage": stage, "value": str(number)}
                for item in ("doc_number", "issued_date")
            ]
        elif status == "confirmed":
            made[settled].append({
                "record_id": record_id, "item": "doc_number", "round": 1, "batch": batch, "how": "agreed",
                "by": "|moi|", "at": f"2026-{chance.randint(1, 11):02d}-{chance.randint(1, 28):02d}T08:00:00.000000Z",
                "score": chance.random(), "sure": chance.random() < 0.3, "right": chance.random() < 0.9,
                "sampled": chance.random() < 0.2,
            })  # fmt: skip
    return made


def fill(catalogue: Catalogue, count: int) -> None:
    """Write the rows past triggers and indexes, then make those again: minutes instead of hours."""
    chance, database = random.Random(5), catalogue.database
    with database.write() as connection:
        connection.execute(batches.insert(), [{"name": n, "created_at": NOW, "last_at": NOW} for n in BATCHES])
    if database.is_sqlite:
        _fill_sqlite(database.engine, count, chance)
    else:
        with database.write() as connection:
            connection.exec_driver_sql("set session_replication_role = replica")  # no triggers
            indexes = [index for t in (records, items, tasks, open_items, settled) for index in t.indexes]
            for index in indexes:
                index.drop(connection)
            for begin in range(0, count, _AT_ONCE):
                for target, rows in _rows(begin, count, chance).items():
                    _copy(connection, target, rows)
            for index in indexes:
                index.create(connection)
            connection.exec_driver_sql("set session_replication_role = origin")
    recount(database)
    if not database.is_sqlite:
        with database.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.exec_driver_sql("vacuum analyze")  # the server does so by itself after a while


def fill_facts(catalogue: Catalogue) -> None:
    """What progress counts of the records: a third with a last day, half for ever, some revoked by others."""
    chance = random.Random(7)
    counted = records.c.status.not_in(("quarantined", "duplicate"))
    columns = (records.c[name] for name in ("record_id", "revision", "status", "agency", "field", "issued_date"))
    with catalogue.database.read() as connection:
        rows = connection.execute(sa.select(*columns).where(counted).order_by(records.c.record_id)).all()
    for begin in range(0, len(rows), _AT_ONCE):
        made = [_fact(row, chance) for row in rows[begin : begin + _AT_ONCE]]
        with catalogue.database.write() as connection:
            connection.execute(facts.insert(), made)
            add_up(connection, (), made)
            revoked = [
                {"target": row["record_id"], "kind": "bi_thu_hoi", "first": "2026-01-05", "until": NEVER}
                for row in made
                if chance.random() < _REVOKED
            ]
            if revoked:
                connection.execute(out_of_force.insert(), revoked)
    with catalogue.database.write() as connection:
        connection.execute(facts_due.delete())
    catalogue.database.analyze()


def _fact(row: Any, chance: random.Random) -> dict[str, Any]:
    kind = chance.random()
    begun = row.issued_date or "2015-01-01"
    ends = f"{int(begun[:4]) + chance.randint(1, 15)}{begun[4:]}" if kind < 0.3 else None
    day = f"2026-{chance.randint(1, 11):02d}-{chance.randint(1, 26):02d}"
    return {
        "record_id": row.record_id, "revision": row.revision, "agency": row.agency or "", "field": row.field or "",
        "level": "tinh" if (row.agency or "").startswith("Sở") else "xa", "day": day, "valid_from": row.issued_date,
        "valid_to": ends, "term": "fixed" if ends else "perpetual" if kind < 0.8 else "unknown", "pages": 2,
        "unsure": int(row.status == "needs_review"), "risk": 0.01, "cited": '["468/QĐ-TTG"]', "number_key": "",
        "issued": row.issued_date, "status": row.status, "cites_plan": False,
    }  # fmt: skip


def _fill_sqlite(engine: sa.Engine, count: int, chance: random.Random) -> None:
    names = ", ".join(f"'{t.name}'" for t in metadata.sorted_tables)
    with engine.connect() as connection:
        driver: Any = connection.connection.dbapi_connection
        driver.execute("pragma synchronous=off")
        driver.execute("pragma cache_size=-1000000")
        made = driver.execute(
            f"select type, name, sql from sqlite_master where type in ('index', 'trigger') and sql is not null "
            f"and tbl_name in ({names}) order by type"
        ).fetchall()
        driver.execute("begin immediate")
        for kind, name, _ in made:
            driver.execute(f'drop {kind} "{name}"')
        for begin in range(0, count, _AT_ONCE):
            for target, rows in _rows(begin, count, chance).items():
                if rows:
                    names = ", ".join(f'"{name}"' for name in rows[0])
                    marks = ", ".join(f":{name}" for name in rows[0])
                    driver.executemany(f"insert into {target.name}({names}) values({marks})", rows)
        for _, _, sql in made:
            driver.execute(sql)
        driver.execute("commit")
        driver.execute("pragma synchronous=full")


def _copy(connection: sa.Connection, target: sa.Table, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    names = ", ".join(f'"{name}"' for name in rows[0])
    driver: Any = connection.connection.dbapi_connection
    with driver.cursor().copy(f"copy {target.name}({names}) from stdin") as copy:
        for row in rows:
            copy.write_row(tuple(row.values()))


def _pages(count: int, chance: random.Random, rounds: int) -> Iterator[tuple[str, str]]:
    """(kind, path) of list pages as people click through them."""
    for _ in range(rounds):
        kind, year, batch = chance.choice(KINDS), chance.randint(2001, 2026), chance.choice(BATCHES)
        one = chance.choice((f"doc_type={kind}", f"year={year}", "status=confirmed"))
        yield "home", "/"
        yield "records, first pages", f"/records?page={chance.randint(1, 20)}"
        yield "records, any page", f"/records?page={chance.randint(1, count // 30)}"
        yield "one filter", f"/records?{one}&page={chance.randint(1, 20)}"
        yield "one filter, any page", f"/records?status=accepted&page={chance.randint(1, count // 40)}"
        yield "two filters", f"/records?doc_type={kind}&status=needs_review&page={chance.randint(1, 20)}"
        yield "three filters", f"/records?doc_type={kind}&year={year}&status=needs_review"
        yield "a batch", f"/records?batch={batch}&page={chance.randint(1, 500)}"
        yield "a batch, two filters", f"/records?batch={batch}&doc_type={kind}&status=confirmed"
        yield "quarantine", f"/quarantine?page={chance.randint(1, 600)}"
        yield "records as JSON", f"/api/records?year={year}&page={chance.randint(1, 100)}"
        yield "desk: queue", "/desk"
        yield "desk: queue, pages", f"/desk?page={chance.randint(2, 300)}"
        yield "desk: queue, filtered", f"/desk?batch={batch}&doc_type={kind}"
        yield "desk: queue, a field asked", f"/desk?item=issued_date&order=batch&page={chance.randint(1, 50)}"
        yield "desk: quality", "/desk/quality"
        yield "history", "/history"
        yield "people", "/people"
        agency = quote(chance.choice(AGENCIES))
        yield "progress", "/progress"
        yield _CHANGED, "/progress"
        yield "progress: records of a number", f"/progress/records?what=digitized&page={chance.randint(1, 50)}"
        yield "progress: records of an agency", f"/progress/records?what=expired&agency={agency}"


def _wait_for_counts(client: Any) -> None:
    """Until progress is counted for the first time: what is measured are pages with numbers."""
    begun = time.monotonic()
    while _BEING_COUNTED in client.get("/progress").text:
        time.sleep(0.5)
    print(f"progress counted for the first time {time.monotonic() - begun:.1f} s after the start", flush=True)


_BEING_COUNTED = 'http-equiv="refresh"'
_CHANGED = "progress, right after a change"
_LIMITED = ("home", "records", "one filter", "two filters", "three filters", "a batch", "quarantine", "desk: queue")


def measure(settings: Any, count: int, rounds: int, only: str = "") -> list[tuple[str, list[tuple[float, float]]]]:
    """Milliseconds by the clock and of this process's CPU for every call, by who asked for what."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from fastapi.testclient import TestClient

        from web import app as web_app
        from web.server import keep_what_is_loaded
    times: dict[str, list[tuple[float, float]]] = {}
    # Search is measured elsewhere; an index of a million papers would be built beside the pages for an hour.
    no_index = mock.patch.object(web_app, "Indexer", return_value=nullcontext())
    app = web_app.create_app(settings)
    keep_what_is_loaded()
    with no_index, TestClient(app, base_url="http://127.0.0.1") as client:
        for login in (*_LOGINS, *_WIDE):
            client.cookies.clear()
            answer = client.post("/api/login", json={"login": login, "password": _PASSWORD})
            assert answer.status_code == 200, answer.text
            chance = random.Random(9)
            seen: set[str] = set()
            if login == "moi":
                _wait_for_counts(client)
            for kind, path in _pages(count, chance, rounds):
                if (login != "moi" and not kind.startswith(_LIMITED)) or not kind.startswith(only):
                    continue
                if kind not in seen:  # templates are compiled at the first
                    client.get(path)
                    seen.add(kind)
                if kind == _CHANGED:
                    client.app.state.plan_desk.catalogue.plans.take_facts((), ())  # type: ignore[attr-defined]
                begun, worked = time.perf_counter(), time.process_time()
                answer = client.get(path)
                spent = ((time.perf_counter() - begun) * 1000, (time.process_time() - worked) * 1000)
                assert answer.status_code == 200, f"{path}: {answer.status_code}"
                assert _BEING_COUNTED not in answer.text, f"{path}: not counted yet"
                who = {"moi": "", "ba": "3 agencies: ", "rong": "30 agencies: "}[login]
                times.setdefault(who + kind, []).append(spent)
    return list(times.items())


def report(times: list[tuple[str, list[tuple[float, float]]]]) -> str:
    every = [t for _, found in times for t in found]
    rows = []
    for kind, found in [*times, ("all of these", every)]:
        cells = []
        for part in zip(*found, strict=True):
            p95 = statistics.quantiles(part, n=20, method="inclusive")[-1]
            cells += [f"{statistics.median(part):.0f}", f"{p95:.0f}"]
        rows.append((kind, len(found), *cells))
    return table(("page", "calls", "median ms", "p95 ms", "CPU ms, median", "CPU ms, p95"), rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--database", default="")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--only", default="", help="pages whose kind begins so")
    parser.add_argument("--dry", action="store_true", help="print only")
    given = parser.parse_args()
    settings = load_settings({}, home=given.folder, database_url=given.database or None)
    given.folder.mkdir(parents=True, exist_ok=True)
    with Catalogue(settings.database_address) as catalogue:
        if not catalogue.records.count():
            begun = time.monotonic()
            fill(catalogue, given.count)
            print(f"{given.count} records made in {time.monotonic() - begun:.0f} s", flush=True)
        with catalogue.database.read() as connection:
            counted = connection.execute(sa.select(fact_counts.c.n).limit(1)).first()
        if counted is None:
            begun = time.monotonic()
            fill_facts(catalogue)
            print(f"facts for progress made in {time.monotonic() - begun:.0f} s", flush=True)
        name = "SQLite" if catalogue.database.is_sqlite else "PostgreSQL"
        with catalogue.database.read() as connection:
            there = connection.execute(sa.select(people.c.login)).first()
        if there is None:
            accounts = Accounts(catalogue)
            for login, scope in {**_LOGINS, **_WIDE}.items():
                role = "administrator" if login == "moi" else "checker"
                accounts.add(
                    login, name=login, role=role, password=_PASSWORD, must_change=False, scope=scope, actor="bench"
                )
        count = catalogue.records.count()
    head = machine_line()
    times = measure(settings, count, given.rounds, given.only)
    found = report(times)
    print(found)
    if not given.dry:
        body = (
            f"### Lists, {name}\n\nMeasured by `python -m tools.bench_lists`: {head}\n\n{count:,} invented records in "
            f"{len(BATCHES)} batches, {len(AGENCIES)} agencies; whole pages through the application, log-in "
            f"included.\n\n{found}"
        )
        write_section(f"bench-lists-{name.lower()}", body)


if __name__ == "__main__":
    main()
