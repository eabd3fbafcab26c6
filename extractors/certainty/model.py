"""The committed calibration: per field the weights of a logistic model and two thresholds (`make calibrate`)."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from extractors.certainty.evidence import dot
from extractors.reference.data import json_table

LOWEST, HIGHEST = 0.01, 0.995  # no handful of papers shows more than that


@dataclass(frozen=True, slots=True)
class Calibration:
    """Of one field.

    weights   of the features (`evidence.features`); the chance is 1 / (1 + exp(-sum))
    rule_min  chance from which a value that the field's own rule calls sure stays sure
    free_min  chance from which a value is sure although the rule asks for review; None: never
    """

    weights: Mapping[str, float]
    rule_min: float
    free_min: float | None

    def chance(self, values: Mapping[str, float]) -> float:
        """The calibrated chance (LOWEST..HIGHEST) that the value is right."""
        z = max(-30.0, min(30.0, dot(self.weights, values)))
        return round(min(HIGHEST, max(LOWEST, 1 / (1 + math.exp(-z)))), 3)


@cache
def calibrations() -> dict[str, Calibration]:
    """Field name -> its calibration, from ``schemas/data/certainty.json``."""
    return parse_calibrations(json_table("certainty.json"))


def parse_calibrations(table: dict[str, Any]) -> dict[str, Calibration]:
    return {
        name: Calibration(row["weights"], row["rule_min"], row["free_min"]) for name, row in table["fields"].items()
    }


def as_text(table: dict[str, Any]) -> str:
    """The table as it is committed: one feature a line, so that a change can be read."""
    return json.dumps(table, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
