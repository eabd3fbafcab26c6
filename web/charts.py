"""Biểu đồ: drawn on the server as SVG, every bar with its number beside it; no script, no style attribute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from schemas.progress import ScopeProgress

WIDTH = 720
_BAR, _GAP, _LEFT, _RIGHT = 22, 16, 232, 140


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of percentages: widths in user units; ``ratio`` None is drawn as a dashed frame."""

    label: str
    y: int
    width: float
    target_x: float | None
    text: str
    missed: bool | None
    known: bool
    link: str


@dataclass(frozen=True, slots=True)
class RatioChart:
    bars: tuple[Bar, ...]
    height: int
    left: int = _LEFT
    room: int = WIDTH - _LEFT - _RIGHT
    bar: int = _BAR
    width: int = WIDTH


@dataclass(frozen=True, slots=True)
class Column:
    label: str
    count: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class MonthChart:
    columns: tuple[Column, ...]
    height: int = 150
    base: int = 120
    width: int = WIDTH


def percent(value: float | None) -> str:
    """ "37,5 %", or "không rõ"."""
    if value is None:
        return "không rõ"
    return f"{value:.2f}".rstrip("0").rstrip(".").replace(".", ",") + " %"


def ratio_chart(rows: Sequence[tuple[str, str, ScopeProgress]]) -> RatioChart:
    """(label, link, scope) of each bar; the tick is the target."""
    room = WIDTH - _LEFT - _RIGHT
    bars = []
    for k, (label, link, row) in enumerate(rows):
        ratio = row.ratio
        goal = f" / {percent(row.target)}" if row.target is not None else ""
        bars.append(
            Bar(
                label=label,
                y=8 + k * (_BAR + _GAP),
                width=round(room * min(100.0, ratio or 0.0) / 100, 2),
                target_x=round(_LEFT + room * row.target / 100, 2) if row.target is not None else None,
                text=percent(ratio) + goal,
                missed=row.missed,
                known=ratio is not None,
                link=link,
            )
        )
    return RatioChart(tuple(bars), 8 + len(bars) * (_BAR + _GAP))


def month_chart(months: Sequence[tuple[str, int]], *, last: int = 12) -> MonthChart:
    """Columns of results digitized a month, the last twelve."""
    shown = months[-last:]
    most = max((n for _, n in shown), default=0)
    step = WIDTH / max(last, len(shown), 1)
    columns = []
    for k, (month, count) in enumerate(shown):
        height = 90 * count / most if most else 0.0
        year, _, number = month.partition("-")
        columns.append(
            Column(
                label=f"{number}/{year[2:]}",
                count=count,
                x=round(k * step + 6, 2),
                y=round(120 - height, 2),
                width=round(step - 12, 2),
                height=round(height, 2),
            )
        )
    return MonthChart(tuple(columns))
