"""Tiến độ: a bar on a terminal, plain lines every few seconds in a log; the time left is the measured rate's."""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Callable

from rich.console import Console
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table

from runtime.exports import status_label
from runtime.outcomes import OUTCOME_ORDER, Captured, Item, Outcome

_WINDOW = 300.0  # seconds of the past that the rate is taken from
_MIN_DOCUMENTS = 4  # finished here before a time left is worth showing


class Tally:
    """How a batch stands. Safe to call from several threads; shows nothing itself."""

    def __init__(self, total: int | None, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self.started = clock()
        self.total = total
        self.done: Counter[str] = Counter()
        self.known = 0
        self.pages = 0
        self.first_record: float | None = None
        self.outcomes: list[Outcome] = []
        self._recent: deque[tuple[float, int]] = deque()
        self._worked = 0
        self._unpacked = 0

    def count_total(self, files: int) -> None:
        """How many files were found; archives count as one until they are unpacked."""
        with self._lock:
            self.total = files + self._unpacked

    def captured(self, captured: Captured) -> None:
        """Nothing to count yet: a document counts when it has its outcome."""

    def unpacked(self, item: Item, members: int) -> None:
        with self._lock:
            self._unpacked += members - 1
            if self.total is not None:
                self.total += members - 1

    def finished(self, outcome: Outcome) -> None:
        now = self._clock()
        with self._lock:
            self.done[outcome.status] += 1
            if outcome.known:
                self.known += 1
            else:
                self._worked += 1
                self.pages += outcome.pages
                self._recent.append((now, outcome.pages))
                if outcome.record_id and self.first_record is None:
                    self.first_record = now - self.started
            if outcome.status in ("quarantined", "duplicate"):
                self.outcomes.append(outcome)

    @property
    def finished_count(self) -> int:
        return self.done.total()

    @property
    def seconds(self) -> float:
        return self._clock() - self.started

    def rates(self) -> tuple[float, float]:
        """(documents, pages) a second over the last minutes; what was known before is not counted as work."""
        now = self._clock()
        with self._lock:
            while self._recent and self._recent[0][0] < now - _WINDOW:
                self._recent.popleft()
            span = min(_WINDOW, now - self.started)
            if span <= 0 or not self._recent:
                return 0.0, 0.0
            return len(self._recent) / span, sum(pages for _, pages in self._recent) / span

    def seconds_left(self) -> float | None:
        """Measured rate times documents left; None while too few are done to say."""
        rate, _ = self.rates()
        if self.total is None or self._worked < _MIN_DOCUMENTS or not rate:
            return None
        return max(0, self.total - self.finished_count) / rate


def format_seconds(seconds: float | None) -> str:
    """Time for people: 45 giây, 12 phút, 3 giờ 20 phút."""
    if seconds is None:
        return "chưa rõ"
    if seconds < 90:
        return f"{seconds:.0f} giây"
    minutes = round(seconds / 60)
    return f"{minutes} phút" if minutes < 90 else f"{minutes // 60} giờ {minutes % 60:02d} phút"


class Display:
    """Shows a ``Tally`` until closed: a live bar when ``console`` is a terminal, else a plain line now and then."""

    def __init__(self, tally: Tally, console: Console, *, quiet: bool = False, every: float = 5.0) -> None:
        self._tally = tally
        self._console = console
        self._quiet = quiet
        self._every = every
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._show, name="progress", daemon=True)

    def __enter__(self) -> Display:
        if not self._quiet:
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(5)

    def _show(self) -> None:
        if not self._console.is_terminal:
            while not self._stop.wait(self._every):
                self._console.print(self._line(), highlight=False, soft_wrap=True)
            return
        with Live(self._bar(), console=self._console, refresh_per_second=4, transient=True) as live:
            while not self._stop.wait(0.25):
                live.update(self._bar())

    def _line(self) -> str:
        tally = self._tally
        _, pages = tally.rates()
        total = f"/{tally.total}" if tally.total is not None else ""
        left = format_seconds(tally.seconds_left())
        text = f"{tally.finished_count}{total} tệp · {tally.pages} trang · {pages:.2f} trang/giây · còn {left}"
        troubles = tally.done["quarantined"]
        return text + (f" · {troubles} cách ly" if troubles else "")

    def _bar(self) -> Table:
        table = Table.grid(padding=(0, 1))
        total = self._tally.total or 1
        table.add_row(ProgressBar(total=total, completed=self._tally.finished_count, width=30), self._line())
        return table


def print_summary(tally: Tally, console: Console, *, batch: str) -> None:
    """The closing table by outcome, and what to do about each file set aside."""
    if tally.finished_count == 0:
        console.print("Không có tệp nào để số hóa.")
        return
    table = Table(title=f"Kết quả mẻ {batch}", title_justify="left", title_style="bold", show_edge=False)
    table.add_column("Kết quả")
    table.add_column("Số tệp", justify="right")
    for status in OUTCOME_ORDER:
        if tally.done[status]:
            table.add_row(status_label(status), str(tally.done[status]))
    table.add_section()
    table.add_row("Tổng", str(tally.finished_count))
    console.print(table)
    for outcome in [o for o in tally.outcomes if o.status == "quarantined"][:20]:
        if outcome.trouble:
            console.print(
                f"  {outcome.item.name}: {outcome.trouble.code} {outcome.trouble.message}\n"
                f"    → {outcome.trouble.retry}",
                highlight=False, markup=False, soft_wrap=True,
            )  # fmt: skip
    more = tally.done["quarantined"] - 20
    if more > 0:
        console.print(f"  … và {more} tệp cách ly nữa (sohoa export --format csv)")
    for outcome in [o for o in tally.outcomes if o.status == "duplicate" and not o.known][:10]:
        console.print(f"  {outcome.item.name}: trùng với hồ sơ {outcome.record_id}", highlight=False, markup=False)
    if tally.known == tally.finished_count:
        console.print("Tất cả đã số hóa từ trước; không thêm gì.")
    elif tally.known:
        console.print(f"{tally.known} tệp đã số hóa từ trước, không làm lại.")
    if tally.pages:
        speed = tally.pages / max(tally.seconds, 1e-9)
        spent = format_seconds(tally.seconds)
        console.print(f"{tally.pages} trang trong {spent}: {speed:.2f} trang/giây.", highlight=False)
