"""Gợi ý khi gõ: names of filters, and their values among what the viewer may see."""

from __future__ import annotations

import time
from collections import OrderedDict

from runtime.search.language import filter_names
from runtime.search.service import SearchService
from schemas.base import Frozen
from schemas.scope import Scope
from storage.folding import fold_key
from web.search.views import label_of

MAX_SHOWN = 8
_KEPT_S = 30.0  # values are asked for again after this
_KEPT = 64  # viewers times facets
_FACET_OF = {
    "doc_type": "doc_type", "agency": "issuing_agency_name", "field": "field_name", "status": "status",
    "level": "level", "year": "year",
}  # fmt: skip


class Suggestion(Frozen):
    """``text`` takes the place of the whole question; ``label`` is shown, ``hint`` beside it."""

    text: str
    label: str
    hint: str = ""


class Completer:
    """Suggestions for the end of a question. Remembers values for half a minute."""

    def __init__(self, service: SearchService) -> None:
        self._service = service
        self._values: OrderedDict[tuple[Scope, frozenset[str], str], tuple[float, tuple[tuple[str, int], ...]]] = (
            OrderedDict()
        )

    def complete(self, typed: str, *, scope: Scope, hidden: frozenset[str] = frozenset()) -> tuple[Suggestion, ...]:
        """What the last word, or the value of the last filter, may become; ``hidden`` records have no values."""
        head, _, last = typed.rpartition(" ")
        before = f"{head} " if head else ""
        named = self._open_filter(typed)
        if named is not None:
            return self._complete_value(typed, *named, scope=scope, hidden=hidden)
        key = "".join(fold_key(last).split())
        if not key or ":" in last:
            return ()
        return tuple(
            Suggestion(
                text=f"{before}{one.names[0]}:", label=f"{one.names[0]}:", hint=f"{one.label}, ví dụ {one.example}"
            )
            for one in filter_names()
            if one.names[0].startswith(key) or key in one.names
        )[:MAX_SHOWN]

    def _open_filter(self, typed: str) -> tuple[str, int] | None:
        """The filter whose value is being typed, and where the value begins."""
        colon = typed.rfind(":")
        if colon < 0:
            return None
        name = fold_key(typed[:colon].rsplit(" ", 1)[-1].rsplit('"', 1)[-1].lstrip("-"))
        for one in filter_names():
            if name in one.names:
                return one.key, colon + 1
        return None

    def _complete_value(
        self, typed: str, key: str, start: int, *, scope: Scope, hidden: frozenset[str]
    ) -> tuple[Suggestion, ...]:
        facet = _FACET_OF.get(key)
        value = typed[start:].lstrip()
        if facet is None or value.count('"') > 1:
            return ()
        wanted = fold_key(value).split()
        found = []
        for one, count in self._known(facet, scope, hidden):
            label = label_of({"agency": "agency", "field": "field"}.get(key, key), one)
            words = fold_key(label).split()
            if all(any(word.startswith(part) for word in words) for part in wanted):
                said = label if key in ("doc_type", "status", "level") else one
                quoted = f'"{said}"' if " " in said else said
                found.append(Suggestion(text=f"{typed[:start]}{quoted} ", label=label, hint=f"{count} hồ sơ"))
        return tuple(found[:MAX_SHOWN])

    def _known(self, facet: str, scope: Scope, hidden: frozenset[str]) -> tuple[tuple[str, int], ...]:
        kept = self._values.get((scope, hidden, facet))
        if kept is not None and kept[0] > time.monotonic():
            return kept[1]
        values = self._service.values(facet, scope=scope, hidden=hidden)
        self._values[scope, hidden, facet] = (time.monotonic() + _KEPT_S, values)
        while len(self._values) > _KEPT:
            self._values.popitem(last=False)
        return values
