"""Giá hồ sơ: what the pages ask of the archive, read only. Everything that touches store or catalogue is here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from review.roles import Viewer, admits
from schemas.errors import ObjectNotFound, RecordNotFound, Refused, SecretPaper
from schemas.history import SEEN, Deed, HistoryRow
from schemas.reading import Reading
from schemas.record import Record
from schemas.scope import Scope
from storage.browse import Browse
from storage.catalogue import Catalogue
from storage.layout import decode_layout
from storage.ledger import BatchSummary
from storage.package import Manifest, read_manifest
from storage.people import Person
from storage.records import EventRow
from storage.store import ObjectStore


@dataclass(frozen=True, slots=True)
class Row:
    """One record as lists show it. ``unsure``: how many fields a person has to look at; ``code``: of the quarantine;
    ``blind``: whoever looks keys it blind just now, nothing read from it is told."""

    record_id: str
    status: str
    name: str
    doc_type: str | None
    doc_number: str | None
    issued_date: str | None
    agency: str | None
    summary: str | None
    pages: int
    unsure: int
    code: str | None
    updated_at: str = ""
    blind: bool = False

    def closed(self) -> Row:
        """The same record with nothing that was read from the paper."""
        return replace(
            self, doc_type=None, doc_number=None, issued_date=None, agency=None, summary=None, unsure=0, blind=True
        )

    @classmethod
    def of(cls, record: Record, updated_at: str = "") -> Row:
        def text(name: str) -> str | None:
            value = record.fields.get(name).value
            return value if isinstance(value, str) else None

        return cls(
            record_id=record.record_id,
            status=record.status,
            name=record.source.name,
            doc_type=text("doc_type"),
            doc_number=text("doc_number"),
            issued_date=text("issued_date"),
            agency=text("issuing_agency_name"),
            summary=text("summary"),
            pages=record.source.page_count,
            unsure=sum(1 for reason in record.review_reasons if reason.startswith("unsure:")),
            code=record.quarantine.code if record.quarantine else None,
            updated_at=updated_at,
        )


class Shelf:
    """The archive as the web sees it; one for the life of the application, used from many threads."""

    def __init__(self, store: ObjectStore, catalogue: Catalogue) -> None:
        self._store = store
        self._catalogue = catalogue
        self.browse = Browse(catalogue.database)
        self.history = catalogue.history
        self.quality = catalogue.quality
        self._reading = lru_cache(maxsize=16)(self._decode)

    def find(self, prefix: str) -> Record:
        """The record of this id or hash. Raises RecordNotFound (E301), AmbiguousRecord (E302)."""
        return self._catalogue.records.find(prefix)

    def find_many(self, record_ids: Iterable[str]) -> dict[str, Record]:
        """The records of these ids that are there."""
        return self._catalogue.records.of_ids(record_ids)

    def find_for(self, viewer: Viewer, prefix: str) -> Record:
        """The same for this viewer: what lies outside the scope is not found."""
        record = self.find(prefix)
        if not viewer.may_open(record):
            raise RecordNotFound
        return record

    def lies_within(self, scope: Scope, record_id: str) -> bool:
        """Whether the record is there and within the scope."""
        try:
            record = self.find(record_id)
        except RecordNotFound:
            return False
        agency = record.fields.issuing_agency_name.value
        return admits(scope, agency if isinstance(agency, str) else None, record.classification.field_name.value)

    def batches(self) -> tuple[BatchSummary, ...]:
        """Every batch with its counts, the newest first."""
        return self._catalogue.ledger.batches()

    def people(self) -> tuple[Person, ...]:
        """Every account."""
        return self._catalogue.people.all()

    def agencies(self) -> tuple[str, ...]:
        """Names of issuing agencies that occur in the archive, for rights and pickers."""
        return self.browse.names("agency")

    def fields(self) -> tuple[str, ...]:
        """Names of lĩnh vực that occur in the archive."""
        return self.browse.names("field")

    def object(self, key: str | None) -> bytes:
        """The bytes of an object. Raises ObjectNotFound (E303), StoreUnreachable (E202)."""
        if key is None:
            raise ObjectNotFound
        return self._store.get(key)

    def original(self, record: Record) -> bytes:
        """The file as it came. Raises Refused (E300) for a paper with a secrecy stamp."""
        if is_secret(record):
            raise Refused("tài liệu có dấu mật không được tải từ đây")
        return self.object(record.objects.original)

    def reading_of(self, record: Record) -> Reading | None:
        """The pages as read, or None for a record without text."""
        return self._reading(record.objects.layout) if record.objects.layout else None

    def _decode(self, key: str) -> Reading:
        return decode_layout(self.object(key))

    def manifest(self, record: Record) -> Manifest | None:
        """What the package says of itself: files with their hashes, and events; None for a record without one."""
        try:
            return read_manifest(self._store, record.record_id)
        except ObjectNotFound:
            return None

    def events(self, record: Record) -> tuple[EventRow, ...]:
        """Who did what with this record, oldest first."""
        return self._catalogue.records.events(record.record_id, limit=200)

    def deeds(self, record: Record) -> tuple[HistoryRow, ...]:
        """What people did with this record, from the chained history, the newest first."""
        return self._catalogue.history.about(record.record_id, limit=200)

    def log(
        self, actor: str, action: str, record_id: str | None, *, detail: Mapping[str, str | int | bool] | None = None
    ) -> None:
        """Who looked at what: an event row, and where it was a record a row of the chained history."""
        self._catalogue.records.log_event(actor, action, record_id, detail=detail)
        if record_id is not None:
            self._catalogue.history.append(SEEN, [Deed(actor=actor[:60], action=action, record_id=record_id)])


def is_secret(record: Record) -> bool:
    """Whether the paper was set aside for its secrecy stamp: nothing of it is shown."""
    return record.quarantine is not None and record.quarantine.code == SecretPaper.code
