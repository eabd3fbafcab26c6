"""Writes schemas/record.schema.json, the JSON schema of the exported record; a test fails when it is stale.

    .venv/bin/python -m tools.schema            write
    .venv/bin/python -m tools.schema --check    exit 1 when it is stale

A changed name is a changed contract: read the diff, and raise RECORD_VERSION when a name goes or changes its meaning.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from schemas.record import RECORD_VERSION, Record

PATH = Path(__file__).resolve().parents[1] / "schemas" / "record.schema.json"


def schema_text() -> str:
    """The schema as committed: what an exported line holds, names in the order of the contract."""
    schema = Record.model_json_schema(mode="serialization")
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:sohoa:record:{RECORD_VERSION}",
    }
    return json.dumps({**head, **schema}, ensure_ascii=False, indent=2) + "\n"


def is_current() -> bool:
    return PATH.is_file() and PATH.read_text(encoding="utf-8") == schema_text()


if __name__ == "__main__":
    if "--check" not in sys.argv:
        PATH.write_text(schema_text(), encoding="utf-8")
    elif not is_current():
        sys.exit("schemas/record.schema.json cũ; chạy: .venv/bin/python -m tools.schema")
