"""Phạm vi của người xem: what whoever asks may find. The one place that knows it."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from review.roles import Viewer
from schemas.scope import Scope

_NOTHING = Scope(agencies=frozenset(), fields=frozenset())
_KEEPER = Scope()  # while no account exists: everything, identity numbers masked


def scope_of(request: Request) -> Scope:
    """The limits of whoever asks."""
    viewer: Viewer | None = request.state.viewer
    if viewer is None:
        return _NOTHING
    return viewer.scope if viewer.login else _KEEPER


ScopeOf = Annotated[Scope, Depends(scope_of)]
