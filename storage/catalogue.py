"""Danh mục: the facade over ledger, records and events of one database."""

from __future__ import annotations

from types import TracebackType

from storage.database import PATIENCE_S, Database
from storage.history import History
from storage.ledger import Ledger
from storage.people import People
from storage.plans import Plans
from storage.quality import Quality
from storage.queue import Queue
from storage.records import Records
from storage.saved import Saved


class Catalogue:
    """One opened catalogue: ``ledger`` (files, claims, batches), ``records`` (records, events), ``people``,
    ``plans`` (follow-up, figures, progress), ``saved`` (saved searches, exports of results), and the
    review desk's ``queue``, ``quality`` and ``history``.

    May be used from several threads, by several processes, on several machines (PostgreSQL). It is derived from
    the packages but for the ledger, the events, people and samples.
    """

    def __init__(self, url: str, *, patience_s: float = PATIENCE_S) -> None:
        """Open or make it; ``url`` as SQLAlchemy writes it, ``patience_s``: seconds to wait for a lock.

        Raises CatalogueUnreachable (E205), CatalogueLocked (E204), DiskFull (E203).
        """
        self.database = Database(url, patience_s=patience_s)
        self.ledger = Ledger(self.database)
        self.records = Records(self.database)
        self.people = People(self.database)
        self.queue = Queue(self.database)
        self.quality = Quality(self.database)
        self.history = History(self.database)
        self.plans = Plans(self.database)
        self.saved = Saved(self.database)

    def close(self) -> None:
        self.database.close()

    def __enter__(self) -> Catalogue:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
