"""Evidence of every field of papers whose truth is known: what calibration learns from, one row a field.

Rows hold codes and numbers, never a value that was read.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extractors.certainty.evidence import features, paper_evidence
from extractors.certainty.settle import NEVER_FREE, RULED
from extractors.understand import read_fields
from schemas.extraction import FIELD_NAMES, Fields
from tools.readings import TrueReading
from tools.scoring import same


@dataclass(frozen=True, slots=True)
class Row:
    """One field of one paper. ``free``: calibration may call it sure against its rule."""

    paper: str
    quality: str
    hand: bool
    field: str
    right: bool
    rule: bool
    free: bool
    features: Mapping[str, float]


def rows_of(known: TrueReading) -> Iterator[Row]:
    """Rows of the fields whose truth is told."""
    _, fields = read_fields(known.reading)
    paper = paper_evidence(known.reading)
    kind = fields.doc_type.value if isinstance(fields.doc_type.value, str) else None
    truth = known.truth
    for name in FIELD_NAMES:
        if name in RULED:
            continue
        right = is_right(name, fields, truth)
        if right is None:
            continue
        field = fields.get(name)
        yield Row(
            paper=f"{truth.get('set', '')}:{truth.get('seed', truth['file'])}",
            quality=str(truth["level"]),
            hand=bool(truth["handwritten"]),
            field=name,
            right=right,
            rule=not field.needs_review,
            free=field.needs_review and not NEVER_FREE & set(field.reasons),
            features={k: round(v, 3) for k, v in features(field, paper, doc_type=kind).items()},
        )


def is_right(name: str, fields: Fields, truth: Mapping[str, Any]) -> bool | None:
    """Whether the value is what the paper says; None where the truth does not tell.

    The issuing agency counts with its parent's line, as the scorer counts it.
    """
    told, more = truth["fields"], truth.get("more", {})
    value = fields.get(name).value
    if name == "issuing_agency_name" and "issuing_agency" in told:
        lines = (fields.parent_agency_name.value, fields.issuing_agency_name.value)
        return same("issuing_agency", told["issuing_agency"], " ".join(str(v) for v in lines if v) or None)
    if name == "is_perpetual":
        return bool(more[name]) == bool(value) if name in more else None
    if name in told:
        return same(name, told[name], value)
    if name == "code_notation" and more.get(name):  # the sample maker counts the year of "79/2004/BC-SNV" to it
        return same(name, more[name], value) or same(name, more[name].partition("/")[2], value)
    return same(name, more[name], value) if name in more else None


def write_rows(path: Path, rows: Iterable[Row]) -> int:
    """Packed JSON lines, the same bytes for the same rows."""
    lines = [
        json.dumps([r.paper, r.quality, int(r.hand), r.field, int(r.right), int(r.rule), int(r.free), r.features])
        for r in rows
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, filename="", compresslevel=9) as packed:
        packed.write(("\n".join(lines) + "\n").encode())
    return len(lines)


def read_rows(path: Path) -> list[Row]:
    rows = []
    for line in gzip.decompress(path.read_bytes()).decode().splitlines():
        paper, quality, hand, field, right, rule, free, values = json.loads(line)
        rows.append(Row(paper, quality, bool(hand), field, bool(right), bool(rule), bool(free), values))
    return rows
