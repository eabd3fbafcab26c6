"""Words shared by the reference modules."""

from __future__ import annotations

from typing import Literal

Level = Literal["trung_uong", "tinh", "huyen", "xa"]
# What a cross-check between two fields says: "unknown" speaks neither for nor against.
Fit = Literal["fits", "unknown", "conflict"]
# How a reading was brought to a known form: as read, accents changed only, or one letter changed as well.
How = Literal["exact", "accents", "edit"]
