"""Đồ trên bàn: what every request handler works with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from web.guard import Tokens
from web.pictures import Pictures
from web.shelf import Shelf


@dataclass(frozen=True, slots=True)
class Desk:
    """``may_reveal``: whether identity numbers may be shown on asking (a password is set, or only this machine)."""

    shelf: Shelf
    pictures: Pictures
    tokens: Tokens
    may_reveal: bool


def desk_of(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


def actor_of(request: Request) -> str:
    """Who asks, for the event rows: ``web`` or ``web:<name typed beside the password>``."""
    actor: str = request.state.actor
    return actor


DeskOf = Annotated[Desk, Depends(desk_of)]
ActorOf = Annotated[str, Depends(actor_of)]
