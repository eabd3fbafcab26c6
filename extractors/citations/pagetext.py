"""The lines of one page as one string, with the way back from every character to its line."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from schemas.reading import PageReading
from schemas.text import CleanText, clean


@dataclass(frozen=True, slots=True)
class PageText:
    """``text``: cleaned lines joined by one space; starts[i]: where line i begins in it."""

    text: str
    starts: tuple[int, ...]
    lines: tuple[CleanText, ...]

    def place(self, start: int, end: int) -> tuple[int, int, int, bool]:
        """(line from 0, raw start, raw end, whole): ``whole`` is False when the span runs over the line's end."""
        i = bisect_right(self.starts, start) - 1
        line, begin = self.lines[i], start - self.starts[i]
        stop = min(end - self.starts[i], len(line.text))
        raw_start, raw_end = line.raw_span(begin, stop)
        return i, raw_start, raw_end, end - self.starts[i] <= len(line.text)


def page_text(page: PageReading) -> PageText:
    """Lines of the page in reading order; stamps and margins are left blank so that they do not split sentences."""
    lines: list[CleanText] = []
    starts: list[int] = []
    parts: list[str] = []
    at = 0
    for line in page.lines:
        view = clean(line.text)
        starts.append(at)
        lines.append(view)
        text = " " * len(view.text) if line.region in ("stamp", "margin") else view.text
        parts.append(text)
        at += len(text) + 1
    return PageText(" ".join(parts), tuple(starts), tuple(lines))
