"""DOCX and TXT as a reading."""

from __future__ import annotations

from pathlib import Path

from extractors.intake.limits import DEFAULT_LIMITS, Limits
from extractors.intake.sniff import MediaType
from schemas.reading import Reading


def read_office(path: Path, media_type: MediaType | str, *, limits: Limits = DEFAULT_LIMITS) -> Reading:
    """The text of a DOCX or TXT file with boxes where its PDF copy sets them.

    Raises BrokenFile (E104), TooLarge (E106), UnsupportedFormat (E108), UnreadableFile (E109).
    """
    raise NotImplementedError(path, media_type, limits)
