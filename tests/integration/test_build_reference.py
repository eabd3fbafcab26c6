"""The committed tables are what the build script makes of the sources."""

import gzip
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT.parent / "shared" / "data"


def content(path: Path) -> bytes:
    """Bytes of a table; unpacked, since compressors differ between machines."""
    raw = path.read_bytes()
    return gzip.decompress(raw) if path.suffix == ".gz" else raw


@pytest.mark.skipif(not SOURCE.is_dir(), reason="the collected sources (../shared/data) are not here")
def test_committed_tables_are_those_of_the_sources(tmp_path):
    script = ROOT / "tools" / "build_reference.py"
    subprocess.run([sys.executable, script, SOURCE, tmp_path], check=True, capture_output=True, timeout=120)
    made = sorted(p.name for p in tmp_path.iterdir())
    assert made == ["admin_units.tsv.gz", "documents.tsv.gz", "given_names.tsv", "notations.tsv", "procedures.tsv.gz"]
    for name in made:
        same = content(tmp_path / name) == content(ROOT / "schemas" / "data" / name)
        assert same, f"{name} differs: run `python tools/build_reference.py` and commit the result"


def test_committed_data_is_small():
    total = sum(p.stat().st_size for p in (ROOT / "schemas" / "data").iterdir())
    assert total < 3_000_000
