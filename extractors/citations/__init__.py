"""Văn bản viện dẫn: documents cited in the text, as printed and in canonical form."""

from __future__ import annotations

from schemas.extraction import Citation
from schemas.reading import Reading

__all__ = ["find_citations"]


def find_citations(reading: Reading) -> tuple[Citation, ...]:
    """Citations in reading order; ``line.text[start:end] == number_printed`` for each."""
    return ()
