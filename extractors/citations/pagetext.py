"""The lines of one page as one string, with the way back from every character to its line."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from schemas.reading import PageReading, Reading
from schemas.text import CleanText, clean


@dataclass(frozen=True, slots=True)
class PageText:
    """``text``: cleaned lines joined by one space; starts[i]: where line i begins in it; ``raw`` the lines as read."""

    number: int
    text: str
    starts: tuple[int, ...]
    lines: tuple[CleanText, ...]
    raw: tuple[str, ...]

    def place(self, start: int, end: int) -> tuple[int, int, int, bool]:
        """(line from 0, raw start, raw end, whole): ``whole`` is False when the span runs over the line's end."""
        i = bisect_right(self.starts, start) - 1
        line, begin = self.lines[i], start - self.starts[i]
        stop = min(end - self.starts[i], len(line.text))
        raw_start, raw_end = line.raw_span(begin, stop)
        return i, raw_start, raw_end, end - self.starts[i] <= len(line.text)


def page_texts(reading: Reading) -> Iterator[PageText]:
    """The pages that have text, or the sheets of a text file, whose blank lines part sentences."""
    if reading.sheets:
        for number, lines in enumerate(reading.sheets, 1):
            yield _joined(number, ((line, line if line.strip() else "\n") for line in lines), lines)
        return
    for page in reading.pages:
        if page.state == "text":
            yield page_text(page)


def page_text(page: PageReading) -> PageText:
    """Lines of the page in reading order; stamps and margins are left blank so that they do not split sentences."""
    raw = tuple(line.text for line in page.lines)
    shown = (
        (text, " " * len(clean(text).text) if line.region in ("stamp", "margin") else None)
        for line, text in zip(page.lines, raw, strict=True)
    )
    return _joined(page.number, shown, raw)


def _joined(number: int, lines: Iterable[tuple[str, str | None]], raw: tuple[str, ...]) -> PageText:
    views: list[CleanText] = []
    starts: list[int] = []
    parts: list[str] = []
    at = 0
    for line, instead in lines:
        view = clean(line)
        starts.append(at)
        views.append(view)
        text = instead if instead is not None and instead != line else view.text
        parts.append(text)
        at += len(text) + 1
    return PageText(number, " ".join(parts), tuple(starts), tuple(views), raw)
