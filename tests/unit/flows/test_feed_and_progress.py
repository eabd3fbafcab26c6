"""The stream of a batch gives each item once; the tally's time left is the measured one."""

from __future__ import annotations

from pathlib import Path

from flows.feed import Feed, find_items
from flows.progress import Tally, format_seconds
from runtime.outcomes import Item, Outcome


def make_items(count: int) -> list[Item]:
    return [Item(Path(f"/x/{n}.txt"), f"/x/{n}.txt", f"{n}.txt") for n in range(count)]


def test_after_the_hand_over_only_chunks_are_given() -> None:
    feed = Feed(make_items(10))
    first = [next(feed), next(feed)]
    feed.hand_over()
    assert list(feed) == []
    chunks = [feed.take(5), feed.take(5), feed.take(5)]
    assert [len(chunk) for chunk in chunks] == [5, 3, 0]
    names = [item.name for item in (*first, *chunks[0], *chunks[1])]
    assert names == [f"{n}.txt" for n in range(10)]


def test_taken_back_the_iterator_goes_on() -> None:
    feed = Feed(make_items(3))
    feed.hand_over()
    assert feed.take(1)[0].name == "0.txt"
    feed.take_back()
    assert [item.name for item in feed] == ["1.txt", "2.txt"]


def test_files_are_found_with_their_place_and_counted(tmp_path: Path) -> None:
    (tmp_path / "con").mkdir()
    (tmp_path / "a.txt").write_text("a", encoding="utf-8")
    (tmp_path / "con" / "đơn.txt").write_text("b", encoding="utf-8")
    totals: list[int] = []
    items = list(find_items([tmp_path], on_counted=totals.append))
    assert {item.name for item in items} == {"a.txt", "đơn.txt"}
    assert all(item.origin == str(item.path) for item in items)
    assert totals == [2]


def tick(clock: list[float], tally: Tally, *, seconds: float, count: int = 1, known: bool = False) -> None:
    for item in make_items(count):
        clock[0] += seconds
        tally.finished(Outcome(item, "accepted", record_id="r", pages=2, known=known))


def test_time_left_is_the_measured_rate() -> None:
    clock = [0.0]
    tally = Tally(None, clock=lambda: clock[0])
    tally.count_total(100)
    tick(clock, tally, seconds=2.0, count=3)
    assert tally.seconds_left() is None  # too few to say
    tick(clock, tally, seconds=2.0, count=7)
    assert tally.seconds_left() == 180.0
    assert tally.rates() == (0.5, 1.0)


def test_documents_known_before_do_not_make_the_rate_look_better() -> None:
    clock = [0.0]
    tally = Tally(None, clock=lambda: clock[0])
    tally.count_total(100)
    tick(clock, tally, seconds=0.0, count=50, known=True)
    assert tally.seconds_left() is None
    tick(clock, tally, seconds=1.0, count=10)
    assert tally.seconds_left() == 40.0


def test_members_of_an_archive_count_as_files() -> None:
    tally = Tally(None)
    item = make_items(1)[0]
    tally.unpacked(item, 5)
    tally.count_total(3)
    tally.unpacked(item, 2)
    assert tally.total == 3 + 4 + 1


def test_times_are_said_as_people_say_them() -> None:
    said = [format_seconds(s) for s in (None, 45, 600, 12000)]
    assert said == ["chưa rõ", "45 giây", "10 phút", "3 giờ 20 phút"]
