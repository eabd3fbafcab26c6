"""Văn bản viện dẫn: documents cited in the text, as printed and in canonical form."""

from __future__ import annotations

from extractors.citations.finder import find_citations

__all__ = ["find_citations"]
