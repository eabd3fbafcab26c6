"""Các bảng của trang tiến độ: hundreds of rows, drawn once for figures that are shown many times."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from urllib.parse import urlencode

from markupsafe import Markup

from runtime.plan_exports import LEVEL_WORDS
from schemas.progress import ENDED, Progress, ScopeProgress, Validity
from web.charts import percent
from web.pages import fragment

SHOWN = 300  # rows of the longest table of the page; the files hold all
_KEPT = 6  # figures whose tables are kept
_READ = ("accepted", "confirmed", "published")
# What a number counts: in words, of which validities (none: of any) and states.
WHAT: dict[str, tuple[str, tuple[Validity, ...], tuple[str, ...] | None]] = {
    "digitized": ("đã số hóa, còn hiệu lực", ("con_hieu_luc",), _READ),
    "published": ("đã công bố", ("con_hieu_luc",), ("published",)),
    "waiting": ("chờ rà soát", (), ("needs_review",)),
    "unclear": ("không rõ hiệu lực", ("khong_ro",), _READ),
    "expired": ("hết hoặc chưa có hiệu lực", ("het_hieu_luc", "chua_hieu_luc", *ENDED), None),
    "ended": ("bị thu hồi, bãi bỏ hoặc thay thế", ENDED, None),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table, with its links."""

    row: ScopeProgress
    name: str
    links: dict[str, str]


def row_of(row: ScopeProgress, name: str, as_of: str) -> Row:
    scope = {"agency": row.agency, "field": row.field, "level": row.level}
    kept = urlencode({key: value for key, value in scope.items() if value is not None})
    begin = f"/progress/records?{kept}&" if kept else "/progress/records?"
    links = {what: f"{begin}what={what}&as_of={as_of}" for what in WHAT}
    links["inventory"] = f"/progress/inventory?{kept}"
    return Row(row, name, links)


def name_of(row: ScopeProgress) -> str:
    parts = []
    if row.agency is not None:
        parts.append(row.agency or "không rõ cơ quan")
    if row.field is not None:
        parts.append(row.field or "không rõ lĩnh vực")
    if not parts and row.level is not None:
        parts.append("Cấp " + LEVEL_WORDS[row.level].lower())
    return " · ".join(parts) or "Tất cả"


def decimal(value: float) -> str:
    return f"{value:g}".replace(".", ",")


def query_of(found: Progress) -> str:
    return urlencode({"year": found.year, "as_of": found.as_of})


def draw_tables(found: Progress) -> Markup:
    groups = [
        (title, [row_of(r, name_of(r), found.as_of) for r in rows[:SHOWN]], len(rows) - SHOWN)
        for title, rows in (
            ("Theo cấp", found.by_level),
            ("Theo cơ quan", found.by_agency),
            ("Theo lĩnh vực", found.by_field),
            ("Từng cơ quan, lĩnh vực, cấp", found.rows),
        )
    ]
    context = {
        "flow": found.flow, "groups": groups, "levels": LEVEL_WORDS, "percent": percent, "decimal": decimal,
        "query_now": query_of(found),
    }  # fmt: skip
    return fragment("progress_tables.html", context)


class Tables:
    """The tables of the last figures that were shown: they are the same for everybody who may see them."""

    def __init__(self) -> None:
        self._drawn: list[tuple[Progress, Markup]] = []
        self._drawing = threading.Lock()

    def of(self, found: Progress) -> Markup:
        """The tables of figures that are kept elsewhere: the same object has the same tables."""
        with self._drawing:
            for figures, drawn in self._drawn:
                if figures is found:
                    return drawn
            drawn = draw_tables(found)
            self._drawn = [*self._drawn, (found, drawn)][-_KEPT:]
            return drawn
