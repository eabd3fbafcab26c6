"""Promise (b), step by step: killed before and after every single write, then run again, nothing is lost or twice.

Each paper is worked on by a worker process of its own run, killed at one step; then all are run again undisturbed.
"""

from __future__ import annotations

import gc
import os
import sys
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import papers
import pytest
from worker_dies import SteppingStore, Steps, step_at_commits

from runtime import worker
from runtime.fixity import verify_packages
from runtime.open import open_workshop
from runtime.outcomes import Captured, Item, Outcome
from runtime.settings import Settings
from schemas.record import Record
from schemas.secrecy import Statement
from storage.keys import OriginalKey, original_key, parse_key, quarantine_key

BATCH = "đợt"


def write_good(path: Path, number: int) -> Path:
    return papers.write_txt(path, number)


def write_broken(path: Path, number: int) -> Path:
    path.write_bytes(b"%PDF-1.7\n" + bytes([number]) * 99)
    return path


def write_secret(path: Path, number: int) -> Path:
    path.write_text("MẬT\n" + papers.decision(number), encoding="utf-8")
    return path


KINDS: dict[str, tuple[str, Callable[[Path, int], Path], str | None]] = {
    "accepted": (".txt", write_good, None),
    "quarantined": (".pdf", write_broken, "E104"),
    "secret": (".txt", write_secret, "E111"),
}


def in_a_run(work: Callable[[], int]) -> int | None:
    """What ``work`` gives in a worker process of a new run; None when it was killed."""
    gc.collect()
    reading, writing = os.pipe()
    run = os.fork()
    if run == 0:
        status = 1
        try:
            if (child := os.fork()) == 0:
                os.write(writing, str(work()).encode())
                os._exit(0)
            status = 0 if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) in (0, -9) else 1
        except BaseException:
            traceback.print_exc(file=sys.__stderr__)
        finally:
            os._exit(status)
    os.close(writing)
    with open(reading, "rb") as answer:
        said = answer.read()
    assert os.waitstatus_to_exitcode(os.waitpid(run, 0)[1]) == 0
    return int(said) if said else None


def digitize(
    settings: Settings,
    paths: list[Path],
    outcomes: list[Outcome],
    *,
    die_at: int = 0,
    said: Statement | None = None,
) -> int:
    """Both tasks of a worker for each path; the number of steps it took."""
    steps = Steps(die_at)
    worker.prepare_worker(settings)
    workshop = worker._tools()
    workshop.store = SteppingStore(workshop.store, steps)
    step_at_commits(workshop.catalogue.database, steps)
    for path in paths:
        result = worker.capture_item(Item(path, str(path), path.name, statement=said), BATCH)
        if isinstance(result, Captured):
            result = worker.digitize_item(result, BATCH)
        assert isinstance(result, Outcome)
        outcomes.append(result)
    return steps.count


def known_among(settings: Settings, paths: list[Path]) -> int:
    outcomes: list[Outcome] = []
    digitize(settings, paths, outcomes)
    return sum(outcome.known for outcome in outcomes)


def records_of(settings: Settings) -> dict[str, Record]:
    with open_workshop(settings) as workshop:
        return {
            record.source.name: record.model_copy(
                update={"process": record.process.model_copy(update={"seconds": 0.0}), "objects": None}
            )
            for record in workshop.catalogue.records.iterate()
        }


@pytest.fixture(scope="module")
def _warm(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The readers' modules and tables are loaded once, here: every fork has them."""
    folder = tmp_path_factory.mktemp("ấm")
    try:
        digitize(Settings(home=folder / "nhà"), [write_good(folder / "0.txt", 1)], [])
    finally:
        worker._open.close()


@pytest.mark.usefixtures("_warm")
@pytest.mark.parametrize("kind", KINDS)
def test_killed_at_every_step_and_run_again(kind: str, tmp_path: Path) -> None:
    suffix, write, code = KINDS[kind]
    home, calm = Settings(home=tmp_path / "nhà"), Settings(home=tmp_path / "lặng")
    for settings in (home, calm):
        with open_workshop(settings):  # the catalogue is made before: its steps are another test's
            pass
    folder = tmp_path / "giấy"
    folder.mkdir()
    first = write(folder / f"000{suffix}", 200)
    steps = in_a_run(lambda: digitize(home, [first], []))
    assert steps is not None
    assert steps > 8
    paths = [first]
    for at in range(1, steps + 1):
        path = write(folder / f"{at:03d}{suffix}", at)
        paths.append(path)
        assert in_a_run(lambda at=at, path=path: digitize(home, [path], [], die_at=at)) is None  # type: ignore[misc]

    assert in_a_run(lambda: digitize(home, paths, []) and 1) == 1
    assert in_a_run(lambda: known_among(home, paths)) == len(paths)
    assert in_a_run(lambda: digitize(calm, paths, []) and 1) == 1

    assert records_of(home) == records_of(calm)
    with open_workshop(home) as workshop:
        assert {r.quarantine.code if r.quarantine else None for r in workshop.catalogue.records.iterate()} == {code}
        report = verify_packages(workshop)
        assert (report.packages, report.problems) == (len(paths), ())
        items = workshop.catalogue.ledger.items()
        assert Counter(item.origin for item in items) == Counter(map(str, paths))
        assert all(item.state == "done" for item in items)
        keys = [parse_key(key) for key in workshop.store.list("")]
        originals = [key for key in keys if isinstance(key, OriginalKey)]
        assert Counter(key.sha256 for key in originals) == Counter({item.sha256: 1 for item in items})
        assert {key.place for key in originals} == {"quarantine" if kind == "secret" else "originals"}


@pytest.mark.usefixtures("_warm")
def test_killed_at_every_step_of_its_way_back_from_the_secret_place(tmp_path: Path) -> None:
    """Taken for secret, declared not to be: the run of the declaration is killed, and said again."""
    home = Settings(home=tmp_path / "nhà")
    said = Statement(by="Trần Văn Bách, Chánh Văn phòng", reason="Đóng nhầm dấu", account="may-quet")
    paths = [write_secret(tmp_path / f"{number:03d}.txt", number) for number in range(26)]
    assert in_a_run(lambda: digitize(home, paths, []) and 1) == 1
    steps = in_a_run(lambda: digitize(home, paths[:1], [], said=said))
    assert steps is not None
    kills = range(2, steps + 1, 2)  # after every write; before the next one the same lies on the disk
    assert 8 < len(kills) < len(paths)
    tried = paths[: len(kills) + 1]
    for at, path in zip(kills, tried[1:], strict=True):
        assert in_a_run(lambda at=at, path=path: digitize(home, [path], [], die_at=at, said=said)) is None  # type: ignore[misc]

    assert in_a_run(lambda: digitize(home, tried, [], said=said) and 1) == 1
    with open_workshop(home) as workshop:
        assert verify_packages(workshop).problems == ()
        for record in workshop.catalogue.records.iterate():
            back = int(record.source.name[:3]) <= len(kills)
            assert record.status == ("needs_review" if back else "quarantined")
            assert len(workshop.catalogue.history.of(record.record_id)) == back
            lies = [
                place_of
                for place_of in (original_key, quarantine_key)
                if workshop.store.stat(place_of(record.source.sha256)) is not None
            ]
            assert lies == [original_key if back else quarantine_key]
