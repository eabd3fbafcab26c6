"""Phạm vi của người xem: what whoever asks may find. The one place that log-ins will change."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from schemas.record import Record
from schemas.scope import Scope
from storage.folding import fold_key

_VIEWER = Scope()  # everything, identity numbers masked: today whoever may come in is one and the same viewer


def scope_of(request: Request) -> Scope:
    """The limits of whoever asks."""
    return _VIEWER


def admits(scope: Scope, record: Record) -> bool:
    """Whether the record is within the limits, by the same comparison as the search index makes."""
    for allowed, value in (
        (scope.agencies, record.fields.issuing_agency_name.value),
        (scope.fields, record.classification.field_name.value),
    ):
        if allowed is not None and (
            not isinstance(value, str) or fold_key(value) not in {fold_key(one) for one in allowed}
        ):
            return False
    return True


ScopeOf = Annotated[Scope, Depends(scope_of)]
