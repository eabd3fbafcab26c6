"""Chỉ mục tìm kiếm on tantivy, in one folder; made again from the packages whenever it is lost.

Each text is indexed twice, with accents and without (see ``folding``). One process writes at a time, any number
read. Identity numbers never reach the index, nor does anything of a paper in quarantine or with a secrecy stamp.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

import tantivy

from schemas.errors import DiskFull, IndexBroken, IndexLocked
from schemas.record import Record
from storage.folding import fold_key, fold_text, hide_identity, number_key, visible_text
from storage.index_query import build_query
from storage.search import FACET_NAMES, Facet, FacetCount, SearchFilters, SearchHit, SearchResults, parse_query
from storage.snippets import make_excerpt

FORMAT = 1  # of the folder: another number means the index is made anew
COMMIT_EVERY = 200  # documents
_OPEN_TRIES = 3  # before an index counts as broken: its writer may just be replacing files
FACET_SIZE = 50  # values of one facet
_HEAP = 32_000_000  # bytes the writer gathers before it writes a segment
_MARK = "sohoa-index.json"
_NO_FILTERS = SearchFilters()
_HIDDEN_STATUS = ("quarantined", "duplicate")


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("record_id", tokenizer_name="raw", index_option="basic", stored=True)
    for name in ("body", "body_exact", "head", "head_exact"):
        builder.add_text_field(name, tokenizer_name="words", index_option="position")
    for name in ("number", "agency_key", "field_name", "level"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in FACET_NAMES:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    builder.add_integer_field("issued", indexed=True, fast=True)
    builder.add_bytes_field("entry", stored=True, indexed=False)
    builder.add_bytes_field("text", stored=True, indexed=False)
    return builder.build()


class SearchIndex:
    """Context manager. Reading needs no lock; the first ``index``, ``remove`` or ``clear`` takes the writer's lock
    and ``close`` gives it back. Safe to call from several threads of one process."""

    def __init__(self, folder: Path, *, lock_wait_s: float = 5.0) -> None:
        """Open the index in ``folder``; a missing, broken or outdated one is replaced by an empty one.

        Raises IndexBroken (E211) when the folder cannot be used, DiskFull (E203).
        """
        self._folder = folder
        self._lock_wait_s = lock_wait_s
        self._guard = threading.RLock()
        self._writer: Any = None
        self._waiting = 0
        self._done: list[str] = []
        self._schema = _schema()
        with _engine_errors():
            folder.mkdir(parents=True, exist_ok=True)
            with _folder_lock(folder):
                self._index = self._open()

    @property
    def needs_rebuild(self) -> bool:
        """True for an index that began empty and has not been filled (``mark_complete``) since."""
        return not _read_mark(self._folder).get("complete", False)

    def mark_complete(self) -> None:
        """Every record of the archive was offered to this index: from now on it is kept up record by record."""
        with _engine_errors():
            _write_mark(self._folder, complete=True)

    def index(self, record: Record, text: str) -> None:
        """Take in a record with its text (pages separated by form feeds), in place of an earlier version of it.

        A record in quarantine or with a secrecy stamp is taken out instead. Found by searches after ``commit``,
        which happens by itself every COMMIT_EVERY documents.
        Raises IndexLocked (E210) when another process writes, IndexBroken (E211), DiskFull (E203).
        """
        with self._guard, _engine_errors():
            writer = self._open_writer()
            writer.delete_documents_by_term("record_id", record.record_id)
            if record.status not in _HIDDEN_STATUS and not record.fields.secrecy.value:
                writer.add_document(_document(record, text))
            self._noted(record.record_id)

    def remove(self, record_id: str) -> None:
        """Take a record out; nothing happens when it is not there. Raises as ``index`` does."""
        with self._guard, _engine_errors():
            self._open_writer().delete_documents_by_term("record_id", record_id)
            self._noted(record_id)

    def clear(self) -> None:
        """Empty the index, to be filled again; one that is damaged is made anew. Raises as ``index`` does."""
        with self._guard, _engine_errors():
            try:
                writer = self._open_writer()
                _write_mark(self._folder, complete=False)
                self._waiting, self._done = 0, []
                writer.delete_all_documents()
                writer.commit()
            except (ValueError, OSError):
                self._writer = writer = None
                with _folder_lock(self._folder):
                    (self._folder / _MARK).unlink(missing_ok=True)
                    self._index = self._open()

    def commit(self) -> tuple[str, ...]:
        """Make everything taken in so far last and be found; the ids taken in since the last call."""
        with self._guard, _engine_errors():
            self._commit()
            done, self._done = tuple(self._done), []
            return done

    def count(self) -> int:
        """Records in the index."""
        with _engine_errors():
            return int(self._searcher().num_docs)

    def search(
        self, query: str, *, limit: int = 20, offset: int = 0, filters: SearchFilters = _NO_FILTERS
    ) -> SearchResults:
        """The records that hold every word of ``query``; any text is a query, none raises.

        First a number typed whole, then words with the very accents that were typed, then without regard to them.
        Words in quotes stand side by side. A blank query finds everything, newest first.
        Raises IndexBroken (E211).
        """
        parsed = parse_query(query)
        if not parsed.clauses and not parsed.blank:
            return SearchResults(total=0, results=())
        limit, offset = max(0, limit), max(0, offset)
        with _engine_errors():
            searcher = self._searcher()
            built = build_query(self._schema, parsed, filters)
            if parsed.blank:
                found = searcher.search(built, limit=max(1, limit), offset=offset, order_by_field="issued")
            else:
                found = searcher.search(built, limit=max(1, limit), offset=offset)
            hits = []
            for score, address in found.hits[:limit]:
                document = searcher.doc(address)
                entry = json.loads(bytes(document.get_first("entry")))
                excerpt = make_excerpt(
                    bytes(document.get_first("text")).decode(), parsed.clauses, header=_header(entry)
                )
                worth = 0.0 if parsed.blank else round(float(score), 4)
                hits.append(SearchHit(**entry, score=worth, snippet=excerpt.snippet, page=excerpt.page))
            facets = _facets(searcher, built)
        return SearchResults(total=int(found.count or 0), results=tuple(hits), facets=facets)

    def close(self) -> None:
        """Commit and let the next writer in."""
        with self._guard, _engine_errors():
            if self._writer is not None:
                self._commit()
                self._writer.wait_merging_threads()
                self._writer = None

    def __enter__(self) -> SearchIndex:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _open(self) -> Any:
        target = self._folder / "tantivy"
        if _read_mark(self._folder).get("format") == FORMAT:
            for _ in range(_OPEN_TRIES):
                with contextlib.suppress(ValueError, OSError):
                    if tantivy.Index.exists(str(target)):
                        return self._prepared(tantivy.Index(self._schema, path=str(target), reuse=True))
                time.sleep(0.05)
        _refuse_while_written(target)
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        index = self._prepared(tantivy.Index(self._schema, path=str(target), reuse=False))
        _write_mark(self._folder, complete=False)
        return index

    def _prepared(self, index: Any) -> Any:
        words = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
        index.register_tokenizer("words", words)
        index.config_reader("manual")
        index.reload()
        return index

    def _searcher(self) -> Any:
        self._index.reload()
        return self._index.searcher()

    def _open_writer(self) -> Any:
        deadline = time.monotonic() + self._lock_wait_s
        while self._writer is None:
            try:
                self._writer = self._index.writer(_HEAP, 1)
            except ValueError as exc:
                if "lock" not in str(exc).lower():
                    raise
                if time.monotonic() > deadline:
                    raise IndexLocked from exc
                time.sleep(0.1)
        return self._writer

    def _noted(self, record_id: str) -> None:
        self._done.append(record_id)
        self._waiting += 1
        if self._waiting >= COMMIT_EVERY:
            self._commit()

    def _commit(self) -> None:
        if self._writer is not None and self._waiting:
            self._writer.commit()
            self._waiting = 0


def _document(record: Record, text: str) -> tantivy.Document:
    fields = record.fields
    owner_id = _text(fields.owner_id.value)
    body = fold_text(hide_identity(visible_text(text), also=owner_id))
    values = {
        name: hide_identity(value, also=owner_id)
        for name in ("doc_number", "issuing_agency_name", "parent_agency_name", "summary", "signer_name", "owner_name")
        if (value := _text(fields.get(name).value))
    }
    head = [tuple(fold_text(value).words()) for value in values.values()]
    document = tantivy.Document()
    document.add_text("record_id", record.record_id)
    words = tuple(body.words())
    document.add_text("body", " ".join(folded for _, folded in words))
    document.add_text("body_exact", " ".join(exact for exact, _ in words))
    for part in head:
        document.add_text("head", " ".join(folded for _, folded in part))
        document.add_text("head_exact", " ".join(exact for exact, _ in part))
    number, agency = values.get("doc_number"), values.get("issuing_agency_name")
    issued = _text(fields.issued_date.value)
    if number:
        document.add_text("number", number_key(number))
    if agency:
        document.add_text("agency_key", fold_key(agency))
    facets = {
        "doc_type": _text(fields.doc_type.value),
        "issuing_agency_name": agency,
        "year": issued[:4] if issued else None,
        "status": record.status,
        "kind": record.kind,
        "field_name": record.classification.field_name.value,
        "level": record.classification.level.value,
    }
    for name, facet in facets.items():
        if facet:
            document.add_text(name, facet)
    document.add_integer("issued", _date_number(issued))
    entry = {
        "record_id": record.record_id,
        "doc_type": facets["doc_type"],
        "doc_number": number,
        "issued_date": issued,
        "issuing_agency_name": agency,
        "summary": values.get("summary"),
    }
    document.add_bytes("entry", json.dumps(entry, ensure_ascii=False).encode("utf-8", "replace"))
    document.add_bytes("text", body.visible.encode("utf-8", "replace"))
    return document


def _header(entry: dict[str, Any]) -> str:
    """What a snippet shows when only the fields were met."""
    shown = (entry["doc_number"], entry["issuing_agency_name"], entry["summary"])
    return " · ".join(value for value in shown if value)


def _date_number(date: str | None) -> int:
    """An ISO date as a number that sorts (20250131); 0 for none or for what is no full date."""
    digits = (date or "").replace("-", "")
    return int(digits) if len(digits) == 8 and digits.isascii() and digits.isdigit() else 0


def _text(value: object) -> str | None:
    """The value as text that any program takes: no half characters."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) and value else None


