"""Độ chắc: from the evidence of a field to a calibrated chance that its value is right, and to "sure"."""

from __future__ import annotations

from extractors.certainty.settle import settle

__all__ = ["settle"]
