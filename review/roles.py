"""Người và quyền: what each role may do, and who is asking."""

from __future__ import annotations

from typing import Literal, get_args

from schemas.base import Frozen
from schemas.errors import NotAllowed
from schemas.record import Record
from schemas.scope import EVERYTHING, Scope

Role = Literal["operator", "checker", "archivist", "administrator"]
Right = Literal[
    "view",  # look at records and pages
    "key",  # take papers from the queue, key and confirm fields
    "pages",  # split, merge, rotate, move pages
    "secret",  # set a paper aside as secret
    "decide",  # settle what two people keyed differently; verify in groups
    "remove",  # delete with a reason, mark as not a result
    "quality",  # draw samples, judge batches
    "download",  # originals and copies, which show identity numbers
    "people",  # accounts and rights
    "history",  # read and prove the history
]
ROLES: tuple[Role, ...] = get_args(Role)
ROLE_NAMES: dict[Role, str] = {
    "operator": "Người rà soát",
    "checker": "Người kiểm tra",
    "archivist": "Người lưu trữ",
    "administrator": "Quản trị",
}
RIGHTS: dict[Role, frozenset[Right]] = {
    "operator": frozenset({"view", "key", "pages", "secret"}),
    "checker": frozenset({"view", "key", "pages", "secret", "decide", "remove", "quality", "download", "history"}),
    "archivist": frozenset({"view", "secret", "download", "history"}),
    "administrator": frozenset(get_args(Right)),
}


class Viewer(Frozen):
    """Who asks. ``login`` empty: the keeper of this machine, while no account exists."""

    login: str
    name: str
    role: Role | None = None
    rights: frozenset[Right] = frozenset()
    scope: Scope = Scope()

    @property
    def actor(self) -> str:
        """How the event rows name the viewer."""
        return self.login or "web"

    def may(self, right: Right) -> bool:
        return right in self.rights

    def need(self, right: Right) -> None:
        """Raises NotAllowed (E305) without the right."""
        if right not in self.rights:
            raise NotAllowed

    def may_open(self, record: Record) -> bool:
        """Whether the record lies within the viewer's agencies and fields."""
        agency = record.fields.issuing_agency_name.value
        return admits(self.scope, agency if isinstance(agency, str) else None, record.classification.field_name.value)


def admits(scope: Scope, agency: str | None, field: str | None) -> bool:
    """Whether a paper of this agency and lĩnh vực may be seen; unread ones only by who is not limited there."""
    return (scope.agencies is None or agency in scope.agencies) and (scope.fields is None or field in scope.fields)


KEEPER = Viewer(
    login="",
    name="Người giữ máy này",
    rights=frozenset({"view", "download", "history"}),
    scope=EVERYTHING,
)
