"""Real papers that are not in the repository: read and scored by the shared scorer, where they are at hand."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from schemas.extraction import Extraction
from schemas.reading import Reading

SHARED = Path(__file__).resolve().parents[4] / "shared"
SAMPLES, SCORER = SHARED / "samples", SHARED / "tools" / "score.py"
PAPERS = ("bgddt_2676.pdf", "bgddt_2605.pdf", "phutho_275.pdf", "syt_147.pdf")
HEADER = (
    "doc_type", "doc_number", "issued_date", "place", "issuing_agency", "summary", "signing_capacity", "signer_title",
    "signer_name", "recipients",
)  # fmt: skip

pytestmark = pytest.mark.skipif(
    not (SAMPLES / "truth.jsonl").is_file() or not SCORER.is_file(), reason="the samples (../shared) are not here"
)


@pytest.fixture(scope="module")
def scores(
    tmp_path_factory: pytest.TempPathFactory, read_file: Callable[[Path], tuple[Reading, Extraction]]
) -> dict[str, dict[str, Any]]:
    """The scorer's verdict on each paper by itself."""
    found = {}
    lines = (SAMPLES / "truth.jsonl").read_text(encoding="utf-8").splitlines()
    truths = {Path(t["file"]).name: t for t in map(json.loads, lines)}
    folder = tmp_path_factory.mktemp("scores")
    for name in PAPERS:
        _, extraction = read_file(SAMPLES / "real" / name)
        record = {
            "source": {"sha256": truths[name]["sha256"]},
            "fields": json.loads(extraction.fields.model_dump_json()),
        }
        truth, records = folder / f"{name}.truth.jsonl", folder / f"{name}.jsonl"
        truth.write_text(json.dumps(truths[name], ensure_ascii=False) + "\n", encoding="utf-8")
        records.write_text(json.dumps(record, ensure_ascii=False) + "\n", encoding="utf-8")
        done = subprocess.run(
            [sys.executable, str(SCORER), str(truth), str(records), "--json"],
            capture_output=True,
            text=True,
            check=True,
        )
        found[name] = json.loads(done.stdout)["groups"]["all"]["fields"]
    return found


@pytest.mark.parametrize("name", PAPERS)
def test_eight_of_ten_header_fields_are_exact(name: str, scores: dict[str, dict[str, Any]]):
    wrong = [f for f in HEADER if f in scores[name] and not scores[name][f].get("ok")]
    asked = [f for f in HEADER if f in scores[name]]
    assert len(asked) == len(HEADER)
    assert len(wrong) <= 2, wrong


@pytest.mark.parametrize("name", PAPERS)
def test_nothing_sure_is_wrong_on_paper(name: str, scores: dict[str, dict[str, Any]]):
    assert [f for f, c in scores[name].items() if c.get("sure_wrong")] == []


def test_most_header_fields_are_sure(scores: dict[str, dict[str, Any]]):
    sure = sum(bool(fields[f].get("sure")) for fields in scores.values() for f in HEADER)
    assert sure >= 0.5 * len(HEADER) * len(PAPERS)
