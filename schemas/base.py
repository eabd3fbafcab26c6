"""The frozen base of everything that is stored, sent or shown."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """A value that never changes: a change is a new value. Holds tuples, never lists or dicts."""

    model_config = ConfigDict(frozen=True, extra="forbid")
