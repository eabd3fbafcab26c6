"""Ruled tables of a page, by pdfplumber's own steps over the rules that were drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pdfplumber.table import Table as PlumberTable
from pdfplumber.table import cells_to_tables, edges_to_intersections, intersections_to_cells, merge_edges

from extractors.pdf.words import Row, Token

_Box = tuple[float, float, float, float]
_MIN_EDGE = 8.0
_MAX_RULES = 4000


@dataclass(frozen=True, slots=True)
class Grid:
    """A ruled table: its box and, row by row, the boxes of its cells (None = merged away). Points, y downwards."""

    box: _Box
    rows: tuple[tuple[_Box | None, ...], ...]


def find_grids(rules: Sequence[_Box], *, width: float, height: float) -> list[Grid]:
    """Tables of at least two cells, top to bottom; ``rules`` have y upwards. A frame round the page is none."""
    across = [r for r in rules if r[2] - r[0] >= r[3] - r[1] and r[2] - r[0] > 3]
    down = [r for r in rules if r[3] - r[1] > r[2] - r[0] and r[3] - r[1] > 3]
    if len(across) < 2 or len(down) < 2 or len(rules) > _MAX_RULES:
        return []
    edges = [_edge(r, "h", height) for r in across] + [_edge(r, "v", height) for r in down]
    merged = merge_edges(edges, snap_x_tolerance=3, snap_y_tolerance=3, join_x_tolerance=3, join_y_tolerance=3)
    merged = [e for e in merged if (e["width"] if e["orientation"] == "h" else e["height"]) >= _MIN_EDGE]
    cells = intersections_to_cells(edges_to_intersections(merged, 3, 3))
    grids = []
    for group in cells_to_tables(cells):
        nowhere: Any = None  # its rows need no page, only its text would
        table = PlumberTable(nowhere, group)
        if len(group) < 2 or not any(len([c for c in row.cells if c]) > 1 for row in table.rows):
            continue
        box = tuple(float(v) for v in table.bbox)
        grids.append(Grid((box[0], box[1], box[2], box[3]), tuple(tuple(row.cells) for row in table.rows)))
    return sorted(grids, key=lambda g: (g.box[1], g.box[0]))


def _edge(rule: _Box, orientation: str, height: float) -> dict[str, object]:
    x0, y0, x1, y1 = rule
    return {
        "x0": x0,
        "x1": x1,
        "top": height - y1,
        "bottom": height - y0,
        "width": x1 - x0,
        "height": y1 - y0,
        "orientation": orientation,
        "object_type": "line",
    }


def take_cells(rows: Sequence[Row], grid: Grid) -> tuple[list[list[list[Row]]], list[Row]]:
    """Words of ``rows`` dealt into the cells of ``grid`` (rows of words for each), and the rows without them."""
    x0, y0, x1, y1 = grid.box
    cells: list[list[list[Row]]] = [[[] for _ in row] for row in grid.rows]
    flat = [(i, j, c) for i, row in enumerate(grid.rows) for j, c in enumerate(row) if c]
    rest: list[Row] = []
    for row in rows:
        outside: Row = []
        dealt: dict[tuple[int, int], Row] = {}
        for token in row:
            cx, cy = (token.x0 + token.x1) / 2, token.base - 0.3 * token.size
            home = _home(flat, cx, cy) if x0 <= cx <= x1 and y0 - 1 <= cy <= y1 + 1 else None
            if home is None:
                outside.append(token)
            else:
                dealt.setdefault(home, []).append(token)
        for (i, j), tokens in dealt.items():
            cells[i][j].append(tokens)
        if outside:
            rest.append(outside)
    return cells, rest


def _home(flat: Sequence[tuple[int, int, _Box]], cx: float, cy: float) -> tuple[int, int] | None:
    for i, j, (a, b, c, d) in flat:
        if a <= cx <= c and b <= cy <= d:
            return i, j
    return None


def row_text(row: Sequence[Token]) -> str:
    return " ".join(t.text for t in row)
