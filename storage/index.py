"""Chỉ mục tìm kiếm nhúng: tantivy, in one folder beside the catalogue; made again whenever it is lost.

The folder holds generations, one of them in use (``sohoa-index.json`` names it). A rebuild fills a new generation
and then names that one: readers change over with their next question. One process writes at a time, any number
read. The layout of the fields follows ``ask.py``.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from zlib import crc32

import tantivy

from schemas.errors import DiskFull, IndexBroken, IndexLocked
from storage import index_rank
from storage.ask import FACETS, Ask, Issued, all_of
from storage.date_tags import date_tags
from storage.engine import Changes, Found, Stored
from storage.entry import BUCKETS, Entry
from storage.index_counts import SHARES, Counts, beside, counts_of, guess
from storage.index_query import build_base, without_unknown

FORMAT = 5  # of the folder: another number means the index is made anew
_OPEN_TRIES = 3  # before an index counts as broken: its writer may just be replacing files
_HEAP = 64_000_000  # bytes the writer gathers before it writes a segment
_BULK_THREADS = 2
_BULK_HEAP_LEAST, _BULK_HEAP_MOST = 256_000_000, 2_000_000_000  # the same for a rebuild: few large segments
_MARK = "sohoa-index.json"
_CHANNELS = ("w", "x", "z", "h", "p")
_OLDEST_FIRST_DATE = 1


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("record_id", tokenizer_name="raw", index_option="basic", stored=True)
    for name in _CHANNELS:
        builder.add_text_field(name, tokenizer_name="words", index_option="basic")
    builder.add_text_field("b", tokenizer_name="words", index_option="position")
    for name in ("n", "t"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in FACETS:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    builder.add_integer_field("issued", indexed=True, fast=True)
    builder.add_float_field("recent", fast=True)
    builder.add_integer_field("revision", stored=True)
    builder.add_bytes_field("card", stored=True, indexed=False)
    builder.add_bytes_field("text", stored=True, indexed=False)
    return builder.build()


class SearchIndex:
    """The embedded ``SearchEngine``. Reading needs no lock; writing takes the writer's lock for as long as one
    ``take`` lasts."""

    name = "tantivy"

    def __init__(self, folder: Path, *, lock_wait_s: float = 5.0) -> None:
        """Open the index in ``folder``; a missing, broken or outdated one is replaced by an empty one.

        Raises IndexBroken (E211) when the folder cannot be used, DiskFull (E203).
        """
        self._folder = folder
        self._lock_wait_s = lock_wait_s
        self._guard = threading.RLock()
        self._schema = _schema()
        self._seen_mark: _State = None  # files as they were when they were last read
        self._seen_meta: _State = None
        with _engine_errors():
            folder.mkdir(parents=True, exist_ok=True)
            with _file_lock(folder / "open.lock"):
                self._mark = self._open_or_make()

    @property
    def salt(self) -> bytes:
        return bytes.fromhex(self._mark["salt"])

    @property
    def complete(self) -> bool:
        return bool(_read_mark(self._folder).get("complete", False))

    def take(self, entries: Sequence[Entry], gone: Iterable[str] = ()) -> None:
        """See ``SearchEngine``. Raises IndexLocked (E210) when another process writes, IndexBroken (E211),
        DiskFull (E203)."""
        with self._guard, self._writing(), _engine_errors():
            writer = self._current().writer(_HEAP, 1)
            _put(writer, entries, gone)
            writer.commit()
            writer.wait_merging_threads()

    def search(self, ask: Ask, *, limit: int = 20, offset: int = 0, facets: bool = True) -> Found:
        """See ``SearchEngine``. Raises IndexBroken (E211)."""
        limit, offset = max(0, limit), max(0, offset)
        with _engine_errors():
            searcher = self._searcher()
            ask = replace(ask, base=without_unknown(searcher, ask.base))
            if limit and ask.sort == "relevance" and ask.bonuses:
                best, counts = self._ranked(searcher, ask, limit, offset, facets=facets)
            else:
                best, counts = self._dated(searcher, ask, limit, offset, facets=facets)
            hits = tuple(self._stored(searcher, score, address) for score, address in best)
        return Found(counts.total, hits, counts.facets, counts.sampled, counts.capped)

    def holdings(self, record_ids: Sequence[str] | None = None) -> Iterator[tuple[str, int]]:
        """See ``SearchEngine``. All of them are walked slice by slice."""
        with _engine_errors():
            searcher = self._searcher()
            if record_ids is not None:
                query = tantivy.Query.term_set_query(self._schema, "record_id", list(record_ids))
                yield from self._held(searcher, query, len(record_ids))
                return
            for bucket in range(BUCKETS):
                query = tantivy.Query.term_query(self._schema, "t", f"bucket:{bucket}", index_option="basic")
                yield from self._held(searcher, query, int(searcher.doc_freq("t", f"bucket:{bucket}")))

    def refill(self, batches: Iterable[Sequence[Entry]], late: Callable[[], Changes]) -> None:
        """See ``SearchEngine``. Raises as ``take`` does; IndexLocked (E210) also while another rebuild runs."""
        with _file_lock(self._folder / "rebuild.lock", wait_s=0):
            name = f"g-{secrets.token_hex(6)}"
            try:
                with _engine_errors():
                    index = self._make(name)
                    writer = index.writer(_bulk_heap(), _BULK_THREADS)
                for entries in batches:
                    with _engine_errors():
                        for entry in entries:
                            writer.add_document(_document(entry))
                with _engine_errors():
                    writer.commit()
                    writer.wait_merging_threads()
                with self._guard, self._writing():  # nobody else writes: what changed meanwhile goes in as well
                    changes = late()
                    with _engine_errors():
                        writer = index.writer(_HEAP, 1)
                        _put(writer, *changes)
                        writer.commit()
                        writer.wait_merging_threads()
                        _write_mark(self._folder, {**self._mark, "generation": name, "complete": True})
                        self._sweep(keep=name)
            except BaseException:
                shutil.rmtree(self._folder / name, ignore_errors=True)
                raise

    def count(self) -> int:
        """Records in the index."""
        with _engine_errors():
            return int(self._searcher().num_docs)

    def close(self) -> None:
        """Nothing is held open between two calls."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # -- generations

    def _open_or_make(self) -> dict[str, Any]:
        mark = _read_mark(self._folder)
        if mark.get("format") == FORMAT:
            for _ in range(_OPEN_TRIES):
                with contextlib.suppress(ValueError, OSError):
                    self._index = self._open(mark["generation"])
                    self._generation = mark["generation"]
                    self._sweep_leftovers()
                    return mark
                time.sleep(0.05)
        salt = mark.get("salt") or secrets.token_hex(16)
        name = f"g-{secrets.token_hex(6)}"
        with _file_lock(self._folder / "writer.lock", wait_s=0):  # what somebody writes is not broken
            self._index = self._make(name)
            self._generation = name
            mark = {"format": FORMAT, "complete": False, "generation": name, "salt": salt}
            _write_mark(self._folder, mark)
        self._sweep_leftovers()
        return mark

    def _open(self, name: str) -> Any:
        target = self._folder / name
        if not tantivy.Index.exists(str(target)):
            raise ValueError("no index here")
        return _prepared(tantivy.Index(self._schema, path=str(target), reuse=True))

    def _make(self, name: str) -> Any:
        target = self._folder / name
        target.mkdir(parents=True)
        return _prepared(tantivy.Index(self._schema, path=str(target), reuse=False))

    def _sweep_leftovers(self) -> None:
        """What a rebuild that was killed has left; nothing while one runs."""
        with contextlib.suppress(IndexLocked), _file_lock(self._folder / "rebuild.lock", wait_s=0):
            self._sweep(keep=self._generation)

    def _sweep(self, *, keep: str) -> None:
        for old in (*self._folder.glob("g-*"), self._folder / "tantivy"):
            if old.name != keep and old.exists():
                shutil.rmtree(old, ignore_errors=True)

    def _current(self) -> Any:
        """The index of the generation that is named now."""
        seen = _state(self._folder / _MARK)
        if seen != self._seen_mark:
            with self._guard:
                mark = _read_mark(self._folder)
                name = mark.get("generation", self._generation)
                if name != self._generation:
                    self._index, self._generation, self._mark = self._open(name), name, mark
                    self._seen_meta = None
                self._seen_mark = seen
        return self._index

    def _searcher(self) -> Any:
        for last in (False, True):
            index = self._current()
            meta = _state(self._folder / self._generation / "meta.json")
            if meta is not None and meta == self._seen_meta:
                break
            try:
                index.reload()
                self._seen_meta = meta
                break
            except ValueError:  # changed over between two lines
                if last:
                    raise
                self._seen_mark = None
                time.sleep(0.05)
        return index.searcher()

    # -- writing

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        with _file_lock(self._folder / "writer.lock", wait_s=self._lock_wait_s):
            yield

    # -- answers

    def _ranked(
        self, searcher: Any, ask: Ask, limit: int, offset: int, *, facets: bool
    ) -> tuple[list[index_rank.Rated], Counts]:
        """The page asked for, best first."""
        schema = self._schema
        about = guess(searcher, schema, ask, enough=index_rank.RANKED)
        if about > index_rank.RANKED:
            counts = beside(partial(counts_of, searcher, schema, ask, facets=facets, about=about))
            return index_rank.best_of_many(searcher, schema, ask, limit=limit, offset=offset), counts.result()
        total, best = index_rank.best(searcher, schema, ask, limit=limit, offset=offset)
        return best, counts_of(searcher, schema, ask, facets=facets, total=total)

    def _dated(
        self, searcher: Any, ask: Ask, limit: int, offset: int, *, facets: bool
    ) -> tuple[list[index_rank.Rated], Counts]:
        """The page asked for, newest or oldest first: neither is there any rank. No page for a limit of 0."""
        schema = self._schema
        if ask.sort == "oldest":  # what has no date comes last, not first
            ask = replace(ask, base=all_of((ask.base, Issued(_OLDEST_FIRST_DATE, 99_999_999))))
        about = guess(searcher, schema, ask, enough=index_rank.RANKED)
        counts = beside(partial(counts_of, searcher, schema, ask, facets=facets, about=about))
        if not limit:
            found = []
        elif ask.sort == "oldest" or offset > index_rank.RANKED:
            base = build_base(schema, ask)
            order = tantivy.Order.Asc if ask.sort == "oldest" else tantivy.Order.Desc
            found = searcher.search(base, limit=limit, offset=offset, order_by_field="issued", order=order).hits
        else:
            found = index_rank.newest(searcher, schema, ask, offset + limit)[offset:]
        return [(0.0, address) for _, address in found], counts.result()

    def _stored(self, searcher: Any, score: float, address: Any) -> Stored:
        document = searcher.doc(address)
        worth = round(float(score), 4)
        return Stored(
            str(document.get_first("record_id")),
            worth,
            json.loads(bytes(document.get_first("card"))),
            bytes(document.get_first("text")).decode(),
        )

    def _held(self, searcher: Any, query: tantivy.Query, most: int) -> Iterator[tuple[str, int]]:
        for _, address in searcher.search(query, limit=max(1, most), count=False).hits:
            document = searcher.doc(address)
            yield str(document.get_first("record_id")), int(document.get_first("revision"))


