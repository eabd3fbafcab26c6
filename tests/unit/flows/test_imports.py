"""What a command costs before it has done anything."""

from __future__ import annotations

import subprocess
import sys

READERS = ("cv2", "onnxruntime", "pikepdf", "pypdfium2", "pdfplumber", "spacy", "docx", "fontTools", "prefect")


def test_the_program_that_hands_papers_to_its_workers_imports_no_reader() -> None:
    told = f"import sys, flows.cli, flows.runner; print(*[m for m in {READERS} if m in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert loaded.stdout.split() == []
