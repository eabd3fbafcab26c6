"""Phân loại: what kind of result a document is, of which procedure, field and level."""

from __future__ import annotations

from extractors.classify.rules import classify

__all__ = ["classify"]