def _put(writer: Any, entries: Sequence[Entry], gone: Iterable[str]) -> None:
    for record_id in (*gone, *(entry.record_id for entry in entries)):
        writer.delete_documents_by_term("record_id", record_id)
    for entry in entries:
        writer.add_document(_document(entry))


def _document(entry: Entry) -> tantivy.Document:
    document = tantivy.Document()
    document.add_text("record_id", entry.record_id)
    document.add_text("w", entry.words)
    document.add_text("x", entry.accented)
    document.add_text("z", entry.noise)
    document.add_text("h", entry.head)
    document.add_text("p", entry.parts)
    for segment in entry.grams:
        document.add_text("b", segment)
    for key in entry.keys:
        document.add_text("n", key)
    for tag in (*entry.tags, *date_tags(entry.issued), *_sample_tags(entry.record_id)):
        document.add_text("t", tag)
    for name, value in entry.facets.items():
        document.add_text(name, value)
    document.add_integer("issued", entry.issued)
    document.add_float("recent", index_rank.recent(entry.issued))
    document.add_integer("revision", entry.revision)
    document.add_bytes("card", entry.card.encode())
    document.add_bytes("text", entry.text.encode())
    return document


def _sample_tags(record_id: str) -> list[str]:
    """The samples of the archive that a record belongs to: one record in 4, in 16 ..."""
    number = crc32(record_id.encode()) // BUCKETS
    return [f"part:{share}" for share in SHARES if number % share == 0]


