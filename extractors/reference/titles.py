"""Quyền hạn ký và chức vụ (signing_capacity, signer_title)."""

from __future__ import annotations

from dataclasses import dataclass

from extractors.reference.base import Fit, How


@dataclass(frozen=True, slots=True)
class TitleMatch:
    """``value``: the title as printed with accents put right; ``key``: its head in capitals ("PHÓ GIÁM ĐỐC")."""

    value: str
    key: str
    how: How
    score: float
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CapacityMatch:
    """``value`` as printed ("KT.GIÁM ĐỐC" stays so); ``mark`` is "TM.", "KT.", "TL.", "TUQ." or "Q."."""

    value: str
    mark: str
    object: str
    how: How
    score: float
    changes: tuple[str, ...]


def snap_title(text: str) -> TitleMatch | None:
    """The known title a line begins with, accents corrected; None when it is no title."""
    return None


def snap_capacity(text: str) -> CapacityMatch | None:
    """The capacity line (TM., KT., TL., TUQ., Q. and whom it stands for); None when it is none."""
    return None


def capacity_fits(capacity: str | None, title: str | None, agency: str | None) -> Fit:
    """Do capacity, title and agency agree (KT. CHỦ TỊCH -> PHÓ CHỦ TỊCH; TM. ỦY BAN NHÂN DÂN -> CHỦ TỊCH)."""
    return "unknown"
