"""`make bench-search`: how fast the index is built, how large it is, how long 200 questions take; both engines and,
as a yardstick, plain SQLite FTS5 over the same records in the same run. Writes its table into docs/benchmarks.md.

    .venv/bin/python -m tools.bench_search [--records N] [--engines tantivy,postgresql,fts5] [--rounds N] [--dry]
        [--pg-records N] [--fts-records N] [--minutes M] [--question-seconds S] [--made FOLDER] [--database URL]

The records are made before anything is measured. ``--made``: where they are kept for the next run (5.8 GB a million).
The two others are given ``--minutes`` to take records in, and again to answer, the kinds of questions in turn; a
question (of PostgreSQL: a statement) that takes more than ``--question-seconds`` is ended. What was cut off is said.
``--database``: one of a PostgreSQL that runs already. It stays filled, and is only asked the next time.
"""

from __future__ import annotations

import argparse
import itertools
import math
import os
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from runtime.entries import only_entries
from runtime.search.finder import find
from runtime.settings import begin_with_large_pages, load_settings
from runtime.workers import WorkerPool, result_of
from schemas.errors import MachineError
from storage.engine import SearchEngine
from storage.entry import Entry
from storage.folding import fold_key
from tools import search_chunks
from tools.report import ROOT, machine_line, table, write_section
from tools.search_chunks import Chunk, entries_in, make_chunks, read_chunk
from tools.search_questions import Question, questions
from tools.search_records import Maker

_DEEP = 9_980  # page 500 of 20


class _Cut(Exception):
    """A question took longer than it may."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds to take records in, the same to answer, and for one question."""

    part: float = math.inf
    question: float = math.inf


@dataclass
class Measured:
    """One engine. Seconds; ``loads``: load of the machine before and after the build, and after the questions."""

    name: str
    count: int
    build: float = 0.0
    cpu: float = 0.0
    size: int = 0
    times: list[tuple[str, str, float]] = field(default_factory=list)
    own: list[float] = field(default_factory=list)
    deep: list[float] = field(default_factory=list)
    loads: list[float] = field(default_factory=list)
    wanted: int = 0  # records; more than ``count`` where time ran out
    cut: int = 0  # questions that were ended
    questions: int = 0  # to be asked in all rounds

    def look(self) -> None:
        self.loads.append(os.getloadavg()[0])


def measure_engine(
    engine: SearchEngine, paths: Sequence[Path], count: int, asked: Sequence[Question], rounds: int,
    limits: Limits = Limits(), filled: Callable[[], None] = lambda: None, there: int = 0,
) -> Measured:  # fmt: skip
    """Fill the engine as a rebuild does, with a process on every core, and ask it everything; facets, snippets and
    related papers are part of every answer. ``filled``: called before the first question; ``there``: records that it
    holds already, when it need not be filled."""
    found = Measured(engine.name, there or count, wanted=count)
    found.look()
    if not there:
        began, cpu = time.monotonic(), _cpu()
        workers: list[float] = []
        engine.refill(_batches(engine.salt, paths, workers, until=began + limits.part), lambda: ([], []))
        found.build, found.cpu = time.monotonic() - began, _cpu() - cpu + sum(workers)
        found.count = min(count, len(workers) * search_chunks.IN_FILE)
    found.look()
    filled()

    def ask(text: str, offset: int) -> int:
        try:
            return find(engine, text, limit=20, offset=offset).total
        except MachineError as exc:
            if "QueryCanceled" in type(getattr(exc.__cause__, "orig", None)).__name__:
                raise _Cut from exc
            raise

    _ask(found, asked, rounds, ask, limits)
    return found


def _batches(
    salt: bytes, paths: Sequence[Path], cpu: list[float], *, until: float = math.inf
) -> Iterator[Sequence[Entry]]:
    with tempfile.TemporaryDirectory() as home:
        settings = load_settings({}, home=Path(home))
        with WorkerPool(settings, prepare=only_entries, preload=search_chunks.__name__) as pool:
            chunks = (Chunk(p, salt) for p in itertools.takewhile(lambda _: time.monotonic() < until, paths))
            for n, (_, future) in enumerate(pool.each(entries_in, chunks, timeout=600)):
                entries, seconds = result_of(future)
                cpu.append(seconds)
                yield entries
                if n % 250 == 0:
                    print(f"  {n * search_chunks.IN_FILE:,} records", file=sys.stderr, flush=True)


