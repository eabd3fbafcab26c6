"""A photograph is no scan: what its readers agree on stays sure only where something on the paper checks it.

Chances are learned from scans. On a photograph two readers may see the same blurred accent, or the same stamp over the
letterhead, so a value that its rule could hold against nothing (an unknown ký hiệu, no capacity to compare with) is a
person's to confirm.
"""

from __future__ import annotations

from schemas.extraction import FieldValue

# Codes by which a rule says that it had nothing to compare with.
UNCHECKED = frozenset(
    {
        "agency_open", "agency_unknown", "capacity_unknown", "name_unusual", "notation_open", "notation_unknown",
        "title_unsure", "type_open",
    }
)  # fmt: skip


def doubt_photographed(field: FieldValue) -> FieldValue:
    """The field as it stands on a photograph."""
    if field.needs_review or not UNCHECKED & set(field.reasons):
        return field
    return field.model_copy(update={"needs_review": True, "reasons": (*field.reasons, "photographed")})
