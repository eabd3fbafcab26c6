"""Cue phrases from schemas/data/cues.toml: which part of a paper a line belongs to."""

from __future__ import annotations

import re
from functools import cache

from extractors.reference.data import toml_table


@cache
def cue(name: str) -> re.Pattern[str]:
    """All patterns called ``name`` as one, for text in lower case without accents. KeyError for an unknown name."""
    return re.compile("|".join(f"(?:{row['pattern']})" for row in toml_table("cues.toml")[name]))
