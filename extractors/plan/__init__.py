"""Kế hoạch: plan documents read into sections, tasks, targets and duties."""

from __future__ import annotations

from extractors.plan.reader import names_plan, read_plan

__all__ = ["names_plan", "read_plan"]
