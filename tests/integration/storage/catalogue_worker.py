"""One of several processes at one catalogue: ``python catalogue_worker.py URL JOB NAME COUNT``. Used by tests.

ingest  claim COUNT contents under origins of its own, make the record of those it got, finish each
take    take items of the batch until there are none, print their origins and finish them
hold    claim COUNT contents, say so, and wait to be killed
"""

from __future__ import annotations

import hashlib
import os
import sys
import time

from papers_kept import make_record

from storage.catalogue import Catalogue
from storage.holders import holder_of

BATCH = "đợt"


def content(number: int) -> bytes:
    return f"nội dung {number}".encode()


def ingest(catalogue: Catalogue, name: str, count: int) -> None:
    holder = holder_of(os.getpid())
    for number in range(count):
        sha256 = hashlib.sha256(content(number)).hexdigest()
        origin = f"/{name}/{number}"
        claim = catalogue.ledger.claim(sha256, origin, batch=BATCH, holder=holder)
        assert claim.kind != "busy"
        mine = claim.kind == "mine"
        if mine and catalogue.records.of_source(sha256) is None:
            catalogue.records.save(make_record(content(number)))
        outcome = "accepted" if mine else "duplicate"
        catalogue.ledger.finish(origin, batch=BATCH, outcome=outcome, sha256=sha256, record_id=sha256[:20])


def take(catalogue: Catalogue) -> None:
    holder = holder_of(os.getpid())
    while items := catalogue.ledger.take_next(BATCH, holder=holder, limit=3):
        for item in items:
            print(item.origin, flush=True)
            # unfinished, they would be free again for whoever comes after this process has ended
            catalogue.ledger.finish(item.origin, batch=BATCH, outcome="accepted", sha256=item.sha256)


def hold(catalogue: Catalogue, name: str, count: int) -> None:
    for number in range(count):
        sha256 = hashlib.sha256(content(number)).hexdigest()
        catalogue.ledger.claim(sha256, f"/{name}/{number}", batch=BATCH, holder=holder_of(os.getpid()))
    print("held", flush=True)
    time.sleep(600)


def main(url: str, job: str, name: str, count: str) -> None:
    with Catalogue(url) as catalogue:
        if job == "ingest":
            ingest(catalogue, name, int(count))
        elif job == "take":
            take(catalogue)
        else:
            hold(catalogue, name, int(count))


if __name__ == "__main__":
    main(*sys.argv[1:])
