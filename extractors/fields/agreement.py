"""Cơ quan and người ký against each other, once both are read: what contradicts is left to a person."""

from __future__ import annotations

import re

from extractors.reference.titles import chiefs, snap_capacity, snap_title
from schemas.extraction import FieldValue
from schemas.text import bare

_UNDER_A_COMMITTEE = re.compile(r"\b(so|phong|chi cuc|trung tam|van phong|thanh tra|ban|hoi dong|chi nhanh)\b")
_COMMITTEE_HEAD = "CHỦ TỊCH"


def from_committee(agency: str | None) -> str:
    """The letterhead from its last People's Committee on, lower case without accents; "" where it names none."""
    key = bare(agency or "")
    last = max(key.rfind("uy ban nhan dan"), key.rfind("ubnd"))
    return key[last:] if last >= 0 else ""


def is_committee(agency: str | None) -> bool:
    """Whether the letterhead's last body is a People's Committee itself, and no office under one."""
    named = from_committee(agency)
    return bool(named) and not _UNDER_A_COMMITTEE.search(named.replace("uy ban", ""))


def heads_another_body(agency: str | None, capacity: FieldValue, title: FieldValue) -> bool:
    """A GIÁM ĐỐC signs, himself or through a deputy, where the letterhead names a People's Committee alone.

    Its own line, the Sở, was then not read: under a stamp, a fold, a hand's note.
    """
    if not is_committee(agency):
        return False
    if isinstance(capacity.value, str):
        mark = snap_capacity(capacity.value)
        return mark is not None and mark.mark != "TM." and mark.object in chiefs() and mark.object != _COMMITTEE_HEAD
    name = snap_title(title.value) if isinstance(title.value, str) else None
    return name is not None and name.key in chiefs() and name.key != _COMMITTEE_HEAD


def compare_with_signer(
    agency: FieldValue, parent: FieldValue, capacity: FieldValue, title: FieldValue
) -> tuple[FieldValue, FieldValue]:
    """The two lines of the letterhead, doubted where the signature block contradicts them."""
    lines = [f.value for f in (parent, agency) if isinstance(f.value, str)]
    if heads_another_body(" ".join(lines), capacity, title):
        return _doubted(agency, why="signer_conflict"), _doubted(parent, why="signer_conflict")
    return agency, parent


def _doubted(field: FieldValue, *, why: str) -> FieldValue:
    """The same value, or the same absence, for a person to look at."""
    score = field.score if field.value is None else min(field.score, 0.4)
    return field.model_copy(update={"needs_review": True, "score": score, "reasons": (*field.reasons, why)})
