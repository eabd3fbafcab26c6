"""What a person may open: the limits every list, search and count is held to."""

from __future__ import annotations

from schemas.base import Frozen


class Scope(Frozen):
    """Limits of one viewer. None means no limit; an empty set means nothing at all.

    ``agencies``: names of issuing agencies (``issuing_agency_name`` as in the record) whose papers may be seen.
    ``fields``: names of lĩnh vực (``field_name``) whose papers may be seen.
    ``unmasked``: whether identity numbers may be matched and shown in full (each showing is logged elsewhere).
    """

    agencies: frozenset[str] | None = None
    fields: frozenset[str] | None = None
    unmasked: bool = False

    @property
    def is_open(self) -> bool:
        """True when no agency or field is held back."""
        return self.agencies is None and self.fields is None


EVERYTHING = Scope(unmasked=True)
"""The command line of the machine's own keeper."""