def _facets(searcher: Any, query: tantivy.Query) -> tuple[Facet, ...]:
    asked = {name: {"terms": {"field": name, "size": FACET_SIZE}} for name in FACET_NAMES}
    answer = searcher.aggregate(query, asked)
    return tuple(
        Facet(
            name=name,
            counts=tuple(FacetCount(value=str(b["key"]), count=int(b["doc_count"])) for b in answer[name]["buckets"]),
        )
        for name in FACET_NAMES
    )


@contextlib.contextmanager
def _folder_lock(folder: Path) -> Iterator[None]:
    """One process at a time makes or replaces the index."""
    with (folder / "open.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _refuse_while_written(target: Path) -> None:
    """Raises IndexLocked (E210) when a process holds the engine's writer lock: what it writes is not broken."""
    try:
        with (target / ".tantivy-writer.lock").open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return
    except BlockingIOError as exc:
        raise IndexLocked from exc


def _read_mark(folder: Path) -> dict[str, Any]:
    try:
        mark = json.loads((folder / _MARK).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return mark if isinstance(mark, dict) else {}


def _write_mark(folder: Path, *, complete: bool) -> None:
    part = folder / f"{_MARK}.part"
    part.write_text(json.dumps({"format": FORMAT, "complete": complete}), encoding="utf-8")
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
