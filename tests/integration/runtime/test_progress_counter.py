"""Progress counted beside the pages: the same numbers from another process, on both databases, come what may."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from runtime.progress import figure
from runtime.progress_counter import Counter
from runtime.progress_counts import Counts, count_now
from runtime.settings import Settings
from storage.catalogue import Catalogue

pytestmark = pytest.mark.usefixtures("fork_server")
DAY = date(2026, 11, 26)


@pytest.fixture
def archive(database_url: str, tmp_path: Path) -> Iterator[tuple[Catalogue, Settings]]:
    settings = Settings(home=tmp_path, database_url=database_url)  # type: ignore[arg-type]
    with Catalogue(database_url) as catalogue:
        catalogue.plans.take_facts((), [_fact(k) for k in range(300)])
        yield catalogue, settings


def _fact(number: int) -> dict[str, Any]:
    chance = random.Random(number)
    ends = chance.choice((None, "2026-03-01", "2026-12-01", "2030-01-01"))
    return {
        "record_id": f"{number:020x}", "revision": 1, "agency": f"Ủy ban nhân dân xã số {number % 7}",
        "field": f"Lĩnh vực {number % 3}", "level": "xa", "day": f"2026-11-{chance.randint(1, 28):02d}",
        "valid_from": chance.choice((None, "2020-01-01", "2027-01-01")), "valid_to": ends,
        "term": "fixed" if ends else chance.choice(("perpetual", "unknown")), "pages": 2, "unsure": number % 2,
        "risk": 0.25, "cited": "[]", "number_key": "", "issued": None,
        "status": chance.choice(("accepted", "confirmed", "needs_review")), "cites_plan": False,
    }  # fmt: skip


def _until(wanted: Callable[[], Any]) -> Any:
    until = time.monotonic() + 30
    while not (found := wanted()) and time.monotonic() < until:
        time.sleep(0.02)
    return found


def _fresh(counter: Counter) -> Counts | None:
    counts = counter.counts(DAY)
    return counts if counts is not None and not counts.outdated else None


def _helper(counter: Counter) -> int | None:
    return counter._aside.pid


def test_the_helper_counts_and_figures_as_this_process_does(archive: tuple[Catalogue, Settings]) -> None:
    catalogue, settings = archive
    with Counter(catalogue, settings, at_once=0) as counter:
        for more in range(3):
            counts = _until(lambda: _fresh(counter))
            here = count_now(catalogue.plans, DAY)
            assert sorted(counts.holdings, key=repr) == sorted(here.holdings, key=repr)
            assert (counts.months, counts.change) == (here.months, here.change)
            assert len(counts.holdings) > 20
            assert counter.progress(counts, DAY, year=2026) == figure(catalogue.plans, here, DAY, year=2026)
            assert _helper(counter) not in (None, os.getpid())
            catalogue.plans.take_facts((), [_fact(1000 + more)])
            assert counter.counts(DAY).outdated  # type: ignore[union-attr]
        assert counter.newest(DAY).change == catalogue.plans.changes()


def test_a_killed_helper_leaves_no_page_without_numbers(archive: tuple[Catalogue, Settings]) -> None:
    catalogue, settings = archive
    with Counter(catalogue, settings, at_once=0) as counter:
        assert _until(lambda: _fresh(counter))
        first = _helper(counter)
        assert first is not None
        os.kill(first, signal.SIGKILL)
        catalogue.plans.take_facts((), [_fact(2000)])
        assert counter.counts(DAY).outdated  # type: ignore[union-attr]
        assert _until(lambda: _fresh(counter)).change == catalogue.plans.changes()
        assert _helper(counter) not in (None, first)
    assert _helper(counter) is None


def test_who_waits_for_the_newest_count_has_it_where_the_helper_only_fails(
    archive: tuple[Catalogue, Settings], tmp_path: Path
) -> None:
    catalogue, _ = archive
    broken = tmp_path / "no folder"
    broken.write_text("a file where the helper's home would be", encoding="utf-8")
    nowhere = Settings(home=broken / "home", database_url=f"sqlite:///{broken}/x.db")  # type: ignore[arg-type]
    with Counter(catalogue, nowhere, at_once=0) as counter:  # an error of ours: told in the log, asked again
        assert counter.counts(DAY) is None
        assert counter.newest(DAY, patience_s=1.0).change == catalogue.plans.changes()