def measure_fts5(
    folder: Path, paths: Sequence[Path], count: int, asked: Sequence[Question], rounds: int, limits: Limits
) -> Measured:
    """SQLite FTS5 over text folded beforehand (it never folds đ), ranked by bm25, with the count; no facets, no
    snippets, no tolerance."""
    found = Measured("SQLite FTS5", count, wanted=count)
    connection = sqlite3.connect(folder / "fts.db")
    connection.execute("create virtual table d using fts5(body, tokenize='unicode61', content='')")
    found.look()
    began, cpu = time.monotonic(), _cpu()
    at = 0
    for path in itertools.takewhile(lambda _: time.monotonic() < began + limits.part, paths):
        texts = [text for _, text in read_chunk(path)]
        with connection:
            rows = [(at + n, fold_key(text)) for n, text in enumerate(texts)]
            connection.executemany("insert into d(rowid, body) values (?, ?)", rows)
        at += len(texts)
    found.count = min(count, at)
    found.build, found.cpu = time.monotonic() - began, _cpu() - cpu
    found.look()
    found.size = (folder / "fts.db").stat().st_size

    def ask(text: str, offset: int) -> int:
        words = " ".join(f'"{word}"' for word in fold_key(text).split())
        end = time.monotonic() + limits.question
        connection.set_progress_handler(lambda: time.monotonic() > end, 100_000)
        try:
            connection.execute(
                "select rowid from d where d match ? order by rank limit 20 offset ?", (words, offset)
            ).fetchall()
            return int(connection.execute("select count(*) from d where d match ?", (words,)).fetchone()[0])
        except sqlite3.OperationalError as exc:
            if "interrupted" in str(exc):
                raise _Cut from exc
            raise

    _ask(found, [one for one in asked if ":" not in one[1]], rounds, ask, limits)
    connection.close()
    return found


def _ask(
    found: Measured, asked: Sequence[Question], rounds: int, ask: Callable[[str, int], int], limits: Limits
) -> None:
    until = time.monotonic() + limits.part
    asked = _in_turn(asked)
    found.questions = rounds * len(asked)

    def timed(text: str, offset: int = 0) -> float:
        began = time.perf_counter()
        try:
            ask(text, offset)
        except _Cut:
            found.cut += 1
        return time.perf_counter() - began

    for _, text in asked[:20]:
        timed(text)
    found.cut = 0
    for kind, text in list(asked) * rounds:
        if time.monotonic() > until:
            break
        cpu = time.process_time()
        found.times.append((kind, text, timed(text)))
        found.own.append(time.process_time() - cpu)
    for text in ("quyet dinh", "dat", "theo quy dinh"):
        found.deep.append(timed(text, _DEEP))
    found.look()


def _in_turn(asked: Sequence[Question]) -> list[Question]:
    """One question of each kind, then the next of each: whoever is stopped has answered some of every kind."""
    kinds: dict[str, list[Question]] = {}
    for one in asked:
        kinds.setdefault(one[0], []).append(one)
    return [one for turn in itertools.zip_longest(*kinds.values()) for one in turn if one is not None]


def _cpu() -> float:
    """CPU seconds of this process and of those it waited for."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime


def _percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f}"


def section(results: Sequence[Measured], asked: int, rounds: int) -> str:
    """The tables as Markdown."""
    rows = []
    for one in results:
        times = [seconds for _, _, seconds in one.times]
        theirs = one.name == "postgresql"  # its server's CPU is not seen from here
        rows.append((
            one.name, f"{one.count:,}", f"{one.count / one.build:,.0f}" if one.build else "-",
            "-" if theirs else f"{one.count / one.cpu:,.0f}", f"{one.size / 1e6:,.0f}",
            *(_ms(_percentile(times, share)) for share in (0.5, 0.95, 0.99)), _ms(max(times)), _ms(max(one.deep)),
            "-" if theirs else " / ".join(_ms(_percentile(one.own, share)) for share in (0.5, 0.99)),
            " / ".join(f"{load:.1f}" for load in one.loads),
        ))  # fmt: skip
    heads = (
        "engine", "records", "records/s (wall)", "records/CPU s", "size, MB", "p50 ms", "p95 ms", "p99 ms",
        "slowest ms", "page 500 ms", "CPU ms, p50 / p99", "load: before, built, asked",
    )  # fmt: skip
    parts = [
        f"Measured by `make bench-search`: {machine_line()}",
        "",
        f"Made records of about 2 KB, {asked} questions, {rounds} rounds. The records were made beforehand.",
        "",
        table(heads, rows),
        "",
        *_cut_off(results),
    ]
    kinds = dict.fromkeys(kind for one in results for kind, _, _ in one.times)
    rows = [(kind, *(_of_kind(one, kind) for one in results)) for kind in kinds]
    parts += [
        "Median / slowest of each kind of question, ms:",
        "",
        table(("kind", *(one.name for one in results)), rows),
    ]
    return "\n".join(parts)


def _cut_off(results: Sequence[Measured]) -> list[str]:
    """What is missing of an engine's figures, a line and an empty one each."""
    lines = []
    for one in results:
        said = [f"{one.count:,} of {one.wanted:,} records taken in"] if one.count < one.wanted else []
        if len(one.times) < one.questions:
            said.append(f"{len(one.times)} of {one.questions} questions asked")
        if one.cut:
            said.append(f"{one.cut} questions ended unanswered, counted with the time they had")
        if said:
            lines += [f"Cut off, {one.name}: {'; '.join(said)}.", ""]
    return lines


