"""Appendix tables on scans, read with the real readers and compared cell by cell: fails when accuracy falls.

Three plans of a seed that rules were written against (`make score-tables` measures others): merged leads and groups, a
streak of the scanner through a column, quarters in Roman numbers, a landscape sheet.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from extractors.intake.sniff import identify
from extractors.ocr.engine import LineReader, OcrEngine
from extractors.reading import read_document
from extractors.understand import understand
from samplemaker.maker import make_one
from samplemaker.names import LAYOUTS
from tools.score_tables import KIND, judge

SEED = 501


@pytest.mark.parametrize(("quality", "number", "rows"), [("office", 0, 6), ("office", 3, 16), ("clean", 8, 6)])
def test_rows_of_scanned_tables_are_exact(
    quality: str, number: int, rows: int, tmp_path: Path, engine: OcrEngine, line_reader: LineReader
) -> None:
    made = make_one(tmp_path, number, SEED, KIND, quality, list(LAYOUTS))
    reading = read_document(made.path, identify(made.path), engine=engine, reader=line_reader)
    plan = understand(reading, today=date(2027, 1, 1)).plan
    found = judge(made.truth, plan, pages=len(reading.pages), table_pages=1, seconds=0.0)
    assert found.rows == rows
    assert found.exact >= 0.93 * rows, found.misses
    assert found.sure_wrong == 0, found.misses
