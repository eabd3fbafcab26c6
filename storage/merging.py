"""Trộn danh sách: lists of some agencies, each in the order of its index, merged into one page, none sorted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

MOST_ARMS = 40  # lists that are merged; for more of them one list is walked and looked through


def merged(
    arms: Sequence[sa.Select[Any]], *, order: Sequence[tuple[str, bool]], limit: int, offset: int, sqlite: bool
) -> sa.Select[Any]:
    """``record_id`` of a page, in order. Arms have ``record_id`` and the columns of ``order``: (name, falling).

    SQLite merges an ordered union as it walks, so that of each list no more is read than the page needs. PostgreSQL
    would rather sort it all; of lists that are cut off it walks each in its index.
    """
    if not sqlite:
        cut = [arm.order_by(*_by(arm.selected_columns, order)).limit(offset + limit).subquery() for arm in arms]
        arms = [sa.select(*one.c) for one in cut]
    names: list[sa.ColumnElement[Any]] = [sa.desc(name) if falling else sa.asc(name) for name, falling in order]
    page = sa.union_all(*arms).order_by(*names).limit(limit).offset(offset).subquery()
    return sa.select(page.c.record_id).order_by(*_by(page.c, order))


def _by(columns: Any, order: Sequence[tuple[str, bool]]) -> list[sa.ColumnElement[Any]]:
    return [columns[name].desc() if falling else columns[name].asc() for name, falling in order]