def slowest(one: Measured, how_many: int = 15) -> str:
    """The questions that took longest, each by its fastest round."""
    best: dict[str, float] = {}
    for kind, text, seconds in one.times:
        name = f"{kind}: {text}"
        best[name] = min(seconds, best.get(name, seconds))
    worst = sorted(best.items(), key=lambda item: -item[1])[:how_many]
    return "\n".join(f"  {_ms(seconds):>8} ms  {name}" for name, seconds in worst)


def _of_kind(one: Measured, kind: str) -> str:
    times = [seconds for name, _, seconds in one.times if name == kind]
    return f"{_ms(_percentile(times, 0.5))} / {_ms(max(times))}" if times else "-"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=50_000)
    parser.add_argument("--pg-records", type=int, default=0, help="fewer records for PostgreSQL; 0: as many")
    parser.add_argument("--fts-records", type=int, default=0, help="fewer records for SQLite FTS5; 0: as many")
    parser.add_argument("--engines", default="tantivy,postgresql,fts5")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--minutes", type=float, default=15, help="PostgreSQL and FTS5: to fill, and again to ask")
    parser.add_argument("--question-seconds", type=float, default=10, help="PostgreSQL and FTS5: for one question")
    parser.add_argument("--made", type=Path, help="folder where made records are kept")
    parser.add_argument("--database", default="", help="PostgreSQL: a database that stays filled (URL)")
    parser.add_argument("--mark", default="bench-search", help="the part of docs/benchmarks.md to write")
    parser.add_argument("--dry", action="store_true", help="print only")
    options = parser.parse_args()
    results = []
    with ExitStack() as stack:
        made = options.made or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-made-")))
        made.mkdir(parents=True, exist_ok=True)
        maker = Maker()
        asked = questions(maker)
        paths = make_chunks(made, maker, options.records)
        del maker
        for name in options.engines.split(","):
            fewer = {"postgresql": options.pg_records, "fts5": options.fts_records}.get(name, 0)
            count = min(options.records, fewer or options.records)
            print(f"{name}: {count:,} records", file=sys.stderr, flush=True)
            part = paths[: -(-count // search_chunks.IN_FILE)]
            with ExitStack() as inner:
                folder = Path(inner.enter_context(tempfile.TemporaryDirectory(prefix="bench-search-")))
                limits = Limits(options.minutes * 60, options.question_seconds) if name != "tantivy" else Limits()
                one = _measure(name, inner, folder, part, count, asked, options.rounds, limits, options.database)
            results.append(one)
            print(section([one], len(asked), options.rounds), slowest(one), sep="\n", file=sys.stderr, flush=True)
            if not options.dry:  # what was measured stays when the next engine is stopped
                write_section(options.mark, section(results, len(asked), options.rounds))
    text = section(results, len(asked), options.rounds)
    own, others = (resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    text += f"\n\nLargest memory of the measuring process: {own:,.0f} MB, of one beside it: {others:,.0f} MB."
    if options.dry:
        print(text)
    else:
        write_section(options.mark, text)


def _measure(
    name: str, stack: ExitStack, folder: Path, paths: Sequence[Path], count: int, asked: Sequence[Question],
    rounds: int, limits: Limits, database: str = "",
) -> Measured:  # fmt: skip
    if name == "tantivy":
        from storage.index import SearchIndex

        engine = stack.enter_context(SearchIndex(folder))
        one = measure_engine(engine, paths, count, asked, rounds)
        one.size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        return one
    if name == "postgresql":
        return _postgresql(stack, paths, count, asked, rounds, limits, database)
    return measure_fts5(folder, paths, count, asked, rounds, limits)


def _postgresql(
    stack: ExitStack, paths: Sequence[Path], count: int, asked: Sequence[Question], rounds: int, limits: Limits,
    database: str,
) -> Measured:  # fmt: skip
    """In a server of its own, as the tests start it, unless a ``database`` is named; the server's CPU seconds are not
    seen from here."""
    from storage.catalogue import Catalogue
    from storage.pg_search import PgSearch
    from storage.pg_tables import SCHEMA

    if not database:
        sys.path.insert(0, str(ROOT / "tests" / "integration"))
        from pg_server import running_server  # type: ignore[import-not-found]

        database = stack.enter_context(running_server()).make_database()
    catalogue = stack.enter_context(Catalogue(database))
    engine = PgSearch(catalogue.database)

    def filled() -> None:  # connections made from now on give up after so long
        with catalogue.database.write() as connection:
            name = connection.exec_driver_sql("select current_database()").scalar_one()
            connection.exec_driver_sql(f'alter database "{name}" set statement_timeout = {int(limits.question * 1000)}')
        catalogue.database.engine.dispose()

    there = engine.count() if engine.complete else 0
    one = measure_engine(engine, paths, count, asked, rounds, limits, filled, there)
    with catalogue.database.read() as connection:
        sql = (
            "select sum(pg_total_relation_size(c.oid)) from pg_class c join pg_namespace n on n.oid = relnamespace "
            f"where nspname = '{SCHEMA}' and relkind = 'r'"
        )
        one.size = int(connection.exec_driver_sql(sql).scalar_one())
    return one


if __name__ == "__main__":
    begin_with_large_pages()
    main()
