"""Xuất kết quả: all hits of a question as a sheet, in the order of the list, with a stated purpose, written down."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Self
from urllib.parse import parse_qs

from review.masking import mask_record
from runtime.background import Background
from runtime.exports import WRITERS
from runtime.search.service import SearchService
from schemas.errors import RecordNotFound, Refused, SohoaError
from schemas.record import Record
from schemas.scope import Scope
from storage.saved import ExportJob, Saved
from storage.search import SearchFilters

log = logging.getLogger(__name__)
FORMS = ("csv", "xlsx")
MAX_ROWS = 100_000
MIN_PURPOSE = 5  # letters of a purpose that says something
_AT_ONCE = 500


def write_results(
    service: SearchService,
    query: str,
    out: IO[bytes],
    *,
    form: str,
    scope: Scope,
    filters: SearchFilters,
    tell: Callable[[int, int], None] = lambda done, total: None,
) -> int:
    """Write every exact hit (at most MAX_ROWS), identity numbers masked; returns how many.

    ``tell`` hears (written, all) now and then.
    """
    return WRITERS[form](_records(service, query, scope=scope, filters=filters, tell=tell), out)


def _records(
    service: SearchService,
    query: str,
    *,
    scope: Scope,
    filters: SearchFilters,
    tell: Callable[[int, int], None],
) -> Iterator[Record]:
    ask = service.ask_of(query, scope=scope, filters=filters)
    seen: set[str] = set()
    offset = 0
    while len(seen) < MAX_ROWS:
        found = service.engine.search(ask, limit=_AT_ONCE, offset=offset, facets=False)
        tell(len(seen), min(found.total, MAX_ROWS))
        for hit in found.hits:
            if hit.record_id in seen:  # the index moved on between two pages
                continue
            seen.add(hit.record_id)
            try:
                yield mask_record(service.catalogue.records.find(hit.record_id))
            except RecordNotFound:
                continue
        offset += _AT_ONCE
        if offset >= found.total:
            return


def check_purpose(purpose: str) -> str:
    """The purpose, trimmed. Raises Refused (E300) for one that says nothing."""
    said = " ".join(purpose.split())[:500]
    if sum(char.isalpha() for char in said) < MIN_PURPOSE:
        raise Refused("hãy ghi mục đích xuất dữ liệu")
    return said


def export_file(folder: Path, job: ExportJob) -> Path:
    """Where the sheet of an export lies."""
    return folder / f"{job.id}.{job.form}"


def asked_of(query: str) -> tuple[str, SearchFilters]:
    """The words and filters of a search as it stands in the address bar; unknown parts are ignored."""
    parts = {name: values[0] for name, values in parse_qs(query).items() if values[0]}
    names = {"agency": "issuing_agency_name", "field": "field_name"}
    values: dict[str, object] = {}
    for name, value in parts.items():
        key = names.get(name, name)
        if key == "year":
            values[key] = int(value) if value.isascii() and value.isdigit() and len(value) == 4 else None
        elif key in SearchFilters.model_fields:
            values[key] = value
    return parts.get("q", ""), SearchFilters.model_validate(values)


class Exporter(Background):
    """Works off the exports that were ordered, one after another, in a thread, as long as the block lasts. What a
    killed process left unfinished is begun again."""

    def __init__(self, saved: Saved, service: SearchService, folder: Path, *, every: float = 0.5) -> None:
        super().__init__("export")
        self._saved, self._service, self._folder, self._every = saved, service, folder, every

    def __enter__(self) -> Self:
        self._saved.wake()
        return super().__enter__()

    def _work(self) -> None:
        while not self._stop.wait(self._every):
            try:
                for job in reversed(self._saved.jobs(state="waiting")):
                    self.run(job)
            except SohoaError as exc:
                log.warning("%s while exporting", exc.code)

    def run(self, job: ExportJob) -> None:
        """Write one export; its outcome is noted with it."""
        if not self._saved.begin(job.id):
            return
        query, filters = asked_of(job.query)
        target = export_file(self._folder, job)
        part = target.with_name(f".{target.name}.part")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with part.open("wb") as out:
                count = write_results(
                    self._service, query, out, form=job.form, scope=Scope.model_validate_json(job.scope),
                    filters=filters, tell=lambda done, total: self._saved.note(job.id, done=done, total=total),
                )  # fmt: skip
            part.replace(target)
        except (SohoaError, OSError) as exc:
            code = exc.code if isinstance(exc, SohoaError) else type(exc).__name__
            self._saved.note(job.id, state="failed", error=code)
            part.unlink(missing_ok=True)
            return
        self._saved.note(job.id, state="ready", done=count, total=count)
        detail: dict[str, str | int | bool] = {"job": job.id, "form": job.form, "records": count}
        self._service.catalogue.records.log_event(job.owner, "export_search", None, detail=detail)
