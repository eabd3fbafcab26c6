"""Số, ký hiệu (doc_number): its shapes, taken apart and put together again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from extractors.reference.base import How

Style = Literal["ca_biet", "cong_van", "quy_pham", "dang", "cu", "so"]


@dataclass(frozen=True, slots=True)
class DocNumber:
    """A document number in parts.

    number    "68", "01", "12bis" as printed; notation "QĐ-UBND", "NQ/TU", "QH15" (without number and year)
    year      the year inside the number (30/2020/NĐ-CP), None elsewhere
    style     ca_biet số/LOẠI-CQ · cong_van số/CQ-ĐV · quy_pham số/năm/LOẠI-CQ · dang số-LOẠI/CQ ·
              cu số-CQ/LOẠI, older papers · so a number alone
    """

    number: str
    notation: str
    year: int | None
    style: Style

    @property
    def type_key(self) -> str | None:
        """doc_type implied by the notation ("QĐ-UBND" -> "quyet_dinh"; công văn for số/CQ-ĐV), or None."""
        return None

    def __str__(self) -> str:
        return self.number


@dataclass(frozen=True, slots=True)
class NotationMatch:
    """A ký hiệu put right. ``known``: every part of it is known; changes: ("QD -> QĐ", ...)."""

    value: str
    how: How
    known: bool
    score: float
    changes: tuple[str, ...]


def parse_number(text: str) -> DocNumber | None:
    """Takes "2110/QĐ-UBND" (also with spaces around its separators) apart; None when it is no number."""
    return None


def snap_notation(text: str, *, agency: str | None = None) -> NotationMatch | None:
    """A ký hiệu read by OCR brought to known parts (QD -> QĐ, UBNO -> UBND); None when it has no letters."""
    return None
