"""Real readers, made once: Tesseract in this process and the line reader."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from extractors.intake.sniff import identify
from extractors.ocr.engine import LineReader, OcrEngine
from extractors.ocr.inprocess import InProcessTesseract
from extractors.ocr.lines import AsterLineReader
from extractors.reading import read_document
from extractors.understand import understand
from schemas.extraction import Extraction
from schemas.reading import Reading

TODAY = date(2027, 1, 1)  # no paper of the sample maker is younger
Understood = tuple[Reading, Extraction]


@pytest.fixture(scope="session")
def engine() -> OcrEngine:
    return InProcessTesseract()


@pytest.fixture(scope="session")
def line_reader() -> LineReader:
    return AsterLineReader()


@pytest.fixture(scope="session")
def read_file(engine: OcrEngine, line_reader: LineReader) -> Callable[[Path], Understood]:
    """What is read and understood of a file; each file once a session."""
    kept: dict[Path, Understood] = {}

    def read(path: Path) -> Understood:
        if path not in kept:
            reading = read_document(path, identify(path), engine=engine, reader=line_reader)
            kept[path] = reading, understand(reading, today=TODAY)
        return kept[path]

    return read
