"""Trình đơn: the entries at the top of every page. A room with pages of its own adds them here."""

from __future__ import annotations

from dataclasses import dataclass

from review.roles import Right, Viewer


@dataclass(frozen=True, slots=True)
class Entry:
    """``right``: who may not do that does not see the entry; ``whole``: nor does who may see only some papers."""

    href: str
    label: str
    right: Right = "view"
    whole: bool = False


ENTRIES: tuple[Entry, ...] = (
    Entry("/", "Tổng quan"),
    Entry("/desk", "Rà soát", "key"),
    Entry("/records", "Hồ sơ"),
    Entry("/progress", "Tiến độ", whole=True),
    Entry("/plans", "Kế hoạch", whole=True),
    Entry("/quarantine", "Cách ly"),
    Entry("/desk/quality", "Chất lượng", "quality"),
    Entry("/people", "Người dùng", "people"),
    Entry("/help", "Trợ giúp"),
)


def entry_of(path: str) -> str:
    """The entry a path belongs to: the longest that it begins with; records themselves belong to none."""
    inside = [e.href for e in ENTRIES if path == e.href or (e.href == "/desk" and path.startswith("/desk/"))]
    return max(inside, key=len, default="")


def entries_for(viewer: Viewer | None) -> tuple[Entry, ...]:
    """What this viewer finds at the top; before any account exists, the desk shows how to make the first one."""
    if viewer is None:
        return ()
    shown = (entry for entry in ENTRIES if viewer.scope.is_open or not entry.whole)
    return tuple(entry for entry in shown if viewer.may(entry.right) or (not viewer.login and entry.href == "/desk"))
