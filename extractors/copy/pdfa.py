"""Writing the two-layer PDF/A-2b."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from extractors.intake.sniff import MediaType
from schemas.reading import Reading


@dataclass(frozen=True, slots=True)
class CopyReport:
    """What was written: pages, size in bytes, PDF/A flavour ("2b"), and notes (machine codes, page after a colon)."""

    pages: int
    size: int
    flavour: str
    notes: tuple[str, ...] = ()


def write_copy(source: Path, media_type: MediaType | str, reading: Reading, out: Path) -> CopyReport:
    """Write the PDF/A-2b copy of ``source`` to ``out``; the source is only read.

    Raises OutputInvalid (E115) when the result does not pass validation, BrokenFile (E104).
    """
    raise NotImplementedError(source, media_type, reading, out)
