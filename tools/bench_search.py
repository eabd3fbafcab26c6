"""`make bench-search`: how fast the index is built, how large it is, how long 200 questions take; both engines and,
as a yardstick, plain SQLite FTS5 over the same records in the same run. Writes its table into docs/benchmarks.md.

    .venv/bin/python -m tools.bench_search [--records N] [--engines tantivy,postgresql,fts5] [--rounds N] [--title T]
"""

from __future__ import annotations

import argparse
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from runtime.search.finder import find
from storage.engine import SearchEngine
from storage.entry import Entry, make_entry
from storage.folding import fold_key
from tools.report import ROOT, machine_line, table, write_section
from tools.search_questions import Question, questions
from tools.search_records import Maker

_AT_ONCE = 500
_DEEP = 9_980  # page 500 of 20


@dataclass
class Measured:
    """One engine. Seconds; ``making`` is the part of the build that made the records and is no work of the engine."""

    name: str
    build: float = 0.0
    cpu: float = 0.0
    making: float = 0.0
    size: int = 0
    times: list[tuple[str, float]] = field(default_factory=list)
    own: list[float] = field(default_factory=list)
    deep: list[float] = field(default_factory=list)


class _Clock:
    def __init__(self) -> None:
        self.spent = 0.0

    def batches(self, maker: Maker, count: int, salt: bytes) -> Iterator[Sequence[Entry]]:
        for start in range(0, count, _AT_ONCE):
            began = time.thread_time()
            made = list(maker.make_many(min(_AT_ONCE, count - start), start=start))
            self.spent += time.thread_time() - began
            yield [entry for one in made if (entry := make_entry(one.record, one.text, salt=salt))]
            if start % 50_000 == 0:
                print(f"  {start:,} records", file=sys.stderr, flush=True)


def measure_engine(engine: SearchEngine, maker: Maker, count: int, asked: Sequence[Question], rounds: int) -> Measured:
    """Fill the engine and ask it everything; facets, snippets and related papers are part of every answer."""
    found, clock = Measured(engine.name), _Clock()
    began, cpu = time.monotonic(), time.process_time()
    engine.refill(clock.batches(maker, count, engine.salt), lambda: ([], []))
    found.build, found.cpu, found.making = time.monotonic() - began, time.process_time() - cpu, clock.spent
    _ask(found, asked, rounds, lambda text, offset: find(engine, text, limit=20, offset=offset).total)
    return found


def measure_fts5(folder: Path, maker: Maker, count: int, asked: Sequence[Question], rounds: int) -> Measured:
    """SQLite FTS5 over text folded beforehand (it never folds đ), ranked by bm25, with the count; no facets, no
    snippets, no tolerance."""
    found = Measured("SQLite FTS5")
    connection = sqlite3.connect(folder / "fts.db")
    connection.execute("create virtual table d using fts5(body, tokenize='unicode61', content='')")
    began, cpu = time.monotonic(), time.process_time()
    for start in range(0, count, _AT_ONCE):
        mark = time.thread_time()
        made = list(maker.make_many(min(_AT_ONCE, count - start), start=start))
        found.making += time.thread_time() - mark
        rows = [(start + n, fold_key(one.text)) for n, one in enumerate(made)]
        with connection:
            connection.executemany("insert into d(rowid, body) values (?, ?)", rows)
    found.build, found.cpu = time.monotonic() - began, time.process_time() - cpu
    found.size = (folder / "fts.db").stat().st_size

    def ask(text: str, offset: int) -> int:
        words = " ".join(f'"{word}"' for word in fold_key(text).split())
        connection.execute(
            "select rowid from d where d match ? order by rank limit 20 offset ?", (words, offset)
        ).fetchall()
        return int(connection.execute("select count(*) from d where d match ?", (words,)).fetchone()[0])

    _ask(found, [one for one in asked if ":" not in one[1]], rounds, ask)
    connection.close()
    return found


def _ask(found: Measured, asked: Sequence[Question], rounds: int, ask: Callable[[str, int], int]) -> None:
    for _, text in asked[:20]:
        ask(text, 0)
    for _ in range(rounds):
        for kind, text in asked:
            began, cpu = time.perf_counter(), time.thread_time()
            ask(text, 0)
            found.own.append(time.thread_time() - cpu)
            found.times.append((kind, time.perf_counter() - began))
    for text in ("quyet dinh", "dat", "theo quy dinh"):
        began = time.perf_counter()
        ask(text, _DEEP)
        found.deep.append(time.perf_counter() - began)


