"""Đồ trên bàn: what every request handler works with."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request

from review.masking import mask_record
from review.roles import Viewer
from runtime.desk import ReviewDesk
from runtime.login import Accounts
from runtime.search.service import SearchService
from schemas.errors import KeyingBlind
from schemas.record import Record
from storage.browse import Listed
from storage.saved import Saved
from web.guard import Tokens
from web.pictures import Pictures
from web.shelf import Row, Shelf
from web.veil import veiled_row

if TYPE_CHECKING:
    from runtime.oidc import Provider
    from web.search.complete import Completer


@dataclass(frozen=True, slots=True)
class Desk:
    """``may_reveal``: whether identity numbers may be shown on asking (a password is set, or only this machine),
    while no account exists; ``exports``: the folder of exported results; ``https``: cookies travel over HTTPS only.
    """

    shelf: Shelf
    pictures: Pictures
    tokens: Tokens
    may_reveal: bool
    accounts: Accounts
    review: ReviewDesk
    provider: Provider | None
    search: SearchService
    completer: Completer
    saved: Saved
    exports: Path
    https: bool = False

    def rows_for(self, viewer: Viewer, listed: Iterable[Listed], *, blind: Collection[str] | None = None) -> list[Row]:
        """Records as a list shows them to this viewer: identity numbers masked, papers keyed blind closed.

        ``blind``: which these are, where that is known already.
        """
        blind = self.review.keying_blind(viewer) if blind is None else blind
        return [veiled_row(Row.of(mask_record(one.record), one.updated_at), blind) for one in listed]

    def open_for(self, viewer: Viewer, prefix: str) -> Record:
        """The record of this id or hash, with all that was read of it.

        Raises RecordNotFound (E301) also for what lies outside the viewer's scope, AmbiguousRecord (E302), KeyingBlind
        (E313) while the viewer keys it blind.
        """
        record = self.shelf.find_for(viewer, prefix)
        if self.review.is_keying_blind(viewer, record):
            raise KeyingBlind
        return record


def desk_of(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


def actor_of(request: Request) -> str:
    """Who asks, for the event rows: a login; ``web`` or ``web:<name typed beside the password>`` without accounts."""
    actor: str = request.state.actor
    return actor


DeskOf = Annotated[Desk, Depends(desk_of)]
ActorOf = Annotated[str, Depends(actor_of)]
