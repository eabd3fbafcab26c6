"""The papers of whole-run tests, and the fakes, can be imported by name."""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / "flows"), str(Path(__file__).parents[2] / "fakes")]