def _percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f}"


def section(results: Sequence[Measured], count: int, asked: int, rounds: int) -> str:
    """The tables as Markdown."""
    rows = []
    for one in results:
        times = [seconds for _, seconds in one.times]
        own = max(one.cpu - one.making, 1e-9)
        rows.append((
            one.name, f"{count / one.build:,.0f}", f"{count / own:,.0f}", f"{one.size / 1e6:,.0f}",
            *(_ms(_percentile(times, share)) for share in (0.5, 0.95, 0.99)), _ms(max(times)), _ms(max(one.deep)),
            "-" if one.name == "postgresql" else " / ".join(_ms(_percentile(one.own, share)) for share in (0.5, 0.99)),
        ))  # fmt: skip
    heads = (
        "engine", "records/s (wall)", "records/CPU s", "size, MB", "p50 ms", "p95 ms", "p99 ms", "slowest ms",
        "page 500 ms", "CPU ms, p50 / p99",
    )  # fmt: skip
    parts = [
        f"Measured by `make bench-search`: {machine_line()}",
        "",
        f"{count:,} made records, {asked} questions, {rounds} rounds.",
        "",
        table(heads, rows),
        "",
    ]
    kinds = dict.fromkeys(kind for one in results for kind, _ in one.times)
    rows = [(kind, *(_of_kind(one, kind) for one in results)) for kind in kinds]
    parts += [
        "Median / slowest of each kind of question, ms:",
        "",
        table(("kind", *(one.name for one in results)), rows),
    ]
    return "\n".join(parts)


def _of_kind(one: Measured, kind: str) -> str:
    times = [seconds for name, seconds in one.times if name == kind]
    return f"{_ms(_percentile(times, 0.5))} / {_ms(max(times))}" if times else "-"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=50_000)
    parser.add_argument("--engines", default="tantivy,postgresql,fts5")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--mark", default="bench-search", help="the part of docs/benchmarks.md to write")
    parser.add_argument("--dry", action="store_true", help="print only")
    options = parser.parse_args()
    maker = Maker()
    asked = questions(maker)
    results = []
    for name in options.engines.split(","):
        print(f"{name}: {options.records:,} records", file=sys.stderr, flush=True)
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-search-")))
            if name == "tantivy":
                from storage.index import SearchIndex

                engine = stack.enter_context(SearchIndex(folder))
                one = measure_engine(engine, maker, options.records, asked, options.rounds)
                one.size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
            elif name == "postgresql":
                one = _postgresql(stack, maker, options.records, asked, options.rounds)
            else:
                one = measure_fts5(folder, maker, options.records, asked, options.rounds)
            results.append(one)
            print(section([one], options.records, len(asked), options.rounds), file=sys.stderr, flush=True)
    text = section(results, options.records, len(asked), options.rounds)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    text += f"\n\nLargest memory of the measuring process: {memory:,.0f} MB."
    if options.dry:
        print(text)
    else:
        write_section(options.mark, text)


def _postgresql(stack: ExitStack, maker: Maker, count: int, asked: Sequence[Question], rounds: int) -> Measured:
    """A server of its own, as the tests start it; its own CPU seconds are not seen from here."""
    sys.path.insert(0, str(ROOT / "tests" / "integration"))
    from pg_server import running_server  # type: ignore[import-not-found]

    from storage.catalogue import Catalogue
    from storage.pg_search import SCHEMA, PgSearch

    server = stack.enter_context(running_server())
    catalogue = stack.enter_context(Catalogue(server.make_database()))
    one = measure_engine(PgSearch(catalogue.database), maker, count, asked, rounds)
    with catalogue.database.read() as connection:
        sql = (
            "select sum(pg_total_relation_size(c.oid)) from pg_class c join pg_namespace n on n.oid = relnamespace "
            f"where nspname = '{SCHEMA}' and relkind = 'r'"
        )
        one.size = int(connection.exec_driver_sql(sql).scalar_one())
    return one


if __name__ == "__main__":
    main()