def _bulk_heap() -> int:
    """A sixth of the memory that is free now: a rebuild must not push out what answers meanwhile."""
    free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return max(_BULK_HEAP_LEAST, min(_BULK_HEAP_MOST, free // 6))


def _prepared(index: Any) -> Any:
    words = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer("words", words)
    index.config_reader("manual")
    index.reload()
    return index


@contextlib.contextmanager
def _file_lock(path: Path, *, wait_s: float | None = None) -> Iterator[None]:
    """One process at a time; the system lets go of it when the process ends. Raises IndexLocked (E210) after
    ``wait_s`` (None waits for ever)."""
    with path.open("a") as file:
        deadline = None if wait_s is None else time.monotonic() + wait_s
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | (0 if deadline is None else fcntl.LOCK_NB))
                break
            except BlockingIOError as exc:
                if deadline is not None and time.monotonic() >= deadline:
                    raise IndexLocked from exc
                time.sleep(0.02)
        yield


_State = tuple[int, int, int] | None


def _state(path: Path) -> _State:
    """What changes when a file is replaced; None when it is not there."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def _read_mark(folder: Path) -> dict[str, Any]:
    try:
        mark = json.loads((folder / _MARK).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return mark if isinstance(mark, dict) else {}


def _write_mark(folder: Path, mark: dict[str, Any]) -> None:
    part = folder / f"{_MARK}.part"
    part.touch(mode=0o600)
    part.write_text(json.dumps(mark), encoding="utf-8")
    part.replace(folder / _MARK)


@contextlib.contextmanager
def _engine_errors() -> Iterator[None]:
    """What the engine and the disk under it throw, as ours."""
    try:
        yield
    except (ValueError, OSError) as exc:
        if getattr(exc, "errno", None) == 28 or "No space left" in str(exc):
            raise DiskFull from exc
        raise IndexBroken(type(exc).__name__) from exc
